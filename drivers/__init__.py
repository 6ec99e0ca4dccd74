"""Drivers speak to the plant: asyncio only, no Qt, nothing of hmi; a vendor's words end at a driver's door."""

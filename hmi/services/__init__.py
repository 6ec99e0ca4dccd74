"""What runs with or without a window: asyncio on the I/O thread, no Qt. A window comes in through port.py only."""

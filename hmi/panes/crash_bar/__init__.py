"""The bar that says, at the next start, that the program ended unexpectedly. It is in nobody's way."""

"""What operators talk about, as plain data and pure rules: no I/O, no Qt, nothing but numpy and drivers.api."""

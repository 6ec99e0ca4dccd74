"""The certificates of all connections, as an administrator works on them; what lies where is the drivers' own."""

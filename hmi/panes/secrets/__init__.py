"""Where passwords are kept, and the vault to choose; it shows no password and keeps none that was typed."""

"""What is set: the profile folder, the catalogue, secrets in the keyring, and the demo plant's catalogue."""

"""The bar that asks for the vault's passphrase; the plant stays in sight behind it."""

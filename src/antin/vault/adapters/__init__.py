"""The real things behind the vault's ports."""

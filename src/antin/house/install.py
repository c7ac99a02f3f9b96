"""Makes the home of an installation: folders, keys, configuration. Never overwrites what is there."""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from antin.house import config as configuration
from antin.house.secrets import make_secret
from antin.vault.adapters.file_key_keeper import FileKeyKeeper

SECRETS = ("keys/django.key", "keys/totp.key", "keys/signing.key")
FOLDERS = ("keys", "keys/signers", "blobs", "trust", "trust/signing", "spool", "static")


def create(config: configuration.Config) -> configuration.Config:
    """The home of `config`, complete with fresh keys where none are; answers the saved configuration."""
    for folder in ("", *FOLDERS):
        config.path(folder).mkdir(parents=True, exist_ok=True, mode=0o700)
    for name in SECRETS:
        make_secret(config.path(name))
    if not config.path("keys/vault.key").exists():
        FileKeyKeeper.create(config.path("keys/vault.key"))
    make_ledger_key(config.path("keys/ledger.key"))
    configuration.save(config)
    return config


def make_ledger_key(path: Path) -> None:
    """The Ed25519 key that signs the ledger's checkpoints, PKCS#8 PEM, mode 0600."""
    if path.exists():
        return
    pem = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(pem)

"""Secrets of an installation: files of mode 0600 in `keys/`, made once, never printed, never in the database."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import stat
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from antin.house.config import Config


def make_secret(path: Path, length: int = 48) -> None:
    """Writes a fresh random secret (URL-safe text) unless the file is there already."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(length))


def read_secret(path: Path) -> str:
    """The secret's text. PermissionError when others than its owner may read the file."""
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise PermissionError(f"{path} must be readable by its owner alone (chmod 600)")
    return path.read_text(encoding="ascii").strip()


def passphrases(config: Config) -> Callable[[str], bytes]:
    """The passphrase of each key file: derived from the installation's signing secret and the key's name."""
    secret = read_secret(config.path("keys/signing.key")).encode()
    return lambda key_ref: hmac.new(secret, key_ref.encode(), hashlib.sha256).hexdigest().encode()


def ledger_key(path: Path) -> Ed25519PrivateKey:
    """The key that signs checkpoints, backup catalogues and drill reports. TypeError for a key of another kind."""
    key = load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise TypeError(f"{path} must hold an Ed25519 key")
    return key

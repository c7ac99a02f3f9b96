"""Keys in encrypted PKCS#8 files, one directory, mode 0600, each loaded once (379/13.5).

Loading an RSA key checks its primes and costs 50 to 450 ms; signing with the loaded key costs 0.5 ms. So keys
stay loaded for the life of the process. The passphrase comes from the installation's keeper when it is needed.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import cast

from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from antin.signing.cms import PrivateKey, raw_sign

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}\Z")


class KeyFileSigner:
    """The port `Signer` over a directory; `passphrase(key_ref)` answers the bytes that open the file."""

    def __init__(self, directory: Path | str, passphrase: Callable[[str], bytes]) -> None:
        self._directory = Path(directory)
        self._passphrase = passphrase
        self._loaded: dict[str, PrivateKey] = {}
        self._lock = Lock()

    def sign(self, key_ref: str, data: bytes, algorithm: str) -> bytes:
        return raw_sign(self._key(key_ref), data, algorithm)

    def store(self, key_ref: str, key_pem: bytes) -> None:
        """Keeps an unencrypted PKCS#8 key under this name, encrypted; FileExistsError when the name is taken."""
        path = self._path(key_ref)
        key = load_pem_private_key(key_pem, None)
        hidden = BestAvailableEncryption(self._passphrase(key_ref))
        self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, hidden))
            file.flush()
            os.fsync(file.fileno())

    def holds(self, key_ref: str) -> bool:
        return self._path(key_ref).exists()

    def forget(self) -> None:
        """Drops the loaded keys; the next signature loads again."""
        self._loaded.clear()

    def _key(self, key_ref: str) -> PrivateKey:
        key = self._loaded.get(key_ref)
        if key is None:
            with self._lock:
                key = self._loaded.get(key_ref) or self._load(key_ref)
                self._loaded[key_ref] = key
        return key

    def _load(self, key_ref: str) -> PrivateKey:
        path = self._path(key_ref)
        try:
            found = path.stat()
        except FileNotFoundError as missing:
            raise LookupError(f"no key {key_ref!r}") from missing
        if found.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise PermissionError(f"{path} may be read by others")
        return cast(PrivateKey, load_pem_private_key(path.read_bytes(), self._passphrase(key_ref)))

    def _path(self, key_ref: str) -> Path:
        if not _NAME.match(key_ref):
            raise LookupError("a key reference is letters, digits, dot, dash, underscore")
        return self._directory / f"{key_ref}.key"

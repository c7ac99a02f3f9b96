"""Wrapping keys in one file of mode 0600, one a line: `<id, 16 hex> <key, base64>`; the last is the current one.

A data key is wrapped by AES Key Wrap (RFC 3394) under a key derived from the wrapping key and the context
(HKDF-SHA-256, RFC 5869), so unwrapping under another context fails. Wrapped form: 0x01 ‖ id (8 bytes) ‖ RFC 3394.
"""

from __future__ import annotations

import base64
import os
import stat
from pathlib import Path
from threading import Lock

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from antin.vault.ports import KeyRefused

FORM = b"\x01"
ID_BYTES = 8
KEY_BYTES = 32


class FileKeyKeeper:
    """PermissionError when others than the owner may read the file; ValueError when it isn't one of ours."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = Lock()
        self._seen: tuple[int, int, int] | None = None
        self._keys: dict[bytes, bytes] = {}
        self._refresh()

    @staticmethod
    def create(path: Path) -> FileKeyKeeper:
        """Makes the file with one fresh key. FileExistsError rather than overwriting keys."""
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(_line(os.urandom(ID_BYTES), os.urandom(KEY_BYTES)))
            file.flush()
            os.fsync(file.fileno())
        return FileKeyKeeper(path)

    def wrap(self, key: bytes, context: bytes) -> bytes:
        keys = self._refresh()
        key_id, wrapping = list(keys.items())[-1]
        return FORM + key_id + aes_key_wrap(_derived(wrapping, context), key)

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        form, key_id, body = wrapped[:1], wrapped[1 : 1 + ID_BYTES], wrapped[1 + ID_BYTES :]
        wrapping = self._refresh().get(key_id) if form == FORM else None
        if wrapping is None:
            raise KeyRefused("the wrapping key is not here")
        try:
            return aes_key_unwrap(_derived(wrapping, context), body)
        except (InvalidUnwrap, ValueError):
            raise KeyRefused("wrapped for another place, or altered") from None

    def renew(self) -> str:
        key_id = os.urandom(ID_BYTES)
        self._write({**self._refresh(), key_id: os.urandom(KEY_BYTES)})
        return key_id.hex()

    def retire_all_but(self, key_id: str) -> tuple[str, ...]:
        keys, kept = self._refresh(), bytes.fromhex(key_id)
        if kept not in keys:
            raise KeyRefused("the key to keep is not here")
        self._write({kept: keys[kept]})
        return tuple(other.hex() for other in keys if other != kept)

    def _refresh(self) -> dict[bytes, bytes]:
        """The keys as the file holds them now: another process may have rotated them."""
        facts = self.path.stat()
        if facts.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise PermissionError(f"{self.path} must be readable by its owner alone (chmod 600)")
        seen = (facts.st_ino, facts.st_mtime_ns, facts.st_size)
        with self._lock:
            if seen != self._seen:
                self._keys, self._seen = _parsed(self.path.read_text(encoding="ascii")), seen
            return self._keys

    def _write(self, keys: dict[bytes, bytes]) -> None:
        draft = self.path.with_name(self.path.name + ".new")
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.writelines(_line(key_id, key) for key_id, key in keys.items())
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.path)
        folder = os.open(self.path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _derived(wrapping: bytes, context: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=b"antin key keeper 1" + context).derive(wrapping)


def _line(key_id: bytes, key: bytes) -> str:
    return f"{key_id.hex()} {base64.b64encode(key).decode()}\n"


def _parsed(text: str) -> dict[bytes, bytes]:
    keys: dict[bytes, bytes] = {}
    for line in text.splitlines():
        key_id, _, key = line.partition(" ")
        keys[bytes.fromhex(key_id)] = base64.b64decode(key, validate=True)
    if not keys or any(len(i) != ID_BYTES or len(k) != KEY_BYTES for i, k in keys.items()):
        raise ValueError("not a key file of the vault")
    return keys

"""Where a body rests while it is read and hashed: memory, then a nameless file under a key that is never written.

Content on its way in may not lie on disk in clear (379/4.5); the file has no name, so nothing is left after a crash.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from types import TracebackType
from typing import IO

from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext, algorithms, modes

KEY_BYTES = 32
NONCE_BYTES = 16


class Spool:
    """Written once from the front, then read once from the front."""

    def __init__(self, folder: Path, in_memory_bytes: int) -> None:
        self._folder = folder
        self._limit = in_memory_bytes
        self._memory = bytearray()
        self._file: IO[bytes] | None = None
        self._cipher: Cipher[modes.CTR] | None = None
        self._writer: CipherContext | None = None
        self._reader: CipherContext | None = None
        self._at = 0
        self.size = 0

    def __enter__(self) -> Spool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()
        self._memory.clear()

    def write(self, data: bytes) -> None:
        self.size += len(data)
        if self._file is None and self.size <= self._limit:
            self._memory += data
            return
        if self._file is None:
            self._overflow()
        assert self._file is not None and self._writer is not None
        self._file.write(self._writer.update(data))

    def read(self, size: int) -> bytes:
        """The next `size` bytes; fewer only at the end."""
        if self._file is None:
            data = bytes(self._memory[self._at : self._at + size])
            self._at += len(data)
            return data
        if self._reader is None:
            self._file.flush()
            self._file.seek(0)
            assert self._cipher is not None
            self._reader = self._cipher.decryptor()
        return self._reader.update(self._file.read(size))

    def _overflow(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._file = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115 (closed on exit)
        self._cipher = Cipher(algorithms.AES(os.urandom(KEY_BYTES)), modes.CTR(os.urandom(NONCE_BYTES)))
        self._writer = self._cipher.encryptor()
        self._file.write(self._writer.update(bytes(self._memory)))
        self._memory.clear()

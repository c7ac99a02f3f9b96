"""Where a body rests while it is read and hashed: memory, then a nameless file under a key that is never written.

Content on its way in may not lie on disk in clear (379/4.5); the file has no name, so nothing is left after a crash.
"""

from __future__ import annotations

import io
import os
import tempfile
from pathlib import Path
from types import TracebackType
from typing import IO

from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext, algorithms, modes

KEY_BYTES = 32
NONCE_BYTES = 16
BLOCK_BYTES = 16


class Spool:
    """Written once from the front, then read once from the front, or anywhere by `at` and `opened`."""

    def __init__(self, folder: Path, in_memory_bytes: int) -> None:
        self._folder = folder
        self._limit = in_memory_bytes
        self._memory = bytearray()
        self._file: IO[bytes] | None = None
        self._key = b""
        self._nonce = b""
        self._cipher: Cipher[modes.CTR] | None = None
        self._writer: CipherContext | None = None
        self._reader: CipherContext | None = None
        self._at = 0
        self._others: list[Spool] = []
        self.size = 0

    def __enter__(self) -> Spool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for other in self._others:
            other.__exit__(kind, error, trace)
        if self._file is not None:
            self._file.close()
        self._memory.clear()

    def beside(self) -> Spool:
        """Another one of the same kind that ends with this one."""
        self._others.append(Spool(self._folder, self._limit))
        return self._others[-1]

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

    def at(self, offset: int, size: int) -> bytes:
        """Up to `size` bytes from `offset` on, whatever was read before."""
        if self._file is None:
            return bytes(self._memory[offset : offset + size])
        self._file.flush()
        skip = offset % BLOCK_BYTES
        counter = (int.from_bytes(self._nonce) + offset // BLOCK_BYTES) % 2 ** (8 * NONCE_BYTES)
        reader = Cipher(algorithms.AES(self._key), modes.CTR(counter.to_bytes(NONCE_BYTES))).decryptor()
        return reader.update(os.pread(self._file.fileno(), size + skip, offset - skip))[skip:]

    def opened(self) -> io.BufferedReader:
        """A seekable reader of its own; any number at once."""
        return io.BufferedReader(_Reader(self), 64 * 1024)

    def _overflow(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._file = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115 (closed on exit)
        self._key, self._nonce = os.urandom(KEY_BYTES), os.urandom(NONCE_BYTES)
        self._cipher = Cipher(algorithms.AES(self._key), modes.CTR(self._nonce))
        self._writer = self._cipher.encryptor()
        self._file.write(self._writer.update(bytes(self._memory)))
        self._memory.clear()


class _Reader(io.RawIOBase):
    """A place in a spool."""

    def __init__(self, spool: Spool) -> None:
        super().__init__()
        self._spool = spool
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self._spool.at(self._at, len(buffer))
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._spool.size}[whence]
        self._at = max(0, start + offset)
        return self._at

    def tell(self) -> int:
        return self._at

"""Files of a form on their way in: memory, then a nameless file under a key that is never written (379/4.5).

Django's own handlers would lay larger files down in clear in the system's temporary folder.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest

from antin.vault.spool import Spool

IN_MEMORY_BYTES = 4 * 1024 * 1024
PIECE_BYTES = 1024 * 1024
USUAL_LIMIT_BYTES = 60 * 1024 * 1024


class Spooled(UploadedFile):
    """An uploaded file whose bytes end with the request."""

    def __init__(self, spool: Spool, handler: FileUploadHandler, size: int) -> None:
        super().__init__(
            file=spool.opened(),
            name=handler.file_name,
            content_type=handler.content_type or "",
            size=size,
            charset=handler.charset,
        )
        self._spool = spool

    def close(self) -> None:
        super().close()
        self._spool.__exit__(None, None, None)


class SpooledUpload(FileUploadHandler):
    """Keeps a byte more than the limit at most: enough for the act behind it to say that the file is too large."""

    def __init__(self, request: HttpRequest | None = None, limit_bytes: int = USUAL_LIMIT_BYTES) -> None:
        super().__init__(request)  # type: ignore[arg-type]
        self.limit_bytes = limit_bytes
        self._spool: Spool | None = None

    def new_file(self, *arguments: Any, **keywords: Any) -> None:
        super().new_file(*arguments, **keywords)
        self._spool = Spool(settings.ANTIN.path("spool"), IN_MEMORY_BYTES)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        assert self._spool is not None
        room = self.limit_bytes + 1 - self._spool.size
        if room > 0:
            self._spool.write(raw_data[:room])

    def file_complete(self, file_size: int) -> UploadedFile | None:
        spool, self._spool = self._spool, None
        assert spool is not None
        return Spooled(spool, self, spool.size)

    def upload_interrupted(self) -> None:
        if self._spool is not None:
            self._spool.__exit__(None, None, None)

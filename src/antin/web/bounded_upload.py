"""Files of a form taken into memory only, and no more of them than a limit: nothing of a stranger's file touches a disk."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import InMemoryUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest


class BoundedUpload(FileUploadHandler):
    """Counts while the bytes come in. Beyond the limit the rest is not kept; `too_large` then tells it.

    What still comes is read off and dropped, so that the browser gets its answer, unless there is far too much.
    """

    def __init__(self, request: HttpRequest, limit_bytes: int) -> None:
        super().__init__(request)  # type: ignore[arg-type]
        self.limit_bytes = limit_bytes
        self.too_large = False
        self._left = limit_bytes
        self._parts: list[bytes] = []

    def new_file(self, *arguments: Any, **keywords: Any) -> None:
        super().new_file(*arguments, **keywords)
        self._parts = []

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self._left -= len(raw_data)
        if self._left < 0:
            self.too_large = True
            self._parts = []
            announced = int(self.request.META.get("CONTENT_LENGTH") or 0)  # type: ignore[union-attr]
            raise StopUpload(connection_reset=announced > 4 * self.limit_bytes)
        self._parts.append(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile | None:
        data, self._parts = b"".join(self._parts), []
        return InMemoryUploadedFile(
            file=BytesIO(data),
            field_name=self.field_name,
            name=self.file_name,
            content_type=self.content_type or "",
            size=file_size,
            charset=self.charset,
        )

"""Attachments inside an edXML message: base64 of a ZIP with exactly one entry `<uuid>.<ext>`, or of the bare bytes.

Checks on the way in (QCVN practice, 379/5.4): strict base64; one entry, not encrypted, stored or deflated, no path in
its name, local and central name alike, no comment and nothing behind the directory; size and ratio capped while
inflating; no ZIP inside the ZIP unless the attachment's own name is that of an office file.
"""

from __future__ import annotations

import base64
import binascii
import io
import re
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import PurePosixPath
from uuid import UUID

from antin.regulation import RemoteViolation
from antin.values import N_, new_id

HOSTILE = "379/5.4"
ZIP_MAGICS = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
CHUNK_BYTES = 64 * 1024
EPOCH = (1980, 1, 1, 0, 0, 0)
END_OF_DIRECTORY_BYTES = 22
OFFICE_ZIPS = frozenset({".docx", ".xlsx", ".pptx", ".odt", ".ods", ".odp"})
SPACES = re.compile(rb"\s+")
NAME_MAX = 255
EXTENSION_MAX = 16


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes of one unpacked attachment, of all of one message, and how much a ZIP may swell."""

    one_bytes: int = 50 * 1024 * 1024
    all_bytes: int = 200 * 1024 * 1024
    count: int = 50
    ratio: int = 200
    ratio_from_bytes: int = 1024 * 1024


DEFAULT = Limits()


def pack(name: str, data: bytes, *, entry_id: UUID | None = None) -> str:
    """Base64 text of a ZIP whose single entry `<uuid>.<ext>` holds the data; the same input gives the same text."""
    entry = zipfile.ZipInfo(f"{entry_id or new_id()}{_extension(name)}", date_time=EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(entry, data, compresslevel=6)
    return base64.b64encode(buffer.getvalue()).decode("ascii")


def unpack(name: str, text: str, limits: Limits = DEFAULT) -> tuple[bytes, bool]:
    """(the attachment's bytes, came in a ZIP). RemoteViolation for anything that is not exactly that."""
    raw = _decoded(name, text, limits)
    if not raw.startswith(ZIP_MAGICS):
        return raw, False
    data = _inflated(name, raw, limits)
    if data.startswith(ZIP_MAGICS) and _extension(name) not in OFFICE_ZIPS:
        raise refused(N_("Tệp đính kèm “{name}” là ZIP lồng trong ZIP."), name=name)
    return data, True


def check_name(name: str) -> str:
    """The name of a file as it may be shown and stored: no path, no control characters, at most 255 characters."""
    bad = not name or name in {".", ".."} or len(name) > NAME_MAX or any(c in "/\\" or ord(c) < 32 for c in name)
    if bad:
        raise refused(N_("Tên tệp đính kèm không hợp lệ: “{name}”."), name=name[:80])
    return name


def _decoded(name: str, text: str, limits: Limits) -> bytes:
    compact = SPACES.sub(b"", text.encode("ascii", "replace"))
    if len(compact) > limits.one_bytes * 4 // 3 + 4:
        raise refused(N_("Tệp đính kèm “{name}” vượt giới hạn {limit} byte."), name=name, limit=limits.one_bytes)
    try:
        return base64.b64decode(compact, validate=True)
    except binascii.Error:
        raise refused(N_("Tệp đính kèm “{name}” không phải base64 đúng."), name=name) from None


def _inflated(name: str, raw: bytes, limits: Limits) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            entry = _only_entry(name, raw, archive)
            _check_entry(name, entry, len(raw), limits)
            with archive.open(entry) as stream:
                data = _read_capped(name, stream, entry.file_size, limits)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
        OverflowError,
        ValueError,
    ) as error:
        raise refused(N_("ZIP của tệp đính kèm “{name}” bị hỏng."), name=name) from error
    return data


def _only_entry(name: str, raw: bytes, archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    entries = archive.infolist()
    if len(entries) != 1:
        raise refused(
            N_("ZIP của tệp đính kèm “{name}” phải có đúng một mục, đang có {count}."), name=name, count=len(entries)
        )
    ends_clean = raw[-END_OF_DIRECTORY_BYTES:].startswith(b"PK\x05\x06") and not archive.comment
    if entries[0].header_offset != 0 or not ends_clean:
        raise refused(N_("ZIP của tệp đính kèm “{name}” có dữ liệu thừa."), name=name)
    return entries[0]


def _check_entry(name: str, entry: zipfile.ZipInfo, packed_bytes: int, limits: Limits) -> None:
    check_name(entry.filename)
    if entry.is_dir() or entry.flag_bits & 0x1:
        raise refused(N_("ZIP của tệp đính kèm “{name}” bị mã hoá hoặc là thư mục."), name=name)
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise refused(N_("ZIP của tệp đính kèm “{name}” dùng kiểu nén lạ."), name=name)
    too_big = entry.file_size > limits.one_bytes
    swells = entry.file_size > limits.ratio_from_bytes and entry.file_size > packed_bytes * limits.ratio
    if too_big or swells:
        raise refused(N_("Tệp đính kèm “{name}” phình quá giới hạn khi giải nén."), name=name)


def _read_capped(name: str, stream: io.BufferedIOBase | zipfile.ZipExtFile, declared: int, limits: Limits) -> bytes:
    """Reads to the end, never past what the directory declared."""
    parts, total = [], 0
    while chunk := stream.read(CHUNK_BYTES):
        total += len(chunk)
        if total > declared or total > limits.one_bytes:
            raise refused(N_("Tệp đính kèm “{name}” phình quá giới hạn khi giải nén."), name=name)
        parts.append(chunk)
    return b"".join(parts)


def _extension(name: str) -> str:
    suffix = PurePosixPath(name).suffix.lower()
    plain = suffix[1:].isalnum() and suffix.isascii() and len(suffix) <= EXTENSION_MAX
    return suffix if plain else ".bin"


def refused(reason: str, **facts: object) -> RemoteViolation:
    return RemoteViolation(HOSTILE, reason, N_("Gửi lại tệp đính kèm đúng quy chuẩn QCVN 102:2016."), **facts)

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
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import PurePosixPath
from typing import IO
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


def pack_pieces(
    name: str, size: int, crc: int, pieces: Iterable[bytes], *, entry_id: UUID | None = None
) -> Iterator[bytes]:
    """Base64 of a ZIP whose single entry holds the pieces as they are: what is large is compressed already (PDF, images)."""
    inner = f"{entry_id or new_id()}{_extension(name)}".encode()
    head = struct.pack("<HHHHHIIIHH", 20, 0, 0, 0, 0x21, crc, size, size, len(inner), 0)
    local = b"PK\x03\x04" + head + inner
    central = b"PK\x01\x02" + struct.pack("<H", 0x314) + head + struct.pack("<HHHII", 0, 0, 0, 0o600 << 16, 0) + inner
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(central), len(local) + size, 0)
    return encoded(chain([local], pieces, [central, end]))


def encoded(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Base64 of all pieces together, piece by piece."""
    rest = b""
    for piece in pieces:
        data = rest + piece
        whole = len(data) - len(data) % 3
        rest = data[whole:]
        yield base64.b64encode(data[:whole])
    yield base64.b64encode(rest)


def decoded(name: str, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The bytes of base64 text with spaces in it, piece by piece. RemoteViolation for anything that is not exactly that."""
    rest, ended = b"", False
    for piece in pieces:
        data = rest + SPACES.sub(b"", piece)
        whole = len(data) - len(data) % 4
        rest, now = data[whole:], data[:whole]
        if now:
            yield _strict(name, b"=" if ended else now)
            ended = now.endswith(b"=")
    if rest:
        raise _not_base64(name)


def _strict(name: str, text: bytes) -> bytes:
    try:
        return binascii.a2b_base64(text, strict_mode=True)
    except binascii.Error:
        raise _not_base64(name) from None


def _not_base64(name: str) -> RemoteViolation:
    return refused(N_("Tệp đính kèm “{name}” không phải base64 đúng."), name=name)


def unpack(name: str, text: str, limits: Limits = DEFAULT) -> tuple[bytes, bool]:
    """(the attachment's bytes, came in a ZIP). RemoteViolation for anything that is not exactly that."""
    raw = _decoded(name, text, limits)
    if not raw.startswith(ZIP_MAGICS):
        return raw, False
    return b"".join(inflated(name, io.BytesIO(raw), len(raw), limits)), True


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
        raise _not_base64(name) from None


def inflated(name: str, file: IO[bytes], size: int, limits: Limits = DEFAULT) -> Iterator[bytes]:
    """The bytes of the single entry of a ZIP of that size, piece by piece. RemoteViolation as soon as a rule is broken."""
    first = True
    try:
        with zipfile.ZipFile(file) as archive:
            entry = _only_entry(name, file, size, archive)
            _check_entry(name, entry, size, limits)
            with archive.open(entry) as stream:
                for piece in _read_capped(name, stream, entry.file_size, limits):
                    if first and piece.startswith(ZIP_MAGICS) and _extension(name) not in OFFICE_ZIPS:
                        raise refused(N_("Tệp đính kèm “{name}” là ZIP lồng trong ZIP."), name=name)
                    first = False
                    yield piece
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


def _only_entry(name: str, file: IO[bytes], size: int, archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    entries = archive.infolist()
    if len(entries) != 1:
        raise refused(
            N_("ZIP của tệp đính kèm “{name}” phải có đúng một mục, đang có {count}."), name=name, count=len(entries)
        )
    file.seek(max(0, size - END_OF_DIRECTORY_BYTES))
    ends_clean = file.read(END_OF_DIRECTORY_BYTES).startswith(b"PK\x05\x06") and not archive.comment
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


def _read_capped(name: str, stream: IO[bytes], declared: int, limits: Limits) -> Iterator[bytes]:
    """Reads to the end, never past what the directory declared."""
    total = 0
    while chunk := stream.read(CHUNK_BYTES):
        total += len(chunk)
        if total > declared or total > limits.one_bytes:
            raise refused(N_("Tệp đính kèm “{name}” phình quá giới hạn khi giải nén."), name=name)
        yield chunk


def _extension(name: str) -> str:
    suffix = PurePosixPath(name).suffix.lower()
    plain = suffix[1:].isalnum() and suffix.isascii() and len(suffix) <= EXTENSION_MAX
    return suffix if plain else ".bin"


def refused(reason: str, **facts: object) -> RemoteViolation:
    return RemoteViolation(HOSTILE, reason, N_("Gửi lại tệp đính kèm đúng quy chuẩn QCVN 102:2016."), **facts)

"""MIME entities written so that no relay has a reason to rewrite them, and hostile ones read within limits (RFC 2045 to 2047, 2231).

Written: everything 7 bit (base64, encoded words), lines under 78, CRLF. Read: structure by the standard library's parser on
bytes, names decoded and cleaned, at most 200 parts; what can't be read is a RemoteViolation, never another exception.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import EmailMessage, Message
from email.parser import BytesHeaderParser
from email.policy import SMTP
from email.utils import parseaddr

from antin.regulation import RemoteViolation
from antin.values import N_, nfc, sha256_hex

PARTS_MOST = 200
NAME_MOST = 200
HEAD_MOST = 256 * 1024
ADDRESS = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,63}@[A-Za-z0-9](?:[A-Za-z0-9-]*\.)*[A-Za-z0-9-]*[A-Za-z0-9]")
_MESSAGE_ID = re.compile(r"<[!-;=?-~]+@[!-;=?-~]+>", re.ASCII)
ODD = (MessageError, ValueError, LookupError, TypeError, AttributeError, RecursionError, AssertionError)


@dataclass(frozen=True, slots=True)
class File:
    """A file of a letter; `name` is clean: NFC, no path, nothing that controls."""

    name: str
    media_type: str
    data: bytes = field(repr=False)

    @property
    def sha256(self) -> str:
        return sha256_hex(self.data)


@dataclass(frozen=True, slots=True)
class Head:
    media_type: str
    boundary: str = ""
    smime_type: str = ""

    def is_enveloped(self, der: bytes) -> bool:
        """By what it says, else by the type inside: senders leave smime-type out."""
        return "enveloped" in self.smime_type or (not self.smime_type and _ENVELOPED in der[:64])


_ENVELOPED = bytes.fromhex("06092a864886f70d010703")


def is_address(text: str) -> bool:
    """True for a plain address of ASCII letters: nothing that could end a command or a header."""
    return len(text) <= NAME_MOST and ADDRESS.fullmatch(text) is not None


def is_message_id(text: str) -> bool:
    """True for what may stand in In-Reply-To as it is."""
    return len(text) <= NAME_MOST and _MESSAGE_ID.fullmatch(text) is not None


def clean(text: str, most: int = NAME_MOST) -> str:
    """One line of text without what controls or turns the direction of writing."""
    kept = "".join(" " if ord(c) < 32 or c in "\x7f\u2028\u2029" else c for c in nfc(_whole(text)))
    return " ".join("".join(c for c in kept if not _turns(c)).split())[:most]


def file_name(text: str) -> str:
    """A name without a path; "tep" when nothing is left."""
    bare = clean(text.replace("\\", "/").rsplit("/", 1)[-1]).strip(". ")
    return bare or "tep"


def written(text: str, files: Iterable[File]) -> bytes:
    """The entity that is signed: words for people first, then the files; without the last line end."""
    message = EmailMessage(policy=SMTP)
    message.set_content(text.replace("\r", ""), cte="base64")
    for one in files:
        main, _, sub = one.media_type.partition("/")
        if main in ("message", "multipart"):
            main, sub = "application", "octet-stream"
        message.add_attachment(one.data, maintype=main, subtype=sub, filename=file_name(one.name), cte="base64")
    if message.get_content_maintype() != "multipart":
        message.make_mixed()
    del message["MIME-Version"]
    return message.as_bytes().removesuffix(b"\r\n")


def headers(fields: Iterable[tuple[str, str]]) -> bytes:
    """Header lines; whatever would end one is gone from the text before."""
    message = EmailMessage(policy=SMTP)
    for name, text in fields:
        message[name] = clean(text, 900)
    return message.as_bytes().removesuffix(b"\r\n")


def head_of(entity: bytes) -> Head:
    """The type of an entity; text/plain when it can't be told."""
    try:
        found = BytesHeaderParser().parsebytes(_head_bytes(entity))
        smime = found.get_param("smime-type", "")
        return Head(found.get_content_type().lower(), found.get_boundary("") or "", str(smime).lower())
    except ODD:
        return Head("text/plain")


def split(entity: bytes, boundary: str) -> list[bytes]:
    """The parts between boundary lines, byte for byte; the line end before a boundary is the boundary's (RFC 2046 §5.1.1)."""
    mark = boundary.encode("ascii", "replace")
    if not 0 < len(mark) <= 70:
        return []
    _, _, body = entity.partition(b"\r\n\r\n")
    pieces = re.split(rb"(?:^|\r\n)--" + re.escape(mark) + rb"(--)?[ \t]*(?=\r\n|\Z)", body, maxsplit=PARTS_MOST * 2)
    parts = []
    for at in range(1, len(pieces) - 1, 2):
        if pieces[at] == b"--":
            return parts
        parts.append(pieces[at + 1].removeprefix(b"\r\n"))
    return []


def body_of(entity: bytes) -> bytes:
    """The decoded body of a single part; b"" when there is none."""
    try:
        return _payload(message_from_bytes(entity))
    except ODD:
        return b""


def files_of(entity: bytes) -> tuple[File, ...]:
    """Every leaf of the entity, in order. RemoteViolation when it can't be read, or has too many."""
    try:
        message = message_from_bytes(entity)
        found: list[File] = []
        for part in _leaves(message):
            found.append(_file(part))
            if len(found) > PARTS_MOST:
                raise ValueError("too many parts")
    except ODD as odd:
        raise RemoteViolation("217/10.1", N_("Thư không đọc được."), N_("Quản trị liên thông xem thư bị giữ.")) from odd
    return tuple(found)


def text_header(raw: bytes, name: str) -> str:
    """A header as clean text, "" when it is missing or can't be read."""
    try:
        value = BytesHeaderParser().parsebytes(_head_bytes(raw)).get(name, "")
        return clean(str(make_header(decode_header(str(value)))), 900)
    except ODD:
        return ""


def is_automatic(raw: bytes) -> bool:
    """True for what a program answered by itself (RFC 3834): it says nothing of a person having seen a letter."""
    return text_header(raw, "Auto-Submitted").lower() not in ("", "no")


def address_of(raw: bytes) -> str:
    """The address in From, for people to see: it proves nothing."""
    return clean(parseaddr(text_header(raw, "From"))[1])


def _head_bytes(entity: bytes) -> bytes:
    head, found, _ = entity[:HEAD_MOST].partition(b"\r\n\r\n")
    return head + b"\r\n\r\n" if found else head


def _payload(part: Message) -> bytes:
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


def _leaves(part: Message) -> Iterator[Message]:
    """A letter inside a letter is one leaf: what was signed is the outer one."""
    inner = part.get_payload()
    if part.get_content_maintype() == "multipart" and isinstance(inner, list):
        for one in inner:
            if isinstance(one, Message):
                yield from _leaves(one)
    else:
        yield part


def _file(part: Message) -> File:
    inner = part.get_payload()
    if isinstance(inner, list):
        data = b"".join(one.as_bytes() for one in inner if isinstance(one, Message))
        return File(file_name(_name(part)), "application/octet-stream", data)
    return File(file_name(_name(part)), part.get_content_type().lower(), _payload(part))


def _name(part: Message) -> str:
    """RFC 2231, or the encoded words that many programs write instead."""
    found = part.get_filename() or ""
    try:
        return str(make_header(decode_header(found)))
    except ODD:
        return found


def _whole(text: str) -> str:
    """Bytes that no charset explained stand in texts as lone surrogates, which no database takes."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _turns(c: str) -> bool:
    return "\u202a" <= c <= "\u202e" or "\u2066" <= c <= "\u2069" or c in "\u200e\u200f\ufeff"

"""Lean DER (ITU-T X.690): what signatures and time stamps need, written directly and read strictly.

A general ASN.1 library spends most of the time of a signature on encoding; these few functions are some
twenty times faster. `Reader` accepts definite, minimal lengths and single-byte tags only, so it never
reads past its input: anything else is a ValueError.

>>> sequence(integer(3), octets(b"ab")).hex()
'300702010304026162'
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache

NULL = b"\x05\x00"
TRUE = b"\x01\x01\xff"

BOOLEAN, INTEGER, BIT_STRING, OCTET_STRING, OID, UTF8 = 0x01, 0x02, 0x03, 0x04, 0x06, 0x0C
UTC_TIME, GENERALIZED_TIME, SEQUENCE, SET = 0x17, 0x18, 0x30, 0x31


def tlv(tag: int, content: bytes) -> bytes:
    """One element: tag, minimal length, content."""
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + content


def sequence(*parts: bytes) -> bytes:
    return tlv(SEQUENCE, b"".join(parts))


def set_of(parts: Iterable[bytes]) -> bytes:
    """SET OF in DER order, that is by encoded bytes."""
    return tlv(SET, b"".join(sorted(parts)))


def explicit(number: int, content: bytes) -> bytes:
    """[number] EXPLICIT, constructed."""
    return tlv(0xA0 | number, content)


def integer(value: int) -> bytes:
    size = ((value if value >= 0 else ~value).bit_length() // 8) + 1
    return tlv(INTEGER, value.to_bytes(size, "big", signed=True))


def octets(value: bytes) -> bytes:
    return tlv(OCTET_STRING, value)


def utf8(value: str) -> bytes:
    return tlv(UTF8, value.encode())


@cache
def oid(dotted: str) -> bytes:
    """OBJECT IDENTIFIER from its dotted form."""
    arcs = [int(arc) for arc in dotted.split(".")]
    return tlv(OID, b"".join(_base128(arc) for arc in (arcs[0] * 40 + arcs[1], *arcs[2:])))


def _base128(value: int) -> bytes:
    groups = [value & 0x7F]
    while value := value >> 7:
        groups.append(0x80 | value & 0x7F)
    return bytes(reversed(groups))


def generalized_time(at: datetime) -> bytes:
    """GeneralizedTime in UTC with milliseconds, trailing zeros dropped (X.690 §11.7)."""
    utc = at.astimezone(UTC)
    fraction = f"{utc.microsecond // 1000:03d}".rstrip("0")
    text = utc.strftime("%Y%m%d%H%M%S") + (f".{fraction}" if fraction else "") + "Z"
    return tlv(GENERALIZED_TIME, text.encode())


def utc_time(at: datetime) -> bytes:
    """UTCTime to the second for the years to 2049, GeneralizedTime from 2050 on (RFC 5652 §11.3)."""
    utc = at.astimezone(UTC).replace(microsecond=0)
    return tlv(UTC_TIME, utc.strftime("%y%m%d%H%M%SZ").encode()) if utc.year < 2050 else generalized_time(utc)


class Reader:
    """Reads elements one after the other from `data[at:end]`; ValueError at the first irregularity."""

    __slots__ = ("at", "data", "end")

    def __init__(self, data: bytes, at: int = 0, end: int | None = None) -> None:
        self.data = data
        self.at = at
        self.end = len(data) if end is None else end

    def more(self) -> bool:
        return self.at < self.end

    def peek(self) -> int:
        """The next tag, or -1 at the end."""
        return self.data[self.at] if self.at < self.end else -1

    def element(self, tag: int | None = None) -> tuple[int, int, int]:
        """Steps over one element: (start of the element, start of its content, end)."""
        start, data = self.at, self.data
        if start + 2 > self.end or (data[start] & 0x1F) == 0x1F:
            raise ValueError("DER: truncated or multi-byte tag")
        if tag is not None and data[start] != tag:
            raise ValueError(f"DER: tag {data[start]:#x} where {tag:#x} was expected")
        size, content = data[start + 1], start + 2
        if size & 0x80:
            count = size & 0x7F
            if not 1 <= count <= 4 or content + count > self.end:
                raise ValueError("DER: length form not allowed")
            size = int.from_bytes(data[content : content + count], "big")
            content += count
            if size < 0x80 or size >> (8 * (count - 1)) == 0:
                raise ValueError("DER: length is not minimal")
        if content + size > self.end:
            raise ValueError("DER: content runs over")
        self.at = content + size
        return start, content, self.at

    def inside(self, tag: int = SEQUENCE) -> Reader:
        """A reader over the content of the next element."""
        _, content, end = self.element(tag)
        return Reader(self.data, content, end)

    def raw(self, tag: int | None = None) -> bytes:
        """The whole next element."""
        start, _, end = self.element(tag)
        return self.data[start:end]

    def content(self, tag: int) -> bytes:
        """The content of the next element."""
        _, content, end = self.element(tag)
        return self.data[content:end]

    def integer(self) -> int:
        value = self.content(INTEGER)
        if not value or (len(value) > 1 and value[0] in (0, 0xFF) and (value[0] ^ value[1]) < 0x80):
            raise ValueError("DER: integer is not minimal")
        return int.from_bytes(value, "big", signed=True)

    def oid(self) -> str:
        return dotted(self.content(OID))

    def finish(self) -> None:
        """ValueError when something is left over."""
        if self.at != self.end:
            raise ValueError("DER: trailing data")


@cache
def dotted(content: bytes) -> str:
    """Dotted form of the content of an OBJECT IDENTIFIER."""
    if not content or content[-1] & 0x80:
        raise ValueError("DER: object identifier is cut off")
    arcs, value = [], 0
    for byte in content:
        value = value << 7 | byte & 0x7F
        if not byte & 0x80:
            arcs.append(value)
            value = 0
    first = min(arcs[0] // 40, 2)
    return ".".join(str(arc) for arc in (first, arcs[0] - 40 * first, *arcs[1:]))


def read_time(tag: int, content: bytes) -> datetime:
    """UTCTime or GeneralizedTime (DER forms, Z only) as an aware instant; ValueError otherwise."""
    text = content.decode("ascii")
    if not text.endswith("Z"):
        raise ValueError("DER: time without Z")
    if tag == UTC_TIME:
        text = ("19" if text[:2] >= "50" else "20") + text
    whole, _, fraction = text[:-1].partition(".")
    at = datetime.strptime(whole, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    return at.replace(microsecond=int(fraction[:6].ljust(6, "0"))) if fraction else at

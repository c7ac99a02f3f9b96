"""Single bytes altered in every region of a sealed document, byte ranges bent, signatures emptied."""

from __future__ import annotations

import re
from collections.abc import Callable

from antin.signing.verdict import Verdict

from .. import tamper
from .case import Row, altered

INVALID, CHANGED = Verdict.INVALID, Verdict.CHANGED


def at(text: bytes, offset: int = 0, *, last: bool = False) -> Callable[[bytes], bytes]:
    """Flips a bit at this place after the text."""

    def flipped(data: bytes) -> bytes:
        found = data.rindex(text) if last else data.index(text)
        return tamper.flip(data, found + offset)

    return flipped


def in_signature(number: int, share: float) -> Callable[[bytes], bytes]:
    return lambda data: tamper.cms_byte(data, number, share)


def bent(text: bytes, number: int = 0) -> Callable[[bytes], bytes]:
    return lambda data: tamper.byte_range(data, b"/ByteRange " + text, number)


def widened(data: bytes) -> bytes:
    """The gap of the last byte range opened by eight bytes behind the signature."""
    found = list(re.finditer(rb"/ByteRange \[0 (\d+) (\d+) (\d+)\]( *)", data))[-1]
    first, second, rest = (int(found[n]) for n in (1, 2, 3))
    return tamper.byte_range(data, b"/ByteRange [0 %d %d %d]" % (first, second + 8, rest - 8))


def overlapping(data: bytes) -> bytes:
    found = list(re.finditer(rb"/ByteRange \[0 (\d+) (\d+) (\d+)\]( *)", data))[-1]
    first, second, rest = (int(found[n]) for n in (1, 2, 3))
    return tamper.byte_range(data, b"/ByteRange [0 %d %d %d]" % (first, first - 9, rest + second - first + 9))


def renamed(key: bytes, other: bytes) -> Callable[[bytes], bytes]:
    assert len(key) == len(other)
    return lambda data: data.replace(key, other, 1)


def shifted(data: bytes) -> bytes:
    """The two halves of the person's place written the other way round: same digits, other value."""
    start, end = tamper.places(data)[0]
    return data[: start + 2] + data[start : start + 2] + data[start + 4 : end] + data[end:]


HASH, FORMAT, CRYPTO = "HASH_FAILURE", "FORMAT_FAILURE", "SIG_CRYPTO_FAILURE"
REGIONS = [
    ("header", "a bit in the version of %PDF-1.7", at(b"%PDF-1.7", 7), HASH),
    ("binary mark", "a bit in the comment of line 2", at(b"%PDF-1.7", 10), HASH),
    ("page content", "a bit in the first content stream", tamper.body_byte, HASH),
    ("font", "a bit in the embedded font", at(b"/FontFile", -1), HASH),
    ("metadata", "a bit in the XMP packet", at(b"<x:xmpmeta", 3), HASH),
    ("page box", "a digit of /MediaBox", at(b"/MediaBox [", 12), HASH),
    ("first cross-reference table", "a digit of the first startxref", at(b"startxref\n", 10), HASH),
    ("person's reason", "a letter of /Reason in the person's dictionary", at(b"/Reason", 12), HASH),
    ("person's place", "a digit of the person's signature value", in_signature(0, 0.3), ""),
    ("person's certificate", "a digit in the person's certificate", in_signature(0, 0.1), ""),
    ("person's padding", "a zero behind the person's signature", lambda d: tamper.padding_digit(d, 0), FORMAT),
    ("letter case", "a digit of the person's place written in capitals", lambda d: capital(d), FORMAT),
    ("seal's place", "a digit of the seal's signature", in_signature(1, 0.5), ""),
    ("seal's padding", "a zero behind the seal's signature", lambda d: tamper.padding_digit(d, 1), FORMAT),
    ("security store", "a bit in an OCSP answer of the store", at(b"/OCSPs", 3), HASH),
    ("archive timestamp", "a digit of the document timestamp's signature value", in_signature(2, 0.96), CRYPTO),
    ("last padding", "a zero behind the document timestamp", lambda d: tamper.padding_digit(d, 2), FORMAT),
    ("last trailer", "a digit of the last startxref", at(b"startxref\n", 11, last=True), ""),
]


def capital(data: bytes) -> bytes:
    start, end = tamper.places(data)[0]
    spot = next(n for n in range(start, end) if data[n : n + 1].isalpha())
    return data[:spot] + data[spot : spot + 1].swapcase() + data[spot + 1 :]


FORGED = [
    ("empty contents", "all zeros in the person's place", lambda d: tamper.emptied(d, 0)),
    ("empty contents of the seal", "all zeros in the seal's place", lambda d: tamper.emptied(d, 1)),
    ("contents missing", "/Contents of the person renamed", renamed(b"/Contents <", b"/Contentz <")),
    ("byte range missing", "/ByteRange of the person renamed", renamed(b"/ByteRange", b"/Byterange")),
    ("byte range null", "null for the person's byte range", bent(b"null")),
    ("byte range empty", "an empty byte range", bent(b"[]")),
    ("byte range of zeros", "a byte range over nothing", bent(b"[0 0 0 0]")),
    ("byte range negative", "negative lengths", bent(b"[0 -1 -1 5]")),
    ("byte range of three", "three numbers", bent(b"[0 10 20]")),
    ("byte range beyond the end", "a second part behind the end", bent(b"[0 10 20 99999999]")),
    ("byte range not from the start", "the first bytes left out", bent(b"[9 1 12 3]")),
    ("byte range with a wide gap", "eight signed bytes moved into the gap", widened),
    ("byte range that overlaps", "the second part begins inside the first", overlapping),
    ("two digits repeated", "the first digit pair of the signature written twice", shifted),
]

ROWS = [
    *(Row(f"byte: {name}", how, altered(make), INVALID, sub) for name, how, make, sub in REGIONS),
    *(Row(f"forged: {name}", how, altered(make), INVALID) for name, how, make in FORGED),
]

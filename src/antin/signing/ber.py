"""BER as older official signers write it, brought into definite lengths so that the strict reader can judge it.

Only the encoding of lengths and of strings in pieces is changed (X.690 §8.1.3.6, §8.7.3); order and content stay.
"""

from __future__ import annotations

from antin.signing import der

MAX_DEPTH = 48
_CONSTRUCTED = 0x20
_PIECES = der.OCTET_STRING | _CONSTRUCTED


def to_der(data: bytes) -> bytes:
    """The first element with definite, minimal lengths, and unchanged what follows it; ValueError when it is no BER."""
    element, end = _element(data, 0, len(data), 0)
    return element + data[end:]


def _element(data: bytes, at: int, limit: int, depth: int) -> tuple[bytes, int]:
    """One element, rewritten, and where the next begins."""
    if depth > MAX_DEPTH or at + 2 > limit or data[at] & 0x1F == 0x1F:
        raise ValueError("BER: too deep, cut off or of a long tag")
    tag, size, content = data[at], data[at + 1], at + 2
    if size == 0x80:
        if not tag & _CONSTRUCTED:
            raise ValueError("BER: a primitive of indefinite length")
        parts, end = _until_end(data, content, limit, depth)
        return _joined(tag, parts), end
    if size & 0x80:
        count = size & 0x7F
        if count > 4 or content + count > limit:
            raise ValueError("BER: length")
        size = int.from_bytes(data[content : content + count], "big")
        content += count
    end = content + size
    if end > limit:
        raise ValueError("BER: content runs over")
    if not tag & _CONSTRUCTED:
        return der.tlv(tag, data[content:end]), end
    parts = []
    while content < end:
        part, content = _element(data, content, end, depth + 1)
        parts.append(part)
    return _joined(tag, parts), end


def _until_end(data: bytes, at: int, limit: int, depth: int) -> tuple[list[bytes], int]:
    parts = []
    while data[at : at + 2] != b"\0\0":
        part, at = _element(data, at, limit, depth + 1)
        parts.append(part)
    return parts, at + 2


def _joined(tag: int, parts: list[bytes]) -> bytes:
    """A string in pieces becomes one; everything else keeps its parts."""
    if tag != _PIECES:
        return der.tlv(tag, b"".join(parts))
    return der.tlv(der.OCTET_STRING, b"".join(der.Reader(part).content(der.OCTET_STRING) for part in parts))

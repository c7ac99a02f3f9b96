"""Large messages piece by piece: attachments travel beside the tree, a marker stands for each, memory stays small.

writing   skeleton of the message in exclusive canonical form, attachments' base64 run in where their markers stand;
          the envelope's signature (XMLDSig, enveloped, RSA or ECDSA with SHA-256) over exactly these bytes
reading   the text of every ContentTransferEncoded is cut out of the bytes before a parser sees them; afterwards each
          marker must be the whole text of such an element, so that nothing can be cut that XML understands otherwise
"""

from __future__ import annotations

import hashlib
import re
import secrets
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from antin.exchange.edxml import attachments as packing
from antin.exchange.edxml import dsig
from antin.exchange.edxml.dsig import Checked, Sealer
from antin.exchange.edxml.model import Attachment, Envelope, Message
from antin.exchange.edxml.reader import read
from antin.exchange.edxml.writer import TAG, tree
from antin.sandbox import safe_xml
from antin.values import N_
from antin.vault.spool import Spool

SKELETON = safe_xml.Limits(size_bytes=4 * 1024 * 1024)
LARGE = packing.Limits(one_bytes=300 * 1024 * 1024, all_bytes=400 * 1024 * 1024)
PIECE_BYTES = 192 * 1024
DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\n'
HEADER_END = b"</edXML:edXMLHeader>"
START = re.compile(rb"<(?:[A-Za-z_][\w.-]{0,40}:)?ContentTransferEncoded(?:\s[^<>]{0,400})?>")
START_MOST_BYTES = 512
ENCODED_TAG = TAG + "ContentTransferEncoded"


@dataclass(frozen=True, slots=True)
class Source:
    """A file to be written into a message: `pieces` gives its bytes anew each time, `size` of them with that CRC-32."""

    content_id: str
    name: str
    media_type: str
    size: int
    crc: int
    entry_id: UUID
    pieces: Callable[[], Iterable[bytes]] = field(repr=False)

    def text(self) -> Iterator[bytes]:
        return packing.pack_pieces(self.name, self.size, self.crc, self.pieces(), entry_id=self.entry_id)


def written(message: Envelope, sources: Iterable[Source], sealer: Sealer | None = None) -> Iterator[bytes]:
    """The message with the sources as its attachments, signed by `sealer` if there is one. RuleViolation at once."""
    marked = {f"ANTIN-{secrets.token_hex(16)}": source for source in sources}
    files = tuple(Attachment(s.content_id, s.name, m.encode(), s.media_type) for m, s in marked.items())
    whole = Envelope(**{name: getattr(message, name) for name in message.__slots__} | {"attachments": files})
    canonical = dsig.canonical(tree(whole, lambda file: file.data.decode()))
    texts: Mapping[str, Callable[[], Iterable[bytes]]] = {m: s.text for m, s in marked.items()}
    if sealer is not None:
        digest = hashlib.sha256()
        for piece in filled(canonical, texts):
            digest.update(piece)
        place = canonical.rindex(HEADER_END)
        canonical = canonical[:place] + dsig.signature(digest.digest(), sealer) + canonical[place:]
    return filled(DECLARATION + canonical, texts)


def filled(skeleton: bytes, texts: Mapping[str, Callable[[], Iterable[bytes]]]) -> Iterator[bytes]:
    """The skeleton with the text of each marker in its place; ValueError when a marker does not stand there once."""
    if any(skeleton.count(marker.encode()) != 1 for marker in texts):
        raise ValueError("a marker does not stand exactly once")
    rest = skeleton
    for marker in sorted(texts, key=lambda one: skeleton.index(one.encode())):
        before, _, rest = rest.partition(marker.encode())
        yield before
        yield from texts[marker]()
    yield rest


@dataclass(frozen=True, slots=True)
class File:
    """An attachment as it came out of a message, checked; `pieces` reads it anew from the spool each time."""

    content_id: str
    name: str
    media_type: str
    size: int
    sha256: str
    pieces: Callable[[], Iterator[bytes]] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Taken:
    """A message read from a spool: its files, in order, and the tree without them for the check of its signature."""

    message: Message
    files: tuple[File, ...]
    skeleton: bytes = field(repr=False)
    texts: Mapping[str, Callable[[], Iterable[bytes]]] = field(repr=False)


def taken(spool: Spool, limits: packing.Limits = LARGE) -> Taken:
    """The message in the spool. RemoteViolation when it can't be understood one way only."""
    skeleton, places = _cut(spool)
    files: list[tuple[str, int, str, Callable[[], Iterator[bytes]]]] = []

    def unpack(name: str, text: str, _: packing.Limits) -> tuple[bytes, bool]:
        if text.strip() not in places:
            raise packing.refused(N_("Tệp đính kèm “{name}” không phải base64 đúng."), name=name)
        if sum(size for _, size, _, _ in files) > limits.all_bytes:
            raise packing.refused(N_("Các tệp đính kèm cộng lại vượt {limit} byte."), limit=limits.all_bytes)
        pieces, zipped = _opened(name, spool, places[text.strip()], limits)
        files.append((name, *_measured(name, pieces(), limits), pieces))
        return b"", zipped

    message = read(skeleton, limits=SKELETON, packed=limits, unpack=unpack)
    if len(files) != len(places):
        raise packing.refused(N_("Tệp đính kèm “{name}” không phải base64 đúng."), name="?")
    attachments = message.attachments if isinstance(message, Envelope) else ()
    found = [
        File(one.content_id, name, one.content_type, size, digest, pieces)
        for one, (name, size, digest, pieces) in zip(attachments, files, strict=True)
    ]
    texts = {marker: lambda place=place: _text(spool, *place) for marker, place in places.items()}
    return Taken(message, tuple(found), skeleton, texts)


def check_signature(found: Taken) -> Checked:
    """The envelope's signature over everything, the cut texts run in with line ends as a parser understands them."""
    texts = {m: (lambda text=text: _lines(text())) for m, text in found.texts.items()}
    return dsig.check(safe_xml.parse(found.skeleton, SKELETON).root, lambda canonical: filled(canonical, texts))


def _cut(spool: Spool) -> tuple[bytes, dict[str, tuple[int, int]]]:
    """The message without the attachments' texts, and where each of them stands, by marker."""
    kept, places, at = bytearray(), {}, 0
    while at < spool.size:
        window = spool.at(at, PIECE_BYTES)
        start = START.search(window)
        if start is None:
            # A tag that begins in this window may end in the next one.
            step = len(window) if at + len(window) >= spool.size else len(window) - START_MOST_BYTES
            kept += window[:step]
            at += step
        else:
            kept += window[: start.end()]
            begin = at + start.end()
            at = _end(spool, begin)
            marker = f"ANTIN-{secrets.token_hex(16)}"
            if at > begin:
                kept += marker.encode()
                places[marker] = (begin, at)
        if len(kept) > SKELETON.size_bytes or len(places) > packing.DEFAULT.count:
            raise packing.refused(N_("Thông điệp edXML quá lớn ngoài phần tệp đính kèm."))
    return bytes(kept), places


def _end(spool: Spool, at: int) -> int:
    """Where the text that begins there ends: at the next tag."""
    while at < spool.size:
        window = spool.at(at, PIECE_BYTES)
        found = window.find(b"<")
        if found >= 0:
            return at + found
        at += len(window)
    return spool.size


def _text(spool: Spool, begin: int, end: int) -> Iterator[bytes]:
    while begin < end:
        piece = spool.at(begin, min(PIECE_BYTES, end - begin))
        yield piece
        begin += len(piece)


def _lines(pieces: Iterable[bytes]) -> Iterator[bytes]:
    held = b""
    for piece in pieces:
        data = held + piece
        held = b"\r" if data.endswith(b"\r") else b""
        yield data[: len(data) - len(held)].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    yield held.replace(b"\r", b"\n")


def _opened(
    name: str, spool: Spool, place: tuple[int, int], limits: packing.Limits
) -> tuple[Callable[[], Iterator[bytes]], bool]:
    """How to read the attachment again and again, and whether it came in a ZIP."""
    if (place[1] - place[0]) > limits.one_bytes * 3 // 2:
        raise packing.refused(
            N_("Tệp đính kèm “{name}” vượt giới hạn {limit} byte."), name=name, limit=limits.one_bytes
        )
    first = next(packing.decoded(name, _text(spool, *place)), b"")
    if not first.startswith(packing.ZIP_MAGICS):
        return lambda: packing.decoded(name, _text(spool, *place)), False
    kept: list[Spool] = []

    def pieces() -> Iterator[bytes]:
        if not kept:  # the ZIP's directory stands at its end: it is decoded once, into a spool of its own
            inner = spool.beside()
            for piece in packing.decoded(name, _text(spool, *place)):
                inner.write(piece)
            kept.append(inner)
        return packing.inflated(name, kept[0].opened(), kept[0].size, limits)

    return pieces, True


def _measured(name: str, pieces: Iterable[bytes], limits: packing.Limits) -> tuple[int, str]:
    size, digest = 0, hashlib.sha256()
    for piece in pieces:
        size += len(piece)
        digest.update(piece)
        if size > limits.one_bytes:
            raise packing.refused(
                N_("Tệp đính kèm “{name}” vượt giới hạn {limit} byte."), name=name, limit=limits.one_bytes
            )
    return size, digest.hexdigest()


def crc32(pieces: Iterable[bytes]) -> int:
    value = 0
    for piece in pieces:
        value = zlib.crc32(piece, value)
    return value


__all__ = ["LARGE", "File", "Source", "Taken", "check_signature", "crc32", "taken", "written"]

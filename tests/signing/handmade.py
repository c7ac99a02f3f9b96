"""PDF files and later revisions written by hand, object by object: what no library would write."""

from __future__ import annotations

import io
import zlib
from collections.abc import Mapping

from pyhanko.pdf_utils.reader import PdfFileReader

XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<r:Description r:about="%d"/></r:RDF></x:xmpmeta>'
)
METADATA, INFO = 5, 6
PAGE = {
    1: b"<</Type/Catalog/Pages 2 0 R/Metadata 5 0 R>>",
    2: b"<</Type/Pages/Count 2/Kids[3 0 R 7 0 R]>>",
    3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>",
    7: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>",
    4: b"<</Length 12>>stream\n0 0 9 9 re f\nendstream",
}


def stream(content: bytes, entries: bytes = b"") -> bytes:
    return b"<<%b/Length %d>>stream\n%b\nendstream" % (entries, len(content), content)


def xmp(number: int = 0) -> bytes:
    return stream(XMP % number, b"/Type/Metadata/Subtype/XML")


def info(second: int = 0, more: bytes = b"") -> bytes:
    return b"<</Title(Mau)/ModDate(D:202603020900%02d)%b>>" % (second, more)


def page(
    objects: Mapping[int, bytes] | None = None,
    *,
    inside: Mapping[int, bytes] | None = None,
    trailer: bytes = b"/Root 1 0 R/Info 6 0 R",
    size: int = 0,
) -> bytes:
    """Two pages with metadata; `objects` replace or add, those `inside` lie in object stream 8 (named by a stream table)."""
    own = {**PAGE, METADATA: xmp(), INFO: info(), **(objects or {})}
    return written(b"%PDF-1.7\n", own, inside=inside, trailer=trailer, size=size)


def hybrid(objects: Mapping[int, bytes], hidden: Mapping[int, bytes]) -> bytes:
    """The two pages in a file with a plain table and, named by its /XRefStm, a stream that finds the hidden objects."""
    own = {n: content for n, content in {**PAGE, METADATA: xmp(), INFO: info(), **objects}.items() if n not in hidden}
    body, packed = b"%PDF-1.7\n", {n: content for n, content in hidden.items() if b"stream" not in content}
    rows = {number: (2, 8, index) for index, number in enumerate(packed)}
    for number, content in {8: _packed(packed), **{n: c for n, c in hidden.items() if n not in packed}}.items():
        rows[number] = (1, len(body), 0)
        body += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    at = len(body)
    entries, index = _table_entries(rows)
    body += b"9 0 obj\n%b\nendobj\n" % stream(entries, b"/Type/XRef/W[1 4 1]/Index[%b]/Size 10" % index)
    return written(body, own, trailer=b"/Root 1 0 R/Info 6 0 R/XRefStm %d" % at, size=10)


def revision(
    data: bytes,
    objects: Mapping[int, bytes],
    *,
    as_stream: int = 0,
    generation: int = 0,
    free: bytes = b"",
    inside: Mapping[int, bytes] | None = None,
    **more: bytes,
) -> bytes:
    """An update by hand; `as_stream`: its table is a stream of this number, and those `inside` lie in an object stream of
    the next; `free`: rows of a table for freed numbers."""
    reader = PdfFileReader(io.BytesIO(data), strict=False)
    trailer = more.get("trailer") or b"/Root %d 0 R/Info %d 0 R" % tuple(
        reader.trailer.raw_get(key).idnum for key in ("/Root", "/Info")
    )
    size = max(*objects, as_stream + bool(inside), int(reader.trailer["/Size"]) - 1, 0) + 1
    trailer += b"/Prev %d" % int(data.rsplit(b"startxref\n", 1)[1].split(b"\n")[0])
    if as_stream:
        return written(
            data, objects, inside=inside or {}, trailer=trailer, size=size, table=as_stream, container=as_stream + 1
        )
    return written(data, objects, trailer=trailer, size=size, generation=generation, free=free)


def written(
    data: bytes,
    objects: Mapping[int, bytes],
    *,
    trailer: bytes,
    size: int,
    inside: Mapping[int, bytes] | None = None,
    generation: int = 0,
    free: bytes = b"",
    table: int = 9,
    container: int = 8,
) -> bytes:
    """These objects behind the data, found by a plain table; when some are to lie `inside` object stream `container`, by a
    stream of the number `table`."""
    rows: dict[int, tuple[int, int, int]] = {}
    if inside:
        objects = {**{n: o for n, o in objects.items() if n not in inside}, container: _packed(inside)}
        rows = {number: (2, container, index) for index, number in enumerate(inside)}
    for number, content in objects.items():
        rows[number] = (1, len(data), generation)
        data += b"%d %d obj\n%b\nendobj\n" % (number, generation, content)
    start = len(data)
    if inside is None:
        data += b"xref\n0 1\n0000000000 65535 f \n" + free
        data += b"".join(b"%d 1\n%010d %05d n \n" % (n, at, g) for n, (_, at, g) in sorted(rows.items()))
        data += b"trailer<<%b/Size %d>>" % (trailer, size or max(rows) + 1)
    else:
        rows[table] = (1, start, 0)
        entries, index = _table_entries(rows)
        head = b"/Type/XRef/W[1 4 1]/Index[%b]%b/Size %d" % (index, trailer, size or max(rows) + 1)
        data += b"%d 0 obj\n%b\nendobj" % (table, stream(entries, head))
    return data + b"\nstartxref\n%d\n%%%%EOF\n" % start


def _table_entries(rows: Mapping[int, tuple[int, int, int]]) -> tuple[bytes, bytes]:
    """Data and /Index of a cross-reference stream with /W [1 4 1]."""
    ordered = sorted(rows.items())
    entries = (bytes((kind,)) + at.to_bytes(4, "big") + bytes((last,)) for _, (kind, at, last) in ordered)
    return b"".join(entries), b" ".join(b"%d 1" % number for number, _ in ordered)


def _packed(objects: Mapping[int, bytes]) -> bytes:
    head, body = b"", b""
    for number, content in objects.items():
        head += b"%d %d " % (number, len(body))
        body += content + b" "
    packed = zlib.compress(head + body)
    return stream(packed, b"/Type/ObjStm/Filter/FlateDecode/N %d/First %d" % (len(objects), len(head)))

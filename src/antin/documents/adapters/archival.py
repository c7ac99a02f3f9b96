"""The last step of layout: metadata of our own in the plainest form, so that PDF/A checkers agree.

typst writes PDF/A-2b; a `/CIDSet`, an `/Info` dictionary and metadata beyond the standard's base set are
allowed but are where validators differ, so they go. Saved by qpdf with an identifier computed from content.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.sax.saxutils import escape

import pikepdf

PACKET = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" \
xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
<dc:language><rdf:Bag><rdf:li>vi</rdf:li></rdf:Bag></dc:language>
<xmp:CreateDate>{at}</xmp:CreateDate><xmp:ModifyDate>{at}</xmp:ModifyDate>
<pdfaid:part>2</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""


@dataclass(frozen=True, slots=True)
class Finished:
    pdf: bytes
    count: int


def finish(pdf: bytes, *, title: str, author: str, at: int) -> Finished:
    """Our own layout's PDF, plain in metadata and ending with a line feed (a signature is appended to it)."""
    when = datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    packet = PACKET.format(title=escape(title), author=escape(author or "-"), at=when).encode()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        for one in document.objects:
            if isinstance(one, pikepdf.Dictionary):
                _make_plain(one)
        if "/Info" in document.trailer:
            del document.trailer["/Info"]
        metadata = document.make_stream(packet)
        metadata["/Type"], metadata["/Subtype"] = pikepdf.Name("/Metadata"), pikepdf.Name("/XML")
        document.Root["/Metadata"] = document.make_indirect(metadata)
        out = io.BytesIO()
        document.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.preserve)
        count = len(document.pages)
    done = out.getvalue()
    return Finished(done if done.endswith(b"\n") else done + b"\n", count)


def _make_plain(one: pikepdf.Dictionary) -> None:
    if one.get("/Type") == "/FontDescriptor" and "/CIDSet" in one:
        del one["/CIDSet"]
    destination = one.get("/Dest")
    if isinstance(destination, pikepdf.Array) and destination.is_indirect:
        one["/Dest"] = pikepdf.Array(list(destination))

"""Object numbers that are not what they seem: shown later as if they were new, foretold, or metadata and content at once.

Each file is signed, altered by a revision and sealed off by an archive timestamp of the attacker's, so that nothing lies
behind the last signature and the comparison of the revisions alone must tell.
"""

from __future__ import annotations

from collections.abc import Mapping

from antin.signing import ceremony
from antin.signing.verdict import Verdict

from ..handmade import INFO, METADATA, PAGE, hybrid, info, page, revision, stream, xmp
from ..scene import House
from .case import Case, Make, Row, archived, with_list
from .of_formats import by_library

CHANGED, VALID = Verdict.CHANGED, Verdict.VALID
BLACK = stream(b"0 0 500 500 re f")
TREE = b"<</Type/Pages/Count 1/Kids[7 0 R]/Rotate 180/MediaBox[0 0 90 90]>>"


def later(pdf: bytes, objects: Mapping[int, bytes], *, as_stream: int = 0) -> Make:
    """Signed by the person; these objects in a revision; an archive timestamp over both."""

    def make(house: House) -> Case:
        signed = ceremony.sign(house.prepare_person(pdf=pdf, with_seal=False), house.signer, house.authority.timestamps)
        return with_list(house, archived(house, revision(signed, objects, as_stream=as_stream)))

    return make


def on_second_page(more: bytes) -> bytes:
    return page({7: PAGE[7].replace(b"/Contents 4 0 R", more)})


def behind_the_size(more: bytes = b"/Contents 900 0 R") -> bytes:
    """Object 900 is there from the beginning, and said to be out of scope: /Size 10."""
    objects = {1: PAGE[1], 2: PAGE[2], 3: PAGE[3], 7: PAGE[7].replace(b"/Contents 4 0 R", more)}
    return page({900: PAGE[4]}, inside=objects, size=10)


def in_a_hybrid_file(
    objects: Mapping[int, bytes], hidden: Mapping[int, bytes], later_objects: Mapping[int, bytes]
) -> Make:
    """The same where a table has a stream beside it, which holds the page (ISO 32000-1 §7.5.8.4)."""

    def make(house: House) -> Case:
        signed = by_library(house, hybrid(objects, hidden), strict=False)
        return with_list(house, revision(signed, later_objects))

    return make


ROWS = [
    Row("numbers: behind the size", behind_the_size.__doc__ or "", later(behind_the_size(), {900: BLACK}, as_stream=901), CHANGED),
    Row("numbers: foretold content", "content named before it exists, on a page nobody looks at", later(on_second_page(b"/Contents[4 0 R 900 0 R]"), {900: BLACK}), CHANGED),
    Row("numbers: foretold parent", "the page inherits from a tree that does not exist yet", later(page({7: b"<</Type/Page/Parent 900 0 R/Contents 4 0 R>>"}), {900: TREE}), CHANGED),
    Row("numbers: foretold in a fraction", "the same, written as 900.0 0 R", later(on_second_page(b"/Contents[4 0 R 900.0 0 R]"), {900: BLACK}), CHANGED),
    Row("numbers: foretold in an object stream", "the same, compressed", later(page(inside={1: PAGE[1], 2: PAGE[2], 3: PAGE[3], 7: PAGE[7].replace(b"2 0 R", b"900 0 R")}), {900: TREE}, as_stream=901), CHANGED),
    Row("numbers: foretold in a hybrid file", in_a_hybrid_file.__doc__ or "", in_a_hybrid_file({}, {7: PAGE[7].replace(b"4 0 R", b"[4 0 R 900 0 R]")}, {900: BLACK}), CHANGED),
    Row("numbers: overwritten in a hybrid file", "content that only the stream beside the table knows", in_a_hybrid_file({}, {7: PAGE[7].replace(b"4 0 R", b"900 0 R"), 900: PAGE[4]}, {900: BLACK}), CHANGED),
    Row("metadata: content of a page", "the XMP stream is a page's content too, and rewritten", later(on_second_page(b"/Contents[4 0 R 5 0 R]"), {METADATA: xmp(1)}), CHANGED),
    Row("metadata: content, compressed", "the same inside an object stream", later(page(inside={1: PAGE[1], 2: PAGE[2], 3: PAGE[3], 7: PAGE[7].replace(b"4 0 R", b"5 0 R")}), {METADATA: xmp(1)}, as_stream=60), CHANGED),
    Row("metadata: annotation", "/Info is an annotation too, and rewritten", later(on_second_page(b"/Contents 4 0 R/Annots[6 0 R]"), {INFO: info(1)}), CHANGED),
    Row("metadata: no metadata any more", "the XMP stream overwritten by drawing operators", later(page(), {METADATA: BLACK}), CHANGED),
    Row("metadata: rewritten", "/Info and XMP rewritten, as signing programs do", later(page(), {METADATA: xmp(1), INFO: info(1, b"/Producer(X)")}), VALID),
    Row("metadata: rewritten, table in a stream", "the same with a cross-reference stream", later(page(), {METADATA: xmp(1), INFO: info(1)}, as_stream=60), VALID),
]  # fmt: skip

"""Metadata rewritten by later revisions: known without the full comparison when nothing else is the same object.

Each hostile file makes /Info or the XMP stream also be something that a reader shows, or shows it by a revision that only
seems to rewrite metadata. None may get a milder answer than the full comparison gives, which refuses them.
"""

from __future__ import annotations

import io
from collections.abc import Mapping

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import HistoricalResolver, PdfFileReader
from pyhanko.sign.fields import SigFieldSpec, append_signature_field

from antin.signing import ceremony
from antin.signing.verdict import changes
from antin.signing.verdict.document import open_pdf

from . import tamper
from .handmade import INFO, METADATA, PAGE, XMP, info, page, revision, stream, xmp
from .matrix.of_formats import by_library
from .scene import House
from .test_changes import levels, no_less_than_full

REFUSED = {changes.OTHER, "unreadable"}
CONTENT = b"0 0 500 500 re f"
FORM = stream(CONTENT, b"/Type/XObject/Subtype/Form/BBox[0 0 595 842]")


def signed(house: House, pdf: bytes) -> bytes:
    prepared = house.prepare_person(pdf=pdf, with_seal=False)
    return ceremony.sign(prepared, house.signer, house.authority.timestamps)


def quick(data: bytes) -> str | None:
    return changes.Quick(PdfFileReader(io.BytesIO(data)), data).level(1)


def answer(data: bytes) -> str:
    """What was done after the first signature; "unreadable" for a file that is refused as a whole, or has none."""
    try:
        return open_pdf(data).found[0].changes
    except (PdfError, ValueError, AssertionError, IndexError):
        return "unreadable"


@pytest.mark.parametrize(
    ("inside", "as_stream"),
    [(None, 0), (None, 60), ({1: PAGE[1], 2: PAGE[2], 3: PAGE[3], INFO: info()}, 60)],
    ids=["tables", "a stream table", "object streams"],
)
def test_rewritten_metadata_are_known_without_the_full_comparison(
    shared: House, inside: Mapping[int, bytes] | None, as_stream: int
):
    data = signed(shared, page(inside=inside))
    for second in (1, 2, 3):
        rewritten = {METADATA: xmp(second), INFO: info(second, b"/Producer(X)")}
        data = revision(data, rewritten, as_stream=as_stream and as_stream + second)
    assert quick(data) == "archival"
    no_less_than_full(data)


def test_metadata_rewritten_inside_object_streams_are_known(shared: House):
    """As programs do that put what they add into object streams of its own revision."""
    data = signed(shared, page(inside={1: PAGE[1], 2: PAGE[2], 3: PAGE[3], INFO: info()}))
    for second in (1, 2):
        data = revision(data, {METADATA: xmp(second)}, inside={INFO: info(second)}, as_stream=60 + 2 * second)
    assert quick(data) == "archival"
    no_less_than_full(data)
    alias = {INFO: info(3), 3: PAGE[3].replace(b"/Contents", b"/Resources 6 0 R/Contents")}
    assert quick(revision(data, {METADATA: xmp(3)}, inside=alias, as_stream=70)) is None
    assert answer(revision(data, {METADATA: xmp(3)}, inside=alias, as_stream=70)) in REFUSED


def in_page(more: bytes) -> dict[int, bytes]:
    """In the second page, which nobody looks at who signs the first."""
    return {7: PAGE[7].replace(b"/Contents 4 0 R", more)}


def in_catalogue(more: bytes) -> dict[int, bytes]:
    return {1: PAGE[1][:-2] + more + b">>"}


ALIASES: dict[str, dict[int, bytes]] = {
    "content of the page": in_page(b"/Contents[4 0 R 5 0 R]"),
    "the page's only content": in_page(b"/Contents 5 0 R"),
    "content, a comment between": in_page(b"/Contents[4 0 R 5%x\n0 R]"),
    "content, another generation": in_page(b"/Contents[4 0 R 5 1 R]"),
    "content, written as a fraction": in_page(b"/Contents[4 0 R 5.0 0 R]"),
    "content, leading zeros": in_page(b"/Contents[4 0 R 0005 0 R]"),
    "picture of the page": in_page(b"/Contents 4 0 R/Resources<</XObject<</X 5 0 R>>>>"),
    "font file": in_page(b"/Contents 4 0 R/Resources<</Font<</F<</FontDescriptor<</FontFile 5 0 R>>>>>>>>"),
    "appearance of an annotation": in_page(b"/Contents 4 0 R/Annots[<</Subtype/Stamp/Rect[0 0 9 9]/AP<</N 5 0 R>>>>]"),
    "metadata of a page too": in_page(b"/Contents 4 0 R/Metadata 5 0 R"),
    "attachment": in_catalogue(b"/Names<</EmbeddedFiles<</Names[(a)<</EF<</F 5 0 R>>>>]>>>>"),
    "script": in_catalogue(b"/OpenAction<</S/JavaScript/JS 5 0 R>>"),
    "twice in the catalogue": in_catalogue(b"/PieceInfo<</X<</Private 5 0 R>>>>"),
    "an annotation that is /Info": in_page(b"/Contents 4 0 R/Annots[6 0 R]"),
    "resources that are /Info": in_page(b"/Contents 4 0 R/Resources 6 0 R"),
    "an action that is /Info": in_catalogue(b"/OpenAction 6 0 R"),
    "the page is /Info": {2: PAGE[2].replace(b"7 0 R", b"6 0 R"), INFO: PAGE[7]},
}


@pytest.mark.parametrize("case", ALIASES)
@pytest.mark.parametrize("packed", [False, True], ids=["in the open", "in an object stream"])
def test_metadata_that_are_also_something_else_are_not_known(shared: House, case: str, packed: bool):
    objects = {n: content for n, content in {**PAGE, INFO: info(), **ALIASES[case]}.items() if n != 4}
    data = signed(shared, page(inside=objects) if packed else page(ALIASES[case]))
    touched = {INFO: info(1)} if "/Info" in case else {METADATA: xmp(1)}
    altered = revision(data, touched, as_stream=60 if packed else 0)
    assert quick(altered) is None
    assert answer(altered) in REFUSED


NO_METADATA: dict[str, dict[int, bytes]] = {
    "another kind of stream": {METADATA: FORM},
    "no type": {METADATA: stream(CONTENT)},
    "content that calls itself metadata": {METADATA: stream(CONTENT, b"/Type/Metadata/Subtype/XML")},
    "other XML": {METADATA: stream(b"<html/>", b"/Type/Metadata/Subtype/XML")},
    "XML with entities": {
        METADATA: stream(
            b'<!DOCTYPE x [<!ENTITY e "x">]><x:xmpmeta xmlns:x="adobe:ns:meta/">&e;</x:xmpmeta>',
            b"/Type/Metadata/Subtype/XML",
        )
    },
    "a dictionary": {METADATA: b"<</Type/Metadata/Subtype/XML>>"},
    "length elsewhere": {
        METADATA: xmp(1).replace(b"/Length %d" % len(XMP % 1), b"/Length 57 0 R"),
        57: b"%d" % len(XMP % 1),
    },
    "/Info that is a stream": {INFO: FORM},
    "metadata and content": {METADATA: xmp(1), 4: stream(CONTENT)},
    "metadata and a page": {METADATA: xmp(1), 3: PAGE[3].replace(b"842", b"420")},
}
UNUSUAL: dict[str, dict[int, bytes]] = {
    "kept in another file": {METADATA: xmp(1).replace(b"/Subtype", b"/F(http://example.org)/Subtype")},
    "/Info with a reference": {INFO: info(1, b"/Producer 4 0 R")},
    "/Info with a dictionary": {INFO: info(1, b"/Producer<</A 4 0 R>>")},
    "/Info with an action": {INFO: info(1, b"/AA<</O<</S/JavaScript/JS(1)>>>>")},
    "/Info with another title": {INFO: info(1).replace(b"(Mau)", b"(Khac)")},
    "/Info that is a page": {INFO: PAGE[3]},
}


@pytest.mark.parametrize("case", NO_METADATA)
def test_new_version_that_is_no_metadata_is_refused(shared: House, case: str):
    altered = revision(signed(shared, page()), NO_METADATA[case])
    assert quick(altered) is None
    assert answer(altered) in REFUSED


@pytest.mark.parametrize("case", UNUSUAL)
def test_unusual_new_version_is_left_to_the_full_comparison(shared: House, case: str):
    """Which lets a reader's eye be the judge of what is seen: none of this is."""
    altered = revision(signed(shared, page()), UNUSUAL[case])
    assert quick(altered) is None
    assert answer(altered) == "archival"


def test_metadata_elsewhere_are_left_to_the_full_comparison(shared: House):
    def moved(writer: IncrementalPdfFileWriter) -> None:
        entries = {pdf_name("/Type"): pdf_name("/Metadata"), pdf_name("/Subtype"): pdf_name("/XML")}
        stream_object = generic.StreamObject(entries, stream_data=XMP % 1)
        writer.root[pdf_name("/Metadata")] = writer.add_object(stream_object)
        writer.update_root()

    altered = tamper.update(by_library(shared, page()), moved)
    assert quick(altered) is None
    assert answer(altered) == "archival"


def test_alias_that_comes_with_a_later_revision_undoes_the_rewriting_before_it(shared: House):
    data = revision(signed(shared, page()), {METADATA: xmp(1)})
    assert quick(data) == "archival"
    altered = revision(data, {3: PAGE[3].replace(b"4 0 R", b"[4 0 R 5 0 R]")})
    assert quick(altered) is None
    assert answer(altered) in REFUSED


def test_appearance_of_a_new_field_can_not_be_the_metadata(shared: House):
    data = by_library(shared, page(), field="One")
    second = by_library(shared, revision(data, {METADATA: xmp(1)}), field="Second")
    assert quick(second) == "forms"

    def shows_metadata(writer: IncrementalPdfFileWriter) -> None:
        append_signature_field(writer, SigFieldSpec("Third", box=(0, 0, 595, 842)))
        picture = generic.DictionaryObject({pdf_name("/N"): generic.IndirectObject(METADATA, 0, writer)})
        writer.root["/AcroForm"]["/Fields"][-1][pdf_name("/AP")] = picture

    assert quick(tamper.update(second, shows_metadata)) is None


def test_two_catalogues_that_share_their_bytes_do_not_hide_an_alias(shared: House):
    """The older catalogue begins inside a comment of the newer: one reference, named by both; the other shows the stream."""
    shell = b"<<%1 0 obj <<\n/Type/Catalog/Pages 2 0 R/Metadata 5 0 R>>"
    pdf = page({1: shell, **in_page(b"/Contents[4 0 R 5 0 R]")})
    inner = pdf.index(b"1 0 obj <<\n")
    start = int(pdf.rsplit(b"startxref\n", 1)[1].split(b"\n")[0])
    tail = b"xref\n0 2\n0000000000 65535 f \n%010d 00000 n \ntrailer<</Root 1 0 R/Info 6 0 R/Size 8/Prev %d>>\nstartxref\n%d\n%%%%EOF\n"
    pdf += tail % (inner, start, len(pdf))
    data = signed(shared, pdf)
    altered = revision(data, {METADATA: xmp(1)})
    assert changes.Quick(PdfFileReader(io.BytesIO(altered)), altered).level(2) is None
    assert answer(altered) in REFUSED


def test_stream_that_holds_objects_is_no_metadata(shared: House):
    """Named by a stream table as the place of objects: what it holds is reached without a reference."""
    data = signed(shared, page(inside={7: PAGE[7]}))
    found = PdfFileReader(io.BytesIO(data))
    altered = revision(data, {METADATA: xmp(1)}, as_stream=60)
    reader = PdfFileReader(io.BytesIO(altered))
    reader.xrefs.get_xref_data(0).obj_streams_used.add(METADATA)
    assert found.xrefs.object_streams_used_in(0)
    assert changes.Quick(reader, altered).level(1) is None


def test_trailer_that_names_something_else_is_not_known(shared: House):
    data = signed(shared, page())
    for trailer in (
        b"/Root 57 0 R/Info 6 0 R",
        b"/Root 1 0 R/Info 57 0 R",
        b"/Root 1 0 R",
        b"/Root 1 0 R/Info 6 0 R/X 6 0 R",
    ):
        altered = revision(data, {METADATA: xmp(1), INFO: info(1), 57: PAGE[1]}, trailer=trailer)
        assert quick(altered) is None, trailer
        assert answer(altered) in REFUSED or b"57 0 R/Info" not in trailer, trailer


def test_freed_and_renumbered_metadata_are_not_known(shared: House):
    data = signed(shared, page())
    freed = revision(data, {INFO: info(1)}, free=b"5 1\n0000000000 00001 f \n")
    assert quick(freed) is None
    again = revision(freed, {METADATA: xmp(1)}, generation=1, trailer=b"/Root 1 0 R/Info 6 0 R")
    assert quick(again) is None
    assert {answer(freed), answer(again)} <= REFUSED


def test_metadata_behind_the_last_signature_are_a_change(shared: House):
    """Nobody signed them, and no signature follows: as before, only status data may stand there."""
    data = by_library(shared, by_library(shared, page(), field="One"), field="Two")
    tail = tamper.update(data, IncrementalPdfFileWriter.update_root)
    assert quick(tail) == "forms"
    assert open_pdf(data).tail == changes.NONE
    assert open_pdf(tail).tail == changes.OTHER


def test_work_grows_with_the_number_of_signatures_and_no_faster(shared: House, monkeypatch: pytest.MonkeyPatch):
    """Counted: objects read, and references counted, of files by a program that rewrites its metadata every time."""
    counted = {"objects": 0, "full": 0}
    asked = HistoricalResolver.get_object

    def get_object(self: HistoricalResolver, *args: object, **wishes: object) -> object:
        counted["objects"] += 1
        return asked(self, *args, **wishes)  # type: ignore[arg-type]

    def full(_embedded: object) -> str:
        counted["full"] += 1
        return changes.OTHER

    monkeypatch.setattr(HistoricalResolver, "get_object", get_object)
    monkeypatch.setattr(changes, "full", full)
    data, work = shared.pdf, {}
    for number in range(1, 25):
        data = by_library(shared, data, field=f"F{number}")
        if number in (6, 12, 24):
            counted["objects"] = 0
            found = open_pdf(data)
            work[number] = counted["objects"]
            assert [one.changes for one in found.found] == ["forms"] * (number - 1) + ["none"]
    assert counted["full"] == 0
    assert work[24] - work[12] <= 2.05 * (work[12] - work[6]), work


def test_comparison_by_the_library_agrees_on_such_files(shared: House):
    data = shared.pdf
    for number in range(1, 4):
        data = by_library(shared, data, field=f"F{number}")
    assert all(by_quick == by_full for _, by_quick, by_full in levels(data))

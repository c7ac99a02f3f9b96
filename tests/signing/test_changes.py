"""The quick look at later revisions never answers less than the library's full comparison, and knows our own steps."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable

import pytest
import typst
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import SigFieldSpec, append_signature_field

from antin.signing import ceremony
from antin.signing.verdict import Policy, Verdict, changes, validate
from antin.signing.verdict.references import references

from . import tamper
from .scene import NOW, House

Change = Callable[[IncrementalPdfFileWriter], None]


logging.getLogger("pyhanko").setLevel(logging.CRITICAL)


def levels(data: bytes) -> list[tuple[str, str, str]]:
    """(field, by the quick look with its fallback, by the full comparison) of every signature."""
    reader = PdfFileReader(io.BytesIO(data))
    quick, none = changes.Quick(reader, data), Undecided(reader, data)
    found = []
    for signature in reader.embedded_signatures:
        signature.coverage = signature.evaluate_signature_coverage()
        found.append((signature.field_name, changes.since(signature, quick), changes.since(signature, none)))
    return found


class Undecided(changes.Quick):
    """Leaves everything to the full comparison."""

    def level(self, signed: int) -> str | None:
        return None


def no_less_than_full(data: bytes) -> None:
    for field, quick, full in levels(data):
        assert changes.RANK.index(quick) >= changes.RANK.index(full), (field, quick, full)


def test_every_step_of_the_ceremony_is_known_without_the_full_comparison(sealed: bytes):
    reader = PdfFileReader(io.BytesIO(sealed))
    quick = changes.Quick(reader, sealed)
    assert [quick.level(n) for n in range(reader.xrefs.total_revisions)] == [
        "forms", "forms", "forms", "archival", "archival", "none",
    ]  # fmt: skip
    assert all(by_quick == full for _, by_quick, full in levels(sealed))


def test_page_with_links_of_its_own_is_known_without_the_full_comparison(shared: House, tmp_path):
    (tmp_path / "a.typ").write_text('#link("https://example.org")[mẫu] #outline()\n= Mục\n')
    pdf = typst.compile(tmp_path / "a.typ") + b"\n"
    done = shared.sealed(shared.signed_by_person(pdf=pdf))
    reader = PdfFileReader(io.BytesIO(done))
    assert changes.Quick(reader, done).level(0) == "forms"
    assert validate(done, at=NOW, trust=shared.trust).verdict is Verdict.VALID


def names(writer: IncrementalPdfFileWriter) -> None:
    writer.root[pdf_name("/Names")] = generic.DictionaryObject()
    writer.update_root()


def layers(writer: IncrementalPdfFileWriter) -> None:
    writer.root[pdf_name("/OCProperties")] = generic.DictionaryObject()
    writer.update_root()


def content_overwritten(writer: IncrementalPdfFileWriter) -> None:
    reference = writer.root["/Pages"]["/Kids"][0].raw_get("/Contents").reference
    writer.objects[(reference.generation, reference.idnum)] = generic.StreamObject(stream_data=b"0 0 9 9 re f")


def resources(writer: IncrementalPdfFileWriter) -> None:
    page = writer.root["/Pages"]["/Kids"][0]
    page[pdf_name("/Resources")] = generic.DictionaryObject()
    writer.update_container(page)


def media_box(writer: IncrementalPdfFileWriter) -> None:
    page = writer.root["/Pages"]["/Kids"][0]
    page[pdf_name("/MediaBox")] = generic.ArrayObject(generic.NumberObject(v) for v in (0, 0, 10, 10))
    writer.update_container(page)


def annots_dropped(writer: IncrementalPdfFileWriter) -> None:
    page = writer.root["/Pages"]["/Kids"][0]
    page[pdf_name("/Annots")] = generic.ArrayObject()
    writer.update_container(page)


def fields_dropped(writer: IncrementalPdfFileWriter) -> None:
    writer.root["/AcroForm"][pdf_name("/Fields")] = generic.ArrayObject()
    writer.update_container(writer.root["/AcroForm"])


def need_appearances(writer: IncrementalPdfFileWriter) -> None:
    writer.root["/AcroForm"][pdf_name("/NeedAppearances")] = generic.BooleanObject(True)
    writer.update_container(writer.root["/AcroForm"])


def field_with_action(writer: IncrementalPdfFileWriter) -> None:
    append_signature_field(writer, SigFieldSpec("Acting", box=(1, 1, 90, 90)))
    field = writer.root["/AcroForm"]["/Fields"][-1]
    field[pdf_name("/AA")] = generic.DictionaryObject()


def visible_field(writer: IncrementalPdfFileWriter) -> None:
    append_signature_field(writer, SigFieldSpec("Visible", box=(1, 1, 90, 90)))


def invisible_field(writer: IncrementalPdfFileWriter) -> None:
    append_signature_field(writer, SigFieldSpec("Invisible"))


def orphan(writer: IncrementalPdfFileWriter) -> None:
    writer.add_object(generic.StreamObject(stream_data=b"unused"))


def store_lists_elsewhere(writer: IncrementalPdfFileWriter) -> None:
    if "/DSS" in writer.root:
        writer.root["/DSS"][pdf_name("/CRLs")] = writer.add_object(generic.ArrayObject())
        writer.update_container(writer.root["/DSS"])


def store_with_more(writer: IncrementalPdfFileWriter) -> None:
    if "/DSS" in writer.root:
        writer.root["/DSS"][pdf_name("/Font")] = generic.DictionaryObject()
        writer.update_container(writer.root["/DSS"])


def value_emptied(writer: IncrementalPdfFileWriter) -> None:
    field = writer.root["/AcroForm"]["/Fields"][0]
    if "/V" in field:
        del field["/V"]
        writer.update_container(field)


CHANGES: dict[str, Change] = {
    change.__name__: change
    for change in (
        tamper.page_content, tamper.annotation, tamper.attachment, tamper.open_action, tamper.extra_page, tamper.title,
        tamper.move_widget, tamper.text_field, tamper.seal_swapped, names, layers, content_overwritten, resources,
        media_box, annots_dropped, fields_dropped, need_appearances, field_with_action, visible_field, invisible_field,
        orphan, store_lists_elsewhere, store_with_more, value_emptied,
    )
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize("stage", ["signed", "sealed"])
def test_quick_look_at_a_change_is_never_milder_than_the_full_comparison(
    request: pytest.FixtureRequest, name: str, stage: str
):
    no_less_than_full(tamper.update(request.getfixturevalue(stage), CHANGES[name]))


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(st.lists(st.sampled_from([*CHANGES, "seal", "archive timestamp"]), min_size=2, max_size=4))
def test_quick_look_at_any_sequence_of_changes_is_never_milder(shared: House, steps: list[str]):
    data = shared.kept.get("signed") or shared.kept.setdefault("signed", shared.signed_by_person())
    for step in steps:
        try:
            if step == "seal":
                data = shared.sealed(data)
            elif step == "archive timestamp":
                data = ceremony.add_archive_timestamp(data, timestamper=shared.authority.timestamps)
            else:
                data = tamper.update(data, CHANGES[step])
        except Exception:  # this step can't follow the ones before
            continue
    try:
        no_less_than_full(data)
    except PdfError:  # whatever can't be read or compared is refused by `validate`
        assert validate(data, at=NOW, trust=shared.trust, policy=Policy(("person",))).verdict is not Verdict.VALID


def handmade(*, contents: bytes, extra: tuple[bytes, ...] = ()) -> bytes:
    """A one-page PDF written by hand; objects 1 catalogue, 2 pages, 3 page, 4 content, then the extra ones."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents %b>>" % contents,
        b"<</Length 12>>stream\n0 0 9 9 re f\nendstream",
        *extra,
    ]
    data, offsets = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(data))
        data += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    start = len(data)
    data += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    data += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return data + b"trailer<</Root 1 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)


def later_object(data: bytes, number: int, content: bytes) -> bytes:
    """A revision by hand that defines just this object."""
    previous = int(data.rsplit(b"startxref\n", 1)[1].split(b"\n")[0])
    size = max(number + 1, PdfFileReader(io.BytesIO(data)).trailer["/Size"])
    at = len(data)
    data += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    start = len(data)
    data += b"xref\n0 1\n0000000000 65535 f \n%d 1\n%010d 00000 n \n" % (number, at)
    return data + b"trailer<</Root 1 0 R/Size %d/Prev %d>>\nstartxref\n%d\n%%%%EOF\n" % (size, previous, start)


@pytest.mark.parametrize(
    "contents",
    [b"[4 0 R 900 0 R]", b"[4 0 R 0000900\t0\x0cR]", b"[4 0 R\n900\n0\nR ]", b"900 0 R"],
)
def test_object_that_was_referred_to_before_it_existed_is_a_change(shared: House, contents: bytes):
    signed = ceremony.sign(
        shared.prepare_person(pdf=handmade(contents=contents), with_seal=False),
        shared.signer,
        shared.authority.timestamps,
    )
    altered = later_object(signed, 900, b"<</Length 15>>stream\n0 0 500 500 re f\nendstream")
    assert changes.Quick(PdfFileReader(io.BytesIO(altered)), altered).level(1) is None
    report = validate(altered, at=NOW, trust=shared.trust, policy=Policy(("person",), complete=False))
    assert report.verdict is not Verdict.VALID


def test_list_shared_by_annotations_and_contents_can_not_grow_unseen(shared: House):
    pdf = handmade(contents=b"5 0 R", extra=(b"[4 0 R]",))
    signed = ceremony.sign(shared.prepare_person(pdf=pdf, with_seal=False), shared.signer, shared.authority.timestamps)
    altered = later_object(signed, 5, b"[4 0 R 4 0 R]")
    assert changes.Quick(PdfFileReader(io.BytesIO(altered)), altered).level(1) is None


def test_quick_look_needs_plain_revisions(sealed: bytes):
    reader = PdfFileReader(io.BytesIO(sealed))
    quick = changes.Quick(reader, sealed)
    section = reader.xrefs.get_xref_data(4)
    section.freed[3] = 1
    assert quick.level(3) is None


@pytest.mark.parametrize("text", [b"900 0 R", b"900%x\n0%y\rR", b"0900\t00\x0cR", b"[900 %\n\n%z\r\n0 R]", b"+900 0 R"])
def test_every_spelling_of_a_reference_is_seen(text: bytes):
    assert {number for _, number in references(b"<</A " + text + b">>")} == {900}


def test_form_that_asks_programs_to_draw_its_fields_anew_is_a_change(shared: House, signed: bytes):
    altered = tamper.update(signed, need_appearances)
    report = validate(altered, at=NOW, trust=shared.trust, policy=Policy(("person",), complete=False))
    assert report.verdict is Verdict.CHANGED, report

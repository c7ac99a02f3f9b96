"""Something appended after the last signature: incremental saving, shadows, wrapping, rolling back, swapped parts."""

from __future__ import annotations

import io
from collections.abc import Callable

import pikepdf
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import SigFieldSpec, append_signature_field

from antin.signing import ceremony
from antin.signing.verdict import Verdict

from .. import tamper, test_changes
from ..scene import NOW, House
from ..test_verdict_tamper import cut_before_seal, resaved
from .case import BOTH, Case, Row, alone, altered, altered_alone, sealed

INVALID, CHANGED, VALID, INDETERMINATE = Verdict.INVALID, Verdict.CHANGED, Verdict.VALID, Verdict.INDETERMINATE
Change = Callable[[IncrementalPdfFileWriter], None]
HASH, CONSTRAINTS = "HASH_FAILURE", "SIG_CONSTRAINTS_FAILURE"


def page_removed(writer: IncrementalPdfFileWriter) -> None:
    pages = writer.root["/Pages"]
    pages[pdf_name("/Kids")] = generic.ArrayObject()
    pages[pdf_name("/Count")] = generic.NumberObject(0)
    writer.update_container(pages)


def font_changed(writer: IncrementalPdfFileWriter) -> None:
    """Every font of the page now maps its codes to other glyphs (the shadow attack `replace`)."""
    page = writer.root["/Pages"]["/Kids"][0]
    resources = page["/Resources"]
    fonts = resources["/Font"]
    for key in list(fonts):
        fonts[pdf_name(key)] = writer.add_object(
            generic.DictionaryObject(
                {
                    pdf_name("/Type"): pdf_name("/Font"),
                    pdf_name("/Subtype"): pdf_name("/Type1"),
                    pdf_name("/BaseFont"): pdf_name("/Symbol"),
                }
            )
        )
    writer.update_container(fonts)


def catalogue_swapped(writer: IncrementalPdfFileWriter) -> None:
    """Another catalogue with the same entries, and one more."""
    root = generic.DictionaryObject({key: writer.root.raw_get(key) for key in writer.root})
    root[pdf_name("/PageMode")] = pdf_name("/UseOutlines")
    reference = writer.add_object(root)
    writer._root = reference  # type: ignore[attr-defined]
    writer._root_object = root  # type: ignore[attr-defined]


def form_swapped(writer: IncrementalPdfFileWriter) -> None:
    """Another form that lists the same fields."""
    old = writer.root["/AcroForm"]
    form = generic.DictionaryObject({key: old.raw_get(key) for key in old})
    form[pdf_name("/NeedAppearances")] = generic.BooleanObject(True)
    writer.root[pdf_name("/AcroForm")] = writer.add_object(form)
    writer.update_root()


def form_removed(writer: IncrementalPdfFileWriter) -> None:
    del writer.root["/AcroForm"]
    writer.update_root()


def value_by_another(writer: IncrementalPdfFileWriter) -> None:
    """The person's field given the value of the seal's field."""
    fields = [r.get_object() for r in writer.root["/AcroForm"]["/Fields"]]
    fields[0][pdf_name("/V")] = fields[1].raw_get("/V")
    writer.update_container(fields[0])


def hidden_annotation_shown(writer: IncrementalPdfFileWriter) -> None:
    """The shadow attack `hide`: what lay over the content is taken away."""
    page = writer.root["/Pages"]["/Kids"][0]
    page[pdf_name("/Annots")] = generic.ArrayObject([e for e in page["/Annots"]][1:])
    writer.update_container(page)


def sloppy(data: bytes) -> bytes:
    """Objects appended without a table of their own, as tolerant readers take them."""
    return data + b"\n4 0 obj\n<</Length 16>>stream\n0 0 500 500 re f\nendstream\nendobj\n"


def hide_and_replace(house: House) -> Case:
    """Two versions of the page's content are signed; a table appended later points to the other one."""
    hidden = b"\n4 0 obj\n<</Length 16>>stream\n0 0 500 500 re f\nendstream\nendobj\n"
    page = test_changes.handmade(contents=b"4 0 R", extra=(b"(%b)" % hidden,))
    data = ceremony.sign(house.prepare_person(pdf=page, with_seal=False), house.signer, house.authority.timestamps)
    data = ceremony.add_revocation(data, revocation=house.ports.revocation, trust=house.trust)
    return Case(_pointing(data, 4, data.index(hidden) + 1))


def _pointing(data: bytes, number: int, offset: int) -> bytes:
    """A revision that holds no object, only a table that finds this one elsewhere."""
    previous = int(data.rsplit(b"startxref\n", 1)[1].split(b"\n")[0])
    trailer = PdfFileReader(io.BytesIO(data)).trailer
    root, size = trailer.raw_get("/Root"), int(trailer["/Size"])
    table = b"xref\n0 1\n0000000000 65535 f \n%d 1\n%010d 00000 n \n" % (number, offset)
    tail = b"trailer<</Root %d 0 R/Size %d/Prev %d>>\nstartxref\n%d\n%%%%EOF\n"
    return data + table + tail % (root.idnum, size, previous, len(data))


def compressed(house: House) -> bytes:
    """The plain page with its objects in object streams and a cross-reference stream."""
    output = io.BytesIO()
    with pikepdf.open(io.BytesIO(house.pdf)) as pdf:
        pdf.save(output, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return output.getvalue()


def in_an_object_stream(house: House) -> Case:
    """The page overwritten inside a compressed object stream of a later revision."""
    data = house.signed_by_person(with_seal=False, pdf=compressed(house))
    writer = IncrementalPdfFileWriter(io.BytesIO(data))
    page = writer.root["/Pages"]["/Kids"].raw_get(0)
    changed = generic.DictionaryObject({k: page.get_object().raw_get(k) for k in page.get_object()})
    changed[pdf_name("/Rotate")] = generic.NumberObject(180)
    writer.prepare_object_stream().add_object(page.idnum, changed)
    writer.objs_in_streams[page.idnum] = changed
    writer.update_root()
    output = io.BytesIO()
    writer.write(output)
    return Case(output.getvalue())


def wrapped(house: House) -> Case:
    """Signature wrapping: the second signed part moves to the end, between the two lies another table and dictionary."""
    page = test_changes.handmade(contents=b"4 0 R")
    made = ceremony.sign(house.prepare_person(pdf=page, with_seal=False), house.signer, house.authority.timestamps)
    reader = PdfFileReader(io.BytesIO(made))
    field = reader.root["/AcroForm"]["/Fields"][0]
    number = field.raw_get("/V").idnum
    _, first, second, rest = (int(v) for v in field["/V"]["/ByteRange"])
    start = int(made.rsplit(b"startxref\n", 1)[1].split(b"\n")[0])
    sections = [reader.xrefs.get_xref_data(n).standard_xrefs for n in range(reader.xrefs.total_revisions)]
    offsets = {n: offset for section in sections for n, (_, offset) in section.items()}
    root = b"trailer<</Root %d 0 R/Size %d>>\n" % (reader.trailer.raw_get("/Root").idnum, reader.trailer["/Size"])
    content = b"4 0 obj\n<</Length 16>>stream\n0 0 500 500 re f\nendstream\nendobj\n"
    forged = b"%d 0 obj\n<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/ByteRange[0 %d %010d %d]/Contents%b>>\nendobj\n"
    behind = start + len(_table(offsets) + root)
    length = len(forged % (number, first, 0, rest, made[first:second]))
    shift = behind + length + len(content) - second
    moved = {n: offset if offset < second else offset + shift for n, offset in offsets.items()}
    moved |= {number: behind, 4: behind + length}
    between = b" " * (start - second) + _table(moved) + root
    between += forged % (number, first, second + shift, rest, made[first:second]) + content
    return Case(made[:second] + between + made[second:])


def _table(offsets: dict[int, int]) -> bytes:
    rows = b"".join(b"%d 1\n%010d 00000 n \n" % (n, offset) for n, offset in sorted(offsets.items()))
    return b"xref\n0 1\n0000000000 65535 f \n" + rows


def further(role: str, box: tuple[float, float, float, float]) -> Callable[[House], Case]:
    """One more signature after the seal."""

    def make(house: House) -> Case:
        prepared = ceremony.prepare(
            sealed(house), role="person", page=1, box=box, certificate=house.person(), field="Signature9", first=False,
            appearance=ceremony.Appearance(("Chèn thêm",) if box[2] else ()), at=NOW,
        )  # fmt: skip
        return Case(ceremony.complete(prepared, ports=house.ports), required=BOTH)

    return make


def before_the_seal(change: Change) -> Callable[[House], Case]:
    """Changed between signature and seal; the seal then covers the change."""

    def make(house: House) -> Case:
        return Case(house.sealed(tamper.update(house.signed_by_person(), change)), required=BOTH)

    return make


def renewed(house: House) -> Case:
    return Case(ceremony.add_archive_timestamp(sealed(house), timestamper=house.authority.timestamps), required=BOTH)


def without_archive_timestamp(house: House) -> bytes:
    """Rolled back to before the archive timestamp: status data stands behind the seal, covered by nothing (B-LT)."""
    data, last = sealed(house), tamper.places(sealed(house))[2][0]
    ends = [n + 6 for n in range(len(data)) if data.startswith(b"%%EOF\n", n)]
    return data[: max(end for end in ends if end < last)]


def behind(alter: Callable[[bytes], bytes] = bytes) -> Callable[[House], Case]:
    """That document, with something more done behind its status data."""
    return lambda house: Case(alter(without_archive_timestamp(house)), required=BOTH)


def empty_field(writer: IncrementalPdfFileWriter) -> None:
    append_signature_field(writer, SigFieldSpec("More", box=(1, 1, 9, 9)))


AFTER = {
    "page content added": tamper.page_content, "page content overwritten": test_changes.content_overwritten,
    "page added": tamper.extra_page, "page removed": page_removed, "page box": test_changes.media_box,
    "font changed": font_changed, "resources replaced": test_changes.resources,
    "annotation added": tamper.annotation, "annotations dropped": test_changes.annots_dropped,
    "overlay taken away": hidden_annotation_shown, "text field added": tamper.text_field,
    "attachment added": tamper.attachment, "script on opening": tamper.open_action, "layers added": test_changes.layers,
    "title changed": tamper.title, "catalogue swapped": catalogue_swapped, "form swapped": form_swapped,
    "signature's frame moved": tamper.move_widget, "signature's picture replaced": tamper.seal_swapped,
}  # fmt: skip
BEHIND = {
    n: AFTER[n]
    for n in (
        "page content added",
        "annotation added",
        "title changed",
        "catalogue swapped",
        "text field added",
        "layers added",
    )
}
BEHIND |= {"store with more": test_changes.store_with_more}
GONE = {"form removed": form_removed, "fields dropped": test_changes.fields_dropped}

ROWS = [
    *(Row(f"saved after: {n}", f"a revision appended: {n}", altered(lambda d, c=c: tamper.update(d, c)), CHANGED) for n, c in AFTER.items()),
    *(Row(f"saved after: {n}", f"a revision appended: {n}", altered(lambda d, c=c: tamper.update(d, c)), INVALID) for n, c in GONE.items()),
    *(Row(f"before the seal: {n}", f"{n} between signature and seal", before_the_seal(AFTER[n]), CHANGED, HASH)
      for n in ("page content added", "annotation added", "font changed", "catalogue swapped")),
    Row("saved after: value of another signature", "the person's field given the seal's value", altered(lambda d: tamper.update(d, value_by_another)), INVALID),
    Row("saved after: signature's value emptied", "/V of the person's field removed", altered(lambda d: tamper.update(d, test_changes.value_emptied)), INVALID),
    Row("saved after: sloppy", "objects appended without a table", altered(sloppy), CHANGED, HASH),
    Row("saved after: object stream", in_an_object_stream.__doc__ or "", in_an_object_stream, CHANGED),
    Row("saved after: one line feed", "a line feed behind %%EOF", altered(lambda d: d + b"\n"), CHANGED, HASH),
    Row("saved after: the whole document again", "the same bytes twice", altered(lambda d: d + d), CHANGED, HASH),
    Row("saved anew", "written anew by another program", altered(resaved), INVALID, "FORMAT_FAILURE"),
    Row("shadow: hide and replace", hide_and_replace.__doc__ or "", hide_and_replace, CHANGED, HASH),
    Row("wrapped", wrapped.__doc__ or "", wrapped, INVALID, "FORMAT_FAILURE"),
    Row("locked: visible signature after the seal", "a third signature, visible", further("person", (20, 20, 300, 100)), CHANGED),
    Row("locked: invisible signature after the seal", "a third signature, invisible", further("person", (0, 0, 0, 0)), CHANGED),
    Row("locked: archive timestamp renewed", "a document timestamp after the seal", renewed, VALID),
    Row("rolled back before the seal", "the seal's revision cut off", altered(cut_before_seal), INVALID, CONSTRAINTS, "con dấu"),
    Row("rolled back before the archive timestamp", without_archive_timestamp.__doc__ or "", behind(), VALID),
    *(Row(f"behind status data: {n}", f"{n}, in a document whose status data is covered by nothing", behind(lambda d, c=c: tamper.update(d, c)), CHANGED) for n, c in BEHIND.items()),
    Row("behind status data: garbage", "bytes behind the end of such a document", behind(lambda d: d + b"garbage"), CHANGED, HASH),
    Row("behind status data: two line feeds", "the same, line feeds", behind(lambda d: d + b"\n\n"), CHANGED, HASH),
    Row("behind status data: a second end", "another startxref behind", behind(lambda d: d + d[d.rindex(b"startxref"):]), CHANGED, HASH),
    Row("field left empty", "an empty signature field appended to a document of one signature", altered_alone(lambda d: tamper.update(d, empty_field)), INVALID, CONSTRAINTS),
    Row("untouched, in object streams", compressed.__doc__ or "", lambda house: Case(house.signed_by_person(with_seal=False, pdf=compressed(house))), VALID),
    Row("untouched", "nothing done to the sealed document", lambda house: Case(sealed(house), required=BOTH), VALID),
    Row("untouched, no seal foreseen", "nothing done to the signed document", lambda house: Case(alone(house)), VALID),
]  # fmt: skip

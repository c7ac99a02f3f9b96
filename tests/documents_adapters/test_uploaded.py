"""Number, date and marks on an uploaded PDF: into the blanks, never over words, never into a signed file."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from pathlib import Path

import pikepdf
import pytest
import typst

from antin.documents.adapters.pdf_process import PdfProcess
from antin.documents.adapters.typst_layout import TypstLayout
from antin.documents.ports import Sheet
from antin.regulation import RuleViolation

from .conftest import made
from .test_layout import words

FORM = """
#set page(paper: "a4", margin: (top: 20mm, bottom: 20mm, left: 30mm, right: 15mm))
#set text(font: "{family}", size: 14pt)
#grid(columns: (1fr, 1.2fr),
  align(center)[TỈNH ỦY LẠC GIANG #linebreak() \\* #linebreak() {number}],
  align(center)[#strong[ĐẢNG CỘNG SẢN VIỆT NAM] #linebreak() #linebreak() #emph[{date}]])
#v(2.5cm)
#align(center)[#strong[KẾ HOẠCH]]
#for n in range({paragraphs}) [Số liệu ngày 5 tháng 3 năm 2020 cho thấy việc gửi, nhận đã ổn định. #parbreak()]
#grid(columns: (11fr, 13fr), [], align(center)[#strong[T/M BAN THƯỜNG VỤ] #v(75pt) #strong[Ngô Mẫu Sơn]])
"""
BLANK_NUMBER = "Số #h(30pt);-KH/TU"
BLANK_DATE = "Lạc Giang, ngày #h(22pt) tháng #h(20pt) năm 2026"


def form(
    layout: TypstLayout, folder: Path, number: str = BLANK_NUMBER, on: str = BLANK_DATE, paragraphs: int = 3
) -> bytes:
    path = folder / "form.typ"
    path.write_text(
        FORM.replace("{family}", layout.serif.family)
        .replace("{number}", number)
        .replace("{date}", on)
        .replace("{paragraphs}", str(paragraphs)),
        encoding="utf-8",
    )
    pdf = typst.compile(str(path), font_paths=layout.serif.fonts, ignore_system_fonts=True)
    assert isinstance(pdf, bytes)
    return pdf


@pytest.fixture
def numbered(sheet: Sheet) -> Sheet:
    return replace(sheet, on=date(2026, 11, 9), urgency_label="HOẢ TỐC")


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.mark.clause("379/13.1", "217/11.2", "217/11.3", "217/11.5")
def test_stamp_uploaded_fills_the_blanks_of_the_form(layout: TypstLayout, numbered: Sheet, tmp_path: Path) -> None:
    laid = layout.stamp_uploaded(form(layout, tmp_path), numbered)
    shown = squeezed(words(laid.pdf))
    assert "Số142-KH/TU" in shown and "ngày09tháng11năm2026" in shown and "HOẢTỐC" in shown


def test_stamp_uploaded_writes_the_whole_number_when_the_notation_is_not_there(
    layout: TypstLayout, numbered: Sheet, tmp_path: Path
) -> None:
    laid = layout.stamp_uploaded(form(layout, tmp_path, number="Số ........"), numbered)
    assert "142-KH/TU" in squeezed(words(laid.pdf))


def test_stamp_uploaded_twice_changes_nothing_more(layout: TypstLayout, numbered: Sheet, tmp_path: Path) -> None:
    once = layout.stamp_uploaded(form(layout, tmp_path), numbered)
    assert layout.stamp_uploaded(once.pdf, numbered).pdf == once.pdf


def test_stamp_uploaded_leaves_a_file_with_the_right_words_alone(
    layout: TypstLayout, numbered: Sheet, tmp_path: Path
) -> None:
    pdf = form(layout, tmp_path, number="Số 142-KH/TU", on="Lạc Giang, ngày 9 tháng 11 năm 2026")
    assert layout.stamp_uploaded(pdf, replace(numbered, urgency_label="")).pdf == pdf


@pytest.mark.clause("379/13.1")
@pytest.mark.parametrize(
    ("number", "on"),
    [
        ("Số 141-KH/TU", BLANK_DATE),
        ("Số 142-QĐ/TU", BLANK_DATE),
        (BLANK_NUMBER, "Lạc Giang, ngày 10 tháng 11 năm 2026"),
        (BLANK_NUMBER, "Lạc Giang, ngày #h(20pt) tháng 10 năm 2026"),
        ("Số -KH/TU", BLANK_DATE),
    ],
)
def test_stamp_uploaded_over_other_words_or_without_room_is_refused(
    layout: TypstLayout, numbered: Sheet, tmp_path: Path, number: str, on: str
) -> None:
    with pytest.raises(RuleViolation) as caught:
        layout.stamp_uploaded(form(layout, tmp_path, number, on), numbered)
    assert caught.value.clause == "379/13.1" and caught.value.next_step


def test_stamp_uploaded_on_a_blank_page_uses_the_usual_places(layout: TypstLayout, numbered: Sheet) -> None:
    laid = layout.stamp_uploaded(made(), numbered)
    shown = words(laid.pdf)
    assert "Số 142-KH/TU" in shown and "Lạc Giang, ngày 09 tháng 11 năm 2026" in shown


@pytest.mark.clause("379/13.1")
def test_stamp_uploaded_over_a_scan_is_refused(layout: TypstLayout, numbered: Sheet) -> None:
    def scan(document: pikepdf.Pdf) -> None:
        image = document.make_stream(bytes(4))
        for key, value in {"Width": 2, "Height": 2, "BitsPerComponent": 8}.items():
            image[f"/{key}"] = value
        image["/Type"], image["/Subtype"] = pikepdf.Name.XObject, pikepdf.Name.Image
        image["/ColorSpace"] = pikepdf.Name.DeviceGray
        document.pages[0]["/Resources"] = pikepdf.Dictionary(XObject=pikepdf.Dictionary(A=image))
        document.pages[0]["/Contents"] = document.make_stream(b"q 595 0 0 842 0 0 cm /A Do Q")

    with pytest.raises(RuleViolation, match="không còn chỗ"):
        layout.stamp_uploaded(made(scan), numbered)


@pytest.mark.clause("379/17.2")
def test_stamp_uploaded_into_a_signed_file_is_refused(layout: TypstLayout, numbered: Sheet, tmp_path: Path) -> None:
    with pikepdf.open(io.BytesIO(form(layout, tmp_path))) as document:
        value = pikepdf.Dictionary(Type=pikepdf.Name.Sig, ByteRange=pikepdf.Array([0, 1, 2, 3]), Contents=b"x")
        document.Root["/AcroForm"] = pikepdf.Dictionary(
            Fields=pikepdf.Array([document.make_indirect(pikepdf.Dictionary(FT=pikepdf.Name.Sig, T="a", V=value))])
        )
        out = io.BytesIO()
        document.save(out)
    with pytest.raises(RuleViolation) as caught:
        layout.stamp_uploaded(out.getvalue(), numbered)
    assert caught.value.clause == "379/17.2"


def test_stamp_uploaded_of_a_draft_changes_nothing_and_gives_anchors(
    layout: TypstLayout, sheet: Sheet, tmp_path: Path, workers: PdfProcess
) -> None:
    pdf = form(layout, tmp_path, paragraphs=90)
    laid = layout.stamp_uploaded(pdf, replace(sheet, number=None, on=None))
    assert laid.pdf == pdf and laid.pages == laid.anchors["signature"]["page"] > 1
    lines = {one[4]: one for one in workers.text(pdf, page=laid.pages)}
    x, y, w, _, _ = lines["Ngô Mẫu Sơn"]
    x1, y1, x2, y2 = laid.anchors["signature"]["box"]
    assert x1 < (x + w / 2) * 595 < x2 and 0 < y1 - (1 - y) * 842 < 20 and y2 > y1


def test_stamp_uploaded_without_the_signers_name_gives_default_anchors(layout: TypstLayout, sheet: Sheet) -> None:
    laid = layout.stamp_uploaded(made(pages=3), replace(sheet, number=None, on=None))
    for anchor in laid.anchors.values():
        assert anchor["page"] == 3 and all(0 < corner < 842 for corner in anchor["box"])


def test_stamp_uploaded_leaves_every_other_page_as_it_was(layout: TypstLayout, numbered: Sheet, tmp_path: Path) -> None:
    pdf = form(layout, tmp_path, paragraphs=90)
    laid = layout.stamp_uploaded(pdf, numbered)
    assert words(laid.pdf, 2) == words(pdf, 2)


@pytest.mark.parametrize("box", [(100, 200, 695, 1042), (-50, -50, 545, 792)])
def test_stamp_uploaded_respects_a_moved_page_box(
    layout: TypstLayout, numbered: Sheet, box: tuple[int, ...], workers: PdfProcess
) -> None:
    def move(document: pikepdf.Pdf) -> None:
        document.pages[0].mediabox = pikepdf.Array(list(box))

    pdf = layout.stamp_uploaded(made(move), numbered).pdf
    found = {one[4]: one for one in workers.text(pdf, page=1)}
    assert 0.1 < found["Số 142-KH/TU"][1] < 0.16 and 0.2 < found["Số 142-KH/TU"][0] < 0.4

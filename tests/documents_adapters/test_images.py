"""Pages as pictures and text: small, in colour where there is colour, signatures drawn, boxes where the words are."""

from __future__ import annotations

import contextlib
import io
import zlib
from dataclasses import replace

import pikepdf
import pytest
from PIL import Image

from antin.documents.adapters.page_images import PdfiumPages
from antin.documents.adapters.pdf_process import PdfProcess
from antin.documents.adapters.typst_layout import TypstLayout
from antin.documents.ports import Sheet
from antin.documents.rules.pictures import Strip, changed
from antin.regulation import Indeterminate, RuleViolation
from antin.values import fold

from .conftest import made


@pytest.fixture(scope="module")
def images(workers: PdfProcess) -> PdfiumPages:
    return PdfiumPages(workers)


def picture(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def colours(data: bytes) -> set[tuple[int, int, int]]:
    found = picture(data).convert("RGB").getcolors(1 << 20) or []
    return {colour for _, colour in found}  # type: ignore[misc]


def is_gray(colour: tuple[int, int, int]) -> bool:
    return max(colour) - min(colour) < 8


def test_png_of_a_text_page_is_gray_and_small(images: PdfiumPages, layout: TypstLayout, sheet: Sheet) -> None:
    data = images.png(layout.lay_out(sheet).pdf, 1, 110)
    assert picture(data).size == (910, 1287)
    assert len(data) <= 40_000
    assert all(is_gray(colour) for colour in colours(data)) and (255, 255, 255) in colours(data)


@pytest.mark.clause("217/11.5")
def test_png_of_a_page_with_a_red_mark_shows_it_red(images: PdfiumPages, layout: TypstLayout, sheet: Sheet) -> None:
    data = images.png(layout.lay_out(replace(sheet, urgency_label="Hoả tốc")).pdf, 1, 110)
    assert any(red > 170 and green < 80 and blue < 90 for red, green, blue in colours(data))
    assert (255, 255, 255) in colours(data) and len(data) <= 40_000


def test_png_draws_the_appearance_of_a_signature_field(images: PdfiumPages) -> None:
    def sign(document: pikepdf.Pdf) -> None:
        look = document.make_stream(b"0.1 0.2 0.8 rg 0 0 100 40 re f")
        for key, value in (("Type", pikepdf.Name.XObject), ("Subtype", pikepdf.Name.Form)):
            look[f"/{key}"] = value
        look["/BBox"] = pikepdf.Array([0, 0, 100, 40])
        field = document.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Annot,
                Subtype=pikepdf.Name.Widget,
                FT=pikepdf.Name.Sig,
                T=pikepdf.String("a"),
                F=4,
                Rect=pikepdf.Array([100, 100, 200, 140]),
                AP=pikepdf.Dictionary(N=look),
            )
        )
        document.pages[0]["/Annots"] = pikepdf.Array([field])
        document.Root["/AcroForm"] = pikepdf.Dictionary(Fields=pikepdf.Array([field]), SigFlags=3)

    assert any(blue > 150 and red < 90 for red, _, blue in colours(images.png(made(sign), 1, 72)))


@pytest.mark.parametrize(("dpi", "width"), [(10, 298), (72, 595), (1000, 2479)])
def test_png_keeps_resolution_within_bounds(images: PdfiumPages, dpi: int, width: int) -> None:
    assert abs(picture(images.png(made(), 1, dpi)).width - width) <= 1


def test_png_of_a_huge_page_stays_within_pixels(images: PdfiumPages) -> None:
    size = picture(images.png(made(size=(5600, 5600)), 1, 300)).size
    assert size[0] * size[1] <= 20_100_000


@pytest.mark.parametrize("page", [0, -1, 2, 10**9])
def test_png_and_text_of_a_page_that_is_not_there_are_refused(images: PdfiumPages, page: int) -> None:
    for ask in (lambda: images.png(made(), page, 110), lambda: images.text(made(), page)):
        with pytest.raises(RuleViolation, match="không có trang"):
            ask()


def test_text_boxes_lie_on_the_ink(images: PdfiumPages, layout: TypstLayout, sheet: Sheet) -> None:
    pdf = layout.lay_out(sheet).pdf
    page = picture(images.png(pdf, 1, 110)).convert("L")
    lines = images.text(pdf, 1)
    assert [line.text for line in lines if "CỘNG SẢN" in line.text] == ["ĐẢNG CỘNG SẢN VIỆT NAM"]
    for line in lines:
        assert 0 <= line.x < line.x + line.w <= 1 and 0 <= line.y < line.y + line.h <= 1
        left, top = int(line.x * page.width), int(line.y * page.height)
        box = (left, top, left + max(int(line.w * page.width), 1), top + max(int(line.h * page.height), 1))
        assert page.crop(box).getextrema()[0] < 130


def test_text_keeps_left_and_right_header_apart(images: PdfiumPages, layout: TypstLayout, sheet: Sheet) -> None:
    found = [line.text for line in images.text(layout.lay_out(sheet).pdf, 1)]
    assert "TỈNH ỦY LẠC GIANG" in found and "Số 142-KH/TU" in found
    assert "Lạc Giang, ngày 05 tháng 02 năm 2026" in found


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_text_boxes_follow_the_turn_of_the_page(
    images: PdfiumPages, layout: TypstLayout, sheet: Sheet, turn: int
) -> None:
    with pikepdf.open(io.BytesIO(layout.lay_out(sheet).pdf)) as document:
        document.pages[0].rotate(turn, relative=False)
        out = io.BytesIO()
        document.save(out)
    pdf = out.getvalue()
    page = picture(images.png(pdf, 1, 110)).convert("L")
    for line in images.text(pdf, 1):
        left, top = int(line.x * page.width), int(line.y * page.height)
        box = (left, top, left + max(int(line.w * page.width), 1), top + max(int(line.h * page.height), 1))
        assert page.crop(box).getextrema()[0] < 130, line


def test_text_of_every_vietnamese_letter_comes_back(images: PdfiumPages, layout: TypstLayout, sheet: Sheet) -> None:
    from antin.documents.adapters.fonts import vietnamese_letters

    letters = vietnamese_letters()
    pairs = " ".join(letters[at : at + 4] for at in range(0, len(letters), 4))
    shown = " ".join(line.text for line in images.text(layout.lay_out(replace(sheet, body=pairs)).pdf, 1))
    assert pairs in shown and fold(pairs) in fold(shown)


@pytest.mark.clause("379/5.4")
@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"rubbish" * 100])
def test_images_of_rubbish_are_refused_never_a_hang(images: PdfiumPages, data: bytes) -> None:
    for ask in (lambda: images.png(data, 1, 110), lambda: images.text(data, 1), lambda: images.pages(data)):
        with pytest.raises((RuleViolation, Indeterminate)):
            ask()


@pytest.mark.clause("379/5.4")
def test_png_of_a_page_that_draws_for_ever_is_ended() -> None:
    def slow(document: pikepdf.Pdf) -> None:
        inner = b"0 0 1 1 re f " * 400_000
        stream = document.make_stream(inner)
        stream["/Type"], stream["/Subtype"] = pikepdf.Name.XObject, pikepdf.Name.Form
        stream["/BBox"] = pikepdf.Array([0, 0, 600, 850])
        document.pages[0]["/Resources"] = pikepdf.Dictionary(XObject=pikepdf.Dictionary(A=stream))
        document.pages[0]["/Contents"] = document.make_stream(b"/A Do " * 2000)

    small = PdfProcess(workers=1, timeout_s=1.5)
    with pytest.raises(Indeterminate):
        PdfiumPages(small).png(made(slow), 1, 110)
    assert small.pages(made()) == 1
    small.close()


@pytest.mark.clause("379/5.4")
def test_png_of_an_image_beyond_memory_answers_and_the_worker_lives_on(workers: PdfProcess) -> None:
    def huge(document: pikepdf.Pdf) -> None:
        image = document.make_stream(zlib.compress(bytes(1000)))
        for key, value in {"Width": 60_000, "Height": 60_000, "BitsPerComponent": 8}.items():
            image[f"/{key}"] = value
        image["/Type"], image["/Subtype"] = pikepdf.Name.XObject, pikepdf.Name.Image
        image["/ColorSpace"], image["/Filter"] = pikepdf.Name.DeviceRGB, pikepdf.Name.FlateDecode
        document.pages[0]["/Resources"] = pikepdf.Dictionary(XObject=pikepdf.Dictionary(A=image))
        document.pages[0]["/Contents"] = document.make_stream(b"q 500 0 0 500 0 0 cm /A Do Q")

    with contextlib.suppress(RuleViolation, Indeterminate):
        assert picture(PdfiumPages(workers).png(made(huge), 1, 72)).width == 595
    assert workers.pages(made()) == 1


def test_answers_are_kept_and_limited_by_size(workers: PdfProcess) -> None:
    images = PdfiumPages(workers, kept_bytes=30_000)
    pdfs = [made(pages=n) for n in range(1, 40)]
    first = images.png(pdfs[0], 1, 110)
    assert images.png(pdfs[0], 1, 110) is first
    for pdf in pdfs:
        images.png(pdf, 1, 110)
        assert images.pages(pdf) >= 1
    assert images._kept._used <= 30_000


@pytest.mark.clause("379/17.3")
def test_bands_of_the_same_words_are_the_same_wherever_they_stand(
    images: PdfiumPages, layout: TypstLayout, sheet: Sheet
) -> None:
    """One line added on top, one digit changed below: the rest only moved."""
    body = [f"{n}. Câu thứ {n} của văn bản mẫu, dài vừa một dòng năm 2026." for n in range(1, 9)]
    before = layout.lay_out(replace(sheet, body="\n\n".join(body))).pdf
    body[5] = body[5].replace("2026", "2027")
    after = layout.lay_out(replace(sheet, body="\n\n".join(["Một câu thêm vào đầu.", *body]))).pdf
    sides = [[Strip(1, b.top, b.bottom, b.ink) for b in images.bands(pdf, 1)] for pdf in (before, after)]
    gone, come = changed(*sides)
    assert [round(box.w, 1) for box in gone] == [0.0]
    assert len(come) == 2
    added, digit = come
    assert added.w > 0.2
    assert digit.w < 0.05
    assert digit.y > added.y


def test_bands_of_a_blank_page_and_of_a_hostile_one(images: PdfiumPages) -> None:
    assert images.bands(made(), 1) == []
    with pytest.raises((RuleViolation, Indeterminate)):
        images.bands(b"%PDF-1.7 nothing", 1)

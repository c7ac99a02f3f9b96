"""Where a file looks otherwise now than when it ended earlier: drawn by the worker, to the dot, within limits."""

from __future__ import annotations

import io

import pikepdf
import pytest

from antin.documents.adapters.page_images import PdfiumPages
from antin.documents.adapters.pdf_process import PdfProcess
from antin.regulation import RuleViolation


@pytest.fixture(scope="module")
def images(workers: PdfProcess) -> PdfiumPages:
    return PdfiumPages(workers, kept_bytes=0)


def paper(pages: int = 2) -> bytes:
    made = io.BytesIO()
    with pikepdf.new() as document:
        for _ in range(pages):
            document.add_blank_page(page_size=(595, 842))
            document.pages[-1].Contents = document.make_stream(b"100 700 200 12 re f")
        document.save(made, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return made.getvalue() + b"\n"


def grown(pdf: bytes, page: int, content: bytes = b"100 700 200 12 re f 300 421 60 20 re f") -> bytes:
    """An incremental update: that page's content drawn anew, and nothing before it touched."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        number = document.pages[page - 1].Contents.objgen[0]
        size = len(document.objects) + 1
        root = document.Root.objgen[0]
    at = len(pdf)
    before = int(pdf.rsplit(b"startxref", 1)[1].split()[0])
    body = b"%d 0 obj\n<</Length %d>>\nstream\n%b\nendstream\nendobj\n" % (number, len(content), content)
    table = b"xref\n%d 1\n%010d 00000 n \n" % (number, at)
    trailer = b"trailer\n<</Size %d/Root %d 0 R/Prev %d>>\nstartxref\n%d\n%%%%EOF\n" % (
        size,
        root,
        before,
        at + len(body),
    )
    return pdf + body + table + trailer


@pytest.mark.clause("379/13.4")
def test_page_changed_later_is_found_with_its_place(images: PdfiumPages) -> None:
    first = paper()
    found = images.differences(grown(first, 2), len(first), 12)
    assert (found.pages_then, found.pages_now, list(found.boxes)) == (2, 2, [2])
    ((x, y, w, h),) = found.boxes[2]
    assert (x, y) == (pytest.approx(300 / 595, abs=0.01), pytest.approx(1 - 441 / 842, abs=0.01))
    assert (w, h) == (pytest.approx(60 / 595, abs=0.01), pytest.approx(20 / 842, abs=0.01))


def test_additions_that_draw_nothing_change_nothing(images: PdfiumPages) -> None:
    first = paper()
    assert images.differences(grown(first, 1, b"100 700 200 12 re f"), len(first), 12).boxes == {}


@pytest.mark.parametrize("colour", [b"0.9 0.9 0.9 rg", b"1 0.94 1 rg"])
def test_even_pale_ink_is_a_change(images: PdfiumPages, colour: bytes) -> None:
    first = paper()
    pale = grown(first, 1, b"100 700 200 12 re f %b 50 50 90 9 re f" % colour)
    assert list(images.differences(pale, len(first), 12).boxes) == [1]


def test_another_colour_of_what_was_there_is_a_change(images: PdfiumPages) -> None:
    first = paper()
    assert list(images.differences(grown(first, 1, b"0 0 0.5 rg 100 700 200 12 re f"), len(first), 12).boxes) == [1]


def test_of_a_long_file_only_the_first_pages_are_compared(images: PdfiumPages) -> None:
    first = paper(5)
    assert images.differences(grown(first, 5), len(first), 3).boxes == {}
    assert list(images.differences(grown(first, 5), len(first), 5).boxes) == [5]


def test_many_places_are_told_as_few(images: PdfiumPages) -> None:
    first = paper(1)
    lines = b" ".join(b"100 %d 20 2 re f" % (40 + 20 * n) for n in range(38))
    (boxes,) = images.differences(grown(first, 1, lines), len(first), 1).boxes.values()
    assert len(boxes) == 24


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7\n", b"no pdf"])
def test_rubbish_is_refused(images: PdfiumPages, data: bytes) -> None:
    with pytest.raises(RuleViolation):
        images.differences(data, 4, 12)


def test_state_that_can_not_be_drawn_by_itself_is_refused(images: PdfiumPages) -> None:
    first = paper()
    with pytest.raises(RuleViolation):
        images.differences(grown(first, 1), 8, 12)

"""Pages made ready for paper; runs in the worker process only (see `pdf_worker`)."""

from __future__ import annotations

import io

import pikepdf

from antin.documents.adapters.pdf_examine import Answer, opened


def lying(pdf: bytes) -> Answer:
    """For each page, whether it is shown wider than high."""
    with opened(pdf) as document:
        return {"lying": [_is_lying(page) for page in document.pages]}, b""


def _is_lying(page: pikepdf.Page) -> bool:
    left, bottom, right, top = (float(value) for value in page.cropbox)
    is_wide = abs(right - left) > abs(top - bottom)
    return is_wide != (int(page.obj.get("/Rotate", 0)) % 180 == 90)


def sharpness(pdf: bytes) -> Answer:
    """For each page, dots an inch of its largest picture laid over the whole page; 0 without one."""
    with opened(pdf) as document:
        return {"dpi": [_dots(page) for page in document.pages]}, b""


def _dots(page: pikepdf.Page) -> int:
    left, _bottom, right, _top = (float(value) for value in page.cropbox)
    widest = max((int(image.get("/Width", 0)) for image in page.images.values()), default=0)
    return round(widest * 72 / abs(right - left)) if right != left else 0


def on_paper(pdf: bytes, sheets: bytes, *, foot: float) -> Answer:
    """Each page drawn on the sheet of the same place, above a foot of that many points.

    What annotations and form fields show on paper (a signature's picture) becomes part of the page; links, scripts and
    fields stay behind. The caller compares the counts.
    """
    with opened(pdf) as document, pikepdf.open(io.BytesIO(sheets)) as paper:
        document.flatten_annotations("print")
        count = len(document.pages)
        for sheet, page in zip(paper.pages, document.pages, strict=True):
            left, bottom, right, top = (float(value) for value in sheet.mediabox)
            sheet.add_overlay(page, pikepdf.Rectangle(left, bottom + foot, right, top))
        out = io.BytesIO()
        paper.save(out, deterministic_id=True)
        return {"pages": count}, out.getvalue()

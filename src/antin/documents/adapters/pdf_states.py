"""Where a PDF looks otherwise now than when it ended earlier; runs in the worker process only.

A PDF grows at its end, so the first so many bytes are the file as it then was. Both are drawn by the same hand at the same
size: what nobody touched comes out the same to the dot, and whatever a reader would see otherwise does not, pale ink included.
"""

from __future__ import annotations

import pypdfium2 as pdfium
from PIL import Image, ImageChops

from antin.documents.adapters.pdf_examine import Answer, Refused

DPI = 96
MAX_PIXELS = 2_000_000
"""Of one page: A4 has 0.9 million at this resolution."""
VISIBLE = 8
"""Of 255: a dot that differs less looks the same."""
NEAR = 14
"""Rows: what differs closer together than this is one place."""
BOXES_MOST = 24

Box = tuple[float, float, float, float]
Drawn = Image.Image | None


def differences(pdf: bytes, *, end: int, most: int) -> Answer:
    """Pages then and now, and of the first `most` those that look otherwise, each with boxes (x, y, w, h as shares of the page)."""
    with _opened(pdf[:end]) as then, _opened(pdf) as now:
        counts = len(then), len(now)
        looked = (
            (page, _boxes(_drawn(then, page), _drawn(now, page))) for page in range(1, min(max(counts), most) + 1)
        )
        return {"then": counts[0], "now": counts[1], "pages": [[page, boxes] for page, boxes in looked if boxes]}, b""


def _opened(pdf: bytes) -> pdfium.PdfDocument:
    try:
        document = pdfium.PdfDocument(pdf)
        document.init_forms()
    except pdfium.PdfiumError as error:
        raise Refused("encrypted" if "assword" in str(error) else "broken") from error
    return document


def _drawn(document: pdfium.PdfDocument, page: int) -> Drawn:
    if page > len(document):
        return None
    try:
        sheet = document[page - 1]
    except pdfium.PdfiumError as error:
        raise Refused("broken") from error
    width, height = sheet.get_size()
    scale = min(DPI / 72, (MAX_PIXELS / max(width * height, 1)) ** 0.5)
    picture = sheet.render(scale=scale, may_draw_forms=True).to_pil().convert("RGB")
    sheet.close()
    return picture


def _boxes(before: Drawn, after: Drawn) -> list[Box]:
    """Where they differ; the whole page when there is nothing of its size to lay over it."""
    if before is None or after is None or before.size != after.size:
        return [(0.0, 0.0, 1.0, 1.0)]
    red, green, blue = ImageChops.difference(before, after).split()
    other = ImageChops.lighter(ImageChops.lighter(red, green), blue).point(lambda value: 255 * (value > VISIBLE))
    return [_share(other, top, bottom) for top, bottom in _runs(other)]


def _runs(mask: Image.Image) -> list[tuple[int, int]]:
    """Rows with something in them, taken together where they are near; past `BOXES_MOST` the rest is one."""
    _columns, rows = mask.getprojection()
    runs: list[tuple[int, int]] = []
    for row, marked in enumerate(rows):
        if marked and runs and row - runs[-1][1] <= NEAR:
            runs[-1] = runs[-1][0], row + 1
        elif marked:
            runs.append((row, row + 1))
    if len(runs) > BOXES_MOST:
        runs[BOXES_MOST - 1 :] = [(runs[BOXES_MOST - 1][0], runs[-1][1])]
    return runs


def _share(mask: Image.Image, top: int, bottom: int) -> Box:
    left, _, right, _ = mask.crop((0, top, mask.width, bottom)).getbbox() or (0, 0, mask.width, 0)
    width, height = mask.size
    return left / width, top / height, (right - left) / width, (bottom - top) / height

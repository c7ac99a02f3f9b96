"""Pages as pictures and as lines of text, and number and date drawn over page 1; runs in the worker process only.

PDFium is not thread-safe and meets hostile bytes, so nothing but `pdf_worker` imports this module.
"""

from __future__ import annotations

import ctypes
import io
from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import Any

import pikepdf
import pypdfium2 as pdfium
from PIL import Image, ImageChops

from antin.documents.adapters.pdf_examine import Answer, Refused, opened, walk

MAX_PIXELS = 20_000_000
MAX_CHARACTERS = 200_000

_last: tuple[str, pdfium.PdfDocument] | None = None


def _document(pdf: bytes) -> pdfium.PdfDocument:
    """The document, kept for the next question about the same bytes."""
    global _last
    digest = sha256(pdf).hexdigest()
    if _last is not None and _last[0] == digest:
        return _last[1]
    if _last is not None:
        _last[1].close()
        _last = None
    try:
        document = pdfium.PdfDocument(pdf)
        document.init_forms()
    except pdfium.PdfiumError as error:
        raise Refused("encrypted" if "assword" in str(error) else "broken") from error
    _last = digest, document
    return document


def _page(document: pdfium.PdfDocument, page: int) -> pdfium.PdfPage:
    if not 1 <= page <= len(document):
        raise Refused("no_page", page=page, pages=len(document))
    try:
        return document[page - 1]
    except pdfium.PdfiumError as error:
        raise Refused("broken") from error


def pages(pdf: bytes) -> Answer:
    return {"pages": len(_document(pdf))}, b""


def png(pdf: bytes, *, page: int, dpi: int) -> Answer:
    """A few grays for a page of text, a small palette where the page has colour (a seal, a pen)."""
    document = _document(pdf)
    sheet = _page(document, page)
    width, height = sheet.get_size()
    scale = min(max(dpi, 36), 300) / 72
    if width * height * scale * scale > MAX_PIXELS:
        scale = (MAX_PIXELS / (width * height)) ** 0.5
    picture = sheet.render(scale=scale, may_draw_forms=True).to_pil().convert("RGB")
    sheet.close()
    return {"pages": len(document), "width": picture.width, "height": picture.height}, _small_png(picture)


BANDS_DPI = 96
BANDS_MOST = 400
INK_COLUMNS = 200
FAINT = 60
"""Of 255: what is lighter than this is paper, also on a scan."""


def bands(pdf: bytes, *, page: int) -> Answer:
    """The page as strips of ink between blank rows: [top, bottom, ink by column], top and bottom as shares of the page.

    Ink is how dark a column of a strip is, summed over its rows; the same words give the same numbers wherever on the
    page they stand. Strips past `BANDS_MOST` are taken together as the last one.
    """
    document = _document(pdf)
    sheet = _page(document, page)
    width, height = sheet.get_size()
    scale = min(BANDS_DPI / 72, (MAX_PIXELS / max(width * height, 1)) ** 0.5)
    dark = ImageChops.invert(sheet.render(scale=scale, may_draw_forms=True).to_pil().convert("L"))
    sheet.close()
    runs = _inked_rows(dark)
    if len(runs) > BANDS_MOST:
        runs[BANDS_MOST - 1 :] = [(runs[BANDS_MOST - 1][0], runs[-1][1])]
    found = [[top / dark.height, bottom / dark.height, _ink(dark, top, bottom)] for top, bottom in runs]
    return {"pages": len(document), "bands": found}, b""


def _inked_rows(dark: Image.Image) -> list[tuple[int, int]]:
    """Runs of rows with ink; a single blank row does not part a letter from its mark."""
    _columns, rows = dark.point(lambda value: 255 if value > FAINT else 0).getprojection()
    runs: list[tuple[int, int]] = []
    for row, inked in enumerate(rows):
        if inked and runs and row - runs[-1][1] <= 1:
            runs[-1] = runs[-1][0], row + 1
        elif inked:
            runs.append((row, row + 1))
    return runs


def _ink(dark: Image.Image, top: int, bottom: int) -> list[int]:
    strip = dark.crop((0, top, dark.width, bottom))
    return [mean * strip.height for mean in strip.resize((INK_COLUMNS, 1), Image.Resampling.BOX).tobytes()]


GRAYS = 6
COLOURS = 40


def _small_png(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    coloured = _coloured(picture)
    share = coloured.histogram()[255] / (picture.width * picture.height)
    if share == 0:
        _with_palette(_grays(picture), []).save(out, "PNG")
    elif share < 0.25:
        _mixed(picture, coloured).save(out, "PNG")
    else:
        picture.quantize(colors=128, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(out, "PNG")
    return out.getvalue()


def _coloured(picture: Image.Image) -> Image.Image:
    """A mask of the points where red, green and blue part by more than rounding."""
    red, green, blue = picture.split()
    apart = ImageChops.lighter(ImageChops.difference(red, green), ImageChops.difference(green, blue))
    return apart.point([0] * 12 + [255] * 244)


def _grays(picture: Image.Image) -> Image.Image:
    return picture.convert("L").point([value * GRAYS // 256 for value in range(256)])


def _mixed(picture: Image.Image, coloured: Image.Image) -> Image.Image:
    """Text in even grays, and colours of their own only where there is colour: small, and white stays white."""
    lively = Image.composite(picture, Image.new("RGB", picture.size, "white"), coloured)
    palette = lively.quantize(colors=COLOURS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    shifted = Image.frombytes("L", palette.size, palette.tobytes()).point(
        [min(value + GRAYS, 255) for value in range(256)]
    )
    return _with_palette(
        Image.composite(shifted, _grays(picture), coloured), (palette.getpalette() or [])[: 3 * COLOURS]
    )


def _with_palette(indexes: Image.Image, colours: list[int]) -> Image.Image:
    picture = Image.frombytes("P", indexes.size, indexes.tobytes())
    picture.putpalette([level * 255 // (GRAYS - 1) for level in range(GRAYS) for _ in range(3)] + colours)
    return picture


def text(pdf: bytes, *, page: int) -> Answer:
    """Lines with boxes relative to the shown page, from its top left."""
    sheet = _page(_document(pdf), page)
    place = _placing(sheet)
    lines = []
    for words, box, _ in _lines(sheet):
        x1, y1, x2, y2 = place(box)
        lines.append([round(x1, 5), round(y1, 5), round(x2 - x1, 5), round(y2 - y1, 5), words])
    sheet.close()
    return {"lines": lines}, b""


Box = tuple[float, float, float, float]


def _placing(page: pdfium.PdfPage) -> Callable[[Box], Box]:
    """Page coordinates (left, bottom, right, top) to shares of the shown page, whatever its turn."""
    left, bottom, right, top = page.get_cropbox()
    width, height = max(right - left, 1e-6), max(top - bottom, 1e-6)
    turn = page.get_rotation() % 360

    def place(box: Box) -> Box:
        x1, x2 = (box[0] - left) / width, (box[2] - left) / width
        y1, y2 = (top - box[3]) / height, (top - box[1]) / height
        if turn == 90:
            x1, y1, x2, y2 = 1 - y2, x1, 1 - y1, x2
        elif turn == 180:
            x1, y1, x2, y2 = 1 - x2, 1 - y2, 1 - x1, 1 - y1
        elif turn == 270:
            x1, y1, x2, y2 = y1, 1 - x2, y2, 1 - x1
        left_share, top_share, right_share, bottom_share = (min(max(value, 0.0), 1.0) for value in (x1, y1, x2, y2))
        return left_share, top_share, right_share, bottom_share

    return place


# A sign, its box (left, bottom, right, top) and its place in PDFium's order.
Sign = tuple[str, float, float, float, float, int]


def _lines(page: pdfium.PdfPage) -> Iterator[tuple[str, Box, list[Sign]]]:
    """Runs of signs on one line without a wide gap: words, box, and every sign with its box."""
    run: list[Sign] = []
    for sign in _signs(page):
        if run and _begins_line(run[-1], sign):
            yield from _line(run)
            run = []
        run.append(sign)
    yield from _line(run)


def _line(run: list[Sign]) -> Iterator[tuple[str, Box, list[Sign]]]:
    shown = [sign for sign in run if not sign[0].isspace()]
    if shown:
        box = min(s[1] for s in shown), min(s[2] for s in shown), max(s[3] for s in shown), max(s[4] for s in shown)
        yield " ".join("".join(sign[0] for sign in run).split()), box, run


def _begins_line(before: Sign, sign: Sign) -> bool:
    if before[0] in "\r\n":
        return True
    height = max(before[4] - before[2], sign[4] - sign[2], 1.0)
    apart = abs((sign[2] + sign[4]) / 2 - (before[2] + before[4]) / 2) > height * 0.6
    return sign[0] not in "\r\n" and (apart or not -height * 2 < sign[1] - before[3] < height * 2)


def _signs(page: pdfium.PdfPage) -> Iterator[Sign]:
    """Every sign of the page with its box in page coordinates; generated white space takes its place from the last."""
    textpage = page.get_textpage()
    last = (0.0, 0.0, 0.0, 0.0)
    for index in range(min(textpage.count_chars(), MAX_CHARACTERS)):
        code = pdfium.raw.FPDFText_GetUnicode(textpage.raw, index)
        sign = chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"
        if sign in "\r\n":
            yield (sign, last[2], last[1], last[2], last[3], index)
            continue
        box = textpage.get_charbox(index, loose=True)
        if sign.isspace() and box[2] <= box[0]:
            box = (last[2], last[1], last[2], last[3])
        last = box
        yield (sign, *box, index)


def survey(pdf: bytes) -> Answer:
    """What stands where: lines of page 1 sign by sign, boxes of its pictures, lines of the last page."""
    with opened(pdf) as document:
        signed = walk(document)
    shown = _document(pdf)
    first, last = _page(shown, 1), _page(shown, len(shown))
    left, bottom, right, top = first.get_mediabox()
    answer = {
        "pages": len(shown),
        "signed": signed,
        "turned": first.get_rotation() % 360 != 0,
        "box": [left, bottom, right, top],
        "last_box": list(last.get_mediabox()),
        "first": _with_baselines(first, top - (top - bottom) * 0.4),
        "last": [{"text": words, "box": box} for words, box, _ in _lines(last)],
        "pictures": [
            list(one.get_bounds()) for one in first.get_objects(filter=[pdfium.raw.FPDF_PAGEOBJ_IMAGE], max_depth=3)
        ],
    }
    return answer, b""


def _with_baselines(page: pdfium.PdfPage, above: float) -> list[dict[str, Any]]:
    """Lines of the upper part of the page; each sign with its left and right edge, baseline and size."""
    textpage = page.get_textpage()
    lines = []
    for words, box, run in _lines(page):
        if box[3] > above:
            signs = [(one[0], one[1], one[3], *_baseline(textpage, one[5])) for one in run if not one[0].isspace()]
            lines.append({"text": words, "box": box, "signs": signs})
    return lines


def _baseline(textpage: pdfium.PdfTextPage, index: int) -> tuple[float, float]:
    x, y = ctypes.c_double(), ctypes.c_double()
    pdfium.raw.FPDFText_GetCharOrigin(textpage.raw, index, x, y)
    return y.value, pdfium.raw.FPDFText_GetFontSize(textpage.raw, index)


def overlay(pdf: bytes, layer: bytes) -> Answer:
    """The layer's one page drawn over page 1; everything else as it was."""
    with opened(pdf) as document, pikepdf.open(io.BytesIO(layer)) as over:
        first = document.pages[0]
        first.add_overlay(over.pages[0], pikepdf.Rectangle(first.mediabox))
        out = io.BytesIO()
        document.save(out, deterministic_id=True)
    done = out.getvalue()
    return {}, done if done.endswith(b"\n") else done + b"\n"

"""What a signature shows on the page (379/13.1): picture and lines as one form XObject, PDF/A-clean.

Person: picture in blue, below it name, position and instant (ISO 8601, +07:00) in Times New Roman's metrics.
Organisation: the seal's picture in red at true size, never scaled (NĐ 30/2020, Appendix I).
"""

from __future__ import annotations

import io
import zlib
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from PIL import Image
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.writer import BasePdfFileWriter

from antin.signing.ceremony.drawings import MM, SEAL_SIZE, Drawing, sample_seal, sample_signature
from antin.signing.ceremony.typeface import Face, face
from antin.values import iso, nfc

MAX_PICTURE = 2 * 1024 * 1024
MAX_PIXELS = 4_000_000
TEXT_SIZE = 7.5
LEADING = 1.18
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Appearance:
    """Lines under a picture. `image_png` wins over `drawing`; `true_size` in points fixes the field's own size."""

    lines: tuple[str, ...] = ()
    image_png: bytes | None = None
    drawing: Drawing | None = None
    true_size: tuple[float, float] | None = None
    reason: str = ""

    @staticmethod
    def person(
        name: str, position: str, capacity: str = "", at: datetime | None = None, image_png: bytes | None = None
    ) -> Appearance:
        """A person's: name, position with capacity, instant; a sample flourish when there is no picture."""
        office = ", ".join(part for part in (capacity, position) if part)
        lines = tuple(nfc(line) for line in (name, office, iso(at) if at else "") if line)
        return Appearance(lines, image_png, None if image_png else sample_signature(name), reason=office)

    @staticmethod
    def seal(organisation: str, image_png: bytes | None = None, diameter_mm: float = 36.0) -> Appearance:
        """A body's seal at true size; a sample one that says MẪU when there is no picture."""
        size = diameter_mm * MM if image_png else SEAL_SIZE
        return Appearance((), image_png, None if image_png else sample_seal(nfc(organisation)), (size, size))


@dataclass(frozen=True, slots=True)
class Stamp:
    """Applies an appearance to a signature's annotation (called by the PDF writer)."""

    appearance: Appearance

    def apply(self, annotation: generic.DictionaryObject, writer: BasePdfFileWriter) -> None:
        x1, y1, x2, y2 = (float(v) for v in annotation["/Rect"])
        width, height = x2 - x1, y2 - y1
        if width <= 0 or height <= 0:
            return
        form = writer.add_object(_form(self.appearance, width, height, writer))
        annotation[pdf_name("/AP")] = generic.DictionaryObject({pdf_name("/N"): form})
        writer.update_container(annotation)


def empty_form(width: float, height: float) -> generic.StreamObject:
    """The appearance of a field not yet signed: nothing, but there (ISO 19005-2 §6.3.3)."""
    return _stream(b"", width, height, generic.DictionaryObject())


def _form(look: Appearance, width: float, height: float, writer: BasePdfFileWriter) -> generic.StreamObject:
    resources = generic.DictionaryObject()
    text, text_height = _text(look.lines, width, height, resources, writer)
    picture = _picture(look, width, height - text_height, text_height, resources, writer)
    return _stream(picture + text, width, height, resources)


def _stream(content: bytes, width: float, height: float, resources: generic.DictionaryObject) -> generic.StreamObject:
    box = generic.ArrayObject(generic.FloatObject(f"{v:.2f}") for v in (0, 0, width, height))
    entries = {
        pdf_name("/Type"): pdf_name("/XObject"),
        pdf_name("/Subtype"): pdf_name("/Form"),
        pdf_name("/BBox"): box,
        pdf_name("/Resources"): resources,
    }
    return _packed(entries, content)


def _packed(entries: dict[generic.NameObject, generic.PdfObject], data: bytes) -> generic.StreamObject:
    """A stream already compressed, so the writer copies it as it is."""
    entries = {**entries, pdf_name("/Filter"): pdf_name("/FlateDecode")}
    return generic.StreamObject(dict_data=entries, encoded_data=zlib.compress(data, 6))


def _picture(
    look: Appearance,
    width: float,
    height: float,
    above: float,
    resources: generic.DictionaryObject,
    writer: BasePdfFileWriter,
) -> bytes:
    if look.image_png is not None:
        reference, pixels = _image(look.image_png, writer)
        resources[pdf_name("/XObject")] = generic.DictionaryObject({pdf_name("/P"): reference})
        own = look.true_size or (float(pixels[0]), float(pixels[1]))
        scale = 1.0 if look.true_size else min(width / own[0], height / own[1])
        w, h = own[0] * scale, own[1] * scale
        return f"q {w:.2f} 0 0 {h:.2f} {(width - w) / 2:.2f} {above + (height - h) / 2:.2f} cm /P Do Q\n".encode()
    if look.drawing is None:
        return b""
    drawing = look.drawing
    scale = 1.0 if look.true_size else min(width / drawing.width, height / drawing.height, 1.5)
    x, y = (width - drawing.width * scale) / 2, above + (height - drawing.height * scale) / 2
    return f"q {scale:.4f} 0 0 {scale:.4f} {x:.2f} {y:.2f} cm\n".encode() + drawing.content + b"\nQ\n"


def _image(png: bytes, writer: BasePdfFileWriter) -> tuple[generic.IndirectObject, tuple[int, int]]:
    size, colour, alpha = _pixels(png)
    common = {
        pdf_name("/Type"): pdf_name("/XObject"),
        pdf_name("/Subtype"): pdf_name("/Image"),
        pdf_name("/Width"): generic.NumberObject(size[0]),
        pdf_name("/Height"): generic.NumberObject(size[1]),
        pdf_name("/BitsPerComponent"): generic.NumberObject(8),
    }
    entries = {**common, pdf_name("/ColorSpace"): pdf_name("/DeviceRGB")}
    if alpha is not None:
        mask = _packed({**common, pdf_name("/ColorSpace"): pdf_name("/DeviceGray")}, alpha)
        entries[pdf_name("/SMask")] = writer.add_object(mask)
    return writer.add_object(_packed(entries, colour)), size


@lru_cache(maxsize=64)
def _pixels(png: bytes) -> tuple[tuple[int, int], bytes, bytes | None]:
    """Size, RGB bytes and alpha bytes of a picture; ValueError when too large or not a PNG."""
    if len(png) > MAX_PICTURE:
        raise ValueError(f"a picture is at most {MAX_PICTURE} bytes")
    with Image.open(io.BytesIO(png), formats=("PNG",)) as picture:
        if picture.width * picture.height > MAX_PIXELS:
            raise ValueError(f"a picture has at most {MAX_PIXELS} pixels")
        full = picture.convert("RGBA")
    alpha = full.getchannel("A")
    opaque = alpha.getextrema() == (255, 255)
    return full.size, full.convert("RGB").tobytes(), None if opaque else alpha.tobytes()


def _text(
    lines: tuple[str, ...],
    width: float,
    height: float,
    resources: generic.DictionaryObject,
    writer: BasePdfFileWriter,
) -> tuple[bytes, float]:
    """Lines centred at the foot of the box, at most half of it high; answers the operators and the height used."""
    if not lines:
        return b"", 0.0
    letters = face()
    widest = max(letters.measure(line, 1.0) for line in lines)
    size = min(TEXT_SIZE, width / max(widest, 0.1), height / 2 / (len(lines) * LEADING))
    program, numbers = letters.subset(letters.glyph(c) for line in lines for c in line)
    resources[pdf_name("/Font")] = generic.DictionaryObject(
        {pdf_name("/F"): writer.add_object(_font(letters, program, numbers, lines, writer))}
    )
    used = len(lines) * LEADING * size
    operators = [f"BT 0 0 0 rg /F {size:.2f} Tf"]
    for row, line in enumerate(lines):
        x = (width - letters.measure(line, size)) / 2
        y = used - (row + 1) * LEADING * size + 0.25 * size
        codes = b"".join(numbers[letters.glyph(c)].to_bytes(2, "big") for c in line).hex()
        operators.append(f"1 0 0 1 {x:.2f} {y:.2f} Tm <{codes}> Tj")
    return (" ".join([*operators, "ET"]) + "\n").encode(), used


def _font(
    letters: Face, program: bytes, numbers: dict[int, int], lines: tuple[str, ...], writer: BasePdfFileWriter
) -> generic.DictionaryObject:
    """A composite font (ISO 32000-1 §9.7) with identity encoding, true widths and a map back to Unicode."""
    name = pdf_name(f"/ANTINA+{letters.name}")
    file = _packed({pdf_name("/Length1"): generic.NumberObject(len(program))}, program)
    ascent, descent, cap_height, box = letters.metrics
    descriptor = generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/FontDescriptor"),
            pdf_name("/FontName"): name,
            pdf_name("/Flags"): generic.NumberObject(4),
            pdf_name("/FontBBox"): generic.ArrayObject(generic.NumberObject(v) for v in box),
            pdf_name("/ItalicAngle"): generic.NumberObject(0),
            pdf_name("/Ascent"): generic.NumberObject(ascent),
            pdf_name("/Descent"): generic.NumberObject(descent),
            pdf_name("/CapHeight"): generic.NumberObject(cap_height),
            pdf_name("/StemV"): generic.NumberObject(80),
            pdf_name("/FontFile2"): writer.add_object(file),
        }
    )
    widths = [round(letters.width(old) * 1000 / letters.em, 3) for old in sorted(numbers, key=numbers.__getitem__)]
    system = {"/Registry": "Adobe", "/Ordering": "Identity"}
    descendant = generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Font"),
            pdf_name("/Subtype"): pdf_name("/CIDFontType2"),
            pdf_name("/BaseFont"): name,
            pdf_name("/CIDSystemInfo"): generic.DictionaryObject(
                {
                    **{pdf_name(key): generic.pdf_string(value) for key, value in system.items()},
                    pdf_name("/Supplement"): generic.NumberObject(0),
                }
            ),
            pdf_name("/FontDescriptor"): writer.add_object(descriptor),
            pdf_name("/DW"): generic.NumberObject(1000),
            pdf_name("/W"): generic.ArrayObject(
                [generic.NumberObject(0), generic.ArrayObject(generic.FloatObject(str(w)) for w in widths)]
            ),
            pdf_name("/CIDToGIDMap"): pdf_name("/Identity"),
        }
    )
    return generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Font"),
            pdf_name("/Subtype"): pdf_name("/Type0"),
            pdf_name("/BaseFont"): name,
            pdf_name("/Encoding"): pdf_name("/Identity-H"),
            pdf_name("/DescendantFonts"): generic.ArrayObject([writer.add_object(descendant)]),
            pdf_name("/ToUnicode"): writer.add_object(_packed({}, _to_unicode(letters, numbers, lines))),
        }
    )


def _to_unicode(letters: Face, numbers: dict[int, int], lines: tuple[str, ...]) -> bytes:
    pairs = sorted({(numbers[letters.glyph(c)], c) for line in lines for c in line})
    rows = [f"<{code:04x}> <{c.encode('utf-16-be').hex()}>" for code, c in pairs]
    blocks = [rows[at : at + 100] for at in range(0, len(rows), 100)]
    body = "\n".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks)
    return (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        "/CMapName /Adobe-Identity-UCS def /CMapType 2 def\n"
        f"1 begincodespacerange\n<0000> <ffff>\nendcodespacerange\n{body}\n"
        "endcmap CMapName currentdict /CMap defineresource pop end end\n"
    ).encode()

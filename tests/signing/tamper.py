"""Ways of altering a signed PDF after the fact; each answers new bytes."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.embed import EmbeddedFileObject, FileSpec, embed_file
from pyhanko.pdf_utils.generic import pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

PLACE = re.compile(rb"<([0-9A-Fa-f]{2000,})>")


def flip(data: bytes, at: int, bit: int = 1) -> bytes:
    return data[:at] + bytes((data[at] ^ bit,)) + data[at + 1 :]


def places(data: bytes) -> list[tuple[int, int]]:
    """(start, end) of the hexadecimal digits of every signature, in file order."""
    return [match.span(1) for match in PLACE.finditer(data)]


def body_byte(data: bytes) -> bytes:
    """A byte of the page's content stream."""
    return flip(data, data.index(b"stream\n") + 40)


def cms_byte(data: bytes, number: int = 0, at: float = 0.5) -> bytes:
    """A digit inside a signature."""
    start, end = places(data)[number]
    used = len(data[start:end].rstrip(b"0"))
    spot = start + int(used * at)
    return data[:spot] + (b"1" if data[spot : spot + 1] == b"0" else b"0") + data[spot + 1 :]


def padding_digit(data: bytes, number: int = 0) -> bytes:
    """The last digit of the zero padding."""
    _, end = places(data)[number]
    return data[: end - 1] + b"7" + data[end:]


def emptied(data: bytes, number: int = 0) -> bytes:
    """All zeros in place of a signature (universal signature forgery)."""
    start, end = places(data)[number]
    return data[:start] + b"0" * (end - start) + data[end:]


def byte_range(data: bytes, new: bytes, number: int = -1) -> bytes:
    """Another /ByteRange of the same length."""
    found = list(re.finditer(rb"/ByteRange \[[^\]]*\]( *)", data))[number]
    return data[: found.start()] + new.ljust(found.end() - found.start()) + data[found.end() :]


def update(data: bytes, change: Callable[[IncrementalPdfFileWriter], None]) -> bytes:
    """An incremental update that does `change`."""
    writer = IncrementalPdfFileWriter(io.BytesIO(data))
    change(writer)
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


def page_content(writer: IncrementalPdfFileWriter) -> None:
    page = writer.root["/Pages"]["/Kids"][0]
    extra = writer.add_object(generic.StreamObject(stream_data=b"0 0 200 200 re f"))
    old = page.raw_get("/Contents")
    page[pdf_name("/Contents")] = generic.ArrayObject([old, extra])
    writer.update_container(page)


def annotation(writer: IncrementalPdfFileWriter) -> None:
    note = generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Annot"),
            pdf_name("/Subtype"): pdf_name("/FreeText"),
            pdf_name("/Rect"): generic.ArrayObject(generic.NumberObject(v) for v in (50, 50, 300, 100)),
            pdf_name("/Contents"): pdf_string("Đã sửa"),
            pdf_name("/DA"): pdf_string("/Helv 12 Tf"),
        }
    )
    page = writer.root["/Pages"]["/Kids"][0]
    page["/Annots"].append(writer.add_object(note))
    writer.update_container(page["/Annots"])


def attachment(writer: IncrementalPdfFileWriter) -> None:
    content = EmbeddedFileObject.from_file_data(writer, b"extra", mime_type="text/plain")
    embed_file(writer, FileSpec("extra.txt", embedded_data=content))


def open_action(writer: IncrementalPdfFileWriter) -> None:
    action = {pdf_name("/S"): pdf_name("/JavaScript"), pdf_name("/JS"): pdf_string("app.alert(1)")}
    writer.root[pdf_name("/OpenAction")] = generic.DictionaryObject(action)
    writer.update_root()


def extra_page(writer: IncrementalPdfFileWriter) -> None:
    page = writer.root["/Pages"]["/Kids"][0]
    copy = {key: page.raw_get(key) for key in page if key not in {"/Parent", "/Annots"}}
    writer.insert_page(generic.DictionaryObject(copy))


def title(writer: IncrementalPdfFileWriter) -> None:
    info = generic.DictionaryObject({pdf_name("/Title"): pdf_string("Tên khác")})
    writer.set_info(writer.add_object(info))


def move_widget(writer: IncrementalPdfFileWriter) -> None:
    field = writer.root["/AcroForm"]["/Fields"][0]
    field[pdf_name("/Rect")] = generic.ArrayObject(generic.NumberObject(v) for v in (10, 10, 500, 500))
    writer.update_container(field)


def text_field(writer: IncrementalPdfFileWriter) -> None:
    field = generic.DictionaryObject(
        {
            pdf_name("/FT"): pdf_name("/Tx"),
            pdf_name("/T"): pdf_string("so"),
            pdf_name("/V"): pdf_string("379"),
            pdf_name("/Subtype"): pdf_name("/Widget"),
            pdf_name("/Rect"): generic.ArrayObject(generic.NumberObject(v) for v in (50, 50, 300, 100)),
        }
    )
    writer.root["/AcroForm"]["/Fields"].append(writer.add_object(field))
    writer.update_container(writer.root["/AcroForm"]["/Fields"])


def seal_swapped(writer: IncrementalPdfFileWriter) -> None:
    """The appearance of the signed widget replaced."""
    field = writer.root["/AcroForm"]["/Fields"][0]
    form = field["/AP"].raw_get("/N").reference
    picture = generic.StreamObject(
        {
            pdf_name("/Subtype"): pdf_name("/Form"),
            pdf_name("/BBox"): generic.ArrayObject(generic.NumberObject(v) for v in (0, 0, 9, 9)),
        },
        stream_data=b"0 0 9 9 re f",
    )
    writer.objects[(form.generation, form.idnum)] = picture

"""What a PDF file holds, found without showing it; runs in the worker process only (see pdf_worker).

A file is refused for what could act on its own (scripts, commands, embedded files, dynamic forms, media), for
being locked or broken, and for sizes no document has.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

import pikepdf

MAX_OBJECTS = 300_000

# Actions and annotations that make a document do something; links within the page and to addresses stay.
ACTIONS = {
    "/JavaScript": "javascript",
    "/Launch": "launch",
    "/SubmitForm": "submit",
    "/ImportData": "submit",
    "/GoToE": "embedded",
    "/GoToR": "launch",
    "/Rendition": "media",
    "/Sound": "media",
    "/Movie": "media",
    "/RichMediaExecute": "media",
    "/GoTo3DView": "media",
}
ANNOTATIONS = {
    "/RichMedia": "media",
    "/Screen": "media",
    "/Movie": "media",
    "/Sound": "media",
    "/3D": "media",
    "/FileAttachment": "embedded",
}
KEYS = {
    "/JS": "javascript",
    "/AA": "action",
    "/EmbeddedFiles": "embedded",
    "/EF": "embedded",
    "/XFA": "xfa",
    "/RichMediaContent": "media",
}

Answer = tuple[dict[str, Any], bytes]


class Refused(Exception):
    """The file is refused: a code that the caller turns into words, and numbers for them."""

    def __init__(self, code: str, **facts: int | str) -> None:
        self.code = code
        self.facts = facts
        super().__init__(code)


def check(pdf: bytes, *, max_pages: int) -> Answer:
    """Facts of an acceptable file: pages, signed, pdfa (claimed part and level), size of page 1."""
    with opened(pdf) as document:
        if document.is_encrypted:
            raise Refused("encrypted")
        if any("reconstruct" in str(warning).lower() for warning in document.get_warnings()):
            raise Refused("broken")
        pages = len(document.pages)
        if not 1 <= pages <= max_pages:
            raise Refused("pages" if pages else "broken", pages=pages, limit=max_pages)
        signed = walk(document)
        sizes = [_page_size(page) for page in document.pages]
        return {
            "pages": pages,
            "signed": signed,
            "pdfa": _claimed_level(document),
            "version": document.pdf_version,
            "width": sizes[0][0],
            "height": sizes[0][1],
        }, b""


def opened(pdf: bytes) -> pikepdf.Pdf:
    try:
        return pikepdf.open(io.BytesIO(pdf), suppress_warnings=True)
    except pikepdf.PasswordError as error:
        raise Refused("encrypted") from error
    except (pikepdf.PdfError, ValueError, RuntimeError) as error:
        raise Refused("broken") from error


def walk(document: pikepdf.Pdf) -> bool:
    """Refuses what acts on its own; True when a signature is inside."""
    signed = False
    opened = document.Root.get("/OpenAction")
    if isinstance(opened, pikepdf.Dictionary) and str(opened.get("/S", "")) != "/GoTo":
        raise Refused(ACTIONS.get(str(opened.get("/S", "")), "action"))
    for one in _dictionaries(document):
        for key in map(str, one):
            if key in KEYS:
                raise Refused(KEYS[key])
        kind = str(one.get("/S", "")) if "/S" in one else ""
        if kind in ACTIONS and not _is_structure(one):
            raise Refused(ACTIONS[kind])
        if str(one.get("/Subtype", "")) in ANNOTATIONS:
            raise Refused(ANNOTATIONS[str(one["/Subtype"])])
        signed = signed or ("/ByteRange" in one and "/Contents" in one)
    return signed


def _is_structure(one: pikepdf.Dictionary) -> bool:
    """A structure element may be named as it likes; only its /S is a role, not an action."""
    return "/P" in one and "/K" in one


def _dictionaries(document: pikepdf.Pdf) -> Iterator[pikepdf.Dictionary]:
    """Every dictionary in the file, also those nested in others and in stream heads; Refused beyond a count."""
    seen = 0
    for top in document.objects:
        waiting = [top]
        while waiting:
            one = waiting.pop()
            seen += 1
            if seen > MAX_OBJECTS:
                raise Refused("complex")
            if isinstance(one, pikepdf.Stream):
                one = one.stream_dict
            if isinstance(one, pikepdf.Dictionary):
                yield one
                waiting.extend(value for value in one.as_dict().values() if _nested(value))
            elif isinstance(one, pikepdf.Array):
                waiting.extend(value for value in one if _nested(value))


def _nested(value: object) -> bool:
    """Direct containers only: indirect objects come by themselves."""
    return isinstance(value, pikepdf.Dictionary | pikepdf.Array | pikepdf.Stream) and not value.is_indirect


def _page_size(page: pikepdf.Page) -> tuple[float, float]:
    try:
        left, bottom, right, top = (float(value) for value in page.mediabox)
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        raise Refused("broken") from error
    width, height = abs(right - left), abs(top - bottom)
    if not (72 <= width <= 5670 and 72 <= height <= 5670):
        raise Refused("page_size", width=round(width), height=round(height))
    return width, height


def _claimed_level(document: pikepdf.Pdf) -> str:
    metadata = document.Root.get("/Metadata")
    if not isinstance(metadata, pikepdf.Stream):
        return ""
    try:
        text = metadata.read_bytes()[:200_000].decode("utf-8", "replace")
    except (pikepdf.PdfError, RuntimeError):
        return ""
    part = re.search(r"pdfaid:part(?:>|=[\"'])\s*([1-4])", text)
    level = re.search(r"pdfaid:conformance(?:>|=[\"'])\s*([ABUEFabuef])", text)
    return (part[1] + (level[1].lower() if level else "")) if part else ""

"""The other side of `pdf_process`: opens PDF files inside the sandbox.

What it says is only ever read as JSON, PNG or PDF bytes.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pikepdf

from antin.documents.adapters.pdf_draw import bands, overlay, pages, png, survey, text
from antin.documents.adapters.pdf_examine import Refused, check
from antin.documents.adapters.pdf_paper import lying, on_paper, sharpness
from antin.documents.adapters.pdf_states import differences
from antin.sandbox import Answer, Limits, serve

TASKS: dict[str, Callable[..., Answer]] = {
    "check": check,
    "pages": pages,
    "png": png,
    "bands": bands,
    "text": text,
    "survey": survey,
    "differences": differences,
    "overlay": overlay,
    "lying": lying,
    "on_paper": on_paper,
    "sharpness": sharpness,
}


def answer(task: str, blobs: list[bytes], options: dict[str, Any]) -> Answer:
    """The task's answer, or what went wrong as a code."""
    try:
        return TASKS[task](*blobs, **options)
    except Refused as refused:
        return {"refused": refused.code, "facts": refused.facts}, b""
    except MemoryError:
        return {"refused": "complex", "facts": {}}, b""
    except Exception as error:  # a parser may raise anything at hostile bytes; the caller learns only the kind
        return {"refused": "broken", "facts": {}, "kind": type(error).__name__}, b""


def warm_up() -> None:
    """Draws a blank page, so that everything loaded only on first use is there before the first copy is made."""
    with pikepdf.new() as document:
        document.add_blank_page()
        blank = io.BytesIO()
        document.save(blank)
    answer("png", [blank.getvalue()], {"page": 1, "dpi": 110})
    answer("text", [blank.getvalue()], {"page": 1})


if __name__ == "__main__":
    warm_up()
    serve(answer, Limits())

"""Layout by typst: a sheet becomes the Party form as PDF/A-2b, the same bytes for the same sheet, always.

- The template is ours (party_form.typ); a sheet goes in as JSON and is shown as text, never read as markup.
- Fonts are pinned by folder (fonts.py); a sign that the font lacks is refused by name, never drawn as a box.
- The signature block never stands alone on a page: when it would, the last lines go over with it.
- The anchors of signature and seal come from the laid-out page itself, not from arithmetic beside it.
"""

from __future__ import annotations

import ctypes
import json
import os
import threading
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import typst

from antin.documents.adapters import archival, fonts, uploaded
from antin.documents.adapters.pdf_process import PdfProcess, process
from antin.documents.adapters.placing import anchors_at
from antin.documents.adapters.sheet_words import Words, every_word, words
from antin.documents.ports import Anchor, LaidOut, Sheet
from antin.regulation import RuleViolation
from antin.rulebook import queries as rulebook
from antin.values import N_

HERE = Path(__file__).parent
A4_HEIGHT = 841.89
MAX_BODY = 2_000_000
# A last block lower than this goes over to the signature's page whole; of a longer one, its last lines.
SHORT_BLOCK = 150.0
LINES_KEPT = 62
LONG_DOCUMENT = 8
# typst keeps what the last ten compilations computed, some 0.8 MB a page.
KEPT_BY_TYPST = 11


class TypstLayout:
    """The port `Layout`. One compiler is kept, so fonts and template are read once; calls take turns."""

    def __init__(self, times_folder: Path | None = None, *, serif: fonts.Serif | None = None) -> None:
        self.serif = serif or fonts.load(times_folder)
        self._turn = threading.Lock()
        self._form = self._compiler("party_form.typ")
        self._overlay = self._compiler("overlay.typ")

    def lay_out(self, sheet: Sheet) -> LaidOut:
        """The sheet as PDF/A-2b; RuleViolation when it is too long or holds a sign that can't be printed."""
        shown = self._words(sheet)
        _same_process()
        with self._turn:
            pdf, found = self._compile(shown, sheet.on)
            for remedy in _remedies(shown, found):
                if not _signature_alone(found):
                    break
                pdf, found = self._compile({**shown, **remedy}, sheet.on)
            if found["signature"]["page"] > LONG_DOCUMENT:
                self._forget()
        pages = archival.finish(pdf, title=shown["title"], author=shown["author"], at=_timestamp(sheet.on))
        return LaidOut(pages.pdf, pages.count, _anchors(found))

    def stamp_uploaded(self, pdf: bytes, sheet: Sheet) -> LaidOut:
        """Number, date and marks on page 1 where the form leaves them blank; nothing else is touched."""
        worker: PdfProcess = process()
        plan = uploaded.plan(worker.survey(pdf), sheet)
        if plan.texts or plan.stamps:
            _same_process()
            with self._turn:
                overlay = self._overlay.compile(
                    sys_inputs={"sheet": json.dumps({**plan.overlay(), "font": self.serif.family})},
                    format="pdf",
                    timestamp=_timestamp(sheet.on),
                )
            assert isinstance(overlay, bytes)
            pdf = worker.overlay(pdf, overlay)
        return LaidOut(pdf, plan.pages, plan.anchors)

    def _words(self, sheet: Sheet) -> Words:
        if len(sheet.body) > MAX_BODY:
            raise RuleViolation(
                "379/13.1",
                N_("Nội dung dài quá {limit} ký tự."),
                N_("Tách phần dài thành phụ lục gửi kèm."),
                limit=MAX_BODY,
            )
        shown = words(sheet, rulebook.page_form(sheet.on), self.serif.family)
        if missing := self.serif.missing(every_word(shown).replace("\u200b", "")):
            raise RuleViolation(
                "379/13.1",
                N_("Phông chữ của văn bản không có ký tự: {signs}"),
                N_("Bỏ hoặc thay các ký tự này."),
                signs=" ".join(f"{sign} (U+{ord(sign):04X})" for sign in missing[:5]),
            )
        return shown

    def _compile(self, shown: Words, on: date | None) -> tuple[bytes, dict[str, dict[str, float]]]:
        pdf = self._form.compile(
            sys_inputs={"sheet": json.dumps(shown, ensure_ascii=False)},
            format="pdf",
            pdf_standards=["a-2b"],
            timestamp=_timestamp(on),
        )
        assert isinstance(pdf, bytes)
        return pdf, _positions(self._form.query("<anchor>", field="value"))

    def _forget(self) -> None:
        """After a long document: empty compilations push its leavings out, and the memory goes back."""
        blank = json.dumps({"width": 10, "height": 10, "texts": [], "stamps": [], "font": self.serif.family})
        for _ in range(KEPT_BY_TYPST):
            self._overlay.compile(sys_inputs={"sheet": blank}, format="pdf", timestamp=0)
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)

    def _compiler(self, template: str) -> typst.Compiler:
        return typst.Compiler(
            input=str(HERE / template),
            root=str(HERE),
            font_paths=self.serif.fonts,
            ignore_system_fonts=True,
            sys_inputs={"sheet": "{}"},
        )


_used_by: int | None = None


def _same_process() -> None:
    """typst's threads don't survive a fork: a layout in the child would wait for ever, so it is refused loudly."""
    global _used_by
    if _used_by is None:
        _used_by = os.getpid()
    elif _used_by != os.getpid():
        raise RuntimeError("typst laid out pages before this process was forked; fork first, lay out after")


def _timestamp(on: date | None) -> int:
    """A time that depends on the sheet alone: its own day, or a fixed one for drafts."""
    day = on or date(2026, 1, 1)
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


def _positions(answer: str) -> dict[str, dict[str, float]]:
    """Name → page, x, y in points from the top left."""
    return {
        one["name"]: {
            "page": one["at"]["page"],
            "x": float(one["at"]["x"].removesuffix("pt")),
            "y": float(one["at"]["y"].removesuffix("pt")),
        }
        for one in json.loads(answer)
    }


def _signature_alone(found: dict[str, dict[str, float]]) -> bool:
    return "end" in found and found["end"]["page"] < found["signature"]["page"]


def _remedies(shown: Words, found: dict[str, dict[str, float]]) -> list[Words]:
    """Ways to give the signature company, in the order to try: take the last block over, or its last lines."""
    if not _signature_alone(found):
        return []
    kinds = [block["kind"] for block in shown["blocks"]]
    first = len(kinds) - 1
    while first > 0 and kinds[first - 1] == "heading":  # a heading goes with the text below it
        first -= 1
    last, end = found["last"], found["end"]
    whole = {"break_before": first}
    lines = {"reserve": LINES_KEPT}
    short = last["page"] == end["page"] and end["y"] - last["y"] < SHORT_BLOCK
    return [whole] if short else [lines, {"reserve": 2 * LINES_KEPT}, whole]


def _anchors(found: dict[str, dict[str, float]]) -> dict[str, Anchor]:
    """From the room that the template kept between position and name."""
    at = found["signature"]
    return anchors_at(int(at["page"]), at["x"], A4_HEIGHT - at["y"])


def layout_from(settings: dict[str, Any]) -> TypstLayout:
    """For `house`: `times_new_roman` is the folder of a licensed Times New Roman, if the site has one."""
    folder = settings.get("times_new_roman")
    return TypstLayout(Path(str(folder)) if folder else None)

"""Where number, date and marks go on page 1 of an uploaded PDF: pure, from a survey of what stands there.

- A place that already holds the right words is left alone; one that holds others is refused (379/13.1).
- A blank place between the form's own words ("Số …-KH/TU", "ngày … tháng … năm …") is filled in the middle.
- Without those words, the form's usual place is used if nothing stands there; otherwise the file is refused.
- A file that is already signed is never written into (379/17.2).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from antin.documents.adapters.placing import Box, anchors_at, centre, overlaps
from antin.documents.adapters.sheet_words import capitals, clean, date_parts
from antin.documents.ports import Anchor, Sheet
from antin.regulation import RuleViolation
from antin.values import N_, fold, reference_number

SIZE = 14.0
SMALLEST = 10.5
# The usual places on A4, from the top left in points: number under the issuing body, date under the header.
NUMBER_PLACE = (190.0, 118.0)
DATE_PLACE = (432.0, 118.0)
BLANK = r"[._…·]*"


@dataclass(frozen=True, slots=True)
class Written:
    """Words centred on x with their baseline at y, points from the top left."""

    words: str
    x: float
    y: float
    size: float = SIZE
    style: str = "normal"


@dataclass(frozen=True)
class Plan:
    pages: int
    width: float
    height: float
    anchors: dict[str, Anchor]
    texts: tuple[Written, ...] = ()
    stamps: tuple[Written, ...] = field(default=())

    def overlay(self) -> dict[str, Any]:
        """What the overlay's template needs."""
        return {
            "width": self.width,
            "height": self.height,
            "texts": [_row(one) for one in self.texts],
            "stamps": [_row(one) for one in self.stamps],
        }


def plan(survey: dict[str, Any], sheet: Sheet) -> Plan:
    """What is to be written and where; RuleViolation when a place is taken, too narrow, or the file is signed."""
    page = _Page(survey)
    anchors = default_anchors(survey, sheet.signer_name)
    blank = Plan(int(survey["pages"]), page.width, page.height, anchors)
    if sheet.number is None and sheet.on is None:
        return blank
    texts = [*_number(page, sheet), *_date(page, sheet)]
    stamps = list(_stamps(page, sheet, texts))
    if (texts or stamps) and survey["signed"]:
        raise RuleViolation(
            "379/17.2",
            N_("Tệp đã có chữ ký số nên không ghi thêm số và ngày vào được."),
            N_("Tải lên bản chưa ký, hoặc bản đã in sẵn đúng số và ngày."),
        )
    if (texts or stamps) and survey["turned"]:
        raise RuleViolation(
            "379/13.1", N_("Trang 1 bị xoay nên không ghi số và ngày được."), N_("Xoay lại trang rồi tải lên.")
        )
    return Plan(blank.pages, page.width, page.height, anchors, tuple(texts), tuple(stamps))


def default_anchors(survey: dict[str, Any], signer_name: str) -> dict[str, Anchor]:
    """Above the signer's printed name on the last page, or low on its right side when the name is not found."""
    left, bottom, right, top = survey["last_box"]
    width, pages = right - left, int(survey["pages"])
    name = " ".join(fold(signer_name).split())
    lines = [one for one in survey["last"] if name and " ".join(fold(one["text"]).split()) == name]
    if lines:
        line = min(lines, key=lambda one: one["box"][1])
        middle, height = centre(line["box"]), line["box"][3]
        return anchors_at(pages, max(left, min(middle - 126, right - 260)), min(height + 94, top))
    return anchors_at(pages, left + width * 0.52, bottom + (top - bottom) * 0.28)


@dataclass(frozen=True, slots=True)
class _Sign:
    """One visible sign of the page: left and right edge, baseline (downwards), font size."""

    sign: str
    left: float
    right: float
    baseline: float
    size: float


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    box: Box
    signs: tuple[_Sign, ...]


class _Page:
    """Page 1 with the origin moved to its top left corner; boxes become (x1, y1, x2, y2) downwards."""

    def __init__(self, survey: dict[str, Any]) -> None:
        left, bottom, right, top = survey["box"]
        self.width, self.height = right - left, top - bottom
        self._left, self._top = left, top
        self.lines = sorted((self._line(one) for one in survey["first"]), key=lambda one: one.box[1])
        self.taken = [one.box for one in self.lines] + [self._box(one) for one in survey["pictures"]]

    def is_free(self, box: Box) -> bool:
        return not any(overlaps(box, other) for other in self.taken)

    def joined(self, line: _Line, until: float) -> _Line:
        """The line with what stands to its right on the same height, up to x = `until`."""
        middle = (line.box[1] + line.box[3]) / 2
        beside = [one for one in self.lines if abs((one.box[1] + one.box[3]) / 2 - middle) < 6]
        parts = sorted((one for one in beside if line.box[0] <= one.box[0] < until), key=lambda one: one.box[0])
        signs = sorted((sign for one in parts for sign in one.signs), key=lambda sign: sign.left)
        return _Line("".join(sign.sign for sign in signs), line.box, tuple(signs))

    def _line(self, one: dict[str, Any]) -> _Line:
        signs = tuple(_Sign(s[0], s[1] - self._left, s[2] - self._left, self._top - s[3], s[4]) for s in one["signs"])
        return _Line(one["text"], self._box(one["box"]), signs)

    def _box(self, box: Iterable[float]) -> Box:
        x1, y1, x2, y2 = box
        return x1 - self._left, self._top - y2, x2 - self._left, self._top - y1


def _number(page: _Page, sheet: Sheet) -> Iterable[Written]:
    """`Số 142-KH/TU`: the whole, or only the number when the notation is already there."""
    if sheet.number is None:
        return
    wanted = clean(reference_number(sheet.number, sheet.notation))
    for line in page.lines:
        if not re.match(r"Số\b", line.text):
            continue
        row = page.joined(line, page.width / 2)
        found = re.fullmatch(rf"Số:?{BLANK}(?P<digits>\d*){BLANK}(?P<rest>(?:[-–/].*)?)", row.text)
        if found is None:
            continue
        if found["digits"]:
            if f"{found['digits']}{found['rest']}".replace("–", "-") != wanted.replace(" ", ""):
                raise _other_words(f"Số {found['digits']}{found['rest']}", f"Số {wanted}")
        elif found["rest"]:
            yield _between(row, 3 if row.text.startswith("Số:") else 2, found.start("rest"), wanted.split("-", 1)[0])
        else:
            yield _between(row, len(row.text.rstrip("._…·")), None, wanted)
        return
    yield _usual(page, f"Số {wanted}", NUMBER_PLACE, "normal")


def _date(page: _Page, sheet: Sheet) -> Iterable[Written]:
    """Day, month and year, each only where the form's line leaves it blank."""
    if sheet.on is None:
        return
    for line in page.lines:
        if "ngày" not in line.text:
            continue
        row = page.joined(line, page.width)
        found = re.search(
            rf"ngày(?P<day>{BLANK}\d*{BLANK})tháng(?P<month>{BLANK}\d*{BLANK})năm(?P<year>{BLANK}\d*)", row.text
        )
        if found:
            yield from _date_parts(row, found, sheet.on)
            return
    words = "".join(part or "" for part in date_parts(sheet.place, sheet.on))
    yield _usual(page, words, DATE_PLACE, "italic")


def _date_parts(row: _Line, found: re.Match[str], on: date) -> Iterable[Written]:
    shown = {
        "day": f"{on.day:02d}",
        "month": f"{on.month:02d}" if on.month < 3 else str(on.month),
        "year": str(on.year),
    }
    for part, value in shown.items():
        digits = re.sub(r"\D", "", found[part])
        if digits and int(digits) != int(value):
            printed = f"ngày {found['day']} tháng {found['month']} năm {found['year']}"
            raise _other_words(printed, "".join(one or "" for one in date_parts("", on)))
        if not digits:
            yield _between(row, found.start(part), None if part == "year" else found.end(part), value, "italic")


def _between(row: _Line, after: int, before: int | None, words: str, style: str = "normal") -> Written:
    """The words in the middle of the room between two signs of the row, or to the right of the first."""
    last = row.signs[after - 1]
    left, size = last.right, min(last.size or SIZE, SIZE + 2)
    if before is None or before >= len(row.signs):
        return Written(words, left + 3 + _wide(words, size) / 2, last.baseline, round(size, 2), style)
    right = row.signs[before].left
    size = min(size, size * (right - left - 1) / max(_wide(words, size), 1))
    if size < SMALLEST:
        raise RuleViolation(
            "379/13.1",
            N_("Chỗ trống trên trang 1 quá hẹp để ghi “{words}”: “{found}”."),
            N_("Chừa chỗ trống rộng hơn trong bản PDF rồi tải lên lại."),
            words=words,
            found=row.text,
        )
    return Written(words, (left + right) / 2, last.baseline, round(size, 2), style)


def _usual(page: _Page, words: str, place: tuple[float, float], style: str) -> Written:
    x, y = place[0] * page.width / 595.28, place[1]
    half = _wide(words, SIZE) / 2
    if not page.is_free((x - half, y - SIZE, x + half, y + 4)):
        raise RuleViolation(
            "379/13.1",
            N_("Trang 1 không còn chỗ để ghi “{words}”."),
            N_("Chừa dòng “Số …” dưới tên cơ quan và dòng “ngày … tháng … năm …” dưới tiêu đề, rồi tải lên lại."),
            words=words,
        )
    return Written(words, x, y, SIZE, style)


def _stamps(page: _Page, sheet: Sheet, texts: list[Written]) -> Iterable[Written]:
    """Each mark in the first free place: under the number, else in the margin above."""
    printed = {" ".join(fold(line.text).split()) for line in page.lines}
    x = 100.0
    for label in (sheet.secrecy_label, sheet.urgency_label):
        words = capitals(label)
        if not words or fold(words) in printed:
            continue
        width = _wide(words, 12.0) * 1.35 + 14
        for y in (136.0, 150.0, 14.0):
            box = (x, y, x + width, y + 20)
            if page.is_free(box):
                page.taken.append(box)
                yield Written(words, x, y, 12.0)
                break
        x += width + 8


def _wide(words: str, size: float) -> float:
    """About how wide the words are: digits are half an em, capitals more."""
    return sum(0.5 if sign.isdigit() or sign in " -/,." else 0.72 if sign.isupper() else 0.48 for sign in words) * size


def _other_words(found: str, wanted: str) -> RuleViolation:
    return RuleViolation(
        "379/13.1",
        N_("Trang 1 đã in “{found}”, khác với “{wanted}” được cấp."),
        N_("Để trống số và ngày trong bản PDF, hoặc tải lên bản đúng số."),
        found=found,
        wanted=wanted,
    )


def _row(one: Written) -> dict[str, Any]:
    return {"words": one.words, "x": round(one.x, 2), "y": round(one.y, 2), "size": one.size, "style": one.style}

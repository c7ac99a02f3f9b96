"""A sheet as the words that are printed, cell by cell: pure, the one place that knows the form's wording."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import asdict
from datetime import date
from typing import Any

from antin.documents.adapters.body import Block, Heading, Item, Paragraph, parse
from antin.documents.ports import Sheet
from antin.rulebook.rules import PageForm
from antin.values import nfc, reference_number

# An unbroken word longer than this gets invisible places to break, or it would leave the page.
LONGEST_WORD = 40
LONGEST_WORD_IN_CELL = 14
# The signature block is never parted, so only so many lines of addressees stand beside it; the rest go below.
BESIDE_SIGNATURE = 16
SIGNS_PER_LINE = 40
LONGEST_POSITION = 200

Words = dict[str, Any]


def words(sheet: Sheet, form: PageForm, family: str) -> Words:
    """Everything the template needs, as JSON-ready values."""
    blocks = [_block(block) for block in parse(sheet.body)]
    listed = addressee_lines(sheet.addressees)
    beside = fitting_beside(listed)
    return {
        "font": family,
        "language": sheet.language or "vi",
        "form": {key: value for key, value in asdict(form).items() if key != "header"},
        "header": form.header,
        "title": clean(f"{sheet.type_name} {sheet.abstract}".strip()) or "Văn bản",
        "author": clean(sheet.body_name),
        "superior": capitals(sheet.superior_name),
        "body_name": capitals(sheet.body_name),
        "number": number_parts(sheet.number, sheet.notation),
        "date": {"parts": date_parts(sheet.place, sheet.on)},
        "letter": not sheet.prints_name,
        "type_name": capitals(sheet.type_name),
        "abstract": clean(sheet.abstract),
        "stamps": [capitals(label) for label in (sheet.secrecy_label, sheet.urgency_label) if label],
        "draft": "DỰ THẢO" if sheet.draft else "",
        "sample": "Văn bản mẫu" if sheet.sample else "",
        "salutation_word": "Kính gửi:",
        "salutation": salutation_lines(sheet.salutation),
        "blocks": blocks,
        "addressees_word": "Nơi nhận:",
        "addressees": listed[:beside],
        "addressees_more": listed[beside:],
        "signer_lines": signer_lines(sheet.signing_capacity, sheet.signer_position),
        "signer_name": clean(sheet.signer_name[:LONGEST_POSITION]),
        "reserve": 0,
        "break_before": -1,
    }


def number_parts(number: int | None, notation: str) -> Words:
    """`Số 379-QĐ/TW` in one unbreakable piece; a draft keeps room between "Số" and "-QĐ/TW"."""
    if number is None:
        return {"before": "Số", "gap": True, "after": clean(f"-{notation}") if notation else ""}
    return {"before": clean(f"Số {reference_number(number, notation)}"), "gap": False, "after": ""}


def date_parts(place: str, on: date | None) -> list[str | None]:
    """As `Hà Nội, ngày 05 tháng 02 năm 2026`: days below ten and months 1, 2 with a zero; None is a blank place."""
    start = f"{clean(place)}, ngày " if place.strip() else "ngày "
    if on is None:
        return [start.rstrip(), None, "tháng", None, "năm", None]
    month = f"{on.month:02d}" if on.month < 3 else str(on.month)
    return [f"{start}{on.day:02d} tháng {month} năm {on.year}"]


def addressee_lines(lines: tuple[str, ...]) -> list[str]:
    """Each with a dash before it and a comma after it, a full stop after the last."""
    bare = [re.sub(r"^[-–\s]+", "", clean(line)).rstrip(" ,;.") for line in lines]
    bare = [line for line in bare if line]
    return [f"- {line}{'.' if index == len(bare) else ','}" for index, line in enumerate(bare, 1)]


def fitting_beside(lines: list[str]) -> int:
    """How many of the lines stand beside the signature."""
    room = BESIDE_SIGNATURE
    for index, line in enumerate(lines):
        room -= 1 + len(line) // SIGNS_PER_LINE
        if room < 0:
            return index
    return len(lines)


def salutation_lines(lines: tuple[str, ...]) -> list[str]:
    """One addressee stands plain; several become a list like the addressees."""
    bare = [re.sub(r"^[-–\s]+", "", clean(line)).rstrip(" ,;.") for line in lines]
    bare = [line for line in bare if line]
    return bare if len(bare) == 1 else addressee_lines(lines)


def signer_lines(capacity: str, position: str) -> list[str]:
    """`T/M BAN THƯỜNG VỤ` over `PHÓ BÍ THƯ`, all in capitals; `K/T CHÁNH VĂN PHÒNG` over the deputy's."""
    lines = [line[:LONGEST_POSITION] for text in (capacity, position) for line in text.split("\n") if line.strip()]
    return [capitals(line) for line in lines[:4]]


def capitals(text: str) -> str:
    """Capitals for print, but for "(mẫu)", which stays small so a sample is not mistaken."""
    return "".join(part if part == "(mẫu)" else part.upper() for part in re.split(r"(\(mẫu\))", clean(text)))


def clean(text: str, longest_word: int = LONGEST_WORD) -> str:
    """NFC, one space between words, no invisible format signs (they could turn the reading order round).

    A no-break space stays: who typed it wants the words together.
    """
    visible = "".join(c for c in nfc(text) if unicodedata.category(c) not in {"Cf", "Zl", "Zp"})
    return " ".join(_breakable(word, longest_word) for word in re.split(r"[ \t\n]+", visible) if word)


def _breakable(word: str, longest: int) -> str:
    if len(word) <= longest:
        return word
    return "\u200b".join(word[at : at + longest // 2] for at in range(0, len(word), longest // 2))


def _block(block: Block) -> Words:
    if isinstance(block, Heading):
        return {"kind": "heading", "text": clean(block.text), "centred": block.centred}
    if isinstance(block, Paragraph):
        return {"kind": "paragraph", "text": clean(block.text), "label": clean(block.label)}
    if isinstance(block, Item):
        return {"kind": "item", "text": clean(block.text), "label": block.label}
    return {
        "kind": "table",
        "rows": [[clean(cell, LONGEST_WORD_IN_CELL) for cell in row] for row in block.rows],
        "widths": list(block.widths),
    }


def every_word(shown: Words) -> str:
    """All text of the sheet in one string, to be checked against the font."""
    found: list[str] = []
    waiting: list[Any] = [shown]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            found.append(value)
        elif isinstance(value, dict):
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
    return "".join(found)

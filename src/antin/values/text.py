"""Vietnamese text: one normal form, one folding for search, one way to join a reference number."""

from __future__ import annotations

import unicodedata

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a text begins that a spreadsheet would calculate."""


def N_(message: str) -> str:  # noqa: N802 (the field's own name for "mark, translate later")
    """Marks a message for the catalogue of translations; the source language is Vietnamese."""
    return message


def nfc(text: str) -> str:
    """Text as it is stored: NFC, without control characters other than line feed and tab."""
    normal = unicodedata.normalize("NFC", text)
    return "".join(c for c in normal if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cs"})


def fold(text: str) -> str:
    """Lower case without diacritics, đ as d: the form both sides of a search are brought to."""
    bare = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(c for c in bare if not unicodedata.combining(c)).lower()


def cell(text: str) -> str:
    """The text as a cell of a table to be opened elsewhere: never a formula to that program.

    >>> cell("=1+1")
    "'=1+1"
    """
    return f"'{text}" if text.startswith(FORMULA) else text


def reference_number(number: int | str, notation: str, *, party: bool = True) -> str:
    """`379-QĐ/TW` for the Party, `30/2020/NĐ-CP` style for the State; below ten with a leading zero.

    The joined text is never split again: number and notation are stored apart (QCVN 102:2016, 217/11.2).
    """
    text = f"{number:02d}" if isinstance(number, int) else number
    return f"{text}{'-' if party else '/'}{notation}"

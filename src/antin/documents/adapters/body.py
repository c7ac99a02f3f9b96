"""The plain editor's text, read into blocks: pure, total (every text is some document), nothing executed.

Rules, and there are no others:
- a blank line ends a block; the lines of a paragraph flow together;
- `# Title` is a heading; so is a line `I. TITLE` (roman number, then capitals only);
- a heading `# TITLE` in capitals without a number stands centred (`# BAN BÍ THƯ QUYẾT ĐỊNH`);
- `1. `, `1.2. `, `1) `, `a) ` begin a numbered item, `- ` a list line, `| a | b |` a row of a table;
- in `Điều 1. …` the words before the first full stop are the article's label and print bold.

>>> [type(b).__name__ for b in parse("I. MỤC ĐÍCH\\nVăn bản\\nđiện tử.\\n\\n- một\\n- hai\\n| a | b |")]
['Heading', 'Paragraph', 'Item', 'Item', 'Table']
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import groupby

from antin.values import nfc

MAX_COLUMNS = 12
NARROW = 14
NARROW_TOGETHER = 48

_heading = re.compile(r"#{1,6}\s+(?P<text>\S.*)")
_roman = re.compile(r"(?P<label>[IVX]{1,7})[.\-]\s+(?P<text>\S.*)")
_numbered = re.compile(r"(?P<label>\d{1,3}(?:\.\d{1,3}){0,3}[.)]|[a-zđ]\))\s+(?P<text>\S.*)")
_listed = re.compile(r"[-–]\s+(?P<text>\S.*)")
_article = re.compile(r"(?P<label>Điều\s+\d{1,3}[.:])\s*(?P<text>.*)", re.DOTALL)
_rule_row = re.compile(r"[|\s:\-]*")


@dataclass(frozen=True, slots=True)
class Heading:
    text: str
    centred: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """`label` is the part that prints bold ("Điều 1."), often empty."""

    text: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One numbered or listed line; `label` is "1.", "a)" or "-", printed as written."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of equal length, the first one the header; `widths` are shares, 0 for "as wide as its text"."""

    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...] = field(default=())


Block = Heading | Paragraph | Item | Table


def parse(text: str) -> tuple[Block, ...]:
    """Every block of the text in order; an empty text has none."""
    blocks: list[Block] = []
    for kind, lines in groupby(nfc(text.replace("\r\n", "\n").replace("\r", "\n")).split("\n"), key=_kind):
        if kind == "row":
            blocks.extend(_table(list(lines)))
        elif kind == "text":
            blocks.extend(_flowing(list(lines)))
    return tuple(blocks)


def _kind(line: str) -> str:
    bare = line.strip()
    return "blank" if not bare else "row" if bare.startswith("|") else "text"


def _flowing(lines: list[str]) -> list[Block]:
    """Blocks of a run of lines without blank ones; a plain line continues the paragraph or item before it."""
    blocks: list[Block] = []
    for line in (one.strip() for one in lines):
        opened = _opened(line)
        last = blocks[-1] if blocks else None
        if opened is not None:
            blocks.append(opened)
        elif isinstance(last, Item):
            blocks[-1] = Item(last.label, f"{last.text} {line}")
        elif isinstance(last, Paragraph):
            blocks[-1] = Paragraph(f"{last.text} {line}".strip(), last.label)
        else:
            blocks.append(_paragraph(line))
    return blocks


def _opened(line: str) -> Block | None:
    """The block that this line begins by its own mark, or None for a plain line."""
    if found := _heading.fullmatch(line):
        title = found["text"].strip()
        return Heading(title, centred=_capitals(title) and not _roman.match(title) and not _numbered.match(title))
    if (found := _roman.fullmatch(line)) and _capitals(found["text"]):
        return Heading(line)
    if found := _numbered.fullmatch(line):
        return Item(found["label"], found["text"])
    if found := _listed.fullmatch(line):
        return Item("-", found["text"])
    return _paragraph(line) if _article.match(line) else None


def _paragraph(line: str) -> Paragraph:
    found = _article.fullmatch(line)
    return Paragraph(found["text"].strip(), found["label"]) if found else Paragraph(line)


def _capitals(text: str) -> bool:
    letters = [c for c in text if c.isalpha()]
    return bool(letters) and not any(c.islower() for c in letters)


def _table(lines: list[str]) -> list[Block]:
    rows = [_cells(line) for line in lines if not _rule_row.fullmatch(line)]
    columns = min(max((len(row) for row in rows), default=0), MAX_COLUMNS)
    if not columns:
        return []
    even = tuple(tuple((row + [""] * columns)[:columns]) for row in rows)
    return [Table(even, _widths(even))]


def _cells(line: str) -> list[str]:
    """Cells of `| a | b |`; what exceeds the last allowed column stays in that column, so no text is lost."""
    return [part.strip() for part in line.strip().removeprefix("|").removesuffix("|").split("|", MAX_COLUMNS - 1)]


def _widths(rows: tuple[tuple[str, ...], ...]) -> tuple[int, ...]:
    """What each column asks for: 0 for a narrow one (as wide as its text), else a share by its longest cell.

    At least one column shares, so the table fills the page; narrow ones together never fill it.
    """
    longest = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    room = NARROW_TOGETHER
    widths = [max(min(length, 48), 6) for length in longest]
    for column in sorted(range(len(longest)), key=longest.__getitem__)[: len(longest) - 1]:
        room -= longest[column] + 2
        if longest[column] > NARROW or room < 0:
            break
        widths[column] = 0
    return tuple(widths)

"""What changed between two revisions, by lines and by words (379/17.3)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from antin.documents.facts import DifferenceRow, Span

_WORDS = re.compile(r"\s+|[^\s\w]|\w+")
WORDS_LIMIT = 1500  # beyond this a line is shown as changed whole: difflib is quadratic


def compare_words(left: str, right: str) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """Both texts cut into runs that are the same or changed.

    >>> compare_words("hạn ngày 20", "hạn ngày 25")[1]
    (Span(text='hạn ngày ', changed=False), Span(text='25', changed=True))
    """
    if left == right:
        return _whole(left, False), _whole(right, False)
    a, b = _WORDS.findall(left), _WORDS.findall(right)
    if max(len(a), len(b)) > WORDS_LIMIT or not a or not b:
        return _whole(left, True), _whole(right, True)
    lefts: list[Span] = []
    rights: list[Span] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        changed = tag != "equal"
        lefts += _whole("".join(a[i1:i2]), changed)
        rights += _whole("".join(b[j1:j2]), changed)
    return tuple(lefts), tuple(rights)


def compare_texts(left: str, right: str) -> tuple[DifferenceRow, ...]:
    """Line by line; replaced lines are paired and compared by words."""
    a, b = left.split("\n") if left else [], right.split("\n") if right else []
    rows: list[DifferenceRow] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, a, b).get_opcodes():
        rows += _rows(tag == "equal", a, b, range(i1, i2), range(j1, j2))
    return tuple(rows)


def compare_lists(left: Sequence[str], right: Sequence[str]) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """Two lists as lines of one text."""
    return compare_words("\n".join(left), "\n".join(right))


def _rows(same: bool, a: Sequence[str], b: Sequence[str], left: range, right: range) -> Iterator[DifferenceRow]:
    for step in range(max(len(left), len(right))):
        i = left[step] if step < len(left) else None
        j = right[step] if step < len(right) else None
        if i is not None and j is not None:
            lefts, rights = compare_words(a[i], b[j])
            yield DifferenceRow("same" if same else "changed", i + 1, lefts, j + 1, rights)
        elif i is not None:
            yield DifferenceRow("removed", i + 1, _whole(a[i], True), None, ())
        elif j is not None:
            yield DifferenceRow("added", None, (), j + 1, _whole(b[j], True))


def _whole(part: str, changed: bool) -> tuple[Span, ...]:
    return (Span(part, changed),) if part else ()

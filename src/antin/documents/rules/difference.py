"""What changed between two revisions, by lines and by words (379/17.3)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import islice, takewhile, zip_longest

from antin.documents.comparing import DifferenceRow, Span

_WORDS = re.compile(r"\s+|[^\s\w]|\w+")
WORDS_LIMIT = 1500  # difflib is quadratic: beyond these a line, or a text, is shown as changed whole
LINES_LIMIT = 4000
LINE_EFFORT, EFFORT_LIMIT = 20_000, 300_000
"""Pairs of equal words looked at in one line and in one text at most; what is left is marked line by line.

A paragraph of a hundred words costs some 300; a line of two words repeated costs the square of its length, and difflib
walks it once for every piece it finds.
"""


def compare_words(left: str, right: str) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """Both texts cut into runs that are the same or changed.

    >>> compare_words("hạn ngày 20", "hạn ngày 25")[1]
    (Span(text='hạn ngày ', changed=False), Span(text='25', changed=True))
    """
    if left == right:
        return _whole(left, False), _whole(right, False)
    a, b = _WORDS.findall(left), _WORDS.findall(right)
    if max(len(a), len(b)) > WORDS_LIMIT or not a or not b or _effort(a, b) > LINE_EFFORT:
        return _whole(left, True), _whole(right, True)
    lefts: list[Span] = []
    rights: list[Span] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(str.isspace, a, b, autojunk=False).get_opcodes():
        changed = tag != "equal"
        lefts += _whole("".join(a[i1:i2]), changed)
        rights += _whole("".join(b[j1:j2]), changed)
    return tuple(lefts), tuple(rights)


def _effort(a: Sequence[str], b: Sequence[str]) -> int:
    """How many pairs of equal words the comparison has to look at, once; spaces never begin a match."""
    ours, theirs = Counter(a), Counter(b)
    return sum(count * theirs[word] for word, count in ours.items() if not word.isspace())


def compare_texts(left: str, right: str) -> tuple[DifferenceRow, ...]:
    """Line by line; replaced lines are paired and compared by words, as far as the limits of effort reach."""
    a, b = left.split("\n") if left else [], right.split("\n") if right else []
    rows: list[DifferenceRow] = []
    effort = 0
    for same, lefts, rights in _blocks(a, b):
        for i, j in zip_longest(lefts, rights):
            if not same and i is not None and j is not None:
                effort += min(LINE_EFFORT, _effort(_WORDS.findall(a[i]), _WORDS.findall(b[j])))
            rows.append(_line(same, a, b, i, j, by_words=effort <= EFFORT_LIMIT))
    return tuple(rows)


def _blocks(a: Sequence[str], b: Sequence[str]) -> Iterator[tuple[bool, range, range]]:
    """Runs of lines that are the same or not: common head and tail first, difflib between them."""
    head = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(a, b, strict=False)))
    most = min(len(a), len(b)) - head
    back = zip(reversed(a), reversed(b), strict=False)
    tail = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], islice(back, most)))
    yield True, range(head), range(head)
    mid_a, mid_b = a[head : len(a) - tail], b[head : len(b) - tail]
    if max(len(mid_a), len(mid_b)) > LINES_LIMIT:
        yield False, range(head, head + len(mid_a)), range(head, head + len(mid_b))
    else:
        for tag, i1, i2, j1, j2 in SequenceMatcher(None, mid_a, mid_b).get_opcodes():
            yield tag == "equal", range(head + i1, head + i2), range(head + j1, head + j2)
    yield True, range(len(a) - tail, len(a)), range(len(b) - tail, len(b))


def compare_lists(left: Sequence[str], right: Sequence[str]) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """Two lists as lines of one text."""
    return compare_words("\n".join(left), "\n".join(right))


def _line(
    same: bool, a: Sequence[str], b: Sequence[str], i: int | None, j: int | None, *, by_words: bool
) -> DifferenceRow:
    if i is not None and j is not None:
        if same or not by_words:
            return DifferenceRow(
                "same" if same else "changed", i + 1, _whole(a[i], not same), j + 1, _whole(b[j], not same)
            )
        lefts, rights = compare_words(a[i], b[j])
        return DifferenceRow("changed", i + 1, lefts, j + 1, rights)
    if i is not None:
        return DifferenceRow("removed", i + 1, _whole(a[i], True), None, ())
    return DifferenceRow("added", None, (), None if j is None else j + 1, () if j is None else _whole(b[j], True))


def _whole(part: str, changed: bool) -> tuple[Span, ...]:
    return (Span(part, changed),) if part else ()

"""Where the pictures of two revisions differ: strips of ink aligned as lines of a text are, page breaks ignored. Pure.

A line that only moved down, or over to the next page, is the same line. What has no equal on the other side is
outlined; when as many strips stand against each other, only from where the first differs to where the last does.

>>> one, two = Strip(1, 0.1, 0.12, (9, 0, 0, 300, 0)), Strip(1, 0.1, 0.12, (9, 0, 0, 300, 900))
>>> changed([one], [two])[1]
(Region(page=1, x=0.8, y=0.1, w=0.2, h=0.02),)
>>> changed([one], [one])
((), ())
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

TOLERANCE = 60
"""Ink that may differ in a column: nothing laid out anew does, a scan's noise may. One digit changes over 150."""
NEAR = 0.012
"""Of the page's height: changed strips closer than this are outlined together."""


@dataclass(frozen=True, slots=True)
class Strip:
    """A strip of ink and the page it is on; numbers as in `ports.Band`."""

    page: int
    top: float
    bottom: float
    ink: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Region:
    """A box on a page, as shares of it, from the top left."""

    page: int
    x: float
    y: float
    w: float
    h: float


Regions = tuple[Region, ...]


def changed(left: Sequence[Strip], right: Sequence[Strip]) -> tuple[Regions, Regions]:
    """What of each side has no equal on the other, as boxes."""
    lefts: list[Region] = []
    rights: list[Region] = []
    for gone, come in _blocks(left, right):
        paired = len(gone) == len(come)
        for n, strip in enumerate(gone):
            lefts.append(_box(strip, come[n] if paired else None))
        for n, strip in enumerate(come):
            rights.append(_box(strip, gone[n] if paired else None))
    return _merged(lefts), _merged(rights)


def _same(one: Strip, other: Strip) -> bool:
    if len(one.ink) != len(other.ink):
        return False
    return all(abs(a - b) <= TOLERANCE for a, b in zip(one.ink, other.ink, strict=True))


def _blocks(left: Sequence[Strip], right: Sequence[Strip]) -> Iterator[tuple[Sequence[Strip], Sequence[Strip]]]:
    """Runs without an equal, between the strips of a longest common subsequence."""
    n = m = 0
    for i, j in [*_common(left, right), (len(left), len(right))]:
        if i > n or j > m:
            yield left[n:i], right[m:j]
        n, m = i + 1, j + 1


def _common(left: Sequence[Strip], right: Sequence[Strip]) -> list[tuple[int, int]]:
    """Indices of the strips that are the same, in order; the equal ends are taken off before the table is filled."""
    start = 0
    while start < min(len(left), len(right)) and _same(left[start], right[start]):
        start += 1
    end = 0
    while end < min(len(left), len(right)) - start and _same(left[-1 - end], right[-1 - end]):
        end += 1
    middle = _longest(left[start : len(left) - end], right[start : len(right) - end])
    head = [(k, k) for k in range(start)]
    tail = [(len(left) - k, len(right) - k) for k in range(end, 0, -1)]
    return [*head, *((i + start, j + start) for i, j in middle), *tail]


def _longest(left: Sequence[Strip], right: Sequence[Strip]) -> list[tuple[int, int]]:
    equal = [[_same(one, other) for other in right] for one in left]
    length = [[0] * (len(right) + 1) for _ in range(len(left) + 1)]
    for i in range(len(left) - 1, -1, -1):
        for j in range(len(right) - 1, -1, -1):
            here = length[i + 1][j + 1] + 1 if equal[i][j] else 0
            length[i][j] = max(here, length[i + 1][j], length[i][j + 1])
    found: list[tuple[int, int]] = []
    i = j = 0
    while i < len(left) and j < len(right):
        if equal[i][j] and length[i][j] == length[i + 1][j + 1] + 1:
            found.append((i, j))
            i, j = i + 1, j + 1
        elif length[i + 1][j] >= length[i][j + 1]:
            i += 1
        else:
            j += 1
    return found


def _box(strip: Strip, against: Strip | None) -> Region:
    first, last = _inked(strip)
    if against is not None and len(against.ink) == len(strip.ink):
        first, last = _differing(strip.ink, against.ink, first, last, _inked(against)[1])
    width = len(strip.ink) or 1
    return Region(
        strip.page,
        round(first / width, 4),
        round(strip.top, 4),
        round((last + 1 - first) / width, 4),
        round(strip.bottom - strip.top, 4),
    )


def _inked(strip: Strip) -> tuple[int, int]:
    """First and last column with ink."""
    inked = [n for n, ink in enumerate(strip.ink) if ink]
    return (inked[0], inked[-1]) if inked else (0, max(len(strip.ink) - 1, 0))


def _differing(ink: Sequence[int], other: Sequence[int], first: int, last: int, other_last: int) -> tuple[int, int]:
    """From the first column that differs, read from the left, to the last that does, read from the right ends."""
    begin = first
    while begin < last and abs(ink[begin] - other[begin]) <= TOLERANCE:
        begin += 1
    end, back = last, other_last
    while end > begin and back >= 0 and abs(ink[end] - other[back]) <= TOLERANCE:
        end, back = end - 1, back - 1
    return begin, max(end, begin)


def _merged(regions: Sequence[Region]) -> Regions:
    """Boxes of strips that follow each other closely on a page, as one."""
    found: list[Region] = []
    for one in sorted(regions, key=lambda box: (box.page, box.y)):
        last = found[-1] if found else None
        if last is None or last.page != one.page or one.y - (last.y + last.h) > NEAR:
            found.append(one)
            continue
        x, bottom = min(last.x, one.x), max(last.y + last.h, one.y + one.h)
        right = max(last.x + last.w, one.x + one.w)
        found[-1] = Region(one.page, x, last.y, round(right - x, 4), round(bottom - last.y, 4))
    return tuple(found)

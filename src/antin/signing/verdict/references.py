"""Everything in a PDF's bytes that looks like a reference, `12 0 R` (ISO 32000-1 §7.3.10), fast and without exception.

    reference = number space number space R        space = one or more of white space and comments, `% … end of line`
    number = digits, and signs and points among them: some readers take `12.0 0 R` and `+12 -0 R` for `12 0 R`

A pattern run over the whole file would stop at every digit, and signatures and pictures are full of them. So what is
rare is looked for, and what stands before it then:

- without a comment, a reference is an R behind white space: read backwards from there
- with one, its first % stands behind one or two numbers: what comes behind the end of that line decides. It is the same
  for every % of the line, and read once: a line of nothing but `1% 1% 1%` costs no more than any other
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_WHITE = rb"\x00\t\n\x0b\f\r "
_IS_WHITE = frozenset(b"\0\t\n\x0b\f\r ")
_BEFORE_COMMENT = _IS_WHITE | frozenset(b"0123456789+-.")
_NUMBER = rb"[0-9+\-.]++"
_SPACE = rb"(?:[" + _WHITE + rb"]|%[^\r\n]*+[\r\n])++"
_MORE = _SPACE.removesuffix(b"++") + b"*+"
_AFTER_ONE, _AFTER_TWO = re.compile(_MORE + _NUMBER + _SPACE + rb"R"), re.compile(_MORE + rb"R")
_LINE_END = re.compile(rb"[\r\n]")
# Both end where what they know ends: when that is the window's end, the window was too small.
_BACKWARDS = re.compile(rb"R[" + _WHITE + rb"]++(?:" + _NUMBER + rb"(?:[" + _WHITE + rb"]++(" + _NUMBER + rb")?)?)?")
_TO_COMMENT = re.compile(rb"%[" + _WHITE + rb"]*+(" + _NUMBER + rb")?(?:([" + _WHITE + rb"]++)(" + _NUMBER + rb")?)?")
_LEADING = re.compile(rb"[+\-]*+([0-9]++)")
_WINDOW = 48


def references(data: bytes) -> Iterator[tuple[int, int]]:
    """(place of its first digit, object number) of each, in no order; one may come twice."""
    yield from _plain(data)
    yield from _commented(data)


def _plain(data: bytes) -> Iterator[tuple[int, int]]:
    at = data.find(b"R", 1)
    while at > 0:
        if data[at - 1] in _IS_WHITE:
            found = _match_back(_BACKWARDS, data, at)
            if found[1] is not None:
                yield at - found.end() + 1, _number(found[1][::-1])
        at = data.find(b"R", at + 1)


def _commented(data: bytes) -> Iterator[tuple[int, int]]:
    at, line = data.find(b"%", 1), _Line(0, one=False, two=False)
    while at > 0:
        if data[at - 1] in _BEFORE_COMMENT:
            if at >= line.end:
                found_end = _LINE_END.search(data, at)
                if found_end is None:
                    return  # no comment ends any more
                line = _Line.behind(data, found_end.end())
            found = _match_back(_TO_COMMENT, data, at)
            for group, completes in ((1, line.one), (3, line.two)):
                if completes and found[group] is not None:
                    yield at - found.end(group) + 1, _number(found[group][::-1])
        at = data.find(b"%", at + 1)


@dataclass(frozen=True, slots=True)
class _Line:
    """Where a line with comments ends, and whether what follows completes a reference begun by one number, or by two."""

    end: int
    one: bool
    two: bool

    @staticmethod
    def behind(data: bytes, end: int) -> _Line:
        one, two = _AFTER_ONE.match(data, end), _AFTER_TWO.match(data, end)
        return _Line(end, one=one is not None, two=two is not None)


def _match_back(pattern: re.Pattern[bytes], data: bytes, at: int) -> re.Match[bytes]:
    """The pattern from this byte backwards, through as much of the file as it takes."""
    window = _WINDOW
    while True:
        start = max(0, at + 1 - window)
        found = pattern.match(data[start : at + 1][::-1])
        assert found is not None  # both patterns match the byte at which they begin
        if found.end() <= at - start or start == 0:
            return found
        window *= 4


def _number(written: bytes) -> int:
    """Object numbers have ten digits at most; what stands before can only be zeros. 0 for what begins with a point."""
    found = _LEADING.match(written)
    return int(found[1][-12:]) if found else 0

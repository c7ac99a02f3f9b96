"""Everything in a PDF's bytes that looks like a reference, `12 0 R` (ISO 32000-1 §7.3.10), fast and without exception.

    reference = digits space digits space R        space = one or more of white space and comments, `% … end of line`

A pattern run over the whole file would stop at every digit, and signatures and pictures are full of them. So what is
rare is looked for, and what stands before it then:

- without a comment, a reference is an R behind white space: read backwards from there
- with one, its first % stands behind one or two numbers: read forwards from the first of them
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_WHITE = rb"\x00\t\n\x0b\f\r "
_IS_WHITE = frozenset(b"\0\t\n\x0b\f\r ")
_BEFORE_COMMENT = _IS_WHITE | frozenset(b"0123456789")
_SPACE = rb"(?:[" + _WHITE + rb"]|%[^\r\n]*+[\r\n])++"
_FORWARDS = re.compile(rb"([0-9]++)" + _SPACE + rb"[0-9]++" + _SPACE + rb"R")
# Both end where what they know ends: when that is the window's end, the window was too small.
_BACKWARDS = re.compile(rb"R[" + _WHITE + rb"]++(?:[0-9]++(?:[" + _WHITE + rb"]++([0-9]++)?)?)?")
_TO_COMMENT = re.compile(rb"%[" + _WHITE + rb"]*+([0-9]++)?(?:([" + _WHITE + rb"]++)([0-9]++)?)?")
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
    at = data.find(b"%", 1)
    while at > 0:
        if data[at - 1] in _BEFORE_COMMENT:
            found = _match_back(_TO_COMMENT, data, at)
            for group in (1, 3):
                start = at - found.end(group) + 1
                read = _FORWARDS.match(data, start) if found[group] is not None else None
                if read is not None:
                    yield start, _number(read[1])
        at = data.find(b"%", at + 1)


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


def _number(digits: bytes) -> int:
    """Object numbers have ten digits at most; what stands before can only be zeros."""
    return int(digits[-12:])

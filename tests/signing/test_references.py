"""References are found wherever a plain pattern over the whole file finds them, and nowhere else."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from antin.signing.verdict.references import references

SPACE = rb"(?:[\x00\t\n\x0b\f\r ]|%[^\r\n]*[\r\n])+"
NUMBER = rb"[0-9+.-]+"
REFERENCE = re.compile(rb"(?=(?<![0-9+.-])(" + NUMBER + rb")" + SPACE + NUMBER + SPACE + rb"R)")
PIECES = [
    b"0",
    b"12",
    b"7",
    b" ",
    b"\n",
    b"\r",
    b"\x0b",
    b"%",
    b"%x\n",
    b"R",
    b"R",
    b".",
    b"+",
    b"-",
    b"/",
    b"<4f>",
    b" " * 70,
    b"0" * 70,
]


def plainly(data: bytes) -> set[tuple[int, int]]:
    return {(found.start(), leading(found[1])) for found in REFERENCE.finditer(data)}


def leading(number: bytes) -> int:
    """The digits in front, behind signs."""
    digits = re.match(rb"[+-]*([0-9]*)", number)[1]
    return int(digits[-12:] or b"0")


@settings(deadline=None, max_examples=600)
@given(st.lists(st.sampled_from(PIECES), max_size=16))
def test_finds_what_a_plain_pattern_finds(pieces: list[bytes]):
    data = b"".join(pieces)
    assert set(references(data)) == plainly(data)


@given(st.binary(max_size=80))
def test_any_bytes_may_come(data: bytes):
    assert set(references(data)) == plainly(data)


def test_each_way_of_writing_one():
    for written in (
        b"51 0 R",
        b"0051\t0\x00R",
        b"51%c\n0 R",
        b"51 0 %c 7 0 R\nR",
        b"51 %a\r%b\n 0\n%c\nR",
        b"51" + b" " * 300 + b"0 R",
        b"51.0 0 R",
        b"51.9 +0 R",
        b"+51 -0 R",
        b"51- 0.%c\n R",
    ):
        assert (3, 51) in set(references(b"[3 " + written)), written


def test_line_full_of_comments_is_read_once():
    """Two megabytes: hours when each comment is read to the end of its line, an instant when the line is read once."""
    for end in (b"", b"\n", b"\n0 R", b"\nR"):
        data = b"[1 0 R " + b"7% " * 700_000 + end
        assert (1, 1) in set(references(data))
    assert (7, 7) in set(references(b"[1 0 R 7% 7% 7% \n0 R"))

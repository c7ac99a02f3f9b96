"""The fast reader of hexadecimal strings accepts and refuses exactly what the library's own does."""

from __future__ import annotations

import io

from hypothesis import given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils.misc import PdfError

from antin.signing import hex_strings

PIECES = [b"0", b"aF", b"9", b" ", b"\n", b"%x\n", b"%x", b">", b"<", b"g", b"\x00", b"(", b"00" * 4_000]


def read(reader, data: bytes):  # type: ignore[no-untyped-def]
    stream = io.BytesIO(data)
    try:
        found = reader(stream)
    except PdfError:
        return "refused"
    return type(found).__name__, found.original_bytes, stream.tell()


@settings(deadline=None)
@given(st.lists(st.integers(0, len(PIECES) - 1), max_size=12))
def test_reads_as_the_library_does(numbers: list[int]):
    data = b"<" + b"".join(PIECES[number] for number in numbers)
    assert read(hex_strings.read_hex_string, data) == read(hex_strings._slow, data)


@given(st.binary(max_size=60))
def test_reads_any_bytes_as_the_library_does(tail: bytes):
    data = b"<" + tail + b">"
    assert read(hex_strings.read_hex_string, data) == read(hex_strings._slow, data)


def test_reads_across_chunks_as_the_library_does():
    for tail in (b">", b"7>", b" 7 >", b"x>", b""):
        data = b"<" + b"ab" * 40_000 + tail
        assert read(hex_strings.read_hex_string, data) == read(hex_strings._slow, data)


def test_install_twice_changes_nothing():
    hex_strings.install()
    hex_strings.install()
    assert hex_strings._slow is not hex_strings.read_hex_string

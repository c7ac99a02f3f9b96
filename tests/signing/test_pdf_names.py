"""The fast reader of names accepts and refuses exactly what the library's own does, and leaves the stream alike."""

from __future__ import annotations

import io

from hypothesis import given
from hypothesis import strategies as st
from pyhanko.pdf_utils.misc import PdfError

from antin.signing import pdf_names


def read(reader, data: bytes):  # type: ignore[no-untyped-def]
    stream = io.BytesIO(data)
    try:
        found = reader(stream)
    except PdfError:
        return "refused"
    return type(found).__name__, str(found), stream.tell()


@given(st.binary(max_size=80))
def test_reads_any_bytes_as_the_library_does(tail: bytes):
    assert read(pdf_names.read_name, b"/" + tail) == read(pdf_names._slow, b"/" + tail)


@given(st.text(st.characters(max_codepoint=127), max_size=90))
def test_reads_text_as_the_library_does(tail: str):
    data = b"/" + tail.encode()
    assert read(pdf_names.read_name, data) == read(pdf_names._slow, data)


def test_reads_each_byte_in_a_name_as_the_library_does():
    for byte in range(256):
        for data in (b"/A%cB " % byte, b"/A%c" % byte, b"%cA/" % byte):
            assert read(pdf_names.read_name, data) == read(pdf_names._slow, data), data


def test_reads_long_and_escaped_names_as_the_library_does():
    for data in (
        b"/" + b"a" * 62 + b" ",
        b"/" + b"a" * 63 + b" ",
        b"/" + b"a" * 300 + b"/",
        b"/A#20B ",
        b"/A#2",
        b"/ ",
        b"/",
    ):
        assert read(pdf_names.read_name, data) == read(pdf_names._slow, data), data

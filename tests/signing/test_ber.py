"""BER in other lengths is brought into one form; DER stays as it is, rubbish is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antin.signing import ber, der

INNER = der.sequence(der.oid("1.2.3"), der.octets(b"abc"), der.integer(5))


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (INNER, INNER),
        (b"\x30\x80" + der.octets(b"abc") + b"\0\0", der.sequence(der.octets(b"abc"))),
        (b"\x30\x80\x30\x80\0\0\0\0", der.sequence(der.sequence())),
        (b"\x24\x80" + der.octets(b"ab") + der.octets(b"c") + b"\0\0", der.octets(b"abc")),
        (b"\x24\x0a" + der.octets(b"ab") + b"\x24\x04" + der.octets(b"cd"), der.octets(b"abcd")),
        (b"\x04\x82\x00\x03abc", der.octets(b"abc")),
        (INNER + b"\0\0\0", INNER + b"\0\0\0"),
    ],
)
def test_other_lengths_are_brought_into_der(written: bytes, read: bytes):
    assert ber.to_der(written) == read


@pytest.mark.parametrize(
    "rubbish",
    [
        b"",
        b"\x30",
        b"\x04\x80ab\0\0",
        b"\x30\x80",
        b"\x30\x05ab",
        b"\x1f\x81\x01\x00",
        b"\x30\x85\0\0\0\0\1a",
        b"\x30\x80" * 60,
    ],
)
def test_rubbish_is_refused(rubbish: bytes):
    with pytest.raises(ValueError, match=r"BER|DER"):
        ber.to_der(rubbish)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_and_what_is_read_stays(data: bytes):
    try:
        once = ber.to_der(data)
    except ValueError:
        return
    assert ber.to_der(once) == once

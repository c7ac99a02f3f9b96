"""Lean DER against a general ASN.1 library; the reader against arbitrary bytes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from asn1crypto import core
from hypothesis import given
from hypothesis import strategies as st

from antin.signing import der


@given(st.integers(-(2**200), 2**200))
def test_integer_is_written_as_the_library_does_and_read_back(value: int):
    assert der.integer(value) == core.Integer(value).dump()
    assert der.Reader(der.integer(value)).integer() == value


@given(st.binary(max_size=70_000))
def test_octets_and_lengths_are_minimal(value: bytes):
    assert der.octets(value) == core.OctetString(value).dump()
    assert der.Reader(der.octets(value)).content(der.OCTET_STRING) == value


@given(st.lists(st.integers(0, 2**40), max_size=6), st.integers(0, 2), st.integers(0, 39))
def test_oid_round_trip(rest: list[int], first: int, second: int):
    dotted = ".".join(str(arc) for arc in (first, second, *rest))
    assert der.oid(dotted) == core.ObjectIdentifier(dotted).dump()
    assert der.Reader(der.oid(dotted)).oid() == dotted


def test_oid_of_the_example_arc():
    assert der.oid("2.999.379.1").hex() == "060588378" + "27b01"


@given(st.integers(-631_000_000, 7_000_000_000), st.integers(0, 999))
def test_generalized_time_keeps_milliseconds(seconds: int, milliseconds: int):
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds, milliseconds=milliseconds)
    element = der.generalized_time(moment)
    assert der.read_time(der.GENERALIZED_TIME, der.Reader(element).content(der.GENERALIZED_TIME)) == moment
    assert not element.endswith((b"0Z",)) or b"." not in element


def test_utc_time_has_the_century_of_rfc_5280():
    assert der.read_time(der.UTC_TIME, b"491231235959Z").year == 2049
    assert der.read_time(der.UTC_TIME, b"500101000000Z").year == 1950
    with pytest.raises(ValueError, match="without Z"):
        der.read_time(der.GENERALIZED_TIME, b"20260101000000")


@pytest.mark.parametrize(
    "data",
    [
        "", "30", "3080", "308000", "30810100", "3082000100", "3005020101", "1f8100", "02", "0200", "02020001",
        "0202ff80", "308500000000000000", "0681", "060188",
    ],
)  # fmt: skip
def test_reader_refuses_what_is_not_der(data: str):
    reader = der.Reader(bytes.fromhex(data))
    with pytest.raises(ValueError, match="DER"):
        if data.startswith("02"):
            reader.integer()
        elif data.startswith("06"):
            reader.oid()
        else:
            reader.element()


@given(st.binary(max_size=200))
def test_reader_never_leaves_its_bounds(data: bytes):
    reader = der.Reader(data)
    try:
        while reader.more():
            _, content, end = reader.element()
            assert content <= end <= len(data)
    except ValueError:
        return
    assert reader.at == len(data)


def test_set_of_is_ordered():
    assert der.set_of([der.integer(3), der.integer(1)]) == der.set_of([der.integer(1), der.integer(3)])


def test_times_differ_by_zone_only():
    at = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    shifted = at.astimezone(tz=None) + timedelta(0)
    assert der.generalized_time(at) == der.generalized_time(shifted)

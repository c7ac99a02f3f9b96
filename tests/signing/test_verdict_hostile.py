"""Whatever bytes come: never an exception, never valid unless they are the ones signed."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from antin.signing.verdict import Policy, Verdict, validate

from . import tamper
from .scene import NOW, House

FAST = settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def never_valid(house: House, data: bytes, original: bytes) -> None:
    report = validate(data, at=NOW, trust=house.trust, policy=Policy(("person",)))
    assert report.reasons
    for reason in (*report.reasons, *(r for s in report.signatures for r in s.reasons)):
        assert reason.text()
    if data != original:
        assert report.verdict is not Verdict.VALID, "altered and still valid"


@FAST
@given(at=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_any_flipped_bit_anywhere(shared: House, sealed: bytes, at: float, bit: int):
    never_valid(shared, tamper.flip(sealed, int(at * len(sealed)), 1 << bit), sealed)


@FAST
@given(
    place=st.integers(0, 2), at=st.floats(0, 1, exclude_max=True), digit=st.sampled_from(b"0123456789abcdefABCDEF> ")
)
def test_any_digit_of_any_signature(shared: House, sealed: bytes, place: int, at: float, digit: int):
    start, end = tamper.places(sealed)[place]
    used = len(sealed[start:end].rstrip(b"0"))
    spot = start + int(used * at)
    never_valid(shared, sealed[:spot] + bytes((digit,)) + sealed[spot + 1 :], sealed)


@FAST
@given(cuts=st.lists(st.floats(0, 1), min_size=2, max_size=2), insert=st.binary(max_size=40))
def test_any_stretch_replaced(shared: House, sealed: bytes, cuts: list[float], insert: bytes):
    first, second = sorted(int(c * len(sealed)) for c in cuts)
    never_valid(shared, sealed[:first] + insert + sealed[second:], sealed)


@FAST
@given(data=st.binary(max_size=400))
def test_any_bytes(shared: House, data: bytes):
    never_valid(shared, data, b"")
    never_valid(shared, b"%PDF-1.7\n" + data, b"")


@FAST
@given(number=st.integers(-(2**40), 2**40), key=st.sampled_from(["ByteRange", "Size", "Prev", "Length", "W"]))
def test_any_number_in_the_structure(shared: House, sealed: bytes, number: int, key: str):
    at = sealed.rfind(f"/{key} ".encode())
    if at < 0:
        return
    at += len(key) + 2
    text = str(number).encode()
    never_valid(shared, sealed[:at] + text + sealed[at + len(text) :], sealed)


@pytest.mark.parametrize("depth", [100, 5000])
def test_deep_nesting_is_refused(shared: House, depth: int):
    never_valid(
        shared,
        b"%PDF-1.7\n1 0 obj\n"
        + b"[" * depth
        + b"]" * depth
        + b"\nendobj\ntrailer<</Root 1 0 R>>\nstartxref\n0\n%%EOF\n",
        b"",
    )


def test_loop_in_the_form_tree_is_refused(shared: House, sealed: bytes):
    def loop(writer) -> None:  # type: ignore[no-untyped-def]
        fields = writer.root["/AcroForm"]["/Fields"]
        fields.append(fields.raw_get(0))
        writer.update_container(fields)

    never_valid(shared, tamper.update(sealed, loop), sealed)

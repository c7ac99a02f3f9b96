"""Shared values: identifiers, canonical JSON, Vietnamese folding, the clock, offices."""

from __future__ import annotations

import json
import time
import unicodedata
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antin.values import (
    Actor,
    MandateView,
    Method,
    Office,
    Urgency,
    canonical_json,
    commitment,
    fold,
    is_uuid,
    iso,
    new_id,
    nfc,
    reference_number,
    to_vietnam,
)

plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(plain)
def test_canonical_json_reads_back_as_the_same_value(value: object) -> None:
    assert json.loads(canonical_json(value)) == value


@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), st.integers(0, 9), min_size=2))
def test_canonical_json_does_not_depend_on_the_order_of_keys(value: dict[str, int]) -> None:
    assert canonical_json(value) == canonical_json(dict(reversed(value.items())))


def test_canonical_json_orders_keys_by_utf16_units() -> None:
    # RFC 8785 §3.2.3: the pair of surrogates of U+1F600 sorts before U+FB33.
    assert list(json.loads(canonical_json({"\ufb33": 1, "\U0001f600": 2}))) == ["\U0001f600", "\ufb33"]


@pytest.mark.parametrize("value", [1.5, {1: 2}, b"x", {"a": {2.0}}])
def test_canonical_json_refuses_what_has_no_single_form(value: object) -> None:
    with pytest.raises(TypeError):
        canonical_json(value)


def test_canonical_json_refuses_integers_that_lose_digits() -> None:
    with pytest.raises(ValueError, match=r"2\*\*53"):
        canonical_json(2**53)


def test_commitment_changes_with_salt_and_needs_one() -> None:
    assert commitment(b"a" * 16, "x") != commitment(b"b" * 16, "x")
    with pytest.raises(ValueError, match="16 bytes"):
        commitment(b"short", "x")


def test_new_ids_are_version_7_ordered_by_time_and_distinct() -> None:
    first = new_id()
    time.sleep(0.002)
    later = [new_id() for _ in range(1000)]
    assert all(i.version == 7 for i in later)
    assert all(first < i for i in later)
    assert len(set(later)) == 1000


@pytest.mark.parametrize(
    ("text", "good"), [("01a20b24-eb80-7fcd-b53e-b5645e3a46ef", True), ("1", False), ("", False), ("../x", False)]
)
def test_is_uuid_knows_only_canonical_text(text: str, good: bool) -> None:
    assert is_uuid(text) is good


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("Đảng ủy", "dang uy"),
        ("ĐƯỜNG lối", "duong loi"),
        ("ưỡn ẹo", "uon eo"),
        ("Kế hoạch 142-KH/TU", "ke hoach 142-kh/tu"),
    ],
)
def test_fold_brings_every_vietnamese_letter_to_its_base(typed: str, folded: str) -> None:
    assert fold(typed) == folded
    assert fold(unicodedata.normalize("NFD", typed)) == folded


@given(st.text())
def test_fold_is_idempotent(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_nfc_drops_control_characters_and_composes() -> None:
    assert nfc("a\u0000b\u0008 Đa\u0309ng\n") == "ab Đảng\n"


@pytest.mark.clause("217/11.2")
def test_reference_number_is_joined_with_a_leading_zero_below_ten() -> None:
    assert reference_number(7, "QĐ/TW") == "07-QĐ/TW"
    assert reference_number(379, "QĐ/TW") == "379-QĐ/TW"
    assert reference_number("30", "NĐ-CP", party=False) == "30/NĐ-CP"


@pytest.mark.clause("217/13.2")
def test_iso_shows_vietnam_time_whatever_the_zone_it_came_in() -> None:
    at = datetime(2026, 11, 20, 1, 42, 10, tzinfo=UTC)
    assert iso(at) == "2026-11-20T08:42:10+07:00"
    with pytest.raises(ValueError, match="zone"):
        to_vietnam(datetime(2026, 11, 20))  # noqa: DTZ001 (the naive time is the point)


@pytest.mark.clause("217/11.5")
def test_urgency_ranks_follow_edxml_priorities() -> None:
    assert [u.rank for u in Urgency] == [0, 1, 2, 3, 4]
    assert all(Urgency.from_rank(u.rank) is u for u in Urgency)
    assert Urgency.from_rank(99) is Urgency.ROUTINE


def test_actor_holds_an_office_only_where_it_was_conferred() -> None:
    here, there = new_id(), new_id()
    actor = Actor(new_id(), "Lê Mẫu Chi", Method.PASSWORD_TOTP, (MandateView(Office.CLERK, here),))
    assert actor.holds(Office.CLERK, here)
    assert not actor.holds(Office.CLERK, there)
    assert not actor.holds(Office.LEADER, here)
    assert actor.organisations(Office.CLERK) == {here}
    assert actor.organisations(Office.LEADER) == frozenset()


@pytest.mark.clause("379/12.2.b")
def test_a_password_alone_is_not_a_strong_method() -> None:
    assert not Method.PASSWORD.is_strong
    assert Method.PASSWORD_TOTP.is_strong

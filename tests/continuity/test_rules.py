"""What is due, what may go, what is believed: no database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from antin.continuity import manifest, rules
from antin.continuity.manifest import Manifest, NotOurs, Part
from antin.continuity.rules import Kept
from antin.regulation import RuleViolation
from antin.values import new_id

NOW = datetime(2026, 11, 26, 2, 0, tzinfo=UTC)
DAY = timedelta(days=1)
kept_sets = st.lists(
    st.builds(
        Kept,
        name=st.uuids().map(str),
        made_at=st.integers(0, 90).map(lambda days: NOW - days * DAY),
        proven=st.booleans(),
        opens=st.booleans(),
    ),
    max_size=8,
    unique_by=lambda one: one.made_at,
)


def one(age: int, *, proven: bool = False, opens: bool = True) -> Kept:
    return Kept(f"set-{age}", NOW - age * DAY, proven, opens)


@pytest.mark.clause("217/15.5")
def test_a_set_is_due_without_a_fresh_one_that_opens() -> None:
    assert rules.is_due([], NOW, DAY)
    assert rules.is_due([one(2)], NOW, DAY)
    assert not rules.is_due([replace(one(0), made_at=NOW - timedelta(hours=23))], NOW, DAY)
    assert rules.is_due([one(0, opens=False)], NOW, DAY)  # a destruction has just closed it


@pytest.mark.clause("217/15.5", "379/5.9")
def test_a_first_set_is_tried_within_hours_and_then_every_so_often() -> None:
    hour, week = timedelta(hours=1), timedelta(days=7)
    fresh = replace(one(0), made_at=NOW - hour / 2)
    assert not rules.proof_is_due([], None, NOW, week)
    assert not rules.proof_is_due([fresh], None, NOW, week)
    assert rules.proof_is_due([one(1)], None, NOW, week)
    assert not rules.proof_is_due([one(1, opens=False)], None, NOW, week)
    assert not rules.proof_is_due([one(1)], NOW - 6 * DAY, NOW, week)
    assert rules.proof_is_due([one(1)], NOW - 7 * DAY, NOW, week)


@pytest.mark.clause("217/15.5", "379/20.2")
def test_what_is_old_or_closed_goes_once_a_newer_one_opens() -> None:
    assert rules.removable([one(40), one(1)], NOW, 30 * DAY) == ("set-40",)
    assert rules.removable([one(5, opens=False), one(1)], NOW, 30 * DAY) == ("set-5",)
    assert rules.removable([one(5, opens=False)], NOW, 30 * DAY) == ()
    assert rules.removable([one(45, proven=True), one(40), one(1)], NOW, 30 * DAY) == ("set-40",)


@given(kept_sets)
def test_the_newest_that_opens_and_the_newest_proven_one_never_go(sets: list[Kept]) -> None:
    going = rules.removable(sets, NOW, 30 * DAY)
    openable = sorted((s for s in sets if s.opens), key=lambda s: s.made_at)
    if openable:
        assert openable[-1].name not in going
        proven = [s for s in openable if s.proven]
        assert not proven or proven[-1].name not in going
    else:
        assert going == ()
    assert all(s.name not in going for s in openable if NOW - s.made_at <= 30 * DAY)


@pytest.mark.clause("379/29.4")
def test_drills_fall_due_after_so_many_months() -> None:
    assert rules.next_drill_on(None, date(2026, 1, 31), 6) == date(2026, 7, 28)
    assert rules.next_drill_on(date(2026, 8, 15), date(2020, 1, 1), 12) == date(2027, 8, 15)


@pytest.mark.parametrize("name", ["", "..", "20261126T020000Z-0123456g", "20261126T020000Z-01234567/..", "\n"])
def test_only_names_of_ours_become_paths(name: str) -> None:
    with pytest.raises(RuleViolation):
        rules.set_named(name)
    made = new_id()
    assert rules.set_named(rules.set_name(NOW, made)) == f"20261126T020000Z-{made.hex[-8:]}"


@pytest.mark.clause("379/5.9")
def test_nobody_releases_without_name_and_ground() -> None:
    for by, basis in (("", "QĐ 1"), ("Nguyễn Văn Mẫu", "  ")):
        with pytest.raises(RuleViolation) as refused:
            rules.released_by_someone(by, basis)
        assert refused.value.clause == "379/5.9"


def catalogue() -> Manifest:
    return Manifest(
        set_id=new_id(),
        installation="mau",
        made_at=NOW,
        product="1.0",
        checkpoint="",
        wrapped_key=b"w" * 49,
        parts=(Part("database.sealed", 10, "ab" * 32),),
        objects=3,
        object_bytes=30,
        damaged=("cd" * 32,),
    )


@pytest.mark.clause("379/23.2.e")
def test_a_catalogue_is_believed_only_under_our_signature() -> None:
    key, made = Ed25519PrivateKey.generate(), catalogue()
    data = made.to_bytes()
    signature = manifest.sign(data, key)
    assert manifest.opened(data, signature, key.public_key()) == made
    for wrong in (data.replace(b"mau", b"may"), data + b" "):
        with pytest.raises(NotOurs, match="signature"):
            manifest.opened(wrong, signature, key.public_key())
    with pytest.raises(NotOurs, match="signature"):
        manifest.opened(data, signature, Ed25519PrivateKey.generate().public_key())
    with pytest.raises(NotOurs, match="signature"):
        manifest.opened(data, b"?!", key.public_key())


@pytest.mark.parametrize("data", [b"", b"[]", b'{"v":1}', b'{"v":2}', b"\xff"])
def test_what_is_no_catalogue_is_refused(data: bytes) -> None:
    with pytest.raises(NotOurs):
        manifest.read(data)

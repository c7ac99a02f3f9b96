"""The dated data: every set parses, names its basis, cites known clauses, and judges each day by one version."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antin.regulation import clauses
from antin.rulebook import queries, sets

days = st.dates(date(2010, 1, 1), date(2040, 12, 31))


@pytest.mark.parametrize("name", sets.NAMES)
def test_versions_of_each_set_name_basis_and_known_clauses(name: str) -> None:
    for version in sets.versions(name):
        assert version.basis and version.title and version.title_en
        assert set(version.clauses) <= set(clauses())
        assert len(version.digest) == 64


@pytest.mark.parametrize("name", sets.NAMES)
def test_digests_of_versions_differ(name: str) -> None:
    digests = [version.digest for version in sets.versions(name)]
    assert len(set(digests)) == len(digests)


@given(days)
def test_in_force_on_any_day_is_the_one_version_that_holds(day: date) -> None:
    for name in sets.NAMES:
        version = sets.in_force(name, day)
        holding = [one for one in sets.versions(name) if one.valid_from <= day and (one.valid_to or day) >= day]
        assert version in (holding or [sets.versions(name)[0], sets.versions(name)[-1]])


@pytest.mark.clause("379/13.1")
def test_in_force_on_the_day_of_change_is_the_new_version() -> None:
    assert "66-QĐ/TW" in sets.in_force("document_types", date(2026, 1, 8)).basis
    assert "399-QĐ/TW" in sets.in_force("document_types", date(2026, 1, 9)).basis
    assert "36-HD" in sets.in_force("form_rules", date(2026, 5, 26)).basis
    assert "05-HD" in sets.in_force("form_rules", date(2026, 5, 27)).basis


def test_read_with_overlapping_versions_is_refused() -> None:
    text = """
name = "x"
title = "x"
title_en = "x"
clauses = []
[[version]]
valid_from = 2026-01-01
basis = "a"
[[version]]
valid_from = 2026-06-01
basis = "b"
"""
    with pytest.raises(ValueError, match="overlap"):
        sets.read(text)
    assert len(sets.read(text.replace('basis = "a"', 'valid_to = 2026-05-31\nbasis = "a"'))) == 2


def test_read_without_basis_or_with_a_short_row_is_refused() -> None:
    start = 'name = "x"\ntitle = "x"\ntitle_en = "x"\nclauses = []\n'
    with pytest.raises(ValueError, match="basis"):
        sets.read(start + '[[version]]\nvalid_from = 2026-01-01\nbasis = ""\n')
    with pytest.raises(ValueError, match="cells"):
        sets.read(
            start + '[[version]]\nvalid_from = 2026-01-01\nbasis = "b"\n[rows]\ncolumns = ["a", "b"]\ndata = [[1]]\n'
        )


def test_rule_sets_lists_every_version_and_by_day_one_each() -> None:
    everything = queries.rule_sets()
    assert {one.name for one in everything} == set(sets.NAMES)
    assert [one.name for one in queries.rule_sets(date(2026, 11, 24))] == list(sets.NAMES)
    assert all(one.valid_from - timedelta(days=1) for one in everything)

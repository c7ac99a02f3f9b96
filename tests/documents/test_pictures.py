"""Where the pictures of two revisions differ: strips of ink aligned like lines, whatever page they stand on (379/17.3)."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antin.documents import rules
from antin.documents.rules.pictures import TOLERANCE, Region, Strip

COLUMNS = 24
ROWS = 12

inks = st.lists(st.integers(0, 9).map(lambda n: n * 200), min_size=COLUMNS, max_size=COLUMNS).map(tuple)
texts = st.lists(inks.filter(any), max_size=14)


def laid(text: Sequence[tuple[int, ...]]) -> list[Strip]:
    """Strips on pages of `ROWS` rows."""
    return [Strip(1 + n // ROWS, (n % ROWS + 0.2) / ROWS, (n % ROWS + 0.8) / ROWS, ink) for n, ink in enumerate(text)]


def alike(one: Strip, other: Strip) -> bool:
    return all(abs(a - b) <= TOLERANCE for a, b in zip(one.ink, other.ink, strict=True))


def inside(strip: Strip, regions: Sequence[Region]) -> bool:
    return any(r.page == strip.page and r.y <= strip.top + 1e-3 and strip.bottom - 1e-3 <= r.y + r.h for r in regions)


@pytest.mark.clause("379/17.3")
@given(text=texts, noise=st.integers(-TOLERANCE, TOLERANCE))
def test_a_page_laid_out_again_or_scanned_again_shows_no_change(text: list[tuple[int, ...]], noise: int) -> None:
    again = [tuple(max(0, ink + noise) if n % 3 == 0 else ink for n, ink in enumerate(line)) for line in text]
    assert rules.changed(laid(text), laid(again)) == ((), ())


@pytest.mark.clause("379/17.3")
@given(text=texts, more=inks.filter(any), at=st.integers(0, 14))
def test_an_added_line_is_outlined_alone_and_what_moved_down_is_not(
    text: list[tuple[int, ...]], more: tuple[int, ...], at: int
) -> None:
    at = min(at, len(text))
    longer = [*text[:at], more, *text[at:]]
    left, right = rules.changed(laid(text), laid(longer))
    assert left == ()
    assert len(right) == 1
    assert right[0].h < 1 / ROWS


@pytest.mark.clause("379/17.3")
@given(left=texts, right=texts)
def test_every_strip_without_an_equal_is_outlined_within_the_page(
    left: list[tuple[int, ...]], right: list[tuple[int, ...]]
) -> None:
    one, other = laid(left), laid(right)
    gone, come = rules.changed(one, other)
    for box in (*gone, *come):
        assert 0 <= box.x < box.x + box.w <= 1.0001
        assert 0 <= box.y < box.y + box.h <= 1.0001
    for strip in one:
        assert any(alike(strip, o) for o in other) or inside(strip, gone)
    for strip in other:
        assert any(alike(strip, o) for o in one) or inside(strip, come)
    assert bool(gone or come) == (len(one) != len(other) or not all(map(alike, one, other)))


@pytest.mark.clause("379/17.3")
@given(text=texts.filter(bool), at=st.integers(0, 13), column=st.integers(0, COLUMNS - 1), ink=st.integers(1, 2000))
def test_a_changed_mark_is_narrowed_down_to_where_it_is(
    text: list[tuple[int, ...]], at: int, column: int, ink: int
) -> None:
    at = min(at, len(text) - 1)
    changed_line = tuple(v + TOLERANCE + ink if n == column else v for n, v in enumerate(text[at]))
    _gone, come = rules.changed(laid(text), laid([*text[:at], changed_line, *text[at + 1 :]]))
    assert any(box.x <= (column + 0.5) / COLUMNS <= box.x + box.w for box in come)

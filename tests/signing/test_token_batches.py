"""Own tokens in the ledger: each line of the journal in exactly one batch, and no line taken away unseen (379/12.2.b, 379/5.3)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from antin.ledger import queries as ledger
from antin.ledger.tree import leaf_hash, root_of
from antin.signing import ports, token_batches
from antin.signing.models import TokenBatch
from antin.signing.pki.journal import TokenJournal

from .scene import House

pytestmark = pytest.mark.django_db
ACT = ("signing.tokens.entered",)


@pytest.fixture
def kept(house: House, tmp_path: Path) -> Iterator[TokenJournal]:
    """The house's own authority with its journal, which the installation enters in its ledger."""
    journal = TokenJournal(tmp_path / "journal", clock=house.clock)
    house.authority.timestamps.log_to(journal.note)
    before = ports.bound()
    ports.bind(replace(house.ports, token_journal=tmp_path / "journal"))
    yield journal
    ports.bind(before)
    journal.close()


def tokens(house: House, count: int) -> None:
    for number in range(count):
        house.authority.timestamps.token(bytes([number % 256]) * 32)


@pytest.mark.clause("379/12.2.b", "379/5.3")
def test_every_token_is_entered_once_with_the_root_over_its_lines(
    house: House, kept: TokenJournal, tmp_path: Path
) -> None:
    assert token_batches.enter_due() == 0
    tokens(house, 5)
    assert token_batches.enter_due() == 5 and token_batches.enter_due() == 0
    tokens(house, 2)
    assert token_batches.enter_due() == 2
    second, first = ledger.recent(acts=ACT)
    (path,) = (tmp_path / "journal").glob("tokens-*.log")
    lines = path.read_bytes().splitlines()
    assert first.facts["root"] == root_of([leaf_hash(line) for line in lines[:5]]).hex()
    assert second.facts["root"] == root_of([leaf_hash(line) for line in lines[5:]]).hex()
    assert second.facts["start"] == first.facts["end"] and second.facts["end"] == path.stat().st_size
    assert not list(token_batches.faults())


@pytest.mark.clause("379/12.2.b")
def test_a_new_day_goes_on_in_its_own_file_and_a_line_being_written_waits(
    house: House, kept: TokenJournal, tmp_path: Path
) -> None:
    tokens(house, 3)
    house.clock.advance(86400)
    tokens(house, 4)
    newest = max((tmp_path / "journal").glob("tokens-*.log"))
    with newest.open("ab") as file:
        file.write(b"2026-03-03T00:00:00 abc")
    assert [token_batches.enter_due() for _ in range(3)] == [3, 4, 0]
    with newest.open("ab") as file:
        file.write(b" 00\n")
    assert token_batches.enter_due() == 1


@pytest.mark.clause("379/12.2.b")
def test_a_batch_is_bounded(house: House, kept: TokenJournal, monkeypatch: pytest.MonkeyPatch) -> None:
    tokens(house, 10)
    monkeypatch.setattr(token_batches, "MOST_BYTES", 500)
    counts = []
    while count := token_batches.enter_due():
        counts.append(count)
    assert sum(counts) == 10 and len(counts) > 2


@pytest.mark.clause("379/5.3")
@pytest.mark.parametrize("harm", ["change", "cut", "remove"])
def test_a_line_taken_away_or_changed_is_found(house: House, kept: TokenJournal, tmp_path: Path, harm: str) -> None:
    tokens(house, 3)
    token_batches.enter_due()
    tokens(house, 3)
    token_batches.enter_due()
    (path,) = (tmp_path / "journal").glob("tokens-*.log")
    data = path.read_bytes()
    if harm == "change":
        path.write_bytes(data[:-10] + b"0" + data[-9:] if data[-10:-9] != b"0" else data[:-10] + b"1" + data[-9:])
    elif harm == "cut":
        path.write_bytes(data[: data.rstrip(b"\n").rfind(b"\n") + 1])
    else:
        path.unlink()
    found = list(token_batches.faults())
    assert len(found) == (2 if harm == "remove" else 1) and found[-1].end == len(data)


@pytest.mark.clause("379/12.2.b")
def test_without_a_journal_there_is_nothing_to_enter(house: House, tmp_path: Path) -> None:
    before = ports.bound()
    for folder in (None, tmp_path / "nowhere"):
        ports.bind(replace(house.ports, token_journal=folder))
        assert token_batches.enter_due() == 0 and not list(token_batches.faults())
    ports.bind(before)
    assert not TokenBatch.objects.exists()

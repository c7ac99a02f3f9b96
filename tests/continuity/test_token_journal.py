"""The journal of timestamp tokens goes along in every set and comes back where the ledger's batches are compared with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antin.continuity import ports, token_journal
from antin.continuity.manifest import NotOurs
from antin.house import config as configuration
from antin.signing import ports as signing_ports
from antin.signing import token_batches

from .conftest import Kept

pytestmark = pytest.mark.clause("379/12.2.b", "217/15.5")


def written(folder: Path, files: dict[str, bytes]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder


def cut(data: bytes, sizes: list[int]) -> Iterator[bytes]:
    for size in sizes:
        yield data[:size]
        data = data[size:]
    yield data


@given(
    st.dictionaries(st.integers(10_000_000, 99_999_999), st.binary(max_size=400), max_size=4),
    st.lists(st.integers(0, 50), max_size=40),
)
def test_what_was_packed_is_laid_out_however_it_is_cut(files: dict[int, bytes], sizes: list[int]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as scratch:
        named = {f"tokens-{day}.log": data for day, data in files.items()}
        folder = written(Path(scratch) / "a", {**named, "lock": b"", "other.txt": b"no"})
        whole = b"".join(token_journal.packed(folder))
        assert token_journal.laid_out(cut(whole, sizes), Path(scratch) / "b") == len(named)
        assert {one.name: one.read_bytes() for one in (Path(scratch) / "b").iterdir()} == named


@pytest.mark.parametrize(
    "data",
    [
        b"tokens-20260302.log 5\nabc",
        b"tokens-20260302.log x\n",
        b"../../etc/passwd 3\nabc",
        b"tokens-20260302.log 3",
        b"x" * 500,
        b"tokens-20260302.log 1\naa",
    ],
)
def test_anything_else_is_refused(data: bytes, tmp_path: Path) -> None:
    with pytest.raises(NotOurs):
        token_journal.laid_out([data], tmp_path / "b")
    assert not (tmp_path / "etc").exists()


def test_a_file_is_never_written_over(tmp_path: Path) -> None:
    twice = [b"tokens-20260302.log 1\na", b"tokens-20260302.log 1\nb"]
    with pytest.raises(FileExistsError):
        token_journal.laid_out(twice, tmp_path / "b")


def test_a_restored_installation_has_the_journal_that_its_ledger_speaks_of(kept: Kept, tmp_path: Path) -> None:
    day = f"tokens-{datetime.now(UTC):%Y%m%d}.log"
    lines = b"2026-03-02T08:00:00+00:00 0a 00\n2026-03-02T08:00:01+00:00 0b 11\n"
    folder = written(tmp_path / "authority", {day: lines})
    before, backups = signing_ports.bound(), ports.bound()
    signing_ports.bind(replace(before, token_journal=folder))
    ports.bind(replace(backups, token_journal=folder))
    try:
        assert token_batches.enter_due() == 2
        made = kept.back_up()
        code, said, home = kept.restore(made)
        assert code == 0, said
        restored = configuration.load(home)
        place = restored.path(restored.signing.token_journal)
        assert place.is_relative_to(home) and (place / day).read_bytes() == lines
        assert (place / day).stat().st_mode & 0o777 == 0o600
        assert kept.asked(home, "select count(*) from signing_token_batch") == [1]
        signing_ports.bind(replace(before, token_journal=place))
        assert list(token_batches.faults()) == []
        (place / day).write_bytes(lines.replace(b"0b", b"0c"))
        assert [one.file for one in token_batches.faults()] == [day]
    finally:
        signing_ports.bind(before)
        ports.bind(backups)

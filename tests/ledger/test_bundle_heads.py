"""Time-stamped heads in a bundle: what lies under them is told, what does not fit is refused. The records are judged elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from antin.ledger import acts, queries
from antin.ledger.bundle import BundleParts, build_bundle, verify_bundle
from antin.ledger.bundle_heads import TimedHead

from .places import append, append_many
from .test_bundle import parts, repacked

__all__ = ["parts"]
pytestmark = pytest.mark.clause("379/5.3", "379/5.5")
RECORD = b"\x30\x03\x02\x01\x01"


@pytest.fixture
def timed(parts: BundleParts) -> BundleParts:
    """Two heads: one over all entries of the document so far, one over a later entry too."""
    first = queries.head()
    append_many(2)
    append(parts.document_id)
    acts.integrate()
    last = queries.head()
    append_many(1)
    append(parts.document_id)
    acts.integrate()
    assert first is not None and last is not None
    from antin.ledger.bundle import BundleEntry

    entries = tuple(BundleEntry(e.id, e.payload, e.proof, e.opening) for e in queries.evidence(parts.document_id))
    heads = tuple(TimedHead(one.size, one.note, RECORD) for one in (first, last))
    return replace(parts, entries=entries, heads=heads, timed=queries.proofs_under(parts.document_id, [first, last]))


def test_each_entry_lies_under_the_first_head_that_holds_it(timed: BundleParts) -> None:
    report = verify_bundle(build_bundle(timed), timed.vkey)
    assert report.ok, report.problems
    ids = [entry.id for entry in timed.entries]
    assert [(head.size, head.entries) for head in report.heads] == [
        (timed.heads[0].size, tuple(ids[:3])),
        (timed.heads[1].size, (ids[3],)),
    ]
    assert all(head.record == RECORD for head in report.heads)
    assert len(ids) == 5, "the last entry is under no stamped head yet, and that is no fault"
    assert report.to_dict()["heads"][0] == {"size": timed.heads[0].size, "entries": ids[:3]}


def _name(files: dict[str, bytes], ending: str, which: int = 0) -> str:
    return sorted(name for name in files if name.endswith(ending))[which]


def exchanged(files: dict[str, bytes]) -> None:
    one, other = _name(files, ".timed-proof"), _name(files, ".timed-proof", 1)
    files[one], files[other] = files[other], files[one]


def of_no_entry(files: dict[str, bytes]) -> None:
    files["ledger/999999.timed-proof"] = files[_name(files, ".timed-proof")]


def without_record(files: dict[str, bytes]) -> None:
    del files[_name(files, ".er")]


def without_note(files: dict[str, bytes]) -> None:
    del files[_name(files, ".note")]


def under_another_name(files: dict[str, bytes]) -> None:
    for ending in (".note", ".er"):
        files[f"heads/1{ending}"] = files.pop(_name(files, ending))


def forged_note(files: dict[str, bytes]) -> None:
    name = _name(files, ".note")
    files[name] = files[name].replace(b"\n", b"\n1", 1)


def under_a_head_that_is_not_here(files: dict[str, bytes]) -> None:
    for ending in (".note", ".er"):
        del files[_name(files, ending)]


FORGED = {
    "proofs exchanged": (exchanged, "proof-fails"),
    "a proof of no entry": (of_no_entry, "proof-fails"),
    "no record": (without_record, "missing"),
    "no note": (without_note, "missing"),
    "a head under another size": (under_another_name, "signature"),
    "a note the log did not sign": (forged_note, "signature"),
    "a proof under a head that is not here": (under_a_head_that_is_not_here, "proof-fails"),
}


@pytest.mark.parametrize(("change", "code"), FORGED.values(), ids=FORGED.keys())
def test_what_does_not_fit_is_refused(
    timed: BundleParts, change: Callable[[dict[str, bytes]], None], code: str
) -> None:
    report = verify_bundle(repacked(build_bundle(timed), change))
    assert not report.ok and code in {problem.code for problem in report.problems}

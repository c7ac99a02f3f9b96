"""Time-stamped heads in a proof bundle: which entries lie under a head of which an authority outside the log says when it was there.

heads/<size>.note        a signed head of the log
heads/<size>.er          an evidence record over the note's bytes (RFC 4998); judging it is the caller's, whose trust it is
ledger/<id>.timed-proof  the entry's place under such a head (C2SP tlog-proof)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from antin.ledger import note

NAMES = r"heads/[1-9][0-9]{0,17}\.(?:note|er)|ledger/[1-9][0-9]{0,18}\.timed-proof"
_HEAD = re.compile(r"heads/([1-9][0-9]{0,17})\.(note|er)\Z")
_PROOF = re.compile(r"ledger/([1-9][0-9]{0,18})\.timed-proof\Z")


@dataclass(frozen=True, slots=True)
class TimedHead:
    """A head with its evidence record (DER); `entries`: ids of the entries that lie under it."""

    size: int
    note: str
    record: bytes
    entries: tuple[int, ...] = ()


def files_of(heads: Iterable[TimedHead], proofs: Mapping[int, str]) -> Iterator[tuple[str, bytes]]:
    """What goes into the bundle; `proofs`: entry id → its tlog-proof under one of the heads."""
    for head in heads:
        yield f"heads/{head.size}.note", head.note.encode()
        yield f"heads/{head.size}.er", head.record
    for number, text in proofs.items():
        yield f"ledger/{number}.timed-proof", text.encode()


def read(
    files: Mapping[str, bytes], entries: Iterable[int], key: note.VerifierKey
) -> tuple[tuple[TimedHead, ...], list[tuple[str, str]]]:
    """The heads whose note and proofs hold, oldest first, and what does not: (code, where)."""
    problems: list[tuple[str, str]] = []
    notes = {name: text for name, text in _notes(files, key, problems)}
    under: dict[str, list[int]] = {name: [] for name in notes}
    known = set(entries)
    for name in sorted(filter(_PROOF.match, files)):
        number = int(_PROOF.match(name).group(1))  # type: ignore[union-attr]
        found = _place(files, name, number, key) if number in known else None
        place = next((at for at, text in notes.items() if found is not None and text == found), None)
        if place is None:
            problems.append(("proof-fails", name))
        else:
            under[place].append(number)
    heads = (
        TimedHead(int(name[6:-5]), text, files[f"{name[:-5]}.er"], tuple(under[name])) for name, text in notes.items()
    )
    return tuple(sorted(heads, key=lambda head: head.size)), problems


def _notes(
    files: Mapping[str, bytes], key: note.VerifierKey, problems: list[tuple[str, str]]
) -> Iterator[tuple[str, str]]:
    """Each head's note once the log's signature holds, its size is that of its name, and its record is there."""
    for name in sorted(filter(_HEAD.match, files)):
        kind, other = name.rsplit(".", 1)[1], {"note": "er", "er": "note"}
        if f"{name.rsplit('.', 1)[0]}.{other[kind]}" not in files:
            problems.append(("missing", name))
        elif kind == "note":
            try:
                text = files[name].decode()
                if note.open_checkpoint(text, key).size != int(name[6:-5]):
                    raise note.NoteError("another size than its name says")
                yield name, text
            except ValueError:
                problems.append(("signature", name))


def _place(files: Mapping[str, bytes], name: str, number: int, key: note.VerifierKey) -> str | None:
    """The note of the head that the proof leads to; None when it leads to none."""
    try:
        proof = note.Proof.parse(files[name].decode())
        proof.verify(files[f"ledger/{number}.json"], key)
    except (ValueError, KeyError):
        return None
    return proof.checkpoint

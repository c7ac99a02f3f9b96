"""Checks an exported log from its files alone: no Django, no database, no trust in those who made it.

What holds after `ok`: every payload is hashed anew and stands at its place in the tree; every tile and bundle
is the one the tree gives; every checkpoint ever signed is signed by the log's key and is a head of this very
tree, so the log only ever grew (379/5.3); every entry follows the one before it about the same object.

What no file can show: that the newest checkpoint shown is the newest signed, and that `log.vkey` is the key of
the log one means. Give the key, and compare checkpoints with a partner's.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from antin.ledger import note
from antin.ledger.tiles import MAX_ENTRY_BYTES, bundle_path, split_bundle, split_tile, tile_path
from antin.ledger.tree import (
    TILE_WIDTH,
    Edge,
    Tile,
    consistency_proof,
    consistent,
    inclusion_proof,
    leaf_hash,
    root_from_inclusion,
)
from antin.values import N_, canonical_json

MAX_LINE_BYTES = 1_000_000
MAX_PROBLEMS = 50
SAMPLES = 64

TEXTS = {
    "unreadable": N_("không đọc được hoặc sai khuôn dạng"),
    "signature": N_("chữ ký của sổ không đúng"),
    "missing": N_("thiếu"),
    "surplus": N_("thừa"),
    "payload": N_("mục không ở dạng chuẩn hoặc trùng số"),
    "entry-differs": N_("mục trong tệp kê và trong gói khác nhau"),
    "tile-differs": N_("mảnh cây băm không khớp với các mục"),
    "root-differs": N_("gốc cây băm không khớp với điểm kiểm tra đã ký"),
    "not-growing": N_("các điểm kiểm tra không tăng dần"),
    "link-broken": N_("mục không nối tiếp mục trước của cùng đối tượng"),
    "proof-fails": N_("bằng chứng không dẫn tới gốc đã ký"),
    "digest-differs": N_("mã băm khác với bảng kê"),
    "unexpected-file": N_("tệp lạ hoặc tên không an toàn"),
    "too-large": N_("vượt giới hạn kích thước"),
    "history-gap": N_("thiếu mục trước đó của văn bản"),
    "opening-differs": N_("lời mở ra không khớp với cam kết trong mục"),
    "not-in-ledger": N_("không mục nhật ký nào nêu mã băm của tệp này"),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that does not hold: a stable code, where, and a sentence in Vietnamese."""

    code: str
    where: str

    @property
    def text(self) -> str:
        return TEXTS[self.code]


@dataclass(frozen=True)
class VerifyReport:
    """The outcome. `root` in base64; `key_given` is False when the key came from the export itself."""

    origin: str = ""
    vkey: str = ""
    key_given: bool = False
    entries: int = 0
    size: int = 0
    root: str = ""
    checkpoints: int = 0
    inclusion_proofs: int = 0
    consistency_proofs: int = 0
    problems: tuple[Problem, ...] = ()

    @property
    def ok(self) -> bool:
        return not self.problems and self.size > 0

    def to_dict(self) -> dict[str, Any]:
        facts = {name: getattr(self, name) for name in self.__dataclass_fields__ if name != "problems"}
        listed = [{"code": p.code, "where": p.where, "text": p.text} for p in self.problems]
        return {"ok": self.ok, **facts, "problems": listed}


@dataclass
class _Findings:
    problems: list[Problem] = field(default_factory=list)

    def add(self, code: str, where: str) -> None:
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(Problem(code, where))


class _Stop(Exception):
    """Nothing more can be checked."""


def verify_export(path: Path, vkey: str | None = None) -> VerifyReport:
    """Checks the folder that `ledger.acts.export` wrote. Never raises for what stands in the files."""
    findings, facts = _Findings(), dict[str, Any](key_given=vkey is not None)
    with suppress(_Stop):
        _check(path, vkey, findings, facts)
    return VerifyReport(**facts, problems=tuple(findings.problems))


def _check(path: Path, vkey: str | None, findings: _Findings, facts: dict[str, Any]) -> None:
    key = _key(path, vkey, findings)
    facts.update(vkey=str(key), origin=key.name)
    head = _head(path, key, findings)
    facts.update(size=head.size, root=base64.b64encode(head.root).decode())
    heads = _heads(path, key, head, findings)
    edge, walk = Edge(0, []), _Walk(path, head.size, findings)
    signed = iter(heads)
    following = next(signed, None)
    for payload in walk.entries():
        walk.tiles(edge.append(leaf_hash(payload)))
        if following is not None and following.size == edge.size:
            if edge.root() != following.root:
                findings.add("root-differs", f"checkpoints.jsonl {following.size}")
            following = next(signed, None)
    facts.update(entries=edge.size, checkpoints=len(heads))
    if edge.size != head.size or edge.root() != head.root:
        findings.add("root-differs", "checkpoint")
    walk.partial_tiles(edge)
    if not findings.problems:
        facts.update(_proofs(path, head, heads, findings))


def _key(path: Path, vkey: str | None, findings: _Findings) -> note.VerifierKey:
    try:
        shown = note.VerifierKey.parse(_read(path / "log.vkey", 1000).decode())
        given = note.VerifierKey.parse(vkey) if vkey is not None else shown
    except (OSError, ValueError):
        findings.add("unreadable", "log.vkey")
        raise _Stop from None
    if given != shown:
        findings.add("signature", "log.vkey")
    return given


def _head(path: Path, key: note.VerifierKey, findings: _Findings) -> note.Checkpoint:
    try:
        return note.open_checkpoint(_read(path / "checkpoint", note.MAX_NOTE_CHARS).decode(), key)
    except OSError:
        findings.add("missing", "checkpoint")
    except ValueError:
        findings.add("signature", "checkpoint")
    raise _Stop


def _heads(path: Path, key: note.VerifierKey, newest: note.Checkpoint, findings: _Findings) -> list[note.Checkpoint]:
    """Every head of the history, in order; the last must be the newest."""
    heads: list[note.Checkpoint] = []
    for number, line in enumerate(_lines(path / "checkpoints.jsonl", findings), 1):
        where = f"checkpoints.jsonl:{number}"
        try:
            record = json.loads(line)
            head = note.open_checkpoint(record["note"], key)
            if canonical_json({"size": head.size, "note": record["note"]}) != line:
                raise ValueError("not in its one form")
        except (ValueError, KeyError, TypeError):
            findings.add("signature", where)
            continue
        if heads and head.size <= heads[-1].size:
            findings.add("not-growing", where)
            continue
        heads.append(head)
    if not heads or heads[-1] != newest:
        findings.add("not-growing", "checkpoint")
    return heads


class _Walk:
    """Goes through the entries in leaf order, comparing lines, bundles, links and full tiles."""

    def __init__(self, path: Path, size: int, findings: _Findings) -> None:
        self.path, self.size, self.findings = path, size, findings
        self.numbers: set[int] = set()
        self.links: dict[str, set[str]] = defaultdict(set)

    def entries(self) -> Iterator[bytes]:
        lines = _lines(self.path / "entries.jsonl", self.findings)
        bundle: list[bytes] = []
        for index in range(self.size):
            if index % TILE_WIDTH == 0:
                bundle = self._bundle(index)
            line, place = next(lines, None), index % TILE_WIDTH
            if line is None:
                self.findings.add("missing", f"entries.jsonl:{index + 1}")
                raise _Stop
            if place >= len(bundle) or bundle[place] != line:
                self.findings.add("entry-differs", f"entries.jsonl:{index + 1}")
            self._payload(line, f"entries.jsonl:{index + 1}")
            yield line
        if next(lines, None) is not None:
            self.findings.add("surplus", "entries.jsonl")

    def tiles(self, full: Iterable[Tile]) -> None:
        for tile in full:
            self._compare(tile_path(tile.level, tile.index, TILE_WIDTH), b"".join(tile.hashes))

    def partial_tiles(self, edge: Edge) -> None:
        for level, row in enumerate(edge.levels):
            if row:
                self._compare(tile_path(level, edge.size >> (8 * (level + 1)), len(row)), b"".join(row))

    def _compare(self, name: str, expected: bytes) -> None:
        try:
            found = _read(self.path / name, len(expected))
        except OSError:
            self.findings.add("missing", name)
            return
        if found != expected:
            self.findings.add("tile-differs", name)

    def _bundle(self, index: int) -> list[bytes]:
        width = min(TILE_WIDTH, self.size - index)
        name = bundle_path(index // TILE_WIDTH, width)
        try:
            entries = split_bundle(_read(self.path / name, TILE_WIDTH * (MAX_ENTRY_BYTES + 2)))
        except (OSError, ValueError):
            self.findings.add("unreadable", name)
            return []
        if len(entries) != width:
            self.findings.add("surplus" if len(entries) > width else "missing", name)
        return entries

    def _payload(self, line: bytes, where: str) -> None:
        """One written form, a number of its own, and the link to the entry before it about the same object."""
        try:
            payload = json.loads(line)
            sound = canonical_json(payload) == line and payload["v"] == 1 and payload["id"] not in self.numbers
            about, link = f"{payload['object']['kind']} {payload['object']['id']}", payload["previous"]
        except (ValueError, KeyError, TypeError, RecursionError):
            sound, about, link = False, "", None
        if not sound:
            self.findings.add("payload", where)
            return
        self.numbers.add(payload["id"])
        if payload["object"]["id"] is None:
            return
        seen = self.links[payload["object"]["id"]]
        if link is not None and link not in seen:  # two acts at one instant may share a predecessor, or have none
            self.findings.add("link-broken", f"{where} {about}")
        seen.add(hashlib.sha256(line).hexdigest())


def _proofs(path: Path, head: note.Checkpoint, heads: list[note.Checkpoint], findings: _Findings) -> dict[str, int]:
    """Proofs made from the tile files, for a spread of leaves and of neighbouring checkpoints."""
    read = _FileReader(path, head.size)
    places = _spread(head.size)
    for index in places:
        (leaf,) = read(0, index, 1)
        if root_from_inclusion(leaf, index, head.size, inclusion_proof(read, index, head.size)) != head.root:
            findings.add("proof-fails", f"{index}")
    pairs = [(heads[at], heads[at + 1]) for at in _spread(len(heads) - 1)]
    for old, new in pairs:
        if not consistent(old.size, old.root, new.size, new.root, consistency_proof(read, old.size, new.size)):
            findings.add("proof-fails", f"{old.size} {new.size}")
    return {"inclusion_proofs": len(places), "consistency_proofs": len(pairs)}


class _FileReader:
    def __init__(self, path: Path, size: int) -> None:
        self.path, self.size = path, size
        self.held: dict[tuple[int, int], list[bytes]] = {}

    def __call__(self, level: int, start: int, count: int) -> list[bytes]:
        index, offset = divmod(start, TILE_WIDTH)
        if (level, index) not in self.held:
            width = min(TILE_WIDTH, (self.size >> (8 * level)) - index * TILE_WIDTH)
            data = _read(self.path / tile_path(level, index, width), TILE_WIDTH * 32)
            self.held[level, index] = split_tile(data)
        return self.held[level, index][offset : offset + count]


def _spread(count: int) -> list[int]:
    """Up to SAMPLES places over 0 … count-1, the first and the last among them."""
    if count <= SAMPLES:
        return list(range(max(count, 0)))
    return sorted({at * (count - 1) // (SAMPLES - 1) for at in range(SAMPLES)})


def _lines(path: Path, findings: _Findings) -> Iterator[bytes]:
    """Lines without their line feed; a last line without one, or one too long, is no line."""
    try:
        with path.open("rb") as file:
            while line := file.readline(MAX_LINE_BYTES):
                if not line.endswith(b"\n"):
                    findings.add("unreadable", path.name)
                    return
                yield line[:-1]
    except OSError:
        findings.add("missing", path.name)


def _read(path: Path, limit: int) -> bytes:
    """The file's bytes. OSError also for one that is longer than it may be."""
    with path.open("rb") as file:
        data = file.read(limit + 1)
    if len(data) > limit:
        raise OSError("longer than it may be")
    return data

"""An exported log: checked by us, by a second implementation and by Go; every falsification refused."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection

from antin.ledger import acts, command, note, ports, queries
from antin.ledger.tiles import join_bundle, split_bundle
from antin.ledger.verify import verify_export
from antin.values import Actor, canonical_json, new_id

from . import naive
from .places import append, append_many

GO_LIBRARY = Path("/usr/share/gocode/src/golang.org/x/mod/sumdb/tlog")
ORACLE = Path(__file__).with_name("oracle") / "main.go"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker) -> Path:
    """A log of 530 entries in several turns, exported once for the module; the database stays as it was."""
    folder, before = tmp_path_factory.mktemp("log"), ports.bound()
    ports.bind(ports.Ports("so.example", KEY))
    with django_db_blocker.unblock():
        connection.set_autocommit(False)
        try:
            document = new_id()
            for count in (1, 255, 1, 20, 250):
                append_many(count)
                append(document)
                acts.integrate()
            acts.export(folder)
            for entry in queries.evidence(document):
                (folder / f"{entry.id}.entry").write_bytes(entry.payload)
                (folder / f"{entry.id}.tlog-proof").write_text(entry.proof or "", encoding="utf-8")
        finally:
            connection.rollback()
            connection.set_autocommit(True)
            ports.bind(before)
    return folder


@pytest.fixture
def copy(exported: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(exported, tmp_path / "copy"))


@pytest.mark.clause("379/5.3")
def test_verify_export_of_an_honest_log_holds(exported: Path):
    report = verify_export(exported, (exported / "log.vkey").read_text())
    assert report.problems == ()
    assert report.ok
    assert (report.entries, report.size, report.checkpoints, report.origin) == (532, 532, 5, "so.example")
    assert report.key_given
    assert report.inclusion_proofs == 64
    assert report.consistency_proofs == 4


@pytest.mark.clause("379/5.3")
def test_export_is_right_by_the_recursive_definition_and_openssl(exported: Path):
    entries, origin, size, root = naive.read_export(exported)
    assert (origin, size, root) == ("so.example", 532, naive.mth(entries))
    assert [line.encode() for line in (exported / "entries.jsonl").read_text().splitlines()] == entries


@pytest.mark.skipif(
    shutil.which("go") is None or not GO_LIBRARY.exists(), reason="Go or its sumdb package is not installed"
)
@pytest.mark.clause("379/5.3")
def test_export_is_right_by_gos_transparency_log(exported: Path, copy: Path, tmp_path_factory: pytest.TempPathFactory):
    program = tmp_path_factory.mktemp("oracle") / "oracle"
    cache = str(tmp_path_factory.mktemp("go"))
    given = {**os.environ, "GO111MODULE": "off", "GOPATH": "/usr/share/gocode", "GOCACHE": cache, "GOFLAGS": ""}
    subprocess.run(["go", "build", "-o", str(program), str(ORACLE)], check=True, env=given, capture_output=True)
    proofs = [
        str(name) for entry in sorted(exported.glob("*.entry")) for name in (entry, entry.with_suffix(".tlog-proof"))
    ]
    good = subprocess.run([program, exported, *proofs], capture_output=True, text=True, check=False)
    assert (good.returncode, good.stdout) == (0, "OK 532 entries 4 tiles 5 checkpoints 5 proofs\n")
    edit(copy / "tile/entries/001", lambda data: data.replace(b'"v":1', b'"v":2', 1))
    bad = subprocess.run([program, copy], capture_output=True, text=True, check=False)
    assert bad.returncode == 1
    assert "FAIL root" in bad.stdout


def edit(path: Path, change: Callable[[bytes], bytes]) -> None:
    data = path.read_bytes()
    changed = change(data)
    assert changed != data
    path.write_bytes(changed)


def lines_of(data: bytes) -> list[bytes]:
    return data.splitlines(keepends=True)


def without(at: int) -> Callable[[bytes], bytes]:
    return lambda data: b"".join(line for n, line in enumerate(lines_of(data)) if n != at % len(lines_of(data)))


def flipped(at: int) -> Callable[[bytes], bytes]:
    return lambda data: data[:at] + bytes([data[at] ^ 1]) + data[at:][1:]


def swapped(data: bytes) -> bytes:
    lines = lines_of(data)
    return b"".join([lines[1], lines[0], *lines[2:]])


def forged_head(data: bytes) -> bytes:
    """A checkpoint of a smaller root, signed by somebody else's key of the same name."""
    lines = data.decode().split("\n")
    head = note.Checkpoint(lines[0], int(lines[1]), bytes(32))
    return note.sign_checkpoint(head, Ed25519PrivateKey.generate()).encode()


def resigned_head(data: bytes) -> bytes:
    """Another root, signed by the log's own stolen key."""
    lines = data.decode().split("\n")
    return note.sign_checkpoint(note.Checkpoint(lines[0], int(lines[1]), bytes(32)), KEY).encode()


def fork_in_history(data: bytes) -> bytes:
    lines = lines_of(data)
    old = note.sign_checkpoint(note.Checkpoint("so.example", 2, bytes(32)), KEY)
    return canonical_json({"size": 2, "note": old}) + b"\n" + b"".join(lines[1:])


FALSIFIED = {
    "an entry's line changed": ("entries.jsonl", lambda d: d.replace(b'"v":1', b'"v":2', 1), "entry-differs"),
    "an entry's line dropped": ("entries.jsonl", without(7), "entry-differs"),
    "the last entry dropped": ("entries.jsonl", without(-1), "missing"),
    "an entry added": ("entries.jsonl", lambda d: d + lines_of(d)[0], "surplus"),
    "two entries exchanged": ("entries.jsonl", swapped, "entry-differs"),
    "entries cut mid-line": ("entries.jsonl", lambda d: d[:-10], "unreadable"),
    "a bundle's bit flipped": ("tile/entries/000", flipped(100), "entry-differs"),
    "a bundle cut": ("tile/entries/000", lambda d: d[:-1], "unreadable"),
    "a bundle with one more": ("tile/entries/002.p/20", lambda d: d + join_bundle([b"{}"]), "surplus"),
    "a bundle with one less": ("tile/entries/000", lambda d: join_bundle(split_bundle(d)[:-1]), "missing"),
    "a leaf hash flipped": ("tile/0/000", flipped(8191), "tile-differs"),
    "a partial tile flipped": ("tile/0/002.p/20", flipped(0), "tile-differs"),
    "an upper tile flipped": ("tile/1/000.p/2", flipped(40), "tile-differs"),
    "a tile too long": ("tile/0/001", lambda d: d + bytes(32), "missing"),
    "the head signed by another": ("checkpoint", forged_head, "signature"),
    "the head's root changed by the log itself": ("checkpoint", resigned_head, "root-differs"),
    "the head's size changed": ("checkpoint", lambda d: d.replace(b"\n532\n", b"\n531\n"), "signature"),
    "the head is rubbish": ("checkpoint", lambda d: b"\xff\xfe", "signature"),
    "history forked": ("checkpoints.jsonl", fork_in_history, "root-differs"),
    "history without its end": ("checkpoints.jsonl", without(-1), "not-growing"),
    "history out of order": ("checkpoints.jsonl", swapped, "not-growing"),
    "history's signature spoiled": ("checkpoints.jsonl", lambda d: d.replace(b"\\n2\\n", b"\\n3\\n", 1), "signature"),
    "history is rubbish": ("checkpoints.jsonl", lambda d: b"[[[[\n" + d, "signature"),
    "another key": (
        "log.vkey",
        lambda d: str(note.VerifierKey.of("so.example", Ed25519PrivateKey.generate())).encode(),
        "signature",
    ),
    "no key": ("log.vkey", lambda d: b"", "unreadable"),
}


@pytest.mark.parametrize(("name", "change", "code"), FALSIFIED.values(), ids=FALSIFIED.keys())
@pytest.mark.clause("379/5.3")
def test_verify_export_falsified_is_refused(copy: Path, name: str, change: Callable[[bytes], bytes], code: str):
    edit(copy / name, change)
    report = verify_export(copy)
    assert not report.ok
    assert code in {problem.code for problem in report.problems}
    assert command.verify(copy)[0] == 1


@pytest.mark.parametrize(
    "name", ["entries.jsonl", "checkpoint", "checkpoints.jsonl", "log.vkey", "tile/0/001", "tile/entries/000"]
)
def test_verify_export_with_a_file_missing_is_refused(copy: Path, name: str):
    (copy / name).unlink()
    assert not verify_export(copy).ok


def test_verify_export_with_the_whole_past_rewritten_by_the_log_is_refused_by_its_history(copy: Path):
    """Entries, bundle and leaf tile agree with each other; only the signed heads tell."""
    edit(copy / "entries.jsonl", lambda d: d.replace(b'"method":"password_totp"', b'"method":"certificate"', 1))
    lines = (copy / "entries.jsonl").read_bytes().splitlines()
    (copy / "tile/entries/000").write_bytes(join_bundle(lines[:256]))
    codes = {problem.code for problem in verify_export(copy).problems}
    assert {"root-differs", "tile-differs"} <= codes


def test_verify_export_against_a_key_known_otherwise_refuses_a_substituted_log(exported: Path):
    other = str(note.VerifierKey.of("so.example", Ed25519PrivateKey.generate()))
    assert not verify_export(exported, other).ok
    assert verify_export(exported, "rubbish").problems[0].code == "unreadable"


@pytest.mark.django_db
def test_export_again_into_the_same_folder_adds_what_is_new(tmp_path: Path):
    with pytest.raises(LookupError):
        acts.export(tmp_path)
    append_many(256)
    acts.integrate()
    first = acts.export(tmp_path, actor=Actor.system())
    full = (tmp_path / "tile/0/000").stat().st_mtime_ns
    acts.integrate()
    second = acts.export(tmp_path)
    assert (first.size, second.size) == (256, 257)
    assert (tmp_path / "tile/0/000").stat().st_mtime_ns == full
    assert verify_export(tmp_path, second.vkey).ok
    assert json.loads((tmp_path / "entries.jsonl").read_text().splitlines()[-1])["act"] == "ledger.evidence.exported"


def test_command_says_what_holds_in_both_languages_and_as_json(exported: Path, tmp_path: Path):
    code, text = command.verify(exported)
    assert code == 0
    assert "Sổ nguyên vẹn" in text
    assert "the ledger verifies" in text
    assert "compare it by another way" in text
    code, text = command.verify(exported, True, vkey=(exported / "log.vkey").read_text())
    assert code == 0
    assert json.loads(text)["ok"] is True
    assert command.verify(tmp_path / "nothing")[0] == 2
    assert command.verify(tmp_path)[0] == 2

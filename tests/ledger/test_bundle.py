"""Proof bundles: checkable alone, the same bytes each time, and no way to smuggle anything in."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from antin.ledger import acts, bundle, command, note, queries
from antin.ledger.bundle import BundleEntry, BundleParts, build_bundle, verify_bundle
from antin.values import canonical_json, new_id, sha256_hex

from .places import append, append_many

PDF, ANNEX = b"%PDF-1.7 mau", b"phu luc"


@pytest.fixture
def parts(db: None) -> BundleParts:
    document = new_id()
    append(document, detail={"abstract": "Về việc mẫu"}, reason="tạo")
    append_many(3)
    append(document, facts={"digest": sha256_hex(PDF), "attachments": [sha256_hex(ANNEX)]})
    append(document)
    acts.integrate()
    return BundleParts(
        document_id=document,
        title="12-TB/TU",
        document=PDF,
        vkey=queries.log_key(),
        entries=tuple(BundleEntry(e.id, e.payload, e.proof, e.opening) for e in queries.evidence(document)),
        report={"verdict": "valid", "reasons": ["chữ ký đúng"]},
        anchors_pem=b"-----BEGIN CERTIFICATE-----\n",
        attachments=(("Phụ lục/../../x.pdf", ANNEX), ("..", b"hai")),
        receipts=(("biên nhận.bin", b"r"),),
    )


@pytest.mark.clause("379/17.3", "379/5.5")
def test_verify_bundle_of_an_honest_bundle_holds(parts: BundleParts):
    report = verify_bundle(build_bundle(parts), parts.vkey)
    assert report.problems == ()
    assert report.ok
    assert (report.entries, report.openings, report.checkpoint_size) == (3, 3, 6)
    assert report.named_by == (parts.entries[1].id,)
    assert report.document == PDF
    assert report.report == parts.report
    assert report.unnamed == ("attachments/002-file",)
    assert "attachments/001-x.pdf" in report.files


def test_build_bundle_twice_gives_the_same_bytes(parts: BundleParts):
    assert build_bundle(parts) == build_bundle(parts)


@pytest.mark.clause("379/20.3")
def test_verify_bundle_with_words_erased_still_holds(parts: BundleParts):
    bare = replace(parts, entries=tuple(replace(entry, opening=None) for entry in parts.entries))
    report = verify_bundle(build_bundle(bare))
    assert report.ok
    assert report.openings == 0


def test_verify_bundle_needs_no_django(parts: BundleParts, tmp_path: Path):
    path = tmp_path / "bundle.zip"
    path.write_bytes(build_bundle(parts))
    code = (
        "import sys; from antin.ledger import command; code, text = command.verify(sys.argv[1]); print(text);"
        "assert not [m for m in sys.modules if m.split('.')[0] in ('django', 'psycopg')]; raise SystemExit(code)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=False, env={})
    assert done.returncode == 0, done.stderr
    assert "the bundle verifies" in done.stdout


def repacked(data: bytes, change: Callable[[dict[str, bytes]], None]) -> bytes:
    """The bundle with its files changed and the manifest made to fit again: what a careful forger would do."""
    with zipfile.ZipFile(io.BytesIO(data)) as source:
        files = {name: source.read(name) for name in source.namelist()}
    change(files)
    manifest = json.loads(files["manifest.json"])
    for item in manifest["files"]:
        if item["path"] in files:
            item.update(sha256=sha256_hex(files[item["path"]]), size=len(files[item["path"]]))
    manifest["files"] = [item for item in manifest["files"] if item["path"] in files]
    manifest["document"]["sha256"] = sha256_hex(files.get("document.pdf", b""))
    files["manifest.json"] = canonical_json(manifest)
    return zipped(files.items())


def zipped(files) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in files:
            target.writestr(name, content)
    return made.getvalue()


def first_entry(files: dict[str, bytes], ending: str = ".json") -> str:
    return sorted(name for name in files if name.startswith("ledger/") and name.endswith(ending))[0]


def entry_names(files: dict[str, bytes]) -> list[str]:
    names = [name for name in files if name.startswith("ledger/") and name.endswith(".json") and "opening" not in name]
    return sorted(names, key=lambda name: int(name[7:-5]))


def other_pdf(files: dict[str, bytes]) -> None:
    files["document.pdf"] = b"%PDF-1.7 khac"


def altered_entry(files: dict[str, bytes]) -> None:
    name = entry_names(files)[0]
    files[name] = files[name].replace(b'"office":"clerk"', b'"office":"leader"')


def altered_words(files: dict[str, bytes]) -> None:
    name = entry_names(files)[0].replace(".json", ".opening.json")
    files[name] = files[name].replace("tạo".encode(), "phá".encode())


def hidden_entry(files: dict[str, bytes]) -> None:
    name = entry_names(files)[1]
    for ending in (".json", ".tlog-proof", ".opening.json"):
        del files[name.replace(".json", ending)]


def no_proof(files: dict[str, bytes]) -> None:
    del files[entry_names(files)[0].replace(".json", ".tlog-proof")]


def exchanged_proofs(files: dict[str, bytes]) -> None:
    one, two = (name.replace(".json", ".tlog-proof") for name in entry_names(files)[:2])
    files[one], files[two] = files[two], files[one]


def no_entries(files: dict[str, bytes]) -> None:
    for name in [name for name in files if name.startswith("ledger/")]:
        del files[name]


def another_document(files: dict[str, bytes]) -> None:
    manifest = json.loads(files["manifest.json"])
    manifest["document"]["id"] = str(new_id())
    files["manifest.json"] = canonical_json(manifest)


FORGED = {
    "another PDF": (other_pdf, "not-in-ledger"),
    "an entry altered": (altered_entry, "proof-fails"),
    "words altered": (altered_words, "opening-differs"),
    "an entry hidden": (hidden_entry, "history-gap"),
    "a proof left out": (no_proof, "missing"),
    "proofs exchanged": (exchanged_proofs, "proof-fails"),
    "no entries": (no_entries, "missing"),
    "entries of another document": (another_document, "payload"),
    "no document": (lambda files: files.pop("document.pdf"), "missing"),
}


@pytest.mark.parametrize(("change", "code"), FORGED.values(), ids=FORGED.keys())
@pytest.mark.clause("379/17.3", "379/5.3")
def test_verify_bundle_forged_with_a_fitting_manifest_is_refused(parts: BundleParts, change, code: str, tmp_path: Path):
    data = repacked(build_bundle(parts), change)
    report = verify_bundle(data)
    assert not report.ok
    assert code in {problem.code for problem in report.problems}
    path = tmp_path / "b.zip"
    path.write_bytes(data)
    assert command.verify(path)[0] == 1


def test_verify_bundle_signed_by_another_log_is_refused_when_the_key_is_known(parts: BundleParts):
    other = str(note.VerifierKey.of("thu-nghiem", Ed25519PrivateKey.generate()))
    assert {p.code for p in verify_bundle(build_bundle(parts), other).problems} == {"signature"}
    forged = build_bundle(replace(parts, vkey=other))
    assert {p.code for p in verify_bundle(forged).problems} == {"proof-fails"}


def test_verify_bundle_with_one_bit_changed_in_any_file_is_refused(parts: BundleParts):
    with zipfile.ZipFile(io.BytesIO(build_bundle(parts))) as source:
        files = {name: source.read(name) for name in source.namelist()}
    for name in sorted(files.keys() - {"README.txt", "manifest.json"}):
        middle = len(files[name]) // 2
        spoiled = files[name][:middle] + bytes([files[name][middle] ^ 1]) + files[name][middle + 1 :]
        assert not verify_bundle(zipped({**files, name: spoiled}.items())).ok, name


def test_verify_bundle_with_one_bit_changed_in_the_manifest_is_refused_save_in_the_title(parts: BundleParts):
    with zipfile.ZipFile(io.BytesIO(build_bundle(parts))) as source:
        files = {name: source.read(name) for name in source.namelist()}
    manifest = files["manifest.json"]
    title = manifest.index(b"12-TB/TU")
    for at in range(0, len(manifest), 37):
        if title <= at < title + len("12-TB/TU"):
            continue
        spoiled = manifest[:at] + bytes([manifest[at] ^ 1]) + manifest[at + 1 :]
        assert not verify_bundle(zipped({**files, "manifest.json": spoiled}.items())).ok, manifest[at - 9 : at + 9]


HOSTILE = {
    "path upwards": [("../../etc/cron.d/x", b"x")],
    "absolute path": [("/etc/passwd", b"x")],
    "backslashes": [("attachments\\..\\x", b"x")],
    "a name with an escape": [("attachments/001-\x1b[31mx", b"x")],
    "an unknown folder": [("extra/file", b"x")],
    "a folder": [("attachments/", b"")],
    "a name twice": [("document.pdf", b"1"), ("document.pdf", b"2")],
    "too many files": [(f"attachments/{n:03d}-{n}", b"") for n in range(1, 6)],
    "a long text": [("validation.json", b"0" * 5000)],
    "a bomb": [("document.pdf", b"\0" * 200_000)],
    "many that are too much together": [(f"attachments/{n:03d}-x", b"\0" * 90_000) for n in range(4)],
}


@pytest.mark.parametrize("files", HOSTILE.values(), ids=HOSTILE.keys())
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_verify_bundle_hostile_zip_is_refused(files, monkeypatch: pytest.MonkeyPatch):
    for name, value in {"FILES": 4, "FILE_BYTES": 100_000, "TOTAL_BYTES": 250_000, "TEXT_BYTES": 4_000}.items():
        monkeypatch.setattr(bundle, f"MAX_{name}", value)
    (problem,) = verify_bundle(zipped(files)).problems
    assert problem.code in {"unexpected-file", "too-large"}


def test_verify_bundle_zip_that_lies_about_sizes_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(bundle, "MAX_FILE_BYTES", 1000)
    data = zipped([("document.pdf", b"\0" * 500_000)])
    small = (10).to_bytes(4, "little")
    data = data.replace((500_000).to_bytes(4, "little"), small)
    assert {p.code for p in verify_bundle(data).problems} <= {"unreadable", "too-large"}
    assert not verify_bundle(data).ok


def test_verify_bundle_with_a_link_or_a_password_is_refused():
    for change in ("link", "password"):
        made = io.BytesIO()
        entry = zipfile.ZipInfo("document.pdf")
        if change == "link":
            entry.external_attr = 0o120777 << 16
        with zipfile.ZipFile(made, "w") as target:
            target.writestr(entry, b"/etc/passwd")
        data = made.getvalue()
        if change == "password":
            at = data.index(b"PK\x01\x02") + 8
            data = data[:at] + b"\x01" + data[at + 1 :]
        assert [p.code for p in verify_bundle(data).problems] == ["unexpected-file"]


@given(st.binary(max_size=400))
def test_verify_bundle_of_rubbish_is_refused_quietly(data: bytes):
    assert not verify_bundle(data).ok


@pytest.mark.parametrize("manifest", [b"", b"[]", b"{}", b"null", b'{"kind":"antin-proof-bundle","v":1}', b"[" * 5000])
def test_verify_bundle_with_a_rubbish_manifest_is_refused_quietly(manifest: bytes):
    assert [p.code for p in verify_bundle(zipped([("manifest.json", manifest)])).problems] == ["unreadable"]

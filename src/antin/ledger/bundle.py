"""The proof bundle: one document with everything needed to check it on a machine that knows nothing of us.

A zip, the same bytes for the same parts:

README.txt            how to check, in Vietnamese and English
manifest.json         version, document, the log's key, every file with role, size, SHA-256
document.pdf          the document's bytes; attachments/… beside it
validation.json       the report of the signatures
trust/anchors.pem     the anchors it was judged by
receipts/…            signed words both ways: manifests, receipts and statements (.json), letters (.eml), messages of the axis (.edxml)
ledger/<id>.json      an entry's payload, byte for byte as hashed
ledger/<id>.tlog-proof  its place under a signed checkpoint (C2SP tlog-proof)
ledger/<id>.opening.json  name, reason and detail with the salt that proves them; absent once erased
heads/…, ledger/<id>.timed-proof  since when an entry has been there, by a time-stamping authority (`bundle_heads`)

`verify_bundle` needs no Django, no database, no network. It proves digests, entries, links, openings, and that the
ledger names this very document; the signatures inside the PDF are the caller's to validate.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any
from uuid import UUID

from antin.ledger import bundle_heads, note
from antin.ledger.bundle_heads import TimedHead
from antin.ledger.bundle_readme import README
from antin.ledger.rules import Opening
from antin.ledger.verify import Problem
from antin.values import canonical_json, nfc, sha256_hex

KIND = "antin-proof-bundle"
VERSION = 1
MAX_FILES = 5_000
MAX_FILE_BYTES = 100 * 1024 * 1024
MAX_TOTAL_BYTES = 256 * 1024 * 1024
MAX_TEXT_BYTES = 4 * 1024 * 1024
NAMES = re.compile(
    r"(?:README\.txt|manifest\.json|document\.pdf|validation\.json|trust/anchors\.pem"
    r"|(?:attachments|receipts)/[0-9]{3}-[\w.()-][\w.() -]{0,119}"
    r"|ledger/[1-9][0-9]{0,18}\.(?:json|tlog-proof|opening\.json)"
    rf"|{bundle_heads.NAMES})\Z"
)
ENTRY_ROLES = {"json": "entry", "tlog-proof": "proof", "opening.json": "opening", "timed-proof": "timed-proof"}
MOMENT = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class BundleEntry:
    """An entry of the ledger about the document; `proof` None while not integrated, `opening` None once erased."""

    id: int
    payload: bytes
    proof: str | None
    opening: Opening | None


@dataclass(frozen=True, slots=True)
class Apart:
    """A file too large to be enclosed: the manifest names it, so that who holds it can compare."""

    name: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class BundleParts:
    """What goes in. `vkey`: the log's verifier key; `anchors_pem`: the trust anchors, PEM, one after another; `timed`: entry id →
    its proof under one of `heads`."""

    document_id: UUID
    title: str
    document: bytes
    vkey: str
    entries: tuple[BundleEntry, ...]
    report: dict[str, Any] | None = None
    anchors_pem: bytes = b""
    attachments: tuple[tuple[str, bytes], ...] = ()
    receipts: tuple[tuple[str, bytes], ...] = ()
    apart: tuple[Apart, ...] = ()
    heads: tuple[TimedHead, ...] = ()
    timed: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class BundleReport:
    """The outcome. `document` holds the PDF's bytes for the caller to validate its signatures with `anchors_pem`.

    `named_by`: ids of the entries whose facts name the document's digest; `unnamed`: attachments that none names;
    `apart`: files that were too large to be enclosed; `heads`: with the entries they hold, their records not judged yet.
    """

    document_id: str = ""
    title: str = ""
    digest: str = ""
    vkey: str = ""
    key_given: bool = False
    checkpoint_size: int = 0
    entries: int = 0
    openings: int = 0
    named_by: tuple[int, ...] = ()
    unnamed: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    apart: tuple[Apart, ...] = ()
    problems: tuple[Problem, ...] = ()
    heads: tuple[TimedHead, ...] = field(default=(), repr=False)
    document: bytes = field(default=b"", repr=False)
    anchors_pem: bytes = field(default=b"", repr=False)
    report: dict[str, Any] | None = field(default=None, repr=False)

    @property
    def ok(self) -> bool:
        return not self.problems and self.entries > 0

    def to_dict(self) -> dict[str, Any]:
        hidden = {"problems", "document", "anchors_pem", "report", "apart", "heads"}
        facts = {name: getattr(self, name) for name in self.__dataclass_fields__ if name not in hidden}
        facts["apart"] = [asdict(one) for one in self.apart]
        facts["heads"] = [{"size": one.size, "entries": list(one.entries)} for one in self.heads]
        listed = [{"code": p.code, "where": p.where, "text": p.text} for p in self.problems]
        return {"ok": self.ok, **facts, "problems": listed}


def build_bundle(parts: BundleParts) -> bytes:
    """The bundle's bytes; equal parts give equal bytes."""
    files = dict(_files(parts))
    listed = [
        {"path": path, "role": _role(path), "sha256": sha256_hex(data), "size": len(data)}
        for path, data in sorted(files.items())
    ]
    manifest = {
        "kind": KIND,
        "v": VERSION,
        "document": {"id": str(parts.document_id), "title": parts.title, "sha256": sha256_hex(parts.document)},
        "log": parts.vkey,
        "files": listed,
    }
    if parts.apart:
        manifest["apart"] = [asdict(one) for one in parts.apart]
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as target:
        _put(target, "README.txt", README.encode())
        _put(target, "manifest.json", canonical_json(manifest))
        for path, data in sorted(files.items()):
            _put(target, path, data)
    return made.getvalue()


def verify_bundle(source: Path | bytes, vkey: str | None = None) -> BundleReport:
    """Checks a bundle offline. Never raises for what stands in it; OSError only when the file can't be read."""
    found = _Found(vkey)
    opened: IO[bytes] = io.BytesIO(source) if isinstance(source, bytes) else source.open("rb")
    with opened:
        try:
            files = _unpack(opened)
            _check(files, found)
        except _Refused as refused:
            found.add(refused.code, refused.where)
    return found.report()


def safe_name(number: int, name: str) -> str:
    """A file name that is safe everywhere: `001-Phụ lục.pdf`."""
    kept = re.sub(r"[^\w.() -]", "_", nfc(name).replace("\\", "/").rsplit("/", 1)[-1])[-100:].strip(". ")
    return f"{number:03d}-{kept or 'file'}"


def _files(parts: BundleParts) -> Iterator[tuple[str, bytes]]:
    yield "document.pdf", parts.document
    if parts.report is not None:
        yield "validation.json", json.dumps(parts.report, ensure_ascii=False, sort_keys=True).encode()
    if parts.anchors_pem:
        yield "trust/anchors.pem", parts.anchors_pem
    for folder, items in (("attachments", parts.attachments), ("receipts", parts.receipts)):
        for number, (name, data) in enumerate(items, 1):
            yield f"{folder}/{safe_name(number, name)}", data
    for entry in parts.entries:
        yield f"ledger/{entry.id}.json", entry.payload
        if entry.proof is not None:
            yield f"ledger/{entry.id}.tlog-proof", entry.proof.encode()
        if entry.opening is not None:
            yield f"ledger/{entry.id}.opening.json", _opening_json(entry.opening)
    yield from bundle_heads.files_of(parts.heads, parts.timed)


def _role(path: str) -> str:
    """What a file is for, by its place."""
    if path.startswith("ledger/"):
        return ENTRY_ROLES[path.split(".", 1)[1]]
    folder = path.split("/")[0]
    return {"document.pdf": "document", "validation.json": "validation"}.get(path, folder.removesuffix("s"))


def _opening_json(opening: Opening) -> bytes:
    return canonical_json({"committed": json.loads(opening.words()), "salt": opening.salt.hex()})


def _put(target: zipfile.ZipFile, path: str, data: bytes) -> None:
    entry = zipfile.ZipInfo(path, MOMENT)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    entry.create_system = 3
    target.writestr(entry, data, compresslevel=6)


class _Refused(Exception):
    def __init__(self, code: str, where: str) -> None:
        super().__init__(code, where)
        self.code, self.where = code, where


@dataclass
class _Found:
    vkey: str | None
    facts: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def add(self, code: str, where: str) -> None:
        self.problems.append(Problem(code, where))

    def report(self) -> BundleReport:
        return BundleReport(**self.facts, key_given=self.vkey is not None, problems=tuple(self.problems))


def _unpack(opened: IO[bytes]) -> dict[str, bytes]:
    """Every file by its name. _Refused for anything a bundle of ours never has, before it can cost memory."""
    try:
        with zipfile.ZipFile(opened) as source:
            entries = source.infolist()
            if len(entries) > MAX_FILES:
                raise _Refused("too-large", "zip")
            files: dict[str, bytes] = {}
            left = MAX_TOTAL_BYTES
            for entry in entries:
                _admit(entry, files)
                files[entry.filename] = data = _read(source, entry, min(left, _limit(entry.filename)))
                left -= len(data)
            return files
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError, OSError) as error:
        raise _Refused("unreadable", "zip") from error


def _admit(entry: zipfile.ZipInfo, files: dict[str, bytes]) -> None:
    kind = entry.external_attr >> 16 & 0o170000
    plain = kind in (0, 0o100000) and entry.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
    if not NAMES.match(entry.filename) or entry.orig_filename != entry.filename or entry.flag_bits & 1 or not plain:
        raise _Refused("unexpected-file", entry.filename[:120])
    if entry.filename in files:
        raise _Refused("unexpected-file", f"{entry.filename} twice")


def _limit(name: str) -> int:
    heavy = name == "document.pdf" or name.startswith("attachments/") or name.endswith((".eml", ".edxml"))
    return MAX_FILE_BYTES if heavy else MAX_TEXT_BYTES


def _read(source: zipfile.ZipFile, entry: zipfile.ZipInfo, limit: int) -> bytes:
    """Reads no more than the limit, whatever the zip says of its sizes."""
    if entry.file_size > limit:
        raise _Refused("too-large", entry.filename)
    try:
        with source.open(entry) as file:
            data = file.read(limit + 1)
    except Exception as error:  # the decompressor has many ways to fail; all mean the same here
        raise _Refused("unreadable", entry.filename) from error
    if len(data) > limit:
        raise _Refused("too-large", entry.filename)
    return data


def _check(files: dict[str, bytes], found: _Found) -> None:
    manifest = _manifest(files, found)
    key = _key(manifest, found)
    document = files.get("document.pdf", b"")
    digest = sha256_hex(document)
    found.facts.update(
        document_id=manifest["document"]["id"],
        title=manifest["document"]["title"],
        digest=digest,
        vkey=str(key),
        files=tuple(sorted(files)),
        apart=_apart(manifest),
        document=document,
        anchors_pem=files.get("trust/anchors.pem", b""),
        report=_json(files, "validation.json") if "validation.json" in files else None,
    )
    if "document.pdf" not in files or manifest["document"]["sha256"] != digest:
        found.add("missing", "document.pdf")
    payloads = _entries(files, manifest["document"]["id"], key, found)
    _named(files, payloads, digest, found)
    heads, problems = bundle_heads.read(files, payloads, key)
    found.facts["heads"] = heads
    for code, where in problems:
        found.add(code, where)


def _manifest(files: dict[str, bytes], found: _Found) -> dict[str, Any]:
    """The manifest in its form, every file but itself and the README listed with its digest, and none besides."""
    manifest: dict[str, Any] = _json(files, "manifest.json")
    try:
        if manifest["kind"] != KIND or manifest["v"] != VERSION:
            raise _Refused("unreadable", "manifest.json")
        listed = {str(item["path"]): (item["role"], item["sha256"], item["size"]) for item in manifest["files"]}
        if canonical_json(manifest) != files["manifest.json"]:
            raise ValueError("not in its one form")
        _ = manifest["document"]["sha256"], manifest["document"]["title"], manifest["log"], _apart(manifest)
        UUID(manifest["document"]["id"])
    except (KeyError, TypeError, ValueError, AttributeError):
        raise _Refused("unreadable", "manifest.json") from None
    present = set(files) - {"manifest.json", "README.txt"}
    for path in sorted(set(listed) - present):
        found.add("missing", path)
    for path in sorted(present - set(listed)):
        found.add("surplus", path)
    for path in sorted(present & set(listed)):
        if listed[path] != (_role(path), sha256_hex(files[path]), len(files[path])):
            found.add("digest-differs", path)
    return manifest


def _apart(manifest: dict[str, Any]) -> tuple[Apart, ...]:
    return tuple(Apart(str(one["name"]), str(one["sha256"]), int(one["size"])) for one in manifest.get("apart", ()))


def _key(manifest: dict[str, Any], found: _Found) -> note.VerifierKey:
    try:
        shown = note.VerifierKey.parse(str(manifest["log"]))
        given = note.VerifierKey.parse(found.vkey) if found.vkey is not None else shown
    except note.NoteError:
        raise _Refused("unreadable", "log key") from None
    if given != shown:
        raise _Refused("signature", "log key")
    return given


def _entries(
    files: dict[str, bytes], document_id: str, key: note.VerifierKey, found: _Found
) -> dict[int, dict[str, Any]]:
    """The payloads by number, each proven, opened where its opening is there, and linked to the one before."""
    payloads: dict[int, dict[str, Any]] = {}
    digests, size, openings = set(), 0, 0
    names = [name for name in files if name.startswith("ledger/") and name.count(".") == 1 and name.endswith(".json")]
    for number, name in sorted((int(name[len("ledger/") : -len(".json")]), name) for name in names):
        payload = _payload(files[name], number, document_id)
        if payload is None:
            found.add("payload", name)
            continue
        size = max(size, _proven(files, number, key, found))
        openings += _opened(files, number, payload, found)
        if payload["previous"] is not None and payload["previous"] not in digests:
            found.add("history-gap", name)
        digests.add(sha256_hex(files[name]))
        payloads[number] = payload
    if not payloads:
        found.add("missing", "ledger/")
    found.facts.update(entries=len(payloads), openings=openings, checkpoint_size=size)
    return payloads


def _payload(data: bytes, number: int, document_id: str) -> dict[str, Any] | None:
    try:
        payload: dict[str, Any] = json.loads(data)
        sound = canonical_json(payload) == data and payload["id"] == number
        sound = sound and payload["object"]["id"] == document_id and isinstance(payload["facts"], dict)
        _ = payload["previous"], payload["detail_commitment"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return payload if sound else None


def _proven(files: dict[str, bytes], number: int, key: note.VerifierKey, found: _Found) -> int:
    """The size of the checkpoint that the entry was proven under; 0 when it was not."""
    name = f"ledger/{number}.tlog-proof"
    if name not in files:
        found.add("missing", name)
        return 0
    try:
        return note.Proof.parse(files[name].decode()).verify(files[f"ledger/{number}.json"], key).size
    except ValueError:
        found.add("proof-fails", name)
        return 0


def _opened(files: dict[str, bytes], number: int, payload: dict[str, Any], found: _Found) -> bool:
    name = f"ledger/{number}.opening.json"
    if name not in files:
        return False
    try:
        opening = json.loads(files[name])
        salt, committed = bytes.fromhex(opening["salt"]), opening["committed"]
        fits: bool = hashlib.sha256(salt + canonical_json(committed)).hexdigest() == payload["detail_commitment"]
    except (ValueError, KeyError, TypeError, RecursionError):
        fits = False
    if not fits:
        found.add("opening-differs", name)
    return fits


def _named(files: dict[str, bytes], payloads: dict[int, dict[str, Any]], digest: str, found: _Found) -> None:
    """Whether the entries name the document by its digest; without that they prove nothing about it."""
    facts = {number: frozenset(_strings(payload["facts"])) for number, payload in payloads.items()}
    named_by = tuple(number for number, strings in facts.items() if digest in strings)
    known = frozenset().union(*facts.values())
    attached = [name for name in sorted(files) if name.startswith("attachments/")]
    unnamed = [name for name in attached if sha256_hex(files[name]) not in known]
    unnamed += [one.name for one in found.facts["apart"] if one.sha256 not in known]
    found.facts.update(named_by=named_by, unnamed=tuple(unnamed))
    if payloads and not named_by:
        found.add("not-in-ledger", "document.pdf")


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)


def _json(files: dict[str, bytes], name: str) -> Any:
    try:
        return json.loads(files[name])
    except (KeyError, ValueError, RecursionError):
        raise _Refused("unreadable", name) from None

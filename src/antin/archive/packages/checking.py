"""A package of anybody, judged: is everything there that METS names, nothing else, and each byte as it was (379/23.2.c).

    with path.open("rb") as file:
        report = check(file, read)      # `sandboxed.read_in(pool, …)` for a file from outside

In order: the ZIP may be opened at all · one folder, METS in it · every file that METS (and the METS it points to) names is
there with its digest and size · nothing is there that none names · an AIP has PREMIS, whose digests agree · the descriptions
are the circular's. Nothing is unpacked to disk, nothing fetched; it never raises for what stands in the file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from posixpath import normpath
from typing import Any, BinaryIO
from urllib.parse import unquote

from antin.archive.packages import codes, opening
from antin.archive.packages.opening import Damaged, NotOpened, Opened, shown
from antin.archive.packages.reading import MOST_BYTES
from antin.archive.packages.report import Described, Finding, PackageReport
from antin.archive.packages.sandboxed import Reader, Refused
from antin.sandbox import Unanswered

MOST_FINDINGS = 200
MOST_POINTED = 200
MOST_DESCRIBED = 1_000
ALGORITHMS = {"SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512"}


@dataclass(frozen=True, slots=True)
class _Named:
    """A file as a METS names it."""

    digest: str
    algorithm: str
    size: str
    role: str


@dataclass
class _Check:
    files: Opened
    read: Reader
    folder: str = ""
    named: dict[str, _Named] = field(default_factory=dict)
    digests: dict[str, dict[str, str]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    told: dict[str, Any] = field(default_factory=dict)
    documents: list[Described] = field(default_factory=list)
    described: int = 0

    def add(self, code: str, where: str = "", why: str = "") -> None:
        told = Finding(code, shown(where), shown(why))
        if told in self.findings:
            return
        if len(self.findings) < MOST_FINDINGS:
            self.findings.append(told)
        elif len(self.findings) == MOST_FINDINGS:
            self.findings.append(Finding("unread", str(MOST_FINDINGS)))

    def read_xml(self, task: str, path: str) -> dict[str, Any] | None:
        """What a file of the package says; None, with a finding, when that cannot be told."""
        if self.files.size(path) > MOST_BYTES:
            self.add("limits", path)
            return None
        try:
            return self.read(task, self.files.read(path, MOST_BYTES))
        except Damaged:
            self.add("damaged", path)
        except Refused as refused:
            self.add("bad_xml", path, str(refused))
        except Unanswered:
            self.add("no_answer", path)
        return None


def check(file: BinaryIO, read: Reader) -> PackageReport:
    """The report on a seekable file."""
    sha256, size = _whole(file)
    try:
        with opening.opened(file) as files:
            found = _Check(files, read)
            _judge(found)
            return PackageReport(
                sha256=sha256,
                size=size,
                objid=str(found.told.get("objid", "")),
                kind=str(found.told.get("kind", "")),
                title=str(found.told.get("label", "")),
                files=len(files.paths),
                unpacked=sum(map(files.size, files.paths)),
                documents=tuple(found.documents),
                document_count=found.described,
                findings=tuple(found.findings),
            )
    except NotOpened as refused:
        return PackageReport(sha256, size, findings=(refused.finding,))


def _whole(file: BinaryIO) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    file.seek(0)
    while piece := file.read(opening.READ_BYTES):
        digest.update(piece)
        size += len(piece)
    return digest.hexdigest(), size


def _judge(found: _Check) -> None:
    if not _rooted(found):
        return
    _collect(found, found.folder + codes.METS, is_root=True)
    if not found.told:
        return
    _compare(found)
    _preserved(found)
    _descriptions(found)


def _rooted(found: _Check) -> bool:
    """One folder with METS in it, or METS at the top."""
    paths = found.files.paths
    roots = sorted(path[: -len(codes.METS)] for path in paths if path.rsplit("/", 1)[-1] == codes.METS)
    tops = [root for root in roots if root.count("/") <= 1]
    if not tops:
        found.add("no_mets")
        return False
    found.folder = tops[0]
    outside = [path for path in paths if not path.startswith(found.folder)]
    for path in outside:
        found.add("outside_folder", path)
    return not outside


def _collect(found: _Check, path: str, *, is_root: bool = False) -> None:
    """What a METS names, and once below it what those name that it points to."""
    said = found.read_xml("mets", path)
    if said is None or not said["is_mets"]:
        if said is not None:
            found.add("not_mets", path)
        return
    if is_root:
        found.told = said
        _told(found, said)
    base = path[: -len(codes.METS)]
    for one in said["refs"]:
        target = _target(found, path, base, one["href"])
        if target is not None and found.named.get(target, None) is None:
            found.named[target] = _Named(one["digest"].lower(), one["algorithm"].upper(), one["size"], one["for"])
    below = [p for p in (_target(found, path, base, href) for href in said["pointers"]) if p is not None]
    if is_root:
        for pointed in dict.fromkeys(below[:MOST_POINTED]):
            if pointed in found.files:
                _collect(found, pointed)
            elif pointed not in found.named:
                found.add("missing", pointed)


def _told(found: _Check, said: dict[str, Any]) -> None:
    if not said["objid"]:
        found.add("no_objid")
    if said["kind"] not in (codes.AIP, codes.DIP, codes.SIP):
        found.add("no_kind")


def _target(found: _Check, mets: str, base: str, href: str) -> str | None:
    """The path that a reference means; None, with a finding, for one that leads out of the package."""
    bare = unquote(href.removeprefix("file:")) if not href.startswith("file://") else ""
    target = normpath(base + bare) if bare and not bare.startswith("/") and ":" not in bare.split("/")[0] else ""
    if not target or not f"{target}/".startswith(found.folder) or "\x00" in target:
        found.add("refers_out", mets, href)
        return None
    return target


def _compare(found: _Check) -> None:
    root = found.folder + codes.METS
    for path in found.named:
        if path not in found.files:
            found.add("missing", path)
    for path in found.files.paths:
        named = found.named.get(path)
        if named is None and path != root:
            found.add("surplus", path)
        digests = _digests(found, path, named)
        if named is not None and digests is not None:
            _fits(found, path, named, digests)
    if not any("/data/" in path and "representations/" in path for path in found.named):
        found.add("no_data")


def _digests(found: _Check, path: str, named: _Named | None) -> dict[str, str] | None:
    """SHA-256, and what METS wants besides; None for a file that cannot be read."""
    wanted = {"sha256"} | ({ALGORITHMS[named.algorithm]} if named and named.algorithm in ALGORITHMS else set())
    sums = {name: hashlib.new(name) for name in sorted(wanted)}
    try:
        for piece in found.files.pieces(path):
            for one in sums.values():
                one.update(piece)
    except Damaged:
        found.add("damaged", path)
        return None
    found.digests[path] = {name: one.hexdigest() for name, one in sums.items()}
    return found.digests[path]


def _fits(found: _Check, path: str, named: _Named, digests: dict[str, str]) -> None:
    if not named.digest:
        found.add("no_digest", path)
    elif named.algorithm not in ALGORITHMS:
        found.add("weak_digest", path, named.algorithm or "?")
    elif digests[ALGORITHMS[named.algorithm]] != named.digest:
        found.add("changed", path)
    if named.size and named.size != str(found.files.size(path)):
        found.add("size", path)


def _preserved(found: _Check) -> None:
    """PREMIS is there where it must be, and says of each file what METS says (379/24.3)."""
    paths = [path for path, named in found.named.items() if named.role == "PREMIS" and path in found.files]
    if not paths and found.told["kind"] == codes.AIP:
        found.add("no_premis")
    known: dict[str, set[str]] = {}
    for path in paths:
        said = found.read_xml("premis", path)
        if said is not None and not said["is_premis"]:
            found.add("not_premis", path)
        for one in (said or {}).get("objects", ()):
            for digest in (value.lower() for name, value in one["digests"] if name.upper() == "SHA-256"):
                for name in one["names"]:
                    known.setdefault(_below(found, name), set()).add(digest)
    if paths:
        _agrees(found, known)


def _below(found: _Check, name: str) -> str:
    """An object's name as a path from the package's folder, as far as it is one."""
    return name.removeprefix(found.folder).removeprefix("./")


def _agrees(found: _Check, known: dict[str, set[str]]) -> None:
    for path, digests in found.digests.items():
        if "/data/" not in path:
            continue
        bare = path.removeprefix(found.folder)
        said = known.get(bare) or known.get(bare.rsplit("/", 1)[-1])
        if said is None:
            found.add("premis_silent", path)
        elif digests["sha256"] not in said:
            found.add("premis_differs", path)


def _descriptions(found: _Check) -> None:
    root = found.folder + codes.EAD
    if root not in found.files:
        found.add("no_description")
    elif (fields := _fields(found, root)) is not None:
        asked = codes.REQUIRED_OF_REQUEST if found.told["kind"] == codes.DIP else codes.REQUIRED_OF_CASE
        _described(found, root, fields, asked if found.told["kind"] in (codes.AIP, codes.DIP) else ())
    for path in found.files.paths:
        if path.rsplit("/", 1)[-1].startswith("EAD_doc") and path.endswith(".xml"):
            _document(found, path)


def _document(found: _Check, path: str) -> None:
    found.described += 1
    fields = _fields(found, path)
    if fields is None:
        return
    _described(found, path, fields, codes.REQUIRED_OF_DOCUMENT)
    if len(found.documents) < MOST_DESCRIBED:
        number = "-".join(filter(None, (fields.get("codeNumber"), fields.get("codeNotation"))))
        found.documents.append(
            Described(fields.get("docCode", ""), number, fields.get("issuedDate", ""), fields.get("subject", ""))
        )


def _fields(found: _Check, path: str) -> dict[str, str] | None:
    said = found.read_xml("description", path)
    if said is None:
        return None
    if said["root"] != codes.DESCRIPTION_ROOT:
        found.add("not_description", path)
        return None
    return {name: value for name, value in said["fields"]}


def _described(found: _Check, path: str, fields: dict[str, str], asked: Iterable[str]) -> None:
    for name in asked:
        if name not in fields and not (name == "arcFileCode" and "fileCode" in fields):
            found.add("no_field", path, name)
    for name, known in codes.CODES.items():
        if fields.get(name) and fields[name] not in known:
            found.add("bad_code", path, f"{name}={fields[name]}")

"""A package without an archive: facts and bytes made up, and what somebody hostile may turn it into."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from uuid import UUID

from antin.archive.packages.checking import check
from antin.archive.packages.facts import Body, DocumentPart, Event, PackageFacts, Part
from antin.archive.packages.report import PackageReport
from antin.archive.packages.sandboxed import read_here
from antin.archive.packages.writing import pieces

AT = datetime(2026, 11, 27, 3, 0, tzinfo=UTC)
FOLDER = "urn_uuid_00000000-0000-0000-0000-000000000005"
DATA = f"{FOLDER}/representations/rep1/data"
CASE = (
    ("arcFileCode", "A98.01.2026.TH-01"),
    ("title", "Hồ sơ <mẫu>"),
    ("maintenance", "05"),
    ("mode", "02"),
    ("totalDoc", "2"),
    ("confidenceLevel", "01"),
)
Files = dict[str, bytes]


def facts(kind: str = "AIP", at: datetime = AT) -> PackageFacts:
    fields = CASE if kind == "AIP" else (("requestID", "1"), ("requestDate", "27/11/2026"), ("purpose", "tra cứu"))
    history = (Event("accession", at, "Nhận vào kho lưu trữ", "Mai Mẫu Quý", 7),)
    return PackageFacts(
        UUID(int=5), kind, at, Body("Tỉnh uỷ (mẫu)", "A98.01"), "Hồ sơ <mẫu>", fields, history, ("Ấn Tín", "1")
    )


def documents(count: int = 2, body: Callable[[int], Iterator[bytes]] | None = None) -> Iterator[DocumentPart]:
    body = body or (lambda ordinal: iter([b"%PDF-1.7 ", str(ordinal).encode()]))
    for ordinal in range(1, count + 1):
        code = f"A98.01.2026.TH-01.{ordinal:07d}"
        fields = (("docCode", code), ("typeName", "02"), ("subject", "x"), ("mode", "02"), ("confidenceLevel", "01"))
        yield DocumentPart(
            ordinal,
            code,
            fields,
            (Part(f"{ordinal:07d}-van-ban.pdf", "application/pdf", partial(body, ordinal)),),
            Part(f"{ordinal:07d}.zip", "application/zip", lambda: [b"PK proof"]),
            (Event("transfer", AT, "Nhận từ bên gửi", entry=3),),
            (("sender", "Văn phòng (A99.01)"),),
        )


def made(kind: str = "AIP") -> bytes:
    return b"".join(pieces(facts(kind), documents()))


def judged(data: bytes) -> PackageReport:
    return check(io.BytesIO(data), read_here)


def codes_of(report: PackageReport) -> set[str]:
    return {one.code for one in report.findings}


def files_of(data: bytes) -> Files:
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def zipped(files: Files) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in files.items():
            target.writestr(name, content)
    return out.getvalue()


def altered(change: Callable[[Files], object], kind: str = "AIP") -> bytes:
    """A package with its files changed and nothing else: METS is as it was."""
    files = files_of(made(kind))
    change(files)
    return zipped(files)


def renamed(files: Files, name: str, data: bytes) -> None:
    """Puts other bytes for a file, and makes the METS that names it agree."""
    old, new = (hashlib.sha256(one).hexdigest().upper().encode() for one in (files[name], data))
    sizes = f'SIZE="{len(files[name])}"'.encode(), f'SIZE="{len(data)}"'.encode()
    files[name] = data
    for mets in (f"{FOLDER}/representations/rep1/METS.xml", f"{FOLDER}/METS.xml"):
        if old in files[mets]:
            lines = [
                line.replace(*sizes).replace(old, new) if old in line else line for line in files[mets].split(b"\n")
            ]
            changed = b"\n".join(lines)
            if mets.count("/") > 1:
                renamed(files, mets, changed)
            else:
                files[mets] = changed

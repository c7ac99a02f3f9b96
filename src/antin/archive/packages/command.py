"""Checking a package file on its own: no database, no network, no Django. Exit codes for scripts.

0 good · 1 not good · 2 wrong use (no such file) · 3 can't be decided
"""

from __future__ import annotations

import json as json_format
import zipfile
from pathlib import Path

from antin.archive.packages import codes
from antin.archive.packages.checking import check
from antin.archive.packages.opening import NotOpened, opened
from antin.archive.packages.report import Finding, PackageReport, PackageVerdict
from antin.archive.packages.sandboxed import new_pool, read_in

GOOD, BAD, WRONG_USE, CANNOT_DECIDE = 0, 1, 2, 3
EXIT = {PackageVerdict.GOOD: GOOD, PackageVerdict.BAD: BAD, PackageVerdict.UNDECIDED: CANNOT_DECIDE}
SAID = {
    PackageVerdict.GOOD: "Gói đầy đủ, nguyên vẹn, đúng mẫu.",
    PackageVerdict.BAD: "Gói không đạt.",
    PackageVerdict.UNDECIDED: "Chưa kết luận được.",
}


def is_package(path: Path) -> bool:
    """Whether the file is a ZIP with METS in it: a package, good or not."""
    try:
        with path.open("rb") as file, opened(file) as found:
            return any(one.rsplit("/", 1)[-1] == codes.METS for one in found.paths)
    except (OSError, NotOpened, zipfile.BadZipFile):
        return False


def check_file(path: Path, *, json: bool = False) -> tuple[int, str]:
    """(exit code, what to print)."""
    pool = new_pool()
    try:
        with path.open("rb") as file:
            report = check(file, read_in(pool, "package"))
    except OSError as error:
        return WRONG_USE, f"{path}: {error.strerror}"
    finally:
        pool.close()
    return EXIT[report.verdict], _json(report) if json else _text(report)


def _json(report: PackageReport) -> str:
    return json_format.dumps(report.to_dict(), ensure_ascii=False, indent=1)


def _text(report: PackageReport) -> str:
    lines = [
        SAID[report.verdict],
        f"SHA-256: {report.sha256}",
        *([f"{report.kind} {report.objid}: {report.title}"] if report.objid else []),
        f"{report.files} tệp, {report.document_count} văn bản, {report.unpacked} byte",
        *map(_line, report.findings),
    ]
    return "\n".join(lines)


def _line(one: Finding) -> str:
    more = f" ({one.why})" if one.why and "{why}" not in one.message else ""
    return f"- [{one.weight}] {one.text()}{more}"

"""Checking a file on its own: no database, no network, no Django. Exit codes for scripts.

0 valid · 1 invalid, or changed after signing · 3 can't be decided · 2 wrong use (no such file, no anchors)
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from antin.documents.ports import PageImages
from antin.signing import seen_since
from antin.signing.trust import Trust
from antin.signing.verdict import Policy, Report, Verdict, as_html, as_json, as_text, as_xml, validate_sandboxed
from antin.signing.verdict.judge import MAX_SIZE
from antin.signing.verdict.sandboxed import new_pool
from antin.signing.verdict.seen import Seen
from antin.values import N_

VALID, INVALID, WRONG_USE, INDETERMINATE = 0, 1, 2, 3
EXIT = {
    Verdict.VALID: VALID,
    Verdict.INVALID: INVALID,
    Verdict.CHANGED: INVALID,
    Verdict.INDETERMINATE: INDETERMINATE,
}
PICTURED_MOST, PICTURES_DPI = 6, 96
"""So many pages that differ are drawn into an HTML report, each as signed and as now; dots per inch."""
Format = Literal["text", "json", "html", "xml"]


def validate_file(
    path: Path | str,
    *,
    at: datetime | str | None = None,
    trust_dir: Path | str | None = None,
    format: Format = "text",
    required: tuple[str, ...] = ("person",),
    content: Path | str | None = None,
    english: Callable[[str], str] | None = None,
    images: PageImages | None = None,
) -> tuple[int, str]:
    """The exit code and what to print. `trust_dir` holds anchors (*.pem, *.cer) and imported lists (*.crl);
    `content` is the file that a detached signature was made over; `english` translates for html and json;
    `images` draws, into the html report of a file changed after signing, the pages that differ."""
    try:
        data = _read(Path(path))
        over = _read(Path(content)) if content is not None else None
        trust = Trust.from_dir(trust_dir) if trust_dir else Trust(())
        moment = _moment(at)
    except (OSError, ValueError) as wrong:
        return WRONG_USE, N_("Không kiểm tra được: {why}").format(why=wrong) + "\n"
    if not trust.anchors:
        return WRONG_USE, N_("Thư mục tin cậy không có chứng thư gốc nào; thêm tệp .pem hoặc .cer.") + "\n"
    pool = new_pool(workers=1)
    try:
        report = validate_sandboxed(
            data, at=moment, trust=trust, policy=Policy(required=required), content=over, pool=pool
        )
    finally:
        pool.close()
    if format == "html":
        return EXIT[report.verdict], as_html(report, english, _seen(data, report, images))
    return EXIT[report.verdict], _written(report, format, english, Path(path).name)


def _seen(data: bytes, report: Report, images: PageImages | None) -> Seen | None:
    return images and seen_since.of(data, report, images, pages=PICTURED_MOST, dpi=PICTURES_DPI)


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        data = file.read(MAX_SIZE + 1)
    if len(data) > MAX_SIZE:
        raise ValueError(N_("{name} lớn hơn {limit} MB").format(name=path.name, limit=MAX_SIZE >> 20))
    return data


def _moment(at: datetime | str | None) -> datetime:
    moment = datetime.fromisoformat(at) if isinstance(at, str) else at or datetime.now(UTC)
    if moment.tzinfo is None:
        raise ValueError(N_("thời điểm phải có múi giờ, ví dụ 2026-03-01T09:00:00+07:00"))
    return moment


def _written(report: Report, kind: Format, english: Callable[[str], str] | None, name: str) -> str:
    if kind == "json":
        return as_json(report, english, name)
    if kind == "xml":
        return as_xml(report).decode()
    return as_text(report)

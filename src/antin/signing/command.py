"""Checking a file on its own: no database, no network, no Django. Exit codes for scripts.

0 valid · 1 invalid, or changed after signing · 3 can't be decided · 2 wrong use (no such file, no anchors)
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from antin.signing.trust import Trust
from antin.signing.verdict import Policy, Report, Verdict, as_html, as_text, validate
from antin.values import N_

VALID, INVALID, WRONG_USE, INDETERMINATE = 0, 1, 2, 3
EXIT = {
    Verdict.VALID: VALID,
    Verdict.INVALID: INVALID,
    Verdict.CHANGED: INVALID,
    Verdict.INDETERMINATE: INDETERMINATE,
}


def validate_file(
    path: Path | str,
    *,
    at: datetime | str | None = None,
    trust_dir: Path | str | None = None,
    format: Literal["text", "json", "html"] = "text",
    required: tuple[str, ...] = ("person",),
) -> tuple[int, str]:
    """The exit code and what to print. `trust_dir` holds anchors (*.pem, *.cer) and imported lists (*.crl)."""
    try:
        data = Path(path).read_bytes()
        trust = Trust.from_dir(trust_dir) if trust_dir else Trust(())
        moment = _moment(at)
    except (OSError, ValueError) as wrong:
        return WRONG_USE, N_("Không kiểm tra được: {why}").format(why=wrong) + "\n"
    if not trust.anchors:
        return WRONG_USE, N_("Thư mục tin cậy không có chứng thư gốc nào; thêm tệp .pem hoặc .cer.") + "\n"
    report = validate(data, at=moment, trust=trust, policy=Policy(required=required))
    return EXIT[report.verdict], _written(report, format)


def _moment(at: datetime | str | None) -> datetime:
    moment = datetime.fromisoformat(at) if isinstance(at, str) else at or datetime.now(UTC)
    if moment.tzinfo is None:
        raise ValueError(N_("thời điểm phải có múi giờ, ví dụ 2026-03-01T09:00:00+07:00"))
    return moment


def _written(report: Report, kind: str) -> str:
    if kind == "json":
        return json.dumps(report.to_dict(), ensure_ascii=False, indent=2) + "\n"
    return as_html(report) if kind == "html" else as_text(report)

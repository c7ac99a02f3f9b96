"""A report as JSON for programs: stable keys, described in docs/validation.md; read back by `Report.from_dict`."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from antin.signing.verdict.report import Reason, Report, Verdict

SCHEMA = "antin-validation-1"
INDICATIONS = {
    Verdict.VALID: "TOTAL-PASSED",
    Verdict.INVALID: "TOTAL-FAILED",
    Verdict.CHANGED: "TOTAL-FAILED",
    Verdict.INDETERMINATE: "INDETERMINATE",
}


def as_json(report: Report, english: Callable[[str], str] | None = None, name: str = "") -> str:
    """Indented JSON; every reason also as a finished sentence (`text`, and `text_en` with an English catalogue)."""
    found = report.to_dict()
    for part in (found, *found["signatures"], *found["timestamps"]):
        part["reasons"] = [_told(reason, english) for reason in part["reasons"]]
    head = {"schema": SCHEMA, "file": name, "indication": INDICATIONS[report.verdict]}
    return json.dumps(head | found, ensure_ascii=False, indent=2) + "\n"


def _told(data: dict[str, Any], english: Callable[[str], str] | None) -> dict[str, Any]:
    reason = Reason.from_dict(data)
    texts = {"text": reason.text()}
    if english is not None:
        texts["text_en"] = english(reason.message).format(**reason.facts)
    return data | texts

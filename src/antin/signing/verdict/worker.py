"""The other side of `sandboxed`: a foreign file is read and judged inside the sandbox."""

from __future__ import annotations

from datetime import datetime
from importlib import import_module
from typing import Any

from antin.sandbox import Answer, Limits, serve
from antin.signing.revocation import Evidence
from antin.signing.trust import Term, Trust
from antin.signing.verdict import returned
from antin.signing.verdict.any_file import validate_any
from antin.signing.verdict.report import Policy

RETURNED = "returned"
LIMITS = Limits(memory_bytes=2_000_000_000, cpu_s=30)


def answer(task: str, blobs: list[bytes], options: dict[str, Any]) -> Answer:
    """The report as JSON; blobs come in the order of `options["counts"]`. Or the fault of a file that came back."""
    if task == RETURNED:
        return {"fault": str(returned.judge(*blobs))}, b""
    parts = iter(blobs)
    taken = {name: tuple(next(parts) for _ in range(count)) for name, count in options["counts"]}
    report = validate_any(
        taken["file"][0],
        at=datetime.fromisoformat(options["at"]),
        trust=Trust(taken["anchors"], taken["known"], taken["trust_crls"], terms=_terms(options.get("terms", ()))),
        policy=Policy(tuple(options["required"]), options["complete"], options["policy"]),
        content=taken["content"][0] if taken["content"] else None,
        evidence=Evidence(taken["ocsps"], taken["crls"], taken["certificates"]),
    )
    return {"report": report.to_dict()}, b""


def _terms(told: list[list[str | None]]) -> tuple[tuple[str, Term], ...]:
    return tuple((str(key), Term(str(domain), _instant(since), _instant(until))) for key, domain, since, until in told)


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def warm_up() -> None:
    """Fails at a file of each kind, so that everything loaded only on first use is there before the first copy."""
    counts = [[name, 0] for name in ("content", "anchors", "known", "trust_crls", "ocsps", "crls", "certificates")]
    options = {"counts": [["file", 1], *counts], "required": [], "complete": True, "policy": ""}
    for name in ("pyhanko.pdf_utils.filters", "cryptography.hazmat.backends.openssl.backend"):
        import_module(name)
    datetime.strptime("00".encode("utf-16-be").decode("utf-16-be"), "%y")  # noqa: DTZ007 (loads its module only)
    for start in (b"%PDF-1.7\n", b"<a/>", b"0\x80", b"PK\x03\x04"):
        answer("validate", [start], {**options, "at": "2026-01-01T00:00:00+00:00"})


if __name__ == "__main__":
    warm_up()
    serve(answer, LIMITS)

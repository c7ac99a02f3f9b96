"""Validation of foreign files in another process, with limits of time and memory: the door for every file from outside.

What the other process answers is data, and checked: a sentence that this product does not have is not passed on.
Beyond the limits the answer is indeterminate, never valid and never invalid (379/5.4, 379/13.4).
"""

from __future__ import annotations

import hashlib
import os
import re
from datetime import UTC, datetime
from typing import Any

from antin.sandbox import Pool, Unanswered
from antin.signing.revocation import Evidence
from antin.signing.trust import Trust, role_by_policy
from antin.signing.verdict import words
from antin.signing.verdict.any_file import kind_of
from antin.signing.verdict.judge import out_of_limits
from antin.signing.verdict.report import Policy, Report, SignatureFacts
from antin.signing.verdict.returned import Fault

TIMEOUT_S = 30.0
_CODE = re.compile(r"[A-Z_]*")
WORKERS = 2
_SIZES = {"house": (WORKERS, TIMEOUT_S), "outside": (1, 20.0)}


def new_pool(workers: int = WORKERS, timeout_s: float = TIMEOUT_S) -> Pool:
    """Workers that validate; close the pool when done with it."""
    return Pool("antin.signing.verdict.worker", workers=workers, timeout_s=timeout_s)


def validate_sandboxed(
    data: bytes,
    *,
    at: datetime | None = None,
    trust: Trust,
    policy: Policy | None = None,
    content: bytes | None = None,
    evidence: Evidence | None = None,
    pool: Pool | None = None,
) -> Report:
    """A report on the bytes, whatever they are; it never raises. Without a pool, this process's own is used."""
    if trust.role_of is not role_by_policy:
        raise ValueError("another way of telling persons from seals can't be sent to the sandbox")
    moment, asked, given = at or datetime.now(UTC), policy or Policy(), evidence or Evidence()
    parts: dict[str, tuple[bytes, ...]] = {
        "file": (data,),
        "content": () if content is None else (content,),
        "anchors": trust.anchors,
        "known": trust.known,
        "trust_crls": trust.crls,
        "ocsps": given.ocsps,
        "crls": given.crls,
        "certificates": given.certificates,
    }
    options: dict[str, Any] = {
        "counts": [[name, len(blobs)] for name, blobs in parts.items()],
        "at": moment.isoformat(),
        "required": list(asked.required),
        "complete": asked.complete,
        "policy": asked.name,
        "terms": [
            [key, term.domain, *(one and one.isoformat() for one in (term.since, term.until))]
            for key, term in trust.terms
        ],
    }
    try:
        found, _ = (pool or pool_for("house")).ask(
            "validate", tuple(b for blobs in parts.values() for b in blobs), options
        )
        report = Report.from_dict(found["report"])
        _must_be_ours(report)
    except (Unanswered, ValueError, KeyError, TypeError, AttributeError):
        return out_of_limits(hashlib.sha256(data).hexdigest(), moment, asked, kind_of(data))
    return report


def returned_fault(handed_out: bytes, came_back: bytes, certificate: bytes, pool: Pool | None = None) -> Fault:
    """Why a file that came back signed is not taken; NONE when it may be (see `returned`). Beyond the limits: unreadable."""
    try:
        found, _ = (pool or pool_for("house")).ask("returned", (handed_out, came_back, certificate), {})
        return Fault(found["fault"])
    except (Unanswered, ValueError, KeyError, TypeError):
        return Fault.UNREADABLE


def _must_be_ours(report: Report) -> None:
    """ValueError for a sentence or a word that no validation of ours gives."""
    for one in (report, *report.signatures, *report.timestamps):
        for reason in one.reasons:
            if reason.message not in words.SENTENCES or not all(isinstance(v, str) for v in reason.facts.values()):
                raise ValueError("an unknown sentence")
        if not _CODE.fullmatch(one.sub_indication) or (isinstance(one, SignatureFacts) and not _known_words(one)):
            raise ValueError("an unknown word")


def _known_words(one: SignatureFacts) -> bool:
    return (
        one.role in {*words.ROLES, "timestamp"}
        and one.coverage in words.COVERAGES
        and one.status_at_signing in words.STATUSES
        and type(one.covers) is int
    )


_pools: dict[tuple[int, str], Pool] = {}


def pool_for(whom: str) -> Pool:
    """This process's workers for `house` or `outside`; a forked child gets its own."""
    return _pools.setdefault((os.getpid(), whom), new_pool(*_SIZES[whom]))

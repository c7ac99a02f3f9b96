"""Decisions of the exchange: what a statement changes, when to try again, what an answer means; `paper` apart. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from types import MappingProxyType

from antin.exchange.lifecycle import DELIVERY
from antin.exchange.rules.paper import (
    PAPER_WORD,
    PAPER_WORDS_MOST,
    PaperWord,
    carrier_named,
    class_named,
    code_scanned,
    drop_reason_given,
    is_word_of,
    may_confirm_paper,
    necessity_named,
    one_paper,
    paper_asked_for,
    paper_came_on,
    paper_levels,
    paper_offered,
    paper_word_true,
    read_paper_word,
    recipient_confirmed,
    slip_printed,
)
from antin.regulation import Indeterminate, RuleViolation
from antin.steps import Step
from antin.values import N_, Actor, Urgency

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,34}")
"""How a body is named in a directory."""
BACKOFF_FIRST_S = 1.0
BACKOFF_MOST_S = 15 * 60.0
BREAKER_AFTER = 3
CLAIMS_WITHOUT_OUTCOME = 5
SKEW_ALLOWED = timedelta(minutes=5)
EXPIRES_AFTER: Mapping[Urgency, timedelta] = MappingProxyType(
    {
        Urgency.ROUTINE: timedelta(days=7),
        Urgency.URGENT: timedelta(days=3),
        Urgency.VERY_URGENT: timedelta(days=1),
        Urgency.IMMEDIATE: timedelta(hours=12),
        Urgency.TIMED: timedelta(hours=12),
    }
)
"""How long the network is tried before the clerk is asked whether paper should go (217/7.4)."""

CODE_OF_ACT: Mapping[str, str] = MappingProxyType(
    {
        "registry.document.registered": "03",
        "registry.document.forwarded": "04",
        "casework.work.assigned": "04",
        "casework.work.taken_up": "05",
        "casework.document.completed": "06",
        "casework.document.reopened": "05",
        "registry.document.returned": "02",
        "registry.document.discarded": "15",
    }
)
"""Which progress the sender is told when an act on a received document is in the ledger (217/11.8, 217/10.2)."""

SECRET_REASON = N_("Lý do thuộc nội dung Mật, không ghi trên trạng thái; trao đổi qua đường cơ yếu.")
NEEDS_REASON = frozenset({"02"})


class Outcome(Enum):
    """What one attempt came to; only a verified signature makes it anything but indeterminate."""

    ACKNOWLEDGED = "acknowledged"
    REFUSED = "refused"
    INDETERMINATE = "indeterminate"


@dataclass(frozen=True, slots=True)
class Applied:
    """What a statement does to a delivery: the next state, or the same one with the statement kept as history."""

    to: str
    moved: bool


def progress_step(state: str, progress: str, *, sequence: int, seen: int) -> Applied:
    """Where verified news takes a delivery. Older or unforeseen news changes nothing (217/11.14, 217/6.4).

    Indeterminate while the dispatch waits to be sent: nobody knows its parcel unless it left before we were put back
    to a backup, so the news is true and is to come again once the parcel has gone again.
    """
    has_left(state)
    step = _step(state, f"note_progress({progress})") if sequence > seen else None
    return Applied(step.to, moved=True) if step else Applied(state, moved=False)


def has_left(state: str) -> None:
    """Indeterminate when news comes of what has not left: it did before we were put back to a backup, and will again."""
    if state == "queued":
        raise Indeterminate(
            "217/11.14",
            N_("Trạng thái báo về cho văn bản đang chờ gửi lại."),
            N_("Bên gửi trạng thái báo lại sau."),
        )


def _step(state: str, act: str) -> Step | None:
    return DELIVERY.rows.get((state, act))


def is_withdrawn(state: str) -> bool:
    """True when recalling in this state asks nobody: nothing ever left (217/9.2)."""
    step = _step(state, "ask_recall")
    return step is not None and step.to == "recalled"


def next_code(act: str, *, last_code: str, recall_asked: bool) -> str:
    """The status code owed to the sender after this act, "" when nothing new is to be told.

    A discarded copy is reported only when its recall had been asked; the same news isn't told twice in a row.
    """
    code = CODE_OF_ACT.get(act, "")
    if code == "15" and not recall_asked:
        return ""
    return "" if code == last_code else code


def check_reason(code: str, reason: str) -> None:
    """RuleViolation when a return is reported without its reason."""
    if code in NEEDS_REASON and not reason.strip():
        raise RuleViolation("217/10.1.p2", N_("Trả lại văn bản phải nêu lý do."), N_("Nêu lý do trả lại."))


def told_reason(reason: str, *, is_sealed: bool) -> str:
    """What a statement may say of it: the words about a Mật document are sealed here and do not travel (217/5.1)."""
    return SECRET_REASON if is_sealed else reason


def backoff_s(attempts: int, dice: float, asked_s: float = 0.0) -> float:
    """Seconds until the next try after that many: exponential with full jitter; `dice` is random in [0, 1).

    `asked_s`: what the other side asked for (Retry-After); it is waited for, up to the longest pause of our own.
    """
    ceiling = min(BACKOFF_MOST_S, BACKOFF_FIRST_S * 2.0 ** min(max(attempts - 1, 0), 20))
    return max(0.2, dice * ceiling, min(asked_s, BACKOFF_MOST_S))


def breaker_pause_s(failures: int, dice: float) -> float:
    """Seconds a destination rests after that many failures in a row; 0 while its breaker is closed."""
    if failures < BREAKER_AFTER:
        return 0.0
    return backoff_s(failures - BREAKER_AFTER + 2, 0.5 + dice / 2)


def breaker(failures: int, retry_at: datetime | None, now: datetime) -> str:
    """How the breaker of a destination stands: closed, resting until `retry_at`, or probing with one message."""
    if failures < BREAKER_AFTER:
        return "closed"
    return "resting" if retry_at is not None and retry_at > now else "probing"


def free_slots(*, failures: int, in_flight: int, cap: int) -> int:
    """How many parcels may start towards a destination now: one probe only while its breaker is half open."""
    allowed = 1 if failures >= BREAKER_AFTER else cap
    return max(0, allowed - in_flight)


def expires_at(urgency: Urgency, queued_at: datetime) -> datetime:
    return queued_at + EXPIRES_AFTER[urgency]


def is_poison(claims_without_outcome: int) -> bool:
    """True when a message was claimed again and again and no claim lived to tell its outcome."""
    return claims_without_outcome >= CLAIMS_WITHOUT_OUTCOME


def is_skewed(theirs: datetime, ours: datetime) -> bool:
    """True when the partner's clock is off by more than is allowed: flagged, never a reason to lose evidence."""
    return abs(theirs - ours) > SKEW_ALLOWED


def second_person(proposed_by: object, confirmed_by: object) -> None:
    """RuleViolation when the same person proposes a partner's keys and confirms them (379/5.6)."""
    if proposed_by is not None and proposed_by == confirmed_by:
        raise RuleViolation(
            "379/5.6",
            N_("Người đề nghị kết nối không được tự xác nhận."),
            N_("Nhờ quản trị liên thông thứ hai đối chiếu dấu vân tay và xác nhận."),
        )


def require_operator(actor: Actor, step: Step) -> None:
    """RuleViolation unless the actor holds one of the row's offices, as system or by a mandate anywhere here."""
    if actor.office in step.offices or any(actor.organisations(office) for office in step.offices):
        return
    raise RuleViolation(
        step.clauses[0], N_("Việc này của quản trị liên thông."), N_("Nhờ quản trị liên thông của cơ quan.")
    )


__all__ = [
    "BACKOFF_FIRST_S",
    "BACKOFF_MOST_S",
    "BREAKER_AFTER",
    "CLAIMS_WITHOUT_OUTCOME",
    "CODE",
    "CODE_OF_ACT",
    "EXPIRES_AFTER",
    "NEEDS_REASON",
    "PAPER_WORD",
    "PAPER_WORDS_MOST",
    "SECRET_REASON",
    "SKEW_ALLOWED",
    "Applied",
    "Outcome",
    "PaperWord",
    "backoff_s",
    "breaker",
    "breaker_pause_s",
    "carrier_named",
    "check_reason",
    "class_named",
    "code_scanned",
    "drop_reason_given",
    "expires_at",
    "free_slots",
    "has_left",
    "is_poison",
    "is_skewed",
    "is_withdrawn",
    "is_word_of",
    "may_confirm_paper",
    "necessity_named",
    "next_code",
    "one_paper",
    "paper_asked_for",
    "paper_came_on",
    "paper_levels",
    "paper_offered",
    "paper_word_true",
    "progress_step",
    "read_paper_word",
    "recipient_confirmed",
    "require_operator",
    "second_person",
    "slip_printed",
    "told_reason",
]

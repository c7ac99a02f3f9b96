"""When a letter goes instead of a parcel to a body of the Party's network (217/5.3, 217/7.2). Pure.

The table of channels chooses; here stands what a person's act must bring besides.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from antin.regulation import RuleViolation
from antin.rulebook.channels import ChannelChoice
from antin.values import N_

OFFICIAL_MAIL = "official_mail"
REASON_MOST = 500
SINCE = ("queued_again", "queued")
WAITING = ("queued", "sent", "failed")


def unanswered_for(state: str, times: Mapping[str, str], now: datetime) -> timedelta | None:
    """How long a dispatch has waited for the recipient's word; None when it waits no more.

    `times`: state → instant in ISO 8601, as a dispatch keeps them. One that failed waited until it did: what failed at
    once (too large, no document) says nothing of the link.

    >>> NOON = datetime.fromisoformat("2026-03-02T12:00:00+07:00")
    >>> unanswered_for("failed", {"queued": "2026-03-02T08:00:00+07:00", "failed": "2026-03-02T08:45:00+07:00"}, NOON)
    datetime.timedelta(seconds=2700)
    >>> unanswered_for("arrived", {"queued": "2026-03-02T08:00:00+07:00"}, NOON) is None
    True
    """
    begun = next((times[name] for name in SINCE if name in times), "")
    if state not in WAITING or not begun:
        return None
    until = datetime.fromisoformat(times["failed"]) if state == "failed" and "failed" in times else now
    return until - datetime.fromisoformat(begun)


def not_on_its_way_by_mail(channel: str, state: str) -> None:
    """RuleViolation when the letter is queued or sent already: it needs nothing more."""
    if channel == OFFICIAL_MAIL and state != "failed":
        raise RuleViolation("217/7.2", N_("Văn bản này đang đi bằng thư công vụ."), N_("Chờ thư báo nhận."))


def not_refused(*, is_refused: bool) -> None:
    """RuleViolation when the recipient refused the parcel: it heard us, so the link is not what is wrong (217/10.1.p2)."""
    if is_refused:
        raise RuleViolation(
            "217/10.1.p2",
            N_("Nơi nhận đã từ chối gói tin này, không phải do mất nối."),
            N_("Xem lý do từ chối, sửa rồi gửi lại."),
        )


def mail_chosen(choice: ChannelChoice) -> None:
    """RuleViolation, with the words of the table, unless the table gives official mail (217/5.3)."""
    if choice.channel == OFFICIAL_MAIL and choice.goes:
        return
    raise RuleViolation(
        "217/5.3",
        N_("Chưa được gửi qua thư công vụ: chỉ khi mất nối mà hạn gửi đã gần, văn bản không mật, nơi nhận có thư."),
        choice.words,
    )


def reason_named(reason: str) -> str:
    """Why the Internet is used, trimmed (217/5.3)."""
    words = " ".join(reason.split())
    if not words or len(words) > REASON_MOST:
        raise RuleViolation(
            "217/5.3",
            N_("Cần nêu vì sao gửi qua thư, không quá {limit} ký tự."),
            N_("Ghi một câu lý do rồi gửi lại."),
            limit=REASON_MOST,
        )
    return words

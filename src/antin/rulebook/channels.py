"""Which way a document goes to a recipient: the first row of the table that fits and whose means are here. Pure.

217/5.1, 379/22.2  secrecy decides first: Tối mật and Tuyệt mật never, Mật only with a cipher product
217/7.1 to 7.3     then what the recipient can be reached by
217/5.3, 217/7.4   then how the link is: the Internet for open documents while it is down, paper where there is no way
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from antin.rulebook import sets
from antin.values import Secrecy

ANY = "*"


@dataclass(frozen=True, slots=True)
class ChannelChoice:
    """`verdict` send, wait, paper or refused; `words` say why, `next_step` what a person does when it is not sent."""

    channel: str
    verdict: str
    clause: str
    words: str
    next_step: str

    @property
    def goes(self) -> bool:
        """True when the document is queued: it leaves now or as soon as the link is back."""
        return self.verdict in ("send", "wait")


@dataclass(frozen=True, slots=True)
class MailLimits:
    """When official mail may stand in for a broken link: unanswered for `after`, or at most `before_due` left for sending."""

    after: timedelta
    before_due: timedelta


def mail_limits(on: date | None = None) -> MailLimits:
    """The limits in force that day."""
    values = sets.in_force("channel_policy", on).values
    return MailLimits(
        timedelta(minutes=int(str(values["mail_after_minutes"]))),
        timedelta(minutes=int(str(values["mail_before_due_minutes"]))),
    )


def link_health(
    *, is_active: bool, is_down: bool, unanswered: timedelta | None, left: timedelta, limits: MailLimits
) -> str:
    """The table's `health` of the way to a partner.

    `unanswered`: how long a dispatch has stood there without a word, None when there is none, or it was answered.
    `left`: until the time for sending runs out, negative when it has (217/6.3).

    >>> limits = MailLimits(timedelta(minutes=30), timedelta(hours=2))
    >>> link_health(is_active=True, is_down=False, unanswered=timedelta(minutes=31), left=timedelta(0), limits=limits)
    'down_due'
    """
    if not is_active:
        return "closed"
    if not is_down and (unanswered is None or unanswered < limits.after):
        return "good"
    return "down_due" if left <= limits.before_due else "down"


def channel_choice(
    secrecy: Secrecy, reach: str, health: str, *, means: Collection[str] = (), on: date | None = None
) -> ChannelChoice:
    """The choice by the table in force that day; `means` are the adapters installed here."""
    return choose(sets.in_force("channel_policy", on).rows, secrecy, reach, health, means)


def is_state_code(code: str, on: date | None = None) -> bool:
    """True for the code of a State body, old form (QCVN 102:2016) or new (QĐ 20/2020): its letter says so."""
    letters = str(sets.in_force("channel_policy", on).values["state_letters"])
    groups = code.split(".")
    level = groups[-1] if groups[0].isdigit() else groups[0]
    return len(level) == 3 and level[0] in letters and level[1:].isdigit()


def choose(
    rows: Iterable[Mapping[str, str]], secrecy: Secrecy, reach: str, health: str, means: Collection[str]
) -> ChannelChoice:
    """LookupError when no row fits: the table must end in rows that fit everything."""
    facts = (("secrecy", secrecy.value), ("reach", reach), ("health", health))
    for row in rows:
        fits = all(row[column] in (ANY, value) for column, value in facts)
        if fits and (not row["needs"] or row["needs"] in means):
            return ChannelChoice(row["channel"], row["verdict"], row["clause"], row["words"], row["next"])
    raise LookupError((secrecy, reach, health))

"""What is due and what may go: pure decisions about backup sets and drills."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from antin.regulation import RuleViolation
from antin.values import N_, Actor, Office

SET_NAME = re.compile(r"[0-9]{8}T[0-9]{6}Z-[0-9a-f]{8}\Z")
SYSTEM = Actor.system("continuity")
WATCHERS = frozenset({Office.ADMINISTRATOR, Office.SECURITY_OFFICER, Office.AUDITOR, Office.SYSTEM_OWNER})
RETRY_AFTER = timedelta(minutes=10)
FIRST_PROOF_AFTER = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Kept:
    """A set as the question of keeping sees it; `opens`: its wrapping key is still with the keeper."""

    name: str
    made_at: datetime
    proven: bool
    opens: bool


def set_name(made_at: datetime, set_id: UUID) -> str:
    """Sorts by time; the random end keeps two of one second apart."""
    return f"{made_at.astimezone(UTC):%Y%m%dT%H%M%SZ}-{set_id.hex[-8:]}"


def set_named(name: str) -> str:
    """The name, fit to become a path. RuleViolation for anything but one of ours."""
    if not SET_NAME.match(name):
        raise RuleViolation("217/15.5", N_("Tên bộ sao lưu không hợp lệ."), N_("Chọn một bộ trong danh sách."))
    return name


def is_due(sets: Iterable[Kept], now: datetime, every: timedelta) -> bool:
    """True without a set that opens and is younger than the cadence: so also right after a destruction closed all."""
    return not any(one.opens and now - one.made_at < every for one in sets)


def proof_is_due(sets: Iterable[Kept], last: datetime | None, now: datetime, every: timedelta) -> bool:
    """True when a set that opens waits for its trial: every so often, the first one soon after the first set."""
    openable = [one.made_at for one in sets if one.opens]
    if not openable:
        return False
    return now - min(openable) >= FIRST_PROOF_AFTER if last is None else now - last >= every


def removable(sets: Sequence[Kept], now: datetime, keep: timedelta) -> tuple[str, ...]:
    """Names of sets that may go: too old, or closed for ever, while a newer one that opens stays.

    The newest set that opens and the newest proven one that opens are never among them.
    """
    openable = sorted((one for one in sets if one.opens), key=lambda one: one.made_at)
    if not openable:
        return ()
    newest = openable[-1]
    proven = next((one for one in reversed(openable) if one.proven), newest)
    held = {newest.name, proven.name}
    going = (
        one.name
        for one in sets
        if one.name not in held and ((one.opens and now - one.made_at > keep) or _closed_before(one, newest))
    )
    return tuple(sorted(going))


def _closed_before(one: Kept, newest: Kept) -> bool:
    return not one.opens and one.made_at < newest.made_at


def next_drill_on(last: date | None, installed: date, months: int) -> date:
    """The day by which the next drill is to be held (379/29.4)."""
    return _months_later(last or installed, months)


def _months_later(day: date, months: int) -> date:
    year, month = divmod(day.month - 1 + months, 12)
    ahead = date(day.year + year, month + 1, 1)
    return ahead + timedelta(days=min(day.day, 28) - 1)


def ledger_matches(*, holds: bool) -> None:
    """RuleViolation unless the restored ledger verifies and has the signed root at the signed size (379/5.3)."""
    if not holds:
        raise RuleViolation(
            "379/5.3",
            N_("Sổ nhật ký của bản phục hồi không khớp với điểm kiểm tra đã ký trong bộ sao lưu."),
            N_("Dùng bộ sao lưu khác và báo sự cố."),
        )


def may_watch(actor: Actor) -> None:
    """RuleViolation for who does not watch over the installation: for them there is no such page (379/4.4)."""
    if not any(mandate.office in WATCHERS for mandate in actor.mandates):
        raise RuleViolation("379/4.4", N_("Không có trang này."), N_("Về trang đầu."))


def released_by_someone(by: str, basis: str) -> None:
    """RuleViolation without the name of who puts it back into service, and the ground (379/5.9)."""
    if not by.strip() or not basis.strip():
        raise RuleViolation(
            "379/5.9",
            N_("Đưa bản phục hồi vào hoạt động phải nêu người quyết định và căn cứ."),
            N_("Nêu --by và --basis."),
        )

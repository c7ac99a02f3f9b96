"""Who is reached on the axis: one body, two codes (QĐ 20/2020 in use, QCVN 102:2016 before), both lead to it.

The list is the axis' word. It names nobody whom our own directory of the Party network names, and no body of ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from antin.exchange import ports
from antin.exchange.axis.protocol import AgencyRow
from antin.exchange.models import Agency, AxisLine
from antin.identity import queries as identity
from antin.regulation import RuleViolation
from antin.rulebook.channels import is_state_code
from antin.sql import CompiledQuery
from antin.values import N_, Actor, Office, fold, new_id, nfc, sha256_hex

REFRESH_EVERY = timedelta(hours=24)
BATCH = 2_000
_FOUND = CompiledQuery(
    lambda code, same: Agency.objects.filter(Q(code=code) | Q(old_code=same), in_use=True).order_by("code"), str, str
)


def find(code: str) -> Agency | None:
    """The body of that code, new or old; None when there is none, or when an old code stands for several."""
    found = _FOUND.all(code, code) if code else []
    exact = [row for row in found if row.code == code]
    return exact[0] if exact else found[0] if len(found) == 1 else None


def canonical(code: str) -> str:
    """The code in use of whoever that is; the code itself when the axis lists nobody under it."""
    found = find(code)
    return found.code if found else code


def same(one: str, other: str) -> bool:
    """True when both codes are of the same body."""
    return one == other or canonical(one) == canonical(other)


def is_state(found: Agency) -> bool:
    """State bodies are what the axis is for (217/7.3)."""
    return is_state_code(found.code) or is_state_code(found.old_code)


def own_code(organisation_id: UUID) -> str:
    """The code under which the axis lists one of our bodies; its own code when it is not listed."""
    view = identity.organisation(organisation_id)
    listed = (found.code for code in view.codes.values() if (found := find(code)) is not None)
    return next(listed, view.code)


def ours(code: str) -> UUID | None:
    """Our body of that code, by either of its codes; None when it is none of ours."""
    listed = find(code)
    codes = (code, listed.code, listed.old_code) if listed else (code,)
    found = next((view for one in codes if one and (view := identity.organisation_by_code(one))), None)
    return found.id if found else None


def recipient_code(code: str) -> str:
    """One code for each of our bodies, by whichever the axis names it; the listed one for everybody else."""
    found = ours(code) if code else None
    return own_code(found) if found else canonical(code)


def refresh() -> int:
    """Reads the axis' list when it is a day old; answers how many rows changed the table. A job of the worker."""
    axis, now = ports.bound().axis, ports.bound().clock.now()
    line, _ = AxisLine.objects.get_or_create(id=1)
    if axis is None or (line.listed_at is not None and now - line.listed_at < REFRESH_EVERY):
        return 0
    rows = axis.agencies()
    digest = sha256_hex("\n".join(sorted(map(repr, rows))).encode())
    changed = take_list(rows, now) if rows and digest != line.listed_digest else 0
    AxisLine.objects.filter(id=1).update(listed_at=now, listed_digest=digest if rows else line.listed_digest)
    return changed


def take_list(rows: Iterable[AgencyRow], now: datetime) -> int:
    """The list as it is now: new and changed rows written, those that it no longer holds put out of use."""
    count = 0
    with transaction.atomic():
        for batch in _batches({row.code: row for row in rows}.values()):
            Agency.objects.bulk_create(
                [_row(row, now) for row in batch],
                update_conflicts=True,
                unique_fields=["code"],
                update_fields=["old_code", "name", "mail", "folded", "in_use", "seen_at"],
            )
            count += len(batch)
        if count:
            Agency.objects.filter(seen_at__lt=now, in_use=True).update(in_use=False)
    return count


def list_agency(*, actor: Actor, code: str) -> str:
    """The exchange operator offers a body of the axis to those who draft; its name. RuleViolation when there is none."""
    if actor.office is not Office.SYSTEM and not actor.organisations(Office.EXCHANGE_OPERATOR):
        raise RuleViolation(
            "217/15.2", N_("Việc này của quản trị liên thông."), N_("Nhờ quản trị liên thông của cơ quan.")
        )
    found = find(code.strip())
    if found is None or not is_state(found):
        raise RuleViolation(
            "217/7.3",
            N_("Trục không có cơ quan nhà nước nào mang mã {code}."),
            N_("Kiểm tra lại mã; danh bạ Trục được đọc mỗi ngày một lần."),
            code=code.strip()[:35],
        )
    note_correspondent(found.code)
    return found.name


def note_correspondent(code: str) -> None:
    """Whom we write to or hear from stands in the list of recipients from now on."""
    Agency.objects.filter(code=canonical(code), is_listed=False).update(is_listed=True)


def _row(row: AgencyRow, now: datetime) -> Agency:
    name = nfc(row.name).strip() or row.code
    return Agency(
        id=new_id(),
        code=row.code,
        old_code="" if row.old_code == row.code else row.old_code,
        name=name[:200],
        mail=row.mail,
        folded=fold(f"{name} {row.code} {row.old_code}"),
        in_use=True,
        seen_at=now,
    )


def _batches(rows: Iterable[AgencyRow]) -> Iterator[list[AgencyRow]]:
    left = iter(rows)
    while batch := list(islice(left, BATCH)):
        yield batch

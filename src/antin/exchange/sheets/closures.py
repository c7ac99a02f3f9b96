"""Our own times of maintenance: announced in the sheet, so that partners' routine post waits instead of failing (217/13.1)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction

from antin.exchange import ports, rules
from antin.exchange.lifecycle import PARTNER
from antin.exchange.models import Partner
from antin.exchange.sheets.form import CLOSURES_MOST, LINE, Closure, kept
from antin.exchange.sheets.models import HeldSheet
from antin.exchange.sheets.own import announced, own_partner
from antin.ledger import acts as ledger
from antin.regulation import RuleViolation
from antin.values import N_, Actor, iso

LONGEST = timedelta(hours=72)


def announce_closure(*, actor: Actor, start: datetime, end: datetime, reason: str) -> None:
    """A time at which this installation will not answer. RuleViolation when it is over, too long, without reason, or one too many."""
    now = ports.bound().clock.now()
    if not now < end or not start < end or end - start > LONGEST:
        raise RuleViolation(
            "217/13.1",
            N_("Thời gian bảo trì phải ở phía trước và không quá 72 giờ."),
            N_("Sửa lúc bắt đầu, lúc kết thúc."),
        )
    if not reason.strip() or not LINE.fullmatch(reason):
        raise RuleViolation("217/13.1", N_("Cần nêu lý do bảo trì."), N_("Nêu lý do trong một dòng."))
    told = Closure(start, end, reason.strip())
    _change(actor, lambda known: (*known, told), "exchange.closure.announced", told)


def withdraw_closure(*, actor: Actor, start: datetime) -> None:
    """An announced closure does not take place, or is over sooner."""

    def without(known: tuple[Closure, ...]) -> tuple[Closure, ...]:
        rest = tuple(one for one in known if one.start != start)
        if len(rest) == len(known):
            raise RuleViolation("217/13.1", N_("Không có lần bảo trì này."), N_("Mở lại trang liên thông."))
        return rest

    _change(actor, without, "exchange.closure.withdrawn", Closure(start, start, ""))


def _change(
    actor: Actor, change: Callable[[tuple[Closure, ...]], tuple[Closure, ...]], act: str, told: Closure
) -> None:
    with transaction.atomic():
        partner = Partner.objects.select_for_update().get(id=own_partner().id)
        rules.require_operator(actor, PARTNER.step(partner.state, "announce_closure"))
        held, _made = HeldSheet.objects.get_or_create(partner=partner)
        closures = change(announced(held, ports.bound().clock.now()))
        if len(closures) > CLOSURES_MOST:
            raise RuleViolation("217/13.1", N_("Đã báo quá nhiều lần bảo trì."), N_("Bỏ bớt rồi báo lại."))
        held.closures = kept(sorted(closures, key=lambda one: one.start))
        held.save(update_fields=["closures"])
        ledger.append(
            act,
            actor,
            object_kind="partner",
            object_id=partner.id,
            facts={"start": iso(told.start), "end": iso(told.end)},
            detail={"name": partner.name},
            reason=told.reason,
            clause="217/13.1",
        )

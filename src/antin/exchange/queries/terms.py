"""Terms agreed with a partner, as its operators see them, and the agreement's own file (379/12.2.c)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from antin.exchange import directory, ports, rules
from antin.exchange.models import AgreedTerms, DirectoryEntry
from antin.exchange.queries.operating import OPERATES
from antin.regulation import RuleViolation
from antin.values import N_, Actor, to_vietnam
from antin.vault import queries as vault

MOST = 200


@dataclass(frozen=True, slots=True)
class TermsRow:
    """`types` are codes of the rulebook. `mine`: this very operator proposed them; `over`: the last day has passed."""

    id: UUID
    reference: str
    agreed_on: date
    their_name: str
    our_name: str
    types: tuple[str, ...]
    valid_from: date
    valid_until: date
    method: str
    paper_digest: str
    state: str
    over: bool
    mine: bool
    confirmed_at: datetime | None
    reason: str


def terms_of(actor: Actor, partner_id: UUID) -> tuple[TermsRow, ...]:
    """Everything ever agreed with a partner, the newest first; for exchange operators."""
    rules.require_operator(actor, OPERATES)
    today = to_vietnam(ports.bound().clock.now()).date()
    rows = AgreedTerms.objects.filter(partner_id=partner_id).order_by("-id")[:MOST]
    return tuple(_row(row, actor, today) for row in rows)


def parties_of(actor: Actor, partner_id: UUID) -> tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]:
    """Code and name of the bodies that may agree on terms: those at the partner, and ours; for exchange operators."""
    rules.require_operator(actor, OPERATES)
    entries = DirectoryEntry.objects.filter(in_use=True).order_by("position", "code").values_list("code", "name")
    return tuple(entries.filter(partner_id=partner_id)[:MOST]), tuple(entries.filter(partner__is_self=True)[:MOST])


def terms_paper(actor: Actor, terms_id: UUID) -> bytes:
    """The agreement's PDF as it was handed in; RuleViolation 379/4.4 when there are no such terms."""
    rules.require_operator(actor, OPERATES)
    row = AgreedTerms.objects.filter(id=terms_id).first()
    if row is None:
        raise RuleViolation("379/4.4", N_("Không có thoả thuận này."), N_("Mở lại trang liên thông."))
    return vault.read(row.paper)


def _row(row: AgreedTerms, actor: Actor, today: date) -> TermsRow:
    return TermsRow(
        id=row.id,
        reference=row.reference,
        agreed_on=row.agreed_on,
        their_name=_name(row.their_code),
        our_name=_name(row.our_code),
        types=tuple(row.types),
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        method=row.method,
        paper_digest=row.paper_digest,
        state=row.state,
        over=row.state == "active" and row.valid_until < today,
        mine=row.proposed_by is not None and row.proposed_by == actor.person_id,
        confirmed_at=row.confirmed_at,
        reason=row.reason,
    )


def _name(code: str) -> str:
    found = directory.entry(code)
    return found.name if found else code

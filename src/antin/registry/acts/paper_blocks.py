"""Numbers for what is done on paper while the system is out (379/4.6): set aside in one run, then used or voided, each once.

The acts stand in `continuity`, which keeps the outage; these are its doors into the books and join its transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Max
from django.utils import timezone

from antin.documents.facts import DocumentView
from antin.identity import rules as identity_rules
from antin.registry import books, rules
from antin.registry.acts.incoming import register_with
from antin.registry.lifecycle import NUMBER
from antin.registry.models import Number
from antin.registry.rules import paper_blocks as decisions
from antin.values import Actor, Office, new_id, to_vietnam


@dataclass(frozen=True, slots=True)
class Block:
    """A run of numbers of one register, first and last included."""

    register_id: UUID
    first: int
    last: int


def block_numbers(*, actor: Actor, organisation_id: UUID, kind: str, series: str, count: int, note: str) -> Block:
    """Sets the next `count` numbers of the register in use aside: no other act gives them any more.

    RuleViolation for who keeps no register there, an unknown kind of book, more numbers than a paper register takes.
    """
    identity_rules.require_office(actor, (Office.CLERK,), organisation_id)
    decisions.block_fits(kind, count)
    now = timezone.now()
    register = books.locked_register(
        organisation_id, kind, series, on=to_vietnam(now).date(), now=now, opened_by=actor.person_id
    )
    first = (Number.objects.filter(register=register).aggregate(top=Max("number"))["top"] or 0) + 1
    state = NUMBER.step("", "allot_paper_block").to
    Number.objects.bulk_create(
        Number(id=new_id(), register=register, number=first + place, state=state, note=note, since=now)
        for place in range(count)
    )
    return Block(register.pk, first, first + count - 1)


def use_blocked(*, register_id: UUID, number: int, document_id: UUID, entered_on: date, reference_number: str) -> None:
    """What was issued on paper takes its number in the outgoing book, once it is digitised (379/15)."""
    row = _blocked(register_id, number)
    decisions.of_this_book(is_incoming=row.register.kind == books.INCOMING, wanted=False)
    _take(row, document_id, entered_on)
    row.reference_number = reference_number
    row.save()


def register_blocked(*, actor: Actor, register_id: UUID, number: int, document_id: UUID, entered_on: date) -> None:
    """What arrived on paper is registered as any arrival is, under the number that it was given on paper (217/5.2)."""
    row = _blocked(register_id, number)
    decisions.of_this_book(is_incoming=row.register.kind == books.INCOMING, wanted=True)

    def take(_: DocumentView) -> Number:
        _take(row, document_id, entered_on)
        row.save()
        return row

    register_with(actor=actor, document_id=document_id, take=take)


def void_blocked(*, register_id: UUID, number: int, reason: str) -> None:
    """Nothing was done under this number: it stays in the book with its reason (379/17.3)."""
    books.move(
        _blocked(register_id, number),
        "enter_paper_case(void)",
        now=timezone.now(),
        note=rules.reason_given(reason, "379/4.6"),
    )


def _blocked(register_id: UUID, number: int) -> Number:
    found = Number.objects.select_for_update().select_related("register").filter(register_id=register_id, number=number)
    row = found.first()
    decisions.blocked_number(is_known=row is not None)
    assert row is not None
    return row


def _take(row: Number, document_id: UUID, entered_on: date) -> None:
    decisions.numbered_once(taken=_has_number(document_id, row.register_id))
    row.state = NUMBER.step(row.state, "enter_paper_case(used)").to
    row.document_id, row.entered_on, row.since = document_id, entered_on, timezone.now()


def _has_number(document_id: UUID, register_id: UUID) -> bool:
    return Number.objects.filter(
        document_id=document_id, register_id=register_id, state__in=["reserved", "used"]
    ).exists()

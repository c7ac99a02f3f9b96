"""Opening registers, and the line for a dispatch that only the cipher office may carry."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from antin.identity import rules as identity_rules
from antin.ledger import acts as ledger
from antin.registry import rules
from antin.registry.lifecycle import REGISTER
from antin.registry.models import CipherNote, Register
from antin.sql import insert_once
from antin.values import Actor, Office, Secrecy, to_vietnam


@transaction.atomic
def open_register(*, actor: Actor, organisation_id: UUID, kind: str, series: str = "", year_or_term: str) -> UUID:
    """Opens a book: outgoing with a type code and a term (`2025-2030`), incoming with a year.

    The newest open book of a series is the one in use from today on. Opening one that exists answers it.
    """
    identity_rules.require_office(actor, (Office.CLERK,), organisation_id)
    rules.kind_and_series_named(kind, series, year_or_term)
    now = timezone.now()
    register, made = Register.objects.get_or_create(
        organisation_id=organisation_id,
        kind=kind,
        series=series,
        period=year_or_term,
        defaults={
            "opens_on": to_vietnam(now).date(),
            "opened_at": now,
            "opened_by": actor.person_id,
            "state": REGISTER.step("", "open_register").to,
        },
    )
    if made:
        ledger.append(
            "registry.register.opened",
            actor,
            object_kind="register",
            object_id=register.pk,
            organisation_id=organisation_id,
            facts={"kind": kind, "series": series, "period": year_or_term},
            clause="217/11.2",
        )
    return register.pk


@transaction.atomic
def note_cipher_dispatch(*, actor: Actor, organisation_id: UUID, office_number: str, secrecy: Secrecy) -> UUID:
    """A line without abstract or content for a dispatch of the two highest secrecies (217/5.1, 379/1.2)."""
    identity_rules.require_office(actor, (Office.CLERK,), organisation_id)
    rules.only_by_cipher_office(secrecy)
    number = rules.cipher_number(office_number)
    note = CipherNote(
        organisation_id=organisation_id,
        office_number=number,
        secrecy=secrecy.value,
        noted_by=actor.person_id,
        noted_at=timezone.now(),
    )
    rules.noted_once(is_new=insert_once(note))
    ledger.append(
        "registry.cipher.noted",
        actor,
        object_kind="cipher_note",
        object_id=note.pk,
        organisation_id=organisation_id,
        detail={"office_number": number},
        clause="217/5.1",
    )
    return note.pk

"""Reads of the lines for what only the cipher office carries: a number, a level, a day; nothing else exists here (217/5.1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from antin.identity import queries as identity
from antin.registry.models import CipherNote
from antin.values import Actor, Office, Secrecy

LIMIT = 200


@dataclass(frozen=True, slots=True)
class CipherNoteView:
    """One line; `organisation_id` is the body whose registry entered it."""

    id: UUID
    organisation_id: UUID
    office_number: str
    secrecy: Secrecy
    noted_by_name: str
    noted_at: datetime


def cipher_notes(actor: Actor) -> tuple[CipherNoteView, ...]:
    """The newest lines of the bodies whose registry this actor keeps; at most 200, none for anybody else."""
    kept = actor.organisations(Office.CLERK)
    rows = list(CipherNote.objects.filter(organisation_id__in=kept).order_by("-noted_at")[:LIMIT])
    names = identity.people({row.noted_by for row in rows if row.noted_by}) if rows else {}
    return tuple(
        CipherNoteView(
            id=row.pk,
            organisation_id=row.organisation_id,
            office_number=row.office_number,
            secrecy=Secrecy(row.secrecy),
            noted_by_name=names[row.noted_by].name if row.noted_by in names else "",
            noted_at=row.noted_at,
        )
        for row in rows
    )

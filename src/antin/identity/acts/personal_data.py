"""One's own data: a copy taken away, a correction asked for; another person settles it (379/4.1).

A correction changes the record from now on. Issued documents and the log keep what they said.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from antin.identity import rules
from antin.identity.acts.challenges import spend_challenge
from antin.identity.acts.step_up import identity_digest
from antin.identity.lifecycle import CORRECTION
from antin.identity.models import Correction, Person
from antin.identity.ports import bound
from antin.identity.queries.corrections import code_was_anothers, settles
from antin.identity.queries.personal_data import own_data
from antin.identity.rules import personal_data
from antin.ledger import acts as ledger
from antin.sql import insert_once
from antin.values import Actor, iso, sha256_hex


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person says is wrong: a key of `rules.personal_data.FIELDS`, what should stand there, and why."""

    field: str
    proposed: str
    reason: str


@transaction.atomic
def ask_correction(*, actor: Actor, wish: Wish) -> UUID:
    """Asks that a datum of one's own record be set right; the request's id.

    RuleViolation 379/4.1 for an unknown datum, no value, no reason, no difference, or a request that waits already.
    """
    person = _locked_person(personal_data.own_alone(actor.person_id))
    name = personal_data.correctable(wish.field)
    proposed = personal_data.value_proposed(name, wish.proposed)
    present = getattr(person, name)
    personal_data.changes_something(present, proposed)
    row = Correction(
        person=person,
        field=name,
        former=present,
        proposed=proposed,
        reason=personal_data.words_given(wish.reason),
        state=CORRECTION.step("", "ask_correction").to,
        asked_at=bound().clock.now(),
    )
    waiting = Correction.objects.filter(person=person, field=name, state="open").exists()
    personal_data.none_open(stands=waiting or not insert_once(row))
    _enter("identity.correction.asked", actor, row, row.reason)
    return row.id


@transaction.atomic
def rectify_person_data(*, actor: Actor, correction_id: UUID, evidence: str) -> None:
    """The new value stands from now on; what it took the place of is kept with the request.

    Spends the challenge on this request and value (see `rectification_digest`). RuleViolation 379/4.4 for who manages
    other people, 379/5.6 for one's own request or without a code, 379/4.1 without evidence, 379/11.1 for a code taken.
    """
    row = _for_settling(actor, correction_id, "rectify_person_data")
    seen = personal_data.words_given(evidence)
    person = _locked_person(row.person_id)
    row.former = getattr(person, row.field)
    personal_data.changes_something(row.former, row.proposed)
    spend_challenge(actor=actor, act="rectify_person_data", digest=rectification_digest(row.id, row.proposed))
    _rewrite(person, row)
    _settle(actor, row, "rectify_person_data", seen)
    _enter("identity.person.rectified", actor, row, seen)


@transaction.atomic
def refuse_correction(*, actor: Actor, correction_id: UUID, reason: str) -> None:
    """The datum stays as it is, and the person reads why. RuleViolation as for `rectify_person_data`."""
    row = _for_settling(actor, correction_id, "refuse_correction")
    said = personal_data.words_given(reason)
    _settle(actor, row, "refuse_correction", said)
    _enter("identity.correction.refused", actor, row, said)


@transaction.atomic
def export_own_data(*, actor: Actor, certificates: Iterable[Mapping[str, Any]] = ()) -> bytes:
    """Everything kept about the person as UTF-8 JSON, without any secret; that it was taken is on record (379/4.1).

    `certificates`: public facts of the person's certificates, which a room above keeps.
    """
    person_id = personal_data.own_alone(actor.person_id)
    kept = asdict(own_data(person_id)) | {"certificates": [dict(one) for one in certificates]}
    groups = {
        name: {"clause": clause, "purpose": purpose, "data": kept[name]}
        for name, (clause, purpose) in personal_data.PURPOSES.items()
    }
    made = {"made_at": iso(bound().clock.now()), "person_id": str(person_id), "groups": groups}
    data = json.dumps(made, ensure_ascii=False, indent=2, default=_plain).encode() + b"\n"
    ledger.append(
        "identity.person.exported",
        actor,
        object_kind="person",
        object_id=person_id,
        organisation_id=actor.organisation_id,
        facts={"digest": sha256_hex(data), "size": len(data)},
        clause="379/4.1",
    )
    return data


def rectification_digest(correction_id: UUID, proposed: str) -> str:
    """What the settler's code is bound to: this request and the value that will stand."""
    value = sha256_hex(proposed.encode())
    return identity_digest("rectify_person_data", correction=str(correction_id), value=value)


def _for_settling(actor: Actor, correction_id: UUID, act: str) -> Correction:
    """The request, locked, if this actor settles those of that person and it is not the actor's own."""
    rows = Correction.objects.select_for_update(of=("self",)).select_related("person")
    row = rows.filter(pk=correction_id).first()
    if row is None or not settles(actor, row.person.organisation_id):
        raise personal_data.nothing_here()
    rules.not_own(row.person_id, actor)
    CORRECTION.step(row.state, act)
    return row


def _rewrite(person: Person, row: Correction) -> None:
    """Puts the value into the record; a code never becomes another person's, also not a former one."""
    if row.field == "code":
        personal_data.code_is_free(taken=code_was_anothers(row.proposed, person.id))
    setattr(person, row.field, row.proposed)
    try:
        with transaction.atomic():
            person.save(update_fields=[row.field])
    except IntegrityError:
        personal_data.code_is_free(taken=True)
        raise


def _settle(actor: Actor, row: Correction, act: str, answer: str) -> None:
    row.state = CORRECTION.step(row.state, act).to
    row.answer, row.settled_by, row.settled_at = answer, actor.person_id, bound().clock.now()
    row.save()


def _locked_person(person_id: UUID) -> Person:
    return Person.objects.select_for_update().get(pk=person_id)


def _enter(act: str, actor: Actor, row: Correction, reason: str) -> None:
    """The log says which datum; before and after stand in the erasable words that it commits to with salt."""
    ledger.append(
        act,
        actor,
        object_kind="person",
        object_id=row.person_id,
        organisation_id=row.person.organisation_id,
        facts={"correction": str(row.id), "field": row.field},
        detail={"before": row.former, "after": row.proposed},
        reason=reason,
        clause="379/4.1",
    )


def _plain(value: object) -> str:
    """Days and instants as ISO 8601, ids and offices as text."""
    return value.isoformat() if hasattr(value, "isoformat") else str(value)

"""The access filter in SQL: the twin of `rules.may_see`, kept equal by a differential test (379/4.4, 379/23.2.d).

Everything that lists, counts, searches or opens documents starts here. `branches` are the same filter cut into
pieces that each walk one index, newest first; their union is `visible`.
"""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from antin.documents import models, rules
from antin.documents.facts import Direction
from antin.documents.rules.access import GONE, LEADER_OFFICES, LENT_SEES, REGISTRY_OFFICES, is_system
from antin.values import Actor, MandateView, Office, Secrecy

OWNERS_APART = 3
Documents = QuerySet[models.Document]


def visible(actor: Actor) -> Documents:
    """All documents that this actor may see; impounded ones are nobody's (379/21.3)."""
    return reachable(actor).filter(~_impounded())


def reachable(actor: Actor) -> Documents:
    """As `visible`, without asking for impoundments: only to tell "impounded" from "not yours"."""
    allowed = Q(pk__in=[])
    for branch in _branches(actor):
        allowed |= branch
    return models.Document.objects.defer("words").filter(allowed)


def branches(actor: Actor) -> list[Documents]:
    """The filter as separate querysets, each good for a short walk along an index."""
    return [models.Document.objects.filter(branch).filter(~_impounded()) for branch in _branches(actor)]


def granted(actor: Actor) -> Documents:
    """Only what the actor takes part in by name."""
    named = models.Document.objects.filter(_by_name(actor)).filter(_shown(actor))
    return named.exclude(custody__in=GONE).filter(~_impounded())


def _branches(actor: Actor) -> list[Q]:
    if is_system(actor):
        return [Q(pk__isnull=False)]  # an empty Q would vanish in the union
    here = ~Q(custody__in=GONE)
    pieces = [_by_name(actor)] if rules.persons(actor) else []
    own = replace(actor, mandates=tuple(m for m in actor.mandates if m.lent is None))
    leading = own.organisations(*LEADER_OFFICES)
    keeping = own.organisations(*REGISTRY_OFFICES) - leading
    for owners, states in ((leading, rules.LEADERS_SEE), (keeping, rules.REGISTRY_SEES)):
        pieces += [_by_office(part, states) & Q(secrecy=Secrecy.OPEN) for part in _parts(owners)]
    secret = own.organisations(*REGISTRY_OFFICES) & rules.cleared(actor)
    pieces += [_by_office(part, rules.REGISTRY_SEES) & ~Q(secrecy=Secrecy.OPEN) for part in _parts(secret)]
    pieces += [
        _by_office([m.organisation_id], states) & _reached(m) & open_to
        for offices, states, open_to in (
            (LEADER_OFFICES, rules.LEADERS_SEE, Q(secrecy=Secrecy.OPEN)),
            (REGISTRY_OFFICES, rules.REGISTRY_SEES, Q()),
        )
        for m in actor.mandates
        if m.lent is not None and m.office in offices
    ]
    pieces += [Q(state__in=sorted(LENT_SEES)) & piece for piece in lent_approvals(actor)]
    if actor.stands_in:
        pieces.append(in_place_of_the_absent(actor))
    here &= _shown(actor)
    return [piece & here for piece in pieces]


def _shown(actor: Actor) -> Q:
    """`rules.secrecy.may_be_shown` in SQL."""
    shown = Q(secrecy=Secrecy.OPEN)
    cleared = rules.cleared(actor)
    return shown | Q(owner_id__in=sorted(cleared)) if cleared else shown


def _parts(owners: frozenset[UUID]) -> list[list[UUID]]:
    """One owner at a time walks an index; with many it is cheaper to walk the newest of all."""
    ordered = sorted(owners)
    if len(ordered) > OWNERS_APART:
        return [ordered]
    return [[owner] for owner in ordered]


def _by_name(actor: Actor) -> Q:
    mine = models.Access.objects.filter(person_id__in=rules.persons(actor)).values("document_id")
    return Q(pk__in=mine)


def lent_approvals(actor: Actor) -> list[Q]:
    """What names as approver somebody whose office is lent to the actor: `rules.approval_lent` in SQL."""
    return [
        Q(direction=Direction.OUTGOING, approver_id=m.lent.person_id, owner_id=m.organisation_id) & _reached(m)
        for m in actor.mandates
        if m.lent is not None and m.office is Office.APPROVER
    ]


def in_place_of_the_absent(actor: Actor) -> Q:
    """What waits for an absent reviewer whose seat is the actor's meanwhile: `rules.stands_in` in SQL."""
    absent = [behalf.person_id for behalf in actor.stands_in]
    due = models.Waiting.objects.filter(person_id__in=absent).exclude(not_for__contains=[actor.person_id])
    seats = due.values("document_id")
    review = Q(direction=Direction.OUTGOING, state="in_review", secrecy=Secrecy.OPEN)
    return Q(pk__in=seats) & review & (Q(drafter_id=None) | ~Q(drafter_id=actor.person_id))


def _reached(mandate: MandateView) -> Q:
    """`rules.access.reaches` in SQL."""
    typed = Q(type_code__in=sorted(mandate.document_types)) if mandate.document_types else Q(pk__isnull=False)
    return typed & Q(secrecy=Secrecy.OPEN) if mandate.open_only else typed


def _by_office(owners: list[UUID], states: frozenset[str]) -> Q:
    owned = Q(owner_id=owners[0]) if len(owners) == 1 else Q(owner_id__in=owners)
    return owned & (
        Q(direction=Direction.INCOMING)
        | Q(direction=Direction.OUTGOING, state__in=sorted(states))
        | Q(direction=Direction.OUTGOING, state="abandoned", number__isnull=False)
    )


def _impounded() -> Exists:
    return Exists(models.Impoundment.objects.filter(document_id=OuterRef("pk"), lifted_at__isnull=True))

"""The register of impoundments, and what a decision can name documents by; never what they say (379/21.2.d, 379/21.3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import date
from itertools import islice
from typing import Any
from uuid import UUID

from django.db.models import Count, Q

from antin.documents import models, rows, rules
from antin.documents.facts import DecisionFacts, Direction, Identified, ImpoundmentView, OrderFacts, RenditionKind
from antin.ledger import queries as ledger
from antin.ledger.queries import EntryRow
from antin.values import Actor, Office, canonical_json, sha256_hex

ORDERS_MOST = 200
IDS_AT_ONCE = 500
IDENTIFIED = ("id", "direction", "reference_number", "document_code", "issued_on", "type_name", "issuing_name")
ATTEMPTS_MOST = 200
READERS = (Office.IMPOUNDING_AUTHORITY, Office.AUDITOR, Office.SECURITY_OFFICER)
REFUSED = "documents.impoundment.refused"


def impoundments(actor: Actor) -> tuple[ImpoundmentView, ...]:
    """The register of the organisations where the actor watches over it, newest first."""
    watched = models.ImpoundmentOrder.objects.filter(owner_id__in=actor.organisations(*READERS))
    found = list(watched.order_by("-id")[:ORDERS_MOST])
    held = models.Impoundment.objects.filter(order_id__in=[row.id for row in found]).values_list("order_id")
    counted = dict(held.annotate(Count("id")))
    return tuple(_view(row, counted.get(row.id, 0)) for row in found)


def impoundment(actor: Actor, order_id: UUID) -> ImpoundmentView:
    """One of them; RuleViolation 379/4.4 when there is none or it is not the actor's to see."""
    row = models.ImpoundmentOrder.objects.filter(id=order_id, owner_id__in=actor.organisations(*READERS)).first()
    if row is None:
        raise rows.not_found()
    return _view(row, models.Impoundment.objects.filter(order_id=row.id).count())


def impoundment_order(order_id: UUID) -> OrderFacts:
    """All of an order, for the journal that outlives this database. LookupError when there is none."""
    row = models.ImpoundmentOrder.objects.filter(id=order_id).first()
    if row is None:
        raise LookupError(f"no order {order_id}")
    held = models.Impoundment.objects.filter(order_id=order_id).order_by("document_id")
    return OrderFacts(
        id=row.id,
        owner_id=row.owner_id,
        decision=DecisionFacts(row.authority_name, row.decision, row.decided_on),
        reason=row.reason,
        term_ends_on=row.term_ends_on,
        begun_at=row.begun_at,
        begun_by=row.begun_by,
        begun_by_name=row.begun_by_name,
        document_ids=tuple(held.values_list("document_id", flat=True)),
    )


def impounded_documents(actor: Actor, order_id: UUID, *, limit: int = 200) -> tuple[Identified, ...]:
    """What the decision names, for those who carry it out; for others none."""
    view = impoundment(actor, order_id)
    if not actor.holds(Office.IMPOUNDING_AUTHORITY, view.owner_id):
        return ()
    held = models.Impoundment.objects.filter(order_id=view.id).order_by("document_id")
    digests = dict(held.values_list("document_id", "digest")[:limit])
    named = models.Document.objects.filter(id__in=digests).order_by("issued_on", "id")
    return tuple(_identified(*row, digests[row[0]]) for row in named.values_list(*IDENTIFIED))


def attempts(actor: Actor, order_id: UUID, *, limit: int = 50) -> tuple[EntryRow, ...]:
    """Every refused read or act, newest first: who, when, what (379/21.2.c)."""
    view = impoundment(actor, order_id)
    entries = ledger.history(view.id, limit=ATTEMPTS_MOST)
    return tuple(entry for entry in entries if entry.act == REFUSED)[:limit]


def named_documents(
    actor: Actor,
    owner_id: UUID,
    names: Iterable[str],
    *,
    type_code: str = "",
    since: date | None = None,
    until: date | None = None,
) -> tuple[tuple[Identified, ...], tuple[str, ...]]:
    """What a decision names: by number and notation or by code, or all of a type and time; and the names of none.

    RuleViolation 379/21.1 for who carries out no decisions here.
    """
    rules.may_impound(actor, owner_id)
    wanted = [name.strip() for name in names if name.strip()][: rules.SCOPE_MOST]
    keys = {name: rules.reference_key(name) for name in wanted}
    mine = models.Document.objects.filter(owner_id=owner_id).exclude(reference_number="")
    asked = Q(reference_key__in=keys.values()) | Q(document_code__in=wanted)
    if type_code or since or until:
        asked |= _of_time(type_code, since, until)
    named = mine.filter(asked).order_by("issued_on", "id").values_list("reference_key", *IDENTIFIED)
    found = list(named[: rules.SCOPE_MOST + 1])
    known = {key for key, *_rest in found} | {code for _key, _id, _direction, _number, code, *_rest in found}
    missing = tuple(name for name, key in keys.items() if key not in known and name not in known)
    digests = contents(row[1] for row in found)
    return tuple(_identified(*row[1:], digests[row[1]]) for row in found), missing


def contents(ids: Iterable[UUID]) -> dict[UUID, str]:
    """SHA-256 over the digests of all that each document holds: revisions, pages, attachments, opinions' ids.

    Archive timestamps are renewed even while it is impounded, beside the pages, which they begin with (379/21.2.a).
    """
    return {one: digest for step in in_steps(ids) for one, digest in _contents(step).items()}


def in_steps(ids: Iterable[UUID]) -> Iterator[list[UUID]]:
    """A few hundred at a time: a statement that names ten thousand keeps the process's other threads waiting as it is made."""
    left = iter(ids)
    while step := list(islice(left, IDS_AT_ONCE)):
        yield step


def _contents(wanted: list[UUID]) -> dict[UUID, str]:
    held: dict[UUID, list[list[str]]] = defaultdict(list)
    for name, model in (("revision", models.Revision), ("page", models.Rendition), ("file", models.Attachment)):
        found = model._default_manager.filter(document_id__in=wanted).order_by("id")
        if model is models.Rendition:
            found = found.exclude(kind=RenditionKind.RENEWED)
        for document_id, own_id, digest in found.values_list("document_id", "id", "digest"):
            held[document_id].append([name, str(own_id), digest])
    given = models.Endorsement.objects.filter(document_id__in=wanted).order_by("id")
    for document_id, own_id in given.values_list("document_id", "id"):
        held[document_id].append(["opinion", str(own_id)])
    return {one: sha256_hex(canonical_json(held[one])) for one in wanted}


def open_orders(document_ids: Collection[UUID]) -> tuple[tuple[UUID, UUID, UUID], ...]:
    """(order, document, owner) of each open interval, for the record of a refused access."""
    held = models.Impoundment.objects.filter(document_id__in=document_ids, lifted_at__isnull=True)
    return tuple(held.values_list("order_id", "document_id", "order__owner_id"))


def impounded_among(document_ids: Collection[UUID]) -> frozenset[UUID]:
    """Those of the documents that nobody may see now; for rooms above that list by rows of their own (379/21.3)."""
    held = models.Impoundment.objects.filter(document_id__in=document_ids, lifted_at__isnull=True)
    return frozenset(held.values_list("document_id", flat=True))


def _of_time(type_code: str, since: date | None, until: date | None) -> Q:
    asked = Q(issued_on__isnull=False)
    if type_code:
        asked &= Q(type_code=type_code)
    if since:
        asked &= Q(issued_on__gte=since)
    return asked & Q(issued_on__lte=until) if until else asked


def _identified(document_id: UUID, direction: str, *rest: Any) -> Identified:
    """From a row of IDENTIFIED and the digest: ten thousand models would keep the collector of garbage busy."""
    return Identified(document_id, Direction(direction), *rest)


def _view(row: models.ImpoundmentOrder, documents: int) -> ImpoundmentView:
    return ImpoundmentView(
        id=row.id,
        owner_id=row.owner_id,
        decision=DecisionFacts(row.authority_name, row.decision, row.decided_on),
        term_ends_on=row.term_ends_on,
        reason=row.reason,
        scope_digest=row.scope_digest,
        documents=documents,
        begun_at=row.begun_at,
        begun_by_name=row.begun_by_name,
        lifting_decision=row.lifting_decision,
        lifting_decided_on=row.lifting_decided_on,
        lifted_at=row.lifted_at,
        lifted_by_name=row.lifted_by_name,
    )

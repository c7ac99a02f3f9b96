"""For rooms above, inside their transaction: the outermost act writes the ledger entry, these write none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import connection

from antin.documents import agreements, lifecycle, models, rows, rules
from antin.documents.acts.changing import link_arrived
from antin.documents.facts import Direction, DocumentView, IncomingFacts, RenditionKind, RenditionView
from antin.ledger import acts as ledger
from antin.rulebook.rules import secrecy_admissible
from antin.sql import insert, insert_once
from antin.values import Actor, Custody, Office, Secrecy, Urgency, new_id, sha256_hex
from antin.vault import acts as vault
from antin.vault import queries as vault_reads

OUT = frozenset({"outgoing", "incoming"})


def advance(
    *,
    actor: Actor,
    document_id: UUID,
    act: str,
    life: str = "outgoing",
    organisation_id: UUID | None = None,
    as_office: Office | None = None,
) -> DocumentView:
    """One step of one life: lock, visibility, guards, table row, office, new state. The facts afterwards.

    `organisation_id` is where the office is held when it is not the owner (joint documents); `as_office` is an
    office of persons that the caller has proven (an assignee). RuleViolation changes nothing.
    """
    row, facts = _lock(actor, document_id)
    rules.ask_guards(facts, life, act)
    column = "state" if life in OUT else life
    table = lifecycle.LIVES[life]
    step = table.step(getattr(row, column), act)
    rules.ask_row(facts, step.guards)
    rows.office_of(step, actor, row, facts, organisation_id=organisation_id, as_office=as_office)
    setattr(row, column, step.to)
    row.updated_at = rows.now()
    touched = _note_instant(row, act) if life in OUT else []
    row.save(update_fields=[column, "updated_at", *touched])
    return rows.view(row, impounded=facts.impounded)


def guard(*, actor: Actor, document_id: UUID, guards: Sequence[str] = ("in_use", "custody_current")) -> DocumentView:
    """Locks the document and asks these guards, `not_impounded` always first; no state changes."""
    _row, facts = _lock(actor, document_id)
    rules.not_impounded(facts)
    rules.ask_named(facts, guards)
    return facts


def locked(*, document_id: UUID) -> DocumentView:
    """The facts under FOR UPDATE, `impounded` told; no guard is asked."""
    return rows.lock(document_id)[1]


def note_number(
    *,
    document_id: UUID,
    number: int | None,
    notation: str,
    reference_number: str,
    issued_on: date | None,
    document_code: str,
) -> None:
    """Number, notation, date and code as the register gave them (217/11.2, 11.3); None and "" when they lapse."""
    row, _facts = rows.lock(document_id)
    row.number = number
    row.number_text = "" if number is None else str(number)
    row.notation = notation
    row.reference_number = reference_number
    row.issued_on = issued_on
    row.document_code = document_code
    rows.index(row)
    row.save()


def note_send_due(*, document_id: UUID, send_due_at: datetime) -> None:
    """The last instant to send (217/6.3)."""
    _note(document_id, send_due_at=send_due_at)


def note_sent(*, document_id: UUID, sent_at: datetime) -> None:
    """When the first dispatch left (217/11.12)."""
    models.Document.objects.filter(id=document_id, sent_at=None).update(sent_at=sent_at)


def note_arrival_number(*, document_id: UUID, number: int, register_id: UUID) -> None:
    """The number in the register of arrivals (217/5.2)."""
    _note(document_id, arrival_number=number, register_id=register_id)


def note_due_on(*, document_id: UUID, due_on: date | None) -> None:
    """The day by which it is to be dealt with (217/11.13)."""
    _note(document_id, due_on=due_on)


def keep_rendition(
    *,
    document_id: UUID,
    kind: RenditionKind | str,
    data: bytes,
    pages: int,
    anchors: dict[str, object] | None = None,
) -> RenditionView:
    """A PDF of the document, encrypted under its key; never replaced, the newest is shown."""
    content = vault.store(data, owner=document_id, media_type="application/pdf")
    return rows.rendition(_rendition(document_id, RenditionKind(kind), content, pages=pages, anchors=anchors))


def _rendition(
    document_id: UUID,
    kind: RenditionKind,
    content: vault.Content,
    *,
    pages: int,
    anchors: dict[str, object] | None = None,
) -> models.Rendition:
    row = models.Rendition(
        document_id=document_id,
        kind=kind,
        content_id=content.id,
        digest=content.digest,
        size=content.size,
        pages=pages,
        anchors=anchors,
        at=rows.now(),
    )
    insert(row)
    return row


def set_aside_rendition(*, document_id: UUID, rendition_id: UUID) -> None:
    """A prepared page whose number lapsed is shown no longer; its bytes stay (217/11.2)."""
    prepared = models.Rendition.objects.filter(id=rendition_id, document_id=document_id, kind=RenditionKind.PREPARED)
    prepared.update(set_aside_at=rows.now())


def hang_obligation(*, document_id: UUID, kind: str, key: str) -> None:
    """Something is owed on the document; hanging it twice is the same as once."""
    insert_once(models.Obligation(document_id=document_id, kind=kind, key=key, hung_at=rows.now()))


def take_down_obligation(*, document_id: UUID, kind: str, key: str) -> None:
    """It is settled; taking down what does not hang is no error."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM documents_obligation WHERE document_id = %s AND kind = %s AND key = %s",
            [document_id, kind, key],
        )


def obligations(document_id: UUID) -> tuple[tuple[str, str], ...]:
    """(kind, key) of everything owed."""
    owed = models.Obligation.objects.filter(document_id=document_id).order_by("id")
    return tuple(owed.values_list("kind", "key"))


def settle_custody(*, document_id: UUID, act: str) -> DocumentView:
    """One step of its custody, for the archive, which has proven the office. RuleViolation while impounded.

    Destroyed, its row keeps number, date, code and digest; every text of it and about it here is blanked, its key and
    the words of its history are destroyed (379/20.2, 379/3.4).
    """
    row, facts = rows.lock(document_id)
    rules.ask_guards(facts, "custody", act)
    step = lifecycle.CUSTODY.step(row.custody, act)
    row.custody, row.updated_at = step.to, rows.now()
    row.save(update_fields=["custody", "updated_at"])
    if row.custody == Custody.DESTROYED:
        _forget(row)
    return rows.view(row)


def _forget(row: models.Document) -> None:
    vault.shred(owner=row.id)
    ledger.erase_openings(object_id=row.id)
    row.abstract = row.signer_name = row.signing_capacity = row.signer_position = ""
    row.words = rows.word_vector(())
    row.save()
    models.Attachment.objects.filter(document_id=row.id).update(name="")
    models.Revision.objects.filter(document_id=row.id).update(reason="")
    models.Ending.objects.filter(document_id=row.id).update(reason="", basis="", form="")
    agreements.forget(row.id)


def grant_access(*, document_id: UUID, person_id: UUID, why: str) -> None:
    """This person may read the document from now on (379/4.4)."""
    rows.grant(document_id, [person_id], why, rows.now())


def take_in(
    *,
    actor: Actor,
    organisation_id: UUID,
    facts: IncomingFacts,
    pdf: bytes,
    attachments: Iterable[tuple[str, str, bytes | Iterable[bytes]]] = (),
    pages: int = 0,
    document_id: UUID | None = None,
    beside: Iterable[vault.Item] = (),
    act: str = "receive_parcel",
) -> UUID:
    """A document that arrived, as its sender states it (217/10.1); its id. The caller has checked the bytes.

    `pages` 0 means not counted yet; `document_id` is an id chosen before; `beside` is kept under the document's key
    without being part of it (the envelope it came in); `act` certify_digitised for what came as paper. RuleViolation 217/5.1 for secrecy that may not enter.
    """
    facts = rules.check_incoming(facts)
    secrecy_admissible(facts.secrecy, cipher_installed=vault_reads.cipher_product() is not None)
    row = _incoming(document_id or new_id(), organisation_id, facts, sha256_hex(pdf))
    step = lifecycle.INCOMING.step("", act)
    row.state = step.to
    row.validity = lifecycle.VALIDITY.step("", act).to
    row.custody = lifecycle.CUSTODY.step("", act).to
    rows.office_of(step, actor, row, rows.view(row))
    files = tuple(attachments)
    row.attachment_count = len(files)
    if facts.secrecy is not Secrecy.OPEN:
        vault.protect(owner=row.id)
        row.abstract = vault.sealed_words(row.id, facts.abstract)
    rows.index(row)
    insert(row)
    parts = [vault.Item(pdf, "application/pdf"), *(vault.Item(data, kind) for _name, kind, data in files), *beside]
    page, *kept = vault.store_all(parts, owner=row.id, is_new=True)
    _rendition(row.id, RenditionKind.RECEIVED, page, pages=pages)
    for place, ((name, _kind, _data), content) in enumerate(zip(files, kept, strict=False), 1):
        insert(_file(row, name, content, place))
    link_arrived(row, facts.replaces, actor)
    return row.id


def _incoming(document_id: UUID, organisation_id: UUID, facts: IncomingFacts, digest: str) -> models.Document:
    at = rows.now()
    return models.Document(
        id=document_id,
        direction=Direction.INCOMING,
        owner_id=organisation_id,
        type_code=facts.type_code[:64],
        type_name=facts.type_name,
        abstract=facts.abstract,
        urgency=list(Urgency).index(facts.urgency),
        secrecy=Secrecy(facts.secrecy),
        number=int(facts.number_text) if facts.number_text.isdecimal() and len(facts.number_text) < 9 else None,
        number_text=facts.number_text,
        notation=facts.notation,
        reference_number=facts.reference_number,
        document_code=facts.document_code,
        issued_on=facts.issued_on,
        issuing_name=facts.issuing_name,
        issuing_code=facts.issuing_code,
        sender_name=facts.sender_name,
        sender_code=facts.sender_code,
        signer_name=facts.signer_name,
        signing_capacity=facts.signing_capacity,
        due_on=facts.due_on,
        sent_at=facts.sent_at,
        channel=facts.channel,
        terms_id=facts.terms_id,
        terms_reference=facts.terms_reference,
        digest=facts.digest or digest,
        arrived_at=at,
        created_at=at,
        updated_at=at,
    )


def _file(row: models.Document, name: str, content: vault.Content, place: int) -> models.Attachment:
    return models.Attachment(
        document_id=row.id,
        name=rules.kept_name(Secrecy(row.secrecy), rules.check_attachment_name(name), place),
        media_type=content.media_type[:120],
        content_id=content.id,
        digest=content.digest,
        size=content.size,
        since_revision=0,
    )


def _lock(actor: Actor, document_id: UUID) -> tuple[models.Document, DocumentView]:
    """Persons only reach what they may see; system and peers come by the rooms above."""
    return rows.lock_for(actor, document_id) if rules.persons(actor) else rows.lock(document_id)


def _note_instant(row: models.Document, act: str) -> list[str]:
    """What a few acts leave on the row besides the state."""
    if act == "check_form":
        row.form_checked_revision = row.revision
        return ["form_checked_revision"]
    column = {"sign(last)": "signed_at", "issue": "issued_at"}.get(act)
    if column is None or getattr(row, column) is not None:
        return []
    setattr(row, column, row.updated_at)
    return [column]


def _note(document_id: UUID, **values: object) -> None:
    if not models.Document.objects.filter(id=document_id).update(**values, updated_at=rows.now()):
        raise rows.not_found()

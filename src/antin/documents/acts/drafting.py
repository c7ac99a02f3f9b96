"""Writing a draft: each change is a new revision, kept with author, time and reason (379/17.1, 379/17.3)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from antin.documents import lifecycle, models, rows, rules
from antin.documents.acts.changing import check_change
from antin.documents.adapters import pdf_intake
from antin.documents.facts import Direction, DraftFields
from antin.identity import queries as identity
from antin.ledger import acts as ledger
from antin.regulation import RuleViolation
from antin.rulebook import queries as rulebook
from antin.rulebook.rules import secrecy_admissible
from antin.values import N_, Actor, Office, Secrecy, Urgency, new_id, sha256_hex
from antin.vault import acts as vault
from antin.vault import queries as vault_reads

PDF_LIMIT_BYTES = 50 * 1024 * 1024
CODE_SCHEMES = ("party", "qcvn102", "qd20")
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,60}/[a-z0-9][a-z0-9!#$&^_.+-]{0,60}")


@dataclass(frozen=True, slots=True)
class _Text:
    """What a revision stands on: its fields as stored content, and the uploaded PDF if there is one."""

    fields: DraftFields
    content_id: UUID
    pdf_content_id: UUID | None
    pdf_digest: str


def create_draft(*, actor: Actor, organisation_id: UUID, fields: DraftFields, pdf: bytes | None = None) -> UUID:
    """A new draft of the organisation with its first revision and data key; its id.

    RuleViolation 379/14.p1 outside the drafter's mandate, 217/5.1 for secrecy that may not enter, 217/11.x or
    379/13.1 for a field over its limit, and whatever `pdf_intake.check` says of an uploaded PDF.
    """
    fields = _checked(actor, organisation_id, fields, pdf)
    check_change(actor, organisation_id, fields)
    with transaction.atomic():
        at = rows.now()
        row = models.Document(
            id=new_id(),
            direction=Direction.OUTGOING,
            state=lifecycle.OUTGOING.step("", "create_draft").to,
            custody=lifecycle.CUSTODY.step("", "create_draft").to,
            owner_id=organisation_id,
            drafter_id=actor.person_id,
            created_at=at,
        )
        _name_issuer(row)
        if fields.secrecy is not Secrecy.OPEN:
            vault.protect(owner=row.id)
        author = rows.acting(actor, Office.DRAFTER, organisation_id)
        _add_revision(row, _store(row.id, fields, pdf, None), author, reason="")
        rows.grant(row.id, rules.persons(actor), "drafter", at)
        _enter("created", author, row, {"type": fields.type_code}, {"abstract": row.abstract})
    return row.id


def revise_draft(
    *,
    actor: Actor,
    document_id: UUID,
    fields: DraftFields,
    expected_revision: int,
    reason: str = "",
    pdf: bytes | None = None,
) -> int:
    """The number of the new revision (the present one when nothing differs). `pdf` None keeps, b"" drops it.

    RuleViolation 379/17.2 from approval on, 379/17.3 when somebody else revised meanwhile, or without a reason
    once the draft has been submitted.
    """
    with transaction.atomic():
        row, author = _lock_draft(actor, document_id)
        fields = _checked(actor, row.owner_id, fields, pdf)
        rules.same_secrecy(rows.view(row), fields.secrecy)
        rules.revision_expected(rows.view(row), expected_revision)
        last = _latest(row)
        if _digest(row, fields, _pdf_digest(pdf, last), row.revision) == row.digest:
            return row.revision
        check_change(actor, row.owner_id, fields)
        reason = rules.reason_given(reason) if row.round or reason.strip() else ""
        _add_revision(row, _store(row.id, fields, pdf, last), author, reason=reason)
        _enter("revised", author, row, {}, {"abstract": row.abstract}, reason)
    return row.revision


def attach(
    *, actor: Actor, document_id: UUID, name: str, media_type: str, data: bytes | Iterable[bytes], size: int = 0
) -> UUID:
    """A file added to the draft, as a new revision (217/11.7); the attachment's id. RuleViolation for an empty or too large one.

    Pieces, `size` bytes in all, are sealed as they come: memory stays constant.
    """
    size = len(data) if isinstance(data, bytes) else size
    name = rules.check_attachment_name(name)
    if not _MEDIA_TYPE.fullmatch(media_type):
        _refuse_file(N_("Không rõ loại của tệp gửi kèm."))
    with transaction.atomic():
        row, author = _lock_draft(actor, document_id)
        if row.attachment_count >= rules.ATTACHMENTS_LIMIT:
            _refuse_file(N_("Văn bản có nhiều nhất {count} tệp gửi kèm."))
        most = rules.ATTACHMENT_LIMIT_BYTES if row.secrecy == Secrecy.OPEN else rules.SECRET_LIMIT_BYTES
        if not 0 < size <= most:
            _refuse_file(N_("Tệp gửi kèm trống, hoặc lớn hơn {limit} MB."), most)
        content = vault.store(data, owner=row.id, media_type=media_type)
        name = rules.kept_name(Secrecy(row.secrecy), name, row.attachment_count + 1)
        added = models.Attachment.objects.create(
            document=row,
            name=name,
            media_type=media_type,
            content_id=content.id,
            digest=content.digest,
            size=content.size,
            since_revision=row.revision + 1,
        )
        text = _same_text(_latest(row))
        _add_revision(row, text, author, reason=N_("Đính kèm tệp"))
        _enter("revised", author, row, {"attached": content.digest}, {"attachment": name}, N_("Đính kèm tệp"))
    return added.id


def detach(*, actor: Actor, document_id: UUID, attachment_id: UUID) -> None:
    """A file taken off the draft, as a new revision; older revisions keep it (379/17.1)."""
    with transaction.atomic():
        row, author = _lock_draft(actor, document_id)
        held = models.Attachment.objects.filter(id=attachment_id, document_id=row.id, until_revision=None)
        gone = held.first()
        if gone is None:
            raise rows.not_found()
        held.update(until_revision=row.revision)
        text = _same_text(_latest(row))
        _add_revision(row, text, author, reason=N_("Bỏ tệp gửi kèm"))
        _enter("revised", author, row, {"detached": gone.digest}, {"attachment": gone.name}, N_("Bỏ tệp gửi kèm"))


def _checked(actor: Actor, organisation_id: UUID, fields: DraftFields, pdf: bytes | None) -> DraftFields:
    fields = rules.check_fields(fields)
    rules.may_draft_type(actor, organisation_id, fields.type_code)
    secrecy_admissible(fields.secrecy, cipher_installed=vault_reads.cipher_product() is not None)
    rules.cleared_for(fields.secrecy, actor, organisation_id)
    if pdf and pdf_intake.check(pdf, limit_bytes=PDF_LIMIT_BYTES).signed:
        raise RuleViolation(
            "379/13.1",
            N_("Tệp PDF đã có chữ ký số, không ghi số và ngày vào được."),
            N_("Tải lên bản chưa ký."),
        )
    return fields


def _lock_draft(actor: Actor, document_id: UUID) -> tuple[models.Document, Actor]:
    row, facts = rows.lock_for(actor, document_id)
    rules.ask_guards(facts, "outgoing", "revise_draft")
    rules.not_yet_approved(facts)
    step = lifecycle.OUTGOING.step(row.state, "revise_draft")
    return row, rows.office_of(step, actor, row, facts)


def _latest(row: models.Document) -> models.Revision:
    return models.Revision.objects.get(document_id=row.id, ordinal=row.revision)


def _store(document_id: UUID, fields: DraftFields, pdf: bytes | None, last: models.Revision | None) -> _Text:
    content = vault.store(rules.fields_to_bytes(fields), owner=document_id, media_type="application/json")
    paper_id = last.pdf_content_id if pdf is None and last is not None else None
    if pdf:
        paper_id = vault.store(pdf, owner=document_id, media_type="application/pdf").id
    return _Text(fields, content.id, paper_id, _pdf_digest(pdf, last))


def _pdf_digest(pdf: bytes | None, last: models.Revision | None) -> str:
    """Of the new PDF; of the earlier one when none is given; "" when it was dropped or never was."""
    if pdf is None:
        return last.pdf_digest if last is not None else ""
    return sha256_hex(pdf) if pdf else ""


def _same_text(last: models.Revision) -> _Text:
    fields = rules.fields_from_bytes(vault_reads.read(last.content_id))
    return _Text(fields, last.content_id, last.pdf_content_id, last.pdf_digest)


def _digest(row: models.Document, fields: DraftFields, pdf_digest: str, revision: int) -> str:
    listed = [(a.name, a.digest) for a in rows.attachments(row.id, revision)]
    return rules.revision_digest(fields, listed, pdf_digest)


def _add_revision(row: models.Document, text: _Text, author: Actor, *, reason: str) -> None:
    """The next revision beside the older ones; the document's row shows its metadata."""
    row.revision += 1
    row.digest = _digest(row, text.fields, text.pdf_digest, row.revision)
    row.attachment_count = len(rows.attachments(row.id, row.revision))
    row.updated_at = rows.now()
    _show(row, text.fields)
    rows.index(row)
    row.save(force_insert=row.revision == 1)
    models.Revision.objects.create(
        document_id=row.id,
        ordinal=row.revision,
        digest=row.digest,
        content_id=text.content_id,
        pdf_content_id=text.pdf_content_id,
        pdf_digest=text.pdf_digest,
        author_id=author.person_id,
        author_name=author.name,
        author_for=author.on_behalf_of,
        author_method=author.method,
        at=row.updated_at,
        reason=vault.sealed_words(row.id, reason),
    )


def _show(row: models.Document, fields: DraftFields) -> None:
    row.type_code = fields.type_code
    row.type_name = rulebook.document_type(fields.type_code, rulebook.today()).name
    row.abstract = vault.sealed_words(row.id, fields.abstract)
    row.urgency = list(Urgency).index(fields.urgency)
    row.urgent_at = fields.urgent_at
    row.secrecy = fields.secrecy
    row.recipients = list(fields.recipients)
    row.due_on = fields.due_on
    row.signatory_id = fields.signatory_id
    row.approver_id = fields.approver_id or fields.signatory_id
    row.signing_capacity = fields.signing_capacity
    row.signer_position = fields.signer_position
    row.signer_name = _signer_name(fields)


def _signer_name(fields: DraftFields) -> str:
    """The signatory's name; RuleViolation when signatory or approver is nobody we know."""
    named = {p for p in (fields.signatory_id, fields.approver_id) if p is not None}
    known = identity.people(named) if named else {}
    if named - set(known):
        raise RuleViolation(
            "379/13.2",
            N_("Không có người ký hoặc người phê duyệt này trong cơ quan."),
            N_("Chọn người ký trong danh sách."),
        )
    return known[fields.signatory_id].name if fields.signatory_id else ""


def _name_issuer(row: models.Document) -> None:
    body = identity.organisation(row.owner_id)
    row.issuing_name = row.sender_name = body.name
    row.issuing_code = row.sender_code = next((body.codes[s] for s in CODE_SCHEMES if s in body.codes), "")


def _enter(
    what: str, author: Actor, row: models.Document, facts: dict[str, Any], detail: dict[str, Any], reason: str = ""
) -> None:
    ledger.append(
        f"documents.draft.{what}",
        author,
        object_kind="document",
        object_id=row.id,
        organisation_id=row.owner_id,
        facts={"revision": row.revision, "digest": row.digest, **facts},
        detail=detail,
        reason=reason,
    )


def _refuse_file(reason: str, limit: int = rules.ATTACHMENT_LIMIT_BYTES) -> None:
    raise RuleViolation(
        "217/11.7",
        reason,
        N_("Chọn tệp khác."),
        limit=limit // 1024**2,
        count=rules.ATTACHMENTS_LIMIT,
    )

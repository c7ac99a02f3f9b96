"""Paper copies of electronic documents: asked, granted, printed, spoiled (379/16)."""

from __future__ import annotations

import secrets
from typing import Literal
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from antin.conversion import ports, rules
from antin.conversion.lifecycle import CONFIRMATION, PAPER_OUTPUT
from antin.conversion.models import PaperOutput
from antin.conversion.queries.confirmed import confirmed
from antin.conversion.queries.copies import output_view
from antin.conversion.views import OutputView
from antin.documents import acts as documents
from antin.documents import queries as documents_queries
from antin.documents.facts import DocumentView
from antin.identity import queries as identity
from antin.identity import rules as identity_rules
from antin.ledger import acts as ledger
from antin.regulation import RuleViolation
from antin.steps import Step
from antin.values import N_, Actor, Office, iso, sha256_hex, to_vietnam
from antin.vault import acts as vault

TABLES = {"copy": PAPER_OUTPUT, "confirmation": CONFIRMATION}


@transaction.atomic
def request_paper_output(
    *, actor: Actor, document_id: UUID, purpose: str, for_whom: str, for_authority: bool = False
) -> OutputView:
    """Anybody who may read the document asks for a copy on paper: for what, for whom (379/16.1, 379/16.2)."""
    document = opened(actor, document_id)
    purpose, for_whom = rules.purpose_named(purpose, for_whom)
    rules.paper_permitted(document.secrecy)
    row = PaperOutput.objects.create(
        document_id=document.id,
        organisation_id=document.owner_id,
        state=PAPER_OUTPUT.step("", "request_paper_output").to,
        purpose=purpose,
        for_whom=for_whom,
        for_authority=for_authority,
        asked_by=actor.person_id,
        asked_at=timezone.now(),
    )
    enter("output.asked", actor, row, {"for_authority": for_authority}, reason=purpose, clause="379/16.1")
    return output_view(row, document)


@transaction.atomic
def settle_paper_output(
    *, actor: Actor, output_id: UUID, outcome: Literal["grant", "refuse"], reason: str = ""
) -> OutputView:
    """The clerk decides: granted, to be printed, or refused with the reason (379/16.2)."""
    row, document, step = begin(actor, output_id, f"settle_paper_output({outcome})", kind="copy")
    if outcome == "grant":
        rules.paper_permitted(document.secrecy)
        rules.printable(document.direction, document.state, document.validity, for_authority=row.for_authority)
    else:
        row.reason = rules.reason_given(reason)
    row.state, row.settled_by, row.settled_at = step.to, actor.person_id, timezone.now()
    row.save()
    enter("output.settled", actor, row, {"outcome": outcome}, reason=row.reason, clause="379/16.2")
    return output_view(row, document)


@transaction.atomic
def print_copy(*, actor: Actor, output_id: UUID) -> OutputView:
    """Makes the paper: the whole page (or what is confirmed) with every mark, kept under the document's key; its code leads to
    the state now.

    Made once; whoever may print may fetch the same bytes again. RuleViolation 379/16.3 when a mark or page is missing.
    """
    row, document, step = begin(actor, output_id, "print_copy")
    rules.paper_permitted(document.secrecy)
    rules.printable(document.direction, document.state, document.validity, for_authority=row.for_authority)
    last = PaperOutput.objects.filter(document_id=document.id).aggregate(Max("number"))["number__max"] or 0
    row.number, row.code = last + 1, rules.new_code(secrets.token_bytes(rules.CODE_BYTES))
    row.printed_at, row.printed_by, row.printed_by_name = timezone.now(), actor.person_id, actor.name
    source, row.source_digest = _source(actor, document, row)
    made = ports.bound().printer.on_paper(source, rules.marks_present(_marks(actor, document, row)))
    rules.whole_content(made.pages_of_source, made.pages)
    row.state, row.pages = step.to, made.pages
    row.digest = sha256_hex(made.pdf)
    row.content_id = vault.store(made.pdf, owner=document.id, media_type="application/pdf").id
    row.save()
    facts = {"number": row.number, "source": row.source_digest, "copy": row.digest, "pages": row.pages}
    enter("copy.printed", actor, row, facts, reason=row.purpose, clause="379/16.3")
    return output_view(row, document)


@transaction.atomic
def print_at_once(
    *, actor: Actor, document_id: UUID, purpose: str, for_whom: str, for_authority: bool = False
) -> OutputView:
    """Asked, granted and printed by the person who may do all three; nothing of it when one is refused."""
    asked = request_paper_output(
        actor=actor, document_id=document_id, purpose=purpose, for_whom=for_whom, for_authority=for_authority
    )
    return grant_and_print(actor=actor, output_id=asked.id)


@transaction.atomic
def grant_and_print(*, actor: Actor, output_id: UUID) -> OutputView:
    """A request granted and its copy made; one granted before is printed."""
    row = PaperOutput.objects.filter(pk=output_id).first()
    if row is None or row.state != "granted":
        settle_paper_output(actor=actor, output_id=output_id, outcome="grant")
    return print_copy(actor=actor, output_id=output_id)


@transaction.atomic
def spoil_copy(*, actor: Actor, output_id: UUID, reason: str) -> OutputView:
    """Voids a copy (misprinted, lost, withdrawn); from now on its code says so (379/16.3.a, 379/19.5)."""
    row, document, step = begin(actor, output_id, "spoil_copy", guards=())
    row.reason = rules.reason_given(reason)
    row.state, row.spoiled_by, row.spoiled_at = step.to, actor.person_id, timezone.now()
    row.save()
    enter("copy.spoiled", actor, row, {"number": row.number}, reason=row.reason, clause="379/16.3.a")
    return output_view(row, document)


def forget(*, document_id: UUID) -> None:
    """What people wrote about a destroyed document's copies; numbers, codes and times stay (379/3.4)."""
    PaperOutput.objects.filter(document_id=document_id).update(
        purpose="", for_whom="", reason="", procedure="", content_id=None
    )


def opened(actor: Actor, document_id: UUID, guards: tuple[str, ...] = ("custody_current",)) -> DocumentView:
    """Visible to the actor, locked, and not sealed off."""
    documents_queries.document(actor, document_id)
    return documents.guard(actor=actor, document_id=document_id, guards=guards)


def begin(
    actor: Actor, output_id: UUID, act: str, guards: tuple[str, ...] = ("custody_current",), kind: str = ""
) -> tuple[PaperOutput, DocumentView, Step]:
    """The locked row, its document, and the step of the table in an office that the actor holds there."""
    there = PaperOutput.objects.filter(pk=output_id, **({"kind": kind} if kind else {}))
    found = there.values_list("document_id", flat=True).first()
    if found is None:
        raise RuleViolation("379/4.4", N_("Không có bản in này."), N_("Mở lại trang bản giấy."))
    document = opened(actor, found, guards)
    row = PaperOutput.objects.select_for_update().get(pk=output_id)
    step = TABLES[row.kind].step(row.state, act)
    identity_rules.require_office(actor, tuple(Office(one) for one in step.offices), document.owner_id)
    return row, document, step


def _marks(actor: Actor, document: DocumentView, row: PaperOutput) -> rules.Marks:
    here = ports.bound()
    assert row.code is not None and row.number is not None and row.printed_at is not None
    known = identity.people([actor.person_id]) if actor.person_id else {}
    position = next((person.position for person in known.values()), "")
    return rules.Marks(
        system=here.system,
        owner=identity.organisation(document.owner_id).name,
        document_code=document.document_code or document.reference_number,
        converter=", ".join(filter(None, (actor.name, position))),
        at=iso(to_vietnam(row.printed_at).replace(microsecond=0)),
        code=row.code,
        number=row.number,
        address=f"{here.base_url.rstrip('/')}/k/{row.code}",
        state=rules.OVERPRINT.get(document.validity, ""),
        beside=document.attachment_count if row.kind == "copy" else 0,
        kind=row.kind,
    )


def _source(actor: Actor, document: DocumentView, row: PaperOutput) -> tuple[bytes, str]:
    """(the pages to put on paper, the digest of the document's own)."""
    source, rendition = documents_queries.pdf(actor, document.id)
    if row.kind == "confirmation":
        source = ports.bound().printer.confirmation(confirmed(actor, document, row, rendition.digest))
    return source, rendition.digest


def enter(what: str, actor: Actor, row: PaperOutput, facts: dict[str, object], *, reason: str, clause: str) -> None:
    ledger.append(
        f"conversion.{what}",
        actor,
        object_kind="document",
        object_id=row.document_id,
        organisation_id=row.organisation_id,
        facts={"output": str(row.pk), **facts},
        reason=reason,
        clause=clause,
    )

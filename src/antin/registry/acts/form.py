"""The clerk's check of form before the signature (379/13.1, 217/6.1)."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from antin.documents import acts as documents
from antin.documents import queries as documents_queries
from antin.documents.facts import DocumentView, DraftFields
from antin.identity import queries as identity
from antin.identity import rules as identity_rules
from antin.identity.queries import OrganisationView
from antin.ledger import acts as ledger
from antin.registry import form
from antin.registry.models import FormCheck
from antin.registry.queries import form_check_view
from antin.registry.views import FormCheckView
from antin.rulebook import queries as rulebook
from antin.values import Actor, Office, to_vietnam


@transaction.atomic
def check_form(*, actor: Actor, document_id: UUID) -> FormCheckView:
    """Checks the frozen revision against the form rules of today; findings are kept either way.

    Only a check without errors opens the way to the signature.
    """
    documents_queries.document(actor, document_id)
    document = documents.guard(actor=actor, document_id=document_id, guards=("not_impounded", "custody_current"))
    identity_rules.require_office(actor, (Office.CLERK,), document.owner_id)
    now = timezone.now()
    on = to_vietnam(now).date()
    rules_of_day = rulebook.form_rules(document.type_code, on)
    fields = documents_queries.fields(actor, document_id)
    owner = identity.organisation(document.owner_id)
    findings = form.findings(_page(document, fields, owner), _beside(document, fields, owner, on), rules_of_day)
    passed = form.in_order(findings)
    check = FormCheck.objects.create(
        document_id=document_id,
        digest=document.digest,
        rule_set=rules_of_day.digest,
        passed=passed,
        findings=[_finding(found) for found in findings],
        checked_by=actor.person_id,
        checked_at=now,
    )
    if passed:
        documents.advance(actor=actor, document_id=document_id, act="check_form")
    ledger.append(
        "registry.form.checked",
        actor,
        object_kind="document",
        object_id=document_id,
        organisation_id=document.owner_id,
        facts={
            "digest": document.digest,
            "rule_set": rules_of_day.digest,
            "findings": len(findings),
            "passed": passed,
        },
        clause="379/13.1",
    )
    return form_check_view(check)


def _page(document: DocumentView, fields: DraftFields, owner: OrganisationView) -> form.FormFacts:
    return form.FormFacts(
        body_name=owner.body_name,
        place=owner.place,
        abstract=fields.abstract,
        body=fields.body,
        salutation=fields.salutation,
        addressees=fields.addressees,
        signing_capacity=fields.signing_capacity,
        signer_position=fields.signer_position,
        signer_name=document.signer_name,
        uploaded=documents_queries.uploaded_pdf(document.id) is not None,
    )


def _beside(document: DocumentView, fields: DraftFields, owner: OrganisationView, on: date) -> form.RegistryFacts:
    needed = rulebook.signatures_required(document.type_code, owner.has_seal, on)
    return form.RegistryFacts(
        body_name=owner.body_name,
        notation=owner.notation,
        signing_capacity=fields.signing_capacity,
        recipients=fields.recipients,
        has_seal=owner.has_seal,
        seal_needed=needed.seal,
        on=on,
        due_on=fields.due_on,
        level_warning=rulebook.warn_authority(owner.level, document.type_code, on) or "",
    )


def _finding(found: form.FormFinding) -> dict[str, str]:
    return asdict(found)

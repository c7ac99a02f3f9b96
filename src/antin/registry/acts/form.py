"""The clerk's check of form before the signature (379/13.1, 217/6.1)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from antin.documents import acts as documents
from antin.documents import queries as documents_queries
from antin.documents.facts import DocumentView, DraftFields
from antin.identity import queries as identity
from antin.identity import rules as identity_rules
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
    form_rules = rulebook.form_rules(document.type_code, on)
    facts = _facts(document, documents_queries.fields(actor, document_id), on)
    findings = form.findings(facts, form_rules)
    passed = form.in_order(findings)
    check = FormCheck.objects.create(
        document_id=document_id,
        digest=document.digest,
        rule_set=form_rules.rule_set,
        passed=passed,
        findings=[
            {"component": f.component, "severity": f.severity, "clause": f.clause, "text": f.text()} for f in findings
        ],
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
            "rule_set": form_rules.rule_set,
            "findings": len(findings),
            "passed": passed,
        },
        clause="379/13.1",
    )
    return form_check_view(check)


def _facts(document: DocumentView, fields: DraftFields, on: date) -> form.FormFacts:
    owner = identity.organisation(document.owner_id)
    kind = rulebook.document_type(document.type_code, on)
    needed = rulebook.signatures_required(document.type_code, owner.has_seal, on)
    return form.FormFacts(
        superior_name=owner.superior_name,
        body_name=owner.body_name,
        notation=owner.notation,
        place=owner.place,
        type_name=kind.name,
        prints_name=kind.prints_name,
        abstract=fields.abstract,
        body=fields.body,
        uploaded=documents_queries.uploaded_pdf(document.id) is not None,
        addressees=fields.addressees,
        recipients=fields.recipients,
        signing_capacity=fields.signing_capacity,
        signer_position=fields.signer_position,
        signer_name=document.signer_name,
        committee=form.collective(owner.body_name),
        has_seal=owner.has_seal,
        seal_needed=needed.seal,
        on=on,
        due_on=fields.due_on,
        authority_warning=rulebook.warn_authority(owner.level, document.type_code) or "",
    )

"""A confirmation on paper that an electronic transaction took place: asked for, granted by the competent authority (379/16.2).

Printed and voided like a copy (`copies.print_copy`, `copies.spoil_copy`).
"""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from antin.conversion import rules
from antin.conversion.acts.copies import begin, enter, opened
from antin.conversion.lifecycle import CONFIRMATION
from antin.conversion.models import PaperOutput
from antin.conversion.queries.copies import output_view
from antin.conversion.rules import confirming
from antin.conversion.views import OutputView
from antin.identity import acts as identity
from antin.values import Actor

ACT = "settle_confirmation"


@transaction.atomic
def request_confirmation(*, actor: Actor, document_id: UUID, purpose: str, for_whom: str) -> OutputView:
    """Anybody who may read the document asks, for oneself or (the clerk) for somebody outside; for what, for whom."""
    document = opened(actor, document_id)
    purpose, for_whom = rules.purpose_named(purpose, for_whom)
    rules.paper_permitted(document.secrecy)
    rules.printable(document.direction, document.state, document.validity, for_authority=True)
    row = PaperOutput.objects.create(
        document_id=document.id,
        organisation_id=document.owner_id,
        kind="confirmation",
        state=CONFIRMATION.step("", "request_confirmation").to,
        purpose=purpose,
        for_whom=for_whom,
        for_authority=True,
        asked_by=actor.person_id,
        asked_at=timezone.now(),
    )
    enter("confirmation.asked", actor, row, {}, reason=purpose, clause="379/16.2")
    return output_view(row, document)


@transaction.atomic
def settle_confirmation(
    *, actor: Actor, output_id: UUID, outcome: Literal["grant", "refuse"], procedure: str = "", reason: str = ""
) -> OutputView:
    """The competent authority decides. A grant names the rules on giving information that it follows and spends the challenge
    "settle_confirmation" over `confirming.request_digest`; a refusal names its reason (379/16.2, 379/4.2)."""
    row, document, step = begin(actor, output_id, f"settle_confirmation({outcome})", kind="confirmation")
    if outcome == "grant":
        rules.paper_permitted(document.secrecy)
        confirming.method_is_strong(actor.method)
        row.procedure = confirming.procedure_named(procedure)
        asked = confirming.request_digest(str(row.pk), document.digest, row.purpose, row.for_whom)
        identity.spend_challenge(actor=actor, act=ACT, digest=asked)
    else:
        row.reason = rules.reason_given(reason)
    row.state, row.settled_by, row.settled_at = step.to, actor.person_id, timezone.now()
    row.settled_by_name = actor.name
    row.save()
    enter(
        "confirmation.settled", actor, row, {"outcome": outcome}, reason=row.procedure or row.reason, clause="379/16.2"
    )
    return output_view(row, document)

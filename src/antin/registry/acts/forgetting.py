"""For the archive above, inside its transaction, without an entry of its own."""

from __future__ import annotations

from uuid import UUID

from antin.registry.models import Defect, FormCheck, Forwarding, Number, Registration, SignatureRequest


def forget(*, document_id: UUID) -> None:
    """What was written about a destroyed document here; numbers, dates and who did what stay (379/3.4, 379/20.3)."""
    Number.objects.filter(document_id=document_id).update(note="")
    Registration.objects.filter(document_id=document_id).update(note="")
    Forwarding.objects.filter(document_id=document_id).update(words="")
    Defect.objects.filter(document_id=document_id).update(words="", reason="")
    FormCheck.objects.filter(document_id=document_id).update(findings=[])
    SignatureRequest.objects.filter(document_id=document_id).update(reason="")

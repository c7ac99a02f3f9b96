"""What was written here about a destroyed document; what was sent, received and answered stays provable (379/3.4)."""

from __future__ import annotations

from uuid import UUID

from antin.exchange.models import AxisIn, AxisOut, Dispatch, Enclosure, MailIn, MailOut, PaperIn, ParcelIn, StatementIn


def forget(*, document_id: UUID) -> None:
    """Reasons become empty; codes, times and signed evidence stay. Parcels lie under the document's key and went with it."""
    Dispatch.objects.filter(document_id=document_id).update(reason="", person="", last_error="", mail_why="")
    ParcelIn.objects.filter(document_id=document_id).update(reason="")
    StatementIn.objects.filter(dispatch__document_id=document_id).update(reason="")
    StatementIn.objects.filter(parcel_in__document_id=document_id).update(reason="")
    AxisIn.objects.filter(document_id=document_id).update(reason="", person="", unit="")
    AxisOut.objects.filter(document_id=document_id).update(last_error="")
    MailIn.objects.filter(document_id=document_id).update(reason="", person="", unit="", mail_subject="")
    MailOut.objects.filter(document_id=document_id).update(last_error="")
    Enclosure.objects.filter(document_id=document_id).update(why="", reason="", carrier="", received_by="")
    PaperIn.objects.filter(document_id=document_id).update(noted_by_name="")

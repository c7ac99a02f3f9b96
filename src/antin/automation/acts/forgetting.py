"""What people wrote about a document goes with it when it is destroyed; that something ran, when and for whom stays (379/20.2)."""

from __future__ import annotations

from uuid import UUID

from antin.automation.models import Deviation, Notice, Run
from antin.values import N_

DESTROYED = N_("Lời ghi đã huỷ cùng văn bản.")


def forget(*, document_id: UUID) -> None:
    """Joins the follower's transaction."""
    Run.objects.filter(document_id=document_id).exclude(reason="").update(reason=DESTROYED)
    Notice.objects.filter(document_id=document_id).exclude(reason="").update(reason=DESTROYED)
    wrong = Deviation.objects.filter(run__document_id=document_id)
    wrong.update(words=DESTROYED)
    wrong.filter(state="closed").update(corrected=DESTROYED, reported=DESTROYED)

"""How far an outage's numbers are back in the system."""

from __future__ import annotations

from uuid import UUID

from django.db.models import F, Sum

from antin.continuity.incident_models import PaperBlock, PaperCase


def counted(outage_id: UUID) -> dict[str, int]:
    """Of the numbers set aside: how many were used, voided, wait for the second person, or were not touched."""
    blocks = PaperBlock.objects.filter(outage_id=outage_id)
    size = blocks.aggregate(size=Sum(F("last") - F("first") + 1))["size"] or 0
    cases = PaperCase.objects.filter(block__outage_id=outage_id)
    used, voided, unchecked = (cases.filter(state=state).count() for state in ("used", "voided", "entered"))
    return {"used": used, "voided": voided, "unchecked": unchecked, "untouched": size - used - voided - unchecked}

"""Mandates in force on a day: the SQL twin of `rules.mandate_in_force`."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from antin.identity.models import Mandate
from antin.identity.queries.organisations import today


def in_force() -> QuerySet[Mandate]:
    """Those of today."""
    now = today()
    return Mandate.objects.filter(Q(valid_to=None) | Q(valid_to__gte=now), ended_at=None, valid_from__lte=now)

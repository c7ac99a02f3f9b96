"""Terms agreed with partners. Private to this room."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from antin.exchange.lifecycle import TERMS
from antin.values import new_id


class AgreedTerms(models.Model):
    """Another method that one body of a partner's and one of ours agreed on for some types of document (379/12.2.c).

    After insertion only its state changes. `digest` is over everything the two agreed, `paper` the agreement's PDF.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    partner = models.ForeignKey("exchange.Partner", on_delete=models.PROTECT, related_name="terms")
    their_code = models.CharField(max_length=35)
    our_code = models.CharField(max_length=35)
    reference = models.CharField(max_length=120)
    agreed_on = models.DateField()
    types = models.JSONField()
    valid_from = models.DateField()
    valid_until = models.DateField()
    method = models.TextField()
    paper = models.UUIDField()
    paper_digest = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    state = models.CharField(max_length=10)
    proposed_by = models.UUIDField(null=True)
    proposed_at = models.DateTimeField()
    confirmed_by = models.UUIDField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)

    class Meta:
        db_table = "exchange_agreed_terms"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=TERMS.states()), name="exchange_agreed_terms_state"),
            models.CheckConstraint(
                condition=Q(valid_from__lte=models.F("valid_until")), name="exchange_agreed_terms_days"
            ),
        ]
        indexes = [
            models.Index(fields=["partner"], condition=Q(state="active"), name="exchange_agreed_terms_active"),
        ]

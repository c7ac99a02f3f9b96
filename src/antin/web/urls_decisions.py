"""Addresses of the leader's decisions."""

from __future__ import annotations

from django.urls import path

from antin.web.views import decisions

urlpatterns = [
    path("quyet", decisions.waiting, name="decisions"),
    path("quyet/<uuid:document_id>", decisions.one, name="decision"),
    path("quyet/<uuid:document_id>/duyet", decisions.approve, name="approve"),
    path("quyet/<uuid:document_id>/ky/mo", decisions.prepare, name="prepare_signature"),
    path("quyet/<uuid:document_id>/ky", decisions.sign, name="sign"),
    path("quyet/<uuid:document_id>/tra", decisions.send_back, name="decision_send_back"),
]

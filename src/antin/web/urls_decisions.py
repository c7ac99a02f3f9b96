"""Addresses of the leader's decisions."""

from __future__ import annotations

from django.urls import path

from antin.web.views import decisions, devices, sheets

urlpatterns = [
    path("quyet", decisions.waiting, name="decisions"),
    path("quyet/<uuid:document_id>", decisions.one, name="decision"),
    path("quyet/<uuid:document_id>/duyet", sheets.approve, name="approve"),
    path("quyet/<uuid:document_id>/ky/mo", sheets.prepare, name="prepare_signature"),
    path("quyet/<uuid:document_id>/ky/de-sau", sheets.lapse, name="lapse_signature"),
    path("quyet/<uuid:document_id>/ky/thiet-bi", devices.open_ticket, name="sign_by_device"),
    path("quyet/<uuid:document_id>/ky/tep", devices.upload, name="signed_file"),
    path("quyet/<uuid:document_id>/ky/trang-thai", devices.state, name="device_state"),
    path("quyet/<uuid:document_id>/ky", sheets.sign, name="sign"),
    path("quyet/<uuid:document_id>/tra", decisions.send_back, name="decision_send_back"),
]

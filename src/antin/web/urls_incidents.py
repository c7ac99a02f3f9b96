"""Addresses of incidents and of work on paper while the system is out."""

from __future__ import annotations

from django.urls import path

from antin.web.views import incidents, outages

urlpatterns = [
    path("su-co", incidents.shelf, name="incidents"),
    path("su-co/moi", incidents.new, name="report_incident"),
    path("su-co/<uuid:incident_id>", incidents.one, name="incident"),
    path("su-co/giay/<uuid:outage_id>", outages.one, name="outage"),
    path("su-co/giay/<uuid:outage_id>/phieu/<uuid:block_id>", outages.sheet, name="paper_sheet"),
]

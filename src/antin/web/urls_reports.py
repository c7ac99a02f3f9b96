"""Addresses of the figures."""

from __future__ import annotations

from django.urls import path

from antin.web.views import reports

urlpatterns = [
    path("thong-ke", reports.shelf, name="statistics"),
    path("thong-ke/tep", reports.export, name="export_statistics"),
    path("thong-ke/cong-bo", reports.publish, name="publish_report"),
    path("thong-ke/<uuid:report_id>", reports.one, name="report"),
    path("thong-ke/tep/<uuid:report_id>", reports.frozen_table, name="report_table"),
]

"""Addresses of figures and of reported suspicions."""

from __future__ import annotations

from django.urls import path

from antin.web.views import reports, violating

urlpatterns = [
    path("thong-ke", reports.shelf, name="statistics"),
    path("thong-ke/tep", reports.export, name="export_statistics"),
    path("thong-ke/cong-bo", reports.publish, name="publish_report"),
    path("thong-ke/<uuid:report_id>", reports.one, name="report"),
    path("vi-pham", violating.shelf, name="violations"),
    path("vi-pham/moi", violating.new, name="report_violation"),
    path("vi-pham/<uuid:violation_id>", violating.one, name="violation"),
    path("vi-pham/tep/<uuid:violation_id>", violating.evidence, name="violation_evidence"),
    path("thong-ke/tep/<uuid:report_id>", reports.frozen_table, name="report_table"),
]

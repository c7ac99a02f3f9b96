"""Addresses of work, assignments and what was given out."""

from __future__ import annotations

from django.urls import path

from antin.web.views import work

urlpatterns = [
    path("viec", work.mine, name="my_work"),
    path("viec/<uuid:assignment_id>", work.one, name="work"),
    path("viec/<uuid:assignment_id>/nhan", work.take_up, name="take_up"),
    path("viec/<uuid:assignment_id>/bao-cao", work.report, name="report_result"),
    path("giao-viec", work.given_out, name="given_out"),
    path("giao-viec/<uuid:assignment_id>/duyet", work.settle, name="settle_result"),
]

"""Addresses of work, assignments and what was given out."""

from __future__ import annotations

from django.urls import path

from antin.web.views import case_files, work

urlpatterns = [
    path("viec", work.mine, name="my_work"),
    path("viec/<uuid:assignment_id>", work.one, name="work"),
    path("viec/<uuid:assignment_id>/nhan", work.take_up, name="take_up"),
    path("viec/<uuid:assignment_id>/bao-cao", work.report, name="report_result"),
    path("ho-so", case_files.shelf, name="case_files"),
    path("ho-so/danh-muc", case_files.plan, name="file_plan"),
    path("ho-so/dua-vao", case_files.place_from_document, name="place_from_document"),
    path("ho-so/<uuid:case_file_id>", case_files.one, name="case_file"),
    path("ho-so/<uuid:case_file_id>/dua-vao", case_files.place, name="place_in_case_file"),
    path("ho-so/<uuid:case_file_id>/dua-ra", case_files.take, name="take_from_case_file"),
    path("ho-so/<uuid:case_file_id>/dan-chieu", case_files.refer, name="refer_case_file"),
    path("ho-so/<uuid:case_file_id>/ban-giao", case_files.hand_over, name="hand_over_case_file"),
    path("ho-so/<uuid:case_file_id>/ket-thuc", case_files.close, name="close_case_file"),
    path("ho-so/<uuid:case_file_id>/mo-lai", case_files.reopen, name="reopen_case_file"),
    path("giao-viec", work.given_out, name="given_out"),
    path("giao-viec/<uuid:assignment_id>/duyet", work.settle, name="settle_result"),
]

"""Addresses of the archive."""

from __future__ import annotations

from django.urls import path

from antin.web.views import archive

urlpatterns = [
    path("luu-tru", archive.shelf, name="archive"),
    path("luu-tru/de-nghi", archive.propose, name="propose_destruction"),
    path("luu-tru/huy/<uuid:destruction_id>", archive.one, name="destruction"),
    path("luu-tru/giu/<uuid:hold_id>/bo", archive.lift_hold, name="lift_hold"),
    path("luu-tru/<uuid:case_file_id>/nhan", archive.accept, name="accept_case_file"),
    path("luu-tru/<uuid:case_file_id>/giu", archive.hold, name="hold"),
    path("danh-muc-huy", archive.register, name="destruction_register"),
]

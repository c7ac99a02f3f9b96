"""Addresses of the archive."""

from __future__ import annotations

from django.urls import path

from antin.web.views import archive, archive_conditions, packages

urlpatterns = [
    path("luu-tru", archive.shelf, name="archive"),
    path("luu-tru/dieu-kien", archive_conditions.conditions, name="archive_conditions"),
    path("luu-tru/de-nghi", archive.propose, name="propose_destruction"),
    path("luu-tru/huy/<uuid:destruction_id>", archive.one, name="destruction"),
    path("luu-tru/giu/<uuid:hold_id>/bo", archive.lift_hold, name="lift_hold"),
    path("luu-tru/<uuid:case_file_id>/nhan", archive.accept, name="accept_case_file"),
    path("luu-tru/<uuid:case_file_id>/giu", archive.hold, name="hold"),
    path("luu-tru/<uuid:case_file_id>/goi", packages.of_case, name="case_packages"),
    path("luu-tru/goi/kiem-tra", packages.check, name="check_package"),
    path("luu-tru/goi/<uuid:package_id>", packages.one, name="package"),
    path("luu-tru/goi/<uuid:package_id>/bien-nhan", packages.receipt, name="package_receipt"),
    path("luu-tru/goi/<uuid:package_id>/tep/goi.zip", packages.file, name="package_file"),
    path("luu-tru/goi/<uuid:package_id>/tep/bien-ban.pdf", packages.record, name="package_record"),
    path("luu-tru/goi/<uuid:package_id>/tep/bien-nhan.pdf", packages.signed_record, name="package_signed_record"),
    path("danh-muc-huy", archive.register, name="destruction_register"),
]

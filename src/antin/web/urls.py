"""Addresses of the pages: Vietnamese, stable, bookmarkable. Page areas add their own list to `urlpatterns`."""

from __future__ import annotations

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from antin.web.views import (
    account,
    archive_proofs,
    backups,
    certificates,
    checking,
    directory,
    door,
    home,
    look_up,
    preferences,
    pulse,
    regulation,
    standing_in,
    trusting,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.first_page, name="home"),
    path("vao", door.password, name="sign_in"),
    path("vao/ma", door.code, name="sign_in_code"),
    path("vao/ung-dung", door.enrolment, name="enrolment"),
    path("vao/mat", door.loss, name="report_loss"),
    path("kiem-tra", checking.check, name="check"),
    path("k", look_up.ask, name="look_up"),
    path("k/<str:code>", look_up.one, name="look_up_code"),
    path("ra", door.leave, name="sign_out"),
    path("toi", account.own, name="account"),
    path("toi/phien", account.end_session, name="end_session"),
    path("toi/mat-khau", account.change_password, name="change_password"),
    path("toi/vang-mat", standing_in.own, name="standing_in"),
    path("toi/vang-mat/ghi", standing_in.absent, name="state_absence"),
    path("toi/vang-mat/<uuid:absence_id>/ket-thuc", standing_in.end_absence, name="end_absence"),
    path("toi/uy-quyen/ghi", standing_in.lend, name="grant_delegation"),
    path("toi/uy-quyen/<uuid:delegation_id>/ket-thuc", standing_in.end_delegation, name="end_delegation"),
    path("uy-quyen", standing_in.watch, name="standing_in_watch"),
    path("sao-luu", backups.overview, name="backups"),
    path("dau-thoi-gian", archive_proofs.overview, name="archive_proofs"),
    path("chung-thu", certificates.shelf, name="certificates"),
    path("chung-thu/bao-cao", certificates.report, name="certificate_report"),
    path("chung-thu/bao-cao/xuat", certificates.report_csv, name="certificate_report_csv"),
    path("chung-thu/de-nghi", certificates.ask, name="ask_certificate"),
    path("chung-thu/de-nghi/<uuid:request_id>", certificates.request, name="certificate_request"),
    path("chung-thu/<uuid:certificate_id>", certificates.one, name="certificate"),
    path("kho-tin-cay", trusting.shelf, name="trust"),
    path("kho-tin-cay/tep/kho-tin-cay.zip", trusting.files, name="trust_files"),
    path("kho-tin-cay/<uuid:trust_id>", trusting.one, name="trusted"),
    path("nhip", pulse.beat, name="pulse"),
    path("danh-ba", directory.organisations, name="directory"),
    path("quy-dinh", regulation.contents, name="regulation"),
    path("quy-dinh/<str:law>/<str:number>", regulation.one, name="clause"),
    path("tro-giup", home.help_page, name="help"),
    path("giao-dien/nen/<str:theme>", preferences.theme, name="theme"),
    path("giao-dien/tieng/<str:language>", preferences.language, name="language"),
    path("giao-dien/phim/<str:state>", preferences.keys, name="single_keys"),
    path("favicon.ico", home.icon, name="icon"),
    path("", include("antin.web.urls_drafts")),
    path("", include("antin.web.urls_decisions")),
    path("", include("antin.web.urls_registry")),
    path("", include("antin.web.urls_work")),
    path("", include("antin.web.urls_documents")),
    path("", include("antin.web.urls_archive")),
    path("", include("antin.web.urls_exchange")),
    path("", include("antin.web.urls_reports")),
]

if settings.ANTIN_DEMO_PEOPLE:
    urlpatterns.append(path("vao/mau", door.persona, name="persona"))

"""Addresses of the exchange operator."""

from __future__ import annotations

from django.urls import path

from antin.web.views import operating

urlpatterns = [
    path("lien-thong", operating.overview, name="exchange"),
    path("lien-thong/noi/<uuid:partner_id>/thu", operating.probe, name="probe_partner"),
    path("lien-thong/noi/<uuid:partner_id>/doi-chieu", operating.reconcile, name="reconcile_partner"),
    path("lien-thong/goi/<uuid:parcel_id>/tu-choi", operating.refuse_parcel, name="refuse_parcel"),
    path("lien-thong/gui/<uuid:dispatch_id>/thu-lai", operating.release_dispatch, name="release_dispatch"),
    path("lien-thong/bao/<uuid:statement_id>/thu-lai", operating.release_statement, name="release_statement"),
    path("lien-thong/truc/co-quan", operating.list_agency, name="list_agency"),
    path("lien-thong/truc/<uuid:message_id>/tu-choi", operating.refuse_message, name="refuse_message"),
    path("lien-thong/truc/<uuid:message_id>/thu-lai", operating.release_message, name="release_message"),
]

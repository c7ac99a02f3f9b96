"""Addresses of the exchange operator."""

from __future__ import annotations

from django.urls import path

from antin.web.views import agreed_terms, connecting, mail, operating

urlpatterns = [
    path("lien-thong", operating.overview, name="exchange"),
    path("lien-thong/noi/moi", connecting.new, name="connection_new"),
    path("lien-thong/noi/<uuid:partner_id>", connecting.one, name="connection"),
    path("lien-thong/noi/<uuid:partner_id>/xac-nhan", connecting.confirm, name="confirm_connection"),
    path("lien-thong/noi/<uuid:partner_id>/gioi-thieu", connecting.introduce, name="introduce_connection"),
    path("lien-thong/noi/<uuid:partner_id>/danh-ba", connecting.refresh, name="refresh_sheet"),
    path("lien-thong/noi/<uuid:partner_id>/co-quan", connecting.list_organisation, name="list_organisation"),
    path("lien-thong/noi/<uuid:partner_id>/dung", connecting.close, name="close_connection"),
    path("lien-thong/noi/<uuid:partner_id>/thoa-thuan", agreed_terms.propose, name="propose_terms"),
    path(
        "lien-thong/noi/<uuid:partner_id>/thoa-thuan/<uuid:terms_id>/xac-nhan",
        agreed_terms.confirm,
        name="confirm_terms",
    ),
    path("lien-thong/noi/<uuid:partner_id>/thoa-thuan/<uuid:terms_id>/thoi", agreed_terms.end, name="end_terms"),
    path("lien-thong/tep/<uuid:terms_id>.pdf", agreed_terms.paper, name="terms_paper"),
    path("lien-thong/bao-tri", connecting.announce, name="announce_closure"),
    path("lien-thong/bao-tri/bo", connecting.withdraw, name="withdraw_closure"),
    path("lien-thong/noi/<uuid:partner_id>/thu", operating.probe, name="probe_partner"),
    path("lien-thong/noi/<uuid:partner_id>/doi-chieu", operating.reconcile, name="reconcile_partner"),
    path("lien-thong/goi/<uuid:parcel_id>/tu-choi", operating.refuse_parcel, name="refuse_parcel"),
    path("lien-thong/gui/<uuid:dispatch_id>/thu-lai", operating.release_dispatch, name="release_dispatch"),
    path("lien-thong/bao/<uuid:statement_id>/thu-lai", operating.release_statement, name="release_statement"),
    path("thu-cong-vu", mail.overview, name="mail"),
    path("thu-cong-vu/noi", mail.propose, name="propose_mail_contact"),
    path("thu-cong-vu/noi/<uuid:contact_id>/xac-nhan", mail.confirm, name="confirm_mail_contact"),
    path("thu-cong-vu/noi/<uuid:contact_id>/thoi", mail.end, name="end_mail_contact"),
    path("thu-cong-vu/thu/<uuid:letter_id>/nhan", mail.admit, name="admit_letter"),
    path("thu-cong-vu/thu/<uuid:letter_id>/tu-choi", mail.refuse, name="refuse_letter"),
    path("lien-thong/thu/<uuid:letter_id>/thu-lai", operating.release_letter, name="release_letter"),
    path("lien-thong/truc/co-quan", operating.list_agency, name="list_agency"),
    path("lien-thong/truc/<uuid:message_id>/tu-choi", operating.refuse_message, name="refuse_message"),
    path("lien-thong/truc/<uuid:message_id>/thu-lai", operating.release_message, name="release_message"),
]

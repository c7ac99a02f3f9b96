"""Addresses of receiving, issuing, registers and following up."""

from __future__ import annotations

from django.urls import path

from antin.web.views import cipher_notes, digitising, following, issuing, paper, posting, receiving, registers

urlpatterns = [
    path("tiep-nhan", receiving.waiting, name="receiving"),
    path("tiep-nhan/<uuid:document_id>", receiving.one, name="receive"),
    path("tiep-nhan/<uuid:document_id>/vao-so", receiving.register, name="register"),
    path("tiep-nhan/<uuid:document_id>/tra", receiving.send_back, name="return"),
    path("phat-hanh", issuing.waiting, name="issuing"),
    path("phat-hanh/<uuid:document_id>/the-thuc", issuing.check_form, name="check_form"),
    path("phat-hanh/<uuid:document_id>/dong-dau", issuing.seal, name="seal"),
    path("phat-hanh/<uuid:document_id>/phat-hanh", issuing.issue, name="issue"),
    path("han-gui", issuing.send_due, name="send_due"),
    path("theo-doi", following.follow_up, name="follow_up"),
    path("theo-doi/<uuid:dispatch_id>/gui-lai", following.send_again, name="send_again"),
    path("theo-doi/<uuid:dispatch_id>/giay", following.on_paper, name="send_on_paper"),
    path("theo-doi/<uuid:dispatch_id>/thu", following.by_mail, name="send_by_mail"),
    path("theo-doi/<uuid:dispatch_id>/da-xem", following.seen, name="return_seen"),
    path("giay", posting.waiting, name="papers"),
    path("giay/<uuid:enclosure_id>/ban-in", posting.prepare, name="paper_prepare"),
    path("giay/<uuid:enclosure_id>/gui", posting.post, name="paper_post"),
    path("giay/<uuid:enclosure_id>/den", posting.arrived, name="paper_arrived"),
    path("giay/<uuid:enclosure_id>/thoi", posting.drop, name="paper_drop"),
    path("van-ban/<uuid:document_id>/gui-giay", posting.require, name="paper_require"),
    path("van-ban/<uuid:document_id>/gui-giay/<uuid:enclosure_id>", posting.slip, name="paper_slip"),
    path("van-ban/<uuid:document_id>/giay-den", posting.came, name="paper_came"),
    path("so-hoa", digitising.scans, name="scans"),
    path("so-hoa/moi", digitising.new, name="scan_new"),
    path("so-hoa/<uuid:scan_id>", digitising.one, name="scan"),
    path("so-hoa/<uuid:scan_id>/trang/<int:number>.png", digitising.picture, name="scan_picture"),
    path("van-ban/<uuid:document_id>/ban-goc-giay", digitising.paper, name="paper_original"),
    path("so", registers.books, name="registers"),
    path("so/co-yeu", cipher_notes.notes, name="cipher_notes"),
    path("so/ban-giay", paper.register, name="paper_copies"),
    path("so/<uuid:register_id>", registers.book, name="register_book"),
]

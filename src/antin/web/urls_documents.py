"""Addresses of documents: one document and its parts, the shelves, search."""

from __future__ import annotations

from django.urls import path

from antin.web.views import (
    agreeing,
    defects,
    document,
    document_files,
    history,
    impounding,
    paper,
    shelves,
    since_signed,
    withdrawing,
)

urlpatterns = [
    path("van-ban-den", shelves.incoming, name="incoming"),
    path("van-ban-di", shelves.outgoing, name="outgoing"),
    path("niem-phong", impounding.register, name="impoundments"),
    path("niem-phong/moi", impounding.new, name="impound"),
    path("niem-phong/<uuid:order_id>", impounding.one, name="impoundment"),
    path("tim", shelves.search, name="search"),
    path("van-ban/<uuid:document_id>", document.overview, name="document"),
    path("van-ban/<uuid:document_id>/gui-nhan", document.deliveries, name="document_deliveries"),
    path("van-ban/<uuid:document_id>/qua-trinh", history.steps, name="document_history"),
    path("van-ban/<uuid:document_id>/qua-trinh/xuat", history.export, name="document_history_export"),
    path("van-ban/<uuid:document_id>/phien-ban", document.revisions, name="document_revisions"),
    path("van-ban/<uuid:document_id>/kiem-tra", document.verification, name="document_verification"),
    path("van-ban/<uuid:document_id>/kiem-tra/<int:number>", since_signed.pictures, name="document_since_signed"),
    path(
        "van-ban/<uuid:document_id>/kiem-tra/<int:number>/trang/<int:page_number>.png",
        since_signed.picture,
        name="document_signed_picture",
    ),
    path("van-ban/<uuid:document_id>/but-phe", document.instruct, name="document_instruct"),
    path("van-ban/<uuid:document_id>/giao", document.assign, name="document_assign"),
    path("van-ban/<uuid:document_id>/hoan-thanh", document.complete, name="document_complete"),
    path("van-ban/<uuid:document_id>/thu-hoi", withdrawing.recall, name="document_recall"),
    path("van-ban/<uuid:document_id>/huy-hieu-luc", withdrawing.invalidate, name="document_invalidate"),
    path("van-ban/<uuid:document_id>/thoa-thuan-huy", agreeing.agreement, name="document_agreement"),
    path("van-ban/<uuid:document_id>/sai-sot", defects.defects, name="document_defects"),
    path("van-ban/<uuid:document_id>/ban-giay", paper.copies, name="document_copies"),
    path("van-ban/<uuid:document_id>/ban-giay/<uuid:output_id>", paper.file, name="document_copy"),
    path("van-ban/<uuid:document_id>/bo-ban-nhan", withdrawing.discard, name="document_discard"),
    path("van-ban/<uuid:document_id>/trang/<int:number>.png", document_files.picture, name="document_picture"),
    path("van-ban/<uuid:document_id>/goc", document_files.original, name="document_original"),
    path("van-ban/<uuid:document_id>/tep/<uuid:attachment_id>", document_files.attachment, name="document_attachment"),
    path("van-ban/<uuid:document_id>/chung-cu", document_files.bundle, name="document_bundle"),
]

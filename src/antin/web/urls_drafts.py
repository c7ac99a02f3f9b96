"""Addresses of drafting and review."""

from __future__ import annotations

from django.urls import URLPattern, path

from antin.web.views import drafts, reviews, revisions, route_templates

urlpatterns: list[URLPattern] = [
    path("du-thao", drafts.mine, name="drafts"),
    path("du-thao/moi", drafts.new, name="new_draft"),
    path("du-thao/moi/xem-truoc", drafts.preview, name="new_draft_preview"),
    path("du-thao/<uuid:document_id>", drafts.edit, name="draft"),
    path("du-thao/<uuid:document_id>/xem-truoc", drafts.preview, name="draft_preview"),
    path("du-thao/<uuid:document_id>/trang", drafts.picture, name="draft_page"),
    path("du-thao/<uuid:document_id>/tep", drafts.attach, name="draft_attach"),
    path("du-thao/<uuid:document_id>/tep/<uuid:attachment_id>/bo", drafts.detach, name="draft_detach"),
    path("du-thao/<uuid:document_id>/bo", drafts.abandon, name="draft_abandon"),
    path("du-thao/<uuid:document_id>/trinh", reviews.lay_route, name="draft_route"),
    path("du-thao/<uuid:document_id>/gop-y", reviews.opinions, name="draft_opinions"),
    path("du-thao/<uuid:document_id>/tra", reviews.send_back, name="draft_send_back"),
    path("du-thao/<uuid:document_id>/so-sanh", revisions.compare, name="draft_compare"),
    path("du-thao/<uuid:document_id>/so-trang", revisions.pictures, name="draft_pictures"),
    path("du-thao/<uuid:document_id>/lich-su", revisions.history, name="draft_history"),
    path("mau-luong", route_templates.register, name="route_templates"),
    path("mau-luong/moi", route_templates.new, name="new_route_template"),
    path("mau-luong/<uuid:template_id>", route_templates.one, name="route_template"),
    path("mau-luong/<uuid:template_id>/thoi", route_templates.end, name="end_route_template"),
    path("gop-y", reviews.waiting, name="waiting_opinions"),
]

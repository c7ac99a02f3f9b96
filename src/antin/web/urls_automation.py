"""Addresses of automation: rules, what they proposed, what people were told."""

from __future__ import annotations

from django.urls import path

from antin.web.views import automation, automation_form, proposing

urlpatterns = [
    path("tu-dong", automation.shelf, name="automations"),
    path("tu-dong/moi", automation_form.new, name="new_automation"),
    path("tu-dong/de-nghi/<uuid:run_id>", proposing.settle, name="settle_proposal"),
    path("tu-dong/nhac/<uuid:notice_id>", proposing.seen, name="notice_seen"),
    path("tu-dong/<uuid:rule_id>", automation.one, name="automation"),
    path("tu-dong/<uuid:rule_id>/sua", automation_form.edit, name="edit_automation"),
]

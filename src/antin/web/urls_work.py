"""Addresses of work, assignments and what was given out."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []

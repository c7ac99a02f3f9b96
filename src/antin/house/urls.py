"""Where each address leads."""

from __future__ import annotations

from django.urls import include, path

from antin.house.health import healthy

urlpatterns = [
    path("suc-khoe", healthy),
    path("api/v1/", include("antin.api.urls")),
    path("", include("antin.web.urls")),
]

handler403 = "antin.web.views.errors.forbidden"
handler404 = "antin.web.views.errors.not_found"
handler500 = "antin.web.views.errors.broken"

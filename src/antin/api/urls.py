"""`/api/v1/`: the interface, its description and the offline pages that show it."""

from __future__ import annotations

from django.urls import path

from antin.api.documents import router
from antin.api.interface import api

api.add_router("", router)
urlpatterns = [path("", api.urls)]

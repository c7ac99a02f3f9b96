"""`/api/v1/`: the interface, its description and the offline pages that show it."""

from __future__ import annotations

from django.urls import path

from antin.api import device
from antin.api.documents import router
from antin.api.interface import api

api.add_router("", router)
urlpatterns = [
    path("device/task", device.task),
    path("device/page", device.prepared),
    path("device/answer", device.answer),
    path("device/file/<str:secret>", device.file),
    path("device/file/<str:secret>/<str:name>", device.file),
    path("", api.urls),
]

"""The house as a Django application: when everything is loaded, the ports get their adapters."""

from __future__ import annotations

from django.apps import AppConfig
from django.conf import settings


class HouseConfig(AppConfig):
    name = "antin.house"
    label = "house"

    def ready(self) -> None:
        from antin.house import wiring  # after every room's models are loaded

        if settings.WITH_HOME:
            wiring.wire(settings.ANTIN)

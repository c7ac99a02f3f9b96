"""What every page's shell needs; computed when the template asks, so that a fragment costs nothing."""

from __future__ import annotations

from functools import cached_property
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from antin.continuity import queries as continuity
from antin.identity import queries as identity
from antin.values import Actor
from antin.web import nav, toasts

THEME_COOKIE, KEYS_COOKIE = "antin_theme", "antin_keys"
THEMES = ("light", "dark")


class Shell:
    """`shell` in templates."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def actor(self) -> Actor | None:
        return getattr(self._request, "actor", None)

    @property
    def language(self) -> str:
        return get_language() or "vi"

    @property
    def theme(self) -> str:
        """ "light" or "dark" when chosen, else "" and the device decides."""
        chosen = self._request.COOKIES.get(THEME_COOKIE, "")
        return chosen if chosen in THEMES else ""

    @property
    def single_keys(self) -> bool:
        return self._request.COOKIES.get(KEYS_COOKIE) != "off"

    @property
    def title(self) -> str:
        return str(settings.ANTIN.title)

    @property
    def sample(self) -> bool:
        return bool(settings.ANTIN.demo.sample)

    @property
    def path(self) -> str:
        return self._request.path

    @property
    def back(self) -> str:
        """This page's own address, quoted, for links that come back to it."""
        return quote(self._request.get_full_path() if self._request.method == "GET" else self._request.path)

    @cached_property
    def toasts(self) -> list[dict[str, str]]:
        return toasts.waiting(self._request)

    @cached_property
    def position(self) -> str:
        """What stands below the name: position and organisation."""
        if self.actor is None or self.actor.person_id is None:
            return ""
        person = identity.person(self.actor.person_id)
        return ", ".join(part for part in (person.position, person.organisation_name) if part)

    @property
    def role(self) -> str:
        return _(nav.ROLE_WORDS[nav.role_of(self.actor)]) if self.actor else ""

    @cached_property
    def groups(self) -> tuple[nav.Group, ...]:
        return nav.groups(self.actor) if self.actor else ()

    @cached_property
    def outage(self) -> UUID | None:
        """The outage in which the reader's organisation works on paper now (379/4.6)."""
        return continuity.running_outage(self.actor) if self.actor else None

    @cached_property
    def tabs(self) -> tuple[nav.Entry, ...]:
        return nav.tabs(self.actor) if self.actor else ()

    @cached_property
    def _counted(self) -> dict[str, int]:
        keys = {key for group in self.groups for entry in group.entries for key in entry.counts}
        return nav.counts(self.actor, sorted(keys)) if self.actor else {}

    def waiting(self, entry: nav.Entry) -> int:
        """How many wait behind the entry."""
        return sum(self._counted.get(key, 0) for key in entry.counts)

    def is_here(self, entry: nav.Entry) -> bool:
        """True on the entry's page and on those below it."""
        return self.path == entry.href or self.path.startswith(f"{entry.href}/")


def shell(request: HttpRequest) -> dict[str, Any]:
    """The context processor: `shell` and `actor` (None when nobody is signed in)."""
    return {"shell": Shell(request), "actor": getattr(request, "actor", None)}

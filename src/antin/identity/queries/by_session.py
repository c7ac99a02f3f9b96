"""Who acts behind a session that is known by its commitment alone: a request that bears a ticket, not the cookie (379/5.6)."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib import import_module
from uuid import UUID

from allauth.usersessions.models import UserSession
from django.conf import settings

from antin.identity import rules, sessions
from antin.identity.ports import bound
from antin.identity.queries.accounts import actor_for, commitment
from antin.values import Actor, Method


def actor_in_session(person_id: UUID, session: str) -> Actor | None:
    """The person with the mandates in force now, while that very session is open and within its limits; else None."""
    rows = UserSession.objects.select_related("user").filter(user__person_id=person_id, user__state="active")
    key = next((row.session_key for row in rows if commitment(row.session_key) == session), "")
    row = next((row for row in rows if row.session_key == key), None)
    if row is None:
        return None
    kept = import_module(settings.SESSION_ENGINE).SessionStore(key)
    opened, seen, method = (kept.get(name) for name in (sessions.OPENED, sessions.SEEN, sessions.METHOD))
    if not isinstance(opened, float) or not isinstance(seen, float) or method not in set(Method):
        return None
    since, used = datetime.fromtimestamp(opened, UTC), datetime.fromtimestamp(seen, UTC)
    if not rules.session_in_force(since, used, bound().clock.now()) or not Method(method).is_strong:
        return None
    return actor_for(row.user, session_key=key, method=Method(method))

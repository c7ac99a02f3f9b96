"""Sessions on the server: opened at sign-in, listed by django-allauth, ended by deleting what they live on.

A session key never leaves this module: elsewhere its commitment stands for it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from allauth.usersessions.models import UserSession
from django.contrib.auth import login
from django.http import HttpRequest

from antin.identity import rules
from antin.identity.models import Account
from antin.identity.ports import bound
from antin.identity.queries.accounts import commitment
from antin.values import Method

OPENED, SEEN, METHOD = "antin_opened", "antin_seen", "antin_method"
NOTE_USE_EVERY_S = 60
UNATTENDED = "Antin-Unattended"
"""A header of requests that a page makes by itself: they are answered, but are no use of the session."""
BACKEND = "django.contrib.auth.backends.ModelBackend"


def open_for(request: HttpRequest, account: Account, method: Method) -> str:
    """A session under a fresh key for this browser, with nothing of the former one in it; answers its commitment."""
    request.session.flush()
    login(request, account, backend=BACKEND)
    now = bound().clock.now().timestamp()
    request.session[OPENED] = request.session[SEEN] = now
    request.session[METHOD] = method.value
    request.session.save()
    UserSession.objects.create_from_request(request)
    return commitment(request.session.session_key or "")


def in_force(request: HttpRequest) -> Method | None:
    """How this request's session was opened, if it is within its limits (12 h, 30 min idle); notes its use."""
    opened, seen, method = (request.session.get(key) for key in (OPENED, SEEN, METHOD))
    if not isinstance(opened, float) or not isinstance(seen, float) or method not in set(Method):
        return None
    now = bound().clock.now()
    if not rules.session_in_force(_instant(opened), _instant(seen), now):
        return None
    if UNATTENDED not in request.headers and now.timestamp() - seen >= NOTE_USE_EVERY_S:
        request.session[SEEN] = now.timestamp()
        UserSession.objects.filter(session_key=request.session.session_key).update(last_seen_at=now)
    return Method(method)


def end_one(account_id: UUID, session: str) -> bool:
    """Ends the account's session of that commitment; False when it has none such."""
    for row in UserSession.objects.filter(user_id=account_id):
        if commitment(row.session_key) == session:
            row.end()
            return True
    return False


def end_all(account_id: UUID) -> int:
    """Ends every session of the account; answers how many."""
    rows = list(UserSession.objects.filter(user_id=account_id))
    for row in rows:
        row.end()
    return len(rows)


def _instant(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)

"""A person at the signing pages with a device of their own: a real session, a real ticket, an installation over HTTP."""

from __future__ import annotations

import re
from importlib import import_module
from uuid import UUID

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.test import Client

from antin.identity import authenticators, sessions
from antin.values import Method
from world import SIGNATORY, World


def signed_in(world: World, login: str = SIGNATORY) -> Client:
    """A client with a session opened as the door opens it, listed among the person's sessions."""
    request = HttpRequest()
    request.META |= {"REMOTE_ADDR": "127.0.0.1", "HTTP_USER_AGENT": "test"}
    request.session = import_module(settings.SESSION_ENGINE).SessionStore()
    request.user = AnonymousUser()
    sessions.open_for(request, get_user_model().objects.get(login_name=login), Method.PASSWORD_TOTP)
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = request.session.session_key
    return client


def prepared(client: Client, found: UUID, way: str, host: str) -> None:
    answer = client.post(f"/quyet/{found}/ky/mo", {"way": way}, headers={"host": host})
    assert answer.status_code == 303, answer.content.decode()[-2000:]


def ticket_page(world: World, client: Client, found: UUID, host: str, login: str = SIGNATORY):  # type: ignore[no-untyped-def]
    """Types the code on the sheet; the page with the ticket."""
    sheet = client.get(f"/quyet/{found}/ky", headers={"host": host}).content.decode()
    (challenge,) = re.findall(r'name="challenge" value="([^"]+)"', sheet)
    world.clock.leap()
    code = authenticators.fresh_code(world.people[login].account_id)
    return client.post(f"/quyet/{found}/ky/thiet-bi", {"challenge": challenge, "code": code}, headers={"host": host})


def ticket(world: World, client: Client, found: UUID, host: str) -> str:
    page = ticket_page(world, client, found, host)
    assert page.status_code == 200, page.content.decode()[-2000:]
    (secret,) = re.findall(r'data-ticket="([^"]+)"', page.content.decode())
    return str(secret)

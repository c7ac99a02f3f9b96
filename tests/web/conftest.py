"""Visitors of the pages: a signed-in test client per person of the small world."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from antin.identity import sessions
from antin.values import Method
from world import World, authority, committed_world, world

__all__ = ["authority", "committed_world", "world"]

Visit = Callable[[str], Client]


@pytest.fixture
def visit(world: World) -> Visit:
    """A client whose session was opened by a password and a one-time code, as the sign-in page leaves it."""

    def signed_in(login: str) -> Client:
        client = Client()
        client.force_login(get_user_model().objects.get(login_name=login))
        session = client.session
        now = world.clock.now().timestamp()
        session[sessions.OPENED], session[sessions.SEEN], session[sessions.METHOD] = (
            now,
            now,
            Method.PASSWORD_TOTP.value,
        )
        session.save()
        return client

    return signed_in

"""One act of the registry in a process of its own: `python act_once.py ACT LOGIN DOCUMENT`, home by ANTIN_HOME.

Started by test_crash, which names the point of death in ANTIN_FAULT.
"""

from __future__ import annotations

import os
import sys
from uuid import UUID

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "antin.house.settings"
django.setup()

from django.contrib.auth import get_user_model  # noqa: E402

from antin.identity import queries as identity  # noqa: E402
from antin.registry import acts  # noqa: E402
from antin.values import Method  # noqa: E402


def main(act: str, login: str, document: str) -> None:
    account = get_user_model().objects.get(login_name=login)
    actor = identity.actor_for(account, session_key=login, method=Method.PASSWORD_TOTP)
    getattr(acts, act)(actor=actor, document_id=UUID(document))


if __name__ == "__main__":
    main(*sys.argv[1:])

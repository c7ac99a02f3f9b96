"""Sample people of the demonstration world: offered at the door and given codes, there alone.

`settings.ANTIN_DEMO_PEOPLE` names a JSON file of people with login, name, position, organisation, password,
totp_secret. Without it nothing here answers, and the pages that would call it have no address.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from django.conf import settings

from antin.identity import authenticators
from antin.identity.models import Account
from antin.regulation import RuleViolation
from antin.values import N_


@dataclass(frozen=True, slots=True)
class Persona:
    login: str
    name: str
    position: str
    organisation: str
    password: str


def offered() -> bool:
    """True in a demonstration world only."""
    return bool(settings.ANTIN_DEMO_PEOPLE)


def personas() -> tuple[Persona, ...]:
    """The sample people in the order of the file, which groups them by organisation."""
    if not offered():
        return ()
    rows = json.loads(Path(settings.ANTIN_DEMO_PEOPLE).read_text(encoding="utf-8"))
    return tuple(Persona(r["login"], r["name"], r["position"], r["organisation"], r["password"]) for r in rows)


def fresh_code(account_id: UUID) -> str:
    """An unused one-time code of a sample person. RuleViolation when those of this half minute are spent or for others."""
    account = Account.objects.filter(pk=account_id).first()
    if account is None or account.login_name not in {persona.login for persona in personas()}:
        raise RuleViolation(
            "379/12.2.b",
            N_("Chỉ người mẫu trong thế giới mẫu mới có mã sẵn."),
            N_("Dùng ứng dụng mã dùng một lần của mình."),
        )
    code = authenticators.fresh_code(account_id)
    if code is None:
        raise RuleViolation(
            "379/12.2.b",
            N_("Mã của người mẫu này đã dùng hết trong lúc này: mỗi mã chỉ dùng một lần."),
            N_("Thử lại sau {seconds} giây."),
            seconds=authenticators.seconds_to_next(),
        )
    return code

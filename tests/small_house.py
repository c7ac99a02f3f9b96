"""A body with a unit and some people, founded by the real acts; a clock that the test moves; people at the door.

from small_house import clock, house, lasting_house, signed_in   # in a conftest or test module: pytest fixtures
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt
from django.test import Client

from antin.identity import acts, authenticators, ports
from antin.identity.models import Account
from antin.identity.queries.lending import stand_ins
from antin.identity.queries.people import mandate_views
from antin.values import Actor, FixedClock, Method, Office, sha256_hex

PASSWORD = "một câu dài dễ nhớ"
BASIS = "Quyết định mẫu số 01"
SYSTEM = Actor.system()


@dataclass
class House:
    """What a test needs: the clock, the organisations, and people by login name."""

    clock: FixedClock
    body: UUID
    unit: UUID
    logins: dict[str, Account] = field(default_factory=dict)

    def enrol(self, login: str, *offices: Office, active: bool = True, organisation: UUID | None = None) -> Account:
        home = organisation or self.body
        account = acts.enrol_person(
            actor=SYSTEM, name=f"Nguyễn Mẫu {login.title()}", organisation_id=home, login=login, position="Chuyên viên"
        )
        for office in offices:
            acts.confer_mandate(
                actor=SYSTEM, person_id=account.person_id, organisation_id=home, office=office, basis=BASIS
            )
        if active:
            acts.vouch_identity(actor=SYSTEM, account_id=account.id, evidence="Thẻ đảng viên mẫu")
            acts.set_password(actor=SYSTEM, account_id=account.id, password=PASSWORD)
            secret = authenticators.generate_totp_secret()
            acts.bind_authenticator(actor=SYSTEM, account_id=account.id, secret=secret)
        self.logins[login] = Account.objects.get(pk=account.id)
        return self.logins[login]

    def actor(self, login: str, *, session: str = "phiên") -> Actor:
        account = self.logins[login]
        return Actor(
            person_id=account.person_id,
            name=account.person.name,
            method=Method.PASSWORD_TOTP,
            mandates=mandate_views(account.person_id),
            stands_in=stand_ins(account.person_id),
            session=sha256_hex(session.encode()),
            organisation_id=account.person.organisation_id,
        )

    def code(self, login: str, *, steps: int = 0) -> str:
        """The code the person's app shows now, or `steps` half minutes from now."""
        kept = Authenticator.objects.get(user=self.logins[login], type=Authenticator.Type.TOTP)
        counter = int(self.clock.now().timestamp()) // authenticators.PERIOD_S + steps
        return format_hotp_value(hotp_value(decrypt(kept.data["secret"]), counter))

    def confirm(self, login: str, act: str, digest: str) -> Actor:
        """The challenge of this act, opened and answered with the next unused code."""
        actor = self.actor(login)
        asked = acts.open_challenge(actor=actor, act=act, digest=digest)
        self.clock.advance(30)
        acts.answer_challenge(actor=actor, challenge_id=asked.id, code=self.code(login))
        return actor


@pytest.fixture
def clock() -> Iterator[FixedClock]:
    """Identity's clock, standing still at a working morning."""
    before = ports.bound()
    standing = FixedClock(datetime(2026, 11, 20, 1, 42, 10, tzinfo=UTC))
    ports.bind(ports.Ports(totp_secret=before.totp_secret, clock=standing))
    yield standing
    ports.bind(before)


@pytest.fixture
def house(db: None, clock: FixedClock) -> House:
    return found(clock)


@pytest.fixture
def lasting_house(transactional_db: None, clock: FixedClock) -> House:
    """The same, committed: for several connections at once."""
    return found(clock)


def found(clock: FixedClock) -> House:
    body = acts.found_organisation(
        actor=SYSTEM,
        name="Tỉnh ủy Lạc Giang (mẫu)",
        short_name="Tỉnh ủy (mẫu)",
        kind="organisation",
        level="provincial",
        place="Lạc Giang",
        notation="TU",
        body_name="TỈNH ỦY LẠC GIANG",
        codes={"party": "A98.01", "qcvn102": "000.00.01.A98"},
        basis=BASIS,
    )
    unit = acts.found_organisation(
        actor=SYSTEM,
        name="Ban Tổ chức Tỉnh ủy (mẫu)",
        short_name="Ban Tổ chức (mẫu)",
        kind="unit",
        level="provincial",
        place="Lạc Giang",
        notation="BTCTU",
        body_name="BAN TỔ CHỨC",
        superior_name="TỈNH ỦY LẠC GIANG",
        codes={"party": "A98.01.02"},
        basis=BASIS,
        parent_id=body,
    )
    return House(clock, body, unit)


SignIn = Callable[..., Client]


def walk_in(house: House, login: str, *, steps: int = 0, client: Client | None = None) -> Client:
    """Password, then the code of the present half minute (or `steps` later ones)."""
    client = client or Client()
    client.post("/vao", {"login": login, "password": PASSWORD})
    answer = client.post("/vao/ma", {"code": house.code(login, steps=steps)})
    assert answer.status_code == 303, answer.content.decode()
    return client


@pytest.fixture
def signed_in(house: House) -> SignIn:
    """Answers a client signed in as the person."""
    return lambda login, **options: walk_in(house, login, **options)

"""Accounts: who acts in a request, own sessions, own tries at the door (379/31.p1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from allauth.usersessions.models import UserSession

from antin.identity import authenticators
from antin.identity.models import Account, SignInAttempt
from antin.identity.queries.lending import stand_ins
from antin.identity.queries.people import mandate_views
from antin.values import Actor, Method, sha256_hex

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

ATTEMPTS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class AccountView:
    id: UUID
    login_name: str
    state: str
    state_at: datetime
    person_id: UUID
    name: str
    has_authenticator: bool


@dataclass(frozen=True, slots=True)
class SessionView:
    """A session of one's own. `id` is the commitment of its key, the key itself is shown to nobody."""

    id: str
    address: str
    user_agent: str
    opened_at: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class AttemptView:
    at: datetime
    stage: str
    passed: bool
    address: str
    user_agent: str


def commitment(session_key: str) -> str:
    """What stands for a session in the ledger and in lists: SHA-256 of its key, which has 160 bits of chance."""
    return sha256_hex(session_key.encode())


def actor_for(account: AbstractBaseUser, *, session_key: str, method: Method) -> Actor:
    """The acting person with the mandates in force now (379/12.2.b, 379/31.p1)."""
    assert isinstance(account, Account)
    return Actor(
        person_id=account.person_id,
        name=account.person.name,
        method=method,
        mandates=mandate_views(account.person_id),
        stands_in=stand_ins(account.person_id),
        session=commitment(session_key),
        organisation_id=account.person.organisation_id,
    )


def machine_for(person_id: UUID) -> Actor | None:
    """The installation acting under a rule that this person answers for: their own offices in force now (379/27.2.b).

    No lent ones. None when the person has no account in use.
    """
    found = Account.objects.filter(person_id=person_id, state="active").select_related("person").first()
    if found is None:
        return None
    return Actor(
        person_id=person_id,
        name=found.person.name,
        method=Method.INSTALLATION_KEY,
        mandates=tuple(mandate for mandate in mandate_views(person_id) if mandate.lent is None),
        organisation_id=found.person.organisation_id,
    )


def account(account_id: UUID) -> AccountView:
    """LookupError when there is none."""
    return _view(Account.objects.filter(pk=account_id).first(), account_id)


def account_of(person_id: UUID) -> AccountView:
    """LookupError when the person has none."""
    return _view(Account.objects.filter(person_id=person_id).first(), person_id)


def pending_enrolment(account_id: UUID) -> bool:
    """True when the account may do nothing but bind its first authenticator (379/12.2.b)."""
    return not authenticators.bound(account_id)


def sessions(person_id: UUID) -> tuple[SessionView, ...]:
    """Sessions open now, the latest used first."""
    rows = UserSession.objects.filter(user__person_id=person_id).order_by("-last_seen_at")
    return tuple(
        SessionView(commitment(row.session_key), row.ip, row.user_agent, row.created_at, row.last_seen_at)
        for row in rows
        if row.exists()
    )


def attempts(person_id: UUID) -> tuple[AttemptView, ...]:
    """The latest tries to sign in as this person, refused ones too."""
    rows = SignInAttempt.objects.filter(account__person_id=person_id).order_by("-at")[:ATTEMPTS_SHOWN]
    return tuple(AttemptView(r.at, r.stage, r.passed, r.address or "", r.user_agent) for r in rows)


def _view(row: Account | None, asked: UUID) -> AccountView:
    if row is None:
        raise LookupError(f"no account for {asked}")
    return AccountView(
        id=row.id,
        login_name=row.login_name,
        state=row.state,
        state_at=row.state_at,
        person_id=row.person_id,
        name=row.person.name,
        has_authenticator=authenticators.bound(row.id),
    )

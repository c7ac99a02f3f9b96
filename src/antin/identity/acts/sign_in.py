"""At the door: a password, then a one-time code, always both (379/11.3, 379/12.2.b). One wording for all that is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.http import HttpRequest

from antin.identity import authenticators, rules, sessions
from antin.identity.acts.accounts import MAX_PASSWORD_CHARS, end_credential, report_lost_account, set_password
from antin.identity.acts.tries import STRANGER, Door, begin_try, note_refused, try_passed
from antin.identity.lifecycle import MAY_SIGN_IN, REPORTABLE
from antin.identity.models import Account
from antin.ledger import acts as ledger
from antin.values import Actor, Method, fold, nfc

MAX_LOGIN_CHARS = 128


@dataclass(frozen=True, slots=True)
class Begun:
    """The password was right; `bound` is False when the account has yet to bind its one-time-code app."""

    account_id: UUID
    person_id: UUID
    name: str
    bound: bool


def begin_sign_in(*, login: str, password: str, door: Door) -> Begun:
    """First half: login name and password. RuleViolation, the same for every wrong pair, or when the door is closed."""
    login = _login(login)
    account = Account.objects.filter(login_name=login).first()
    attempt = begin_try(login, "password", door, account)
    right = _password_right(account, password)
    if account is None or not right:
        note_refused(account, "password", door)
        raise rules.wrong_credentials()
    try_passed(attempt)
    return Begun(account.id, account.person_id, account.person.name, authenticators.bound(account.id))


def finish_sign_in(*, request: HttpRequest, account_id: UUID, code: str) -> None:
    """Second half: the one-time code of the account whose password was right. Opens the session under a fresh key."""
    account = Account.objects.filter(pk=account_id).first()
    door = Door.of(request)
    attempt = begin_try(account.login_name if account else "", "code", door, account)
    if account is None or not account.is_active or not authenticators.accept(account.id, code):
        note_refused(account, "code", door)
        raise rules.wrong_credentials()
    open_session(request, account, Method.PASSWORD_TOTP, door)
    try_passed(attempt)


@transaction.atomic
def open_session(request: HttpRequest, account: Account, method: Method, door: Door, **facts: str) -> None:
    """A session under a fresh key, on record with how the person proved who it is."""
    session = sessions.open_for(request, account, method)
    ledger.append(
        "identity.session.opened",
        Actor(person_id=account.person_id, name=account.person.name, method=method, session=session),
        object_kind="person",
        object_id=account.person_id,
        organisation_id=account.person.organisation_id,
        facts={"account": str(account.id), **facts},
        detail={"address": door.address, "user_agent": door.user_agent},
    )


def sign_out(*, request: HttpRequest, actor: Actor, account_id: UUID) -> None:
    """Ends this session; the browser keeps nothing of it."""
    end_credential(actor=actor, account_id=account_id, credential="session", key=actor.session)
    request.session.flush()


def change_password(*, actor: Actor, account_id: UUID, present: str, password: str, door: Door) -> None:
    """One's own new password, against the present one; a wrong present one counts as a refused try at the door."""
    account = Account.objects.get(pk=account_id)
    attempt = begin_try(account.login_name, "password", door, account)
    if not _password_right(account, present):
        raise rules.wrong_credentials()
    try_passed(attempt)
    set_password(actor=actor, account_id=account_id, password=password)


def report_loss_at_door(*, login: str, name: str, door: Door) -> None:
    """Without signing in: believed at once when login name and person's name belong together (379/11.5).

    Answers the same either way, so that nobody learns who has an account; RuleViolation beyond five reports in the
    window from one address.
    """
    login = _login(login)
    account = Account.objects.filter(login_name=login).first()
    begin_try(login, "loss", door, account)
    if account is not None and account.state in REPORTABLE and _same_name(name, account.person.name):
        report_lost_account(actor=STRANGER, account_id=account.id)


def _login(typed: str) -> str:
    return nfc(typed[:MAX_LOGIN_CHARS]).strip().lower()


def _same_name(given: str, known: str) -> bool:
    """With or without diacritics, in any case, whatever the spaces."""
    return fold(nfc(given[:MAX_LOGIN_CHARS])).split() == fold(known).split()


def _password_right(account: Account | None, password: str) -> bool:
    """Takes the same time whether the account may sign in or not."""
    password = password[: MAX_PASSWORD_CHARS + 1]
    if account is None or account.state not in MAY_SIGN_IN:
        make_password(password)
        return False
    return bool(account.check_password(password)) and len(password) <= MAX_PASSWORD_CHARS

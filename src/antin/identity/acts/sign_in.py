"""At the door: a password, then a one-time code, always both (379/11.3, 379/12.2.b). One wording for all that is wrong.

A try is written down, as refused, before the secret is looked at, and marked as passed afterwards: parallel tries in
any number of processes see each other, so the limits hold across them (379/5.9).
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.db.models import Count, Q
from django.http import HttpRequest

from antin.identity import authenticators, rules, sessions
from antin.identity.acts.accounts import MAX_PASSWORD_CHARS, end_credential, report_lost_account, set_password
from antin.identity.lifecycle import MAY_SIGN_IN, REPORTABLE
from antin.identity.models import Account, SignInAttempt
from antin.identity.ports import bound
from antin.ledger import acts as ledger
from antin.values import Actor, Method, Office, fold, nfc, sha256_hex

MAX_LOGIN_CHARS = 128
STRANGER = Actor(person_id=None, name="", method=Method.PASSWORD, office=Office.VISITOR)


@dataclass(frozen=True, slots=True)
class Door:
    """Whence a try comes: network address and what the browser calls itself."""

    address: str
    user_agent: str

    @staticmethod
    def of(request: HttpRequest) -> Door:
        """From the connection alone: headers that a client can write are not believed."""
        return Door(request.META.get("REMOTE_ADDR", ""), request.headers.get("User-Agent", "")[:200])


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
    attempt = _try(login, "password", door, account)
    right = _password_right(account, password)
    if account is None or not right:
        _refused(account, "password", door)
        raise rules.wrong_credentials()
    _passed(attempt)
    return Begun(account.id, account.person_id, account.person.name, authenticators.bound(account.id))


def finish_sign_in(*, request: HttpRequest, account_id: UUID, code: str) -> None:
    """Second half: the one-time code of the account whose password was right. Opens the session under a fresh key."""
    account = Account.objects.filter(pk=account_id).first()
    door = Door.of(request)
    attempt = _try(account.login_name if account else "", "code", door, account)
    if account is None or not account.is_active or not authenticators.accept(account.id, code):
        _refused(account, "code", door)
        raise rules.wrong_credentials()
    with transaction.atomic():
        session = sessions.open_for(request, account, Method.PASSWORD_TOTP)
        actor = Actor(
            person_id=account.person_id, name=account.person.name, method=Method.PASSWORD_TOTP, session=session
        )
        ledger.append(
            "identity.session.opened",
            actor,
            object_kind="person",
            object_id=account.person_id,
            organisation_id=account.person.organisation_id,
            facts={"account": str(account.id)},
            detail={"address": door.address, "user_agent": door.user_agent},
        )
    _passed(attempt)


def sign_out(*, request: HttpRequest, actor: Actor, account_id: UUID) -> None:
    """Ends this session; the browser keeps nothing of it."""
    end_credential(actor=actor, account_id=account_id, credential="session", key=actor.session)
    request.session.flush()


def change_password(*, actor: Actor, account_id: UUID, present: str, password: str, door: Door) -> None:
    """One's own new password, against the present one; a wrong present one counts as a refused try at the door."""
    account = Account.objects.get(pk=account_id)
    attempt = _try(account.login_name, "password", door, account)
    if not _password_right(account, present):
        raise rules.wrong_credentials()
    _passed(attempt)
    set_password(actor=actor, account_id=account_id, password=password)


def report_loss_at_door(*, login: str, name: str, door: Door) -> None:
    """Without signing in: believed at once when login name and person's name belong together (379/11.5).

    Answers the same either way, so that nobody learns who has an account; RuleViolation beyond five reports in the
    window from one address.
    """
    login = _login(login)
    account = Account.objects.filter(login_name=login).first()
    _try(login, "loss", door, account)
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


@transaction.atomic
def _try(login: str, stage: str, door: Door, account: Account | None) -> SignInAttempt:
    """Writes the try down, as refused; RuleViolation when there were too many. One try per name and address at a time."""
    login_hash = sha256_hex(login.encode())
    with connection.cursor() as cursor:
        for key in sorted({f"door:{login_hash}", f"door:{door.address}"}):
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])
    now = bound().clock.now()
    recent = SignInAttempt.objects.filter(at__gt=now - rules.WINDOW, passed=False)
    losses, here, mine = Q(stage="loss"), Q(address=door.address or None), Q(login_hash=login_hash)
    counted = recent.filter(mine | here).aggregate(
        by_both=Count("id", filter=mine & here & ~losses),
        by_login=Count("id", filter=mine & ~losses),
        by_address=Count("id", filter=here & ~losses),
        by_losses=Count("id", filter=here & losses),
    )
    if stage == "loss":
        rules.loss_report_admitted(counted["by_losses"])
    else:
        rules.try_admitted(rules.Tries(counted["by_both"], counted["by_login"], counted["by_address"]))
    row = SignInAttempt(
        at=now,
        login_hash=login_hash,
        address=door.address or None,
        user_agent=door.user_agent,
        account=account,
        stage=stage,
    )
    row.save(force_insert=True)
    return row


def _passed(attempt: SignInAttempt) -> None:
    SignInAttempt.objects.filter(pk=attempt.pk).update(passed=True)


@transaction.atomic
def _refused(account: Account | None, stage: str, door: Door) -> None:
    ledger.append(
        "identity.session.refused",
        STRANGER,
        object_kind="person",
        object_id=account.person_id if account else None,
        organisation_id=account.person.organisation_id if account else None,
        facts={"stage": stage},
        detail={"address": door.address, "user_agent": door.user_agent},
        clause="379/5.6",
    )

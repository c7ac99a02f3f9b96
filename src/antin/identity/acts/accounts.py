"""The life of an account: enrolled, vouched by a second officer, bound to an authenticator, suspended, lost, closed.

Every step passes the table `ACCOUNT`; every step out of "active" ends all sessions in the same transaction (379/11.5).
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from antin.identity import authenticators, rules, sessions
from antin.identity.acts.step_up import stepped_up
from antin.identity.lifecycle import ACCOUNT
from antin.identity.models import Account, Mandate, NationalLink, Organisation, Person
from antin.identity.ports import bound
from antin.identity.queries.corrections import code_was_anothers
from antin.identity.rules import personal_data
from antin.ledger import acts as ledger
from antin.regulation import RuleViolation
from antin.values import N_, Actor, Office, iso, new_id, nfc

MAX_PASSWORD_CHARS = 256


@transaction.atomic
def enrol_person(
    *, actor: Actor, name: str, organisation_id: UUID, login: str, position: str = "", code: str = ""
) -> Account:
    """A person with a code (made when none is given) and an account that opens nothing yet.

    Answers the account: `.id`, `.person_id`. RuleViolation for a code or login name taken.
    """
    office = rules.require_any_office(actor, (Office.IDENTITY_OFFICER, Office.SYSTEM))
    rules.login_fits(login)
    stepped_up(actor, "enrol_person", login=login)
    person_id = new_id()
    code = code or f"CN-{person_id.hex[-12:].upper()}"
    rules.person_code_fits(code)
    personal_data.code_is_free(taken=code_was_anothers(code, person_id))
    now = bound().clock.now()
    person = Person(
        id=person_id,
        code=code,
        name=nfc(name),
        position=nfc(position),
        organisation=Organisation.objects.get(pk=organisation_id),
        enrolled_at=now,
    )
    account = Account(
        person=person,
        login_name=login,
        state=ACCOUNT.step("", "enrol_person").to,
        state_at=now,
        enrolled_by=actor.person_id,
    )
    account.set_unusable_password()
    try:
        with transaction.atomic():
            person.save(force_insert=True)
            account.save(force_insert=True)
    except IntegrityError as error:
        raise RuleViolation(
            "379/11.1", N_("Mã định danh hoặc tên đăng nhập đã có người dùng."), N_("Chọn tên khác.")
        ) from error
    note("identity.person.enrolled", actor, account, office, detail={"name": person.name})
    return account


@transaction.atomic
def vouch_identity(*, actor: Actor, account_id: UUID, evidence: str) -> None:
    """A second officer has seen the evidence of identity (379/3.7)."""
    account = locked_account(account_id)
    office = _officer(actor, account, "vouch_identity")
    rules.not_the_enroller(account.enrolled_by, actor)
    rules.evidence_seen(evidence)
    stepped_up(actor, "vouch_identity", account=str(account_id))
    account.vouched_by = actor.person_id
    _move(account, "vouch_identity", "vouched_by")
    note("identity.person.vouched", actor, account, office, detail={"evidence": evidence})


@transaction.atomic
def set_password(*, actor: Actor, account_id: UUID, password: str) -> None:
    """Sets the password of one's own account, or (system, identity officer) of one whose app is not bound yet.

    Ends every session of the account. RuleViolation when the password is too weak or not the actor's to set.
    """
    account = locked_account(account_id)
    office = Office.PERSON
    if actor.person_id != account.person_id:
        office = rules.require_any_office(actor, (Office.IDENTITY_OFFICER, Office.SYSTEM))
        rules.password_settable_by_officer(bound=authenticators.bound(account_id))
    _strong_enough(password, account)
    account.set_password(password)
    account.save(update_fields=["password"])
    ended = sessions.end_all(account_id)
    facts = {"kind": "password", "sessions": ended}
    note("identity.credential.ended", actor, account, office, facts=facts)


@transaction.atomic
def bind_authenticator(*, actor: Actor, account_id: UUID, secret: str, code: str = "") -> None:
    """Binds the one-time-code app with this secret (20 bytes in base32); the first one makes the account active.

    A person proves with a code that the app has the secret; that code is then spent. RuleViolation for a wrong code,
    an app already bound, an account not vouched for.
    """
    account = locked_account(account_id)
    step = ACCOUNT.step(account.state, "bind_authenticator")
    office = Office.SYSTEM if actor.office is Office.SYSTEM else Office.PERSON
    rules.binds_own(account.person_id, actor)
    rules.nothing_bound(bound=authenticators.bound(account_id))
    rules.secret_fits(fits=authenticators.secret_fits(secret))
    if office is Office.PERSON:
        counter = authenticators.matches(secret, code)
        if counter is None or not authenticators.spend(account_id, counter):
            raise rules.first_code_wrong()
    authenticators.activate(account, secret)
    if step.to != account.state:
        _move(account, "bind_authenticator")
    facts = {"kind": "totp", "assurance": "two_factor"}
    note("identity.authenticator.bound", actor, account, office, facts=facts)


@transaction.atomic
def end_credential(*, actor: Actor, account_id: UUID, credential: str, key: str = "", reason: str = "") -> None:
    """Ends a `session` (`key`: its commitment), all `sessions`, the `national` link, or the `authenticator`; one's own, or as an officer.

    RuleViolation for a session that is not the account's. A taken authenticator leaves the account to enrolment alone.
    """
    account = locked_account(account_id)
    office = Office.PERSON
    if actor.person_id != account.person_id:
        office = rules.require_any_office(actor, (Office.IDENTITY_OFFICER, Office.SECURITY_OFFICER, Office.SYSTEM))
    if credential == "session":
        rules.session_found(found=sessions.end_one(account_id, key))
    elif credential == "authenticator":
        authenticators.end(account_id)
        sessions.end_all(account_id)
    elif credential == "national":
        rules.session_found(found=_unlink(account_id) > 0)
    elif credential == "sessions":
        sessions.end_all(account_id)
    else:
        raise ValueError(f"no credential called {credential}")
    facts = {"kind": credential, "key": key}
    note("identity.credential.ended", actor, account, office, facts=facts, reason=reason)


@transaction.atomic
def suspend_account(*, actor: Actor, account_id: UUID, reason: str) -> None:
    """Halts the account: no session of it lives on (379/11.5)."""
    account = locked_account(account_id)
    office = _officer(actor, account, "suspend_account")
    rules.reason_given(reason, "379/11.5")
    _move(account, "suspend_account")
    sessions.end_all(account_id)
    note("identity.account.suspended", actor, account, office, reason=reason)


@transaction.atomic
def restore_account(*, actor: Actor, account_id: UUID, reason: str) -> None:
    """Active again; the authenticator is to be bound anew (379/11.5)."""
    account = locked_account(account_id)
    office = _officer(actor, account, "restore_account")
    rules.not_own(account.person_id, actor)
    rules.reason_given(reason, "379/11.5")
    stepped_up(actor, "restore_account", account=str(account_id))
    authenticators.end(account_id)
    _unlink(account_id)
    _move(account, "restore_account")
    note("identity.account.restored", actor, account, office, reason=reason)


@transaction.atomic
def report_lost_account(*, actor: Actor, account_id: UUID, since: datetime | None = None, reason: str = "") -> None:
    """Believed at once, whoever reports: all credentials end, the account waits for re-enrolment in person (379/11.5)."""
    account = locked_account(account_id)
    office = actor.office if actor.office in (Office.SYSTEM, Office.VISITOR) else Office.PERSON
    account.lost_reported_by = actor.person_id
    account.lost_since = since or bound().clock.now()
    account.set_unusable_password()
    _move(account, "report_lost_account", "lost_reported_by", "lost_since", "password")
    _end_ways_in(account_id)
    facts = {"since": iso(account.lost_since)}
    note("identity.account.lost", actor, account, office, facts=facts, reason=reason)


@transaction.atomic
def re_enrol_person(*, actor: Actor, account_id: UUID, evidence: str) -> None:
    """A second officer, who did not take the loss report, has seen the person: vouched again, without credentials."""
    account = locked_account(account_id)
    office = _officer(actor, account, "re_enrol_person")
    rules.not_own(account.person_id, actor)
    rules.not_the_reporter(account.lost_reported_by, actor)
    rules.evidence_seen(evidence)
    stepped_up(actor, "re_enrol_person", account=str(account_id))
    account.vouched_by, account.lost_reported_by, account.lost_since = actor.person_id, None, None
    _move(account, "re_enrol_person", "vouched_by", "lost_reported_by", "lost_since")
    note("identity.person.re_enrolled", actor, account, office, detail={"evidence": evidence})


@transaction.atomic
def close_account(*, actor: Actor, account_id: UUID, reason: str) -> None:
    """Closed for good, its mandates ended (379/9.2)."""
    account = locked_account(account_id)
    office = _officer(actor, account, "close_account")
    rules.not_own(account.person_id, actor)
    rules.reason_given(reason, "379/9.2")
    _move(account, "close_account")
    held = Mandate.objects.filter(person_id=account.person_id, ended_at=None)
    ended = held.update(ended_at=bound().clock.now(), ended_reason=nfc(reason))
    _end_ways_in(account_id)
    note("identity.account.closed", actor, account, office, facts={"mandates": ended}, reason=reason)


def _officer(actor: Actor, account: Account, act: str) -> Office:
    """The office under which the table lets this actor do the act; RuleViolation otherwise."""
    return rules.require_any_office(actor, ACCOUNT.step(account.state, act).offices)


def locked_account(account_id: UUID) -> Account:
    """The account's row, held until the transaction ends. RuleViolation when there is none."""
    row = Account.objects.select_for_update(of=("self",)).filter(pk=account_id).first()
    if row is None:
        raise RuleViolation("379/11.1", N_("Không có tài khoản này."), N_("Tải lại trang rồi chọn lại."))
    return row


def _move(account: Account, act: str, *also: str) -> None:
    account.state = ACCOUNT.step(account.state, act).to
    account.state_at = bound().clock.now()
    account.save(update_fields=["state", "state_at", *also])


def _strong_enough(password: str, account: Account) -> None:
    try:
        if len(password) > MAX_PASSWORD_CHARS:
            raise ValidationError("long")
        validate_password(password, account)
    except ValidationError as error:
        raise RuleViolation(
            "379/5.9",
            N_("Mật khẩu chưa đạt: cần 12 đến {most} ký tự và không phải mật khẩu phổ biến."),
            N_("Dùng một câu dài dễ nhớ."),
            most=MAX_PASSWORD_CHARS,
        ) from error


def _unlink(account_id: UUID) -> int:
    """The national identity account opens this one no more."""
    standing = NationalLink.objects.filter(account_id=account_id, ended_at=None)
    return standing.update(ended_at=bound().clock.now())


def _end_ways_in(account_id: UUID) -> None:
    authenticators.end(account_id)
    _unlink(account_id)
    sessions.end_all(account_id)


def note(
    act: str,
    actor: Actor,
    account: Account,
    office: Office,
    *,
    facts: dict[str, str] | dict[str, int] | dict[str, str | int] | None = None,
    detail: dict[str, str] | None = None,
    reason: str = "",
) -> None:
    """The entry of an act upon the person's account."""
    ledger.append(
        act,
        actor,
        object_kind="person",
        object_id=account.person_id,
        organisation_id=account.person.organisation_id,
        facts={"account": str(account.id), "office": office.value, **(facts or {})},
        detail=detail or {},
        reason=reason,
    )

"""The national identity account: linked once by the personal identification number, then the first way in (379/11.3).

A link is made by its owner, signed in by a local way and confirmed by a one-time code; the number that the provider names
must be the person code that identity officers gave. Without the provider everything else goes on as before.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.http import HttpRequest

from antin.identity import authenticators, rules
from antin.identity.acts.accounts import locked_account, note
from antin.identity.acts.sign_in import open_session
from antin.identity.acts.step_up import stepped_up
from antin.identity.acts.tries import Door, begin_try, note_refused, try_passed
from antin.identity.lifecycle import ACCOUNT
from antin.identity.models import Account, NationalLink
from antin.identity.national import Asked, NationalIdentity, Statement
from antin.identity.ports import bound
from antin.identity.rules import national as decisions
from antin.regulation import RemoteViolation, RuleViolation
from antin.values import Actor, Method, Office

ANSWER_WITHIN = timedelta(minutes=10)


def ask_nationally() -> tuple[Asked, str]:
    """A question to the provider, to be kept in the browser's session, and the address to send the person to.

    RuleViolation where no provider is connected, Indeterminate while it does not answer.
    """
    asked = Asked.anew(bound().clock.now())
    return asked, _provider().question(asked)


def sign_in_nationally(*, request: HttpRequest, asked: Asked | None, state: str, code: str) -> None:
    """Opens the session of the account that is linked to whom the provider names.

    RuleViolation for an answer that is not believed or not to our question, an account not linked, not active or without
    its one-time-code app; Indeterminate while the provider does not answer.
    """
    door = Door.of(request)
    # counted for this question and for the address: five who fail behind one address do not shut the others out
    attempt = begin_try(f"national:{asked.state if asked else ''}", "national", door, None)
    account: Account | None = None
    try:
        said = _proven(asked, state, code)
        link = NationalLink.objects.filter(subject=_known_as(said), ended_at=None).select_related("account").first()
        account = Account.objects.get(pk=link.account_id) if link else None
        decisions.linked(is_linked=link is not None)
        assert account is not None and link is not None
        decisions.admitted(is_active=account.is_active, has_app=authenticators.bound(account.id))
    except RuleViolation:
        note_refused(account, "national", door)
        raise
    with transaction.atomic():
        open_session(request, account, Method.NATIONAL_IDENTITY, door, level=said.level)
        NationalLink.objects.filter(pk=link.id).update(used_at=bound().clock.now(), level=said.level)
    try_passed(attempt, account)


def ask_to_link(*, actor: Actor, account_id: UUID) -> tuple[Asked, str]:
    """As `ask_nationally`, for a link: confirmed before the person leaves, for the way takes longer than a confirmation lives."""
    asked, address = ask_nationally()
    with transaction.atomic():
        account = locked_account(account_id)
        rules.binds_own(account.person_id, actor)
        decisions.not_linked_yet(is_linked=NationalLink.objects.filter(account=account, ended_at=None).exists())
        stepped_up(actor, "bind_authenticator", account=str(account_id), kind="national")
    return asked, address


def link_national_account(*, actor: Actor, account_id: UUID, asked: Asked | None, state: str, code: str) -> None:
    """Links the account that answered; its personal number must be the person's code here (379/11.1).

    `asked` is what `ask_to_link` answered in the same session. RuleViolation for a foreign number, an account of somebody
    else's, an answer not believed.
    """
    link_stated(actor=actor, account_id=account_id, said=_proven(asked, state, code))


@transaction.atomic
def link_stated(*, actor: Actor, account_id: UUID, said: Statement) -> None:
    """What `link_national_account` does with a statement that was believed; a founding system has it in writing."""
    account = locked_account(account_id)
    ACCOUNT.step(account.state, "bind_authenticator")
    office = Office.SYSTEM if actor.office is Office.SYSTEM else Office.PERSON
    rules.binds_own(account.person_id, actor)
    decisions.number_is_the_code(said.number, account.person.code)
    link = NationalLink(account=account, subject=_known_as(said), level=said.level, linked_at=bound().clock.now())
    try:
        with transaction.atomic():
            link.save(force_insert=True)
    except IntegrityError as error:
        raise decisions.linked_already() from error
    facts = {"kind": "national", "assurance": said.level, "issuer": said.issuer}
    note("identity.authenticator.bound", actor, account, office, facts=facts)


def _proven(asked: Asked | None, state: str, code: str) -> Statement:
    now = bound().clock.now().timestamp()
    is_ours = asked is not None and asked.is_answered_by(state) and now - asked.at < ANSWER_WITHIN.total_seconds()
    decisions.answers_our_question(is_ours=is_ours and bool(code))
    assert asked is not None
    provider = _provider()
    try:
        said = provider.statement(asked, code)
    except RemoteViolation as violation:
        raise decisions.not_believed() from violation
    decisions.level_enough(enough=said.level in provider.levels)
    return said


def _provider() -> NationalIdentity:
    return decisions.connected(bound().national)


def _known_as(said: Statement) -> str:
    """HMAC-SHA256 under the installation's own secret: the database alone tells nobody who is behind a link."""
    named = f"national\0{said.issuer}\0{said.subject}".encode()
    return hmac.new(bound().totp_secret.encode(), named, hashlib.sha256).hexdigest()

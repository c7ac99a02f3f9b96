"""Step-up: a fresh question for one act on one digest, answered by a one-time code, spent by the act itself.

Never a time window: what was confirmed for one document opens nothing for another, nor for the same one twice
(379/5.6, 379/12.2.b). A challenge is opened and answered outside the act's transaction and spent inside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from antin.identity import authenticators, rules
from antin.identity.models import Account, Challenge
from antin.identity.ports import bound
from antin.identity.rules import ChallengeFacts
from antin.values import Actor, Method


@dataclass(frozen=True, slots=True)
class ChallengeView:
    id: UUID
    act: str
    digest: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class StepUp:
    """How and when the acting person was asked again; the act's ledger entry names it."""

    method: Method
    at: datetime
    challenge_id: UUID


@transaction.atomic
def open_challenge(*, actor: Actor, act: str, digest: str) -> ChallengeView:
    """Puts the question: to this person, in this session, about this act on this digest, for 120 s.

    RuleViolation when the actor is not a person in an open session.
    """
    if actor.person_id is None or not actor.session:
        raise rules.step_up_missing()
    now = bound().clock.now()
    row = Challenge(
        person_id=actor.person_id,
        session=actor.session,
        act=act,
        digest=digest,
        opened_at=now,
        expires_at=now + rules.CHALLENGE_LIFE,
    )
    row.save(force_insert=True)
    return ChallengeView(row.id, act, digest, row.expires_at)


def answer_challenge(*, actor: Actor, challenge_id: UUID, code: str) -> None:
    """Takes the code. RuleViolation for a wrong or used one (five close the challenge), and for a foreign challenge.

    A wrong answer is counted for good: it commits before the refusal is raised.
    """
    with transaction.atomic():
        row = Challenge.objects.select_for_update().filter(pk=challenge_id).first()
        facts = rules.challenge_is_mine(_facts(row), actor)
        assert row is not None
        now = bound().clock.now()
        rules.challenge_awaits(facts, now)
        right = authenticators.accept(_account(actor).id, code)
        if right:
            row.answered_at, row.method = now, Method.PASSWORD_TOTP.value
        else:
            row.wrong_answers += 1
        row.save(update_fields=["answered_at", "method", "wrong_answers"])
    if not right:
        raise rules.wrong_code(rules.WRONG_ANSWERS - row.wrong_answers)


@transaction.atomic
def spend_challenge(*, actor: Actor, act: str, digest: str) -> StepUp:
    """Uses up the answered challenge of this act on this digest, within the act's transaction.

    RuleViolation("379/5.6") when there is none, or when the account is no longer active at this instant: the account's
    row is held until the act commits, so that a suspension comes before the act or after it, never between.
    """
    _account(actor)
    now = bound().clock.now()
    for row in _open(actor, act, digest):
        facts = _facts(row)
        if facts is not None and rules.challenge_spendable(facts, now):
            row.spent_at = now
            row.save(update_fields=["spent_at"])
            assert row.answered_at is not None
            return StepUp(Method(row.method), row.answered_at, row.id)
    raise rules.step_up_missing()


def hold_account(*, actor: Actor) -> None:
    """For an act confirmed earlier by a ticket: the account must be active now, and stays so until the act commits.

    RuleViolation("379/5.6") otherwise. As in `spend_challenge`, a suspension comes before the act or after it.
    """
    _account(actor)


def _open(actor: Actor, act: str, digest: str) -> QuerySet[Challenge]:
    mine = Challenge.objects.filter(person_id=actor.person_id, session=actor.session, act=act, digest=digest)
    return mine.filter(spent_at=None, answered_at__isnull=False).select_for_update().order_by("-answered_at")[:1]


def _account(actor: Actor) -> Account:
    """The actor's account, locked against suspension; RuleViolation unless it is active now (379/11.5)."""
    accounts = Account.objects.select_for_update(no_key=True, of=("self",))
    account = accounts.filter(person_id=actor.person_id, state="active").first() if actor.person_id else None
    if account is None:
        raise rules.step_up_missing()
    return account


def _facts(row: Challenge | None) -> ChallengeFacts | None:
    if row is None:
        return None
    return ChallengeFacts(
        person_id=row.person_id,
        session=row.session,
        act=row.act,
        digest=row.digest,
        expires_at=row.expires_at,
        wrong_answers=row.wrong_answers,
        answered_at=row.answered_at,
        spent_at=row.spent_at,
    )

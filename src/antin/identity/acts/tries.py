"""Tries at the door: written down as refused before the secret is looked at, marked as passed afterwards.

Parallel tries in any number of processes see each other, so the limits hold across them (379/5.9).
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import Count, Q
from django.http import HttpRequest

from antin.identity import rules
from antin.identity.models import Account, SignInAttempt
from antin.identity.ports import bound
from antin.ledger import acts as ledger
from antin.values import Actor, Method, Office, sha256_hex

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


@transaction.atomic
def begin_try(login: str, stage: str, door: Door, account: Account | None) -> SignInAttempt:
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


def try_passed(attempt: SignInAttempt, account: Account | None = None) -> None:
    """With the account, where it came to be known only now."""
    known = {"account": account} if account else {}
    SignInAttempt.objects.filter(pk=attempt.pk).update(passed=True, **known)


@transaction.atomic
def note_refused(account: Account | None, stage: str, door: Door) -> None:
    """On record, whoever it was (379/5.6)."""
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

"""The frozen values of this room: the terms of a rule, and the occasion on which it may act."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from antin.values import Secrecy, Urgency, canonical_json, sha256_hex

ROUTE, REMIND = "route", "remind"
PROPOSE, RUN = "propose", "run"


@dataclass(frozen=True, slots=True)
class Terms:
    """One version of a rule as it is drafted, reviewed and approved.

    Conditions: an empty one asks nothing; of one with several values any will do; all conditions must hold. `senders` are
    organisation codes, `words` stand in the subject, `classes` are codes of the file plan. `days` are working days: until
    the work is due (route), or before the due day (remind). `lead` gets the work. `level` is the safety level, 1 to 5.
    """

    title: str
    kind: str
    mode: str
    overseer_id: UUID
    level: int
    days: int
    lead: UUID | None = None
    senders: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    urgencies: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    most_per_day: int = 20
    error_threshold: int = 3

    def to_dict(self) -> dict[str, Any]:
        """As it is stored and hashed."""
        told = {one.name: getattr(self, one.name) for one in fields(self)}
        return {key: list(value) if isinstance(value, tuple) else _plain(value) for key, value in told.items()}

    @staticmethod
    def from_dict(told: dict[str, Any]) -> Terms:
        """The inverse of `to_dict`."""
        given = {key: tuple(value) if isinstance(value, list) else value for key, value in told.items()}
        lead = given.pop("lead")
        return Terms(**{**given, "overseer_id": UUID(given["overseer_id"])}, lead=UUID(lead) if lead else None)


def digest_of(rule_id: UUID, organisation_id: UUID, version: int, terms: Terms) -> str:
    """What review and approval are bound to: this version of this rule in this body, word for word."""
    return sha256_hex(
        canonical_json(
            {
                "automation": str(rule_id),
                "organisation": str(organisation_id),
                "version": version,
                "terms": terms.to_dict(),
            }
        )
    )


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a rule may look at: the facts of one document, and the headings of the case files that hold it."""

    document_id: UUID
    type_code: str
    subject: str
    urgency: Urgency
    secrecy: Secrecy
    sender_code: str = ""
    classes: tuple[str, ...] = ()
    headings: tuple[str, ...] = ()
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """A rule as the question "may it act now?" sees it; `done_today` and `errors` are since its approval."""

    state: str
    digest: str
    reviewed_digest: str
    approved_at: datetime | None
    review_is_over: bool
    done_today: int = 0
    errors: int = 0


def _plain(value: object) -> object:
    return str(value) if isinstance(value, UUID) else value

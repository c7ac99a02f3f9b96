"""What is held back is closed for good by the exchange operator, whichever way it came (217/10.1.p2)."""

from __future__ import annotations

from collections.abc import Mapping

from antin.exchange import rules
from antin.exchange.edxml import codes
from antin.exchange.models import AxisIn, MailIn, ParcelIn
from antin.ledger import acts as ledger
from antin.steps import Step
from antin.values import Actor


def close_held(
    actor: Actor, row: ParcelIn | AxisIn | MailIn, step: Step, reason: str, facts: Mapping[str, str]
) -> None:
    """The row, locked, takes the step; joins the transaction. RuleViolation without the office or the reason."""
    rules.require_operator(actor, step)
    rules.check_reason(codes.RETURNED, reason)
    row.state = step.to
    row.save(update_fields=["state"])
    ledger.append(
        "exchange.parcel.settled",
        actor,
        object_kind="parcel",
        object_id=row.id,
        organisation_id=row.organisation_id,
        facts={"outcome": row.state, "sender": row.sender_code, **facts},
        reason=reason,
        clause="217/10.1.p2",
    )

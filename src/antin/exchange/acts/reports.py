"""The status that a sender is owed after an act here, by a channel that keeps its own outbox: axis and mail (217/6.4)."""

from __future__ import annotations

from collections.abc import Callable

from antin.exchange import rules
from antin.exchange.acts.statements import News
from antin.exchange.models import AxisIn, MailIn
from antin.ledger import acts as ledger
from antin.values import Actor
from antin.vault import queries as vault


def report_one(actor: Actor, row: AxisIn | MailIn, news: News, channel: str, build: Callable[[str, str], str]) -> bool:
    """Queues it by `build(code, reason)`, which answers the message's digest; False when nothing new is to be told."""
    code = rules.next_code(news.act, last_code=row.last_code, recall_asked=row.recall_asked_at is not None)
    if not code or row.organisation_id is None:
        return False
    rules.check_reason(code, news.reason)
    digest = build(code, rules.told_reason(news.reason, is_sealed=vault.is_sealed(news.document_id, news.reason)))
    row.last_code = code
    row.save(update_fields=["last_code"])
    ledger.append(
        "exchange.statement.queued",
        actor,
        object_kind="document",
        object_id=news.document_id,
        organisation_id=row.organisation_id,
        facts={"code": code, "recipient": row.sender_code, "message": digest, "channel": channel},
        clause="217/6.4",
    )
    return True

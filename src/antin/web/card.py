"""The fourteen facts of 217/11 in words: names for codes, dates as they are written here."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime

from django.utils.translation import gettext as _

from antin.documents.facts import CardItem, Direction, DocumentView
from antin.exchange import queries as exchange
from antin.rulebook import queries as rulebook
from antin.values import Urgency
from antin.web import formats, words


def card_facts(document: DocumentView, card: Iterable[CardItem]) -> list[tuple[str, str]]:
    """The fourteen facts of 217/11 with their values in words; what is not known yet is left out."""
    pairs = [(_(item.label), _written(document, item)) for item in card]
    return [(label, value) for label, value in pairs if value]


def _written(document: DocumentView, item: CardItem) -> str:
    if item.clause in WRITTEN:
        return WRITTEN[item.clause](document)
    values = item.value if isinstance(item.value, tuple) else (item.value,)
    return "; ".join(_plain(value) for value in values if value not in (None, ""))


def _recipients(document: DocumentView) -> str:
    """By name; a code that the directory doesn't know stands for itself."""
    known = exchange.recipient_names(document.recipients)
    return "; ".join(known.get(code, code) for code in document.recipients)


def _times(document: DocumentView) -> str:
    if document.direction is Direction.OUTGOING:
        return formats.instant(document.sent_at or document.issued_at)
    parts = ((_("gửi"), document.sent_at), (_("nhận"), document.arrived_at))
    return "; ".join(f"{said} {formats.instant(at)}" for said, at in parts if at)


WRITTEN: dict[str, Callable[[DocumentView], str]] = {
    "217/11.2": lambda document: document.reference_number,
    "217/11.4": words.type_in_full,
    "217/11.8": lambda document: words.state(document.state),
    "217/11.11": _recipients,
    "217/11.12": _times,
}
"""Facts that are said in words of their own, by clause."""


def _plain(value: object) -> str:
    if isinstance(value, Urgency):
        return rulebook.urgency_label(value, formats.language())
    if isinstance(value, datetime):
        return formats.instant(value)
    return formats.day(value) if isinstance(value, date) else str(value)

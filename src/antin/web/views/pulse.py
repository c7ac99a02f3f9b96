"""The pulse of an open page: counters that changed, urgent documents announced at once, the send clock (217/6.3).

A page asks every few seconds under a header that says nobody is at the keys, so that it never keeps a session alive.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from antin.documents import queries as documents
from antin.documents.facts import DocumentView
from antin.exchange import queries as exchange
from antin.rulebook import queries as rulebook
from antin.values import Actor, Office, iso
from antin.web import formats, nav
from antin.web.answers import page
from antin.web.shown import actor_of

LOOK_BACK = timedelta(minutes=5)
LOOKED_THROUGH = 10


@require_safe
def beat(request: HttpRequest) -> HttpResponse:
    """Counters of the navigation as an event for the script; a toast for each urgent document since the last beat."""
    actor, now = actor_of(request), formats.now()
    since = max(_since(request) or now, now - LOOK_BACK)
    keys = sorted({key for group in nav.groups(actor) for entry in group.entries for key in entry.counts})
    events: dict[str, object] = {"antin:pulse": {"counts": nav.counts(actor, keys)}}
    told = [_announced(row) for row in _urgent(actor) if (_at(actor, row) or since) > since]
    told += [_clock(row) for row in exchange.clocks_told(actor, since)]
    if told:
        events["antin:toast"] = {"text": "\n".join(told)}
    response = page(request, "parts/pulse.html", {"next_beat": f"/nhip?{urlencode({'tu': iso(now)})}"})
    response["HX-Trigger"] = json.dumps(events)
    return response


def _clock(row: exchange.ClockRow) -> str:
    """The clerk's reminder, or what the head of office is told (217/6.3)."""
    said = _("Quá hạn gửi: %(reference)s.") if row.missed_at else _("Sắp hết hạn gửi: %(reference)s, gửi trước %(at)s.")
    return said % {"reference": row.document.reference_number, "at": formats.when(row.due_at)}


def _since(request: HttpRequest) -> datetime | None:
    try:
        found = parse_datetime(request.GET.get("tu", ""))
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None


def _urgent(actor: Actor) -> list[DocumentView]:
    rows = documents.listing(actor, box="incoming", limit=LOOKED_THROUGH, state=("arrived", "forwarded")).rows
    return [row for row in rows if row.urgency.is_urgent]


def _at(actor: Actor, row: DocumentView) -> datetime | None:
    """When it became this person's concern: the clerk's as it arrives, the others' as it is passed on."""
    if row.state == "arrived":
        return row.arrived_at if actor.holds(Office.CLERK, row.owner_id) else None
    return None if actor.holds(Office.CLERK, row.owner_id) else row.updated_at


def _announced(row: DocumentView) -> str:
    label = rulebook.urgency_label(row.urgency, formats.language()).upper()
    said = _("%(urgency)s: %(reference)s của %(sender)s vừa đến.")
    return said % {"urgency": label, "reference": row.reference_number, "sender": row.sender_name or row.issuing_name}

"""Lists, counts and search: bounded, keyset-paged, never wider than the access filter.

Work boxes put the urgent first, then the longest waiting (217/6.3.p2); the others the newest first. Ids are
UUIDv7, so their order is the order of arrival. A mark of a page (`next`) is opaque and grants nothing: the
filter is asked again on every page.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import F, Q

from antin.documents import models, rows, rules
from antin.documents.facts import Direction, Page
from antin.documents.queries import access
from antin.documents.queries.access import Documents
from antin.regulation import RuleViolation
from antin.values import N_, Actor, Office, Urgency

LIMIT_MOST = 200
COUNT_MOST = 1000
WALK = 3000  # newest documents looked through before the word index is asked: frequent words end there


@dataclass(frozen=True, slots=True)
class _Box:
    """A named list: its condition, and whether it is a work queue (urgent first) or a shelf (newest first)."""

    condition: Callable[[Actor], Q]
    work: bool = False
    by_name_only: bool = False


def _out(*states: str) -> Q:
    return Q(direction=Direction.OUTGOING, state__in=states)


def _owned(actor: Actor, *offices: Office) -> Q:
    return Q(owner_id__in=actor.organisations(*offices))


def _waiting(actor: Actor) -> Q:
    seats = models.Waiting.objects.filter(person_id__in=rules.persons(actor)).values("document_id")
    mine = Q(pk__in=seats) & _out("in_review")
    return mine | access.in_place_of_the_absent(actor) if actor.stands_in else mine


def _to_approve(actor: Actor) -> Q:
    named = Q(approver_id__in=rules.persons(actor))
    for lent in access.lent_approvals(actor):
        named |= lent
    return named & Q(route_complete=True) & _out("in_review")


_CHECKED = Q(form_checked_revision=F("revision"))

_BOXES: Mapping[str, _Box] = {
    "arrived": _Box(
        lambda a: _owned(a, Office.CLERK) & Q(direction=Direction.INCOMING, state__in=["arrived", "verified"]),
        work=True,
    ),
    "incoming": _Box(lambda a: Q(direction=Direction.INCOMING)),
    "outgoing": _Box(lambda a: _out("approved", "signed", "sealed", "issued")),
    "drafts": _Box(lambda a: Q(drafter_id__in=rules.persons(a)) & _out("draft", "in_review")),
    "to_review": _Box(_waiting, work=True),
    "to_approve": _Box(_to_approve, work=True),
    "to_sign": _Box(lambda a: Q(signatory_id__in=rules.persons(a)) & _out("approved") & _CHECKED, work=True),
    "to_form_check": _Box(
        lambda a: _owned(a, Office.CLERK) & _out("approved") & (Q(form_checked_revision=None) | ~_CHECKED), work=True
    ),
    "to_seal": _Box(lambda a: _owned(a, Office.SEAL_KEEPER) & _out("signed") & Q(seal_needed=True), work=True),
    "to_issue": _Box(
        lambda a: _owned(a, Office.CLERK) & (_out("sealed") | (_out("signed") & Q(seal_needed=False))), work=True
    ),
    "sent": _Box(lambda a: _out("issued")),
    "mine": _Box(lambda a: Q(), by_name_only=True),
}
BOXES = tuple(_BOXES)

_FILTERS: Mapping[str, str] = {
    "state": "state",
    "direction": "direction",
    "validity": "validity",
    "secrecy": "secrecy",
    "type_code": "type_code",
    "owner_id": "owner_id",
    "drafter_id": "drafter_id",
    "signatory_id": "signatory_id",
    "sender_code": "sender_code",
    "issuing_code": "issuing_code",
    "document_code": "document_code",
    "issued_from": "issued_on__gte",
    "issued_to": "issued_on__lte",
    "due_before": "due_on__lt",
    "register_id": "register_id",
}


def listing(actor: Actor, *, box: str, after: str | None = None, limit: int = 50, **filters: Any) -> Page:
    """One page of a box. KeyError for an unknown box or filter; RuleViolation for a mark that is none.

    Filters: state, direction, validity, secrecy, type_code, urgency, owner_id, drafter_id, signatory_id,
    sender_code, issuing_code, document_code, issued_from, issued_to, due_before, register_id; a tuple means
    any of its members; empty values are no filter.
    """
    chosen, limit, mark = _BOXES[box], _bounded(limit), _read_mark(after)
    condition = chosen.condition(actor) & _filtered(filters)
    if chosen.work:
        found = access.visible(actor).filter(condition).filter(_after_urgent(mark))
        return _page(list(found.order_by("-urgency", "id")[: limit + 1]), limit, work=True)
    condition &= _after_newest(mark)
    ids = _newest(_sources(actor, chosen), condition, limit + 1)
    return _page(_rows(ids), limit)


def counts(actor: Actor, boxes: Collection[str]) -> dict[str, int]:
    """How many in each box, at most 1000 (then it reads "1000+")."""
    return {box: _count(actor, _BOXES[box]) for box in boxes}


def search(actor: Actor, text: str, *, limit: int = 50, after: str | None = None, **filters: Any) -> Page:
    """Documents whose abstract or metadata hold all words, or whose reference number holds the fragment; newest first.

    Words typed with diacritics are looked for as typed, and without them only when nothing is found so.
    """
    asked, limit, mark = rules.query_of(text), _bounded(limit), _read_mark(after)
    if not asked.lexemes:
        return Page()
    condition = _filtered(filters) & _after_newest(mark)
    if mark.get("f"):
        asked = asked.folded()
    found = _hits(actor, asked, condition, limit + 1)
    if not found and after is None and asked.folded() != asked:
        asked, mark = asked.folded(), {"f": 1}
        found = _hits(actor, asked, condition, limit + 1)
    return _page(_rows(found), limit, folded=bool(mark.get("f")))


def _hits(actor: Actor, asked: rules.WordQuery, condition: Q, wanted: int) -> list[UUID]:
    """Ids of the newest matches: a bounded walk first, the word index only when the walk is not enough."""
    walked, found = _walked(access.branches(actor), asked, condition, wanted)
    if len(found) >= wanted or walked < WALK:
        return found
    return _indexed(actor, asked, condition, wanted)


def _walked(branches: list[Documents], asked: rules.WordQuery, condition: Q, wanted: int) -> tuple[int, list[UUID]]:
    """How many of the newest documents were looked through, and the newest matches among them."""
    if not branches:
        return 0, []
    walks = [b.filter(condition).order_by("-id").values("id", "words", "reference_key")[:WALK] for b in branches]
    parts = [walk.query.sql_with_params() for walk in walks]
    union = " UNION ALL ".join(f"({sql})" for sql, _ in parts)
    match, given = _match_sql(asked)
    sql = (
        f"WITH walked AS MATERIALIZED (SELECT * FROM ({union}) w ORDER BY id DESC LIMIT {WALK})"  # noqa: S608 (ours)
        " SELECT (SELECT count(*) FROM walked), ARRAY(SELECT DISTINCT id FROM walked"
        f" WHERE {match} ORDER BY id DESC LIMIT {wanted})"
    )
    return _row(sql, [*(p for _, params in parts for p in params), *given])


def _indexed(actor: Actor, asked: rules.WordQuery, condition: Q, wanted: int) -> list[UUID]:
    """The hit set is made and filtered whole before it is ordered, else the planner walks the newest one by one."""
    match, given = _match_sql(asked)
    hits = access.visible(actor).filter(condition).extra(where=[match], params=given)  # noqa: S610 (fixed text)
    sql, params = hits.values("id").query.sql_with_params()
    (found,) = _row(
        f"WITH hits AS MATERIALIZED ({sql}) SELECT ARRAY(SELECT id FROM hits ORDER BY id DESC LIMIT {wanted})",  # noqa: S608
        params,
    )
    return found


def _match_sql(asked: rules.WordQuery) -> tuple[str, list[str]]:
    """Condition and parameters; lexemes are word characters and fragments letters, digits and hyphens only."""
    wanted = " & ".join(f"'{lexeme}'" for lexeme in asked.lexemes)
    if not asked.fragment:
        return "words @@ %s::tsquery", [wanted]
    return "(words @@ %s::tsquery OR reference_key LIKE %s)", [wanted, f"%{asked.fragment}%"]


def _row(sql: str, params: Sequence[Any]) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchone()


def _sources(actor: Actor, box: _Box) -> list[Documents]:
    return [access.granted(actor)] if box.by_name_only else access.branches(actor)


def _newest(sources: list[Documents], condition: Q, wanted: int) -> list[UUID]:
    """The newest ids of the union of several short walks."""
    walks = [s.filter(condition).order_by("-id").values_list("id", flat=True)[:wanted] for s in sources]
    if not walks:
        return []
    if len(walks) == 1:
        return list(walks[0])
    return list(walks[0].union(*walks[1:]).order_by("-id")[:wanted])


def _rows(ids: list[UUID]) -> list[models.Document]:
    found = models.Document.objects.defer("words").in_bulk(ids)
    return [found[i] for i in ids if i in found]


def _count(actor: Actor, box: _Box) -> int:
    condition = box.condition(actor)
    if box.work:
        return min(access.visible(actor).filter(condition).values("id")[: COUNT_MOST + 1].count(), COUNT_MOST)
    walks = [s.filter(condition).order_by("-id").values("id")[:COUNT_MOST] for s in _sources(actor, box)]
    if not walks:
        return 0
    return min((walks[0].union(*walks[1:]) if len(walks) > 1 else walks[0]).count(), COUNT_MOST)


def _filtered(filters: Mapping[str, Any]) -> Q:
    condition = Q()
    for name, value in filters.items():
        if value is None or value in ("", ()):
            continue
        values = value if isinstance(value, tuple | list | set | frozenset) else (value,)
        if name == "urgency":
            condition &= Q(urgency__in=[list(Urgency).index(Urgency(v)) for v in values])
        elif "__" in _FILTERS[name]:
            condition &= Q(**{_FILTERS[name]: value})
        else:
            condition &= Q(**{f"{_FILTERS[name]}__in": list(values)})
    return condition


def _bounded(limit: int) -> int:
    return max(1, min(limit, LIMIT_MOST))


def _page(found: list[models.Document], limit: int, *, work: bool = False, folded: bool = False) -> Page:
    shown = found[:limit]
    mark: dict[str, object] = {}
    if len(found) > limit:
        mark = {"i": shown[-1].id.hex}
        mark |= {"u": shown[-1].urgency} if work else {}
        mark |= {"f": 1} if folded else {}
    return Page(tuple(rows.view(row) for row in shown), _write_mark(mark) if mark else None)


def _after_newest(mark: Mapping[str, Any]) -> Q:
    return Q(id__lt=mark["i"]) if "i" in mark else Q()


def _after_urgent(mark: Mapping[str, Any]) -> Q:
    if "i" not in mark:
        return Q()
    return Q(urgency__lt=mark.get("u", 0)) | Q(urgency=mark.get("u", 0), id__gt=mark["i"])


def _write_mark(mark: Mapping[str, object]) -> str:
    return base64.urlsafe_b64encode(json.dumps(mark, separators=(",", ":")).encode()).decode().rstrip("=")


def _read_mark(after: str | None) -> dict[str, Any]:
    if not after:
        return {}
    try:
        raw = json.loads(base64.b64decode(after[:200] + "=" * (-len(after[:200]) % 4), altchars=b"-_", validate=True))
        return {"i": UUID(hex=raw["i"]), "u": int(raw.get("u", 0)) % 10, "f": int(raw.get("f", 0))}
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, binascii.Error):
        raise RuleViolation(
            "379/4.4",
            N_("Không mở được trang này của danh sách."),
            N_("Mở lại danh sách từ đầu."),
        ) from None

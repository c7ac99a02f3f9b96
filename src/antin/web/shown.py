"""Rows of the rooms as the components want them: one place, so that every page tells a document the same way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _

from antin.documents import lifecycle
from antin.documents import queries as documents
from antin.documents.facts import Direction, DocumentView, LegalEffect
from antin.exchange.queries import DeliveryRow
from antin.identity import queries as identity
from antin.ledger.queries import EntryRow
from antin.registry import queries as registry
from antin.rulebook import queries as rulebook
from antin.signing.verdict import Report
from antin.signing.verdict.report import Reason, SignatureFacts
from antin.values import Actor, Method, N_
from antin.web import formats, words

DELIVERY_STATES = ("sent", "arrived", "accepted", "forwarded", "in_process", "completed")
CHANNELS = {"party_network": N_("Mạng của Đảng"), "axis": N_("Trục liên thông"), "paper": N_("Giấy"), "official_mail": N_("Thư công vụ")}
EFFECT_LIGHT = {"valid": "ok", "invalid": "bad", "indeterminate": "ask", "changed": "changed"}
VERDICT_WORDS = {
    "valid": N_("Hợp lệ"),
    "invalid": N_("Không hợp lệ"),
    "indeterminate": N_("Chưa xác định"),
    "changed": N_("Đã bị sửa sau khi ký"),
}
TEXT_DETAILS = ("text", "words", "opinion", "note")
MAX_PAGE = 100_000


@dataclass(frozen=True, slots=True)
class Viewer:
    """The page in view: pictures are addressed, never embedded; `lines` is its text layer."""

    page: int
    pages: int
    image: str
    previous: str
    next: str
    lines: Sequence[Any]


def actor_of(request: HttpRequest) -> Actor:
    """The acting person; views behind the default-deny middleware always have one."""
    found: Actor = request.actor  # type: ignore[attr-defined]
    return found


def page_number(request: HttpRequest) -> int:
    asked = request.GET.get("trang", "1")
    return min(max(int(asked), 1), MAX_PAGE) if asked.isascii() and asked.isdigit() else 1


def viewer(request: HttpRequest, document: DocumentView, here: str) -> Viewer:
    """The asked page of a document (the last one when it has fewer)."""
    actor = actor_of(request)
    _pdf, rendition = documents.pdf(actor, document.id)
    page = min(page_number(request), max(rendition.pages, 1))
    return Viewer(
        page=page,
        pages=rendition.pages,
        image=f"/van-ban/{document.id}/trang/{page}.png?v={rendition.digest[:12]}",
        previous=f"{here}?trang={page - 1}#trang" if page > 1 else "",
        next=f"{here}?trang={page + 1}#trang" if page < rendition.pages else "",
        lines=documents.page_text(actor, document.id, page),
    )


def effect(found: LegalEffect) -> dict[str, Any]:
    """Arguments of the `verdict` component."""
    kind = {
        "original_sealed": "ok",
        "original_signed": "ok",
        "reference_only": "ref",
        "draft": "ref",
        "undecided": "ask",
    }.get(found.verdict, "bad")
    return {"kind": kind, "head": _(found.sentence), "text": _(found.why), "clauses": found.clauses}


def legal_effect(actor: Actor, document: DocumentView) -> dict[str, Any]:
    return effect(registry.legal_effect(actor, document.id))


def reason(found: Reason) -> str:
    """A sentence of a validation report in the language of the page."""
    return _(found.message).format(**found.facts)


def light(verdict: str) -> tuple[str, str]:
    """Kind and word of a status light for a verdict."""
    return EFFECT_LIGHT.get(verdict, "ask"), _(VERDICT_WORDS.get(verdict, VERDICT_WORDS["indeterminate"]))


def signature_cards(report: Report | None, document: DocumentView) -> list[dict[str, Any]]:
    """One card per signature of the report: who, in which capacity, when by the timestamp, how sure."""
    return [_card(one, document) for one in report.signatures] if report else []


def _card(one: SignatureFacts, document: DocumentView) -> dict[str, Any]:
    kind, word = light(one.verdict)
    capacity = one.capacity or (document.signing_capacity if one.role == "person" else _("Chữ ký số của cơ quan (con dấu)"))
    return {
        "role": one.role,
        "name": one.signer_name,
        "capacity": capacity,
        "at": one.signed_at,
        "kind": kind,
        "words": word,
        "pairs": certificate_facts(one),
    }


def certificate_facts(one: SignatureFacts) -> list[tuple[str, str]]:
    """What stands in the details of a signature."""
    status = {"good": _("đang có hiệu lực"), "revoked": _("đã bị thu hồi")}.get(one.status_at_signing, _("chưa rõ"))
    until = f"{formats.day(one.certificate_not_before)} – {formats.day(one.certificate_not_after)}"
    return [
        (_("Chứng thư"), one.certificate_serial),
        (_("Cấp bởi"), one.certificate_issuer),
        (_("Thời hạn chứng thư"), until),
        (_("Trạng thái khi ký"), status),
        (_("Mốc tin cậy"), one.anchor),
        (_("Dấu thời gian"), one.timestamp_authority),
        (_("Mức"), one.level),
        (_("Thuật toán"), one.algorithm),
    ]


def matrix_states() -> list[tuple[str, str]]:
    return [(state, words.delivery(state)) for state in DELIVERY_STATES]


def matrix_rows(rows: Iterable[DeliveryRow]) -> list[tuple[Any, ...]]:
    """Arguments of the `delivery_matrix` component."""
    return [_matrix_row(row) for row in rows]


def _matrix_row(row: DeliveryRow) -> tuple[Any, ...]:
    passed = {state: row.times[state] for state in DELIVERY_STATES if state in row.times}
    failure = ""
    if row.state not in DELIVERY_STATES:
        failure = ": ".join(part for part in (words.delivery(row.state), row.reason or row.last_error) if part)
    channel = _(CHANNELS.get(row.channel, row.channel))
    current = row.state if row.state in passed else ""
    return (row.recipient_name, channel, passed, current, failure, None)


def timeline(entries: Iterable[EntryRow]) -> list[tuple[Any, ...]]:
    """Arguments of the `timeline` component: who did what, proven how, with which words."""
    return [_moment(entry) for entry in entries]


def _moment(entry: EntryRow) -> tuple[Any, ...]:
    method = words.method(entry.method)
    proof = _("mục %(number)s trong nhật ký") % {"number": formats.number(entry.leaf_index)} if entry.leaf_index is not None else _("đang vào nhật ký")
    strong = _("Xác thực") + ": " + method if entry.method in set(Method) else method
    quote = entry.reason or next((str(entry.detail[key]) for key in TEXT_DETAILS if entry.detail.get(key)), "")
    sentence = words.act(entry.act)
    recipient = entry.detail.get("recipient") or entry.detail.get("recipient_name")
    if recipient:
        sentence = f"{sentence}: {recipient}"
    return (words.dot(entry.act, entry.office), entry.at, entry.actor_name, sentence, f"{strong} · {proof}", quote)


def may(actor: Actor, document: DocumentView, act: str) -> bool:
    """Would the table let this act begin now, in an office the actor holds there? The act itself asks again."""
    life = lifecycle.OUTGOING if document.direction is Direction.OUTGOING else lifecycle.INCOMING
    row = life.rows.get((document.state, act))
    return row is not None and any(actor.holds(office, document.owner_id) for office in row.offices)


def names(ids: Iterable[UUID | None]) -> dict[UUID, str]:
    return {person_id: person.name for person_id, person in identity.people(i for i in ids if i).items()}


def urgency_words(document: DocumentView) -> str:
    return rulebook.urgency_stamp(document.urgency)

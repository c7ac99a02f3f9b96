"""What the pages of one draft share: its route strip, its tabs, the page beside the acts, who may do what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from antin.documents import queries as documents
from antin.documents import rules as documents_rules
from antin.documents.facts import Direction, DocumentView, RouteStepView, RouteView, SeatView
from antin.documents.ports import TextLine
from antin.identity import queries as identity
from antin.ledger.queries import EntryRow
from antin.values import Actor, Office
from antin.web import formats, words
from antin.web.refusals import Refusal, attempt, no_such_page
from antin.web.shown import actor_of

DONE, NOW, LATER = "done", "now", "later"
AFTER_APPROVAL = ("approved", "signed", "sealed", "issued")
AFTER_SIGNATURE = ("signed", "sealed", "issued")
SENT_BACK = "documents.draft.sent_back"
HISTORY_READ = 30


def draft(actor: Actor, document_id: UUID) -> DocumentView:
    """An outgoing document that the actor may see; for others the answer is "not found" (379/4.4)."""
    view = documents.document(actor, document_id)
    if view.direction is not Direction.OUTGOING:
        raise no_such_page()
    return view


def may_write(actor: Actor, view: DocumentView) -> bool:
    """The drafter, while it is a draft."""
    return (
        view.state == "draft"
        and view.drafter_id in documents_rules.persons(actor)
        and actor.holds(Office.DRAFTER, view.owner_id)
    )


def change(actor: Actor, view: DocumentView) -> str:
    """What the draft does to an issued document, in words, "" for nothing: part of what is approved and signed."""
    fields = documents.fields(actor, view.id)
    if not fields.change or fields.changes_id is None:
        return ""
    earlier = documents.cards(actor, [fields.changes_id]).get(fields.changes_id)
    named = f"{earlier.reference_number} {words.title_of(earlier)}" if earlier else _("văn bản đồng chí không xem được")
    return f"{words.change(fields.change)}: {named}"


# --- route strip -----------------------------------------------------------------------------------------

Stage = dict[str, str]
Strip = list[Stage]


def strip(view: DocumentView, route: RouteView) -> Strip:
    """What `route_strip` shows: drafting, review steps, approval, form, signature."""
    going = view.state != "draft"
    drafter = identity.people([view.drafter_id]) if view.drafter_id else {}
    name = next((person.name for person in drafter.values()), "")
    kept = (ngettext("%(n)d phiên bản", "%(n)d phiên bản", view.revision) % {"n": view.revision}).replace(
        " ", formats.NBSP
    )
    stages = [_stage(DONE if going else NOW, _("Soạn"), name, f"{formats.day(view.created_at)}, {kept}")]
    if not going or not view.round:
        stages.append(_stage(LATER, _("Góp ý"), _("theo đường trình")))
    stages += [_review(step) for step in route.steps if going]
    return [*stages, *_decisions(view, route)]


def _stage(state: str, title: str, who: str, note: str = "") -> Stage:
    return {"state": state, "title": title, "who": who, "note": note}


def _review(step: RouteStepView) -> Stage:
    title = _("Ký nháy") if step.kind == "initial" else _("Góp ý")
    if step.quorum > 1 or len(step.seats) > 1:
        title = f"{title} {step.agreed}/{step.quorum}"
    waiting = [_seat(seat) for seat in step.seats if seat.waiting]
    names = waiting or [_seat(seat) for seat in step.seats if seat.done] or [seat.name for seat in step.seats]
    state = {"done": DONE, "now": NOW}.get(step.state, LATER)
    return _stage(state, title, ", ".join(names), _("cùng lúc, đang chờ") if len(waiting) > 1 else "")


def _seat(seat: SeatView) -> str:
    """The name on a seat; with whoever answers, or has answered, in the person's place."""
    other = seat.substitute if seat.waiting else seat.answered_by
    return _("%(other)s thay %(name)s") % {"other": other, "name": seat.name} if other else seat.name


def _decisions(view: DocumentView, route: RouteView) -> Strip:
    approving = view.state == "in_review" and view.route_complete
    approved, signed = view.state in AFTER_APPROVAL, view.state in AFTER_SIGNATURE
    checked = signed or (approved and view.form_checked)
    return [
        _stage(
            DONE if approved else NOW if approving else LATER,
            _("Phê duyệt"),
            route.approver_name,
            formats.when(view.approved_at) if approved else "",
        ),
        _stage(DONE if checked else NOW if approved else LATER, _("Thể thức"), _("Văn thư")),
        _stage(
            DONE if signed else NOW if checked else LATER, _("Ký, cấp số"), route.signatory_name, view.reference_number
        ),
    ]


def head(actor: Actor, view: DocumentView) -> dict[str, Any]:
    """What stands above every page of one draft."""
    route, given = documents.route(actor, view.id), documents.opinions(actor, view.id)
    return {"view": view, "route": route, "strip": strip(view, route), "opinions": given}


# --- tabs, page ------------------------------------------------------------------------------------------


def tabs(view: DocumentView, here: str, opinions: int) -> list[tuple[str, str, bool]]:
    """(words, address, whether this is the one) of the draft's parts."""
    base = f"/du-thao/{view.id}"
    parts = [
        ("", _("Nội dung"), base),
        ("gop-y", f"{_('Góp ý')} {opinions}" if opinions else _("Góp ý"), f"{base}/gop-y"),
        ("so-sanh", _("So sánh phiên bản"), f"{base}/so-sanh"),
        ("lich-su", _("Lịch sử"), f"{base}/lich-su"),
    ]
    return [(words, address, key == here) for key, words, address in parts if key != "so-sanh" or view.revision > 1]


@dataclass(frozen=True)
class Shown:
    """One page of the document as pictures: which of how many, its picture, its words, the ways to the others."""

    page: int = 1
    pages: int = 1
    src: str = ""
    lines: Sequence[TextLine] = ()
    previous: str = ""
    next: str = ""
    refused: Refusal | None = field(default=None)


def shown(request: HttpRequest, view: DocumentView, *, here: str = "", anchor: str = "trang") -> Shown:
    """The page that `?trang=` asks for, the first otherwise; why there is none, when it can't be laid out."""
    actor, here = actor_of(request), here or request.path
    laid, refused = attempt(lambda: documents.pdf(actor, view.id))
    if laid is None:
        return Shown(refused=refused)
    _pdf, rendition = laid
    page = number(request.GET.get("trang") or request.POST.get("trang"), 1, max(rendition.pages, 1))
    words, _refused = attempt(lambda: documents.page_text(actor, view.id, page))
    return Shown(
        page=page,
        pages=rendition.pages,
        src=f"/du-thao/{view.id}/trang?trang={page}&b={rendition.digest[:12]}",
        lines=words or (),
        previous=f"{here}?trang={page - 1}#{anchor}" if page > 1 else "",
        next=f"{here}?trang={page + 1}#{anchor}" if page < rendition.pages else "",
    )


def number(text: str | None, least: int, most: int) -> int:
    """A number from an address, brought between the two; the least for what is none."""
    bare = (text or "").strip()
    value = int(bare) if bare.isascii() and bare.isdigit() and len(bare) < 10 else least
    return max(least, min(value, most))


def sent_back(actor: Actor, view: DocumentView) -> EntryRow | None:
    """Why the draft lies here again, while it does."""
    if view.state != "draft" or not view.round:
        return None
    entries = documents.history(actor, view.id, limit=HISTORY_READ)
    return next((entry for entry in entries if entry.act == SENT_BACK), None)

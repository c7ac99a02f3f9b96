"""Drafting: my drafts, a new one, the editor with its live page, files, giving it up (379/17.1, 379/17.3)."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from antin.documents import acts, queries, rules
from antin.documents.facts import DocumentView
from antin.exchange import queries as exchange
from antin.identity import queries as identity
from antin.identity.queries import OrganisationView
from antin.regulation import Indeterminate, RuleViolation
from antin.regulation.errors import Violation
from antin.rulebook import queries as rulebook
from antin.rulebook.rules import secrecy_admissible
from antin.values import Actor, Office, Secrecy, Urgency, is_uuid
from antin.vault import queries as vault
from antin.web import formats, words
from antin.web.answers import done, page
from antin.web.refusals import LOCKED, NOT_FOUND, Refusal, attempt, refusal, status_of
from antin.web.shown import actor_of
from antin.web.spooled_upload import PIECE_BYTES, SpooledUpload
from antin.web.views import draft_faults, draft_page
from antin.web.views.draft_faults import Faults
from antin.web.views.draft_form import FILE_FIELD, PDF_FIELD, Typed

PREVIEW_DPI = 100
BASE = "/du-thao"
USUAL_TYPES = ("cong_van", "thong_bao", "bao_cao", "to_trinh", "ke_hoach", "quyet_dinh")
SHELVES = {
    "": {},
    "dang-soan": {"state": "draft"},
    "gop-y": {"state": "in_review"},
    "da-duyet": {"state": ("approved", "signed", "sealed", "issued")},
    "da-bo": {"state": "abandoned"},
}


# --- list --------------------------------------------------------------------------------------------------


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """What I draft, newest first, each with whom it waits for."""
    actor = actor_of(request)
    shelf = request.GET.get("loc", "")
    shelf = shelf if shelf in SHELVES else ""
    box = "drafts" if shelf in ("", "dang-soan", "gop-y") else "mine"
    filters = {**SHELVES[shelf], "drafter_id": actor.person_id if box == "mine" else None}
    found = queries.listing(actor, box=box, after=request.GET.get("sau"), **filters)
    waiting = queries.waiting(actor, [row.id for row in found.rows if row.state == "in_review"])
    names = identity.people({p for row in found.rows for p in (row.approver_id, row.signatory_id) if p})
    holders = {row.id: _holder(row, waiting.get(row.id, ()), names) for row in found.rows}
    more = f"{BASE}?loc={shelf}&sau={found.next}" if found.next else ""
    context = {"rows": found.rows, "holders": holders, "shelf": shelf, "more": more, "may_draft": _bodies(actor)}
    return page(request, "drafts/mine.html", context)


def _holder(row: DocumentView, waiting: tuple[str, ...], names: dict[UUID, Any]) -> str:
    """Where the draft lies now, in words."""
    if row.state == "draft":
        return _("Đồng chí đang soạn")
    if row.state == "in_review":
        return ", ".join(waiting) or _name(names, row.approver_id)
    if row.state == "approved":
        return _name(names, row.signatory_id) if row.form_checked else _("Văn thư, kiểm tra thể thức")
    return {"signed": _("Văn thư, đóng dấu"), "sealed": _("Văn thư, phát hành")}.get(row.state, "")


def _name(names: dict[UUID, Any], person: UUID | None) -> str:
    return str(names[person].name) if person in names else ""


# --- a new draft -------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """The empty form; a POST saves the first revision and leads to its editor."""
    actor = actor_of(request)
    owner = _owner(actor, request.POST.get("organisation_id") or request.GET.get("co-quan", ""))
    if request.method != "POST":
        return _form(request, None, owner, _first(request, actor, owner), Faults())
    typed = Typed.sent(request.POST)
    if request.POST.get("sua"):
        return _mended(request, None, owner, typed)
    try:
        made = acts.create_draft(actor=actor, organisation_id=owner.id, fields=typed.fields(), pdf=_pdf(request))
    except (RuleViolation, Indeterminate) as violation:
        return _refused(request, None, owner, typed, violation)
    return done(request, f"{BASE}/{made}", _("Đã lưu phiên bản 1."))


def _first(request: HttpRequest, actor: Actor, owner: OrganisationView) -> Typed:
    """What stands in the empty form; beside an issued document that is to be changed, its recipients and its signer."""
    usual = next((code for code in _usual(_types(actor, owner))), "")
    typed = Typed(organisation_id=str(owner.id), type_code=usual, addressees=draft_faults.keep_line(owner))
    kind, asked = request.GET.get("thay-doi", ""), request.GET.get("van-ban", "")
    if kind not in words.CHANGES or not is_uuid(asked):
        return typed
    earlier = queries.fields(actor, UUID(asked))
    return replace(
        Typed.kept(earlier, 0, owner.id),
        body="",
        abstract="",
        urgent_at="",
        due_on="",
        expected_revision="",
        change=kind,
        changes_id=asked,
    )


def _changed(actor: Actor, typed: Typed) -> DocumentView | None:
    """The issued document that the draft is to change, as far as the actor may see it."""
    if not is_uuid(typed.changes_id):
        return None
    return queries.cards(actor, [UUID(typed.changes_id)]).get(UUID(typed.changes_id))


def _bodies(actor: Actor) -> list[OrganisationView]:
    """The organisations that the actor drafts for."""
    return [identity.organisation(one) for one in sorted(actor.organisations(Office.DRAFTER))]


def _owner(actor: Actor, asked: str) -> OrganisationView:
    """The body asked for, else the actor's own, else the first; RuleViolation when there is none (379/14.p1)."""
    bodies = _bodies(actor)
    chosen = [one for one in bodies if str(one.id) == asked] or [
        one for one in bodies if one.id == actor.organisation_id
    ]
    if not (chosen or bodies):
        rules.may_draft_type(actor, actor.organisation_id or UUID(int=0), "")
    return (chosen or bodies)[0]


# --- the editor --------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """The drafter's editor; who only reads is led to the opinions' page. A POST saves a revision."""
    actor = actor_of(request)
    view = draft_page.draft(actor, document_id)
    if request.method == "POST":
        return _save(request, view)
    if not draft_page.may_write(actor, view):
        return done(request, f"{BASE}/{view.id}/gop-y")
    owner = identity.organisation(view.owner_id)
    typed = Typed.kept(queries.fields(actor, view.id), view.revision, view.owner_id)
    return _form(request, view, owner, typed, _faults(actor, view, owner, typed))


def _save(request: HttpRequest, view: DocumentView) -> HttpResponse:
    actor, typed = actor_of(request), Typed.sent(request.POST)
    owner = identity.organisation(view.owner_id)
    if request.POST.get("sua"):
        return _mended(request, view, owner, typed)
    try:
        revision = acts.revise_draft(
            actor=actor,
            document_id=view.id,
            fields=typed.fields(),
            reason=typed.reason,
            pdf=_pdf(request),
            expected_revision=typed.seen_revision,
        )
    except (RuleViolation, Indeterminate) as violation:
        return _refused(request, view, owner, typed, violation)
    to = f"{BASE}/{view.id}/trinh" if request.POST.get("tiep") == "trinh" else f"{BASE}/{view.id}"
    same = revision == view.revision
    said = _("Không có gì thay đổi.") if same else _("Đã lưu phiên bản %(n)d.") % {"n": revision}
    return done(request, to, "" if same and to.endswith("trinh") else said)


def _pdf(request: HttpRequest) -> bytes | None:
    """The uploaded PDF; b"" when it is to be dropped, None when nothing was said."""
    sent = request.FILES.get(PDF_FIELD)
    if sent is not None:
        return b"".join(sent.chunks())
    return b"" if request.POST.get("bo_pdf") else None


def _refused(
    request: HttpRequest, view: DocumentView | None, owner: OrganisationView, typed: Typed, violation: Violation
) -> HttpResponse:
    """The form again with everything typed; the fault stands at its field, or on top when it has none."""
    status = status_of(violation)
    if status in (NOT_FOUND, LOCKED):
        raise violation
    fault, conflict = draft_faults.refused_field(violation), None
    said = refusal(violation)
    if view is not None and "expected" in violation.facts:
        conflict = _Conflict(typed.seen_revision, view.revision)
        typed = replace(typed, expected_revision=str(view.revision))
    return _form(
        request, view, owner, typed, Faults((fault,) if fault else ()), refused=said, conflict=conflict, status=status
    )


@dataclass(frozen=True, slots=True)
class _Conflict:
    """Somebody saved in between: the revision the form was filled from, and the one that stands now."""

    seen: int
    current: int


def _mended(request: HttpRequest, view: DocumentView | None, owner: OrganisationView, typed: Typed) -> HttpResponse:
    """The form with one repair made in it; nothing is saved."""
    mended, what = draft_faults.repaired(typed, owner, request.POST["sua"])
    faults = _faults(actor_of(request), view, owner, mended)
    return _form(request, view, owner, mended, faults, mended=what)


def _faults(actor: Actor, view: DocumentView | None, owner: OrganisationView, typed: Typed) -> Faults:
    drafter = view.drafter_id if view else actor.person_id
    return draft_faults.of_draft(typed, owner, actor=actor, drafter_id=drafter, has_pdf=_has_pdf(actor, view))


def _has_pdf(actor: Actor, view: DocumentView | None) -> bool:
    return view is not None and queries.revisions(actor, view.id)[0].has_pdf


def _form(
    request: HttpRequest,
    view: DocumentView | None,
    owner: OrganisationView,
    typed: Typed,
    faults: Faults,
    *,
    refused: Refusal | None = None,
    conflict: _Conflict | None = None,
    mended: str = "",
    status: int = 200,
) -> HttpResponse:
    actor = actor_of(request)
    context: dict[str, Any] = {
        "view": view,
        "owner": owner,
        "typed": typed,
        "faults": faults,
        "refused": refused,
        "conflict": conflict,
        "mended": mended,
        "action": f"{BASE}/{view.id}" if view else f"{BASE}/moi",
        "choices": _choices(actor, owner, typed),
        "changed": _changed(actor, typed),
        "has_pdf": _has_pdf(actor, view),
        "shown": draft_page.shown(request, view, here=f"{BASE}/{view.id}") if view else None,
        "needs_reason": bool(view and view.round),
    }
    if view is None:
        return page(request, "drafts/new.html", context, status=status)
    route, opinions = queries.route(actor, view.id), queries.opinions(actor, view.id)
    context |= {
        "strip": draft_page.strip(view, route),
        "tabs": draft_page.tabs(view, "", len(opinions)),
        "opinions": opinions,
        "attachments": queries.attachments(actor, view.id),
        "sent_back": draft_page.sent_back(actor, view),
    }
    return page(request, "drafts/edit.html", context, status=status)


# --- choices of the form -----------------------------------------------------------------------------------


def _choices(actor: Actor, owner: OrganisationView, typed: Typed) -> dict[str, Any]:
    kinds = _types(actor, owner)
    return {
        "bodies": [(str(one.id), one.name) for one in _bodies(actor)],
        "types": _grouped(kinds),
        "urgencies": [(level.value, rulebook.urgency_label(level, _language())) for level in Urgency],
        "secrecies": _secrecies(),
        "signatories": _signatories(owner),
        "approvers": [
            (str(one.id), f"{one.name}, {one.position}")
            for one in identity.people_with(Office.APPROVER, owner.id)
            if one.id != actor.person_id
        ],
        "recipients": _recipients(actor, owner, typed.recipients),
    }


def _types(actor: Actor, owner: OrganisationView) -> list[Any]:
    """The types of the day that the actor's mandate covers (217/11.4, 379/14.p1)."""
    drafting = [m for m in actor.mandates if m.office is Office.DRAFTER and m.organisation_id == owner.id]
    return [
        one
        for one in (*rulebook.document_types(rulebook.today()), *rulebook.bilateral_types(rulebook.today()))
        if any(not m.document_types or one.code in m.document_types for m in drafting)
    ]


def _usual(kinds: list[Any]) -> list[str]:
    """Codes of the usual types that are open to the drafter, else of all that are."""
    open_now = [one.code for one in kinds]
    return [code for code in USUAL_TYPES if code in open_now] or open_now


def _grouped(kinds: list[Any]) -> list[tuple[str, list[tuple[str, str]]]]:
    """(group, choices) for the select: the usual ones first, so that a letter is never looked for under the rest."""
    usual = [code for code in USUAL_TYPES if any(one.code == code for one in kinds)]
    by_code = {one.code: one for one in kinds}
    rest = [one for one in kinds if one.code not in usual]
    groups = (
        (_("Hay dùng"), [by_code[code] for code in usual]),
        (_("Thể loại khác"), [one for one in rest if one.family not in ("paper", "bilateral")]),
        (_("Thoả thuận giữa các bên"), [one for one in rest if one.family == "bilateral"]),
        (_("Giấy tờ"), [one for one in rest if one.family == "paper"]),
    )
    return [(name, [(one.code, words.type_choice(one)) for one in found]) for name, found in groups if found]


def _cipher() -> bool:
    return vault.cipher_product() is not None


def _language() -> str:
    return get_language() or "vi"


def _secrecies() -> list[tuple[str, str, Refusal | None]]:
    """(level, words, why it may not enter this system or None) (217/5.1)."""
    return [
        (
            level.value,
            rulebook.secrecy_label(level, _language()),
            attempt(lambda level=level: secrecy_admissible(level, cipher_installed=_cipher()))[1],  # type: ignore[misc]
        )
        for level in Secrecy
    ]


@dataclass(frozen=True, slots=True)
class _Signatory:
    id: str
    words: str
    capacity: str
    position: str


def _signatories(owner: OrganisationView) -> list[_Signatory]:
    """Who may sign for the body, with the capacity and position that the mandate names."""
    found = []
    for person in identity.people_with(Office.SIGNATORY, owner.id):
        held = (
            m for m in identity.mandates(person.id) if m.office is Office.SIGNATORY and m.organisation_id == owner.id
        )
        mandate = next(held, None)
        capacity = mandate.capacity if mandate else ""
        position = (mandate.position if mandate and mandate.position else person.position).upper()
        words = f"{person.name}, {person.position}" + (f" ({capacity})" if capacity else "")
        found.append(_Signatory(str(person.id), words, capacity, position))
    return [*found, *_lent_signatories(owner)]


def _lent_signatories(owner: OrganisationView) -> list[_Signatory]:
    """Who signs for the body by delegation now: in their own name, with the capacity that it gives (379/13.2)."""
    rows = identity.lent_holders(Office.SIGNATORY, owner.id)
    people = identity.people(row.delegate_id for row in rows)
    return [
        _Signatory(
            str(row.delegate_id),
            _("%(name)s (%(capacity)s, uỷ quyền đến %(day)s)")
            % {"name": row.delegate_name, "capacity": row.capacity, "day": formats.day(row.valid_to)},
            row.capacity,
            people[row.delegate_id].position.upper(),
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class _Recipient:
    code: str
    name: str
    is_chosen: bool
    reachable: bool = True
    known: bool = True


def _recipients(actor: Actor, owner: OrganisationView, chosen: Iterable[str]) -> list[tuple[str, list[_Recipient]]]:
    """The directory by group, our own body left out; chosen codes that it doesn't know come first, marked."""
    picked = list(chosen)
    own = set(owner.codes.values())
    groups: dict[str, list[_Recipient]] = {}
    known: set[str] = set()
    for row in exchange.directory(actor):
        known.add(row.code)
        if row.code not in own:
            entry = _Recipient(row.code, row.name, row.code in picked, row.reachable)
            groups.setdefault(row.group or row.installation or words.channel(row.channel), []).append(entry)
    strange = [_Recipient(code, code, True, known=False) for code in picked if code not in known]
    return ([(_("Không có trong danh bạ"), strange)] if strange else []) + list(groups.items())


# --- the page ----------------------------------------------------------------------------------------------


@require_safe
def picture(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """One page as PNG; `?ban=` asks for an earlier revision. Never kept by the browser."""
    actor = actor_of(request)
    number = draft_page.number(request.GET.get("trang"), 1, 10_000)
    dpi = draft_page.number(request.GET.get("dpi"), 40, 220) if "dpi" in request.GET else 110
    if "ban" in request.GET:
        revision = draft_page.number(request.GET["ban"], 1, 1_000_000)
        data = queries.revision_image(actor, document_id, revision, number, dpi)
    else:
        data = queries.page_image(actor, document_id, number, dpi)
    return HttpResponse(data, content_type="image/png", headers={"Content-Disposition": "inline"})


@require_POST
def preview(request: HttpRequest, document_id: UUID | None = None) -> HttpResponse:
    """The page of what is typed now, laid out without saving, and its faults; parts for htmx."""
    actor = actor_of(request)
    view = draft_page.draft(actor, document_id) if document_id else None
    owner = identity.organisation(view.owner_id) if view else _owner(actor, request.POST.get("organisation_id", ""))
    typed = Typed.sent(request.POST)
    faults = _faults(actor, view, owner, typed)
    wanted = draft_page.number(request.POST.get("trang"), 1, 10_000)
    laid, refused = attempt(
        lambda: queries.preview(actor, owner.id, rules.check_fields(typed.fields()), page=wanted, dpi=PREVIEW_DPI)
    )
    live = None
    if laid is not None:
        src = "data:image/png;base64," + base64.b64encode(laid.png).decode()
        live = draft_page.Shown(page=laid.page, pages=laid.pages, src=src)
    context = {
        "view": view,
        "typed": typed,
        "faults": faults,
        "refused": refused,
        "live": live,
        "fault_fields": draft_faults.FIELDS,
        "preview_address": request.path,
    }
    return page(request, "drafts/preview.html", context)


# --- files, the end ----------------------------------------------------------------------------------------


@csrf_exempt  # only until the upload has its bounds: the token stands in the same body, and `_attached` asks for it
@require_POST
def attach(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """One file more, as a new revision; large ones pass piece by piece."""
    request.upload_handlers = [SpooledUpload(request, rules.ATTACHMENT_LIMIT_BYTES)]
    return _attached(request, document_id)


@csrf_protect
def _attached(request: HttpRequest, document_id: UUID) -> HttpResponse:
    sent = request.FILES.get(FILE_FIELD)
    view = draft_page.draft(actor_of(request), document_id)
    name, kind = (sent.name or "", sent.content_type or "application/octet-stream") if sent else ("", "")
    size, data = (sent.size or 0, sent.chunks(PIECE_BYTES)) if sent else (0, b"")
    acts.attach(actor=actor_of(request), document_id=view.id, name=name, media_type=kind, size=size, data=data)
    return done(request, f"{BASE}/{view.id}#tep", _("Đã đính kèm %(name)s.") % {"name": name})


@require_POST
def detach(request: HttpRequest, document_id: UUID, attachment_id: UUID) -> HttpResponse:
    """One file less, as a new revision; the older ones keep it."""
    acts.detach(actor=actor_of(request), document_id=document_id, attachment_id=attachment_id)
    return done(request, f"{BASE}/{document_id}#tep", _("Đã bỏ tệp gửi kèm."))


@require_http_methods(["GET", "HEAD", "POST"])
def abandon(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """Gives the draft up, with a reason; its revisions are kept."""
    actor = actor_of(request)
    view = draft_page.draft(actor, document_id)
    reason, refused = request.POST.get("reason", ""), None
    if request.method == "POST":
        _result, refused = attempt(lambda: acts.abandon(actor=actor, document_id=view.id, reason=reason))
        if refused is None:
            return done(request, BASE, _("Đã bỏ dự thảo; các phiên bản vẫn được giữ."))
    context = {"view": view, "reason": reason, "refused": refused, "back": f"{BASE}/{view.id}"}
    return page(request, "drafts/abandon.html", context, status=refused.status if refused else 200)

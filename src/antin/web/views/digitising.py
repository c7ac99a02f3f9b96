"""Paper becomes electronic, by the pages: scanned, described beside its picture, compared, sealed by another person (379/15)."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from antin.conversion import acts, queries
from antin.conversion.rules.digitising import DPI_LEAST, PaperFields
from antin.conversion.views import ScanView
from antin.documents import queries as documents
from antin.identity import queries as identity
from antin.rulebook import queries as rulebook
from antin.values import N_, Actor, Office, is_uuid, to_vietnam
from antin.web import shown, step_up
from antin.web.answers import done, page
from antin.web.refusals import Refusal, attempt
from antin.web.shown import Viewer, actor_of, page_number
from antin.web.views import document as document_page

HERE = "/so-hoa"
READ = ["GET", "HEAD", "POST"]
BACK_REASONS = (N_("Trang mờ hoặc lệch."), N_("Thiếu trang."), N_("Dữ liệu nhập chưa đúng bản giấy."))
DROP_REASONS = (N_("Quét nhầm văn bản."), N_("Đã có bản điện tử."))
CONVERTERS = (Office.CONVERTER, Office.CLERK)


@require_safe
def scans(request: HttpRequest) -> HttpResponse:
    """What is on its way, and what was made."""
    actor = actor_of(request)
    return page(request, "digitising/scans.html", {"scans": queries.scans(actor), "may_scan": bool(_bodies(actor))})


@require_http_methods(READ)
def new(request: HttpRequest) -> HttpResponse:
    """A scan is taken in; with `lai` it takes the place of one that was not good."""
    actor, refused = actor_of(request), None
    again = request.GET.get("lai", "")
    if request.method == "POST":
        made, refused = attempt(lambda: _capture(request, actor))
        if made is not None:
            return done(request, f"{HERE}/{made.id}", _("Đã nhận bản quét. Nhập dữ liệu đọc từ bản giấy."))
    context = {
        "bodies": _bodies(actor),
        "again": queries.scan(actor, UUID(again)) if is_uuid(again) else None,
        "least": DPI_LEAST,
        "refused": refused,
        "typed": request.POST if refused else {},
    }
    return page(request, "digitising/new.html", context, status=refused.status if refused else 200)


def _capture(request: HttpRequest, actor: Actor) -> ScanView:
    given: UploadedFile | None = request.FILES.get("file")
    data = given.read() if given is not None else b""
    again, body = request.POST.get("again", ""), request.POST.get("body", "")
    earlier = queries.scan(actor, UUID(again)) if is_uuid(again) else None
    owner = earlier.organisation_id if earlier else UUID(body) if is_uuid(body) else UUID(int=0)
    return acts.capture_pages(
        actor=actor,
        organisation_id=owner,
        data=data,
        device=request.POST.get("device", ""),
        scan_id=earlier.id if earlier else None,
    )


def _bodies(actor: Actor) -> list[tuple[UUID, str]]:
    return [(one, identity.organisation(one).name) for one in sorted(actor.organisations(*CONVERTERS), key=str)]


@require_http_methods(READ)
def one(request: HttpRequest, scan_id: UUID) -> HttpResponse:
    """The step that is open: fields, the comparison page by page, or the seal."""
    actor = actor_of(request)
    scan = queries.scan(actor, scan_id)
    if request.method != "POST":
        return _page(request, scan)
    what = request.POST.get("do", "")
    if scan.state == AFTER.get(what):
        return done(request, f"{HERE}/{scan.id}", _(SAID[what]))  # a second click or a reload
    refused = step_up.answered(request) if what in CONFIRMED else None
    if refused is None:
        _result, refused = attempt(lambda: _do(request, actor, scan, what))
    if refused is None:
        return done(request, f"{HERE}/{scan.id}", _(SAID.get(what, "")))
    return _page(request, queries.scan(actor, scan_id), refused)


CONFIRMED = ("whole", "certify")
AFTER = {"whole": "confirmed", "certify": "certified", "drop": "dropped"}
SAID = {
    "describe": N_("Đã ghi dữ liệu. Đối chiếu từng trang với bản giấy."),
    "whole": N_("Đã xác nhận đủ trang, chờ người giữ con dấu ký số."),
    "certify": N_("Đã ký số của cơ quan. Văn bản chờ văn thư kiểm tra, vào sổ đến."),
    "back": N_("Đã trả lại người số hoá."),
    "drop": N_("Đã bỏ bản quét."),
}


def _do(request: HttpRequest, actor: Actor, scan: ScanView, what: str) -> object:
    post = request.POST
    if what == "describe":
        return acts.confirm_fields(actor=actor, scan_id=scan.id, fields=_fields(request))
    if what == "whole":
        seen = {int(one) for one in post.getlist("seen") if one.isascii() and one.isdigit()}
        return acts.confirm_completeness(actor=actor, scan_id=scan.id, seen=seen)
    if what == "certify":
        return acts.certify_digitised(actor=actor, scan_id=scan.id, with_code=bool(post.get("with_code")))
    if what == "back":
        return acts.send_back_scan(actor=actor, scan_id=scan.id, reason=post.get("reason", ""))
    return acts.drop_scan(actor=actor, scan_id=scan.id, reason=post.get("reason", ""))


def _fields(request: HttpRequest) -> PaperFields:
    post = request.POST
    words = {name: post.get(name, "") for name in ("type_code", "abstract", "number_text", "notation", "issuing_name")}
    return PaperFields(
        **words,
        issued_on=_day(post.get("issued_on", "")),
        issued_here=bool(post.get("issued_here")),
        signer_name=post.get("signer_name", ""),
        kept_at=post.get("kept_at", ""),
    )


def _page(request: HttpRequest, scan: ScanView, refused: Refusal | None = None) -> HttpResponse:
    actor = actor_of(request)
    converts = any(actor.holds(office, scan.organisation_id) for office in CONVERTERS)
    seals = actor.holds(Office.SEAL_KEEPER, scan.organisation_id) and scan.state == "confirmed"
    asked = "confirm_completeness" if converts and scan.state == "described" else "certify_digitised" if seals else ""
    shows = scan.state in ("captured", "described", "confirmed")
    context: dict[str, Any] = {
        "scan": scan,
        "here": f"{HERE}/{scan.id}",
        "owner": identity.organisation(scan.organisation_id),
        "people": shown.names((scan.captured_by, scan.confirmed_by)),
        "converts": converts,
        "seals": seals,
        "asked": step_up.ask(request, asked, scan.digest) if asked else None,
        "types": [(kind.code, kind.name) for kind in rulebook.document_types(to_vietnam(timezone.now()).date())],
        "viewer": Viewer(
            page=min(page_number(request), scan.pages),
            pages=scan.pages,
            image=lambda number: f"{HERE}/{scan.id}/trang/{number}.png?v={scan.digest[:12]}",
            lines=(),
        )
        if shows
        else None,
        "back_reasons": [_(words) for words in BACK_REASONS],
        "drop_reasons": [_(words) for words in DROP_REASONS],
        "refused": refused,
        "typed": request.POST if refused else {},
    }
    return page(request, "digitising/one.html", context, status=refused.status if refused else 200)


@require_safe
def picture(request: HttpRequest, scan_id: UUID, number: int) -> HttpResponse:
    answer = HttpResponse(queries.scan_page(actor_of(request), scan_id, number), content_type="image/png")
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@require_http_methods(READ)
def paper(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """The paper behind a document; the clerk says that it is void, by its issuer's decision (379/19.6)."""
    actor = actor_of(request)
    view = documents.document(actor, document_id)
    found, refused = queries.paper_of(actor, document_id), None
    mine = found is not None and found.state == "in_force" and actor.holds(Office.CLERK, view.owner_id)
    if request.method == "POST" and found is not None and found.state == "void":
        return done(request, f"/van-ban/{view.id}", _("Bản giấy đã bị huỷ hiệu lực, văn bản số hoá cũng vậy."))
    if request.method == "POST":
        refused = step_up.answered(request)
        if refused is None:
            basis, reason = request.POST.get("basis", ""), request.POST.get("reason", "")
            _result, refused = attempt(
                lambda: acts.invalidate_paper_original(actor=actor, document_id=view.id, basis=basis, reason=reason)
            )
        if refused is None:
            return done(request, f"/van-ban/{view.id}", _("Bản giấy đã bị huỷ hiệu lực, văn bản số hoá cũng vậy."))
    digest = documents.final_digest(actor, view.id) if mine else ""
    context = {
        **document_page.head(request, actor, view),
        "paper": found,
        "mine": mine,
        "digest": digest,
        "asked": step_up.ask(request, "invalidate_paper_original", digest) if mine else None,
        "refused": refused,
        "typed": request.POST if refused else {},
    }
    status = refused.status if refused else 200 if found else 422
    return page(request, "digitising/paper.html", context, status=status)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


__all__ = ["new", "one", "paper", "picture", "scans"]

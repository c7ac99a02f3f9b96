"""Archival packages: those of a case file, one on its way to its recipient, and a check of a package from elsewhere (379/23.2.c)."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from antin.archive import acts, queries
from antin.archive.lifecycle import PACKAGE
from antin.archive.packages import rules
from antin.archive.packages.checking import check as check_package
from antin.archive.packages.codes import AIP, DIP
from antin.archive.packages.report import ERROR, WARNING, PackageReport, PackageVerdict
from antin.archive.packages.rules import Recipient
from antin.archive.packages.sandboxed import new_pool, read_in
from antin.archive.views import PackageView
from antin.ledger import acts as ledger
from antin.ledger import queries as history
from antin.values import N_, Actor, Office, is_uuid
from antin.web import step_up, words
from antin.web.answers import done, page
from antin.web.refusals import Refusal, attempt
from antin.web.shown import actor_of
from antin.web.spooled_upload import SpooledUpload

SHELF, BASE = "/luu-tru", "/luu-tru/goi"
READ = ["GET", "HEAD", "POST"]
HAND_OUT, RECEIPT = "transfer_package(hand_out)", "transfer_package(receipt)"
STATES = {"built": N_("đã lập gói"), "handed_out": N_("đã giao gói"), "received": N_("bên nhận đã ký nhận")}
KINDS = {AIP: N_("Gói lưu trữ (AIP), giao cho kho lưu trữ khác"), DIP: N_("Gói sử dụng (DIP), cho người khai thác")}
CHECKED_MOST = 512 * 1024 * 1024
AT_ONCE = 2
_places = threading.BoundedSemaphore(AT_ONCE)
VERDICTS = {
    PackageVerdict.GOOD: ("ok", N_("Gói đầy đủ, nguyên vẹn, đúng mẫu")),
    PackageVerdict.BAD: ("bad", N_("Gói không đạt")),
    PackageVerdict.UNDECIDED: ("ask", N_("Chưa kết luận được")),
}
MARKS = {ERROR: ("bad", "bad"), WARNING: ("ref", "qq")}
UNDECIDED_MARK = ("ask", "warn")


@require_http_methods(READ)
def of_case(request: HttpRequest, case_file_id: UUID) -> HttpResponse:
    """The packages of an archived case file; a POST builds one more."""
    actor, refused = actor_of(request), None
    case = queries.case_in_archive(actor, case_file_id)
    if request.method == "POST":
        kind, purpose = request.POST.get("kind", ""), request.POST.get("purpose", "")
        made, refused = attempt(
            lambda: acts.build_package(actor=actor, case_file_id=case_file_id, kind=kind, purpose=purpose)
        )
        if refused is None:
            return done(request, f"{BASE}/{made}", _("Đã lập gói; gói đã qua kiểm tra."))
    context = {
        "case": case,
        "packages": [(one, _(STATES[one.state])) for one in queries.packages(actor, case_file_id)],
        "may_build": actor.holds(Office.ARCHIVIST, case.organisation_id),
        "kinds": [(kind, _(text)) for kind, text in KINDS.items()],
        "refused": refused,
        "typed": request.POST if refused else {},
    }
    return page(request, "archive/case_packages.html", context, status=refused.status if refused else 200)


@require_http_methods(READ)
def one(request: HttpRequest, package_id: UUID) -> HttpResponse:
    """One package and its way; a POST hands it out, by a code bound to its digest."""
    actor, refused = actor_of(request), None
    view = queries.package(actor, package_id)
    if request.method == "POST":
        refused = step_up.answered(request) or _handed_out(request, actor, view)
        if refused is None:
            return done(request, f"{BASE}/{view.id}", _("Đã ghi việc giao. Tải gói và biên bản ở trang này."))
        view = queries.package(actor, package_id)
    return _one(request, actor, view, refused)


def _one(request: HttpRequest, actor: Actor, view: PackageView, refused: Refusal | None) -> HttpResponse:
    keeps = actor.holds(Office.ARCHIVIST, view.organisation_id) and not view.is_destroyed
    steps = PACKAGE.acts(view.state) if keeps else ()
    context = {
        "it": view,
        "state": _(STATES[view.state]),
        "kind": _(KINDS[view.kind]),
        "keeps": keeps,
        "hands_out": HAND_OUT in steps,
        "takes_receipt": RECEIPT in steps,
        "readers": [(str(one.id), one.name) for one in queries.readers(view)] if view.kind == DIP else [],
        "asked": step_up.ask(request, "transfer_package", view.digest) if HAND_OUT in steps else None,
        "history": history.history(view.id),
        "refused": refused,
        "typed": request.POST if refused else {},
    }
    return page(request, "archive/package.html", context, status=refused.status if refused else 200)


def _handed_out(request: HttpRequest, actor: Actor, view: PackageView) -> Refusal | None:
    post = request.POST
    reader = post.get("reader", "")
    to = Recipient(post.get("name", ""), post.get("body_code", ""), UUID(reader) if is_uuid(reader) else None)
    _none, refused = attempt(
        lambda: acts.hand_out_package(
            actor=actor, package_id=view.id, digest=post.get("digest", ""), to=to, basis=post.get("basis", "")
        )
    )
    return refused


@require_POST
def receipt(request: HttpRequest, package_id: UUID) -> HttpResponse:
    """The record of the hand-over that the other side signed."""
    actor, sent = actor_of(request), request.FILES.get("file")
    data = sent.read(rules.RECEIPT_MOST + 1) if sent is not None else b""
    _none, refused = attempt(lambda: acts.keep_receipt(actor=actor, package_id=package_id, pdf=data))
    if refused is None:
        return done(request, f"{BASE}/{package_id}", _("Đã giữ biên nhận; chữ ký và mã băm đều đúng."))
    return _one(request, actor, queries.package(actor, package_id), refused)


@require_safe
def file(request: HttpRequest, package_id: UUID) -> HttpResponseBase:
    """What leaves; the taking stands in the ledger (379/23.2.đ)."""
    actor = actor_of(request)
    found = queries.package_file(actor, package_id)
    ledger.note_reading(actor=actor, object_kind="package", object_id=package_id, purpose="download")
    answer = _saved(found.pieces, found.name, "application/zip")
    answer.headers["Content-Length"] = str(found.size)
    return answer


@require_safe
def record(request: HttpRequest, package_id: UUID) -> HttpResponseBase:
    """The record of the hand-over, to be signed by both sides."""
    return _saved([queries.hand_over_record(actor_of(request), package_id)], "bien-ban-giao-nhan.pdf")


@require_safe
def signed_record(request: HttpRequest, package_id: UUID) -> HttpResponseBase:
    return _saved(queries.receipt_file(actor_of(request), package_id), "bien-nhan.pdf")


def _saved(pieces: Iterable[bytes], name: str, media_type: str = "application/pdf") -> StreamingHttpResponse:
    """Always saved, never opened in our pages."""
    answer = StreamingHttpResponse(pieces, content_type=media_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer


@csrf_exempt  # only until the upload has its bounds: the token stands in the same body, and `_checked` asks for it
@require_http_methods(READ)
def check(request: HttpRequest) -> HttpResponse:
    """A package of whomever: whole, unchanged, in the form? Nothing of it is kept."""
    if request.method != "POST":
        return _check_page(request)
    if not _places.acquire(blocking=False):
        return _check_page(request, fault=_("Hệ thống đang kiểm tra gói khác. Thử lại sau ít phút."), status=503)
    try:
        request.upload_handlers = [SpooledUpload(request, CHECKED_MOST)]
        return _checked(request)
    finally:
        _places.release()


@csrf_protect
def _checked(request: HttpRequest) -> HttpResponse:
    sent = request.FILES.get("file")
    if sent is None or not sent.size:
        return _check_page(request, fault=_("Chọn tệp gói cần kiểm tra."), status=400)
    if sent.size > CHECKED_MOST:
        fault = _("Gói nặng quá %(limit)s MB. Dùng lệnh antin package check trên máy.") % {"limit": CHECKED_MOST >> 20}
        return _check_page(request, fault=fault, status=413)
    pool = new_pool()
    try:
        report = check_package(sent.file, read_in(pool, "package"))
    finally:
        pool.close()
    return _check_page(request, report=report, name=str(sent.name or "")[:120])


def _check_page(
    request: HttpRequest, *, report: PackageReport | None = None, name: str = "", fault: str = "", status: int = 200
) -> HttpResponse:
    context = {"report": report, "name": name, "fault": fault, "limit": CHECKED_MOST >> 20}
    if report is not None:
        kind, title = VERDICTS[report.verdict]
        lines = [(*MARKS.get(f.weight, UNDECIDED_MARK), words.told(f.message, f.facts)) for f in report.findings]
        context |= {"verdict_kind": kind, "verdict_title": _(title), "lines": lines}
    return page(request, "archive/check_package.html", context, status=status)

"""`/k`: whoever holds a printed copy, or a digitised document with a code, reads whether it still counts (379/16.4, 379/15.1.c,
379/19.5). Nothing of the content is told."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from antin.conversion import queries
from antin.conversion.rules import read_code
from antin.regulation import RuleViolation
from antin.values import Actor, Validity
from antin.web import formats, sealed_off, words
from antin.web.answers import page
from antin.web.pace import Pace
from antin.web.refusals import status_of

pace = Pace(most=30, period_s=60)
VISITOR = Actor.system("look-up of a printed copy")
LIGHTS = {"in_force": "ok", "spoiled": "bad", "ended": "bad", "destroyed": "bad"}


@login_not_required
@require_safe
def ask(request: HttpRequest) -> HttpResponse:
    """The form; a typed code goes to its own address, as the QR code does."""
    typed = request.GET.get("ma", "")
    code = read_code(typed)
    if code:
        return HttpResponseRedirect(f"/k/{code}")
    fault = _("Mã gồm 16 chữ và số, in ở chân mỗi trang của bản in.") if typed else ""
    return page(
        request, "look_up.html", {"found": None, "fault": fault, "typed": typed[:40]}, status=400 if typed else 200
    )


@login_not_required
@require_safe
def one(request: HttpRequest, code: str) -> HttpResponse:
    if not pace.admits(request.META.get("REMOTE_ADDR", "")):
        return _said(request, code, _("Nơi này vừa tra nhiều mã liên tiếp. Đợi một phút rồi thử lại."), 429)
    try:
        found = queries.look_up(code)
    except RuleViolation as violation:  # impounded: the holder of paper learns no more than that it cannot be told now
        sealed_off.note_refused(request, violation, visitor=VISITOR)
        said = _("Văn bản này hiện không tra cứu được. Hỏi cơ quan đã cấp bản in.")
        return _said(request, code, said, status_of(violation))
    if found is None:
        return _said(request, code, _("Hệ thống này không cấp bản in nào mang mã đó. Xem lại mã trên giấy."), 404)
    kind = LIGHTS[found.worth]
    context: dict[str, Any] = {
        "found": found,
        "kind": kind,
        "heading": words.copy_worth(found.worth, found.kind),
        "since": _since(found),
        "told": _facts(found),
    }
    return page(request, "look_up.html", context)


def _said(request: HttpRequest, code: str, fault: str, status: int) -> HttpResponse:
    return page(request, "look_up.html", {"found": None, "fault": fault, "typed": code[:40]}, status=status)


def _since(found: queries.LookUp) -> str:
    if found.kind == "confirmation" and found.worth == "in_force":
        return _("Giấy này xác nhận việc giao dịch, không thay văn bản.")
    if found.worth == "spoiled" and found.spoiled_at:
        return _("Cơ quan cấp đã huỷ bản in này lúc %(at)s.") % {"at": formats.instant(found.spoiled_at)}
    if found.worth == "ended" and found.validity is Validity.IN_FORCE and found.kind == "digitised":
        return _("Nơi số hoá đã trả lại hoặc bỏ văn bản này.")
    if found.worth == "ended" and found.validity is Validity.IN_FORCE:
        return _("Nơi cấp bản in đã trả lại hoặc bỏ bản văn bản này.")
    if found.worth == "ended":
        said = _("Văn bản: %(state)s") % {"state": words.validity(found.validity).lower()}
        return f"{said}, {formats.instant(found.validity_at)}." if found.validity_at else f"{said}."
    if found.worth == "destroyed":
        return _("Văn bản nguồn đã hết thời hạn bảo quản và được tiêu huỷ.")
    if found.kind == "digitised":
        return _("Bản số hoá có giá trị như văn bản giấy, trừ trường hợp Đảng có quy định khác.")
    return _("Bản in có giá trị như văn bản điện tử, trừ trường hợp Đảng có quy định khác.")


def _facts(found: queries.LookUp) -> list[tuple[str, str]]:
    """What can be compared with the paper."""
    told = [
        (_("Số, ký hiệu"), found.reference_number),
        (_("Cơ quan ban hành"), found.issuing_name),
        (_("Ngày ban hành"), formats.day(found.issued_on) if found.issued_on else ""),
        (_("Người ký"), found.signer_name),
        (_("Mã định danh văn bản"), found.document_code),
        *_made(found),
        (_("Giá trị băm (SHA-256)"), found.digest),
    ]
    return [(name, value) for name, value in told if value]


def _made(found: queries.LookUp) -> list[tuple[str, str]]:
    """Who made what is held in the hand, and when."""
    by, at = ", ".join(filter(None, (found.printed_by, found.organisation))), formats.instant(found.printed_at)
    if found.kind == "digitised":
        pages = _("%(pages)s trang") % {"pages": found.pages}
        return [(_("Bản số hoá"), pages), (_("Ký số bởi"), by), (_("Ký số lúc"), at)]
    name = _("Giấy xác nhận") if found.kind == "confirmation" else _("Bản in")
    pages = _("số %(n)s, %(pages)s trang") % {"n": found.number, "pages": found.pages}
    return [(name, pages), (_("In bởi"), by), (_("In lúc"), at)]

"""When something fails: what, why, what to do next, and a reference to ask with. Never a blank page (ui.md §2)."""

from __future__ import annotations

import logging
import secrets

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from antin.web.refusals import LOCKED, NOT_FOUND, NOT_VISIBLE, Refusal

log = logging.getLogger("antin.web")
LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def refused(request: HttpRequest, said: Refusal) -> HttpResponse:
    """A rule said no; nothing changed."""
    if said.status == NOT_FOUND:
        return not_found(request)
    if said.status == LOCKED:
        title = _("Văn bản đang niêm phong")
    else:
        title = _("Chưa xác định được") if said.undecided else _("Chưa làm được việc này")
    return _page(request, said.status, title, said)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(
        request,
        403,
        _("Không được phép"),
        _said(
            "379/31.p1",
            _("Trang này không dành cho tài khoản đang dùng."),
            _("Về trang đầu hoặc đăng nhập bằng tài khoản khác."),
            403,
        ),
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The same for what does not exist and for what one may not know of (379/4.4)."""
    reason = _("Không có trang hoặc văn bản ở địa chỉ này, hoặc tài khoản đang dùng không được xem.")
    step = _("Kiểm tra địa chỉ, hoặc tìm theo số, ký hiệu.")
    return _page(request, 404, _("Không tìm thấy"), _said(NOT_VISIBLE, reason, step, 404))


def broken(request: HttpRequest) -> HttpResponse:
    reason = _("Lỗi của hệ thống, không phải của người dùng. Việc đang làm chưa được ghi.")
    step = _("Thử lại; nếu vẫn lỗi, báo quản trị kèm mã tra cứu.")
    return _page(request, 500, _("Hệ thống gặp lỗi"), _said("", reason, step, 500))


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    said = _said(
        "379/5.3",
        _("Biểu mẫu này không do trang của phiên đang dùng gửi đi, hoặc đã quá lâu."),
        _("Quay lại trang trước, tải lại rồi gửi lại. Việc đang làm chưa được ghi."),
        403,
    )
    return _page(request, 403, _("Biểu mẫu không còn dùng được"), said)


def _said(clause: str, reason: str, next_step: str, status: int) -> Refusal:
    return Refusal(clause, "", reason, next_step, status)


def _page(request: HttpRequest, status: int, title: str, said: Refusal) -> HttpResponse:
    """The page, with a fresh reference code that also stands in the log."""
    code = "".join(secrets.choice(LETTERS) for _ in range(8))
    log.warning("answered %s to %s %s: %s (reference %s)", status, request.method, request.path, said.clause, code)
    context = {"heading": title, "said": said, "code": code}
    return HttpResponse(render_to_string("error.html", context, request), status=status)

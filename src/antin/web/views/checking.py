"""`/kiem-tra`: anyone gives a file and reads what its signatures prove (379/13.4). Nothing is kept.

The file stays in memory, is judged in the sandbox, and is gone with the answer; no entry, no cookie but the form's own.
"""

from __future__ import annotations

import threading
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from antin.documents import queries as documents
from antin.sandbox import Watchdog
from antin.signing import queries as signing
from antin.signing import seen_since
from antin.web import findings
from antin.web.answers import page
from antin.web.bounded_upload import BoundedUpload
from antin.web.pace import Pace

MAX_BYTES = 50 * 1024 * 1024
AT_ONCE = 2
UPLOAD_S = 60.0
pace = Pace(most=12, period_s=60)
_places = threading.BoundedSemaphore(AT_ONCE)
_watchdog = Watchdog()


@login_not_required
@csrf_exempt  # only until the upload has its bounds: the token stands in the same body, and `_checked` asks for it
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """The form, and the answer to it."""
    if request.method != "POST":
        return _form(request)
    if not pace.admits(request.META.get("REMOTE_ADDR", "")):
        return _form(
            request, fault=_("Nơi này vừa kiểm tra nhiều tệp liên tiếp. Đợi một phút rồi thử lại."), status=429
        )
    if not _places.acquire(blocking=False):
        return _form(request, fault=_("Hệ thống đang kiểm tra tệp của người khác. Thử lại sau ít phút."), status=503)
    try:
        request.upload_handlers = [BoundedUpload(request, MAX_BYTES)]
        with _watchdog.within(request.META.get("gunicorn.socket"), UPLOAD_S):
            request.POST  # noqa: B018 (reads the body, within the time that a slow sender may hold a place)
        return _checked(request)
    except UnreadablePostError:
        return _form(request, fault=_("Tệp không đến đủ. Gửi lại khi đường truyền tốt hơn."), status=408)
    finally:
        _places.release()


@csrf_protect
def _checked(request: HttpRequest) -> HttpResponse:
    given, beside = request.FILES.get("file"), request.FILES.get("content")
    (bounds,) = request.upload_handlers
    if bounds.too_large:  # type: ignore[attr-defined]
        fault = _("Tệp nặng quá %(limit)s MB nên không kiểm tra ở đây. Dùng lệnh antin validate trên máy.")
        return _form(request, fault=fault % {"limit": MAX_BYTES >> 20}, status=413)
    if given is None or not given.size:
        return _form(request, fault=_("Chọn tệp cần kiểm tra; tệp rỗng thì không có gì để kiểm tra."), status=400)
    content = beside.read() if beside is not None and beside.size else None
    data = given.read()
    report = signing.validate_from_outside(data, content=content)
    context = {
        "fault": "",
        "found": findings.told(report, str(given.name or "")[:120]),
        "seen": seen_since.of(data, report, documents.outside_images()),
        "limit": MAX_BYTES >> 20,
    }
    return page(request, "check.html", context)


def _form(request: HttpRequest, *, fault: str = "", status: int = 200) -> HttpResponse:
    context: dict[str, Any] = {"fault": fault, "found": None, "seen": None, "limit": MAX_BYTES >> 20}
    return page(request, "check.html", context, status=status)

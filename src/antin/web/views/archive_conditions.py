"""The six conditions of the archive (379/23.2), each with what stands for it now, counted and not claimed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from antin.archive import queries
from antin.archive.queries import Standing
from antin.continuity import queries as continuity
from antin.continuity.queries import PlaceView
from antin.ledger import queries as ledger
from antin.regulation.clauses import clause
from antin.signing.archival import queries as proofs
from antin.web import formats
from antin.web.answers import page
from antin.web.shown import actor_of

WHOLE = "379/23.2"


@dataclass(frozen=True, slots=True)
class Condition:
    """A clause in our words, what was counted for it just now, and whether somebody should look into it."""

    clause: str
    statement: str
    counted: str
    is_met: bool


@require_safe
def conditions(request: HttpRequest) -> HttpResponse:
    found = list(_all(queries.standing(actor_of(request))))
    context = {"whole": WHOLE, "statement": _said(WHOLE), "rows": found, "unmet": sum(not one.is_met for one in found)}
    return page(request, "archive/conditions.html", context)


def _all(held: Standing) -> Iterator[Condition]:
    yield _row(
        "379/23.2.a",
        _("%(files)s hồ sơ, %(documents)s văn bản trong kho; %(waiting)s hồ sơ chờ nhận.")
        % {"files": held.case_files, "documents": held.documents, "waiting": held.waiting},
    )
    watched, late = proofs.summary().watched, proofs.late_count()
    told = _(
        "Mỗi byte được đối chiếu khi nhận, khi đóng gói. %(watched)s tệp theo dõi hạn dấu thời gian, %(late)s quá hạn."
    )
    yield _row("379/23.2.b", told % {"watched": watched, "late": late}, is_met=not late)
    yield _row(
        "379/23.2.c",
        _("%(built)s gói đã lập, %(handed)s đã giao, %(received)s có biên nhận đã ký.")
        % {"built": held.packages, "handed": held.handed_out, "received": held.received},
    )
    keepers = _("%(count)s người giữ nhiệm vụ lưu trữ; ai không được phân quyền thì không thấy kho.")
    yield _row("379/23.2.d", keepers % {"count": held.archivists}, is_met=held.archivists > 0)
    head, waiting = ledger.head(), ledger.waiting()
    entries = _("%(entries)s mục nhật ký đã niêm kết, %(waiting)s mục đang chờ.")
    yield _row(
        "379/23.2.đ", entries % {"entries": head.size if head else 0, "waiting": waiting.count}, is_met=head is not None
    )
    places = continuity.places()
    yield _row("379/23.2.e", _backed_up(places), is_met=bool(places) and not any(one.due for one in places))


def _row(name: str, counted: str, *, is_met: bool = True) -> Condition:
    return Condition(name, _said(name), counted, is_met)


def _backed_up(places: tuple[PlaceView, ...]) -> str:
    if not places:
        return _("Chưa cấu hình nơi sao lưu nào.")
    newest = max((one.newest_at for one in places if one.newest_at), default=None)
    proven = max((one.proven_at for one in places if one.proven_at), default=None)
    never = _("chưa có")
    return _("%(places)s nơi sao lưu; bản mới nhất: %(newest)s; phục hồi thử gần nhất: %(proven)s.") % {
        "places": len(places),
        "newest": formats.instant(newest) if newest else never,
        "proven": formats.instant(proven) if proven else never,
    }


def _said(name: str) -> str:
    return clause(name).statement(formats.language())

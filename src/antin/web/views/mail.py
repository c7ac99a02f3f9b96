"""Official mail on a page: letters held back for the clerk and the operator, bodies reached by it (217/7.2, 217/6.4).

For whom neither is an office there is no such page (379/4.4).
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from antin.exchange import acts
from antin.exchange import queries as exchange
from antin.regulation import RuleViolation
from antin.values import N_, Actor
from antin.web import exchange_words, table_words
from antin.web.answers import done, page
from antin.web.refusals import Refusal, attempt
from antin.web.shown import actor_of

HERE = "/thu-cong-vu"
SHOWN_MOST = 50
CERTIFICATE_MOST = 64 * 1024


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    return _overview(request, _of_the_office(request))


@require_POST
def propose(request: HttpRequest) -> HttpResponse:
    """A body, or a new address or certificate of one; a second operator confirms it."""
    actor, said = _of_the_office(request), request.POST
    act = lambda: acts.propose_mail_contact(  # noqa: E731
        actor=actor,
        code=said.get("code", ""),
        name=said.get("name", ""),
        address=said.get("address", ""),
        signing_file=_file(request, "signing"),
        encryption_file=_file(request, "encryption"),
        basis=said.get("basis", ""),
    )
    return _do(request, actor, act, N_("Đã đề nghị; chờ người thứ hai xác nhận."))


@require_POST
def confirm(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    actor, compared = _of_the_office(request), request.POST.get("compared", "")
    act = lambda: acts.confirm_mail_contact(actor=actor, contact_id=contact_id, compared=compared)  # noqa: E731
    return _do(request, actor, act, N_("Đã xác nhận nơi nhận thư."))


@require_POST
def end(request: HttpRequest, contact_id: UUID) -> HttpResponse:
    actor, reason = _of_the_office(request), request.POST.get("reason", "")
    act = lambda: acts.end_mail_contact(actor=actor, contact_id=contact_id, reason=reason)  # noqa: E731
    return _do(request, actor, act, N_("Đã thôi gửi thư cho nơi này."))


@require_POST
def admit(request: HttpRequest, letter_id: UUID) -> HttpResponse:
    """The clerk takes a held letter's document in; it goes on from the receiving list as every other."""
    actor, reason = _of_the_office(request), request.POST.get("reason", "")
    act = lambda: acts.admit_letter(actor=actor, letter_id=letter_id, reason=reason)  # noqa: E731
    return _do(request, actor, act, N_("Đã nhận văn bản; làm tiếp ở danh sách tiếp nhận."))


@require_POST
def refuse(request: HttpRequest, letter_id: UUID) -> HttpResponse:
    actor, reason = _of_the_office(request), request.POST.get("reason", "")
    act = lambda: acts.settle_letter(actor=actor, letter_id=letter_id, reason=reason)  # noqa: E731
    return _do(request, actor, act, N_("Đã từ chối hẳn thư này."))


def _of_the_office(request: HttpRequest) -> Actor:
    actor = actor_of(request)
    if not exchange.may_see_mail(actor):
        raise RuleViolation("379/4.4", N_("Không có trang này."), N_("Về trang đầu."))
    return actor


def _file(request: HttpRequest, name: str) -> bytes:
    given = request.FILES.get(name)
    return given.read(CERTIFICATE_MOST) if given is not None else b""


def _do(request: HttpRequest, actor: Actor, act: Callable[[], object], said: str) -> HttpResponse:
    _result, refused = attempt(act)
    return _overview(request, actor, refused) if refused else done(request, HERE, _(said))


def _overview(request: HttpRequest, actor: Actor, refused: Refusal | None = None) -> HttpResponse:
    operates = exchange.may_operate(actor)
    context = {
        "mail": exchange.mail_line(actor),
        "letters": exchange.letters_held(actor)[:SHOWN_MOST],
        "contacts": exchange.mail_contacts(actor) if operates else (),
        "states": {key: _(word) for key, word in table_words.MAIL_CONTACT.items()},
        "may_operate": operates,
        "may_admit": exchange.may_admit(actor),
        "said": exchange_words,
        "refused": refused,
    }
    return page(request, "exchange/mail.html", context, status=refused.status if refused else 200)

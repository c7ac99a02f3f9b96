"""What the cipher office carries: its number is entered here, nothing of it comes into the house (217/5.1, 379/1.2)."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from antin.identity import queries as identity
from antin.registry import acts, cipher_notes
from antin.rulebook import queries as rulebook
from antin.values import Actor, Office, Secrecy, is_uuid
from antin.web import formats
from antin.web.answers import done, page
from antin.web.refusals import Refusal, attempt
from antin.web.shown import actor_of

LEVELS = (Secrecy.SECRET, Secrecy.TOP_SECRET)


@require_http_methods(["GET", "HEAD", "POST"])
def notes(request: HttpRequest) -> HttpResponse:
    """The lines, and the form for the next one for whoever keeps a registry."""
    actor = actor_of(request)
    if request.method != "POST":
        return _page(request, actor)
    owner, level = request.POST.get("organisation", ""), request.POST.get("secrecy", "")
    _note, refused = attempt(
        lambda: acts.note_cipher_dispatch(
            actor=actor,
            organisation_id=UUID(owner) if is_uuid(owner) else UUID(int=0),
            office_number=request.POST.get("number", ""),
            secrecy=Secrecy(level) if level in LEVELS else Secrecy.OPEN,
        )
    )
    return _page(request, actor, refused) if refused else done(request, "/so/co-yeu", _("Đã ghi số của cơ yếu."))


def _page(request: HttpRequest, actor: Actor, refused: Refusal | None = None) -> HttpResponse:
    bodies = sorted(actor.organisations(Office.CLERK), key=str)
    owners = {one: identity.organisation(one).short_name for one in bodies}
    context = {
        "notes": cipher_notes.cipher_notes(actor),
        "owners": owners,
        "levels": [(level.value, rulebook.secrecy_label(level, formats.language())) for level in LEVELS],
        "refused": refused,
        "typed": request.POST if refused else {},
    }
    return page(request, "registry/cipher_notes.html", context, status=refused.status if refused else 200)

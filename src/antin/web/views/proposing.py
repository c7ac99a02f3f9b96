"""A person disposes: proposals of the machine accepted or declined where the person decides, notices put aside (379/4.7)."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from antin.automation import acts, queries
from antin.automation.views import RunView
from antin.documents.facts import DocumentView
from antin.values import Actor
from antin.web.answers import done
from antin.web.refusals import attempt, no_such_page
from antin.web.shown import actor_of
from antin.web.views import document
from antin.web.views.automation import day, named


@require_POST
def settle(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Accepted with what the person wrote into it, or declined; back to the document either way."""
    actor, given = actor_of(request), request.POST
    proposal = _mine(actor, run_id)
    if given.get("outcome") == "accept":
        said = _("Đã giao việc theo đề nghị.")
        _none, refused = attempt(
            lambda: acts.accept_proposal(
                actor=actor,
                proposal_id=run_id,
                lead=named(given.get("lead", "")),
                due_on=day(given.get("due_on", "")),
                text=given.get("text", ""),
            )
        )
    else:
        said = _("Đã bỏ qua đề nghị.")
        _none, refused = attempt(
            lambda: acts.decline_proposal(actor=actor, proposal_id=run_id, reason=given.get("reason", ""))
        )
    if refused:
        return document.refused_overview(request, proposal.document_id, refused)
    return done(request, f"/van-ban/{proposal.document_id}", said)


@require_POST
def seen(request: HttpRequest, notice_id: UUID) -> HttpResponse:
    acts.note_notice_seen(actor=actor_of(request), notice_id=notice_id)
    return done(request, "/viec", _("Đã ghi nhận."))


def _mine(actor: Actor, run_id: UUID) -> RunView:
    """One of those that wait for this person; for others there is no such thing."""
    found = next((one for one in queries.proposals_waiting(actor) if one.id == run_id), None)
    if found is None:
        raise no_such_page()
    return found


def documents_proposed(actor: Actor) -> list[tuple[DocumentView, RunView]]:
    """Documents with a proposal that waits for this person, for the leader's desk."""
    return [(one.document, one) for one in queries.proposals_waiting(actor) if one.document is not None]

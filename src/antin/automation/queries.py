"""What others may read of automation: each list bounded, documents shown only to who may see them (379/4.4)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from django.db.models import Q

from antin.automation import rules
from antin.automation.acts.recording import standing
from antin.automation.facts import Terms
from antin.automation.lifecycle import PROPOSAL, RUN
from antin.automation.models import AutomatedAct, Deviation, Notice, Review, Run, Version
from antin.automation.views import DeviationView, NoticeView, ReviewView, RuleView, RunView
from antin.casework import queries as work
from antin.documents import queries as documents
from antin.documents.facts import DocumentView
from antin.identity import queries as identity
from antin.values import Actor, Office

LIMIT = 100
TRACED_MOST = 500


# for the follower


def enabled(organisation_id: UUID, kind: str) -> tuple[UUID, ...]:
    """Rules of the body that are in service, the oldest approval first: of several that fit, that one comes first."""
    rows = AutomatedAct.objects.filter(organisation_id=organisation_id, state="enabled", terms__kind=kind)
    return tuple(rows.order_by("approved_at", "pk").values_list("pk", flat=True))


def reminding() -> tuple[tuple[UUID, UUID, int], ...]:
    """Rule, body and days of every rule in service that reminds."""
    rows = AutomatedAct.objects.filter(state="enabled", terms__kind=rules.REMIND).order_by("pk")
    return tuple((row.pk, row.organisation_id, Terms.from_dict(row.terms).days) for row in rows)


def met(rule_id: UUID, cause: str) -> bool:
    """The rule has dealt with this cause."""
    return Run.objects.filter(rule_id=rule_id, cause=cause).exists()


# rules


def automations(actor: Actor) -> tuple[RuleView, ...]:
    """Rules of the bodies the actor watches over, and those the actor oversees; RuleViolation 379/4.4 for others."""
    rows = list(AutomatedAct.objects.filter(_watched(actor)).order_by("organisation_id", "pk")[:LIMIT])
    rules.may_watch(actor, oversees=any(row.overseer_id == actor.person_id for row in rows))
    return _rule_views(rows)


def automation(actor: Actor, rule_id: UUID) -> RuleView:
    """One of them; the same answer for a foreign id as for none."""
    return _rule_views([_row(actor, rule_id)])[0]


def may_configure(actor: Actor) -> frozenset[UUID]:
    """Bodies for which the actor drafts rules."""
    return identity.with_all_below(actor.organisations(Office.ADMINISTRATOR))


def may_review(actor: Actor, rule: RuleView) -> bool:
    return rule.organisation_id in identity.with_all_below(actor.organisations(Office.SECURITY_OFFICER))


def reviews(actor: Actor, rule_id: UUID) -> tuple[ReviewView, ...]:
    """Security reviews, newest first."""
    rule = _row(actor, rule_id)
    rows = list(Review.objects.filter(rule=rule).order_by("-at")[:LIMIT])
    names = _names(row.by for row in rows)
    return tuple(
        ReviewView(row.level, row.findings, row.next_on, names.get(row.by, ""), row.at, row.digest == rule.digest)
        for row in rows
    )


def runs(actor: Actor, rule_id: UUID) -> tuple[RunView, ...]:
    """What the rule did, proposed and failed at, newest first."""
    return _run_views(actor, list(Run.objects.filter(rule=_row(actor, rule_id)).order_by("-at", "-pk")[:LIMIT]))


def deviations(actor: Actor, rule_id: UUID) -> tuple[DeviationView, ...]:
    """What went wrong, newest first, each with the trace of what else ran from the approval on (379/27.3)."""
    rows = list(Deviation.objects.filter(rule=_row(actor, rule_id)).order_by("-opened_at")[:LIMIT])
    names = _names(row.opened_by for row in rows)
    return tuple(
        DeviationView(
            id=row.pk,
            state=row.state,
            words=row.words,
            run_id=row.run_id,
            opened_by_name=names.get(row.opened_by, ""),
            opened_at=row.opened_at,
            corrected=row.corrected,
            reported=row.reported,
            closed_at=row.closed_at,
            traced=_traced(actor, row),
        )
        for row in rows
    )


def _traced(actor: Actor, row: Deviation) -> tuple[RunView, ...]:
    if row.traced_from is None:
        return ()
    since = Run.objects.filter(rule_id=row.rule_id, at__gte=row.traced_from, at__lte=row.opened_at)
    others = since.exclude(pk=row.run_id) if row.run_id else since
    return _run_views(actor, list(others.exclude(state="failed").order_by("-at")[:TRACED_MOST]))


# proposals and notices


def proposals_waiting(actor: Actor) -> tuple[RunView, ...]:
    """Proposals that the actor may settle, on documents that the actor sees."""
    led = actor.organisations(Office.LEADER)
    if not led:
        return ()
    rows = list(Run.objects.filter(state="proposed", organisation_id__in=led).order_by("at")[:LIMIT])
    return tuple(view for view in _run_views(actor, rows) if view.document is not None)


def proposals_on(actor: Actor, document_id: UUID) -> tuple[RunView, ...]:
    """Those about one document, for whom they are; empty for others."""
    rows = list(Run.objects.filter(state="proposed", document_id=document_id).order_by("at")[:LIMIT])
    mine = [row for row in rows if actor.holds(Office.LEADER, row.organisation_id)]
    return tuple(view for view in _run_views(actor, mine) if view.document is not None)


def notices(actor: Actor) -> tuple[NoticeView, ...]:
    """What the actor was told and has not put aside; a reminder only while the work is not reported yet."""
    rows = list(Notice.objects.filter(person_id=actor.person_id, seen_at=None).order_by("-at")[:LIMIT])
    open_now = {one.id for one in work.pieces(_works(rows)) if one.state in ("assigned", "accepted")}
    cards = documents.cards(actor, {row.document_id for row in rows})
    return tuple(
        NoticeView(row.pk, row.kind, cards[row.document_id], row.assignment_id, row.due_on, row.reason, row.at)
        for row in rows
        if row.document_id in cards and (row.kind == "undone" or row.assignment_id in open_now)
    )


def _works(rows: Iterable[Notice]) -> list[UUID]:
    return [row.assignment_id for row in rows if row.assignment_id is not None]


# rows as views


def _watched(actor: Actor) -> Q:
    bodies = identity.with_all_below(actor.organisations(*rules.WATCHERS))
    return Q(organisation_id__in=bodies) | Q(overseer_id=actor.person_id)


def _row(actor: Actor, rule_id: UUID) -> AutomatedAct:
    return rules.found(AutomatedAct.objects.filter(_watched(actor), pk=rule_id).first())


def _rule_views(rows: Sequence[AutomatedAct]) -> tuple[RuleView, ...]:
    terms = {row.pk: Terms.from_dict(row.terms) for row in rows}
    people = [row.overseer_id for row in rows] + [row.configured_by for row in rows]
    names = _names([*people, *(one.lead for one in terms.values() if one.lead)])
    return tuple(_rule_view(row, terms[row.pk], names) for row in rows)


def _rule_view(row: AutomatedAct, terms: Terms, names: dict[UUID, str]) -> RuleView:
    now = standing(row)
    done = Run.objects.filter(rule=row, at__gte=row.approved_at).exclude(state="failed") if row.approved_at else None
    return RuleView(
        id=row.pk,
        organisation_id=row.organisation_id,
        organisation_name=identity.organisation(row.organisation_id).name,
        state=row.state,
        version=row.version,
        terms=terms,
        digest=row.digest,
        overseer_name=names.get(row.overseer_id, ""),
        lead_name=names.get(terms.lead, "") if terms.lead else "",
        configured_by_name=names.get(row.configured_by, ""),
        configured_at=row.configured_at,
        reviewed=row.reviewed_digest == row.digest,
        review_is_over=now.review_is_over or row.reviewed_digest != row.digest,
        next_review_on=row.next_review_on,
        approved_at=row.approved_at,
        paused_at=row.paused_at,
        paused_why=row.paused_why,
        runs=done.count() if done is not None else 0,
        errors=now.errors,
        open_deviations=Deviation.objects.filter(rule=row, state="open").count(),
    )


def _run_views(actor: Actor, rows: Sequence[Run]) -> tuple[RunView, ...]:
    cards = documents.cards(actor, {row.document_id for row in rows})
    spoken = {
        (one.rule_id, one.number): Terms.from_dict(one.terms)
        for one in Version.objects.filter(rule_id__in={row.rule_id for row in rows})
    }
    people = {row.overseer_id for row in rows} | {row.settled_by for row in rows if row.settled_by}
    names = _names(people | {UUID(one) for row in rows for one in _people(row)})
    return tuple(_run_view(row, spoken[row.rule_id, row.version], names, cards.get(row.document_id)) for row in rows)


def _people(row: Run) -> list[str]:
    asked = [row.asked["lead"]] if row.asked.get("lead") else []
    return list(row.result.get("people", asked))


def _run_view(row: Run, terms: Terms, names: dict[UUID, str], document: DocumentView | None) -> RunView:
    due_on = row.asked.get("due_on")
    return RunView(
        id=row.pk,
        rule_id=row.rule_id,
        organisation_id=row.organisation_id,
        version=row.version,
        terms=terms,
        act=row.act,
        mode=row.mode,
        state=row.state,
        document_id=row.document_id,
        document=document,
        at=row.at,
        people_names=tuple(names.get(UUID(one), "") for one in _people(row)),
        lead=UUID(row.asked["lead"]) if row.asked.get("lead") else None,
        due_on=date.fromisoformat(due_on) if due_on else None,
        error=row.error,
        reason=row.reason,
        settled_by_name=names.get(row.settled_by, "") if row.settled_by else "",
        settled_at=row.settled_at,
        overseer_name=names.get(row.overseer_id, ""),
        may_be_undone=any((row.state, "undo_automated_act") in life.rows for life in (RUN, PROPOSAL)),
    )


def _names(people: Iterable[UUID | None]) -> dict[UUID, str]:
    wanted = [one for one in dict.fromkeys(people) if one is not None]
    return {one: view.name for one, view in identity.people(wanted).items()} if wanted else {}

"""A rule is drafted, reviewed, approved and stopped, each by another person (379/27.2)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from antin.automation import rules
from antin.automation.acts.recording import enter_rule, locked
from antin.automation.facts import REMIND, Terms, digest_of
from antin.automation.lifecycle import AUTOMATION, DEVIATION, PROPOSAL
from antin.automation.models import AutomatedAct, Deviation, Review, Run, Version
from antin.automation.rules import words_given
from antin.identity import acts as identity_acts
from antin.identity import queries as identity
from antin.rulebook import queries as rulebook
from antin.values import N_, Actor, Office, sha256_hex

STOPPED = N_("Quy tắc không còn chạy; đề nghị hết hiệu lực.")


@transaction.atomic
def configure_automation(*, actor: Actor, organisation_id: UUID, terms: Terms, rule_id: UUID | None = None) -> UUID:
    """The administrator's draft, or a further version of a rule; the rule's id. Nothing runs until it is approved anew.

    RuleViolation 379/4.7 for what no machine may do, 379/27.2.a for missing limits, 379/27.2.b for an overseer who drafts
    it, or who could not do the act in person.
    """
    row = locked(rule_id) if rule_id else AutomatedAct(organisation_id=organisation_id)
    rules.administers(row.organisation_id, identity.with_all_below(actor.organisations(Office.ADMINISTRATOR)))
    terms = rules.terms_complete(terms)
    needed = rules.kind_automatable(terms.kind, terms.mode, rulebook.automatable_acts())
    rules.not_the_configurer(actor.person_id, terms.overseer_id)
    _overseer_answers(row.organisation_id, terms.overseer_id, needed.office)
    _receiver_belongs(row.organisation_id, terms)
    row.state = AUTOMATION.step(row.state, "configure_automation").to
    _take_version(actor, row, terms)
    _lapse_proposals(row)
    enter_rule("configured", actor, row, clause="379/27.1")
    return row.pk


def _take_version(actor: Actor, row: AutomatedAct, terms: Terms) -> None:
    assert actor.person_id is not None
    row.version += 1
    row.terms, row.overseer_id = terms.to_dict(), terms.overseer_id
    row.digest = digest_of(row.pk, row.organisation_id, row.version, terms)
    row.configured_by, row.configured_at = actor.person_id, timezone.now()
    row.approved_by = row.approved_at = None
    row.save()
    Version.objects.create(
        rule=row, number=row.version, terms=row.terms, digest=row.digest, by=actor.person_id, at=row.configured_at
    )


@transaction.atomic
def approve_automation(*, actor: Actor, rule_id: UUID) -> None:
    """The overseer puts exactly this version into service; spends the challenge over its digest (379/27.2, 379/4.7)."""
    row = locked(rule_id)
    terms = Terms.from_dict(row.terms)
    step = AUTOMATION.step(row.state, "approve_automation")
    rules.is_the_overseer(actor.person_id, row.overseer_id)
    rules.not_the_configurer(row.configured_by, actor.person_id)
    needed = rules.kind_automatable(terms.kind, terms.mode, rulebook.automatable_acts())
    _overseer_answers(row.organisation_id, row.overseer_id, needed.office)
    rules.safety_level_named(terms.level)
    over = row.next_review_on is None or row.next_review_on < rulebook.today()
    rules.review_in_date(row.reviewed_digest, row.digest, is_over=over)
    rules.no_open_deviation(Deviation.objects.filter(rule=row, state="open").count())
    identity_acts.spend_challenge(actor=actor, act="approve_automation", digest=row.digest)
    row.state, row.approved_by, row.approved_at = step.to, actor.person_id, timezone.now()
    row.paused_at, row.paused_why = None, ""
    row.save()
    enter_rule("approved", actor, row, clause="379/27.2.b", level=terms.level)


@transaction.atomic
def pause_automation(*, actor: Actor, rule_id: UUID, reason: str) -> None:
    """The overseer stops the rule at once (379/27.2.a, 379/27.4)."""
    row = locked(rule_id)
    rules.is_the_overseer(actor.person_id, row.overseer_id)
    stop(actor, row, words_given(reason))


@transaction.atomic
def report_deviation(*, actor: Actor, rule_id: UUID, words: str) -> UUID:
    """The rule got something wrong: it stops, and stays stopped until that is put right and reported (379/27.3)."""
    row = locked(rule_id)
    rules.is_the_overseer(actor.person_id, row.overseer_id)
    told = words_given(words, "379/27.3")
    stop_if_enabled(actor, row, told)
    one = open_deviation(actor, row, told, None)
    enter_rule("deviated", actor, row, clause="379/27.3", deviation=str(one.pk), reason=told)
    return one.pk


def stop_if_enabled(actor: Actor, row: AutomatedAct, why: str) -> None:
    """As `stop`, where there is anything to stop."""
    if row.state == "enabled":
        stop(actor, row, why)


def stop(actor: Actor, row: AutomatedAct, why: str) -> None:
    """The step to paused, for the overseer and for the system past a limit; its proposals lapse."""
    row.state = AUTOMATION.step(row.state, "pause_automation").to
    row.paused_at, row.paused_why = timezone.now(), why
    row.save()
    _lapse_proposals(row)
    enter_rule("paused", actor, row, clause="379/27.2.a", reason=why)


def open_deviation(actor: Actor, row: AutomatedAct, words: str, run: Run | None) -> Deviation:
    """On record with since when the rule has run, which is where the trace of what else it did begins (379/27.3)."""
    assert actor.person_id is not None
    return Deviation.objects.create(
        rule=row,
        run=run,
        state=DEVIATION.step("", "undo_automated_act" if run else "report_deviation").to,
        words=words,
        traced_from=row.approved_at,
        opened_by=actor.person_id,
        opened_at=timezone.now(),
    )


@transaction.atomic
def review_automation(*, actor: Actor, rule_id: UUID, findings: str, next_on: date | None) -> None:
    """The security officer's review of exactly this version and its level, with the day of the next (379/27.2.c)."""
    row = locked(rule_id)
    step = AUTOMATION.step(row.state, "review_automation")
    bodies = identity.with_all_below(actor.organisations(Office.SECURITY_OFFICER))
    rules.reviews(row.organisation_id, bodies)
    words = words_given(findings, "379/27.2.c")
    day = rules.next_review_within(next_on, rulebook.today(), rulebook.review_months())
    identity_acts.spend_challenge(actor=actor, act="review_automation", digest=row.digest)
    row.state, row.reviewed_digest, row.next_review_on = step.to, row.digest, day
    row.save()
    assert actor.person_id is not None
    level = Terms.from_dict(row.terms).level
    Review.objects.create(
        rule=row,
        digest=row.digest,
        level=level,
        findings=words,
        next_on=day,
        by=actor.person_id,
        at=timezone.now(),
    )
    found = sha256_hex(words.encode())
    enter_rule("reviewed", actor, row, clause="379/27.2.c", findings=found, next=day.isoformat(), level=level)


@transaction.atomic
def close_deviation(*, actor: Actor, deviation_id: UUID, corrected: str, reported: str) -> None:
    """How it was put right, and what was reported to the owner of the system; then the rule may be approved again (379/27.3)."""
    found = rules.found(Deviation.objects.filter(pk=deviation_id).first())
    row = locked(found.rule_id)
    one = Deviation.objects.select_for_update().get(pk=deviation_id)
    rules.is_the_overseer(actor.person_id, row.overseer_id)
    one.state = DEVIATION.step(one.state, "close_deviation").to
    one.corrected, one.reported = words_given(corrected, "379/27.3"), words_given(reported, "379/27.3")
    one.closed_by, one.closed_at = actor.person_id, timezone.now()
    one.save()
    report = sha256_hex(one.reported.encode())
    enter_rule("corrected", actor, row, clause="379/27.3", deviation=str(one.pk), report=report, reason=one.corrected)


def _overseer_answers(organisation_id: UUID, overseer_id: UUID, office: str) -> None:
    machine = identity.machine_for(overseer_id)
    held = {m.office.value for m in machine.mandates if m.organisation_id == organisation_id} if machine else set()
    rules.may_answer_for_it(held, office)


def _receiver_belongs(organisation_id: UUID, terms: Terms) -> None:
    if terms.kind == REMIND or terms.lead is None:
        return
    home = {one.organisation_id for one in identity.people([terms.lead]).values()}
    admitted = {organisation_id} | identity.descendants(organisation_id)
    rules.receiver_belongs(next(iter(home), None), admitted)


def _lapse_proposals(row: AutomatedAct) -> None:
    """Nothing runs under a rule that stopped, nor may what it proposed."""
    waiting = Run.objects.filter(rule=row, state="proposed")
    waiting.update(
        state=PROPOSAL.step("proposed", "settle_proposal(lapse)").to, settled_at=timezone.now(), reason=STOPPED
    )

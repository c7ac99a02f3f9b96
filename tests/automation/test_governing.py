"""A rule from its draft to its pause: each step by its own person, nothing approved that was not reviewed (379/27.2)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from antin.automation import acts, queries
from antin.automation.models import AutomatedAct, Version
from antin.ledger import queries as ledger
from antin.values import Office
from world import CENTRE, LEAD, PROVINCE_CLERK, PROVINCE_LEADER, SIGNATORY, World, refused

from .conftest import ADMINISTRATOR, SECURITY, Machine


@pytest.mark.clause("379/27.1", "379/27.2", "379/27.2.a", "379/27.2.b", "379/27.2.c", "379/27.2.d")
def test_drafted_reviewed_approved_paused_approved_again(world: World, machine: Machine) -> None:
    rule = machine.drafted()
    assert machine.state(rule) == "drafted"
    machine.approve(machine.reviewed(rule))
    leader = world.actor(PROVINCE_LEADER)
    view = queries.automation(leader, rule)
    assert view.state == "enabled" and view.reviewed and not view.review_is_over and view.terms == machine.terms()
    assert queries.reviews(leader, rule)[0].level == 2
    acts.pause_automation(actor=leader, rule_id=rule, reason="Xem lại điều kiện (mẫu)")
    assert queries.automation(leader, rule).paused_why == "Xem lại điều kiện (mẫu)"
    machine.approve(rule)
    assert machine.state(rule) == "enabled"
    assert [row.act for row in reversed(ledger.history(rule))] == [
        "automation.rule.configured",
        "automation.rule.reviewed",
        "automation.rule.approved",
        "automation.rule.paused",
        "automation.rule.approved",
    ]
    assert all(row.facts["digest"] == view.digest for row in ledger.history(rule))


@pytest.mark.clause("379/27.2.a")
@pytest.mark.parametrize("login", [PROVINCE_LEADER, PROVINCE_CLERK, SECURITY, SIGNATORY])
def test_configure_by_anyone_but_an_administrator_of_the_body_is_refused(
    world: World, machine: Machine, login: str
) -> None:
    with refused("379/27.2.a"):
        acts.configure_automation(
            actor=world.actor(login),
            organisation_id=world.organisation("A98.01"),
            terms=machine.terms(overseer_id=world.person("son.ngo")),
        )


@pytest.mark.clause("379/27.2.b")
def test_overseer_is_not_the_configurer_and_could_do_the_act_in_person(world: World, machine: Machine) -> None:
    with refused("379/27.2.b"):
        machine.drafted(overseer_id=world.person(ADMINISTRATOR))
    for somebody in (PROVINCE_CLERK, SIGNATORY, LEAD):
        with refused("379/27.2.b"):
            machine.drafted(overseer_id=world.person(somebody))


@pytest.mark.clause("379/27.2.b")
def test_the_database_keeps_configurer_and_overseer_apart(world: World, machine: Machine) -> None:
    rule = machine.drafted()
    with pytest.raises(IntegrityError), transaction.atomic():
        AutomatedAct.objects.filter(pk=rule).update(configured_by=world.person(PROVINCE_LEADER))
    with pytest.raises(IntegrityError), transaction.atomic():
        AutomatedAct.objects.filter(pk=rule).update(state="enabled")


@pytest.mark.clause("379/4.4")
def test_work_is_not_routed_to_a_stranger(world: World, machine: Machine) -> None:
    with refused("379/4.4"):
        machine.drafted(lead=world.person(SIGNATORY))


@pytest.mark.clause("379/27.2.c")
def test_approve_without_a_review_of_this_version_is_refused(world: World, machine: Machine) -> None:
    rule = machine.drafted()
    with refused("379/27.2.c"):
        machine.approve(rule)
    machine.reviewed(rule)
    machine.drafted(rule, days=7)
    with refused("379/27.2.c"):
        machine.approve(rule)
    assert machine.state(rule) == "drafted" and Version.objects.filter(rule_id=rule).count() == 2


@pytest.mark.clause("379/27.2.b")
def test_approve_by_another_or_for_another_digest_is_refused(world: World, machine: Machine) -> None:
    rule = machine.reviewed(machine.drafted())
    digest = machine.digest(rule)
    for other in ("son.ngo", ADMINISTRATOR, SECURITY):
        world.confirm(other, "approve_automation", digest)
        with refused("379/27.2.b"):
            acts.approve_automation(actor=world.actor(other), rule_id=rule)
    world.confirm(PROVINCE_LEADER, "approve_automation", digest)
    machine.reviewed(machine.drafted(rule, days=9))
    with refused("379/5.6"):
        acts.approve_automation(actor=world.actor(PROVINCE_LEADER), rule_id=rule)


@pytest.mark.clause("379/27.2.b")
def test_an_overseer_who_lost_the_office_approves_nothing(world: World, machine: Machine) -> None:
    from antin.identity import acts as identity
    from antin.identity import queries as people
    from antin.values import Actor

    rule = machine.reviewed(machine.drafted())
    held = next(m for m in people.mandates(world.person(PROVINCE_LEADER)) if m.office is Office.LEADER)
    identity.end_mandate(actor=Actor.system(), mandate_id=held.id, reason="Thôi nhiệm vụ (mẫu)")
    with refused("379/27.2.b"):
        machine.approve(rule)


@pytest.mark.clause("379/27.2.c")
def test_review_is_the_security_officers_and_within_the_period(world: World, machine: Machine) -> None:
    rule = machine.drafted()
    for login, days, clause in ((PROVINCE_LEADER, 30, "379/27.2.c"), (SECURITY, 400, "379/27.2.c")):
        with refused(clause):
            acts.review_automation(
                actor=world.actor(login),
                rule_id=rule,
                findings="Đã xem (mẫu)",
                next_on=world.today() + timedelta(days=days),
            )
    with refused("379/5.6"):
        acts.review_automation(
            actor=world.actor(SECURITY),
            rule_id=rule,
            findings="Đã xem (mẫu)",
            next_on=world.today() + timedelta(days=30),
        )


@pytest.mark.clause("379/27.2.a", "379/27.4")
def test_pause_wants_a_reason_and_the_overseer(world: World, machine: Machine) -> None:
    rule = machine.enabled()
    with refused("379/27.4"):
        acts.pause_automation(actor=world.actor(PROVINCE_LEADER), rule_id=rule, reason=" ")
    with refused("379/27.2.b"):
        acts.pause_automation(actor=world.actor(ADMINISTRATOR), rule_id=rule, reason="Dừng (mẫu)")
    assert machine.state(rule) == "enabled"


@pytest.mark.clause("379/27.1")
def test_configuring_anew_takes_the_rule_out_of_service(world: World, machine: Machine) -> None:
    rule = machine.enabled()
    machine.drafted(rule, days=3)
    assert machine.state(rule) == "drafted"
    found = machine.registered()
    machine.follow()
    assert machine.runs(rule) == [] and found


@pytest.mark.clause("379/4.4")
def test_who_neither_watches_nor_oversees_sees_no_rule(world: World, machine: Machine) -> None:
    rule = machine.drafted()
    for stranger in (LEAD, PROVINCE_CLERK):
        with refused("379/4.4"):
            queries.automations(world.actor(stranger))
    for stranger in (LEAD, SIGNATORY):
        with refused("379/4.4"):
            queries.automation(world.actor(stranger), rule)
    assert queries.automations(world.actor(SIGNATORY)) == ()
    assert world.organisation(CENTRE) not in {row.organisation_id for row in queries.automations(world.actor(SECURITY))}


@pytest.mark.clause("379/27.3")
def test_a_deviation_stops_the_rule_until_it_is_corrected_and_reported(world: World, machine: Machine) -> None:
    rule = machine.enabled()
    leader = world.actor(PROVINCE_LEADER)
    one = acts.report_deviation(actor=leader, rule_id=rule, words="Giao nhầm người (mẫu)")
    assert machine.state(rule) == "paused"
    with refused("379/27.3"):
        machine.approve(rule)
    with refused("379/27.3"):
        acts.close_deviation(actor=leader, deviation_id=one, corrected="Đã giao lại (mẫu)", reported=" ")
    with refused("379/27.2.b"):
        acts.close_deviation(actor=world.actor(ADMINISTRATOR), deviation_id=one, corrected="a", reported="b")
    acts.close_deviation(
        actor=leader, deviation_id=one, corrected="Đã giao lại (mẫu)", reported="Báo cáo Thường trực (mẫu)"
    )
    machine.approve(rule)
    assert machine.state(rule) == "enabled" and queries.deviations(leader, rule)[0].state == "closed"

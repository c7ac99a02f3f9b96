"""What runs under a rule, what is only proposed, what stops it, and what is taken back (379/27, 379/4.7)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.utils import timezone

from antin.automation import acts, follow, queries, rules
from antin.automation.models import AutomatedAct, Notice, Run
from antin.casework import acts as casework
from antin.casework import queries as work
from antin.casework.models import Assignment
from antin.documents import acts as documents_acts
from antin.documents import queries as documents
from antin.identity import acts as identity
from antin.identity import queries as people
from antin.ledger import queries as ledger
from antin.values import Actor, Method, Office, Secrecy
from antin.vault.adapters.reference_product import ReferenceProduct
from disposal import destroy
from world import LEAD, PROVINCE, PROVINCE_CLERK, PROVINCE_LEADER, SUPPORTER, World, refused

from .conftest import ADMINISTRATOR, Machine

DEPUTY = "son.ngo"


def entries(found: UUID, act: str) -> list[ledger.EntryRow]:
    return [row for row in ledger.history(found) if row.act == act]


# run


@pytest.mark.clause("379/27.1", "379/27.2.b", "379/4.7")
def test_a_registered_document_is_assigned_under_the_rule_and_the_log_says_all(world: World, machine: Machine) -> None:
    rule = machine.enabled()
    found, run = machine.met(rule)
    leader = world.actor(PROVINCE_LEADER)
    piece = work.assignments(leader, found)[0]
    assert (piece.person_id, piece.state, piece.given_by) == (world.person(LEAD), "assigned", leader.person_id)
    assert work.my_work(world.actor(LEAD)).rows[0].document.id == found
    view = documents.document(leader, found)
    assert view.state == "forwarded" and view.due_on == piece.due_on
    told = entries(found, "automation.act.run")[0]
    registered = entries(found, "registry.document.registered")[0]
    assert told.facts == {
        "automation": str(rule),
        "digest": machine.digest(rule),
        "cause": f"entry:{registered.id}",
        "content": view.digest,
        "overseer": str(world.person(PROVINCE_LEADER)),
        "act": "assign",
        "run": str(run.pk),
    }
    assert told.office == Office.SYSTEM and told.person_id is None
    done = entries(found, "casework.work.assigned")[0]
    assert done.person_id == leader.person_id and done.method == Method.INSTALLATION_KEY


@pytest.mark.clause("379/27.2.b")
def test_what_was_registered_before_the_approval_is_left_alone(world: World, machine: Machine) -> None:
    found = machine.registered()
    rule = machine.enabled()
    machine.follow()
    assert machine.runs(rule) == [] and not work.has_open_lead(found)


@pytest.mark.parametrize(
    "changed",
    [
        {"abstract": "về việc phòng chống bão (mẫu)"},
        {"sender_code": "A97.01"},
    ],
)
def test_a_document_that_does_not_fit_is_left_to_people(
    world: World, machine: Machine, changed: dict[str, object]
) -> None:
    rule = machine.enabled()
    found = machine.registered(**changed)
    machine.follow()
    assert machine.runs(rule) == [] and not work.has_open_lead(found)


@pytest.mark.clause("379/4.7", "379/27.4")
@pytest.mark.parametrize("mode", ["run", "propose"])
@pytest.mark.parametrize(
    "changed",
    [
        {"abstract": "về việc điều động cán bộ làm chuyển đổi số (mẫu)"},
        {"type_code": "giay_nghi_phep", "type_name": "Giấy nghỉ phép"},
    ],
)
def test_nothing_about_personnel_is_run_or_proposed(
    world: World, machine: Machine, mode: str, changed: dict[str, object]
) -> None:
    rule = machine.enabled(mode=mode)
    found = machine.registered(**changed)
    machine.follow()
    assert machine.runs(rule) == [] and not work.has_open_lead(found)


@pytest.mark.clause("379/27.1")
def test_two_rules_on_one_document_assign_it_once(world: World, machine: Machine) -> None:
    first, second = machine.enabled(), machine.enabled(lead=world.person(SUPPORTER))
    found, _run = machine.met(first)
    assert [one.person_id for one in work.assignments(world.actor(PROVINCE_LEADER), found)] == [world.person(LEAD)]
    assert machine.runs(second) == []


# once


@pytest.mark.clause("379/27.2.b")
def test_the_same_cause_met_again_does_nothing(world: World, machine: Machine) -> None:
    rule = machine.enabled(mode="propose")
    found, run = machine.met(rule)
    acts.route(rule, acts.Cause(run.cause, timezone.now(), found))
    machine.follow()
    assert len(machine.runs(rule)) == 1


# errors


def without_office(world: World, login: str, office: Office) -> None:
    held = next(m for m in people.mandates(world.person(login)) if m.office is office)
    identity.end_mandate(actor=Actor.system(), mandate_id=held.id, reason="Thôi nhiệm vụ (mẫu)")


@pytest.mark.clause("379/27.2.a", "379/27.2.b")
def test_an_overseer_without_the_office_makes_errors_that_stop_the_rule_at_its_threshold(
    world: World, machine: Machine
) -> None:
    rule = machine.enabled(error_threshold=2)
    without_office(world, PROVINCE_LEADER, Office.LEADER)
    found, run = machine.met(rule)
    assert run.state == "failed" and run.error and machine.state(rule) == "enabled"
    assert not work.has_open_lead(found) and not Assignment.objects.filter(document_id=found).exists()
    machine.met(rule)
    view = queries.automation(world.actor(PROVINCE_LEADER), rule)
    assert (view.state, view.paused_why, view.errors) == ("paused", rules.TOO_MANY_ERRORS, 2)
    third = machine.registered()
    machine.follow()
    assert len(machine.runs(rule)) == 2 and not work.has_open_lead(third)
    assert entries(found, "automation.act.failed")[0].reason == run.error


@pytest.mark.clause("379/27.2.a")
def test_a_rule_that_breaks_off_hinders_neither_the_others_nor_the_follower(world: World, machine: Machine) -> None:
    broken, sound = machine.enabled(), machine.enabled(lead=world.person(SUPPORTER))
    row = AutomatedAct.objects.get(pk=broken)
    AutomatedAct.objects.filter(pk=broken).update(terms={**row.terms, "urgencies": 5})  # what no door of ours writes
    found, run = machine.met(sound)
    assert run.state == "done" and machine.runs(broken)[0].state == "failed"
    assert machine.runs(broken)[0].error == acts.UNEXPECTED
    assert [one.person_id for one in work.assignments(world.actor(PROVINCE_LEADER), found)] == [world.person(SUPPORTER)]
    assert follow.follow_once() == 0


@pytest.mark.clause("379/27.2.a")
def test_past_the_limit_of_the_day_the_rule_stops(world: World, machine: Machine) -> None:
    rule = machine.enabled(most_per_day=1)
    machine.met(rule)
    over = machine.registered()
    machine.follow()
    assert not work.has_open_lead(over)
    view = queries.automation(world.actor(PROVINCE_LEADER), rule)
    assert (view.state, view.paused_why) == ("paused", rules.OVER_LIMIT)


@pytest.mark.clause("379/27.2.c")
def test_past_its_review_the_rule_stops(world: World, machine: Machine) -> None:
    rule = machine.enabled()
    AutomatedAct.objects.filter(pk=rule).update(next_review_on=world.today() - timedelta(days=1))
    found = machine.registered()
    machine.follow()
    assert not work.has_open_lead(found)
    view = queries.automation(world.actor(PROVINCE_LEADER), rule)
    assert (view.state, view.paused_why) == ("paused", rules.OVERDUE_REVIEW)
    with refused("379/27.2.c"):
        machine.approve(rule)


# proposals


@pytest.mark.clause("379/4.7", "379/27.4")
def test_a_proposal_accepted_is_the_persons_own_act(world: World, machine: Machine) -> None:
    rule = machine.enabled(mode="propose")
    found, run = machine.met(rule)
    assert run.state == "proposed" and not work.has_open_lead(found)
    deputy = world.actor(DEPUTY)
    shown = queries.proposals_on(deputy, found)[0]
    assert queries.proposals_waiting(deputy) == (shown,)
    assert (shown.lead, shown.terms.title) == (world.person(LEAD), machine.terms().title)
    assert shown.lead is not None
    acts.accept_proposal(actor=deputy, proposal_id=run.pk, lead=shown.lead, due_on=shown.due_on, text="Làm ngay (mẫu)")
    piece = work.assignments(deputy, found)[0]
    assert (piece.person_id, piece.given_by, piece.words) == (shown.lead, deputy.person_id, "Làm ngay (mẫu)")
    settled = entries(found, "automation.proposal.settled")[0]
    assert (settled.person_id, settled.facts["outcome"], settled.facts["changed"]) == (deputy.person_id, "accept", [])
    assert entries(found, "casework.work.assigned")[0].method == Method.PASSWORD_TOTP
    assert queries.proposals_waiting(deputy) == () and machine.runs(rule)[0].state == "carried_out"
    machine.follow()
    assert machine.runs(rule)[0].state == "carried_out"


@pytest.mark.clause("379/4.7")
def test_what_the_person_changed_is_on_record(world: World, machine: Machine) -> None:
    rule = machine.enabled(mode="propose")
    found, run = machine.met(rule)
    leader = world.actor(PROVINCE_LEADER)
    acts.accept_proposal(
        actor=leader, proposal_id=run.pk, lead=world.person(SUPPORTER), due_on=world.today() + timedelta(days=30)
    )
    assert entries(found, "automation.proposal.settled")[0].facts["changed"] == ["due_on", "lead"]
    assert work.assignments(leader, found)[0].person_id == world.person(SUPPORTER)


@pytest.mark.clause("379/4.7")
def test_declined_nothing_happens_to_the_document(world: World, machine: Machine) -> None:
    rule = machine.enabled(mode="propose")
    found, run = machine.met(rule)
    leader = world.actor(PROVINCE_LEADER)
    acts.decline_proposal(actor=leader, proposal_id=run.pk)
    assert not work.has_open_lead(found) and machine.runs(rule)[0].state == "declined"
    with refused("379/4.7"):
        acts.accept_proposal(actor=leader, proposal_id=run.pk, lead=world.person(LEAD), due_on=world.today())


@pytest.mark.clause("379/4.7")
def test_a_proposal_is_settled_by_whoever_may_assign_and_by_nobody_else(world: World, machine: Machine) -> None:
    _found, run = machine.met(machine.enabled(mode="propose"))
    due = world.today() + timedelta(days=3)
    for login, clause in ((PROVINCE_CLERK, "379/4.7"), (LEAD, "379/4.4"), (ADMINISTRATOR, "379/4.4")):
        with refused(clause):
            acts.accept_proposal(actor=world.actor(login), proposal_id=run.pk, lead=world.person(LEAD), due_on=due)
        with refused(clause):
            acts.decline_proposal(actor=world.actor(login), proposal_id=run.pk)
        assert queries.proposals_waiting(world.actor(login)) == ()
    with refused("217/11.13"):
        acts.accept_proposal(
            actor=world.actor(PROVINCE_LEADER), proposal_id=run.pk, lead=world.person(LEAD), due_on=None
        )
    assert Run.objects.get(pk=run.pk).state == "proposed"


@pytest.mark.clause("379/4.7")
def test_a_proposal_lapses_when_the_document_is_assigned_otherwise(world: World, machine: Machine) -> None:
    rule = machine.enabled(mode="propose")
    found, run = machine.met(rule)
    due = world.today() + timedelta(days=3)
    casework.assign(actor=world.actor(PROVINCE_LEADER), document_id=found, lead=world.person(SUPPORTER), due_on=due)
    machine.follow()
    assert Run.objects.get(pk=run.pk).state == "lapsed"
    assert entries(found, "automation.proposal.settled")[0].facts["outcome"] == "lapse"


@pytest.mark.clause("379/27.2.a", "379/27.4")
def test_pausing_the_rule_lets_its_proposals_lapse(world: World, machine: Machine) -> None:
    rule = machine.enabled(mode="propose")
    machine.met(rule)
    acts.pause_automation(actor=world.actor(PROVINCE_LEADER), rule_id=rule, reason="Dừng (mẫu)")
    assert machine.runs(rule)[0].state == "lapsed"
    found = machine.registered()
    machine.follow()
    assert len(machine.runs(rule)) == 1 and not work.has_open_lead(found)


# undo


@pytest.mark.clause("379/27.3", "379/27.4")
@pytest.mark.parametrize("mode", ["run", "propose"])
def test_undone_the_document_waits_as_before_those_told_are_told_and_the_rest_is_traced(
    world: World, machine: Machine, mode: str
) -> None:
    rule, leader = machine.enabled(mode=mode), world.actor(PROVINCE_LEADER)
    before = documents.document(leader, machine.registered(abstract="về việc khác (mẫu)")).due_on
    _other, _ = machine.met(rule)
    found, run = machine.met(rule)
    if mode == "propose":
        acts.accept_proposal(
            actor=leader, proposal_id=run.pk, lead=world.person(LEAD), due_on=world.today() + timedelta(days=20)
        )
    acts.undo_automated_act(actor=leader, run_id=run.pk, reason="Giao nhầm (mẫu)")
    assert not work.has_open_lead(found) and documents_acts.obligations(found) == ()
    assert documents.document(leader, found).due_on == before
    assert [row.document.id for row in work.my_work(world.actor(LEAD)).rows if row.document.id == found] == []
    told = queries.notices(world.actor(LEAD))
    assert [(one.kind, one.document.id, one.reason) for one in told] == [("undone", found, "Giao nhầm (mẫu)")]
    assert machine.state(rule) == "paused"
    deviation = queries.deviations(leader, rule)[0]
    assert deviation.run_id == run.pk and [one.document_id for one in deviation.traced] == [_other]
    with refused("379/27.3"):
        machine.approve(rule)
    with refused("379/27.3"):
        acts.undo_automated_act(actor=leader, run_id=run.pk, reason="Lần nữa (mẫu)")
    casework.assign(
        actor=leader, document_id=found, lead=world.person(SUPPORTER), due_on=world.today() + timedelta(days=2)
    )
    assert entries(found, "casework.work.withdrawn") and entries(found, "automation.act.undone")


@pytest.mark.clause("379/27.3")
def test_what_was_taken_up_is_not_taken_back_by_the_machine(world: World, machine: Machine) -> None:
    rule = machine.enabled()
    found, run = machine.met(rule)
    casework.take_up(actor=world.actor(LEAD), assignment_id=world.piece(found, LEAD))
    with refused("379/27.3"):
        acts.undo_automated_act(actor=world.actor(PROVINCE_LEADER), run_id=run.pk, reason="Giao nhầm (mẫu)")
    assert Run.objects.get(pk=run.pk).state == "done" and machine.state(rule) == "enabled"


@pytest.mark.clause("379/27.3")
def test_undo_is_the_overseers_alone(world: World, machine: Machine) -> None:
    _found, run = machine.met(machine.enabled())
    for login in (DEPUTY, ADMINISTRATOR):
        with refused("379/27.2.b"):
            acts.undo_automated_act(actor=world.actor(login), run_id=run.pk, reason="Giao nhầm (mẫu)")


@pytest.mark.clause("217/10.2", "379/27.3")
def test_withdrawn_work_is_not_what_a_reopened_document_goes_on_with(world: World, machine: Machine) -> None:
    rule, leader = machine.enabled(), world.actor(PROVINCE_LEADER)
    found, run = machine.met(rule)
    acts.undo_automated_act(actor=leader, run_id=run.pk, reason="Giao nhầm (mẫu)")
    casework.complete(actor=leader, document_id=found, note="Để biết (mẫu)")
    casework.reopen(actor=leader, document_id=found, reason="Còn việc (mẫu)")
    assert not work.has_open_lead(found)


@pytest.mark.clause("379/20.2")
def test_what_was_written_about_a_document_is_destroyed_with_it(world: World, machine: Machine) -> None:
    rule, leader = machine.enabled(), world.actor(PROVINCE_LEADER)
    found, run = machine.met(rule)
    acts.undo_automated_act(actor=leader, run_id=run.pk, reason="Hải đăng xanh (mẫu)")
    deviation = queries.deviations(leader, rule)[0].id
    acts.close_deviation(actor=leader, deviation_id=deviation, corrected="Hải đăng xanh", reported="Hải đăng xanh")
    destroy(world, found)
    machine.follow()
    assert machine.runs(rule)[0].state == "undone"
    with connection.cursor() as cursor:
        for table in ("run", "notice", "deviation"):
            cursor.execute(f"select count(*) from automation_{table} t where t::text like %s", ["%Hải đăng%"])
            assert cursor.fetchone() == (0,), table


# reminders


def reminding(machine: Machine, **changed: object) -> UUID:
    return machine.enabled(kind="remind", title="Nhắc hạn", days=3, lead=None, **changed)


def given(world: World, machine: Machine, days: int, **changed: object) -> UUID:
    found = machine.registered(**changed)
    casework.assign(
        actor=world.actor(PROVINCE_LEADER),
        document_id=found,
        lead=world.person(LEAD),
        due_on=world.today() + timedelta(days=days),
    )
    return found


@pytest.mark.clause("379/27.1", "379/27.2.b")
def test_a_reminder_is_given_once_for_a_day_and_anew_for_another(world: World, machine: Machine) -> None:
    rule = reminding(machine)
    found = given(world, machine, 1)
    follow.remind_due()
    follow.remind_due()
    lead = world.actor(LEAD)
    assert [(one.kind, one.document.id) for one in queries.notices(lead)] == [("remind", found)]
    assert [run.state for run in machine.runs(rule)] == ["done"]
    casework.change_due_date(
        actor=world.actor(PROVINCE_LEADER),
        assignment_id=world.piece(found, LEAD),
        due_on=world.today() + timedelta(days=2),
        reason="Gia hạn (mẫu)",
    )
    follow.remind_due()
    assert len(machine.runs(rule)) == 2


def test_nobody_is_reminded_early_nor_of_what_is_reported(world: World, machine: Machine) -> None:
    rule = reminding(machine)
    given(world, machine, 30)
    follow.remind_due()
    assert machine.runs(rule) == []
    near = given(world, machine, 1)
    follow.remind_due()
    piece = world.piece(near, LEAD)
    casework.take_up(actor=world.actor(LEAD), assignment_id=piece)
    assert len(queries.notices(world.actor(LEAD))) == 1
    casework.report_result(actor=world.actor(LEAD), assignment_id=piece, text="Xong (mẫu)")
    assert queries.notices(world.actor(LEAD)) == ()


@pytest.mark.clause("379/4.7")
def test_no_reminder_about_personnel(world: World, machine: Machine) -> None:
    rule = reminding(machine, senders=())
    given(world, machine, 1, abstract="về việc kỷ luật đảng viên (mẫu)")
    follow.remind_due()
    assert machine.runs(rule) == []


@pytest.mark.clause("379/4.7")
def test_no_reminder_about_what_lies_under_a_personnel_heading(world: World, machine: Machine) -> None:
    rule = reminding(machine, senders=())
    found = given(world, machine, 1)
    clerk = world.actor(PROVINCE_CLERK)
    heading = casework.open_file_class(
        actor=clerk,
        organisation_id=world.organisation(PROVINCE),
        code="CB.01",
        title="Hồ sơ bổ nhiệm, miễn nhiệm (mẫu)",
        retention="02",
        basis="Danh mục mẫu",
    )
    case = casework.open_case_file(actor=clerk, class_id=heading, title="Hồ sơ mẫu")
    casework.place_in_case_file(actor=clerk, case_file_id=case.id, document_id=found)
    follow.remind_due()
    assert machine.runs(rule) == []


@pytest.mark.clause("379/27.3")
def test_a_reminder_taken_back_is_told(world: World, machine: Machine) -> None:
    rule = reminding(machine)
    given(world, machine, 1)
    follow.remind_due()
    acts.undo_automated_act(
        actor=world.actor(PROVINCE_LEADER), run_id=machine.runs(rule)[0].pk, reason="Nhắc nhầm (mẫu)"
    )
    lead = world.actor(LEAD)
    assert [one.kind for one in queries.notices(lead)] == ["undone"]
    with refused("379/4.4"):
        acts.note_notice_seen(actor=world.actor(SUPPORTER), notice_id=queries.notices(lead)[0].id)
    assert len(queries.notices(lead)) == 1
    acts.note_notice_seen(actor=lead, notice_id=queries.notices(lead)[0].id)
    assert queries.notices(lead) == () and Notice.objects.filter(kind="undone").count() == 1


# secret


@pytest.mark.clause("379/4.7", "379/4.3")
@pytest.mark.parametrize("mode", ["run", "propose"])
def test_nothing_secret_is_run_or_proposed(
    world: World, machine: Machine, product: ReferenceProduct, mode: str
) -> None:
    world.confer(PROVINCE_CLERK, Office.CLEARED)
    world.confer(PROVINCE_LEADER, Office.CLEARED)
    rule = machine.enabled(mode=mode, words=())
    found = machine.registered(secrecy=Secrecy.CONFIDENTIAL)
    open_one = machine.registered()
    machine.follow()
    assert [run.document_id for run in machine.runs(rule)] == [open_one] and not work.has_open_lead(found)

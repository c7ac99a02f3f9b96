"""From the leader's word to completion, on a document that really arrived."""

from __future__ import annotations

from datetime import timedelta

import pytest

from antin.casework import acts, queries
from antin.casework.models import Assignment
from antin.documents import acts as documents_acts
from antin.documents import queries as documents
from antin.ledger import queries as ledger
from antin.registry import acts as registry
from antin.regulation import RuleViolation
from antin.values import Actor
from world import (
    CLERK,
    DRAFTER,
    LEAD,
    PROVINCE_CLERK,
    PROVINCE_LEADER,
    SIGNATORY,
    SUPPORTER,
    World,
    refused,
)


@pytest.fixture
def final(world: World) -> bytes:
    return world.original()


def state(world: World, found: object) -> str:
    return documents.document(world.actor(PROVINCE_CLERK), found).state


def finished(world: World, found: object, login: str, *, outcome: str = "accept") -> None:
    """Taken up, reported, settled by the leader."""
    piece = world.piece(found, login)
    acts.take_up(actor=world.actor(login), assignment_id=piece)
    acts.report_result(actor=world.actor(login), assignment_id=piece, text="Đã xong.")
    acts.settle_result(actor=world.actor(PROVINCE_LEADER), assignment_id=piece, outcome=outcome, reason="theo báo cáo")


@pytest.mark.clause("217/10.2", "217/11.8", "379/13.3", "379/6.2.p2")
def test_journey_from_instruction_to_completion(world: World, final: bytes) -> None:
    found = world.assigned(final)
    assert state(world, found) == "forwarded"
    lead = world.actor(LEAD)
    piece = world.piece(found, LEAD)
    taken = acts.take_up(actor=lead, assignment_id=piece)
    assert taken.state == "accepted" and state(world, found) == "in_process"
    supporter = world.piece(found, SUPPORTER)
    acts.take_up(actor=world.actor(SUPPORTER), assignment_id=supporter)
    acts.report_result(actor=world.actor(SUPPORTER), assignment_id=supporter, text="Đã góp ý kế hoạch.")
    result = acts.report_result(
        actor=lead,
        assignment_id=piece,
        text="Đã ban hành kế hoạch.",
        attachment=("ke-hoach.txt", "text/plain", "Kế hoạch mẫu".encode()),
    )
    assert queries.result_file(world.actor(PROVINCE_LEADER), result.id)[2].decode() == "Kế hoạch mẫu"
    leader = world.actor(PROVINCE_LEADER)
    for each in (supporter, piece):
        acts.settle_result(actor=leader, assignment_id=each, outcome="accept")
    assert acts.complete(actor=lead, document_id=found).state == "completed"
    assert documents_acts.obligations(found) == ()
    assert [row.act for row in reversed(ledger.history(found))] == [
        "registry.document.verified",
        "registry.document.registered",
        "registry.document.forwarded",
        "casework.work.assigned",
        "casework.work.taken_up",
        "casework.work.taken_up",
        "casework.result.reported",
        "casework.result.reported",
        "casework.result.settled",
        "casework.result.settled",
        "casework.document.completed",
    ]


@pytest.mark.clause("217/5.2", "379/4.4")
def test_assign_opens_the_document_and_hangs_the_work_on_it(world: World, final: bytes) -> None:
    found = world.registered(final)
    for login in (LEAD, SUPPORTER):
        with refused("379/4.4"):
            documents.document(world.actor(login), found)
    due = world.today() + timedelta(days=3)
    given = acts.assign(
        actor=world.actor(PROVINCE_LEADER),
        document_id=found,
        lead=world.person(LEAD),
        supporting=[world.person(SUPPORTER), world.person(LEAD)],
        due_on=due,
        text="Chủ trì tham mưu.",
    )
    assert [(a.role, a.person_name, a.words) for a in given] == [
        ("lead", "Bùi Mẫu Minh", "Chủ trì tham mưu."),
        ("supporting", "Đặng Mẫu Nga", "Chủ trì tham mưu."),
    ]
    view = documents.document(world.actor(LEAD), found)
    assert view.due_on == due and len(documents_acts.obligations(found)) == 2
    assert queries.instructions(world.actor(LEAD), found)[0].by_name == "Đỗ Mẫu Khánh"
    assert queries.assignments(world.actor(SUPPORTER), found) == given


@pytest.mark.clause("217/10.2", "217/11.13", "379/4.4")
def test_assign_wrong_office_stranger_past_date_or_second_lead_refused(world: World, final: bytes) -> None:
    found = world.registered(final)
    tomorrow = world.today() + timedelta(days=1)

    def give(login: str = PROVINCE_LEADER, lead: str = LEAD, due: object = tomorrow) -> None:
        acts.assign(actor=world.actor(login), document_id=found, lead=world.person(lead), due_on=due)  # type: ignore[arg-type]

    with pytest.raises(RuleViolation):
        give(login=PROVINCE_CLERK)
    with refused("379/4.4"):
        give(login=DRAFTER)
    with refused("379/4.4"):
        give(lead=SIGNATORY)
    for due in (None, world.today() - timedelta(days=1)):
        with refused("217/11.13"):
            give(due=due)
    assert Assignment.objects.count() == 0 and state(world, found) == "forwarded"
    give()
    with refused("217/10.2"):
        give(lead=SUPPORTER)
    assert Assignment.objects.count() == 1


@pytest.mark.clause("217/10.2", "379/13.3")
def test_take_up_by_another_or_twice_refused(world: World, final: bytes) -> None:
    found = world.assigned(final)
    piece = world.piece(found, LEAD)
    for login in (SUPPORTER, PROVINCE_LEADER):
        with refused("217/10.2"):
            acts.take_up(actor=world.actor(login), assignment_id=piece)
    with refused("379/4.4"):
        acts.take_up(actor=world.actor(DRAFTER), assignment_id=piece)
    acts.take_up(actor=world.actor(LEAD), assignment_id=piece)
    with refused("217/10.2"):
        acts.take_up(actor=world.actor(LEAD), assignment_id=piece)


@pytest.mark.clause("217/10.1.p2")
def test_return_after_take_up_refused(world: World, final: bytes) -> None:
    found = world.assigned(final)
    acts.take_up(actor=world.actor(LEAD), assignment_id=world.piece(found, LEAD))
    with pytest.raises(RuleViolation):
        registry.return_document(actor=world.actor(PROVINCE_CLERK), document_id=found, reason="nhầm")


@pytest.mark.clause("379/6.2.p2")
def test_hand_over_the_taker_accepts_anew(world: World, final: bytes) -> None:
    found = world.assigned(final)
    piece = world.piece(found, LEAD)
    acts.take_up(actor=world.actor(LEAD), assignment_id=piece)
    with refused("379/17.3"):
        acts.hand_over(actor=world.actor(LEAD), assignment_id=piece, to_person=world.person(PROVINCE_LEADER), reason="")
    with refused("379/4.4"):
        acts.hand_over(actor=world.actor(LEAD), assignment_id=piece, to_person=world.person(CLERK), reason="đi vắng")
    handed = acts.hand_over(
        actor=world.actor(LEAD), assignment_id=piece, to_person=world.person("son.ngo"), reason="đi công tác"
    )
    assert (handed.state, handed.person_id) == ("assigned", world.person("son.ngo"))
    with refused("217/10.2"):
        acts.take_up(actor=world.actor(LEAD), assignment_id=piece)
    acts.take_up(actor=world.actor("son.ngo"), assignment_id=piece)
    assert queries.hand_overs(world.actor(LEAD), found)[0].reason == "đi công tác"


@pytest.mark.clause("217/10.2")
def test_result_returned_goes_back_and_is_reported_again(world: World, final: bytes) -> None:
    found = world.assigned(final)
    piece = world.piece(found, LEAD)
    leader = world.actor(PROVINCE_LEADER)
    acts.take_up(actor=world.actor(LEAD), assignment_id=piece)
    with refused("217/10.2"):
        acts.report_result(actor=world.actor(LEAD), assignment_id=piece, text=" ")
    acts.report_result(actor=world.actor(LEAD), assignment_id=piece, text="Bản 1")
    with refused("379/17.3"):
        acts.settle_result(actor=leader, assignment_id=piece, outcome="return")
    with refused("379/31.p1"):
        acts.settle_result(actor=world.actor(LEAD), assignment_id=piece, outcome="accept")
    acts.settle_result(actor=leader, assignment_id=piece, outcome="return", reason="thiếu phụ lục")
    acts.report_result(actor=world.actor(LEAD), assignment_id=piece, text="Bản 2")
    settled = acts.settle_result(actor=leader, assignment_id=piece, outcome="accept")
    assert settled.words == "Bản 2"
    assert [r.outcome for r in queries.results(leader, found)] == ["accept", "return"]


@pytest.mark.clause("217/10.2", "217/11.8")
def test_complete_with_open_work_refused_and_for_information_allowed(world: World, final: bytes) -> None:
    found = world.assigned(final)
    with refused("217/10.2"):
        acts.complete(actor=world.actor(PROVINCE_LEADER), document_id=found)
    finished(world, found, LEAD)
    with refused("217/10.2"):
        acts.complete(actor=world.actor(LEAD), document_id=found)
    finished(world, found, SUPPORTER)
    with pytest.raises(RuleViolation):  # a supporter is not the lead
        acts.complete(actor=world.actor(SUPPORTER), document_id=found)
    assert acts.complete(actor=world.actor(PROVINCE_LEADER), document_id=found).state == "completed"
    for_information = world.registered(final)
    acts.complete(actor=world.actor(PROVINCE_LEADER), document_id=for_information, note="để biết")
    assert state(world, for_information) == "completed"


@pytest.mark.clause("217/10.2", "379/17.3")
def test_reopen_the_lead_goes_on(world: World, final: bytes) -> None:
    found = world.assigned(final)
    for login in (LEAD, SUPPORTER):
        finished(world, found, login)
    acts.complete(actor=world.actor(LEAD), document_id=found)
    leader = world.actor(PROVINCE_LEADER)
    with refused("379/17.3"):
        acts.reopen(actor=leader, document_id=found, reason=" ")
    with pytest.raises(RuleViolation):
        acts.reopen(actor=world.actor(LEAD), document_id=found, reason="x")
    assert acts.reopen(actor=leader, document_id=found, reason="bổ sung số liệu").state == "in_process"
    piece = world.piece(found, LEAD)
    assert queries.assignment(leader, piece).state == "accepted"
    acts.report_result(actor=world.actor(LEAD), assignment_id=piece, text="Đã bổ sung.")
    acts.settle_result(actor=leader, assignment_id=piece, outcome="accept")
    assert acts.complete(actor=leader, document_id=found).state == "completed"


@pytest.mark.clause("217/10.2.p2", "379/19.1")
def test_recalled_document_nothing_begins_and_completion_closes_the_work(world: World, final: bytes) -> None:
    found = world.assigned(final)
    documents_acts.advance(
        actor=Actor.peer("trung-uong"), document_id=found, act="apply_notice(recall)", life="validity"
    )
    with refused("217/10.2.p2"):
        acts.take_up(actor=world.actor(LEAD), assignment_id=world.piece(found, LEAD))
    with refused("217/10.2.p2"):
        acts.give_instruction(actor=world.actor(PROVINCE_LEADER), document_id=found, text="Làm ngay.")
    acts.complete(actor=world.actor(PROVINCE_LEADER), document_id=found, note="đã thu hồi")
    assert {a.state for a in queries.assignments(world.actor(PROVINCE_LEADER), found)} == {"closed"}
    assert documents_acts.obligations(found) == ()


@pytest.mark.clause("217/11.13", "379/17.3")
def test_change_due_date_keeps_the_old_one(world: World, final: bytes) -> None:
    found = world.assigned(final)
    piece = world.piece(found, LEAD)
    leader, later = world.actor(PROVINCE_LEADER), world.today() + timedelta(days=20)
    with refused("379/31.p1"):
        acts.change_due_date(actor=world.actor(LEAD), assignment_id=piece, due_on=later, reason="cần thêm")
    with refused("379/17.3"):
        acts.change_due_date(actor=leader, assignment_id=piece, due_on=later, reason="")
    assert acts.change_due_date(actor=leader, assignment_id=piece, due_on=later, reason="cần thêm").due_on == later
    assert documents.document(leader, found).due_on == later
    change = queries.due_changes(leader, found)[0]
    assert (change.old, change.new) == (world.today() + timedelta(days=7), later)


@pytest.mark.clause("379/6.2.p2")
def test_instruction_names_people_who_may_then_read(world: World, final: bytes) -> None:
    found = world.registered(final)
    leader = world.actor(PROVINCE_LEADER)
    acts.give_instruction(actor=leader, document_id=found, text="Nghiên cứu.", people=[world.person(SUPPORTER)])
    assert queries.instructions(world.actor(SUPPORTER), found)[0].words == "Nghiên cứu."
    with refused("379/31.p1"):
        acts.give_instruction(actor=world.actor(PROVINCE_CLERK), document_id=found, text="x")
    with refused("217/10.2"):
        acts.give_instruction(actor=leader, document_id=found, text="  ")


@pytest.mark.clause("217/11.13")
def test_lists_of_work_page_by_deadline_overdue_first(world: World, final: bytes) -> None:
    ids = [world.assigned(final) for _ in range(3)]
    lead, leader = world.actor(LEAD), world.actor(PROVINCE_LEADER)
    days = {ids[0]: 5, ids[1]: -30, ids[2]: 2}
    for found, offset in days.items():
        Assignment.objects.filter(document_id=found).update(due_on=world.today() + timedelta(days=offset))
    page = queries.my_work(lead, limit=2)
    assert [row.document.id for row in page.rows] == [ids[1], ids[2]] and page.rows[0].assignment.overdue
    assert page.rows[0].assignment.days_left < 0
    rest = queries.my_work(lead, after=page.next, limit=2)
    assert [row.document.id for row in rest.rows] == [ids[0]] and rest.next is None
    assert [row.document.id for row in queries.overdue(lead).rows] == [ids[1]]
    assert {row.assignment.person_id for row in queries.overdue(leader).rows} == {
        world.person(LEAD),
        world.person(SUPPORTER),
    }
    assert len(queries.given_out(leader).rows) == 6
    assert queries.counts(lead) == {"open": 3, "lead": 3, "supporting": 0, "overdue": 1}
    assert queries.my_work(lead, "supporting").rows == () and queries.my_work(lead, "done").rows == ()
    assert queries.given_out(world.actor(DRAFTER)).rows == ()

"""Figures of a period: both sides count the same copies, the log tells the same numbers, nobody counts a foreign body (217/12)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from tests.exchange.scene import RECIPIENT, SENDER, STRANGER, Scene, actor

from antin.exchange import acts, sender
from antin.exchange.models import Dispatch, SendClock
from antin.identity import acts as identity
from antin.ledger.models import Entry
from antin.regulation import RuleViolation
from antin.reports import acts as report_acts
from antin.reports import ports, queries
from antin.reports.figures import Figures, from_dict
from antin.values import Actor, FixedClock, Office, SystemClock, Urgency

pytestmark = pytest.mark.clause("217/12.p1", "217/12.2")


@pytest.fixture
def next_month() -> Iterator[None]:
    """The reports' own clock stands in the month after this one."""
    now = SystemClock().now()
    ports.bind(ports.Ports(FixedClock(now + timedelta(days=32))))
    yield
    ports.bind(ports.Ports())


def counted(scene: Scene, code: str, period: str = "") -> Figures:
    return queries.exchange_statistics(actor(scene.organisations[code], Office.CLERK), period)


def test_what_one_side_sent_the_other_received_and_the_log_says_so(scene: Scene) -> None:
    scene.queued(RECIPIENT)
    scene.queued(RECIPIENT, urgency=Urgency.URGENT)
    sender.send_due()
    sent, came = counted(scene, SENDER), counted(scene, RECIPIENT)
    assert (sent.sent["total"], sent.sent["there"], sent.sent["urgent"], sent.sent["failed"]) == (2, 2, 1, 0)
    assert [(line.code, line["total"]) for line in sent.recipients] == [(RECIPIENT, 2)]
    assert [(line.code, line["total"]) for line in came.senders] == [(SENDER, 2)]
    assert [(line.code, line["total"]) for line in came.came_ways] == [("party_network", 2)]
    assert (came.came["total"], came.came["urgent"], came.came["taken"]) == (2, 1, 0)
    assert sent.ledger.holds and came.ledger.holds
    assert sent.median_s is not None and came.median_s is None


def test_every_outcome_is_counted_where_it_stands(scene: Scene) -> None:
    waiting = scene.queued(STRANGER)
    lost = scene.queued(RECIPIENT)
    Dispatch.objects.filter(id=lost.id).update(state="returned")
    late, now = scene.queued(RECIPIENT), SystemClock().now()
    SendClock.objects.update_or_create(
        document_id=late.document_id,
        defaults={"organisation_id": late.organisation_id, "state": "missed", "due_at": now, "missed_at": now},
    )
    found = counted(scene, SENDER)
    by_recipient = {line.code: line for line in found.recipients}
    assert by_recipient[STRANGER]["total"] == 1 and by_recipient[STRANGER]["there"] == 0
    assert (by_recipient[RECIPIENT]["returned"], by_recipient[RECIPIENT]["late"]) == (1, 1)
    assert found.sent["total"] == 3
    assert waiting.state == "queued"


def test_what_can_not_go_is_counted_and_logged_as_queued_and_failed(scene: Scene) -> None:
    document_id = scene.issue("A01.99")  # nobody knows that recipient
    acts.queue_dispatches(actor=Actor.system(), document_id=document_id)
    found = counted(scene, SENDER)
    assert (found.sent["total"], found.sent["failed"]) == (1, 1) and found.ledger.holds
    told = Entry.objects.filter(object_id=document_id, act__startswith="exchange.dispatch").order_by("id")
    assert list(told.values_list("act", flat=True)) == ["exchange.dispatch.queued", "exchange.dispatch.failed"]


def test_another_try_in_a_later_period_is_no_second_copy(scene: Scene) -> None:
    dispatch = scene.queued(STRANGER)
    Dispatch.objects.filter(id=dispatch.id).update(state="failed")
    clerk = actor(scene.organisations[SENDER], Office.CLERK)
    acts.queue_again(actor=clerk, dispatch_id=dispatch.id)
    found = counted(scene, SENDER)
    assert found.sent["total"] == 1 and found.ledger.holds


def test_a_copy_that_the_log_does_not_know_of_is_told(scene: Scene) -> None:
    dispatch = scene.queued(STRANGER)
    Dispatch.objects.filter(id=dispatch.id).update(recipient_code="A01.98")
    with connection.cursor() as cursor:  # as if somebody wrote into the table beside the acts
        cursor.execute(
            "UPDATE exchange_dispatch SET queued_at = queued_at - interval '400 days' WHERE id = %s", [dispatch.id]
        )
    found = counted(scene, SENDER)
    assert found.sent["total"] == 0 and found.ledger.sent == 1 and not found.ledger.holds


def test_units_below_are_counted_with_their_body_and_apart(scene: Scene) -> None:
    unit = identity.found_organisation(
        actor=Actor.system(), name="Đơn vị mẫu", short_name="Đơn vị", kind="unit", level="central", place="Hà Nội",
        notation="DV", body_name="ĐƠN VỊ MẪU", codes={"party": "A99.01.02"}, basis="Mẫu",
        parent_id=scene.organisations[SENDER],
    )  # fmt: skip
    dispatch = scene.queued(STRANGER)
    Dispatch.objects.filter(id=dispatch.id).update(organisation_id=unit)
    scene.queued(STRANGER)
    found = counted(scene, SENDER)
    assert {line.code: line["total"] for line in found.sending_units} == {SENDER: 1, "A99.01.02": 1}
    head = actor(scene.organisations[SENDER], Office.LEADER)
    assert queries.exchange_statistics(head, body_id=unit).sent["total"] == 1


@pytest.mark.clause("379/4.4")
def test_a_body_that_is_not_mine_and_one_without_office_are_not_there(scene: Scene) -> None:
    clerk = actor(scene.organisations[SENDER], Office.CLERK)
    for who, body in (
        (clerk, scene.organisations[RECIPIENT]),
        (actor(scene.organisations[SENDER], Office.DRAFTER), None),
    ):
        with pytest.raises(RuleViolation) as refused:
            queries.exchange_statistics(who, body_id=body)
        assert refused.value.clause == "379/4.4"


@pytest.mark.clause("217/12.1")
def test_the_period_asked_for_is_the_one_counted(scene: Scene, next_month: None) -> None:
    scene.queued(RECIPIENT)
    sender.send_due()
    running = counted(scene, RECIPIENT)
    before = counted(scene, RECIPIENT, running.period.beside(-1).name)
    assert running.came["total"] == 0 and running.ledger.holds
    assert before.came["total"] == 1 and before.ledger.holds
    assert [line.name for line in before.senders] == ["Văn phòng Trung ương (mẫu)"]


def test_frozen_figures_are_read_back_as_they_were(scene: Scene) -> None:
    scene.queued(RECIPIENT)
    found = counted(scene, SENDER)
    again = from_dict(found.period, found.to_dict())
    assert again == found and again.digest == found.digest
    scene.queued(RECIPIENT)
    assert counted(scene, SENDER).digest != found.digest


@pytest.mark.clause("379/4.1")
def test_a_table_taken_away_is_on_record_and_holds_no_formula(scene: Scene) -> None:
    scene.queued(STRANGER)
    Dispatch.objects.update(recipient_name="=HYPERLINK(1)")
    clerk = actor(scene.organisations[SENDER], Office.CLERK)
    name, data = report_acts.export_list(actor=clerk, period="", body_id=None)
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    (line,) = [row for row in rows if row["theo"] == "noi_nhan"]
    assert (line["ma"], line["ten"], line["tong"], line["da_den"]) == (STRANGER, "'=HYPERLINK(1)", "1", "0")
    assert name.startswith("gui-nhan-")
    entry = Entry.objects.get(act="reports.list.exported")
    assert entry.person_id == clerk.person_id and f'"rows":{len(rows)}' in entry.payload


@pytest.mark.clause("217/15.3")
def test_only_the_head_of_the_office_publishes(scene: Scene) -> None:
    with pytest.raises(RuleViolation) as refused:
        report_acts.publish_report(
            actor=actor(scene.organisations[SENDER], Office.CLERK, Office.LEADER),
            organisation_id=scene.organisations[SENDER],
            period="2026-10",
        )
    assert refused.value.clause == "217/15.3"

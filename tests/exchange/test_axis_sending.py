"""Documents to State bodies by the axis: chosen, built, handed over once, whatever happens to the answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F
from tests.exchange.axis_scene import OTHER_STATE, SENDER, STATE, STATE_OLD, AxisLine, AxisOut, AxisScene
from tests.exchange.scene import RECIPIENT, pdf
from tests.exchange.test_edxml_streamed import spooled

from antin.documents import acts as documents
from antin.documents.acts import obligations
from antin.exchange import acts, ports, queries
from antin.exchange.axis import protocol, worker
from antin.exchange.edxml.dsig import SignatureVerdict
from antin.exchange.edxml.model import BusinessKind, Envelope
from antin.exchange.edxml.reader import read
from antin.exchange.edxml.streamed import check_signature, taken
from antin.exchange.models import Dispatch
from antin.values import Actor, Secrecy, sha256_hex

pytestmark = pytest.mark.clause("217/7.3")


def test_document_for_a_state_body_goes_by_the_axis(axis: AxisScene) -> None:
    dispatch = axis.issued(attachments=(("phu-luc.txt", "text/plain", b"Ph\xe1\xbb\xa5 l\xe1\xbb\xa5c"),))
    assert (dispatch.channel, dispatch.state, dispatch.partner) == ("axis", "queued", None)
    axis.work()
    (data,) = axis.arrived()
    message = read(data)
    assert isinstance(message, Envelope)
    assert (message.sender.organ_id, [o.organ_id for o in message.recipients]) == (SENDER, [STATE])
    assert message.document_id == dispatch.document_code
    assert [(one.name.rsplit(".")[-1], sha256_hex(one.data)) for one in message.attachments] == [
        ("pdf", sha256_hex(pdf())),
        ("txt", sha256_hex(b"Ph\xe1\xbb\xa5 l\xe1\xbb\xa5c")),
    ]
    dispatch.refresh_from_db()
    assert dispatch.state == "sent"
    assert {"queued", "sent", "relayed"} <= set(dispatch.times)
    assert obligations(dispatch.document_id) == ()


@pytest.mark.clause("217/6.2")
def test_envelope_is_signed_by_our_body(axis: AxisScene) -> None:
    axis.issued()
    axis.work()
    checked = check_signature(taken(spooled(axis.arrived()[0])))
    assert checked.verdict is SignatureVerdict.UNPROVEN
    assert checked.certificate == axis.scene.issued[SENDER].certificate_der


@pytest.mark.clause("217/11.1.p3")
def test_one_body_under_two_codes_gets_one_message(axis: AxisScene) -> None:
    axis.issued(STATE_OLD, STATE, OTHER_STATE)
    axis.work()
    assert sorted(Dispatch.objects.values_list("recipient_code", flat=True)) == [STATE, OTHER_STATE]
    assert len(axis.arrived()) == 2


def test_choice_is_told_before_issue(axis: AxisScene) -> None:
    document_id = axis.scene.issue(RECIPIENT, STATE_OLD, "000.00.00.H77", enter=False)
    rows = {row.recipient_code: row for row in queries.channel_choices(axis.scene.clerk(), document_id)}
    assert [(code, row.choice.channel) for code, row in rows.items()] == [
        (RECIPIENT, "party_network"), (STATE, "axis"), ("000.00.00.H77", "paper"),
    ]  # fmt: skip
    assert rows[STATE].recipient_name == "Ủy ban nhân dân tỉnh Lạc Giang (mẫu)"


@pytest.mark.clause("217/5.1")
def test_nothing_confidential_reaches_the_axis(axis: AxisScene) -> None:
    dispatch = axis.issued(secrecy=Secrecy.CONFIDENTIAL)
    axis.work()
    assert dispatch.state == "failed"
    assert not AxisOut.objects.exists()
    assert axis.arrived() == []


@pytest.mark.clause("217/13.1", "217/6.2")
@pytest.mark.parametrize("fault", ["drop_after", "rubbish", "huge"])
def test_answer_lost_after_it_was_stored_never_doubles(axis: AxisScene, fault: str) -> None:
    dispatch = axis.issued()
    axis.server.faults[protocol.SEND].append(fault)
    worker.send_due()
    assert AxisOut.objects.get().tried_at is not None
    assert AxisOut.objects.get().doc_id == ""
    _soon(axis)
    assert len(axis.arrived()) == 1
    assert axis.server.asked[protocol.SEND] == 1
    dispatch.refresh_from_db()
    assert "relayed" in dispatch.times


@pytest.mark.clause("217/13.1", "217/6.2")
def test_message_still_being_stored_as_we_gave_up_never_doubles(axis: AxisScene) -> None:
    here = ports.bound()
    ports.bind(replace(here, limits=replace(here.limits, axis_settle_s=4.0)))
    axis.issued()
    axis.server.faults[protocol.SEND].append("slow")
    worker.send_due()
    _soon(axis)
    assert axis.server.at_rest(10)
    assert AxisOut.objects.get().state == "queued", "not looked up before the axis must be done with it"
    AxisOut.objects.update(tried_at=F("tried_at") - timedelta(seconds=4))
    _soon(axis)
    assert axis.server.asked[protocol.SEND] == len(axis.arrived()) == 1
    assert AxisOut.objects.get().state == "taken"


@pytest.mark.clause("217/13.1")
@pytest.mark.parametrize("fault", ["drop_before", "busy"])
def test_answer_lost_before_it_was_stored_goes_again(axis: AxisScene, fault: str) -> None:
    axis.issued()
    axis.server.faults[protocol.SEND].append(fault)
    worker.send_due()
    _soon(axis)
    assert len(axis.arrived()) == 1
    assert axis.server.asked[protocol.SEND] == 2
    assert axis.server.asked[protocol.SENT] == 1


@pytest.mark.clause("217/13.1")
@pytest.mark.parametrize("verb", [protocol.SENT, protocol.GET])
@pytest.mark.parametrize("fault", ["drop_before", "busy", "rubbish", "refuse"])
def test_what_cannot_be_looked_up_is_not_sent_again(axis: AxisScene, verb: str, fault: str) -> None:
    axis.issued()
    axis.server.faults[protocol.SEND].append("drop_after")
    worker.send_due()
    axis.server.faults[verb].append(fault)
    _soon(axis, times=1)
    assert axis.server.asked[protocol.SEND] == 1
    assert AxisOut.objects.get().state == "queued"
    _soon(axis)
    assert AxisOut.objects.get().state == "taken"
    assert axis.server.asked[protocol.SEND] == 1


@pytest.mark.clause("217/13.1")
def test_message_that_looks_alike_is_not_taken_for_it(axis: AxisScene) -> None:
    """Two messages between the same sides, both without an answer, one of them stored: bytes decide."""
    axis.issued()
    axis.issued()
    axis.server.faults[protocol.SEND].extend(["drop_after", "drop_before"])
    worker.send_due()
    _soon(axis)
    rows = list(AxisOut.objects.order_by("id"))
    assert [row.state for row in rows] == ["taken", "taken"]
    assert len({row.doc_id for row in rows}) == 2
    assert sorted(sha256_hex(data) for data in axis.arrived()) == sorted(row.digest for row in rows)


@pytest.mark.clause("217/13.1")
def test_lookup_waits_until_the_axis_must_be_done(axis: AxisScene) -> None:
    here = ports.bound()
    ports.bind(replace(here, limits=replace(here.limits, axis_settle_s=600.0)))
    axis.issued()
    axis.server.faults[protocol.SEND].append("drop_before")
    worker.send_due()
    _soon(axis, times=2)
    assert axis.server.asked[protocol.SEND] == 1
    assert axis.server.asked[protocol.SENT] == 0


@pytest.mark.clause("217/7.4")
def test_clear_refusal_is_told_to_the_clerk_who_may_send_again(axis: AxisScene) -> None:
    dispatch = axis.issued()
    axis.server.faults[protocol.SEND].append("refuse")
    axis.work()
    dispatch.refresh_from_db()
    assert dispatch.state == "failed"
    assert "23" in dispatch.reason
    acts.queue_again(actor=axis.scene.clerk(), dispatch_id=dispatch.id)
    axis.work()
    dispatch.refresh_from_db()
    assert dispatch.state == "sent"
    assert len(axis.arrived()) == 1
    assert AxisOut.objects.count() == 1


@pytest.mark.clause("379/21.3")
def test_gate_is_asked_as_it_leaves(axis: AxisScene) -> None:
    dispatch = axis.issued()
    documents.take_down_obligation(document_id=dispatch.document_id, kind="x", key="x")
    acts.ask_recall(actor=Actor.system(), dispatch_id=dispatch.id, reason="Sai số liệu")
    axis.work()
    assert AxisOut.objects.get().state == "dropped"
    assert axis.arrived() == []


@pytest.mark.clause("217/9.2", "217/13.1")
def test_recall_while_the_outcome_is_unknown_stops_what_was_not_stored(axis: AxisScene) -> None:
    dispatch = axis.issued()
    axis.server.faults[protocol.SEND].append("drop_before")
    worker.send_due()
    acts.ask_recall(actor=Actor.system(), dispatch_id=dispatch.id, reason="Sai số liệu")
    _soon(axis)
    assert [row.purpose for row in AxisOut.objects.filter(state="taken")] == ["recall"]
    assert [row.purpose for row in AxisOut.objects.filter(state="dropped")] == ["new"]


@pytest.mark.clause("217/7.4")
def test_expired_document_is_the_clerks_decision(axis: AxisScene) -> None:
    dispatch = axis.issued()
    axis.server.faults[protocol.SEND].append("drop_after")
    worker.send_due()
    Dispatch.objects.filter(id=dispatch.id).update(expires_at=ports.bound().clock.now() - timedelta(seconds=1))
    _soon(axis)
    dispatch.refresh_from_db()
    assert dispatch.state == "failed"
    assert "chưa rõ" in dispatch.reason
    assert AxisOut.objects.get().state == "taken"  # it was there, and is known to be: the history says so
    assert "relayed" in dispatch.times


@pytest.mark.clause("217/13.1")
def test_axis_that_is_down_is_left_in_peace_and_found_again(axis: AxisScene) -> None:
    axis.server.faults[protocol.RECEIVED].extend(["busy"] * 3)
    for _ in range(3):
        worker.receive_due()
    assert AxisLine.objects.get().state == "down"
    asked = axis.server.asked[protocol.RECEIVED]
    axis.issued()
    assert worker.send_due() == worker.receive_due() == 0
    assert axis.server.asked[protocol.RECEIVED] == asked
    AxisLine.objects.update(retry_at=None)
    axis.work()
    assert AxisLine.objects.get().state == "up"
    assert len(axis.arrived()) == 1


@pytest.mark.clause("217/13.1")
def test_message_that_kills_its_worker_stands_still_until_released(axis: AxisScene) -> None:
    axis.issued()
    AxisOut.objects.update(open_claims=9)
    worker.send_due()
    from tests.exchange.scene import actor

    from antin.values import Office

    operator = actor(axis.scene.organisations[SENDER], Office.EXCHANGE_OPERATOR)
    (row,) = queries.parked(operator)
    assert (row.kind, queries.waiting_for_operator(operator)) == ("axis", 1)
    acts.release_parked_message(actor=operator, message_id=row.id)
    axis.work()
    assert len(axis.arrived()) == 1


@pytest.mark.clause("379/17.2")
def test_replacement_says_what_it_replaces(axis: AxisScene) -> None:
    old = axis.issued()
    axis.work()
    axis.issued(replaces=old.document_id)
    axis.work()
    kinds = [message.business for message in map(read, axis.arrived()) if isinstance(message, Envelope)]
    assert [business.kind for business in kinds] == [BusinessKind.NEW, BusinessKind.REPLACE]
    assert kinds[1].replacements[0].document_id == old.document_code


@pytest.mark.clause("217/8.1", "217/8.2.p7")
@pytest.mark.parametrize(("type_code", "follows"), [("to_trinh", True), ("cong_van", False)])
def test_message_says_whether_paper_follows(axis: AxisScene, type_code: str, follows: bool) -> None:
    with connection.cursor() as cursor:
        cursor.execute("update identity_organisation set level = 'provincial'")
    axis.issued(type_code=type_code)
    axis.work()
    message = read(axis.arrived()[0])
    assert isinstance(message, Envelope)
    assert message.business.paper is follows


@pytest.mark.clause("217/6.5")
def test_document_too_large_for_the_axis_is_told(axis: AxisScene) -> None:
    here = ports.bound()
    ports.bind(replace(here, limits=replace(here.limits, axis_bytes=500)))
    dispatch = axis.issued()
    assert dispatch.state == "failed"
    assert "500" in dispatch.reason


def _soon(axis: AxisScene, times: int = 6) -> None:
    """Time passes: pauses between attempts are over."""
    for _ in range(times):
        AxisOut.objects.filter(state="queued", next_attempt_at__isnull=False).update(
            next_attempt_at=ports.bound().clock.now()
        )
        AxisLine.objects.update(retry_at=None)
        worker.send_due()

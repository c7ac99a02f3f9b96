"""The main road: a document leaves, arrives once, is answered with a signed receipt; its progress comes back."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from tests.exchange.scene import ABSTRACT, NAMES, RECIPIENT, SENDER, Scene, arrived, document_queries

from antin.documents import acts as documents
from antin.exchange import acts, queries, sender
from antin.exchange.follow import follow_once
from antin.exchange.models import Dispatch, Evidence, ParcelIn
from antin.ledger import acts as ledger
from antin.regulation import RuleViolation
from antin.values import Actor, Secrecy, Urgency


@pytest.mark.clause("217/9.1", "217/10.1", "217/6.2", "217/11.8")
def test_send_issued_document_arrives_once_with_evidence_on_both_sides(scene: Scene) -> None:
    document_id = scene.issue(
        RECIPIENT, urgency=Urgency.URGENT, attachments=(("phu-luc.txt", "text/plain", b"xin chao"),)
    )
    ledger.integrate()
    assert follow_once() > 0
    assert sender.send_due() == 1

    dispatch = Dispatch.objects.get(document_id=document_id)
    assert (dispatch.state, dispatch.attempts, dispatch.last_error) == ("arrived", 1, "")
    copy = document_queries.facts(scene.incoming(dispatch))
    original = document_queries.facts(document_id)
    assert copy.state == "arrived"
    assert (copy.abstract, copy.document_code, copy.reference_number) == (
        ABSTRACT,
        original.document_code,
        original.reference_number,
    )
    assert (copy.sender_code, copy.urgency, copy.type_code) == (SENDER, Urgency.URGENT, "cong_van")
    assert copy.attachment_count == 1
    events = set(Evidence.objects.values_list("event", "side"))
    assert events == {("ContentConsignment", "theirs"), ("ContentConsignment", "ours")}
    ours, theirs = Evidence.objects.get(side="ours"), Evidence.objects.get(side="theirs")
    assert bytes(ours.message) == bytes(theirs.message)
    rows = queries.evidence(scene.clerk(), document_id)
    assert {row.kind for row in rows} == {"parcel", "answer"}


@pytest.mark.clause("217/6.4", "217/10.2", "217/11.14")
def test_report_progress_each_step_comes_back_in_order(scene: Scene) -> None:
    dispatch = _delivered(scene)
    copy = scene.incoming(dispatch)
    steps = [
        ("registry.document.registered", "accepted"),
        ("registry.document.forwarded", "forwarded"),
        ("casework.work.assigned", "forwarded"),
        ("casework.work.taken_up", "in_process"),
        ("casework.document.completed", "completed"),
        ("casework.document.reopened", "in_process"),
        ("casework.document.completed", "completed"),
    ]
    for act, state in steps:
        scene.enter(act, copy)
        follow_once()
        sender.send_due()
        dispatch.refresh_from_db()
        assert dispatch.state == state, act
    (row,) = queries.deliveries(scene.clerk(), dispatch.document_id)
    assert row.state == "completed"
    assert {"queued", "sent", "arrived", "accepted", "forwarded", "in_process", "completed"} <= row.times.keys()
    history = queries.delivery_history(scene.clerk(), dispatch.document_id)
    assert [r.code for r in history if r.event == "Progress"] == ["03", "04", "05", "06", "05", "06"]
    assert history[-1].person == "Vũ Thị Mẫu Lan"
    (arrival,) = queries.arrivals(scene.clerk(RECIPIENT), copy)
    assert {told.state for told in arrival.told} == {"acknowledged"}


@pytest.mark.clause("217/10.1.p2")
def test_return_document_comes_back_with_its_reason(scene: Scene) -> None:
    dispatch = _delivered(scene)
    scene.enter("registry.document.returned", scene.incoming(dispatch), reason="Thiếu phụ lục")
    follow_once()
    sender.send_due()
    dispatch.refresh_from_db()
    assert (dispatch.state, dispatch.reason) == ("returned", "Thiếu phụ lục")


@pytest.mark.clause("217/10.1.p2", "217/11.14")
def test_returned_document_waits_for_an_eye_until_its_reason_was_read(scene: Scene) -> None:
    dispatch = _delivered(scene)
    assert queries.follow_up(scene.clerk()) == ()
    with pytest.raises(RuleViolation):
        acts.note_seen(actor=scene.clerk(), dispatch_id=dispatch.id)
    scene.enter("registry.document.returned", scene.incoming(dispatch), reason="Thiếu phụ lục")
    follow_once()
    sender.send_due()
    (row,) = queries.follow_up(scene.clerk())
    assert (row.state, row.reason) == ("returned", "Thiếu phụ lục")
    assert queries.follow_up_counts(scene.clerk())["returned"] == 1
    with pytest.raises(RuleViolation):
        acts.note_seen(actor=scene.clerk(RECIPIENT), dispatch_id=dispatch.id)
    acts.note_seen(actor=scene.clerk(), dispatch_id=dispatch.id)
    assert queries.follow_up(scene.clerk()) == ()
    (kept,) = queries.deliveries(scene.clerk(), dispatch.document_id)
    assert kept.state == "returned"


@pytest.mark.clause("379/21.3")
def test_what_is_sealed_off_is_not_followed_up(scene: Scene) -> None:
    dispatch = scene.queued()
    assert [row.dispatch_id for row in queries.follow_up(scene.clerk())] == [dispatch.id]
    with connection.cursor() as cursor:
        cursor.execute(
            "with ordered as (insert into documents_impoundment_order (id, owner_id, authority_id, authority_name, decision,"
            " decided_on, reason, scope_digest, begun_at, begun_by, begun_by_name, lifting_decision, lifted_by_name)"
            " values (gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 'mẫu', '1', now(), 'mẫu', '', now(),"
            " gen_random_uuid(), 'mẫu', '', '') returning id, authority_id)"
            " insert into documents_impoundment (id, document_id, order_id, authority_id, digest, begun_at)"
            " select gen_random_uuid(), %s, id, authority_id, '', now() from ordered",
            [dispatch.document_id],
        )
    assert queries.follow_up(scene.clerk()) == ()
    assert sum(queries.follow_up_counts(scene.clerk()).values()) == 0


@pytest.mark.clause("217/9.2", "217/10.2.p2")
def test_ask_recall_reaches_the_copy_and_is_answered_after_discarding(scene: Scene) -> None:
    dispatch = _delivered(scene)
    copy = scene.incoming(dispatch)
    acts.ask_recall(actor=scene.clerk(), dispatch_id=dispatch.id, reason="Có sai sót")
    sender.send_due()
    assert document_queries.facts(copy).validity == "recalled"
    scene.enter("registry.document.discarded", copy)
    follow_once()
    sender.send_due()
    dispatch.refresh_from_db()
    assert dispatch.state == "recalled"


@pytest.mark.clause("217/9.2", "217/10.2.p2")
def test_a_recalled_document_is_asked_back_by_following_and_the_sender_sees_it_discarded(scene: Scene) -> None:
    dispatch = _delivered(scene)
    copy = scene.incoming(dispatch)
    scene.enter("documents.document.recalled", dispatch.document_id, code=SENDER, reason="Có sai sót")
    follow_once()
    dispatch.refresh_from_db()
    assert (dispatch.state, dispatch.reason) == ("recall_asked", "Có sai sót")
    sender.send_due()
    assert document_queries.facts(copy).validity == "recalled"
    (ending,) = document_queries.endings(scene.clerk(RECIPIENT), copy)
    assert (ending.validity, ending.reason) == ("recalled", "Có sai sót")


@pytest.mark.clause("379/19.3", "379/19.4")
def test_invalidation_reaches_every_copy_and_leaves_its_delivery_as_it_was(scene: Scene) -> None:
    dispatch = _delivered(scene)
    copy = scene.incoming(dispatch)
    for _ in range(2):  # told twice is the same as once
        scene.enter("documents.document.invalidated", dispatch.document_id, code=SENDER, reason="Trái thẩm quyền")
        follow_once()
        sender.send_due()
    assert document_queries.facts(copy).validity == "invalidated"
    (ending,) = document_queries.endings(scene.clerk(RECIPIENT), copy)
    assert (ending.validity, ending.reason) == ("invalidated", "Trái thẩm quyền")
    dispatch.refresh_from_db()
    assert dispatch.state == "arrived"
    told = {row.event for row in queries.evidence(scene.clerk(RECIPIENT), copy)}
    assert "InvalidationTold" in told


@pytest.mark.clause("379/19.3")
def test_what_never_left_is_withdrawn_when_its_document_is_void(scene: Scene) -> None:
    dispatch = scene.queued()
    scene.enter("documents.document.invalidated", dispatch.document_id, code=SENDER, reason="Trái thẩm quyền")
    follow_once()
    assert sender.send_due() == 0
    dispatch.refresh_from_db()
    assert (dispatch.state, arrived(scene)) == ("recalled", 0)


@pytest.mark.clause("379/17.2", "217/10.2")
def test_a_replacement_travels_and_puts_the_earlier_copy_out_of_force(scene: Scene) -> None:
    first = _delivered(scene)
    old = scene.incoming(first)
    new_id = scene.issue(RECIPIENT, replaces=first.document_id)
    assert document_queries.facts(first.document_id).validity == "replaced"
    ledger.integrate()
    follow_once()
    sender.send_due()
    new = scene.incoming(Dispatch.objects.get(document_id=new_id))
    assert document_queries.facts(old).validity == "replaced"
    assert document_queries.facts(new).validity == "in_force"
    (link,) = document_queries.links(scene.clerk(RECIPIENT), old)
    assert link.other is not None and link.other.id == new
    first.refresh_from_db()
    assert first.state == "arrived"


@pytest.mark.clause("379/17.2")
def test_a_copy_that_never_left_stays_when_its_document_is_replaced(scene: Scene) -> None:
    waiting = scene.queued()
    scene.issue(RECIPIENT, replaces=waiting.document_id)
    ledger.integrate()
    follow_once()
    waiting.refresh_from_db()
    assert waiting.state == "recalled"
    sender.send_due()
    assert arrived(scene) == 1


@pytest.mark.clause("379/20.2", "379/3.4")
def test_what_is_destroyed_is_forgotten_here_too_and_its_evidence_stays(scene: Scene) -> None:
    dispatch = _delivered(scene)
    scene.enter("registry.document.returned", scene.incoming(dispatch), reason="Hải đăng xanh")
    follow_once()
    sender.send_due()
    dispatch.refresh_from_db()
    assert dispatch.reason == "Hải đăng xanh"
    scene.enter("archive.document.destroyed", dispatch.document_id, code=SENDER)
    follow_once()
    dispatch.refresh_from_db()
    assert (dispatch.reason, dispatch.state) == ("", "returned")
    assert Evidence.objects.filter(dispatch=dispatch).exists()


@pytest.mark.clause("217/9.2")
def test_ask_recall_before_anything_left_withdraws_it(scene: Scene) -> None:
    dispatch = scene.queued()
    acts.ask_recall(actor=scene.clerk(), dispatch_id=dispatch.id, reason="Có sai sót")
    assert sender.send_due() == 0
    dispatch.refresh_from_db()
    assert (dispatch.state, arrived(scene)) == ("recalled", 0)


@pytest.mark.clause("217/9.2", "379/21.3")
def test_transmit_document_no_longer_in_use_stays_at_the_gate(scene: Scene) -> None:
    dispatch = scene.queued()
    with transaction.atomic():
        documents.advance(
            actor=Actor.system(), document_id=dispatch.document_id, act="apply_notice(recall)", life="validity"
        )
    sender.send_due()
    dispatch.refresh_from_db()
    assert (dispatch.state, arrived(scene)) == ("queued", 0)
    assert dispatch.last_error


@pytest.mark.clause("217/7.4")
def test_queue_dispatch_unknown_recipient_fails_with_reason(scene: Scene) -> None:
    document_id = scene.issue("A00.00", RECIPIENT, enter=False)
    acts.queue_dispatches(actor=Actor.system(), document_id=document_id)
    states = dict(Dispatch.objects.values_list("recipient_code", "state"))
    assert states == {"A00.00": "failed", RECIPIENT: "queued"}
    failed = Dispatch.objects.get(recipient_code="A00.00")
    assert "danh bạ liên thông" in failed.reason
    assert [row.recipient_code for row in queries.follow_up(scene.clerk()) if row.state == "failed"] == ["A00.00"]


@pytest.mark.clause("217/5.1")
def test_queue_dispatch_secret_document_never_leaves(scene: Scene) -> None:
    dispatch = scene.queued(secrecy=Secrecy.CONFIDENTIAL)
    assert (dispatch.state, sender.send_due(), arrived(scene)) == ("failed", 0, 0)


def test_queue_dispatches_twice_makes_one_per_recipient(scene: Scene) -> None:
    document_id = scene.issue(enter=False)
    first = acts.queue_dispatches(actor=Actor.system(), document_id=document_id)
    assert len(first) == 1
    assert acts.queue_dispatches(actor=Actor.system(), document_id=document_id) == ()


@pytest.mark.clause("217/6.3.p2")
def test_send_urgent_document_goes_before_routine_ones(scene: Scene) -> None:
    routine = [scene.queued() for _ in range(2)]
    urgent = scene.queued(urgency=Urgency.IMMEDIATE)
    sender.send_due()
    order = list(ParcelIn.objects.order_by("received_at").values_list("document_code", flat=True))
    assert order == [d.document_code for d in (urgent, *routine)]


def test_directory_finds_with_and_without_diacritics(scene: Scene) -> None:
    for text in ("Lạc Giang", "lac giang", "LAC", "a98.01", ""):
        found = {row.code for row in queries.directory(scene.clerk(), text)}
        assert RECIPIENT in found
    assert queries.directory(scene.clerk(), "không có ai") == ()
    assert queries.recipient_names([RECIPIENT, "?"]) == {RECIPIENT: NAMES[RECIPIENT]}


def _delivered(scene: Scene) -> Dispatch:
    dispatch = scene.queued()
    sender.send_due()
    dispatch.refresh_from_db()
    assert dispatch.state == "arrived", dispatch.last_error
    return dispatch

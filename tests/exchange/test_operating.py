"""The exchange operator's acts and reads: a partner tried for real, parcels held back, what stands still set going."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from tests.exchange.node import NodeFiles
from tests.exchange.scene import RECIPIENT, SENDER, STRANGER, Scene, actor
from tests.exchange.test_receiver_hostile import send
from tests.exchange.test_sender_hostile import Partner_, attempt, ok, receipt

from antin.exchange import acts, queries, sender, troubles
from antin.exchange.models import Dispatch, Irregularity, ParcelIn, Partner, StatementOut
from antin.ledger import queries as ledger
from antin.regulation import RuleViolation
from antin.values import Actor, Office, Urgency, iso, new_id

pytestmark = pytest.mark.clause("217/13.1")


@pytest.fixture
def operator(scene: Scene) -> Actor:
    return actor(scene.organisations[SENDER], Office.EXCHANGE_OPERATOR, name="Đỗ Mẫu Quân")


@pytest.fixture
def partner(scene: Scene) -> Iterator[Partner_]:
    node = Partner_(scene.partner_node)
    Partner.objects.filter(id=scene.partner_id).update(url=node.endpoint.url)
    yield node
    node.endpoint.stop()


def row(operator: Actor, scene: Scene, *, ours: bool = False) -> queries.PartnerRow:
    wanted = scene.self_id if ours else scene.partner_id
    return next(one for one in queries.partners(operator) if one.id == wanted)


def test_probe_of_a_real_node_is_answered_and_in_the_ledger(scene: Scene, operator: Actor) -> None:
    assert scene.self_id is not None
    found = acts.note_link_state(actor=operator, partner_id=scene.self_id)
    assert (found.reached, found.trouble) == (True, "")
    assert found.clock_offset_s is not None and abs(found.clock_offset_s) <= 1
    seen = row(operator, scene, ours=True)
    assert (seen.link, seen.breaker, seen.is_skewed) == ("up", "closed", False)
    (entry,) = [e for e in ledger.history(scene.self_id) if e.act == "exchange.link.noted"]
    assert (entry.facts["state"], entry.actor_name) == ("up", "Đỗ Mẫu Quân")


def test_probe_says_what_is_the_matter(
    scene: Scene, operator: Actor, partner: Partner_, nodes: dict[str, NodeFiles]
) -> None:
    assert scene.partner_id is not None

    def probed() -> str:
        return acts.note_link_state(actor=operator, partner_id=scene.partner_id).trouble  # type: ignore[arg-type]

    assert probed() == "busy"
    partner.reply = lambda body: ok(b"<html>")
    assert probed() == "odd_answer"
    partner.reply = lambda body: ("403 No", [], b"{}")
    assert probed() == "unknown_there"
    impostor = Partner_(nodes["unknown"])
    Partner.objects.filter(id=scene.partner_id).update(url=impostor.endpoint.url)
    assert probed() == "other_certificate"
    impostor.endpoint.stop()
    assert probed() == "not_listening"
    assert row(operator, scene).trouble == "not_listening"
    assert row(operator, scene).breaker == "resting"


@pytest.mark.clause("217/13.2")
def test_probe_notices_a_clock_that_is_off(scene: Scene, operator: Actor, partner: Partner_) -> None:
    assert scene.partner_id is not None
    late = iso(datetime.now(UTC) - timedelta(minutes=20))
    partner.reply = lambda body: ok(f'{{"protocol": 1, "at": "{late}"}}'.encode())
    found = acts.note_link_state(actor=operator, partner_id=scene.partner_id)
    assert found.reached and found.clock_offset_s is not None and -1205 < found.clock_offset_s < -1195
    assert row(operator, scene).is_skewed
    assert Irregularity.objects.get(kind="clock_off").subject == scene.partner_id


def test_partners_tell_lanes_receipts_and_expiry(scene: Scene, operator: Actor, partner: Partner_) -> None:
    urgent = scene.queued(STRANGER, urgency=Urgency.IMMEDIATE)
    scene.queued(STRANGER)
    seen = row(operator, scene)
    assert (seen.lanes.urgent, seen.lanes.routine, seen.lanes.waiting) == (1, 1, 2)
    assert seen.lanes.oldest_at == urgent.queued_at
    assert seen.last_receipt_at is None
    assert seen.expires_at is not None and seen.expires_at > datetime.now(UTC)
    attempt(scene, urgent)
    partner.reply = lambda body: ok(scene.signed(STRANGER, receipt(scene, urgent)))
    attempt(scene, urgent)
    seen = row(operator, scene)
    assert (seen.lanes.urgent, seen.lanes.waiting) == (0, 1)
    assert seen.last_receipt_at is not None


def test_parked_dispatch_goes_on_when_released(scene: Scene, operator: Actor) -> None:
    dispatch = scene.queued(RECIPIENT)
    Dispatch.objects.filter(id=dispatch.id).update(open_claims=5)
    sender.send_dispatch(dispatch.id)
    (still,) = queries.parked(operator)
    assert (still.id, still.kind, still.recipient_code) == (dispatch.id, "dispatch", RECIPIENT)
    assert queries.waiting_for_operator(operator) == 1
    acts.release_parked_dispatch(actor=operator, dispatch_id=dispatch.id)
    with pytest.raises(RuleViolation):
        acts.release_parked_dispatch(actor=operator, dispatch_id=dispatch.id)
    assert sender.send_due() == 1
    dispatch.refresh_from_db()
    assert dispatch.state == "arrived"
    assert "exchange.dispatch.released" in {e.act for e in ledger.history(dispatch.document_id)}


def test_parked_statement_goes_on_when_released(scene: Scene, operator: Actor) -> None:
    dispatch = scene.queued(RECIPIENT)
    sender.send_due()
    acts.ask_recall(actor=scene.clerk(), dispatch_id=dispatch.id, reason="Có sai sót")
    StatementOut.objects.update(next_attempt_at=None)
    (still,) = queries.parked(operator)
    assert still.kind == "statement"
    acts.release_parked_statement(actor=operator, statement_id=still.id)
    sender.send_due()
    assert StatementOut.objects.get().state == "acknowledged"


@pytest.mark.clause("379/5.4", "217/10.1.p2")
def test_quarantined_parcel_is_shown_with_its_reason_and_refused_for_good(scene: Scene, operator: Actor) -> None:
    parcel = scene.parcel(document=b"not a PDF")
    assert send(scene, parcel).status == 422
    (held,) = queries.quarantined(operator)
    assert (held.parcel, held.sender_code, held.recipient_code) == (parcel.parcel, STRANGER, RECIPIENT)
    assert held.reason and held.size > 0
    with pytest.raises(RuleViolation):
        acts.settle_parcel(actor=operator, parcel_in_id=held.id, reason=" ")
    acts.settle_parcel(actor=operator, parcel_in_id=held.id, reason="Tệp hỏng")
    assert queries.quarantined(operator) == ()
    assert ParcelIn.objects.get().state == "refused"


@pytest.mark.clause("379/4.4")
def test_nothing_of_it_is_for_others(scene: Scene) -> None:
    clerk = scene.clerk()
    assert not queries.may_operate(clerk)
    assert queries.waiting_for_operator(clerk) == 0
    for read in (queries.partners, queries.quarantined, queries.parked, queries.irregularities):
        with pytest.raises(RuleViolation):
            read(clerk)
    for act, name in (
        (acts.note_link_state, {"partner_id": scene.self_id}),
        (acts.release_parked_dispatch, {"dispatch_id": scene.queued(RECIPIENT).id}),
        (acts.release_parked_statement, {"statement_id": new_id()}),
    ):
        with pytest.raises(RuleViolation):
            act(actor=clerk, **name)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ("ConnectionRefusedError: [Errno 111] Connection refused", "not_listening"),
        ("TimeoutError: no complete answer in time", "silent"),
        ("TimeoutError: timed out", "silent"),
        ("gaierror: [Errno -2] Name or service not known", "no_address"),
        ("OSError: [Errno 113] No route to host", "no_route"),
        ("SSLCertVerificationError: unable to get local issuer", "not_trusted"),
        ("SSLError: [SSL: TLSV13_ALERT_CERTIFICATE_REQUIRED]", "no_tls"),
        ("ConnectionError: closed before the answer was complete", "cut_off"),
        ("HTTP 503 without a signed answer", "busy"),
        ("HTTP 200 without a signed answer", "odd_answer"),
        ("the answer's signature is not the recipient's", "false_signature"),
        ("the node shows a certificate that the directory does not name", "other_certificate"),
        ("no channel is wired", "unwired"),
        ("MemoryError", "other"),
        ("", ""),
    ],
)
def test_trouble_of_a_kept_error(error: str, code: str) -> None:
    assert troubles.of(error) == code

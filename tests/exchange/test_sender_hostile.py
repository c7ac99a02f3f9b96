"""The sender against partners that answer rubbish, lie, keep silent or send it elsewhere: only true signatures count."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.exchange.node import Endpoint, NodeFiles
from tests.exchange.scene import RECIPIENT, SENDER, STRANGER, Scene, sign

from antin.exchange import acts, directory, ports, sender
from antin.exchange.messages import Receipt, Refusal, Signed
from antin.exchange.models import Dispatch, Evidence, ParcelOut, Partner
from antin.exchange.rules import Outcome
from antin.values import Actor, new_id, sha256_hex

Reply = tuple[str, list[tuple[str, str]], bytes]


class Partner_:  # noqa: N801 (the name without underscore is the model's)
    """A partner's node under our control: answers what the test says, remembers what it got."""

    def __init__(self, node: NodeFiles) -> None:
        self.reply: Callable[[bytes], Reply] = lambda body: ("503 Later", [], b"")
        self.bodies: list[bytes] = []
        self.paths: list[str] = []
        self.endpoint = Endpoint(self._application, node)

    def _application(self, environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        self.bodies.append(body)
        self.paths.append(environ["PATH_INFO"])
        status, headers, answer = self.reply(body)
        names = {name for name, _ in headers}
        if "Content-Length" not in names and "Transfer-Encoding" not in names:
            headers = [*headers, ("Content-Length", str(len(answer)))]
        start(status, headers)
        return [answer]


@pytest.fixture
def partner(scene: Scene) -> Iterator[Partner_]:
    node = Partner_(scene.partner_node)
    Partner.objects.filter(id=scene.partner_id).update(url=node.endpoint.url)
    yield node
    node.endpoint.stop()


def receipt(scene: Scene, dispatch: Dispatch, **changed: object) -> Receipt:
    """The true receipt of this dispatch's parcel; `changed` makes it another."""
    parcel = ParcelOut.objects.get(dispatch=dispatch)
    true = Receipt(
        event="ContentConsignment",
        parcel=parcel.id,
        sender=SENDER,
        recipient=STRANGER,
        manifest=sha256_hex(bytes(parcel.manifest)),
        signature=parcel.signature_digest,
        document=parcel.document_digest,
        at=datetime.now(UTC).replace(microsecond=0),
        certificate=scene.fingerprint(STRANGER),
    )
    return replace(true, **changed)  # type: ignore[arg-type]


def attempt(scene: Scene, dispatch: Dispatch) -> Dispatch:
    """One attempt, whatever its time."""
    Dispatch.objects.filter(id=dispatch.id).update(next_attempt_at=datetime.now(UTC))
    Partner.objects.filter(id=scene.partner_id).update(retry_at=None)
    sender.send_dispatch(dispatch.id)
    dispatch.refresh_from_db()
    return dispatch


def ok(body: bytes) -> Reply:
    return "200 OK", [], body


@pytest.fixture
def waiting(scene: Scene, partner: Partner_) -> Dispatch:
    """A dispatch to the partner, tried once without success, so that its parcel is built."""
    return attempt(scene, scene.queued(STRANGER))


def test_send_true_receipt_is_arrival_with_evidence(scene: Scene, partner: Partner_, waiting: Dispatch) -> None:
    partner.reply = lambda body: ok(scene.signed(STRANGER, receipt(scene, waiting)))
    assert attempt(scene, waiting).state == "arrived"
    row = Evidence.objects.get()
    assert (row.side, row.event, row.signer_code, row.is_skewed) == ("theirs", "ContentConsignment", STRANGER, False)


@pytest.mark.clause("217/13.1")
def test_send_that_arrives_a_moment_after_a_failure_closes_the_breaker(
    scene: Scene, partner: Partner_, waiting: Dispatch
) -> None:
    """What is kept of a partner for a second never hides that its link has just failed."""
    other = attempt(scene, scene.queued(STRANGER))
    partner.reply = lambda body: ok(scene.signed(STRANGER, receipt(scene, other)))
    attempt(scene, other)
    assert Partner.objects.get(id=scene.partner_id).link == "up"
    ports.bind(replace(ports.bound(), limits=replace(ports.bound().limits, directory_s=60.0)))
    directory.forget()
    partner.reply = lambda body: ("503 Later", [], b"")
    attempt(scene, waiting)
    assert Partner.objects.get(id=scene.partner_id).failures == 1
    partner.reply = lambda body: ok(scene.signed(STRANGER, receipt(scene, waiting)))
    assert attempt(scene, waiting).state == "arrived"
    assert Partner.objects.get(id=scene.partner_id).failures == 0


@pytest.mark.clause("217/13.1")
def test_send_again_the_same_bytes_under_the_same_id(scene: Scene, partner: Partner_, waiting: Dispatch) -> None:
    for _ in range(3):
        attempt(scene, waiting)
    assert len(set(partner.bodies)) == 1
    assert len(set(partner.paths)) == 1
    assert len(partner.bodies) == 4


LIES: dict[str, dict[str, object]] = {
    "of another parcel": {"parcel": new_id()},
    "for another sender": {"sender": RECIPIENT},
    "by another recipient": {"recipient": RECIPIENT},
    "of another manifest": {"manifest": "0" * 64},
    "of another signature": {"signature": "0" * 64},
    "of another document": {"document": "0" * 64},
    "by an unknown certificate": {"certificate": "0" * 64},
}


@pytest.mark.clause("217/6.2", "217/9.2")
@pytest.mark.parametrize("name", LIES)
def test_send_receipt_that_says_something_else_is_indeterminate(
    scene: Scene, partner: Partner_, waiting: Dispatch, name: str
) -> None:
    partner.reply = lambda body: ok(scene.signed(STRANGER, receipt(scene, waiting, **LIES[name])))
    _stays_sent(scene, waiting)


@pytest.mark.clause("217/6.2")
@pytest.mark.parametrize("signer", [SENDER, RECIPIENT])
def test_send_receipt_signed_by_another_is_indeterminate(
    scene: Scene, partner: Partner_, waiting: Dispatch, signer: str
) -> None:
    partner.reply = lambda body: ok(scene.signed(signer, receipt(scene, waiting)))
    _stays_sent(scene, waiting)


def test_send_unsigned_receipt_is_indeterminate(scene: Scene, partner: Partner_, waiting: Dispatch) -> None:
    true = Signed.parse(scene.signed(STRANGER, receipt(scene, waiting)))
    for answer in (Signed(true.payload, b"").to_bytes(), Signed(true.payload, b"x" * 256).to_bytes(), true.payload):
        partner.reply = lambda body, answer=answer: ok(answer)
        _stays_sent(scene, waiting)


def test_send_true_receipt_with_another_status_is_indeterminate(
    scene: Scene, partner: Partner_, waiting: Dispatch
) -> None:
    for status in ("202 Accepted", "500 Oh", "302 Found"):
        partner.reply = lambda body, status=status: (
            status,
            [("Location", "https://127.0.0.1:1/")],
            scene.signed(STRANGER, receipt(scene, waiting)),
        )
        _stays_sent(scene, waiting)


RUBBISH: dict[str, Reply] = {
    "empty": ok(b""),
    "words": ok(b"thanks!"),
    "a list": ok(b"[1]"),
    "deep": ok(b"[" * 60_000),
    "html": ok(b"<html></html>"),
    "another form": ok(json.dumps({"payload": "e30=", "signature": "e30="}).encode()),
    "repeated keys": ok(b'{"payload":"","payload":"","signature":""}'),
    "huge": ok(b"x" * 1_000_000),
    "no length": ("200 OK", [("Transfer-Encoding", "chunked")], b"0\r\n\r\n"),
    "negative length": ("200 OK", [("Content-Length", "-5")], b""),
    "short": ("200 OK", [("Content-Length", "500")], b"x"),
    "redirect": ("307 Temporary Redirect", [("Location", "https://127.0.0.1:1/")], b""),
    "long head": ("200 OK", [("X", "y" * 40_000)], b""),
    "forbidden": ("403 Forbidden", [], b"no"),
    "broken": ("500 Oh", [], b"Traceback"),
}


@pytest.mark.clause("217/13.1")
@pytest.mark.parametrize("name", RUBBISH)
def test_send_rubbish_answer_is_survived(scene: Scene, partner: Partner_, waiting: Dispatch, name: str) -> None:
    partner.reply = lambda body: RUBBISH[name]
    _stays_sent(scene, waiting)
    partner.reply = lambda body: ok(scene.signed(STRANGER, receipt(scene, waiting)))
    assert attempt(scene, waiting).state == "arrived"


def test_send_answer_that_never_ends_is_given_up_in_time(scene: Scene, partner: Partner_, waiting: Dispatch) -> None:
    def slow(body: bytes) -> Reply:
        time.sleep(3)
        return ok(b"late")

    partner.reply = slow
    ports.bind(replace(ports.bound(), channel=scene.node.channel(connect_s=1.0, answer_s=1.0)))
    started = time.monotonic()
    _stays_sent(scene, waiting)
    assert time.monotonic() - started < 2.5


def test_send_to_a_node_with_another_certificate_sends_nothing(
    scene: Scene, nodes: dict[str, NodeFiles], waiting: Dispatch
) -> None:
    impostor = Partner_(nodes["unknown"])
    Partner.objects.filter(id=scene.partner_id).update(url=impostor.endpoint.url)
    _stays_sent(scene, waiting)
    impostor.endpoint.stop()
    assert impostor.bodies == []


def refusal(scene: Scene, dispatch: Dispatch, **changed: object) -> Refusal:
    parcel = ParcelOut.objects.get(dispatch=dispatch)
    true = Refusal(
        event="RelayRejection",
        subject=parcel.id,
        sender=SENDER,
        recipient=STRANGER,
        digest=sha256_hex(bytes(parcel.manifest)),
        code="not_addressed",
        clause="217/10.1.p2",
        reason="Không đúng địa chỉ",
        signer=STRANGER,
        at=datetime.now(UTC).replace(microsecond=0),
        certificate=scene.fingerprint(STRANGER),
    )
    return replace(true, **changed)  # type: ignore[arg-type]


@pytest.mark.clause("217/10.1.p2", "217/7.4")
def test_send_signed_refusal_ends_it_with_the_reason(scene: Scene, partner: Partner_, waiting: Dispatch) -> None:
    partner.reply = lambda body: ("422 No", [], scene.signed(STRANGER, refusal(scene, waiting)))
    found = attempt(scene, waiting)
    assert (found.state, found.reason, found.next_attempt_at) == ("failed", "Không đúng địa chỉ", None)
    assert Evidence.objects.get().event == "RelayRejection"


@pytest.mark.parametrize(
    "changed",
    [{"subject": new_id()}, {"digest": "0" * 64}, {"recipient": RECIPIENT}],
    ids=["id", "digest", "recipient"],
)
def test_send_refusal_of_something_else_is_indeterminate(
    scene: Scene, partner: Partner_, waiting: Dispatch, changed: dict[str, object]
) -> None:
    partner.reply = lambda body: ("422 No", [], scene.signed(STRANGER, refusal(scene, waiting, **changed)))
    _stays_sent(scene, waiting)


def test_send_refusal_signed_by_another_is_indeterminate(scene: Scene, partner: Partner_, waiting: Dispatch) -> None:
    for signer in (RECIPIENT, SENDER):
        said = refusal(scene, waiting, signer=signer, certificate=scene.fingerprint(signer))
        partner.reply = lambda body, said=said, signer=signer: ("422 No", [], scene.signed(signer, said))
        _stays_sent(scene, waiting)


@pytest.mark.clause("217/7.4")
def test_send_late_receipt_overrules_a_failure(scene: Scene, partner: Partner_, waiting: Dispatch) -> None:
    partner.reply = lambda body: ("422 No", [], scene.signed(STRANGER, refusal(scene, waiting)))
    assert attempt(scene, waiting).state == "failed"
    acts.queue_again(actor=scene.clerk(), dispatch_id=waiting.id)
    partner.reply = lambda body: ok(scene.signed(STRANGER, receipt(scene, waiting)))
    found = attempt(scene, waiting)
    assert found.state == "arrived"
    assert len({*partner.bodies}) == 1


@pytest.mark.clause("217/13.2")
def test_send_receipt_of_a_clock_far_off_is_kept_and_flagged(
    scene: Scene, partner: Partner_, waiting: Dispatch
) -> None:
    early = datetime.now(UTC).replace(microsecond=0) - timedelta(days=3)
    partner.reply = lambda body: ok(scene.signed(STRANGER, receipt(scene, waiting, at=early)))
    assert attempt(scene, waiting).state == "arrived"
    assert Evidence.objects.get().is_skewed


def test_receipt_before_the_body_left_is_no_receipt(scene: Scene, waiting: Dispatch) -> None:
    from antin.exchange.acts import pass_gate
    from antin.exchange.answers import judge_parcel
    from antin.exchange.ports import Answer

    ready = pass_gate(actor=Actor.system(), dispatch_id=waiting.id)
    assert ready is not None
    body = scene.signed(STRANGER, receipt(scene, waiting))
    assert judge_parcel(Answer(200, body, whole=False), ready.asked).outcome is Outcome.INDETERMINATE
    assert judge_parcel(Answer(200, body), ready.asked).outcome is Outcome.ACKNOWLEDGED


@pytest.mark.clause("217/13.1")
def test_send_to_a_silent_destination_rests_behind_its_breaker_and_recovers(scene: Scene, partner: Partner_) -> None:
    partner.endpoint.stop()
    dispatch = scene.queued(STRANGER)
    for _ in range(4):
        attempt(scene, dispatch)
    row = Partner.objects.get(id=scene.partner_id)
    assert (row.link, row.failures) == ("down", 4)
    assert row.retry_at is not None
    Dispatch.objects.update(next_attempt_at=datetime.now(UTC) - timedelta(seconds=1))
    Partner.objects.filter(id=scene.partner_id).update(retry_at=datetime.now(UTC) + timedelta(minutes=5))
    assert sender.send_due() == 0
    again = Partner_(scene.partner_node)
    Partner.objects.filter(id=scene.partner_id).update(url=again.endpoint.url)
    again.reply = lambda body: ok(scene.signed(STRANGER, receipt(scene, dispatch)))
    assert attempt(scene, dispatch).state == "arrived"
    row.refresh_from_db()
    assert (row.link, row.failures, row.retry_at) == ("up", 0, None)
    again.endpoint.stop()


@pytest.mark.clause("217/13.1", "217/6.3")
def test_the_first_that_gets_through_wakes_all_that_wait_for_that_partner(scene: Scene, partner: Partner_) -> None:
    """Catching up after an outage is limited by the wire, not by the pauses that grew meanwhile."""
    first, second, elsewhere = scene.queued(STRANGER), scene.queued(STRANGER), scene.queued(RECIPIENT)
    later = datetime.now(UTC) + timedelta(minutes=10)
    Dispatch.objects.update(next_attempt_at=later)
    Partner.objects.filter(id=scene.partner_id).update(link="down", failures=5)
    leased = scene.queued(STRANGER)
    Dispatch.objects.filter(id=leased.id).update(next_attempt_at=later, holder=7)
    partner.reply = lambda body: ok(scene.signed(STRANGER, receipt(scene, first)))
    assert attempt(scene, first).state == "arrived"
    due = Dispatch.objects.filter(next_attempt_at__lte=datetime.now(UTC))
    assert set(due.values_list("id", flat=True)) == {second.id}
    assert elsewhere.id not in {second.id, leased.id}


@pytest.mark.clause("217/7.4")
def test_send_past_its_time_fails_and_asks_for_paper(scene: Scene, partner: Partner_, waiting: Dispatch) -> None:
    Dispatch.objects.update(expires_at=datetime.now(UTC))
    found = attempt(scene, waiting)
    assert found.state == "failed"
    acts.send_on_paper(actor=scene.clerk(), dispatch_id=found.id, necessity="Nơi nhận mất kết nối")
    found.refresh_from_db()
    assert found.state == "paper"


def test_send_what_keeps_killing_its_workers_is_parked(scene: Scene, partner: Partner_, waiting: Dispatch) -> None:
    Dispatch.objects.update(open_claims=5)
    found = attempt(scene, waiting)
    assert (found.state, found.next_attempt_at) == ("sent", None)
    assert len(partner.bodies) == 1


def _stays_sent(scene: Scene, dispatch: Dispatch) -> None:
    found = attempt(scene, dispatch)
    assert (found.state, Evidence.objects.count()) == ("sent", 0)
    assert found.last_error
    assert found.next_attempt_at is not None


__all__ = ["sign"]

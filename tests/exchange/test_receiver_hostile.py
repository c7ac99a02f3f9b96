"""The receiving endpoint against partners who lie, repeat, break off and overdo it."""

from __future__ import annotations

import json
import socket
import ssl
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from tests.exchange.node import NodeFiles
from tests.exchange.scene import RECIPIENT, SENDER, STRANGER, ForeignParcel, Scene, arrived, pdf, sign

from antin.exchange import acts, ports
from antin.exchange.messages import Acknowledgement, Receipt, Refusal, Signed, Statement
from antin.exchange.models import HeldSheet, Irregularity, ParcelIn, Partner, StatementIn
from antin.exchange.ports import Answer, Request, Unreached
from antin.exchange.sheets import form
from antin.exchange.sheets.form import SignedSheet
from antin.signing.envelope import verify_detached
from antin.values import Actor, Secrecy, new_id, sha256_hex


def put(scene: Scene, body: bytes, parcel: UUID, node: NodeFiles | None = None, size: int | None = None) -> Answer:
    channel = (node or scene.partner_node).channel(connect_s=3.0, answer_s=10.0)
    request = Request(
        "PUT", f"/exchange/v1/parcels/{parcel}", "application/vnd.antin.parcel", lambda: (body,), size or len(body)
    )
    return channel.exchange(scene.node.destination(scene.endpoint.url), request)


def send(scene: Scene, parcel: ForeignParcel, node: NodeFiles | None = None) -> Answer:
    return put(scene, parcel.body(), parcel.parcel, node)


def refusal(answer: Answer, signer: str, scene: Scene) -> Refusal:
    """The answer's refusal, its signature checked."""
    message = Signed.parse(answer.body)
    payload = message.open()
    assert isinstance(payload, Refusal)
    assert payload.signer == signer
    assert verify_detached(message.payload, message.signature, scene.issued[signer].certificate_der)
    return payload


@pytest.mark.clause("217/10.1", "217/6.2")
def test_receive_sound_parcel_is_answered_with_signed_receipt(scene: Scene) -> None:
    parcel = scene.parcel(attachments=(b"mot", b"hai"))
    answer = send(scene, parcel)
    message = Signed.parse(answer.body)
    receipt = message.open()
    assert answer.status == 200
    assert isinstance(receipt, Receipt)
    assert (receipt.parcel, receipt.sender, receipt.recipient) == (parcel.parcel, STRANGER, RECIPIENT)
    assert receipt.manifest == sha256_hex(parcel.manifest().to_bytes())
    assert receipt.document == sha256_hex(parcel.document)
    assert verify_detached(message.payload, message.signature, scene.issued[RECIPIENT].certificate_der)
    assert arrived(scene) == 1


@pytest.mark.clause("217/13.1")
def test_receive_same_parcel_again_gives_the_identical_receipt(scene: Scene) -> None:
    parcel = scene.parcel()
    answers = {send(scene, parcel).body for _ in range(4)}
    assert len(answers) == 1
    assert (arrived(scene), ParcelIn.objects.get().repeats) == (1, 3)


@pytest.mark.clause("217/13.1")
def test_receive_same_parcel_at_once_has_one_effect_and_identical_receipts(scene: Scene) -> None:
    parcels = [scene.parcel(document=pdf(2_000, salt)) for salt in range(4)]
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda parcel: send(scene, parcel), parcels * 4))
    by_parcel = [{a.body for a in answers[n :: len(parcels)]} for n in range(len(parcels))]
    assert all(answer.status == 200 for answer in answers)
    assert [len(bodies) for bodies in by_parcel] == [1] * len(parcels)
    assert arrived(scene) == len(parcels)
    digests = {Signed.parse(next(iter(bodies))).open().document for bodies in by_parcel}  # type: ignore[union-attr]
    assert digests == {sha256_hex(parcel.document) for parcel in parcels}


@pytest.mark.clause("217/6.2")
def test_receive_same_id_with_other_bytes_is_a_conflict_on_record(scene: Scene) -> None:
    first = scene.parcel()
    assert send(scene, first).status == 200
    second = scene.parcel(parcel=first.parcel, document=pdf(1_500))
    answer = send(scene, second)
    assert answer.status == 409
    assert refusal(answer, RECIPIENT, scene).code == "same_id_other_bytes"
    assert arrived(scene) == 1
    assert Irregularity.objects.filter(kind="same_id_other_bytes", subject=first.parcel).count() == 1


def _forged(scene: Scene) -> ForeignParcel:
    return scene.parcel(signature=b"x" * 256)


def _by_another_key(scene: Scene) -> ForeignParcel:
    """Claims the right certificate, signs with another organisation's key."""
    return scene.parcel(signer=RECIPIENT, certificate=scene.fingerprint(STRANGER))


def _by_a_person(scene: Scene) -> ForeignParcel:
    """Signed by somebody whose certificate the same authority issued, but no directory names."""
    return scene.parcel(signer=RECIPIENT)


def _for_someone_elsewhere(scene: Scene) -> ForeignParcel:
    return scene.parcel(recipient=STRANGER)


def _for_nobody(scene: Scene) -> ForeignParcel:
    return scene.parcel(recipient="A00.00")


def _as_someone_else(scene: Scene) -> ForeignParcel:
    """A partner's node with a document of an organisation that isn't reached there."""
    return scene.parcel(sender=SENDER, signer=SENDER)


def _as_nobody(scene: Scene) -> ForeignParcel:
    return scene.parcel(sender="A00.00")


def _secret(scene: Scene) -> ForeignParcel:
    return scene.parcel(secrecy=Secrecy.SECRET)


REFUSED = {
    "forged signature": (_forged, 403, "not_signed", RECIPIENT),
    "another organisation's key": (_by_another_key, 403, "not_signed", RECIPIENT),
    "an organisation of another node": (_as_someone_else, 403, "unknown_sender", RECIPIENT),
    "an unknown organisation": (_as_nobody, 403, "unknown_sender", RECIPIENT),
    "for a partner elsewhere": (_for_someone_elsewhere, 422, "not_addressed", SENDER),
    "for nobody we know": (_for_nobody, 422, "not_addressed", SENDER),
    "above the channel's secrecy": (_secret, 422, "secrecy", RECIPIENT),
}


@pytest.mark.clause("379/22.1", "217/10.1.p2", "217/5.1")
@pytest.mark.parametrize("name", REFUSED)
def test_receive_unfit_parcel_is_refused_with_a_signature(scene: Scene, name: str) -> None:
    make, status, code, signer = REFUSED[name]
    parcel = make(scene)
    answer = send(scene, parcel)
    found = refusal(answer, signer, scene)
    assert (answer.status, found.code, found.subject) == (status, code, parcel.parcel)
    assert found.reason
    assert (arrived(scene), ParcelIn.objects.count()) == (0, 0)
    assert Irregularity.objects.filter(source=code).exists()


def _swapped_document(parcel: ForeignParcel) -> bytes:
    body = parcel.body()
    return body[:-5] + bytes([body[-5] ^ 1]) + body[-4:]


def _longer(parcel: ForeignParcel) -> bytes:
    return parcel.body() + b"more"


@pytest.mark.clause("217/6.2")
@pytest.mark.parametrize(("spoil", "code"), [(_swapped_document, "digest"), (_longer, "length")])
def test_receive_tampered_body_is_refused(scene: Scene, spoil: object, code: str) -> None:
    parcel = scene.parcel()
    answer = put(scene, spoil(parcel), parcel.parcel)  # type: ignore[operator]
    assert (answer.status, refusal(answer, RECIPIENT, scene).code) == (422, code)
    assert arrived(scene) == 0
    assert send(scene, parcel).status == 200


@pytest.mark.parametrize(
    "body",
    [b"", b"ANTIN/1\n", b"GET / HTTP/1.1\r\n\r\n" * 10, b"ANTIN/1\n" + b"\xff" * 8 + b"x" * 500, b"x" * 70_000],
    ids=["empty", "head only", "rubbish", "giant lengths", "noise"],
)
def test_receive_rubbish_is_answered_without_signature(scene: Scene, body: bytes) -> None:
    answer = put(scene, body, new_id())
    assert answer.status == 400
    assert "message" in json.loads(answer.body)
    assert arrived(scene) == 0


def test_receive_parcel_under_another_id_is_not_taken(scene: Scene) -> None:
    parcel = scene.parcel()
    assert put(scene, parcel.body(), new_id()).status == 400
    assert put(scene, parcel.body(), uuid4()).status == 404
    assert arrived(scene) == 0


@pytest.mark.clause("217/6.5")
def test_receive_oversized_parcel_is_turned_away_by_its_length(scene: Scene) -> None:
    with pytest.raises(Unreached):
        answer = put(scene, b"x" * 100, new_id(), size=ports.bound().limits.body_bytes + 1)
        assert answer.status == 413
        raise Unreached  # the announced bytes never came: either end may close first
    assert arrived(scene) == 0


@pytest.mark.clause("217/13.1")
def test_receive_truncated_body_changes_nothing_and_the_retry_succeeds(scene: Scene) -> None:
    parcel = scene.parcel(document=pdf(50_000))
    body = parcel.body()
    for cut in (4, 30, 1_000, len(body) - 1):
        _break_off(scene, parcel.parcel, body, cut)
    assert arrived(scene) == 0
    assert send(scene, parcel).status == 200
    assert arrived(scene) == 1


def _break_off(scene: Scene, parcel: UUID, body: bytes, cut: int) -> None:
    with _raw(scene) as connection:
        connection.sendall(
            f"PUT /exchange/v1/parcels/{parcel} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        )
        connection.sendall(body[:cut])


def _raw(scene: Scene, node: NodeFiles | None = None) -> ssl.SSLSocket:
    node = node or scene.partner_node
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.load_verify_locations(node.authority)
    context.load_cert_chain(node.certificate, node.key)
    host, port = scene.endpoint.url.removeprefix("https://").split(":")
    return context.wrap_socket(socket.create_connection((host, int(port)), timeout=5))


@pytest.mark.clause("379/26.2")
def test_receive_from_unknown_node_is_turned_away_and_counted_once_a_day(
    scene: Scene, nodes: dict[str, NodeFiles]
) -> None:
    parcel = scene.parcel()
    for _ in range(3):
        assert send(scene, parcel, nodes["unknown"]).status == 403
    row = Irregularity.objects.get(kind="unknown_node")
    assert (row.source, row.count, arrived(scene)) == (nodes["unknown"].fingerprint, 3, 0)


def test_receive_without_client_certificate_gets_no_connection(scene: Scene) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    host, port = scene.endpoint.url.removeprefix("https://").split(":")
    with (
        pytest.raises((OSError, ssl.SSLError)),
        context.wrap_socket(socket.create_connection((host, int(port)), timeout=5)) as connection,
    ):
        connection.sendall(b"GET /exchange/v1/ping HTTP/1.1\r\nHost: x\r\n\r\n")
        if not connection.recv(100):
            raise OSError("closed")


def test_receive_by_tls_1_2_gets_no_connection(scene: Scene) -> None:
    node = scene.partner_node
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.check_hostname = False
    context.load_verify_locations(node.authority)
    context.load_cert_chain(node.certificate, node.key)
    host, port = scene.endpoint.url.removeprefix("https://").split(":")
    with pytest.raises((OSError, ssl.SSLError)):
        context.wrap_socket(socket.create_connection((host, int(port)), timeout=5))


@pytest.mark.clause("379/29.1")
def test_receive_from_suspended_partner_is_turned_away(scene: Scene) -> None:
    from tests.exchange.scene import actor

    from antin.values import Office

    operator = actor(scene.organisations[SENDER], Office.EXCHANGE_OPERATOR)
    assert scene.partner_id is not None
    acts.close_partner(actor=operator, partner_id=scene.partner_id, reason="Nghi lộ khoá")
    assert send(scene, scene.parcel()).status == 403
    assert arrived(scene) == 0


SCRIPT = pdf().replace(b"/Type /Catalog", b"/Type /Catalog /OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>")
DOUBTFUL = {
    "PDF with a script": {"document": SCRIPT},
    "not a PDF": {"document": b"MZ" + b"\0" * 200},
    "envelope with entities": {"envelope": b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'},
    "envelope of another document": {"document_code": "A97.01,2026/03/02,8-CV/TU", "envelope": None},
    "envelope is no XML": {"envelope": b"\x00\x01\x02"},
}


@pytest.mark.clause("379/5.4", "217/10.1")
@pytest.mark.parametrize("name", DOUBTFUL)
def test_receive_doubtful_parcel_is_quarantined_and_refused(scene: Scene, name: str) -> None:
    changed = dict(DOUBTFUL[name])
    if "document_code" in changed:
        other = scene.parcel()
        changed["envelope"] = other.envelope_bytes()
    parcel = scene.parcel(**changed)
    answer = send(scene, parcel)
    found = refusal(answer, RECIPIENT, scene)
    assert (answer.status, found.code, found.event) == (422, "doubtful", "ContentConsignmentFailure")
    row = ParcelIn.objects.get()
    assert (row.state, row.document_id, len(row.contents)) == ("quarantined", None, 2)
    assert arrived(scene) == 0
    assert send(scene, parcel).body == answer.body


@pytest.mark.clause("217/13.1")
def test_receive_slow_partner_loses_its_connection_not_our_threads(scene: Scene) -> None:
    ports.bind(replace(ports.bound(), limits=replace(ports.bound().limits, receive_s=1.0)))
    started = time.monotonic()
    with _raw(scene) as connection:
        connection.sendall(
            f"PUT /exchange/v1/parcels/{new_id()} HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n".encode()
        )
        connection.settimeout(8)
        with pytest.raises(OSError):
            for _ in range(80):
                connection.sendall(b"A")
                time.sleep(0.1)
            connection.sendall(b"A")
    assert time.monotonic() - started < 8
    assert send(scene, scene.parcel()).status == 200


def test_receive_too_many_at_once_is_put_off(scene: Scene) -> None:
    from antin.exchange import receiver

    assert scene.partner_id is not None
    receiver._slots[scene.partner_id] = threading.BoundedSemaphore(1)
    with receiver._slots[scene.partner_id]:
        answer = send(scene, scene.parcel())
    del receiver._slots[scene.partner_id]
    assert (answer.status, answer.retry_after_s) == (429, 2.0)


def test_ping_and_directory_tell_who_we_are(scene: Scene) -> None:
    channel = scene.partner_node.channel()
    there = scene.node.destination(scene.endpoint.url)
    ping = json.loads(channel.exchange(there, Request("GET", "/exchange/v1/ping")).body)
    assert ping["protocol"] == 1
    listed = SignedSheet.parse(channel.exchange(there, Request("GET", "/exchange/v1/directory")).body).open()
    assert {organ.code for organ in listed.organisations} == {SENDER, RECIPIENT}
    assert channel.exchange(there, Request("GET", "/")).status == 404


@pytest.mark.clause("379/26.2")
def test_node_that_is_no_partner_reads_our_sheet_and_shows_its_own_and_nothing_more(
    scene: Scene, nodes: dict[str, NodeFiles]
) -> None:
    channel, there = nodes["unknown"].channel(), scene.node.destination(scene.endpoint.url)
    sheet = channel.exchange(there, Request("GET", "/exchange/v1/directory"))
    assert SignedSheet.parse(sheet.body).open().host == SENDER

    def posted(path: str, data: bytes) -> int:
        return channel.exchange(there, Request("POST", path, "x/y", lambda: (data,), len(data))).status

    assert posted("/exchange/v1/introductions", sheet.body) == 400, "a sheet of another node"
    assert posted("/exchange/v1/introductions", b"{}") == 400
    assert posted("/exchange/v1/introductions", b"x" * (form.SHEET_MAX + 1)) == 403
    assert posted("/exchange/v1/statements", b"{}") == 403
    assert channel.exchange(there, Request("GET", "/exchange/v1/ping")).status == 403
    assert Irregularity.objects.filter(kind="unknown_node").exists()
    assert Partner.objects.count() == 2


# statements


def statement(scene: Scene, parcel: UUID, code: str, sequence: int, **changed: object) -> Statement:
    facts: dict[str, object] = {
        "statement": new_id(),
        "parcel": parcel,
        "sender": STRANGER,
        "recipient": SENDER,
        "document": "x",
        "code": code,
        "sequence": sequence,
        "at": datetime.now(UTC).replace(microsecond=0),
        "reason": "",
        "person": "Người Mẫu",
        "unit": "Phòng mẫu",
        "number": "",
        "certificate": scene.fingerprint(STRANGER),
    }
    return Statement(**{**facts, **changed})  # type: ignore[arg-type]


def post(scene: Scene, message: bytes) -> Answer:
    channel = scene.partner_node.channel(answer_s=10.0)
    request = Request("POST", "/exchange/v1/statements", "application/json", lambda: (message,), len(message))
    return channel.exchange(scene.node.destination(scene.endpoint.url), request)


@pytest.fixture
def sent(scene: Scene):  # type: ignore[no-untyped-def]
    """A dispatch to STRANGER whose parcel left, though no answer came back yet."""
    from antin.exchange.acts import pass_gate

    dispatch = scene.queued(STRANGER)
    assert pass_gate(actor=Actor.system(), dispatch_id=dispatch.id) is not None
    dispatch.refresh_from_db()
    return dispatch


@pytest.mark.clause("217/11.14", "217/6.4")
def test_statements_out_of_order_and_repeated_change_nothing_backwards(scene: Scene, sent) -> None:  # type: ignore[no-untyped-def]
    told = {
        n: scene.signed(STRANGER, statement(scene, sent.parcel.id, code, n))
        for n, code in enumerate(("03", "04", "05", "06"), 1)
    }
    states = []
    for number in (1, 3, 2, 3, 4, 1, 2):
        assert post(scene, told[number]).status == 200
        sent.refresh_from_db()
        states.append(sent.state)
    assert states == ["accepted", "in_process", "in_process", "in_process", "completed", "completed", "completed"]
    assert StatementIn.objects.count() == 4
    assert StatementIn.objects.get(sequence=2).applied is False
    assert {"accepted", "forwarded", "in_process", "completed"} <= sent.times.keys(), (
        "told late, yet part of the history"
    )
    assert {post(scene, told[2]).body, post(scene, told[2]).body} == {bytes(StatementIn.objects.get(sequence=2).answer)}


def test_statement_posted_at_once_is_applied_once_with_identical_acknowledgements(scene: Scene, sent) -> None:  # type: ignore[no-untyped-def]
    message = scene.signed(STRANGER, statement(scene, sent.parcel.id, "03", 1))
    with ThreadPoolExecutor(8) as pool:
        answers = {a.body for a in pool.map(lambda _: post(scene, message), range(8))}
    assert len(answers) == 1
    payload = Signed.parse(answers.pop()).open()
    assert isinstance(payload, Acknowledgement)
    assert payload.applied
    assert StatementIn.objects.count() == 1


@pytest.mark.clause("217/11.14")
@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"parcel": new_id()}, 422, "not_true"),
        ({"code": "02"}, 422, "not_true"),
        ({"sender": "A00.00"}, 403, "unknown_sender"),
        ({"sender": RECIPIENT}, 403, "unknown_sender"),
        ({"recipient": STRANGER}, 422, "not_addressed"),
    ],
    ids=["of nothing sent", "return without reason", "unknown", "another node's", "not ours"],
)
def test_statement_that_is_not_true_is_refused(scene: Scene, sent, changed, status: int, code: str) -> None:  # type: ignore[no-untyped-def]
    said = replace(statement(scene, sent.parcel.id, "03", 1), **changed)
    answer = post(scene, scene.signed(STRANGER, said))
    payload = Signed.parse(answer.body).open()
    assert isinstance(payload, Refusal)
    assert (answer.status, payload.code) == (status, code)
    sent.refresh_from_db()
    assert (sent.state, StatementIn.objects.count()) == ("sent", 0)


@pytest.mark.clause("379/26.2", "217/13.1")
def test_unknown_certificate_waits_for_the_partners_sheet_and_is_refused_once_that_knows_it_neither(
    scene: Scene,
    sent,  # type: ignore[no-untyped-def]
) -> None:
    parcel = _by_a_person(scene)
    said = replace(statement(scene, sent.parcel.id, "03", 1), certificate="0" * 64)
    knocks = (lambda: send(scene, parcel), lambda: post(scene, scene.signed(STRANGER, said)))
    for knock in knocks:
        answer = knock()
        assert (answer.status, answer.retry_after_s) == (503, 2.0), "its node can't be asked: undecided"
    HeldSheet.objects.update(error="")  # as if it had answered within this minute, without that certificate
    for knock in knocks:
        answer = knock()
        payload = Signed.parse(answer.body).open()
        assert isinstance(payload, Refusal)
        assert (answer.status, payload.code) == (403, "not_signed")
    assert (arrived(scene), ParcelIn.objects.count(), StatementIn.objects.count()) == (0, 0, 0)


def test_statement_with_forged_signature_is_refused(scene: Scene, sent) -> None:  # type: ignore[no-untyped-def]
    good = Signed.parse(scene.signed(STRANGER, statement(scene, sent.parcel.id, "06", 9)))
    for signature in (b"", b"x" * 256, sign(scene.key(RECIPIENT), good.payload)):
        assert post(scene, Signed(good.payload, signature).to_bytes()).status == 403
    for rubbish in (b"", b"{}", b"[]", b"{" * 5_000, b'{"payload":1,"signature":2}', good.payload):
        assert post(scene, rubbish).status == 400
    assert post(scene, b"x" * 70_000).status in (400, 413)
    sent.refresh_from_db()
    assert sent.state == "sent"


def test_statement_same_id_other_words_is_a_conflict(scene: Scene, sent) -> None:  # type: ignore[no-untyped-def]
    first = statement(scene, sent.parcel.id, "03", 1)
    assert post(scene, scene.signed(STRANGER, first)).status == 200
    assert post(scene, scene.signed(STRANGER, replace(first, code="06", sequence=5))).status == 409
    sent.refresh_from_db()
    assert sent.state == "accepted"


@pytest.mark.clause("217/10.2.p2")
def test_recall_notice_before_its_document_takes_effect_on_arrival(scene: Scene) -> None:
    from tests.exchange.scene import document_queries

    parcel = scene.parcel()
    notice = statement(scene, parcel.parcel, "13", 1, recipient=RECIPIENT, reason="Có sai sót")
    assert post(scene, scene.signed(STRANGER, notice)).status == 200
    assert send(scene, parcel).status == 200
    row = ParcelIn.objects.get()
    assert row.recall_asked_at is not None
    assert document_queries.facts(row.document_id).validity == "recalled"

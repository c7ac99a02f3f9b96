"""The client of the axis against the simulated axis: every verb, every signed header, every fault."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from antin.exchange.adapters.axis_http import AxisHttp
from antin.exchange.axis import protocol
from antin.exchange.axis.protocol import AxisRefused, Credentials
from antin.exchange.axis.simulator.server import AxisServer
from antin.exchange.axis.simulator.store import Store, lay_out
from antin.exchange.edxml.model import Envelope, Organ, ResponseFor, Status, Trace
from antin.exchange.edxml.writer import write
from antin.exchange.ports import Unreached
from antin.house.demo.processes import free_ports
from antin.regulation import RemoteViolation

pytestmark = pytest.mark.clause("217/7.3", "379/26.2")

OFFICE, PROVINCE = Credentials("van-phong", "bi-mat-mot"), Credentials("ubnd", "bi-mat-hai")
AGENCIES = [
    {"code": "A99.01", "oldCode": "000.00.01.A99", "name": "Văn phòng (mẫu)", "mail": "vp@mau.vn"},
    {"code": "H98", "oldCode": "000.00.00.H98", "name": "Ủy ban nhân dân tỉnh (mẫu)", "mail": ""},
]
AT = datetime(2026, 3, 2, 8, tzinfo=UTC)


@pytest.fixture
def axis(tmp_path: Path) -> Iterator[AxisServer]:
    lay_out(
        tmp_path / "truc",
        [
            {"id": OFFICE.system_id, "secret": OFFICE.secret, "codes": ["A99.01"]},
            {"id": PROVINCE.system_id, "secret": PROVINCE.secret, "codes": ["000.00.00.H98"]},
        ],
        AGENCIES,
    )
    server = AxisServer(Store(tmp_path / "truc")).start()
    yield server
    server.stop()


def client(axis: AxisServer, who: Credentials = OFFICE) -> AxisHttp:
    return AxisHttp(axis.url, who, answer_s=2.0)


def envelope(recipient: str = "H98", sender: str = "A99.01", number: str = "7") -> bytes:
    return write(
        Envelope(
            sender=Organ(sender, "Văn phòng (mẫu)"),
            recipients=(Organ(recipient, "Ủy ban (mẫu)"),),
            document_id=f"{sender},2026/03/02,{number}/CV",
            number=number,
            notation="CV",
            subject="Về việc mẫu",
            traces=(Trace(sender, AT),),
        )
    )


def status(code: str = "03") -> bytes:
    about = ResponseFor("A99.01", "7/CV", AT.date(), "A99.01,2026/03/02,7/CV")
    return write(Status(Organ("H98", "Ủy ban (mẫu)"), about, code, AT))


def send(axis: AxisServer, data: bytes, who: Credentials = OFFICE, sender: str = "A99.01", kind: str = "edoc") -> str:
    digest = hashlib.sha256(data).hexdigest()
    return client(axis, who).send(sender=sender, kind=kind, size=len(data), sha256=digest, pieces=lambda: [data])


def fetched(axis: AxisServer, doc_id: str, who: Credentials = PROVINCE, most: int = 1_000_000) -> bytes:
    data = bytearray()
    client(axis, who).get(doc_id, most=most, sink=data.extend)
    return bytes(data)


def test_message_goes_through_and_is_acknowledged(axis: AxisServer) -> None:
    doc_id = send(axis, envelope())
    (entry,) = client(axis, PROVINCE).received("edoc")
    assert (entry.doc_id, entry.sender, entry.recipient) == (doc_id, "A99.01", "H98")
    assert entry.at is not None
    assert abs(entry.at - datetime.now(UTC)) < timedelta(minutes=1)
    assert fetched(axis, doc_id) == envelope()
    client(axis, PROVINCE).update_status(doc_id, "done")
    assert client(axis, PROVINCE).received("edoc") == ()
    (sent,) = client(axis).sent("edoc", doc_id)
    assert (sent.doc_id, sent.recipient, sent.status) == (doc_id, "H98", "done")


def test_status_goes_back_to_whoever_sent_the_document(axis: AxisServer) -> None:
    doc_id = send(axis, status(), PROVINCE, "000.00.00.H98", "status")
    (entry,) = client(axis).received("status")
    assert (entry.doc_id, entry.recipient) == (doc_id, "A99.01")
    assert client(axis).received("edoc") == ()


def test_codes_are_told_old_and_new(axis: AxisServer) -> None:
    assert [(row.code, row.old_code) for row in client(axis).agencies()] == [
        ("A99.01", "000.00.01.A99"),
        ("H98", "000.00.00.H98"),
    ]


def test_axis_started_again_holds_what_it_held(axis: AxisServer) -> None:
    doc_id = send(axis, envelope())
    again = AxisServer(Store(axis.store.home)).start()
    try:
        assert [entry.doc_id for entry in client(again, PROVINCE).received("edoc")] == [doc_id]
        assert fetched(again, doc_id) == envelope()
    finally:
        again.stop()


@pytest.mark.parametrize(
    ("what", "data", "sender", "kind"),
    [
        ("an unknown recipient", envelope("H97"), "A99.01", "edoc"),
        ("another's name", envelope(sender="H98"), "H98", "edoc"),
        ("a name that the message denies", envelope(sender="H98"), "A99.01", "edoc"),
        ("a status as a document", status(), "A99.01", "edoc"),
        ("no edXML", b"%PDF-1.7", "A99.01", "edoc"),
    ],
)
def test_axis_refuses_clearly(axis: AxisServer, what: str, data: bytes, sender: str, kind: str) -> None:
    with pytest.raises(AxisRefused):
        send(axis, data, sender=sender, kind=kind)
    assert client(axis).sent("edoc") == ()


def test_strangers_do_not_read_what_is_not_theirs(axis: AxisServer) -> None:
    doc_id = send(axis, envelope())
    axis.store.systems["la"] = {"id": "la", "secret": "khac", "codes": []}
    for act in (lambda: fetched(axis, doc_id, Credentials("la", "khac")),
                lambda: client(axis, Credentials("la", "khac")).update_status(doc_id, "done")):  # fmt: skip
        with pytest.raises(AxisRefused):
            act()
    assert len(client(axis, PROVINCE).received("edoc")) == 1


@pytest.mark.clause("379/22.1")
@pytest.mark.parametrize("wrong", ["secret", "system", "body", "sender", "instant", "unsigned header", "no signature"])
def test_request_that_no_connected_system_made_is_refused(axis: AxisServer, wrong: str) -> None:
    data = envelope()
    who = replace(OFFICE, secret="khac") if wrong == "secret" else OFFICE
    at = datetime.now(UTC) - timedelta(minutes=6 if wrong == "instant" else 0)
    more = {"from": "A99.01", "messagetype": "edoc"}
    said = protocol.headers(who, protocol.digest_of(data), protocol.BYTES, at, more)
    if wrong == "system":
        said[protocol.SYSTEM] = PROVINCE.system_id
    if wrong == "sender":
        said["from"] = "H98"
    if wrong == "unsigned header":
        said[protocol.KEYS] = said[protocol.KEYS].replace("XroadVnpt-hash-header;", "")
    if wrong == "no signature":
        del said[protocol.MAC]
    answer = httpx.post(axis.url + protocol.SEND, content=data[:-1] + b" " if wrong == "body" else data, headers=said)
    assert answer.status_code == 401
    assert client(axis).sent("edoc") == ()


@pytest.mark.parametrize(("fault", "stored"), [
    ("drop_before", 0), ("busy", 0), ("drop_after", 1), ("rubbish", 1), ("huge", 1), ("slow", 1),
])  # fmt: skip
def test_outcome_that_is_not_told_is_unknown_never_good(axis: AxisServer, fault: str, stored: int) -> None:
    axis.faults[protocol.SEND].append(fault)
    with pytest.raises(Unreached):
        send(axis, envelope())
    assert axis.at_rest(10), "what was slow is done, though nobody waits for it"
    assert len(client(axis).sent("edoc")) == stored


def test_half_a_message_is_no_message(axis: AxisServer) -> None:
    doc_id = send(axis, envelope())
    axis.faults[protocol.GET].append("truncate")
    with pytest.raises(Unreached):
        fetched(axis, doc_id)


@pytest.mark.clause("379/5.4", "217/6.5")
def test_message_larger_than_we_take_is_broken_off(axis: AxisServer) -> None:
    doc_id = send(axis, envelope())
    with pytest.raises(RemoteViolation):
        fetched(axis, doc_id, most=500)


@pytest.mark.clause("379/5.4")
@pytest.mark.parametrize(
    "said",
    [b"", b"[]", b"nothing", b'{"status":"OK"}', b'{"ErrorCode":"0"}', b'{"ErrorCode":"0","data":{}}',
     b'{"ErrorCode":"0","data":[1]}', b'{"ErrorCode":"0","data":[{"docId":null}]}',
     b'{"ErrorCode":"0","data":[{"docId":"../../x"}]}', b"[" * 100_000],
)  # fmt: skip
def test_lists_that_make_no_sense_are_no_lists(said: bytes) -> None:
    with pytest.raises(RemoteViolation):
        protocol.entries(protocol.answer(said))


def test_secret_is_never_shown() -> None:
    assert OFFICE.secret not in repr(OFFICE)
    assert OFFICE.secret not in json.dumps(protocol.headers(OFFICE, "", protocol.JSON, AT))


def test_secrets_of_the_axis_are_its_owners_alone(axis: AxisServer) -> None:
    assert (axis.store.home / "systems.json").stat().st_mode & 0o077 == 0


def test_simulator_runs_as_a_server_of_its_own_and_ends_when_told(axis: AxisServer, tmp_path: Path) -> None:
    doc_id = send(axis, envelope())
    (port,) = free_ports(8900, 1)
    command = [sys.executable, "-m", "antin.cli.main", "axis-simulator", "--port", str(port)]
    wishes = ["--answers", "H98", "--pause", "0.1", "--fault", "getSentEdocList=busy"]
    process = subprocess.Popen([*command, "--home", str(axis.store.home), *wishes])
    try:
        here = AxisHttp(f"http://127.0.0.1:{port}", OFFICE, answer_s=2.0)
        told = _until(lambda: [entry.doc_id for entry in here.received("status")], 4)
        assert len(told) == 4
        with pytest.raises(Unreached):
            here.sent("edoc", doc_id)
        assert [entry.status for entry in here.sent("edoc", doc_id)] == ["done"]
    finally:
        process.terminate()
        assert process.wait(timeout=10) == 0
    empty = subprocess.run([*command, "--home", str(tmp_path / "nothing")], capture_output=True, check=False)
    assert empty.returncode == 2


def _until(asked: Callable[[], list[str]], count: int) -> list[str]:
    """Asks until there are so many answers, 20 s at most."""
    deadline, found = time.monotonic() + 20, []
    while len(found) < count and time.monotonic() < deadline:
        try:
            found = asked()
        except Unreached:
            found = []
        time.sleep(0.1)
    return found

"""Documents and notices by the axis: checked, taken in once, told done afterwards; hostile, repeated, early, late ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from tests.exchange.axis_scene import OTHER_STATE, SENDER, STATE, STATE_OLD, AxisIn, AxisScene
from tests.exchange.scene import RECIPIENT, STRANGER, actor, pdf
from tests.exchange.test_edxml_hostile import HOSTILE_XML
from tests.exchange.test_edxml_streamed import sealer

from antin.documents import queries as documents
from antin.exchange import acts, ports, queries
from antin.exchange.axis import protocol, worker
from antin.exchange.edxml.model import Business, BusinessKind, Organ, Replacement, ResponseFor, Status
from antin.exchange.edxml.reader import read
from antin.exchange.edxml.writer import write
from antin.exchange.models import Irregularity
from antin.registry import acts as registry
from antin.signing import ports as signing
from antin.signing.pki.authority import DemoAuthority
from antin.signing.revocation import CertificateStatus, State
from antin.values import Office, sha256_hex
from antin.vault import queries as vault

pytestmark = pytest.mark.clause("217/7.3", "217/10.1")


def states(axis: AxisScene) -> list[str]:
    """Every message that came, by what became of it."""
    return list(AxisIn.objects.order_by("id").values_list("state", flat=True))


def validity(document_id: object) -> str:
    with connection.cursor() as cursor:
        cursor.execute("select validity from documents_document where id = %s", [document_id])
        return str(cursor.fetchone()[0])


def clerk(axis: AxisScene):  # type: ignore[no-untyped-def]
    return axis.scene.clerk(SENDER)


def operator(axis: AxisScene):  # type: ignore[no-untyped-def]
    return actor(axis.scene.organisations[SENDER], Office.EXCHANGE_OPERATOR)


def told(axis: AxisScene) -> list[str]:
    """Status codes that the State body was told, in order."""
    found = [read(data) for data in axis.arrived("status")]
    return [one.code for one in found if isinstance(one, Status)]


@pytest.mark.clause("217/11.12", "217/6.4")
def test_document_comes_in_whole(axis: AxisScene) -> None:
    data = axis.letter(files=[("bang.csv", b"a,b"), ("cong-van.pdf", pdf()), ("phu-luc.docx", b"PK-khong-zip")])
    axis.hand_in(data)
    axis.work()
    row = AxisIn.objects.get()
    view = documents.document(clerk(axis), row.document_id)
    assert (view.channel, view.sender_code, view.issuing_code, view.reference_number) == ("axis", STATE, STATE, "15/CV")
    assert (view.state, view.digest, view.attachment_count) == ("arrived", sha256_hex(pdf()), 2)
    assert view.sent_at == axis.at
    assert {a.name for a in documents.attachments(clerk(axis), row.document_id)} == {"bang.csv", "phu-luc.docx"}
    assert vault.read(row.envelope) == data
    assert axis.theirs().sent("edoc")[0].status == "done"
    assert told(axis) == ["01"]


def test_document_for_two_of_our_bodies_comes_to_both(axis: AxisScene) -> None:
    axis.hand_in(axis.letter(recipients=(SENDER, "000.00.01.A98", OTHER_STATE)))
    axis.work()
    assert sorted(AxisIn.objects.values_list("recipient_code", "state")) == [
        (RECIPIENT, "admitted"),
        (SENDER, "admitted"),
    ]
    assert axis.taken_in() == 2


@pytest.mark.clause("217/6.2", "379/13.4")
def test_signature_of_the_envelope_is_told_as_it_is(axis: AxisScene, pki: DemoAuthority) -> None:
    own = sealer(pki.issue_exchange("Ủy ban (mẫu)", STATE_OLD, key="rsa2048"))
    other = sealer(pki.issue_exchange("Ai đó (mẫu)", "H97", key="rsa2048"))
    unproven = axis.letter(number="2", by=other)
    legacy = axis.letter(number="4").replace(
        b"</edXML:edXMLHeader>", b"<Signature><SignedInfo></SignedInfo></Signature></edXML:edXMLHeader>"
    )
    signed = axis.letter(number="5", by=own)
    for data in (
        axis.letter(number="1", by=own),
        unproven,
        axis.letter(number="3"),
        legacy,
        signed.replace("(mẫu)".encode(), "(thật)".encode()),
    ):
        axis.hand_in(data)
    axis.work()
    found = dict(AxisIn.objects.values_list("reference_number", "signature"))
    # No revocation answer is at hand here, so even our own authority's certificate stays unproven.
    assert found == {"1/CV": "unproven", "2/CV": "unproven", "3/CV": "absent", "4/CV": "legacy", "5/CV": "invalid"}
    assert axis.taken_in() == 5
    rows = queries.axis_arrivals(clerk(axis), AxisIn.objects.get(signature="legacy").document_id)
    assert [(row.signature, row.is_authentic) for row in rows] == [("legacy", False)]


@pytest.mark.clause("217/6.2")
def test_signature_is_valid_only_by_a_good_certificate_of_the_sender(
    axis: AxisScene, pki: DemoAuthority, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Good:
        def status(self, certificate: bytes, issuer: bytes, others: object = ()) -> CertificateStatus:
            return CertificateStatus(State.GOOD)

    signing.bind(replace(signing.bound(), revocation=Good()))
    for number, code in enumerate((STATE, STATE_OLD, "H97"), 1):
        axis.hand_in(axis.letter(number=str(number), by=sealer(pki.issue_exchange("Ủy ban", code, key="rsa2048"))))
    axis.work()
    assert list(AxisIn.objects.order_by("id").values_list("signature", flat=True)) == ["valid", "valid", "unproven"]


@pytest.mark.clause("217/13.1")
@pytest.mark.parametrize("fault", ["drop_after", "rubbish", "busy", "drop_before"])
def test_axis_that_was_not_told_done_delivers_again_to_no_effect(axis: AxisScene, fault: str) -> None:
    axis.hand_in(axis.letter())
    axis.server.faults[protocol.DONE].append(fault)
    worker.receive_due()
    assert axis.taken_in() == 1
    worker.receive_due()
    axis.work()
    assert states(axis) == ["admitted"]
    assert axis.taken_in() == 1
    assert AxisIn.objects.get().told_at is not None
    assert axis.theirs().sent("edoc")[0].status == "done"


@pytest.mark.clause("217/13.1")
def test_repeats_change_nothing(axis: AxisScene) -> None:
    axis.server.faults[protocol.RECEIVED].append("twice")
    data = axis.letter()
    axis.hand_in(data)
    worker.receive_due()
    axis.hand_in(data)  # the same once more, under another id of the axis
    axis.hand_in(axis.letter(at=axis.at + timedelta(seconds=1)))  # sent anew on purpose: the registry will see it
    axis.work()
    assert states(axis) == ["admitted", "duplicate", "admitted"]
    assert axis.taken_in() == 2
    assert [entry.status for entry in axis.theirs().sent("edoc")] == ["done"] * 3


@pytest.mark.clause("217/13.1")
@pytest.mark.parametrize(
    ("verb", "fault"),
    [(protocol.RECEIVED, f) for f in ("drop_before", "drop_after", "rubbish", "busy", "refuse", "huge")]
    + [(protocol.GET, f) for f in ("drop_before", "drop_after", "busy", "refuse", "truncate")],
)
def test_rubbish_from_the_axis_loses_nothing(axis: AxisScene, verb: str, fault: str) -> None:
    axis.hand_in(axis.letter())
    axis.server.faults[verb].append(fault)
    worker.receive_due()
    assert axis.taken_in() == 0
    axis.work()
    assert states(axis) == ["admitted"]


def _doubtful() -> dict[str, Callable[[AxisScene], bytes]]:
    return {
        "no PDF": lambda axis: axis.letter(files=[("a.txt", "chữ".encode())]),
        "no file": lambda axis: axis.letter(files=[]),
        "a PDF that is none": lambda axis: axis.letter(files=[("a.pdf", b"%PDF-1.7 rubbish")]),
        "for somebody else": lambda axis: axis.letter(recipients=(OTHER_STATE,)),
        "of somebody unknown": lambda axis: axis.letter().replace(b">H98<", b">H77<"),
        "of one of us": lambda axis: axis.letter().replace(b">H98<", b">A98.01<"),
        "of a Party body": lambda axis: axis.letter().replace(b">H98<", f">{STRANGER}<".encode()),
        "other than the axis says": lambda axis: axis.letter().replace(b">H98<", b">H98.05<"),
        "broken": lambda axis: axis.letter()[:-40],
        "no XML": lambda axis: b"\x00" * 100,
        "empty": lambda axis: b"",
    }


@pytest.mark.clause("379/5.4")
@pytest.mark.parametrize("what", sorted(_doubtful()))
def test_doubtful_message_is_held_back(axis: AxisScene, what: str) -> None:
    axis.slip_in(_doubtful()[what](axis))
    axis.work()
    assert states(axis) == ["quarantined"]
    assert axis.taken_in() == 0
    (row,) = queries.axis_held(operator(axis))
    assert row.reason
    assert axis.server.store.messages[row.doc_id].states == {SENDER: "fail"}
    assert queries.waiting_for_operator(operator(axis)) == 1
    acts.settle_message(actor=operator(axis), message_id=row.id, reason="Đã gọi điện cho nơi gửi.")
    assert states(axis) == ["refused"]
    axis.work()
    assert told(axis) == (["02"] if what in ("no PDF", "no file", "a PDF that is none") else [])


@pytest.mark.clause("379/5.4", "217/13.1")
def test_what_was_held_back_once_may_come_again_whole(axis: AxisScene) -> None:
    axis.hand_in(axis.letter(files=[("a.pdf", b"%PDF-1.7 rubbish")]))
    axis.work()
    axis.hand_in(axis.letter())  # of the same instant, as the sender's software repeats it
    axis.work()
    assert states(axis) == ["quarantined", "admitted"]
    assert axis.taken_in() == 1


@pytest.mark.clause("379/5.4")
@pytest.mark.parametrize("name", sorted(set(HOSTILE_XML) - {"too large", "long text"}))
def test_hostile_message_is_held_back(axis: AxisScene, name: str) -> None:
    axis.slip_in(HOSTILE_XML[name]())
    axis.work()
    assert states(axis) == ["quarantined"]


@pytest.mark.clause("217/6.5", "379/5.4")
def test_message_larger_than_we_take_is_not_fetched_for_ever(axis: AxisScene) -> None:
    here = ports.bound()
    ports.bind(replace(here, limits=replace(here.limits, axis_bytes=2_000)))
    axis.hand_in(axis.letter(files=[("a.pdf", pdf(20_000))]))
    axis.work()
    assert states(axis) == ["quarantined"]
    assert axis.server.asked[protocol.GET] == 1


@pytest.mark.clause("217/10.2", "217/11.8")
def test_sender_is_told_what_becomes_of_it(axis: AxisScene) -> None:
    axis.hand_in(axis.letter())
    axis.work()
    document_id = AxisIn.objects.get().document_id
    for act in (
        "registry.document.registered",
        "registry.document.forwarded",
        "casework.work.taken_up",
        "casework.document.completed",
    ):
        axis.scene.enter(act, document_id, code=SENDER)
    axis.work()
    assert told(axis) == ["01", "03", "04", "05", "06"]
    last = read(axis.arrived("status")[-1])
    assert isinstance(last, Status)
    assert (last.response_for.organ_id, last.response_for.document_id) == (STATE, f"{STATE},2026/03/02,15/CV")
    assert last.staff is not None
    assert last.staff.staff == "Vũ Thị Mẫu Lan"


@pytest.mark.clause("217/10.1.p2")
def test_returned_document_says_why(axis: AxisScene) -> None:
    axis.hand_in(axis.letter())
    axis.work()
    document_id = AxisIn.objects.get().document_id
    registry.return_document(actor=clerk(axis), document_id=document_id, reason="Không thuộc thẩm quyền.")
    axis.work()
    last = read(axis.arrived("status")[-1])
    assert isinstance(last, Status)
    assert (last.code, last.description) == ("02", "Không thuộc thẩm quyền.")


RECALL = Business(BusinessKind.RECALL, reason="Sai số liệu", document_id=f"{STATE},2026/03/02,15/CV")


@pytest.mark.clause("217/10.2.p2")
def test_recall_takes_the_copy_out_of_force_and_is_answered(axis: AxisScene) -> None:
    axis.hand_in(axis.letter())
    axis.hand_in(axis.letter(number="16", business=RECALL, files=[]))
    axis.work()
    document_id = AxisIn.objects.filter(purpose="new").get().document_id
    assert validity(document_id) == "recalled"
    assert axis.taken_in() == 1
    registry.discard(actor=clerk(axis), document_id=document_id, reason="Theo đề nghị của nơi gửi.")
    axis.work()
    assert told(axis) == ["01", "15"]


@pytest.mark.clause("217/10.2.p2")
def test_recall_by_status_is_a_recall(axis: AxisScene) -> None:
    axis.hand_in(axis.letter())
    axis.work()
    about = ResponseFor(SENDER, "15/CV", axis.at.date(), f"{STATE},2026/03/02,15/CV")
    axis.hand_in(write(Status(Organ(STATE, "Ủy ban"), about, "13", axis.at, "Sai số liệu")), "status")
    axis.work()
    assert validity(AxisIn.objects.get(purpose="new").document_id) == "recalled"


@pytest.mark.clause("217/10.2.p2")
def test_recall_before_its_document_waits_for_it(axis: AxisScene) -> None:
    axis.hand_in(axis.letter(number="16", business=RECALL, files=[]))
    axis.work()
    assert states(axis) == ["early"]
    axis.hand_in(axis.letter())
    axis.work()
    assert validity(AxisIn.objects.get(purpose="new").document_id) == "recalled"
    assert states(axis) == ["admitted", "admitted"]


@pytest.mark.clause("217/10.2.p2", "217/6.2")
def test_recall_that_nobody_may_make_moves_nothing(axis: AxisScene, pki: DemoAuthority) -> None:
    axis.hand_in(axis.letter())
    axis.hand_in(axis.letter(number="17", business=RECALL, files=[], sender=OTHER_STATE), sender=OTHER_STATE)
    own = sealer(pki.issue_exchange("Ủy ban (mẫu)", STATE, key="rsa2048"))
    forged = axis.letter(number="16", business=RECALL, files=[], by=own).replace(
        "Sai số liệu".encode(), "Sai hết cả".encode()
    )
    axis.hand_in(forged)
    axis.work()
    assert validity(AxisIn.objects.get(purpose="new").document_id) == "in_force"
    assert states(axis) == ["admitted", "early", "noted"]
    assert Irregularity.objects.filter(kind="false_answer", source="axis").exists()


@pytest.mark.clause("379/17.2")
def test_update_is_noted_beside_the_document(axis: AxisScene) -> None:
    axis.hand_in(axis.letter())
    update = Business(
        BusinessKind.UPDATE, reason="Sửa hạn xử lý", document_id=f"{STATE},2026/03/02,15/CV", information_changed=True
    )
    axis.hand_in(axis.letter(number="15", business=update, files=[], at=axis.at + timedelta(seconds=5)))
    axis.work()
    new, noted = AxisIn.objects.order_by("id")
    assert (noted.state, noted.document_id, validity(new.document_id)) == ("noted", new.document_id, "in_force")
    assert axis.taken_in() == 1


@pytest.mark.clause("379/17.2")
def test_replacement_puts_the_old_one_out_of_force(axis: AxisScene) -> None:
    axis.hand_in(axis.letter())
    by = Business(BusinessKind.REPLACE, replacements=(Replacement(f"{STATE},2026/03/02,15/CV", (SENDER,)),))
    axis.hand_in(axis.letter(number="18", business=by))
    axis.work()
    old, new = AxisIn.objects.order_by("id")
    assert (validity(old.document_id), validity(new.document_id)) == ("replaced", "in_force")


def test_list_without_recipients_is_understood_by_the_message(axis: AxisScene, monkeypatch: pytest.MonkeyPatch) -> None:
    axis.hand_in(axis.letter())
    listed = axis.server.store.received
    monkeypatch.setattr(
        axis.server.store, "received", lambda system, kind: [{**row, "to": ""} for row in listed(system, kind)]
    )
    axis.work()
    assert states(axis) == ["admitted"]
    assert axis.taken_in() == 1


@pytest.mark.clause("217/13.1")
def test_full_disk_leaves_messages_at_the_axis(axis: AxisScene) -> None:
    axis.hand_in(axis.letter())
    here = ports.bound()
    ports.bind(replace(here, limits=replace(here.limits, free_bytes_least=1 << 60)))
    worker.receive_due()
    assert axis.theirs().sent("edoc")[0].status == "waiting"
    ports.bind(here)
    axis.work()
    assert axis.taken_in() == 1


@pytest.mark.clause("217/7.3")
def test_whoever_wrote_to_us_stands_among_the_recipients(axis: AxisScene) -> None:
    assert [row.code for row in queries.directory(clerk(axis)) if row.channel == "axis"] == []
    axis.hand_in(axis.letter())
    axis.work()
    (row,) = [row for row in queries.directory(clerk(axis)) if row.channel == "axis"]
    assert (row.code, row.old_code, row.reachable) == (STATE, STATE_OLD, True)
    assert [r.code for r in queries.directory(clerk(axis), "so noi vu lac giang")] == [OTHER_STATE]
    acts.list_agency(actor=operator(axis), code="000.05.00.H98")
    assert OTHER_STATE in [row.code for row in queries.directory(clerk(axis))]

"""Our own letters read by our own reader: a document, its receipt, its statuses and its recall go the whole way and back.

Both bodies are hosted here for it; each is in the other's directory of mail, which the acts would refuse.
"""

from __future__ import annotations

from uuid import UUID

import pytest
from tests.exchange.mail_scene import BODY, BODY_NAME, OURS, THEIRS, MailIn, MailOut, MailScene
from tests.exchange.scene import SENDER, actor

from antin.documents import queries as documents
from antin.exchange import acts, directory, ports
from antin.exchange import queries as exchange
from antin.exchange.mail import mime, smime
from antin.exchange.mail.models import MailContact
from antin.identity import acts as identity
from antin.ledger import acts as ledger
from antin.signing import acts as signing
from antin.signing import ports as signing_ports
from antin.values import Actor, Office, new_id, sha256_hex

from .conftest import _key

pytestmark = pytest.mark.clause("217/7.2", "217/6.2", "217/6.4")


def _settle_here(mail: MailScene) -> UUID:
    """The other body is hosted here too, with the key its letters are known by."""
    signing_ports.bound().signer._loaded[f"exchange-{BODY}"] = _key(mail.issued)
    body = identity.found_organisation(
        actor=Actor.system(), name=BODY_NAME, short_name=BODY, kind="organisation", level="central", place="Hà Nội",
        notation="ĐUK", body_name=BODY_NAME.upper(), codes={"party": BODY}, basis="Quyết định mẫu số 02",
    )  # fmt: skip
    signing.note_certificate(
        actor=Actor.system(), holder_kind="organisation", holder_id=body, certificate_der=mail.issued.certificate_der,
        chain_der=mail.issued.chain_ders, key_ref=f"exchange-{BODY}", purpose="exchange",
    )  # fmt: skip
    ours = mail.scene.issued[SENDER].certificate_der
    MailContact.objects.create(
        id=new_id(), code=SENDER, name="Văn phòng Trung ương (mẫu)", folded="", address=OURS, signing=ours,
        signing_digest=sha256_hex(ours), state="active", proposed_at=ports.bound().clock.now(),
    )  # fmt: skip
    directory.forget()
    return body


def _carry(mail: MailScene) -> None:
    """What lies for the other body comes to us: one mailbox serves both."""
    for _ in range(6):
        for uid, data in mail.store.letters(THEIRS, "INBOX"):
            mail.store.remove(THEIRS, "INBOX", uid)
            mail.drop_in(data)
        mail.work()


@pytest.mark.parametrize("encrypted", [False, True])
def test_document_goes_the_whole_way_and_its_receipt_comes_back(mail: MailScene, encrypted: bool) -> None:
    if encrypted:
        mail.enter(BODY, BODY_NAME, THEIRS, mail.issued.certificate_der, mail.decryption.certificate_der)
    dispatch = mail.sent(attachments=(("Phụ lục số 1.txt", "text/plain", "Nội dung".encode()),))
    body = _settle_here(mail)
    _carry(mail)
    row = MailIn.objects.get(purpose="new")
    assert (row.state, row.signature, row.encrypted, row.organisation_id) == ("admitted", "valid", encrypted, body)
    clerk = actor(body, Office.CLERK)
    view = documents.document(clerk, row.document_id)
    assert (view.reference_number, view.sender_code) == (dispatch.reference_number, SENDER)
    assert [one.name for one in documents.attachments(clerk, row.document_id)] == ["Phụ lục số 1.txt"]
    dispatch.refresh_from_db()
    assert dispatch.state == "arrived"
    mail.scene.organisations[BODY] = body
    mail.scene.enter("registry.document.registered", row.document_id, code=BODY)
    _carry(mail)
    dispatch.refresh_from_db()
    assert dispatch.state == "accepted"


@pytest.mark.clause("217/9.2", "217/10.2.p2")
def test_recall_reaches_the_copy_and_its_answer_the_sender(mail: MailScene) -> None:
    dispatch = mail.sent()
    body = _settle_here(mail)
    mail.scene.organisations[BODY] = body
    _carry(mail)
    acts.ask_recall(actor=mail.scene.clerk(), dispatch_id=dispatch.id, reason="Gửi nhầm")
    _carry(mail)
    row = MailIn.objects.get(purpose="new")
    assert str(documents.document(actor(body, Office.CLERK), row.document_id).validity) == "recalled"
    mail.scene.enter("registry.document.discarded", row.document_id, code=BODY)
    while ledger.integrate():
        pass
    _carry(mail)
    dispatch.refresh_from_db()
    assert dispatch.state == "recalled"


@pytest.mark.clause("379/19.3")
def test_document_declared_void_is_void_there(mail: MailScene) -> None:
    dispatch = mail.sent()
    body = _settle_here(mail)
    _carry(mail)
    acts.tell_invalidated(actor=Actor.system("exchange"), dispatch_id=dispatch.id, reason="Ban hành sai thẩm quyền")
    _carry(mail)
    row = MailIn.objects.get(purpose="new")
    assert str(documents.document(actor(body, Office.CLERK), row.document_id).validity) == "invalidated"


def test_letters_are_evidence_that_anybody_can_check(mail: MailScene) -> None:
    dispatch = mail.sent()
    mail.drop_in(mail.status(dispatch, "01"))
    mail.work()
    rows = {
        row.event: row for row in exchange.evidence(mail.scene.clerk(), dispatch.document_id) if row.kind == "letter"
    }
    assert set(rows) == {"RelayToNonERDS", "ContentConsignment"}
    ours, theirs = rows["RelayToNonERDS"], rows["ContentConsignment"]
    assert (ours.side, theirs.side) == ("ours", "theirs")
    assert sha256_hex(mail.verified(ours.message)) == ours.digest == MailOut.objects.get().signed_digest
    slip = next(one for one in mime.files_of(mail.verified(theirs.message)) if one.name == "an-tin.json")
    assert ours.digest.encode() in slip.data
    assert smime.opened(theirs.message, lambda _: b"").certificate == mail.issued.certificate_der

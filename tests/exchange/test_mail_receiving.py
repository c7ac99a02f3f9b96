"""What comes by mail: signed by a known body it is taken in once; anything else counts for nothing by itself, and breaks nothing."""

from __future__ import annotations

from uuid import UUID

import pytest
from tests.exchange.mail_scene import BODY, BODY_NAME, OURS, SPAMMER, THEIRS, MailIn, MailLine, MailOut, MailScene
from tests.exchange.scene import RECIPIENT, SENDER, pdf

from antin.documents import queries as documents
from antin.exchange import acts, ports
from antin.exchange.edxml.model import Business, BusinessKind
from antin.exchange.mail import mime, slip, smime, worker
from antin.ledger import queries as ledger_queries
from antin.regulation import RuleViolation
from antin.values import new_id

pytestmark = pytest.mark.clause("217/7.2", "217/6.4")


def states(**facts: object) -> list[str]:
    return list(MailIn.objects.filter(**facts).order_by("id").values_list("state", flat=True))


@pytest.mark.clause("217/10.1", "217/6.2")
def test_document_of_another_installation_is_taken_in_and_acknowledged(mail: MailScene) -> None:
    mail.drop_in(mail.letter())
    mail.work()
    row = MailIn.objects.get()
    assert (row.state, row.signature, row.sender_code, row.has_slip) == ("admitted", "valid", BODY, True)
    view = documents.document(mail.scene.clerk(), row.document_id)
    assert (view.reference_number, view.issuing_name) == ("15-CV/ĐUK", BODY_NAME)
    assert [name for name, _ in mail.store.letters(OURS, "INBOX")] == []
    assert len(mail.store.letters(OURS, "Antin")) == 1
    (receipt,) = mail.inbox(THEIRS)
    files = {one.name: one for one in mime.files_of(mail.verified(receipt))}
    said = slip.parse(files[slip.NAME].data)
    assert (said.purpose, said.digest, said.about) == ("status", row.digest, UUID(row.said))
    assert mime.text_header(receipt, "Auto-Submitted") == "auto-replied"
    assert mime.text_header(receipt, "In-Reply-To") == row.message_id
    told = [entry.act for entry in ledger_queries.history(row.document_id)]
    assert "exchange.parcel.received" in told


def test_document_of_an_ordinary_mail_program_is_taken_in(mail: MailScene) -> None:
    mail.drop_in(
        mail.plain(files=[("Công văn số 7.pdf", "application/pdf", pdf()), ("Phụ lục.txt", "text/plain", b"x")])
    )
    mail.work()
    row = MailIn.objects.get()
    assert (row.state, row.signature, row.has_slip) == ("admitted", "valid", False)
    view = documents.document(mail.scene.clerk(), row.document_id)
    assert view.abstract == "Gửi công văn số 7"
    assert len(documents.attachments(mail.scene.clerk(), row.document_id)) == 1
    assert len(mail.inbox(THEIRS)) == 1


def test_opaque_signature_is_read_as_well(mail: MailScene) -> None:
    entity = mime.written("Kính gửi.", [mime.File("a.pdf", "application/pdf", pdf())])
    mail.drop_in(mail.mail(mail.signed(entity, None, "-nodetach")))
    mail.work()
    assert states(signature="valid") == ["admitted"]


def test_letter_encrypted_for_us_is_read(mail: MailScene) -> None:
    _key, chain = mail._files(mail.decryption)
    signed = mail.signed(mime.written("Kính gửi.", [mime.File("a.pdf", "application/pdf", pdf())]))
    body = mail.openssl(signed, "cms", "-encrypt", "-aes-256-cbc", str(chain))
    mail.drop_in(mail.mail(body))
    mail.work()
    assert states(signature="valid", encrypted=True) == ["admitted"]


def test_letter_encrypted_for_somebody_else_is_held_back(mail: MailScene) -> None:
    _key, chain = mail._files(mail.issued)
    mail.drop_in(
        mail.mail(mail.openssl(mail.signed(mime.written("x", [])), "cms", "-encrypt", "-aes-256-cbc", str(chain)))
    )
    mail.work()
    assert states() == ["quarantined"]
    assert "Không giải mã được" in MailIn.objects.get().reason


def test_our_encryption_is_opened_by_our_own_reader(mail: MailScene) -> None:
    entity = mime.written("x", [])
    found = smime.opened(smime.encrypt(entity, mail.decryption.certificate_der), ports.bound().mail.decrypt)
    assert (found.entity, found.encrypted) == (entity, True)


# who it is, is the certificate's word alone


@pytest.mark.clause("217/6.2")
def test_unsigned_letter_is_never_official_by_itself(mail: MailScene) -> None:
    mail.drop_in(mail.plain(signed=False))
    mail.work()
    row = MailIn.objects.get()
    assert len(mail.store.letters(OURS, "Antin-khac")) == 1
    assert (row.state, row.signature, row.sender_code, row.mail_from) == ("quarantined", "absent", "", THEIRS)
    assert mail.taken_in() == 0
    assert mail.inbox(THEIRS) == []


@pytest.mark.clause("217/6.2")
def test_name_and_address_of_a_known_body_under_a_strangers_signature_count_for_nothing(mail: MailScene) -> None:
    stranger = mail.scene.issued["A97.01"]
    mail.drop_in(mail.plain(by=stranger))
    mail.drop_in(mail.letter(by=stranger))
    mail.work()
    assert states(signature="unproven", sender_code="") == ["quarantined", "quarantined"]
    assert mail.taken_in() == 0


@pytest.mark.clause("217/6.2")
def test_body_may_not_speak_for_another(mail: MailScene) -> None:
    mail.drop_in(mail.letter(sender=RECIPIENT))
    mail.work()
    assert states() == ["quarantined"]


@pytest.mark.clause("217/6.2")
@pytest.mark.parametrize("place", ["Thư mẫu", "pdf", "signature"])
def test_letter_changed_on_the_way_is_invalid(mail: MailScene, place: str) -> None:
    letter = mail.plain()
    if place == "signature":
        head, _, tail = letter.rpartition(b"smime.p7s")
        spoilt = head + b"smime.p7s" + tail.replace(b"MII", b"MIJ", 1)
    else:
        at = letter.index(b"base64\r\n\r\n" if place == "Thư mẫu" else b"JVBER") + 12
        spoilt = letter[:at] + (b"A" if letter[at : at + 1] != b"A" else b"B") + letter[at + 1 :]
    mail.drop_in(spoilt)
    mail.work()
    assert states(signature="invalid") == ["quarantined"]
    assert mail.taken_in() == 0


def test_line_ends_rewritten_by_a_server_do_not_break_the_signature(mail: MailScene) -> None:
    mail.drop_in(mail.plain().replace(b"\r\n", b"\n"))
    mail.work()
    assert states(signature="valid") == ["admitted"]


def test_text_around_the_signed_part_is_not_what_was_signed(mail: MailScene) -> None:
    body = mail.signed(mime.written("x", [mime.File("a.pdf", "application/pdf", pdf())])).replace(
        b"MIME-Version: 1.0\n", b""
    )
    wrapped = b'Content-Type: multipart/mixed; boundary="w"\r\n\r\n--w\r\n' + body + b"\r\n--w--\r\n"
    mail.drop_in(mail.mail(wrapped))
    mail.work()
    assert states(signature="absent") == ["quarantined"]


@pytest.mark.clause("217/10.1")
def test_file_that_is_not_as_the_slip_says_is_doubtful_and_its_sender_is_told(mail: MailScene) -> None:
    mail.drop_in(mail.letter(spoil=(b'"document","C', b'"attachment","C')))
    mail.work()
    assert states() == ["quarantined"]
    (answer,) = mail.inbox(THEIRS)
    assert "Từ chối nhận" in mime.files_of(mail.verified(answer))[0].data.decode()


@pytest.mark.clause("379/5.4")
@pytest.mark.parametrize("data", [b"%PDF-1.7\nno", b"%PDF-" + b"\0" * 1000])
def test_document_that_is_no_sound_pdf_is_held_back(mail: MailScene, data: bytes) -> None:
    mail.drop_in(mail.letter(data=data))
    mail.drop_in(mail.plain(files=[("a.pdf", "application/pdf", data)]))
    mail.work()
    assert states() == ["quarantined", "quarantined"]
    assert mail.taken_in() == 0


# the clerk decides about what nobody signed


@pytest.mark.clause("217/10.1")
def test_clerk_takes_a_held_letter_in_with_a_reason_and_it_stays_marked(mail: MailScene) -> None:
    mail.drop_in(mail.plain(signed=False))
    mail.work()
    row = MailIn.objects.get()
    clerk = mail.scene.clerk()
    with pytest.raises(RuleViolation, match="lý do"):
        acts.admit_letter(actor=clerk, letter_id=row.id, reason=" ")
    with pytest.raises(RuleViolation, match="văn thư"):
        acts.admit_letter(actor=mail.operator(), letter_id=row.id, reason="x")
    document_id = acts.admit_letter(actor=clerk, letter_id=row.id, reason="Đã gọi điện xác nhận")
    row.refresh_from_db()
    assert (row.state, row.signature, row.document_id) == ("admitted", "absent", document_id)
    assert documents.document(clerk, document_id).sender_name == THEIRS
    mail.work()
    assert mail.inbox(THEIRS) == []
    with pytest.raises(RuleViolation):
        acts.admit_letter(actor=clerk, letter_id=row.id, reason="lần nữa")


def test_operator_refuses_a_held_letter_for_good(mail: MailScene) -> None:
    mail.drop_in(mail.plain(signed=False))
    mail.work()
    row = MailIn.objects.get()
    acts.settle_letter(actor=mail.operator(), letter_id=row.id, reason="Không rõ người gửi")
    assert states() == ["refused"]


# once


@pytest.mark.clause("217/13.1")
def test_the_same_letter_again_has_no_second_effect(mail: MailScene) -> None:
    message = new_id()
    letter = mail.letter(message=message)
    mail.drop_in(letter)
    mail.drop_in(b"Received: from elsewhere\r\n" + letter)
    mail.work()
    mail.drop_in(letter)
    mail.drop_in(mail.letter(message=message))
    mail.work()
    assert mail.taken_in() == 1
    assert sorted(states()) == ["admitted", "duplicate", "duplicate", "duplicate"]
    assert len(mail.inbox(THEIRS)) == 1


@pytest.mark.clause("217/13.1")
def test_mailbox_that_was_rebuilt_brings_nothing_twice(mail: MailScene) -> None:
    mail.drop_in(mail.plain())
    mail.work()
    for _, data in mail.store.letters(OURS, "Antin"):
        mail.drop_in(data)
    mail.store.renumber(OURS)
    mail.work()
    assert mail.taken_in() == 1
    assert states() == ["admitted", "duplicate"]


@pytest.mark.parametrize("extras", [("UIDPLUS", "MOVE"), ("UIDPLUS",), ()])
def test_letters_are_put_away_by_what_the_server_offers(
    mail: MailScene, extras: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    from antin.exchange.mail.simulator.imap import ImapSession

    monkeypatch.setattr(ImapSession, "extras", extras)
    mail.drop_in(mail.letter())
    mail.work()
    mail.work()
    assert mail.taken_in() == 1
    assert len(mail.store.letters(OURS, "Antin")) == 1
    assert mail.store.uids(OURS, "INBOX", deleted=False) == []


@pytest.mark.clause("217/13.1")
@pytest.mark.parametrize("fault", ["rubbish", "cut", "huge", "slow", "no"])
def test_mailbox_that_fails_loses_nothing(mail: MailScene, fault: str) -> None:
    mail.imap.faults.append(fault)
    mail.drop_in(mail.letter())
    worker.receive_due()
    MailLine.objects.update(retry_at=None)
    mail.work()
    assert mail.taken_in() == 1
    assert states() == ["admitted"]


@pytest.mark.clause("217/6.2", "217/6.4")
def test_signed_answer_of_a_person_is_a_receipt_when_it_repeats_the_digest(mail: MailScene) -> None:
    dispatch = mail.sent()
    header = f"In-Reply-To: <{dispatch.letters.get().id}@tw.mau>\r\n"
    entity = mime.written("Đã nhận, cảm ơn.", [])
    mail.drop_in(mail.mail(mail.signed(entity), more=header))
    mail.work()
    dispatch.refresh_from_db()
    assert dispatch.state == "sent"
    entity = mime.written(f"Đã nhận.\n> SHA-256:\n> {dispatch.digest}", [])
    mail.drop_in(mail.mail(mail.signed(entity), more=header))
    mail.work()
    dispatch.refresh_from_db()
    assert dispatch.state == "arrived"


# rubbish


def test_rubbish_is_put_aside_and_nothing_breaks(mail: MailScene) -> None:
    deep = b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(2000))
    many = b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n' + b"--b\r\n\r\nx\r\n" * 5000 + b"--b--\r\n"
    rubbish = [
        b"", b"\r\n", b"\x00\xff" * 500, b"Subject: =?utf-8?b?////?=\r\n\r\nx", b"From: a\r\n" * 5000 + b"\r\n", deep, many,
        b"Content-Type: multipart/signed\r\n\r\nx", b'Content-Type: multipart/signed; boundary=""\r\n\r\n--\r\n',
        b"Content-Type: application/pkcs7-mime; smime-type=signed-data\r\nContent-Transfer-Encoding: base64\r\n\r\nMIIB",
        b"Content-Type: application/pkcs7-mime; smime-type=enveloped-data\r\nContent-Transfer-Encoding: base64\r\n\r\nMIIB",
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\n\r\n--b--",
        mail.mail(mime.written("Mua hàng giảm giá", []), sender=SPAMMER),
        mail.mail(mime.written("x", [mime.File(slip.NAME, slip.MEDIA_TYPE, b"{" * 10)]), sender=SPAMMER),
        b'Content-Type: text/plain; name*0*=x\'\'%ff; name*1="\r\nContent-Disposition: attachment; filename*=utf-9\'\'%zz\r\n\r\nx',
    ]  # fmt: skip
    for one in rubbish:
        mail.drop_in(one)
    mail.drop_in(mail.letter())
    mail.work()
    assert mail.taken_in() == 1
    assert MailIn.objects.count() == len(rubbish) + 1
    assert mail.inbox(OURS) == []
    assert len(mail.inbox(SPAMMER)) == 0


@pytest.mark.clause("379/5.4")
def test_names_in_bytes_that_nobody_can_read_are_taken_in_clean(mail: MailScene) -> None:
    entity = mime.written(
        "x", [mime.File("ten-tep.pdf", "application/pdf", pdf()), mime.File("phu.txt", "text/plain", b"y")]
    )
    named = entity.replace(b'filename="phu.txt"', b'filename="p\xff\xfe\x00hu.txt"')
    mail.drop_in(mail.mail(mail.signed(named, None, "-binary")).replace(b"From: ", b"From: \xff\xfe "))
    mail.work()
    assert states(signature="valid") == ["admitted"]
    (one,) = documents.attachments(mail.scene.clerk(), MailIn.objects.get().document_id)
    assert one.name.isprintable()


@pytest.mark.clause("217/13.1")
def test_defect_of_our_own_holds_one_letter_back_and_not_the_next(
    mail: MailScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    from antin.exchange.mail import reading

    sound, broken = reading.pdf_intake.check, [True]

    def check(data: bytes, *, source: str) -> object:
        if broken and broken.pop():
            raise AssertionError("a defect nobody knows of")
        return sound(data, source=source)

    monkeypatch.setattr(reading.pdf_intake, "check", check)
    mail.drop_in(mail.letter(number="15"))
    mail.drop_in(mail.letter(number="16"))
    mail.work()
    assert sorted(states()) == ["admitted", "quarantined"]
    assert mail.inbox(OURS) == []


def test_letter_larger_than_we_take_is_not_fetched(mail: MailScene) -> None:
    mail.drop_in(b"Subject: x\r\n\r\n" + b"x" * 5_000_000)
    mail.work()
    row = MailIn.objects.get()
    assert (row.state, row.content) == ("quarantined", None)
    with pytest.raises(RuleViolation, match="quá lớn"):
        acts.admit_letter(actor=mail.scene.clerk(), letter_id=row.id, reason="x")
    assert len(mail.store.letters(OURS, "Antin-khac")) == 1


def test_signed_words_without_a_document_are_shown_and_not_answered(mail: MailScene) -> None:
    mail.drop_in(mail.mail(mail.signed(mime.written("Đã nhận được, cảm ơn.", []))))
    mail.work()
    assert states(sender_code=BODY) == ["quarantined"]
    assert mail.inbox(THEIRS) == []


# afterwards


@pytest.mark.clause("217/10.2.p2")
@pytest.mark.parametrize("early", [False, True])
def test_recall_takes_our_copy_out_of_use_and_is_answered(mail: MailScene, early: bool) -> None:
    message = new_id()
    recall = mail.letter(
        purpose="recall",
        about=message,
        business=Business(kind=BusinessKind.RECALL, reason="Gửi nhầm", document_id=f"{BODY},2026/03/02,15-CV/ĐUK"),
    )
    for one in (recall, mail.letter(message=message)) if early else (mail.letter(message=message), recall):
        mail.drop_in(one)
        mail.work()
    row = MailIn.objects.get(purpose="new")
    assert row.recall_asked_at is not None
    assert str(documents.document(mail.scene.clerk(), row.document_id).validity) == "recalled"
    mail.scene.enter("registry.document.discarded", row.document_id, code=SENDER)
    mail.work()
    assert MailOut.objects.filter(purpose="status", code="15").count() == 1


@pytest.mark.clause("217/11.8")
def test_what_becomes_of_a_document_is_told_by_signed_letters(mail: MailScene) -> None:
    mail.drop_in(mail.letter())
    mail.work()
    row = MailIn.objects.get()
    for act in ("registry.document.registered", "casework.document.completed"):
        mail.scene.enter(act, row.document_id, code=SENDER)
    mail.work()
    letters = [mime.files_of(mail.verified(one)) for one in mail.inbox(THEIRS)]
    assert [one[0].data.decode().count("Đã hoàn thành") for one in letters] == [0, 0, 1]


@pytest.mark.clause("217/15.2")
def test_body_that_was_ended_is_authentic_no_longer(mail: MailScene) -> None:
    from antin.exchange.mail.models import MailContact

    contact = MailContact.objects.get(code=BODY, state="active")
    acts.end_mail_contact(actor=mail.operator(), contact_id=contact.id, reason="Khoá bị lộ")
    mail.drop_in(mail.letter())
    mail.work()
    assert states(signature="unproven") == ["quarantined"]

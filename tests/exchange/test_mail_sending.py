"""Sending by official mail: one letter there, signed so that OpenSSL agrees, its receipt proves the arrival."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.exchange.mail_scene import BODY, BODY_NAME, FULL, OURS, THEIRS, MailIn, MailLine, MailOut, MailScene
from tests.exchange.scene import SENDER, STRANGER, pdf

from antin.exchange import acts, ports
from antin.exchange import queries as exchange
from antin.exchange.edxml.dsig import SignatureVerdict
from antin.exchange.edxml.streamed import check_signature, taken
from antin.exchange.mail import mime, slip, smime, worker
from antin.exchange.models import Dispatch, Irregularity
from antin.ledger import queries as ledger_queries
from antin.regulation import RuleViolation
from antin.rulebook.channels import channel_choice
from antin.values import Secrecy, Urgency, sha256_hex
from antin.vault.spool import Spool

pytestmark = pytest.mark.clause("217/7.2", "217/5.3")


def _none(_: bytes) -> bytes:
    raise ValueError("nothing is encrypted here")


def test_letter_is_signed_as_openssl_says_and_holds_what_it_should(mail: MailScene) -> None:
    dispatch = mail.sent(attachments=(("Phụ lục số 1.txt", "text/plain", "Nội dung".encode()),))
    (letter,) = mail.inbox()
    assert (dispatch.channel, dispatch.state) == ("official_mail", "sent")
    assert "relayed" in dispatch.times
    entity = mail.verified(letter)
    files = {one.name: one for one in mime.files_of(entity)}
    said = slip.parse(files[slip.NAME].data)
    assert (said.purpose, said.sender, said.recipient) == ("new", SENDER, BODY)
    assert {one.sha256 for one in said.parts} <= {one.sha256 for one in files.values()}
    assert files["Phụ lục số 1.txt"].data == "Nội dung".encode()
    assert any(one.data == pdf() for one in files.values())
    opened = smime.opened(letter, _none)
    assert opened.verdict is SignatureVerdict.UNPROVEN
    assert opened.certificate == mail.scene.issued[SENDER].certificate_der
    out = MailOut.objects.get()
    assert out.signed_digest == opened.signed_digest == sha256_hex(entity)
    assert mime.text_header(letter, "Message-ID") == f"<{out.id}@tw.mau>"


def test_edxml_in_the_letter_keeps_its_own_signature(mail: MailScene) -> None:
    mail.sent()
    files = {one.name: one for one in mime.files_of(smime.opened(mail.inbox()[0], _none).entity)}
    with Spool(ports.bound().spool, 1 << 20) as spool:
        spool.write(files["van-ban.edxml"].data)
        found = taken(spool)
        assert check_signature(found).verdict is SignatureVerdict.UNPROVEN
        assert found.message.document_id == Dispatch.objects.get().document_code


def test_people_read_what_it_is_and_the_subject_tells_the_number_alone(mail: MailScene) -> None:
    dispatch = mail.sent(abstract="Về một việc riêng")
    (letter,) = mail.inbox()
    assert mime.text_header(letter, "Subject") == f"Văn bản số {dispatch.reference_number}"
    text = mime.files_of(smime.opened(letter, _none).entity)[0].data.decode()
    assert BODY_NAME in text
    assert "Về một việc riêng" in text
    assert "Về một việc riêng".encode() not in letter.partition(b"\r\n\r\n")[0]


def test_abstract_with_line_ends_makes_no_header(mail: MailScene) -> None:
    assert mime.headers([("Subject", "Số 1\r\nBcc: ai@noi.khac")]).count(b"\r\n") == 1
    assert mime.file_name("..\\..\\a/b\r\nX: y\u202efdp.exe") == "b X: yfdp.exe"
    entity = mime.written("x", [mime.File("Tệp\r\nContent-Type: text/html.pdf", "application/pdf", b"%PDF-")])
    assert b"\r\nContent-Type: text/html.pdf" not in entity


def test_letter_is_encrypted_where_the_certificate_allows_it(mail: MailScene) -> None:
    mail.enter(BODY, BODY_NAME, THEIRS, mail.issued.certificate_der, mail.decryption.certificate_der)
    mail.sent()
    (letter,) = mail.inbox()
    assert MailOut.objects.get().encrypted
    assert b"%PDF" not in letter
    key, chain = mail._files(mail.decryption)
    inner = mail.openssl(letter, "cms", "-decrypt", "-recip", str(chain), "-inkey", str(key))
    assert any(one.data == pdf() for one in mime.files_of(mail.verified(inner)))


@pytest.mark.clause("379/5.7")
def test_certificate_that_is_not_for_encryption_is_refused_as_one(mail: MailScene) -> None:
    with pytest.raises(RuleViolation, match="mã hoá"):
        mail.enter(BODY, BODY_NAME, THEIRS, b"", mail.issued.certificate_der)


@pytest.mark.clause("379/22.2", "217/5.1")
@pytest.mark.parametrize("secrecy", [Secrecy.CONFIDENTIAL, Secrecy.SECRET, Secrecy.TOP_SECRET])
def test_what_is_secret_never_goes_by_mail(mail: MailScene, secrecy: Secrecy) -> None:
    choice = channel_choice(secrecy, "official_mail", "none", means={"official_mail", "party_network"})
    assert not choice.goes


@pytest.mark.clause("379/22.2", "217/5.3")
def test_confidential_document_is_queued_for_no_letter(mail: MailScene) -> None:
    document_id = mail.scene.issue(BODY, secrecy=Secrecy.CONFIDENTIAL, enter=False)
    acts.queue_dispatches(actor=worker.SYSTEM, document_id=document_id)
    assert Dispatch.objects.get(document_id=document_id).state == "failed"
    assert not MailOut.objects.exists()


def test_channel_is_told_with_its_reason_and_what_it_can_not(mail: MailScene) -> None:
    document_id = mail.scene.issue(BODY, enter=False)
    (row,) = exchange.channel_choices(mail.scene.clerk(), document_id)
    assert (row.choice.channel, row.choice.clause, row.recipient_name) == ("official_mail", "217/7.2", BODY_NAME)
    assert "thư đề nghị" in row.choice.next_step


def test_bodies_hosted_here_are_not_reached_by_mail(mail: MailScene) -> None:
    with pytest.raises(RuleViolation, match="cơ quan của điểm kết nối này"):
        mail.enter("A98.01", "Tỉnh uỷ", "tu@mau.vn")


@pytest.mark.clause("217/7.1", "217/5.3")
def test_partners_body_with_an_address_goes_by_the_partys_network_all_the_same(mail: MailScene) -> None:
    mail.enter(STRANGER, "Tỉnh uỷ Sơn Đoài (mẫu)", "tu@mau.vn")
    dispatch = mail.scene.queued(STRANGER)
    assert (dispatch.channel, hasattr(dispatch, "parcel")) == ("party_network", True)
    assert not MailOut.objects.exists()


# outcomes


@pytest.mark.clause("217/6.2", "217/11.8", "217/6.4")
def test_signed_receipt_proves_the_arrival_and_statuses_follow(mail: MailScene) -> None:
    dispatch = mail.sent()
    mail.drop_in(mail.status(dispatch, "01"))
    mail.work()
    dispatch.refresh_from_db()
    assert dispatch.state == "arrived"
    assert MailOut.objects.get().state == "answered"
    mail.drop_in(mail.status(dispatch, "03", after=60))
    mail.drop_in(mail.status(dispatch, "06", after=120))
    mail.work()
    dispatch.refresh_from_db()
    assert (dispatch.state, dispatch.person) == ("completed", "Lý Thị Mẫu Vân, Văn phòng")
    way = exchange.delivery_history(mail.scene.clerk(), dispatch.document_id)
    assert [row.code for row in way if row.code] == ["01", "03", "06"]
    assert mail.inbox(OURS) == []


@pytest.mark.clause("217/6.2")
def test_receipt_that_proves_nothing_moves_nothing(mail: MailScene) -> None:
    dispatch = mail.sent()
    stranger = mail.scene.issued["A97.01"]
    mail.drop_in(mail.status(dispatch, "01", by=stranger))
    mail.drop_in(mail.status(dispatch, "01", digest="0" * 64))
    spoilt = mail.status(dispatch, "01")
    at = spoilt.index(b"base64\r\n\r\n") + 12
    mail.drop_in(spoilt[:at] + b"AAAA" + spoilt[at + 4 :])
    mail.work()
    dispatch.refresh_from_db()
    assert dispatch.state == "sent"
    assert MailOut.objects.get(purpose="new").state == "handed"
    assert "false_answer" in set(Irregularity.objects.values_list("kind", flat=True))


@pytest.mark.clause("217/13.1")
@pytest.mark.parametrize("fault", ["cut_before", "cut_after", "busy", "rubbish", "slow"])
def test_unknown_outcome_sends_the_same_letter_again(mail: MailScene, fault: str) -> None:
    mail.smtp.faults.append(fault)
    dispatch = mail.sent()
    assert dispatch.state == "sent"
    mail.again()
    assert MailOut.objects.get().attempts >= 2
    letters = mail.inbox()
    assert len({mime.text_header(one, "Message-ID") for one in letters}) == 1
    assert len(set(letters)) == 1
    assert MailOut.objects.get().state == "handed"


@pytest.mark.clause("217/7.4")
@pytest.mark.parametrize("fault", ["refuse", "no_such"])
def test_final_no_of_the_server_is_told_to_the_clerk(mail: MailScene, fault: str) -> None:
    mail.smtp.faults.append(fault)
    dispatch = mail.sent()
    assert dispatch.state == "failed"
    assert "Máy chủ thư không nhận thư" in dispatch.reason
    acts.queue_again(actor=mail.scene.clerk(), dispatch_id=dispatch.id)
    mail.work()
    assert len(mail.inbox()) == 1


@pytest.mark.clause("217/7.4")
def test_report_that_it_could_not_be_delivered_fails_the_dispatch(mail: MailScene) -> None:
    mail.enter(BODY, BODY_NAME, FULL, mail.issued.certificate_der)
    dispatch = mail.sent()
    dispatch.refresh_from_db()
    assert dispatch.state == "failed"
    assert "mailbox full" in dispatch.reason
    assert MailOut.objects.get().state == "bounced"
    mail.drop_in(mail.status(dispatch, "01"))  # it came all the same
    mail.work()
    dispatch.refresh_from_db()
    assert dispatch.state == "arrived"


def test_report_about_nothing_of_ours_or_to_another_changes_nothing(mail: MailScene) -> None:
    dispatch = mail.sent()
    out = MailOut.objects.get()
    report = mail.store._report(OURS, "khac@dang-uy.mau", mail.inbox()[0])
    mail.drop_in(report)
    mail.drop_in(report.replace(str(out.id).encode(), b"0198b0a0-0000-7000-8000-000000000000"))
    mail.work()
    dispatch.refresh_from_db()
    assert dispatch.state == "sent"
    assert mail.inbox(OURS) == []


@pytest.mark.clause("217/7.4", "217/15.2")
def test_letter_that_came_back_goes_to_the_address_of_today(mail: MailScene) -> None:
    mail.enter(BODY, BODY_NAME, FULL, mail.issued.certificate_der)
    dispatch = mail.sent()
    mail.enter(BODY, BODY_NAME, THEIRS, mail.issued.certificate_der)
    acts.queue_again(actor=mail.scene.clerk(), dispatch_id=dispatch.id)
    mail.work()
    assert len(mail.inbox(THEIRS)) == 1
    mail.drop_in(mail.status(dispatch, "01"))
    mail.work()
    dispatch.refresh_from_db()
    assert dispatch.state == "arrived"


@pytest.mark.clause("217/7.4")
def test_letter_encrypted_for_a_certificate_of_the_past_does_not_go_again(mail: MailScene) -> None:
    mail.enter(BODY, BODY_NAME, FULL, mail.issued.certificate_der, mail.decryption.certificate_der)
    dispatch = mail.sent()
    mail.enter(BODY, BODY_NAME, THEIRS, mail.issued.certificate_der)
    with pytest.raises(RuleViolation, match="chứng thư cũ"):
        acts.queue_again(actor=mail.scene.clerk(), dispatch_id=dispatch.id)


@pytest.mark.clause("217/6.4")
def test_clerk_is_told_once_when_no_receipt_comes(mail: MailScene) -> None:
    dispatch = mail.sent()
    assert worker.watch_due() == 0
    MailOut.objects.update(handed_at=ports.bound().clock.now() - timedelta(days=2))
    assert worker.watch_due() == 1
    assert worker.watch_due() == 0
    dispatch.refresh_from_db()
    assert "Chưa có thư báo nhận" in dispatch.reason
    assert [r.act for r in ledger_queries.history(dispatch.document_id)].count("exchange.dispatch.unanswered") == 1


@pytest.mark.clause("217/9.2", "217/10.2.p2")
def test_recall_goes_as_a_new_signed_letter_and_is_answered(mail: MailScene) -> None:
    dispatch = mail.sent()
    mail.drop_in(mail.status(dispatch, "01"))
    mail.work()
    acts.ask_recall(actor=mail.scene.clerk(), dispatch_id=dispatch.id, reason="Gửi nhầm")
    mail.work()
    letter = mail.inbox()[-1]
    files = {one.name: one for one in mime.files_of(mail.verified(letter))}
    assert slip.parse(files[slip.NAME].data).purpose == "recall"
    assert mime.text_header(letter, "In-Reply-To") == mime.text_header(mail.inbox()[0], "Message-ID")
    mail.drop_in(mail.status(dispatch, "15", after=60))
    mail.work()
    dispatch.refresh_from_db()
    assert dispatch.state == "recalled"


@pytest.mark.clause("217/6.5")
def test_letter_too_large_for_mail_is_the_clerks_matter(mail: MailScene) -> None:
    dispatch = mail.sent(data=pdf(4 * 1024 * 1024))
    assert dispatch.state == "failed"
    assert "giới hạn" in dispatch.reason


@pytest.mark.clause("217/6.3")
def test_urgent_letters_leave_first(mail: MailScene) -> None:
    for urgency in (Urgency.ROUTINE, Urgency.ROUTINE, Urgency.IMMEDIATE):
        mail.scene.queued(BODY, urgency=urgency)
    worker.send_due()
    first = slip.parse(next(f for f in mime.files_of(mail.verified(mail.inbox()[0])) if f.name == slip.NAME).data)
    assert MailOut.objects.get(id=first.message).urgency == Urgency.IMMEDIATE.rank


@pytest.mark.clause("379/5.6", "379/26.2")
def test_who_proposes_a_body_does_not_confirm_it(mail: MailScene) -> None:
    operator = mail.operator()
    found = acts.propose_mail_contact(actor=operator, code="A96.08", name="Nơi khác", address="x@y.vn")
    with pytest.raises(RuleViolation, match="không được tự xác nhận"):
        acts.confirm_mail_contact(actor=operator, contact_id=found, compared="x@y.vn")
    with pytest.raises(RuleViolation, match="không khớp"):
        acts.confirm_mail_contact(actor=mail.operator("Khác"), contact_id=found, compared="z@y.vn")
    with pytest.raises(RuleViolation, match="quản trị liên thông"):
        acts.propose_mail_contact(actor=mail.scene.clerk(), code="A96.09", name="Nơi", address="x@y.vn")
    with pytest.raises(RuleViolation, match="Địa chỉ"):
        acts.propose_mail_contact(actor=operator, code="A96.09", name="Nơi", address="x@y.vn\r\nRCPT TO:<a@b>")


def test_line_of_the_account_is_noted(mail: MailScene) -> None:
    mail.smtp.stop()
    mail.sent()
    for _ in range(4):
        MailOut.objects.filter(state="queued").update(next_attempt_at=ports.bound().clock.now())
        MailLine.objects.update(retry_at=None)
        worker.send_due()
    assert MailLine.objects.get(kind="smtp").state == "down"
    assert not MailIn.objects.exists()

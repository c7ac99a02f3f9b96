"""The clerk reads that a broken link and a near due time admit official mail, and sends by one act (217/5.3, 217/7.2)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from antin.documents.models import Document
from antin.exchange import acts, directory, ports
from antin.exchange.acts import OrganisationEntry
from antin.exchange.models import Dispatch, MailContact, MailOut, Partner
from antin.signing import acts as signing
from antin.values import Actor
from world import CLERK, DRAFTER, World

from .conftest import Visit
from .reading import Words
from .test_english import left_in, source_words
from .test_mail_pages import mail

__all__ = ["mail"]

CENTRE, ELSEWHERE, NAME = "A99.01", "A97.01", "Tỉnh uỷ Sơn Đoài (mẫu)"
pytestmark = [pytest.mark.django_db, pytest.mark.clause("217/7.2", "217/5.3")]


@pytest.fixture
def queued(world: World, mail: None) -> UUID:
    """A dispatch to a partner's body that has an address of mail too, an hour before it must have left."""
    ours, key_ref = world.authority.certificate("exchange", "Văn phòng Trung ương (mẫu)", CENTRE)
    signing.note_certificate(
        actor=Actor.system(), holder_kind="organisation", holder_id=world.organisation(CENTRE), key_ref=key_ref,
        certificate_der=ours.certificate_der, chain_der=ours.chain_ders, purpose="exchange",
    )  # fmt: skip
    issued, _ref = world.authority.certificate("exchange", NAME, ELSEWHERE)
    acts.found_partner(
        actor=Actor.system(),
        name=NAME,
        url="https://127.0.0.1:1",
        node_certificate_der=issued.certificate_der,
        host_code=ELSEWHERE,
        organisations=[OrganisationEntry(ELSEWHERE, NAME, issued.certificate_der)],
    )
    found = acts.propose_mail_contact(actor=Actor.system(), code=ELSEWHERE, name=NAME, address="tu@son-doai.mau")
    MailContact.objects.filter(id=found).update(state="active")
    document = world.issued(recipients=(ELSEWHERE,))
    Document.objects.filter(id=document).update(send_due_at=ports.bound().clock.now() + timedelta(hours=1))
    (dispatch,) = acts.queue_dispatches(actor=Actor.system("exchange"), document_id=document)
    return dispatch


def down() -> None:
    Partner.objects.filter(host_code=ELSEWHERE).update(link="down")
    directory.forget()


def test_act_is_offered_while_the_link_is_down_and_sends_a_letter(world: World, visit: Visit, queued: UUID) -> None:
    clerk, document = visit(CLERK), Dispatch.objects.get(id=queued).document_id
    address = f"/theo-doi/{queued}/thu"
    pages = ("/theo-doi", f"/van-ban/{document}/gui-nhan")
    assert not any(address in clerk.get(page).content.decode() for page in pages)
    assert clerk.post(address, {"reason": "Cần gấp."}).status_code == 422
    down()
    for page in pages:
        said = clerk.get(page).content.decode()
        assert address in said and "Mạng diện rộng đang gián đoạn mà hạn gửi đã gần" in said
        assert address not in visit(DRAFTER).get(page).content.decode()
    assert visit(DRAFTER).post(address, {"reason": "Cần gấp."}).status_code in (404, 422)
    assert clerk.post(address, {"reason": " "}).status_code == 422
    assert not MailOut.objects.exists()
    assert clerk.post(address, {"reason": "Mất nối từ sáng, hạn gửi 11 giờ 30."}).status_code == 303
    assert MailOut.objects.get().recipient_code == ELSEWHERE
    said = clerk.get(pages[1]).content.decode()
    assert "Thư điện tử công vụ" in said and "Mất nối từ sáng" in said and "Chuyển sang thư công vụ" in said
    assert address not in said


def test_pages_are_in_english_too(world: World, visit: Visit, queued: UUID) -> None:
    clerk, document = visit(CLERK), Dispatch.objects.get(id=queued).document_id
    down()
    clerk.cookies["antin_lang"] = "en"
    for page in ("/theo-doi", f"/van-ban/{document}/gui-nhan"):
        said = clerk.get(page).content.decode()
        assert "the time for sending is near" in said
        assert not left_in(Words(said), source_words())
    clerk.post(f"/theo-doi/{queued}/thu", {"reason": "Gấp."})
    assert not left_in(Words(clerk.get(f"/van-ban/{document}/gui-nhan").content.decode()), source_words())

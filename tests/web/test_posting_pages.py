"""Papers to recipients by the clerk's pages: named, printed with slip and label, posted, known to be there (217/8, 217/7.4)."""

from __future__ import annotations

import html
import re
from uuid import UUID

import pytest
from django.http import HttpResponse

from antin.exchange import acts as exchange
from antin.exchange import queries
from antin.exchange.models import Enclosure
from antin.exchange.queries import EnclosureRow
from antin.values import Actor
from world import CLERK, DRAFTER, PROVINCE, PROVINCE_CLERK, PROVINCE_LEADER, World

from .conftest import Visit
from .test_withdrawing_pages import words

pytestmark = pytest.mark.clause("217/8.1", "217/7.4")
FINANCE = "Văn bản giải quyết chế độ, chính sách, tài chính"
SIGNED = "nơi nhận báo bằng chữ ký số"
CODE = "ABCD-EFGH-JKMN-PQR5"


@pytest.fixture
def document(world: World) -> UUID:
    """Issued and queued; its recipient can't be reached by the network of this small world."""
    found = world.issued(recipients=(PROVINCE,))
    exchange.queue_dispatches(actor=Actor.system("exchange"), document_id=found)
    return found


def paper(world: World, document: UUID) -> EnclosureRow:
    (found,) = queries.enclosures(world.actor(CLERK), document)
    return found


def told(answer: HttpResponse) -> str:
    return html.unescape(words(answer))


def test_named_on_the_documents_page_and_followed_to_its_arrival(world: World, visit: Visit, document: UUID) -> None:
    clerk, here = visit(CLERK), f"/van-ban/{document}/gui-nhan"
    assert FINANCE in told(clerk.get(here)) and FINANCE not in told(visit(DRAFTER).get(here))
    wrong = clerk.post(f"/van-ban/{document}/gui-giay", {"words": "Loại khác"})
    assert wrong.status_code == 422 and "217/8.1" in words(wrong)
    assert clerk.post(f"/van-ban/{document}/gui-giay", {"words": FINANCE}).status_code == 303
    row = paper(world, document)
    assert "Giấy: cần gửi" in words(clerk.get(here))
    assert re.search(r'href="/giay">Gửi giấy\s*<span class="n">1</span>', words(clerk.get("/theo-doi")))

    listed = told(clerk.get("/giay"))
    assert FINANCE in listed and f"/giay/{row.id}/ban-in" in listed and f"/giay/{row.id}/gui" not in listed
    slip = f"/van-ban/{document}/gui-giay/{row.id}"
    assert clerk.get(slip).status_code == 422, "no slip before the copy"
    early = clerk.post(f"/giay/{row.id}/gui", {"carrier": "Bưu điện"})
    assert early.status_code == 422 and "Chưa lập bản in" in words(early)
    assert clerk.post(f"/giay/{row.id}/ban-in").status_code == 303
    row = paper(world, document)
    sheet = told(clerk.get(slip))
    for said in ("PHIẾU GỬI", row.code, row.recipient_name, "Kính gửi", FINANCE, "<svg"):
        assert said in sheet, said
    assert clerk.get(f"/van-ban/{document}/ban-giay/{row.output_id}").content.startswith(b"%PDF")
    assert clerk.post(f"/giay/{row.id}/gui", {"carrier": "Bưu điện, RR1"}).status_code == 303
    assert "Bưu điện, RR1" in words(clerk.get("/giay"))
    bad = clerk.post(f"/giay/{row.id}/den", {"person": "Chị Mẫu", "on": "hôm nay"})
    assert bad.status_code == 422 and paper(world, document).state == "posted"
    day = world.today().isoformat()
    assert clerk.post(f"/giay/{row.id}/den", {"person": "Chị Mẫu", "on": day}).status_code == 303
    assert "Chị Mẫu nhận" in told(clerk.get(here)) and "Không có bản giấy nào cần gửi" in words(clerk.get("/giay"))
    for shown in (told(clerk.get(here)), told(clerk.get("/giay"))):
        assert "văn thư ta ghi" in shown and SIGNED not in shown
    assert row.recipient_name in told(clerk.get("/giay")) and "Chị Mẫu" not in told(visit(DRAFTER).get("/giay"))
    Enclosure.objects.filter(id=row.id).update(noted_by=None)  # as the recipient's word leaves it
    for shown in (told(clerk.get(here)), told(clerk.get("/giay"))):
        assert SIGNED in shown and "văn thư ta ghi" not in shown
    history = words(clerk.get(f"/van-ban/{document}/qua-trinh"))
    assert "gửi bản giấy đi" in history and "ghi nhận bản giấy đã đến" in history


def test_given_up_for_paper_it_is_posted_instead(world: World, visit: Visit, document: UUID) -> None:
    clerk = visit(CLERK)
    (dispatch,) = queries.deliveries(world.actor(CLERK), document)
    answer = clerk.post(f"/theo-doi/{dispatch.dispatch_id}/giay", {"necessity": "Nơi nhận chưa kết nối (mẫu)."})
    assert answer.status_code == 303
    listed = told(clerk.get("/giay"))
    assert "thay cho bản điện tử" in listed and "Nơi nhận chưa kết nối (mẫu)." in listed
    row = paper(world, document)
    assert clerk.post(f"/giay/{row.id}/thoi", {"reason": ""}).status_code == 422
    assert clerk.post(f"/giay/{row.id}/thoi", {"reason": "Bên nhận không cần bản giấy."}).status_code == 303
    assert paper(world, document).state == "dropped"


def test_nobody_else_posts_or_reads(world: World, visit: Visit, document: UUID) -> None:
    visit(CLERK).post(f"/van-ban/{document}/gui-giay", {"words": FINANCE})
    row = paper(world, document)
    for login, status in ((DRAFTER, 422), (PROVINCE_CLERK, 404)):
        other = visit(login)
        for deed in ("ban-in", "gui", "den", "thoi"):
            assert other.post(f"/giay/{row.id}/{deed}", {"carrier": "x", "reason": "x"}).status_code == status
        assert FINANCE not in told(other.get("/giay"))
    assert visit(PROVINCE_CLERK).get(f"/van-ban/{document}/gui-giay/{row.id}").status_code == 404
    assert paper(world, document).state == "due"


@pytest.mark.clause("217/8.1", "379/16.4")
def test_the_receiving_clerk_notes_the_paper_behind_a_document(world: World, visit: Visit) -> None:
    document = world.registered(world.original())
    clerk, here = visit(PROVINCE_CLERK), f"/van-ban/{document}/gui-nhan"
    deed, day = f"/van-ban/{document}/giay-den", world.today().isoformat()
    assert f'action="{deed}"' in words(clerk.get(here))
    assert f'action="{deed}"' not in words(visit(PROVINCE_LEADER).get(here))
    wrong = clerk.post(deed, {"code": "ABCD-EFGH", "on": day})
    assert wrong.status_code == 422 and "379/16.4" in words(wrong)
    assert 'value="ABCD-EFGH"' in words(wrong) and "16 chữ và số" in told(wrong), "nothing typed is lost"
    future = clerk.post(deed, {"code": CODE, "on": "2999-01-01"})
    assert future.status_code == 422 and "Ngày nhận bản giấy" in told(future)
    assert CODE not in words(clerk.get(here))
    for _ in range(2):
        assert clerk.post(deed, {"code": CODE.lower(), "on": day}).status_code == 303
    page = told(clerk.get(here))
    assert page.count(CODE) == 1 and "Bản giấy theo sau" in page
    assert "không báo được bên gửi qua mạng" in page, "this one came by no parcel"
    assert told(clerk.get(f"/van-ban/{document}/qua-trinh")).count("ghi nhận bản giấy theo sau") == 1
    clerk.get("/giao-dien/tieng/en")
    assert "Paper that followed" in words(clerk.get(here))


def test_nobody_else_notes_it(world: World, visit: Visit) -> None:
    document = world.registered(world.original())
    typed = {"code": CODE, "on": world.today().isoformat()}
    for login, status in ((PROVINCE_LEADER, 422), (CLERK, 404), (DRAFTER, 404)):
        assert visit(login).post(f"/van-ban/{document}/giay-den", typed).status_code == status
    sent = world.issued()
    assert visit(CLERK).post(f"/van-ban/{sent}/giay-den", typed).status_code == 422
    assert queries.papers_in(world.actor(PROVINCE_CLERK), document) == ()

"""What was signed beside what is there now: for the house by pages, for strangers in the answer of `/kiem-tra`."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from tests.signing.tamper import extra_page, page_content, title, update

from antin.documents.ports import PageImages
from antin.documents.queries import outside_images
from antin.registry import queries as registry
from world import CLERK, PROVINCE_CLERK, World

from .conftest import Visit
from .test_checking import send, words

pytestmark = pytest.mark.clause("379/5.11", "379/13.4")

PNG = b"\x89PNG"


@pytest.fixture
def issued(world: World) -> UUID:
    return world.issued()


def arrived(world: World, data: bytes) -> tuple[UUID, str]:
    found = world.arrived(data)
    return found, f"/van-ban/{found}/kiem-tra"


def test_each_signature_tells_how_much_of_the_file_it_covers(world: World, issued: UUID) -> None:
    person, seal = registry.report_of(world.actor(CLERK), issued)[0].signatures
    assert 0 < person.covers < seal.covers <= len(world.pdf(issued))
    assert world.pdf(issued)[: person.covers].rstrip().endswith(b"%%EOF")


def test_page_as_the_person_signed_it_stands_beside_the_sealed_one(world: World, issued: UUID, visit: Visit) -> None:
    clerk, here = visit(CLERK), f"/van-ban/{issued}/kiem-tra"
    assert f'href="{here}/1"' in clerk.get(here).content.decode()
    shown = clerk.get(f"{here}/1")
    told = words(shown)
    assert "Lúc ký" in told and "Hiện nay" in told and "chỗ khác" in told, "the seal came later"
    pictures = re.findall(r'<img src="([^"]+)"', shown.content.decode())
    assert pictures == [f"{here}/1/trang/1.png", f"/van-ban/{issued}/trang/1.png"]
    then, now = (clerk.get(address).content for address in pictures)
    assert then.startswith(PNG) and now.startswith(PNG) and then != now


def test_what_was_drawn_after_all_signatures_is_outlined(world: World, issued: UUID, visit: Visit) -> None:
    _found, here = arrived(world, update(world.pdf(issued), page_content))
    clerk = visit(PROVINCE_CLERK)
    assert f'href="{here}/2"' in clerk.get(here).content.decode()
    page = clerk.get(f"{here}/2")
    assert "1 chỗ khác" in words(page)
    assert len(re.findall(r'<rect id="khac-b-', page.content.decode())) == 1


def test_change_that_nobody_sees_is_told_as_that(world: World, issued: UUID, visit: Visit) -> None:
    _found, here = arrived(world, update(world.pdf(issued), title))
    assert "Không có gì nhìn thấy được thay đổi từ khi ký." in words(visit(PROVINCE_CLERK).get(f"{here}/2"))


def test_page_that_was_added_has_nothing_beside_it(world: World, issued: UUID, visit: Visit) -> None:
    _found, here = arrived(world, update(world.pdf(issued), extra_page))
    told = words(visit(PROVINCE_CLERK).get(f"{here}/2"))
    assert "Không có trang 2." in told


def test_what_does_not_exist_is_not_there(world: World, issued: UUID, visit: Visit) -> None:
    clerk, here = visit(CLERK), f"/van-ban/{issued}/kiem-tra"
    for address in (f"{here}/0", f"{here}/9", f"{here}/1/trang/99.png", f"{here}/9/trang/1.png"):
        assert clerk.get(address).status_code in (404, 422), address
    assert clerk.get(f"{here}/1?trang=99").status_code == 200
    assert clerk.get(f"{here}/1?trang=x").status_code == 200


def test_who_may_not_see_the_document_sees_none_of_it(world: World, issued: UUID, visit: Visit) -> None:
    foreign = visit(PROVINCE_CLERK)
    for rest in ("/1", "/1/trang/1.png"):
        assert foreign.get(f"/van-ban/{issued}/kiem-tra{rest}").status_code == 404


# strangers


def test_stranger_sees_what_was_changed_drawn_into_the_answer(world: World, issued: UUID) -> None:
    answer = send(update(world.pdf(issued), page_content))
    text = answer.content.decode()
    assert "Lúc ký và hiện nay" in words(answer)
    assert len(re.findall(r'<img src="data:image/png;base64,', text)) == 2
    assert '<rect id="khac-b-1"' in text
    assert "img-src 'self' data:" in answer.headers["Content-Security-Policy"]


def test_stranger_is_told_when_nothing_seen_changed(world: World, issued: UUID) -> None:
    answer = send(update(world.pdf(issued), title))
    assert "Không có gì nhìn thấy được thay đổi từ khi ký." in words(answer)
    assert "data:image" not in answer.content.decode()


def test_file_that_holds_shows_no_pictures(world: World, issued: UUID) -> None:
    assert "Lúc ký và hiện nay" not in words(send(world.pdf(issued)))


def test_nothing_of_a_strangers_file_is_kept_by_what_draws_it(world: World, issued: UUID) -> None:
    send(update(world.pdf(issued), page_content))
    images: PageImages = outside_images()
    assert images._kept._answers == {}  # type: ignore[attr-defined]

"""Above Mật only a number is entered, by the registry, and nothing that could be content (217/5.1, 379/1.2)."""

from __future__ import annotations

import pytest

from world import CENTRE, CLERK, DRAFTER, SIGNATORY, World

from .conftest import Visit
from .reading import Words
from .test_english import left_in, source_words

pytestmark = pytest.mark.clause("217/5.1", "379/1.2")
ADDRESS = "/so/co-yeu"


def test_the_clerk_enters_the_cipher_offices_number_once(world: World, visit: Visit) -> None:
    clerk = visit(CLERK)
    assert ADDRESS in clerk.get("/so").content.decode()
    form = {"organisation": str(world.organisation(CENTRE)), "number": "12/CY-2026", "secrecy": "top_secret"}
    assert clerk.post(ADDRESS, form).status_code == 303
    page = clerk.get(ADDRESS).content.decode()
    assert "12/CY-2026" in page and "Tuyệt mật" in page
    again = clerk.post(ADDRESS, form)
    assert again.status_code == 422 and "đã được ghi" in again.content.decode()
    clerk.cookies["antin_lang"] = "en"
    assert not left_in(Words(clerk.get(ADDRESS).content.decode()), source_words())


@pytest.mark.parametrize("number", ["", "12/CY về việc phòng thủ", "x" * 41, "12\n13"])
def test_nothing_but_a_number_is_taken(world: World, visit: Visit, number: str) -> None:
    form = {"organisation": str(world.organisation(CENTRE)), "number": number, "secrecy": "secret"}
    refused = visit(CLERK).post(ADDRESS, form)
    assert refused.status_code == 422 and "217/5.1" in refused.content.decode()
    assert "Chưa ghi số nào" in visit(CLERK).get(ADDRESS).content.decode()


def test_only_the_registry_enters_and_only_what_is_above_secret(world: World, visit: Visit) -> None:
    form = {"organisation": str(world.organisation(CENTRE)), "number": "1/CY", "secrecy": "secret"}
    for login in (DRAFTER, SIGNATORY):
        assert visit(login).post(ADDRESS, form).status_code in (403, 422)
    assert visit(CLERK).post(ADDRESS, {**form, "secrecy": "confidential"}).status_code == 422
    assert visit(CLERK).post(ADDRESS, {**form, "organisation": "rác"}).status_code in (403, 404, 422)
    assert "1/CY" not in visit(CLERK).get(ADDRESS).content.decode()

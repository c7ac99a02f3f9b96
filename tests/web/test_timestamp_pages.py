"""What the pages say of a document that is signed and waits for its timestamp (379/12.2.b)."""

from __future__ import annotations

import pytest

from registry.stamping import authorities
from world import CLERK, SIGNATORY, World

from .conftest import Visit
from .reading import Words
from .test_english import left_in, source_words

pytestmark = pytest.mark.clause("379/12.2.b")
SAID = "Đã ký, chờ dấu thời gian"


def test_waiting_is_said_to_signatory_and_clerk_and_the_seal_is_held_back(world: World, visit: Visit) -> None:
    with authorities(world) as (only,):
        only.up = False
        found = world.signed()
    signatory, clerk = visit(SIGNATORY), visit(CLERK)
    for visitor, address in ((signatory, "/quyet"), (clerk, "/phat-hanh"), (clerk, f"/van-ban/{found}")):
        assert SAID in visitor.get(address).content.decode(), address
        visitor.cookies["antin_lang"] = "en"
        assert not left_in(Words(visitor.get(address).content.decode()), source_words()), address
        visitor.cookies["antin_lang"] = "vi"
    assert f"/phat-hanh/{found}/dong-dau" not in clerk.get("/phat-hanh").content.decode()


def test_nothing_is_said_once_the_timestamp_is_there(world: World, visit: Visit) -> None:
    found = world.signed()
    assert SAID not in visit(SIGNATORY).get("/quyet").content.decode()
    page = visit(CLERK).get("/phat-hanh").content.decode()
    assert SAID not in page and f"/phat-hanh/{found}/dong-dau" in page
    assert SAID not in visit(CLERK).get(f"/van-ban/{found}").content.decode()

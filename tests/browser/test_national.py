"""The national identity account in a browser: through the provider's page and back, unlinked and linked again (379/11.3)."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from .looking import faults
from .visitors import CENTRE, PHONE, Visitors

PERSON, NAME = "an.nguyen", "Nguyễn Mẫu An"
PROVIDER = "VNeID (mẫu)"


def proves(page: Page) -> None:
    """On the provider's own page."""
    page.get_by_role("button", name=NAME, exact=True).click()


@pytest.mark.clause("379/11.3", "379/11.1")
def test_a_person_comes_in_by_the_national_account_and_links_it_anew(visitors: Visitors) -> None:
    visitors.companions.add(visitors.world.installations[CENTRE].national.issuer)
    page = visitors.at_the_door(PERSON)
    page.goto("/vao?tiep=/toi")
    page.get_by_role("link", name=f"Vào bằng {PROVIDER}").click()
    proves(page)
    page.wait_for_url("**/toi")
    page.get_by_role("button", name="Gỡ tài khoản định danh quốc gia").click()
    page.get_by_role("link", name="Gắn tài khoản định danh quốc gia").click()
    assert not faults(page, "the confirmation of a link")
    page.get_by_label("Mã dùng một lần").fill(visitors.code(PERSON))
    page.get_by_role("button", name="Xác nhận và đi tiếp").click()
    assert not faults(page, "on to the provider")
    page.get_by_role("link", name=f"Sang {PROVIDER}").click()
    proves(page)
    page.wait_for_url("**/toi")
    expect(page.get_by_role("button", name="Gỡ tài khoản định danh quốc gia")).to_be_visible()


def test_door_offers_both_ways_on_a_phone(visitors: Visitors) -> None:
    page = visitors.at_the_door(PERSON, PHONE)
    page.goto("/vao")
    link = page.get_by_role("link", name=f"Vào bằng {PROVIDER}")
    link.scroll_into_view_if_needed()
    below = page.get_by_label("Mật khẩu").bounding_box()
    above = link.bounding_box()
    assert above and below and above["y"] < below["y"]
    assert above["height"] >= 44

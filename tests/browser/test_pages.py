"""Every page of every role: no violation found by axe-core, light and dark, wide and on the phone, dialogs open."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from .looking import faults, reached, violations
from .visitors import CENTRE, PHONE, WIDE, Visitors

ROLES = (
    "lan.vu",
    "an.nguyen",
    "giang.hoang",
    "khanh.do",
    "minh.bui",
    "chi.le",
    "binh.tran",
    "hoa.ly",
    "quan.tri.tw",
    "kiem.tra.tw",
    "nga.dang",
    "quy.mai",
)
BEAT_MS = 12_000
"""A little more than a page waits between two questions for what is new."""
OUTSIDE = ("/vao", "/vao/mat", "/tro-giup", "/kiem-tra", "/quy-dinh", "/khong-co")


@pytest.fixture(scope="package")
def known() -> set[str]:
    """Kinds of pages that are the same for everybody and have been looked at."""
    return set()


def look(page: Page, begin: tuple[str, ...], known: set[str]) -> Iterator[str]:
    for address in reached(page, begin, known):
        yield from faults(page, address)


def test_pages_before_signing_in(visitors: Visitors, known: set[str]) -> None:
    visitors.companions.add(visitors.world.installations[CENTRE].national.issuer)  # the door leads to it
    found = list(look(visitors.at_the_door("chi.le"), OUTSIDE, known))
    assert not found, "\n".join(found)


@pytest.mark.parametrize("login", ROLES)
def test_pages_of_a_role(visitors: Visitors, known: set[str], login: str) -> None:
    found = list(look(visitors.page(login), ("/",), known))
    assert not found, "\n".join(found)


def test_the_list_of_keys_and_the_return_dialog_while_open(visitors: Visitors) -> None:
    page = visitors.page("giang.hoang")
    page.goto("/quyet")
    page.locator(".card h2 a").filter(has_text="Quyết định").click()
    for size in (WIDE, PHONE):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.locator("a[data-dialog=tralai]:visible").click()
        opened(page)
    page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
    page.get_by_role("link", name="Phím tắt").click()
    opened(page)


def opened(page: Page) -> None:
    """The dialog that has just been opened, in both grounds; then closed by its key."""
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    for ground in ("light", "dark"):
        page.emulate_media(color_scheme=ground)
        assert not violations(page)
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_a_receiving_clerk_on_the_phone_has_the_acts_at_hand(visitors: Visitors) -> None:
    page = visitors.page("lan.vu", PHONE, has_touch=True, is_mobile=True)
    page.goto("/tiep-nhan")
    page.locator(".rows .abs a").first.tap()
    bar = page.locator(".thumb")
    expect(bar.get_by_role("button", name="Tiếp nhận, vào sổ")).to_be_in_viewport()
    bar.get_by_role("link", name="Trả lại").tap()
    expect(page.get_by_role("textbox", name="Lý do")).to_be_in_viewport()
    expect(bar).to_be_visible()
    page.get_by_role("link", name="Mở điều hướng").tap()
    page.get_by_role("link", name="Đóng", exact=True).tap()
    expect(page.get_by_role("navigation", name="Điều hướng chính")).to_be_hidden()


def test_a_list_of_arrivals_that_is_behind_its_counter_catches_up(visitors: Visitors) -> None:
    """What comes between the list's question and the counter's, as one page is made, is in the counter alone."""
    page = visitors.page("lan.vu")
    page.goto("/tiep-nhan")
    rows = page.locator("#cho .rows > li")
    there = rows.count()
    assert there > 0
    page.evaluate(
        "() => { const list = document.querySelector('#cho'); list.querySelector('.rows > li').remove();"
        " list.dataset.arrived = String(Number(list.dataset.arrived) - 1); }"
    )
    expect(rows).to_have_count(there - 1)
    expect(rows).to_have_count(there, timeout=2 * BEAT_MS)
    expect(page.locator("#so-cho")).to_contain_text(f"{there} chờ")

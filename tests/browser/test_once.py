"""An impatient hand presses twice: a signature is given once, a document is issued once."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from .visitors import Visitors, await_page


def told(page: Page, document: str, words: str) -> int:
    """How often the document's history tells of it."""
    page.goto(f"{document}/qua-trinh")
    return page.locator(".tl > li").filter(has_text=words).count()


@pytest.mark.clause("379/12.2.b")
def test_signing_by_a_double_click_signs_once(visitors: Visitors) -> None:
    page = visitors.page("giang.hoang")
    page.goto("/quyet?loc=ky")
    page.locator("#xem").get_by_role("button", name="Ký văn bản").click()
    document = f"/van-ban/{page.url.split('/')[-2]}"
    page.get_by_label("Mã dùng một lần").fill(visitors.code("giang.hoang"))
    page.get_by_role("button", name="Ký văn bản").dblclick()
    expect(page.get_by_role("status")).to_contain_text("Đã ký")
    assert told(page, document, "ký số, cấp số") == 1


@pytest.mark.clause("217/6.3")
def test_issuing_by_a_double_click_issues_once(visitors: Visitors) -> None:
    page = visitors.page("chi.le")
    page.goto("/phat-hanh")
    ready = page.get_by_role("article").filter(has=page.get_by_role("link", name="Phát hành, gửi")).first
    document = str(ready.get_by_role("heading").get_by_role("link").get_attribute("href"))
    ready.get_by_role("link", name="Phát hành, gửi").click()
    page.get_by_label("Mã dùng một lần").fill(visitors.code("chi.le"))
    page.get_by_role("button", name="Phát hành", exact=True).dblclick()
    await_page(page, "/phat-hanh")
    assert told(page, document, "Lê Mẫu Chi phát hành") == 1

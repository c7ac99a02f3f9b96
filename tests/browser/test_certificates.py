"""The subscriber manager in the browser: a request with the code of the sample person, issued, suspended, revoked; each page looked at."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from .looking import faults
from .visitors import Visitors


def looked(page: Page) -> None:
    found = faults(page, page.url)
    assert not found, "\n".join(found)


@pytest.mark.clause("379/10.1", "379/9.2", "379/9.1")
def test_a_certificate_from_its_renewal_to_its_revocation(visitors: Visitors) -> None:
    page = visitors.page("nga.dang")
    page.goto("/chung-thu")
    looked(page)
    page.get_by_role("row").filter(has_text="Ngô Mẫu Sơn").first.get_by_role("link").click()
    looked(page)
    page.get_by_role("link", name="Đề nghị gia hạn").click()
    looked(page)
    page.get_by_label("Căn cứ").fill("Quyết định phân công (mẫu)")
    page.get_by_label("Mã dùng một lần").fill(visitors.code("nga.dang"))
    page.get_by_role("button", name="Ghi đề nghị").click()
    expect(page.get_by_role("heading", name="Cấp tại đây")).to_be_visible()
    looked(page)
    page.get_by_role("button", name="Cấp chứng thư").click()
    page.get_by_text("Tạm dừng", exact=True).first.click()
    page.get_by_label("Lý do").first.fill("Nghỉ dài ngày (mẫu)")
    page.get_by_role("button", name="Tạm dừng").click()
    expect(page.get_by_text("Cho dùng lại").first).to_be_visible()
    looked(page)
    page.get_by_text("Thu hồi", exact=True).first.click()
    form = page.locator("form").filter(has=page.locator("input[value=revoke]"))
    form.get_by_label("Nguyên nhân").select_option("superseded")
    form.get_by_label("Lý do").fill("Cấp lại (mẫu)")
    form.get_by_label("Mã dùng một lần").fill(visitors.code("nga.dang"))
    looked(page)
    form.get_by_role("button", name="Thu hồi").click()
    expect(page.get_by_text("đã thu hồi").first).to_be_visible()
    page.goto("/chung-thu/bao-cao")
    expect(page.get_by_text("Cấp lại (mẫu)").first).to_be_visible()
    looked(page)


@pytest.mark.clause("379/23.2.b")
def test_who_watches_reads_when_archive_timestamps_end(visitors: Visitors) -> None:
    page = visitors.page("quan.tri.tw")
    page.goto("/dau-thoi-gian")
    expect(page.get_by_role("heading", name="Hết hạn theo năm")).to_be_visible()
    looked(page)

"""A clerk names a defect of what arrived, the leader decides on the phone; every page on the way is sound (379/13.4)."""

from __future__ import annotations

from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from .looking import violations
from .visitors import PHONE, Visitors


def sound(page: Page) -> None:
    for ground in ("light", "dark"):
        page.emulate_media(color_scheme=ground)
        assert not violations(page)


def test_named_by_the_clerk_and_decided_by_the_leader(visitors: Visitors) -> None:
    clerk = visitors.page("lan.vu")
    clerk.goto("/tiep-nhan")
    clerk.get_by_role("link", name="Báo sai sót").click()
    sound(clerk)
    clerk.get_by_label("Loại sai sót").select_option(label="Tệp kèm")
    clerk.get_by_label("Mô tả").fill("Thiếu phụ lục 2 (mẫu).")
    clerk.get_by_role("button", name="Gửi người có thẩm quyền").click()
    expect(clerk.get_by_text("Chờ ý kiến", exact=True)).to_be_visible()
    sound(clerk)
    address = urlsplit(clerk.url).path

    leader = visitors.page("khanh.do", PHONE, has_touch=True, is_mobile=True)
    leader.goto("/quyet")
    leader.locator(f'a.btn[href="{address}"]', has_text="Cho ý kiến").tap()
    expect(leader.get_by_text("Tệp kèm: Thiếu phụ lục 2 (mẫu).")).to_be_visible()
    sound(leader)
    leader.get_by_role("radio", name="Vẫn tiếp nhận").check()
    leader.get_by_label("Lý do", exact=True).fill("Nhận để tham khảo (mẫu).")
    leader.get_by_text("Mã của người mẫu").tap()
    leader.get_by_role("button", name="Ghi ý kiến").tap()
    expect(leader.get_by_text("Ý kiến: Nhận để tham khảo (mẫu).")).to_be_visible()

    clerk.goto("/tiep-nhan")
    expect(clerk.get_by_role("button", name="Tiếp nhận, vào sổ").first).to_be_visible()

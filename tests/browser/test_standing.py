"""A route template filled in with one press, an absence stated, two revisions' pages compared; all looked at, by keys too."""

from __future__ import annotations

from datetime import timedelta

from playwright.sync_api import Page, expect

from antin.identity.queries.organisations import today

from .looking import faults
from .test_keyboard import tab_to
from .visitors import PHONE, WIDE, Visitors

NAME = "Thông báo: một vòng, rồi ký nháy"


def looked(page: Page, what: str) -> None:
    """Nothing amiss on the page as it stands, in both widths and grounds."""
    found = faults(page, what)
    assert not found, "\n".join(found)


def test_a_template_is_laid_and_fills_a_route_in_with_one_press(visitors: Visitors) -> None:
    keeper = visitors.page("giang.hoang")
    keeper.goto("/toi")
    keeper.get_by_role("link", name="Mẫu luồng trình").click()
    keeper.get_by_role("link", name="Lập mẫu mới").click()
    looked(keeper, "a new template")
    keeper.get_by_label("Tên mẫu").fill(NAME)
    keeper.get_by_label("Áp dụng cho thể loại").select_option("thong_bao")
    keeper.get_by_label("Người hoặc nhiệm vụ").nth(0).select_option(label="Phạm Mẫu Dung, Phó Vụ trưởng Vụ Pháp chế")
    keeper.get_by_label("Người hoặc nhiệm vụ").nth(1).select_option(label="Ai giữ nhiệm vụ: lãnh đạo")
    keeper.get_by_label("Hình thức").nth(1).select_option("initial")
    keeper.get_by_label("Lý do").fill("Quy chế làm việc (mẫu)")
    keeper.get_by_role("button", name="Lưu mẫu").click()
    expect(keeper.get_by_role("heading", level=1)).to_have_text(NAME)
    looked(keeper, "a template")
    keeper.goto("/mau-luong")
    looked(keeper, "templates")

    drafter = visitors.page("an.nguyen")
    drafter.goto("/du-thao/moi")
    drafter.get_by_label("Thể loại").select_option("thong_bao")
    drafter.get_by_label("Trích yếu").fill("kết quả rà soát quy trình (mẫu)")
    drafter.get_by_label("Nội dung", exact=True).fill("1. Kết quả rà soát quý III năm 2026.")
    drafter.get_by_role("button", name="Lưu", exact=False).first.click()
    drafter.wait_for_url(lambda address: "/du-thao/" in address and not address.endswith("/moi"))
    address = drafter.url.split("#")[0].split("?")[0]
    drafter.goto(f"{address}/trinh")
    press = drafter.get_by_role("button", name="Điền theo mẫu")
    tab_to(drafter, press)
    drafter.keyboard.press("Enter")
    expect(drafter.get_by_text("Đã điền theo mẫu.")).to_be_visible()
    chosen = drafter.get_by_label("Người đọc").nth(0).evaluate("one => one.selectedOptions[0].textContent")
    assert chosen.startswith("Phạm Mẫu Dung")
    looked(drafter, "a route filled in")


def test_an_absence_and_a_delegation_are_stated_with_a_code(visitors: Visitors) -> None:
    page = visitors.page("khanh.do")
    page.goto("/toi/vang-mat")
    looked(page, "nothing stated yet")
    page.get_by_text("Ghi vắng mặt, chọn người thay").click()
    form = page.locator("#vang-mat")
    form.get_by_label("Đến hết ngày").fill((today() + timedelta(days=2)).isoformat())
    form.get_by_label("Người thay").select_option(index=1)
    form.get_by_label("Lý do").fill("Nghỉ phép (mẫu)")
    form.get_by_role("button", name="Tiếp tục").click()
    looked(page, "an absence to confirm")
    form.get_by_label("Mã dùng một lần").fill(visitors.code("khanh.do"))
    form.get_by_role("button", name="Xác nhận").click()
    expect(page.locator("#vang-mat")).to_contain_text("đang có hiệu lực")
    page.get_by_text("Uỷ quyền cho người khác").click()
    looked(page, "an absence stated, a delegation to fill in")
    page.locator("#vang-mat").get_by_text("Kết thúc", exact=False).first.click()
    page.locator("#vang-mat").get_by_label("Lý do").first.fill("Về sớm (mẫu)")
    page.locator("#vang-mat").get_by_role("button", name="Kết thúc").first.click()
    expect(page.locator("#vang-mat")).to_contain_text("Về sớm (mẫu)")
    watcher = visitors.page("quan.tri.tw")
    watcher.goto("/uy-quyen")
    looked(watcher, "the watcher's page")


def test_pages_of_two_revisions_stand_side_by_side_and_on_the_phone_one_above_the_other(visitors: Visitors) -> None:
    page = visitors.page("an.nguyen")
    page.goto("/du-thao/moi")
    page.get_by_label("Thể loại").select_option("thong_bao")
    page.get_by_label("Trích yếu").fill("so sánh hai phiên bản (mẫu)")
    page.get_by_label("Nội dung", exact=True).fill("1. Thời hạn là năm 2026.\n\n2. Các đơn vị thực hiện.")
    page.get_by_role("button", name="Lưu", exact=False).first.click()
    page.wait_for_url(lambda address: "/du-thao/" in address and not address.endswith("/moi"))
    address = page.url.split("#")[0].split("?")[0]
    page.get_by_label("Nội dung", exact=True).fill("1. Thời hạn là năm 2027.\n\n2. Các đơn vị thực hiện.\n\n3. Thêm.")
    page.get_by_role("button", name="Lưu", exact=False).first.click()
    expect(page.get_by_text("Đã lưu phiên bản 2")).to_be_visible()
    page.goto(f"{address}/so-sanh")
    page.get_by_role("link", name="Xem hai trang cạnh nhau").click()
    expect(page.locator(".marks.b rect").first).to_be_visible()
    left, right = (page.locator(".pair figure").nth(n).bounding_box() for n in (0, 1))
    assert left and right and left["y"] == right["y"] and left["x"] + left["width"] <= right["x"]
    looked(page, "pages side by side")
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    left, right = (page.locator(".pair figure").nth(n).bounding_box() for n in (0, 1))
    assert left and right and left["x"] == right["x"] and left["y"] + left["height"] <= right["y"]
    page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
    mark = page.locator("figcaption a").first
    tab_to(page, mark)
    page.keyboard.press("Enter")
    expect(page.locator(".marks rect:target")).to_have_count(1)

"""With scripts switched off: what arrives is registered, a draft is written and submitted."""

from __future__ import annotations

from playwright.sync_api import expect

from .visitors import Visitors

READER = "Đặng Mẫu Nga, Chuyên viên Phòng Cơ yếu - Công nghệ thông tin"


def test_an_arrival_is_registered(visitors: Visitors) -> None:
    page = visitors.page("lan.vu", java_script_enabled=False)
    page.goto("/tiep-nhan")
    page.get_by_role("link", name="02-CV/VPTW").click()
    expect(page.get_by_text("Hợp lệ", exact=True).first).to_be_visible()
    page.get_by_label("Chuyển đến").select_option(label="Đỗ Mẫu Khánh, Chánh Văn phòng Tỉnh ủy")
    page.get_by_role("button", name="Tiếp nhận, vào sổ").click()
    expect(page.get_by_role("status")).to_contain_text("Đã vào sổ")
    expect(page.get_by_role("link", name="02-CV/VPTW")).to_have_count(0)


def test_a_draft_is_written_and_submitted(visitors: Visitors) -> None:
    page = visitors.page("minh.bui", java_script_enabled=False)
    page.goto("/du-thao/moi")
    page.get_by_label("Trích yếu").fill("về việc thử biểu mẫu khi tắt kịch bản (mẫu)")
    page.get_by_label("Kính gửi").fill("Văn phòng Trung ương (mẫu)")
    page.get_by_label("Nội dung", exact=True).fill("Tỉnh ủy đề nghị Văn phòng cho ý kiến.")
    page.get_by_label("Nơi nhận in trên văn bản").fill("Như trên\nLưu Văn phòng Tỉnh ủy")
    page.get_by_label("Gửi tới").select_option(label="Văn phòng Trung ương (mẫu)")
    page.get_by_label("Người ký", exact=True).select_option(index=1)
    page.get_by_label("Quyền hạn ký").fill("T/M BAN THƯỜNG VỤ")
    page.get_by_label("Chức vụ người ký").fill("PHÓ BÍ THƯ")
    page.get_by_role("button", name="Lưu phiên bản").click()
    expect(page.get_by_role("status")).to_contain_text("Đã lưu phiên bản 1")
    expect(page.get_by_role("img", name="Trang 1 trên 1")).to_be_visible()
    page.get_by_role("button", name="Lưu và trình").click()
    page.get_by_label("Người đọc").first.select_option(label=READER)
    page.get_by_label("Cần bao nhiêu ý kiến đồng ý").first.fill("1")
    page.get_by_role("button", name="Trình", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Đã trình")

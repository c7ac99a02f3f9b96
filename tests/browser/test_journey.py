"""A document from the first word at the centre to its completion at the province, by clicks and typing alone."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from antin.documents.samples import samples
from antin.values import SystemClock, to_vietnam

from .visitors import Visitors, await_page

ABSTRACT = "mở đợt cao điểm rà soát tài khoản trên hệ thống (mẫu)"
TITLE = "Thông báo mở đợt cao điểm rà soát tài khoản trên hệ thống (mẫu)"
ARRIVES_WITHIN_MS = 45_000


def card(page: Page) -> object:
    return page.get_by_role("article").filter(has_text=ABSTRACT)


@pytest.mark.clause("217/6.4", "217/10.1", "217/10.2", "217/11.8")
def test_from_the_first_word_to_completion(visitors: Visitors, tmp_path: Path) -> None:
    draft_and_submit(visitors, tmp_path)
    agree(visitors)
    approve(visitors)
    check_form(visitors)
    sign(visitors)
    document = seal_and_issue(visitors)
    register(visitors)
    instruct_and_assign(visitors)
    do_the_work(visitors)
    accept_and_complete(visitors)
    sender_sees(visitors, document)


def draft_and_submit(visitors: Visitors, scratch: Path) -> None:
    page, sample = visitors.page("an.nguyen"), next(s for s in samples() if s.key == "thong_bao")
    page.goto("/du-thao")
    page.get_by_role("link", name="Soạn văn bản mới").click()
    expect(page.get_by_label("Thể loại")).to_have_value("cong_van")
    expect(page.get_by_label("Giờ phải đến")).to_be_hidden()
    page.get_by_label("Thể loại").select_option(label="Thông báo")
    page.get_by_label("Trích yếu").fill(ABSTRACT)
    page.get_by_label("Độ khẩn").select_option(label="Khẩn")
    page.get_by_label("Nội dung", exact=True).press_sequentially("Văn phòng thông báo như sau:\n\n")
    expect(page.get_by_role("img", name="Trang 1 trên 1")).to_be_visible()
    page.get_by_label("Nội dung", exact=True).fill(sample.fields.body)
    page.get_by_label("Nơi nhận in trên văn bản").fill("Tỉnh ủy Lạc Giang (mẫu)\nLưu Văn phòng")
    page.get_by_label("Gửi tới").select_option(label="Tỉnh ủy Lạc Giang (mẫu)")
    page.get_by_label("Người ký", exact=True).select_option(index=1)
    page.get_by_label("Quyền hạn ký").fill("K/T CHÁNH VĂN PHÒNG")
    page.get_by_label("Chức vụ người ký").fill("PHÓ CHÁNH VĂN PHÒNG")
    page.get_by_label("Thời hạn").fill((to_vietnam(SystemClock().now()).date() + timedelta(days=20)).isoformat())
    page.get_by_role("button", name="Lưu phiên bản").click()
    expect(page.get_by_role("status")).to_contain_text("Đã lưu phiên bản 1")
    attach(page, scratch / "phu-luc-tai-khoan-can-ra-soat.txt")
    page.get_by_role("button", name="Lưu và trình").click()
    page.get_by_label("Người đọc").first.select_option(label="Trần Mẫu Bình, Vụ trưởng Vụ Tổng hợp")
    page.get_by_role("button", name="Trình", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Đã trình")


def attach(page: Page, file: Path) -> None:
    file.write_text("1. Văn phòng\n2. Ban Tổ chức\n", encoding="utf-8")
    page.get_by_label("Thêm tệp").set_input_files(file)
    page.get_by_role("button", name="Đính kèm").click()
    expect(page.get_by_role("link", name=file.name)).to_be_visible()


def agree(visitors: Visitors) -> None:
    page = visitors.page("binh.tran")
    page.goto("/gop-y")
    page.get_by_role("link", name=TITLE).click()
    page.get_by_label("Ý kiến").select_option(label="Đồng ý")
    page.get_by_role("button", name="Ghi ý kiến").click()
    expect(page.get_by_role("status")).to_contain_text("Đã ghi ý kiến")


def approve(visitors: Visitors) -> None:
    page = visitors.page("giang.hoang")
    page.goto("/quyet")
    page.get_by_role("link", name=TITLE).click()
    page.locator("#xem").get_by_role("link", name="Phê duyệt").click()
    page.get_by_label("Mã dùng một lần").fill(visitors.code("giang.hoang"))
    page.get_by_role("button", name="Phê duyệt").click()
    expect(page.get_by_role("status")).to_contain_text("Đã")


def check_form(visitors: Visitors) -> None:
    page = visitors.page("chi.le")
    page.goto("/phat-hanh")
    card(page).get_by_role("button", name="Kiểm tra thể thức").click()
    expect(card(page)).to_have_count(0)


def sign(visitors: Visitors) -> None:
    page = visitors.page("giang.hoang")
    page.goto("/quyet")
    page.get_by_role("link", name=TITLE).click()
    page.locator("#xem").get_by_role("button", name="Ký văn bản").click()
    page.get_by_label("Mã dùng một lần").fill(visitors.code("giang.hoang"))
    page.get_by_role("button", name="Ký văn bản").click()
    expect(page.get_by_role("status")).to_contain_text("Đã ký")


def seal_and_issue(visitors: Visitors) -> str:
    """The address of the issued document at the centre."""
    page = visitors.page("chi.le")
    page.goto("/phat-hanh")
    address = str(card(page).get_by_role("link", name=TITLE).get_attribute("href"))
    for opens, does in (("Đóng dấu", "Đóng dấu"), ("Phát hành, gửi", "Phát hành")):
        card(page).get_by_role("link", name=opens).click()
        page.get_by_label("Mã dùng một lần").fill(visitors.code("chi.le"))
        page.get_by_role("button", name=does, exact=True).click()
        await_page(page, "/phat-hanh")
    expect(card(page)).to_have_count(0)
    return address


def register(visitors: Visitors) -> None:
    """The list is open before the document comes: it appears by itself."""
    page = visitors.page("lan.vu")
    page.goto("/tiep-nhan")
    arrived = page.get_by_role("link", name=TITLE)
    expect(arrived).to_be_visible(timeout=ARRIVES_WITHIN_MS)
    arrived.click()
    expect(page.get_by_text("Hợp lệ", exact=True).first).to_be_visible()
    page.get_by_label("Chuyển đến").select_option(label="Đỗ Mẫu Khánh, Chánh Văn phòng Tỉnh ủy")
    page.get_by_role("button", name="Tiếp nhận, vào sổ").click()
    expect(page.get_by_role("status")).to_contain_text("Đã vào sổ")


def instruct_and_assign(visitors: Visitors) -> None:
    page = visitors.page("khanh.do")
    page.goto("/quyet")
    page.get_by_role("link", name=TITLE).click()
    page.get_by_label("Ý kiến chỉ đạo").fill("Rà soát xong trong tuần này.")
    page.get_by_role("button", name="Ghi ý kiến").click()
    expect(page.get_by_role("status")).to_contain_text("Đã ghi ý kiến chỉ đạo")
    page.get_by_label("Chủ trì").select_option(label="Bùi Mẫu Minh, Chuyên viên Phòng Tổng hợp")
    page.get_by_role("button", name="Giao việc").click()
    expect(page.get_by_role("status")).to_contain_text("Đã phân công")


def do_the_work(visitors: Visitors) -> None:
    page = visitors.page("minh.bui")
    page.goto("/viec")
    page.get_by_role("link", name=TITLE).click()
    page.get_by_role("button", name="Nhận việc").click()
    page.get_by_label("Kết quả").fill("Đã rà soát 214 tài khoản, khoá 3 tài khoản không dùng.")
    page.get_by_role("button", name="Báo cáo", exact=True).click()
    expect(page.get_by_text("Đã rà soát 214 tài khoản")).to_be_visible()


def accept_and_complete(visitors: Visitors) -> None:
    page = visitors.page("khanh.do")
    page.goto("/giao-viec")
    card(page).get_by_role("button", name="Duyệt kết quả").click()
    page.goto("/van-ban-den")
    page.get_by_role("link", name=TITLE).click()
    page.get_by_role("button", name="Hoàn thành").click()
    expect(page.get_by_role("status")).to_contain_text("Đã hoàn thành")


def sender_sees(visitors: Visitors, document: str) -> None:
    """The matrix renews itself on the open page; the way of the copy names every state and who told it."""
    page = visitors.page("chi.le")
    page.goto(document)
    matrix = page.get_by_role("region", name="Trạng thái theo nơi nhận")
    expect(matrix.locator("td.y, td.now")).to_have_count(6, timeout=ARRIVES_WITHIN_MS)
    page.get_by_role("link", name="Quá trình", exact=True).click()
    way = page.get_by_role("list").filter(has_text="đưa vào hàng gửi: Tỉnh ủy Lạc Giang (mẫu)")
    for state in ("đã tiếp nhận", "đã chuyển xử lý", "đang xử lý", "đã hoàn thành"):
        expect(way).to_contain_text(f"báo trạng thái: {state}")

"""Terms proposed on a partner's page by the form and its file; the page looked at with the form open and with the terms."""

from __future__ import annotations

import io

import pikepdf
from playwright.sync_api import expect

from antin.identity.queries.organisations import today

from .test_standing import looked
from .visitors import Visitors


def agreement() -> bytes:
    out, document = io.BytesIO(), pikepdf.new()
    document.add_blank_page(page_size=(595, 842))
    document.save(out)
    return out.getvalue()


def test_terms_are_proposed_with_their_paper(visitors: Visitors) -> None:
    operator = visitors.page("quan.tri.tw")
    operator.goto("/lien-thong")
    operator.get_by_role("link", name="Lạc Giang").first.click()
    operator.get_by_text("Đề nghị một thoả thuận").click()
    looked(operator, "the form of terms")
    operator.get_by_label("Số văn bản thoả thuận").fill("05-TT/VPTW")
    for label in ("Ngày văn bản", "Từ ngày", "Đến hết ngày"):
        operator.get_by_label(label).fill(today().isoformat())
    operator.get_by_label("Công văn", exact=True).check()
    paper = {"name": "thoa-thuan.pdf", "mimeType": "application/pdf", "buffer": agreement()}
    operator.get_by_label("Văn bản thoả thuận đã ký (PDF)").set_input_files(paper)  # type: ignore[arg-type]
    operator.get_by_role("button", name="Đề nghị thoả thuận").click()
    expect(operator.get_by_text("Chờ quản trị liên thông thứ hai đọc và xác nhận.")).to_be_visible()
    looked(operator, "terms")

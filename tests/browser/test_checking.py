"""`/kiem-tra` without an account and without scripts: a document of the world, as sent and with one byte changed."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from .looking import faults
from .visitors import Visitors


@pytest.fixture
def sealed(visitors: Visitors) -> bytes:
    """The bytes of a document that was issued and sent."""
    page = visitors.page("lan.vu")
    page.goto("/van-ban-di")
    links = page.get_by_role("main").locator("a[href^='/van-ban/']")
    addresses = {link.get_attribute("href") or "" for link in links.all()}
    originals = (page.request.get(f"{address.partition('?')[0]}/goc") for address in sorted(addresses))
    return next(found.body() for found in originals if found.ok and found.body().count(b"/ByteRange") >= 3)


def give(page: Page, data: bytes) -> None:
    page.goto("/vao")
    page.get_by_role("link", name="Kiểm tra chữ ký số của một tệp").click()
    page.get_by_label("Tệp cần kiểm tra").set_input_files(
        {"name": "a.pdf", "mimeType": "application/pdf", "buffer": data}
    )
    page.get_by_role("button", name="Kiểm tra", exact=True).click()


def test_document_as_sent_is_valid_without_script(visitors: Visitors, sealed: bytes) -> None:
    page = visitors.at_the_door("chi.le", java_script_enabled=False)
    give(page, sealed)
    expect(page.get_by_role("heading", level=1)).to_have_text("Chữ ký hợp lệ, nội dung nguyên vẹn")
    expect(page.get_by_text("Đã ký muộn nhất lúc").first).to_be_visible()


def test_answers_are_without_fault_for_everybody(visitors: Visitors, sealed: bytes) -> None:
    page = visitors.at_the_door("chi.le")
    at = sealed.index(b"stream\n") + 40
    altered = sealed[:at] + bytes((sealed[at] ^ 1,)) + sealed[at + 1 :]
    for data, heading in (
        (sealed, "Chữ ký hợp lệ, nội dung nguyên vẹn"),
        (altered, "Không hợp lệ"),
        (sealed + b"\n", "Bị thay đổi sau khi ký"),
    ):
        give(page, data)
        expect(page.get_by_role("heading", level=1)).to_have_text(heading)
        assert not faults(page, "/kiem-tra")

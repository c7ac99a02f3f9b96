"""A signatory signs with the key file on their own computer: sheet, companion, its own window, back on the page."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from .looking import faults
from .visitors import PROVINCE, Visitors

SIGNATORY = "son.ngo"
TITLE = "Quyết định thành lập Tổ giúp việc về chuyển đổi số của Tỉnh ủy Lạc Giang (mẫu)"


@pytest.fixture
def companion(visitors: Visitors) -> Iterator[str]:
    """`antin signer` as the person starts it; its address."""
    file, _pin = visitors.device(SIGNATORY)
    port = visitors.world.installations[PROVINCE].signing.device_port
    words = ["--origin", visitors.world.url(PROVINCE), "--pkcs12", str(file), "--port", str(port)]
    process = subprocess.Popen(
        [sys.executable, "-m", "antin.cli.main", "signer", *words], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    address = process.stdout.readline().split(" ")[0]
    visitors.companions.add(address)
    yield address
    process.terminate()
    process.wait(timeout=10)


def ask_for_signature(visitors: Visitors) -> Page:
    """Up to the page that holds the ticket."""
    page = visitors.page(SIGNATORY)
    page.goto("/quyet?loc=ky")
    page.get_by_role("link", name=TITLE).click()
    page.locator("#xem").get_by_role("button", name="Ký văn bản").click()
    other = page.get_by_role("region", name="Cách ký khác")
    expect(other).to_be_visible()
    if other.get_by_role("button", name="Ký bằng thiết bị của tôi").count():
        other.get_by_role("button", name="Ký bằng thiết bị của tôi").click()
        expect(other.get_by_role("button", name="Ký văn bản")).to_be_visible()
    page.get_by_label("Mã dùng một lần").fill(visitors.code(SIGNATORY))
    page.get_by_role("button", name="Ký bằng thiết bị của tôi").click()
    expect(page.get_by_role("heading", name="Ký bằng thiết bị của tôi")).to_be_visible()
    return page


@pytest.mark.clause("379/13.5")
def test_without_the_program_the_page_says_what_to_do(visitors: Visitors) -> None:
    port = visitors.world.installations[PROVINCE].signing.device_port
    visitors.companions.add(f"http://127.0.0.1:{port}")
    page = ask_for_signature(visitors)
    expect(page.get_by_role("alert")).to_contain_text("antin signer")
    expect(page.get_by_role("button", name="Thử lại")).to_be_visible()
    expect(page.get_by_role("link", name="Mở cửa sổ xác nhận")).to_be_hidden()
    page.get_by_text("Ký từ dòng lệnh").click()
    assert len(page.get_by_label("Vé ký", exact=True).input_value()) >= 40
    page.get_by_role("link", name="Quay lại").click()
    page.get_by_role("button", name="Để sau").click()
    expect(page.get_by_role("status")).to_contain_text("Đã trả số")


@pytest.mark.clause("379/13.5", "379/5.6", "379/5.11")
def test_signing_with_ones_own_device(visitors: Visitors, companion: str) -> None:
    page = ask_for_signature(visitors)
    expect(page.get_by_text("Đã thấy phần mềm ký trên máy này.")).to_be_visible()
    assert not faults(page, "device")
    digest = page.get_by_text(re.compile(r"^[0-9a-f]{64}$")).inner_text()
    number = page.locator(".oath b.n").inner_text()
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Mở cửa sổ xác nhận").click()
    window = opened.value
    expect(window.get_by_role("heading", name="Xác nhận ký văn bản")).to_be_visible()
    assert window.url.startswith(f"{companion}/xac-nhan/")
    for shown in (TITLE, number, digest):
        expect(window.get_by_text(shown, exact=True)).to_be_visible()
    assert not faults(window, "confirmation")
    window.get_by_label("Mã PIN của thiết bị ký").fill("00000000")
    window.keyboard.press("Enter")
    expect(window.get_by_role("alert")).to_contain_text("Mã PIN không đúng")
    window.get_by_label("Mã PIN của thiết bị ký").fill(visitors.device(SIGNATORY)[1])
    window.get_by_role("button", name="Ký văn bản").click()
    expect(window.get_by_role("status")).to_contain_text(f"Đã ký văn bản số {number}")
    expect(page.locator(".toasts")).to_contain_text("Đã ký")
    expect(page.get_by_role("link", name=TITLE)).to_have_count(0)

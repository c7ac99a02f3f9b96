"""Hands on the keys alone: signing in, deciding with a code, dialogs, single keys and the input method."""

from __future__ import annotations

import re

from playwright.sync_api import CDPSession, Locator, Page, expect

from .visitors import Visitors, await_page

MOST_TABS = 60


def tab_to(page: Page, wanted: Locator) -> None:
    """Presses Tab until the wanted control has the focus, seen by a mark around it; fails when it never comes."""
    for _press in range(MOST_TABS):
        if wanted.evaluate("one => one === document.activeElement"):
            shown = wanted.evaluate("one => getComputedStyle(one).outlineStyle + getComputedStyle(one).outlineWidth")
            assert re.match(r"(solid|auto)[1-9]", shown), f"the focus on {wanted} is not seen: {shown}"
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{MOST_TABS} tabs did not lead to {wanted}")


def test_sign_in_open_the_first_decision_and_approve(visitors: Visitors) -> None:
    page = visitors.at_the_door("khanh.do")
    page.goto("/vao")
    tab_to(page, page.get_by_label("Mã định danh"))
    page.keyboard.type("khanh.do")
    page.keyboard.press("Tab")
    page.keyboard.type(visitors.password("khanh.do"))
    page.keyboard.press("Enter")
    expect(page.get_by_label("6 số trong ứng dụng đã đăng ký")).to_be_focused()
    page.keyboard.type(visitors.code("khanh.do"))
    page.keyboard.press("Enter")
    await_page(page, "/quyet")
    skip_the_navigation(page)
    decision = page.locator(".card").filter(has_text="Phê duyệt").locator("h2 a").first
    title = decision.inner_text()
    tab_to(page, decision)
    page.keyboard.press("Enter")
    approve = page.locator("#xem").get_by_role("link", name="Phê duyệt")
    tab_to(page, approve)
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_label("Mã dùng một lần"))
    page.keyboard.type(visitors.code("khanh.do"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).not_to_be_empty()
    page.goto("/quyet")
    expect(page.locator(".card").filter(has_text="Phê duyệt").filter(has_text=title)).to_have_count(0)


def skip_the_navigation(page: Page) -> None:
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Bỏ qua điều hướng")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_a_dialog_gives_the_focus_back(visitors: Visitors) -> None:
    page = visitors.page("giang.hoang")
    page.goto("/quyet")
    opener = page.locator("a[data-dialog=tralai]:visible")
    opener.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Trả lại")
    expect(dialog).to_be_visible()
    for _press in range(8):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement === document.body || !!document.activeElement.closest('dialog')")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()


def test_single_keys_move_through_a_list_and_rest_while_writing(visitors: Visitors) -> None:
    page = visitors.page("an.nguyen")
    page.goto("/du-thao")
    page.keyboard.press("j")
    expect(page.locator(".card h2 a").first).to_be_focused()
    page.keyboard.press("/")
    expect(page.get_by_label("Tìm văn bản")).to_be_focused()
    page.keyboard.type("jk?/")
    expect(page.get_by_label("Tìm văn bản")).to_have_value("jk?/")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_the_input_method_is_never_robbed_of_a_key(visitors: Visitors) -> None:
    """Telex writes `ế` with `ees`: nothing that is being composed opens, returns or leaves."""
    page = visitors.page("giang.hoang")
    page.goto("/quyet")
    method = page.context.new_cdp_session(page)
    composed_keys(page)
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert page.url.endswith("/quyet")
    page.keyboard.press("r")
    reason = page.get_by_role("dialog", name="Trả lại").get_by_role("textbox", name="Lý do")
    reason.focus()
    for so_far in ("r", "ro", "rõ"):
        compose(method, so_far)
    method.send("Input.insertText", {"text": "rõ"})
    expect(reason).to_have_value("rõ")
    expect(page.get_by_role("dialog", name="Trả lại")).to_be_visible()


def composed_keys(page: Page) -> None:
    """Keys as the page gets them from an input method, outside of any field."""
    page.evaluate(
        """() => ["r", "e", "j", "?", "/", "g"].forEach(key => {
          for (const how of [{ isComposing: true }, { keyCode: 229 }]) {
            document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...how }));
          }
        })"""
    )


def compose(method: CDPSession, text: str) -> None:
    method.send("Input.imeSetComposition", {"text": text, "selectionStart": len(text), "selectionEnd": len(text)})

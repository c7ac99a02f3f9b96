"""Looks at a page as axe-core and a narrow screen see it, and finds the pages that a person can reach."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import axe_playwright_python
from playwright.sync_api import Page

from .visitors import NARROW, PHONE, WIDE

NO_PAGE = re.compile(r"^/(giao-dien|static)|/(goc|chung-cu)$|/tep/[^/]+$|\.png|/trang\?|/xuat\?")
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
SAME_FOR_ALL = re.compile(
    r"^/(vao.*|tro-giup|quy-dinh.*|toi|danh-ba.*|tim.*|van-ban-den|van-ban-di|van-ban/…/.*|khong-co.*)$"
)
"""Kinds of pages that hold the same parts whoever looks; one role's reading is enough."""
LOOK = """async rules => {
  const found = await axe.run(document, { resultTypes: ["violations"], ...(rules ? { runOnly: rules } : {}) });
  return found.violations.map(v => [v.id, v.nodes.map(n => n.target.join(" ")), v.nodes[0].failureSummary]);
}"""
TOO_WIDE = """() => [document.documentElement, document.querySelector("main")].filter(Boolean)
  .map(box => box.scrollWidth - box.clientWidth).reduce((a, b) => Math.max(a, b))"""
CONTRAST = ["color-contrast"]


@cache
def _axe() -> str:
    return next(Path(axe_playwright_python.__file__).parent.rglob("axe.min.js")).read_text(encoding="utf-8")


def violations(page: Page, rules: list[str] | None = None) -> list[str]:
    """What axe-core finds, each with its rule, where, and why."""
    if not page.evaluate("Boolean(window.axe)"):
        page.evaluate(_axe())
    found: list[Any] = page.evaluate(LOOK, rules)
    return [f"{rule} at {', '.join(where[:3])}: {' '.join(why.split())[:300]}" for rule, where, why in found]


def faults(page: Page, address: str) -> list[str]:
    """Everything amiss on the open page: both widths, both grounds; reflow down to 320 px.

    Structure does not depend on the ground, so the dark one is asked for contrast alone.
    """
    found: list[str] = []
    for name, size in (("1440", WIDE), ("390", PHONE)):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        for ground, rules in (("light", None), ("dark", CONTRAST)):
            page.emulate_media(color_scheme=ground)
            found += [f"{address} [{name} {ground}] {one}" for one in violations(page, rules)]
    for width in (PHONE, NARROW):
        page.set_viewport_size({"width": width[0], "height": width[1]})
        over = page.evaluate(TOO_WIDE)
        found += [f"{address} [{width[0]}] {over} px too wide"] if over > 0 else []
    page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
    page.emulate_media(color_scheme="light")
    return found


def kind(address: str) -> str:
    """Addresses of one kind of page: ids, clauses and the page turned to left out; filters kept by name."""
    path, _, query = ID.sub("…", address).partition("?")
    names = {part.partition("=")[0] for part in query.split("&")} - {"trang", "sau", "tu", "ve", "loc", "", "b"}
    return re.sub(r"^/quy-dinh/.+", "/quy-dinh/…", path) + "".join(f"?{name}" for name in sorted(names))


def reached(page: Page, begin: tuple[str, ...], known: set[str]) -> Iterator[str]:
    """Opens one page of each kind that leads on from those; kinds in `known` are passed over."""
    waiting, met = list(begin), set(begin)
    kinds: set[str] = set()
    while waiting:
        address = waiting.pop(0)
        if kind(address) in kinds | known:
            continue
        kinds.add(kind(address))
        answer = page.goto(address)
        assert answer is not None and answer.status in (200, 404), (address, answer and answer.status)
        yield address
        ways = page.eval_on_selector_all("a[href^='/']", "all => all.map(a => a.getAttribute('href').split('#')[0])")
        fresh = [way for way in ways if way and way not in met and not NO_PAGE.search(way)]
        met.update(fresh)
        waiting += fresh
    known |= {one for one in kinds if SAME_FOR_ALL.match(one)}

"""Reads pages as a person does: every word on them, and the ways from one page to the next."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from django.test import Client

SAID_IN = ("aria-label", "placeholder", "alt", "title", "data-why", "data-says")
SAID_IN += ("data-undo", "data-refused", "data-failed", "data-unreachable")
WRITTEN_BY_PEOPLE = ("blockquote", "textarea", "svg", "script", "style")
NO_PAGE = re.compile(r"^/(giao-dien|static)|/(goc|chung-cu)$|/tep/|\.png|/trang\?|/xuat\?")
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
ALIKE = 3
"""So many pages of one kind are read (another document, another clause)."""


class Words(HTMLParser):
    """The texts of a page, attributes that are read out included; what people wrote is left out."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts: set[str] = set()
        self.ways: list[str] = []
        self.language = ""
        self._depth = 0
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.language = given.get("lang", "") if tag == "html" else self.language
        self._depth += tag in WRITTEN_BY_PEOPLE
        self.texts |= {given[name].strip() for name in SAID_IN if name in given}
        if tag == "a" and given.get("href", "").startswith("/"):
            self.ways.append(given["href"].partition("#")[0])

    def handle_endtag(self, tag: str) -> None:
        self._depth -= tag in WRITTEN_BY_PEOPLE

    def handle_data(self, data: str) -> None:
        if not self._depth and data.strip():
            self.texts.add(" ".join(data.split()))


def read(client: Client, address: str, language: str) -> Words:
    """The page in that language, as the choice of language leaves it."""
    client.cookies["antin_lang"] = language
    answer = client.get(address)
    while answer.status_code in (302, 303):
        answer = client.get(answer["Location"])
    assert answer.status_code in (200, 404), (address, answer.status_code)
    return Words(answer.content.decode())


def walk(client: Client, begin: tuple[str, ...]) -> Iterator[tuple[str, Words]]:
    """Every page in English that leads on from those, a few of each kind."""
    waiting, met, kinds = list(begin), set(begin), dict[str, int]()
    while waiting:
        address = waiting.pop(0)
        kind = re.sub(r"(/quy-dinh/).+|(\?\w+=)[^&]*", r"\1\2", ID.sub("…", address))
        kinds[kind] = kinds.get(kind, 0) + 1
        if kinds[kind] > ALIKE:
            continue
        page = read(client, address, "en")
        yield address, page
        fresh = [way for way in page.ways if way not in met and not NO_PAGE.search(way)]
        met.update(fresh)
        waiting += fresh

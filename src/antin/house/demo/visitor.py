"""A person at the public doors, without a screen: fetches pages, fills the forms found on them, presses their buttons.

Only what a browser could do is possible here: hidden fields (and so the CSRF token) come from the page, addresses
from its links and forms.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import httpx
from lxml import html

PAGE_LIMIT = 4 * 1024 * 1024

Files = Mapping[str, tuple[str, bytes, str]]


class DoorError(AssertionError):
    """The page lacks what its user needs, or answered otherwise than it must; the text says which."""


@dataclass(frozen=True)
class Page:
    """One answer, read. `path` is where redirects led."""

    url: str
    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    @property
    def tree(self) -> html.HtmlElement:
        return html.fromstring(self.content[:PAGE_LIMIT], parser=html.HTMLParser(encoding="utf-8"))

    @property
    def text(self) -> str:
        """The words of the main part, in one line."""
        tree = self.tree
        main = tree.xpath("//main") or [tree]
        return " ".join(main[0].text_content().split())

    def links(self, fragment: str) -> list[str]:
        """Addresses of links that contain the fragment, in page order."""
        return [href for href in self.tree.xpath("//a/@href") if fragment in href]

    def form(self, fragment: str) -> html.FormElement:
        """The first form whose action contains the fragment (an empty action is the page itself)."""
        for form in self.tree.forms:
            if fragment in (form.get("action") or self.path):
                return form
        actions = [form.get("action") for form in self.tree.forms]
        raise DoorError(f"{self.path} ({self.status}) has no form for {fragment!r}, only {actions}: {self.text[:300]}")


class Visitor:
    """One browser window with its own cookies."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self._client = httpx.Client(base_url=base_url, follow_redirects=True, timeout=60)

    def close(self) -> None:
        self._client.close()

    def get(self, path: str, *, expect: int = 200) -> Page:
        return self._read(self._client.get(path), expect)

    def submit(
        self,
        page: Page,
        fragment: str,
        values: Mapping[str, str | Sequence[str]] | None = None,
        *,
        files: Files | None = None,
        expect: int = 200,
    ) -> Page:
        """Fills the form and sends it. DoorError when a named field does not exist on the form."""
        form = page.form(fragment)
        filled = _filled(form, values or {}, set(files or ()))
        address = urljoin(page.url, form.get("action") or page.url)
        headers = {"Referer": page.url, "Origin": self.base_url}
        answer = self._client.request(form.method or "POST", address, data=filled, files=files or None, headers=headers)
        return self._read(answer, expect)

    def api(self, path: str, *, expect: int = 200) -> object:
        """One answer of the REST API, as data."""
        answer = self._client.get(path)
        if answer.status_code != expect:
            raise DoorError(f"{path}: {answer.status_code} instead of {expect}: {answer.text[:300]}")
        return answer.json()

    def _read(self, answer: httpx.Response, expect: int) -> Page:
        page = Page(str(answer.url), answer.status_code, dict(answer.headers), answer.content)
        if page.status != expect:
            words = page.text[:500] if "html" in page.headers.get("content-type", "") else ""
            raise DoorError(f"{page.path}: {page.status} instead of {expect}: {words}")
        return page


def _filled(
    form: html.FormElement, values: Mapping[str, str | Sequence[str]], files: set[str]
) -> dict[str, str | list[str]]:
    """What a browser would send: the form's own values, with the given ones in their place."""
    named = {
        control.get("name") for control in form.iter("input", "textarea", "select", "button") if control.get("name")
    }
    missing = (set(values) | files) - named
    if missing:
        raise DoorError(f"the form {form.get('action')!r} has no field {sorted(missing)}, only {sorted(named)}")
    filled: dict[str, str | list[str]] = {}
    for name, value in form.form_values():
        present = filled.get(name)
        if present is None:
            filled[name] = value
        elif isinstance(present, list):
            present.append(value)
        else:
            filled[name] = [present, value]
    file_inputs = {control.get("name") for control in form.iter("input") if control.get("type") == "file"}
    kept = {name: value for name, value in filled.items() if name not in file_inputs}
    return kept | {name: value if isinstance(value, str) else list(value) for name, value in values.items()}

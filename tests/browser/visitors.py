"""A person's window on the pages: signed in once, its storage kept, its console and its requests watched."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, StorageState

from antin.house.demo.codes import Authenticator
from antin.house.demo.world import World

CENTRE, PROVINCE = "trung-uong", "lac-giang"
WIDE, PHONE, NARROW = (1440, 900), (390, 844), (320, 700)
PATIENCE_MS = 15_000


class Visitors:
    """The sample people of the world. Each gives every one-time code once."""

    def __init__(self, world: World, browser: Browser) -> None:
        self.world, self._browser = world, browser
        self._people = {p["login"]: (name, p) for name in (CENTRE, PROVINCE) for p in world.people(name)}
        self._codes = {login: Authenticator(p["totp_secret"]) for login, (_name, p) in self._people.items()}
        self._signed_in: dict[str, StorageState] = {}
        self._open: list[BrowserContext] = []
        self._amiss: list[str] = []
        self.companions: set[str] = set()
        """Programs on the person's own computer that a test has started: pages may speak to these too."""

    def password(self, login: str) -> str:
        return self._people[login][1]["password"]

    def device(self, login: str) -> tuple[Path, str]:
        """The person's own key file and its PIN."""
        name, person = self._people[login]
        return self.world.installations[name].path(f"devices/{login}.p12"), person["device_pin"]

    def code(self, login: str) -> str:
        return self._codes[login].fresh()

    def at_the_door(self, login: str, size: tuple[int, int] = WIDE, **options: Any) -> Page:
        """A window where nobody is signed in, at the installation of that person."""
        return self._window(login, size, **options)

    def page(self, login: str, size: tuple[int, int] = WIDE, **options: Any) -> Page:
        """A window of the person, signed in."""
        if login not in self._signed_in:
            self._signed_in[login] = self._sign_in(login)
        return self._window(login, size, storage_state=self._signed_in[login], **options)

    def leave(self) -> list[str]:
        """Closes every window; what was amiss in them."""
        for context in self._open:
            context.close()
        found, self._open, self._amiss = self._amiss, [], []
        self.companions.clear()
        return found

    def _sign_in(self, login: str) -> StorageState:
        page = self._window(login, WIDE)
        page.goto("/vao")
        page.get_by_label("Mã định danh").fill(login)
        page.get_by_label("Mật khẩu").fill(self.password(login))
        page.get_by_role("button", name="Đăng nhập", exact=True).click()
        page.get_by_label("6 số trong ứng dụng đã đăng ký").fill(self.code(login))
        page.get_by_role("button", name="Vào", exact=True).click()
        page.wait_for_url(lambda address: "/vao" not in address)
        return page.context.storage_state()

    def _window(self, login: str, size: tuple[int, int], **options: Any) -> Page:
        """Without motion: colours are measured as they are, not on their way."""
        base = self.world.url(self._people[login][0])
        shape = {"viewport": {"width": size[0], "height": size[1]}, "locale": "vi-VN", "reduced_motion": "reduce"}
        context = self._browser.new_context(**{"base_url": base, **shape, **options})
        context.set_default_timeout(PATIENCE_MS)
        self._open.append(context)
        context.on("console", lambda message: self._heard(login, message))
        context.on("weberror", lambda error: self._amiss.append(f"{login}: {error.error}"))
        context.on("request", lambda request: self._asked(login, base, request))
        return context.new_page()

    def _heard(self, login: str, message: ConsoleMessage) -> None:
        absent = message.location.get("url", "").startswith(tuple(self.companions) or ("-",))
        if message.type == "error" and "404 (Not Found)" not in message.text and not absent:
            self._amiss.append(f"{login} {message.page.url if message.page else ''}: {message.text}")

    def _asked(self, login: str, base: str, request: Request) -> None:
        own = tuple(f"{address}/" for address in (base, *self.companions))
        if not request.url.startswith((*own, "data:", "blob:")):
            self._amiss.append(f"{login}: a request to another host: {request.url}")


def await_page(page: Page, path: str) -> None:
    """Until the window stands at exactly this path: a sheet's address may end like its list's."""
    page.wait_for_url(lambda address: urlsplit(address).path == path)

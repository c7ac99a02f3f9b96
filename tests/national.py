"""The simulated provider of national accounts, bound to identity's port; people walk through it as a browser does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

import httpx
import pytest
from django.test import Client

from antin.identity import acts, ports
from antin.identity.adapters.openid_connect import OpenIdConnect, Provider
from antin.identity.models import Account
from antin.identity.national import Statement
from antin.identity.simulator.provider import LEVEL, ProviderServer, lay_out
from antin.values import FixedClock
from small_house import SYSTEM

CLIENT, SECRET, BACK = "lac-giang", "bí mật của máy khách: ~/+", "http://testserver/vao/quoc-gia/ve"
NUMBERS = {"an": "001080000001", "binh": "001080000002"}


@dataclass
class National:
    """`server` is the provider's own process in small; `clock` runs with it."""

    server: ProviderServer
    provider: Provider
    clock: FixedClock

    def adapter(self, **changed: object) -> OpenIdConnect:
        return OpenIdConnect(replace(self.provider, **changed), self.clock)  # type: ignore[arg-type]

    def proves(self, address: str, who: str) -> str:
        """The person opens the provider's page and shows who it is; where the browser is sent to then."""
        with httpx.Client(trust_env=False) as browser:
            assert f'value="{who}"' in browser.get(address).text
            answer = browser.post(address, data={"subject": who})
        assert answer.status_code == 303, answer.text
        return answer.headers["Location"]

    def walk_in(self, who: str, client: Client | None = None, **query: str) -> tuple[Client, object]:
        """From the door to the provider and back."""
        client = client or Client()
        asked = client.get("/vao/quoc-gia", query)
        back = urlsplit(self.proves(asked.headers["Location"], who))
        return client, client.get(f"{back.path}?{back.query}")

    def link(self, account: Account, who: str) -> None:
        """As a founding system has it in writing."""
        said = Statement(self.server.issuer, who, account.person.code, LEVEL, self.clock.now())
        acts.link_stated(actor=SYSTEM, account_id=account.id, said=said)


@pytest.fixture
def national(clock: FixedClock, tmp_path: Path) -> Iterator[National]:
    """The provider beside identity's standing clock, which it is told."""
    people = [
        {"subject": who, "name": f"Nguyễn Mẫu {who.title()}", "number": number} for who, number in NUMBERS.items()
    ]
    lay_out(tmp_path / "provider", [{"client_id": CLIENT, "secret": SECRET, "back": BACK}], people)
    server = ProviderServer(tmp_path / "provider", 0)
    server.now = lambda: clock.now().timestamp()
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    provider = Provider(
        name="VNeID (mẫu)",
        issuer=server.issuer,
        client_id=CLIENT,
        secret=SECRET,
        back=BACK,
        number_claim="personal_number",
        levels=(LEVEL,),
    )
    before = ports.bound()
    ports.bind(replace(before, national=OpenIdConnect(provider, clock)))
    yield National(server, provider, clock)
    ports.bind(before)
    server.shutdown()
    thread.join()
    server.server_close()

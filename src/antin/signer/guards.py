"""Who may talk to the companion: decided from the request's head alone, default deny (see docs/signer.md, threats).

- Host must be this very address: a foreign name that was made to point here (DNS rebinding) is refused
- a page may hand in a ticket only from a configured origin, told by the browser's own Origin header
- the confirmation is taken only from the companion's own page: no other origin can press its button
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Guards:
    """`port`: where the companion listens; `origins`: the installations that may ask, as browsers write them."""

    port: int
    origins: Collection[str]

    @property
    def own(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def host_is_ours(self, head: Mapping[str, str]) -> bool:
        return head.get("Host", "") == f"127.0.0.1:{self.port}"

    def asker(self, head: Mapping[str, str]) -> str:
        """The configured origin that asks; "" for every other, and for requests that name none."""
        origin = head.get("Origin", "")
        return origin if origin in self.origins else ""

    def is_own_page(self, head: Mapping[str, str]) -> bool:
        """A form sent by the companion's own page."""
        return head.get("Origin", "") == self.own and head.get("Sec-Fetch-Site", "same-origin") == "same-origin"

    def is_window(self, head: Mapping[str, str]) -> bool:
        """Opened by the person as a page of its own, not inside another page's frame."""
        return head.get("Sec-Fetch-Dest", "document") == "document"

    def leave(self, head: Mapping[str, str]) -> dict[str, str]:
        """The headers by which a browser lets that one origin read the answer (Fetch standard, Private Network Access)."""
        origin = self.asker(head)
        if not origin:
            return {}
        given = {"Access-Control-Allow-Origin": origin, "Vary": "Origin"}
        if head.get("Access-Control-Request-Method"):
            given |= {"Access-Control-Allow-Methods": "GET, POST", "Access-Control-Allow-Headers": "content-type"}
            given |= {"Access-Control-Max-Age": "60"}
        if head.get("Access-Control-Request-Private-Network") == "true":
            given["Access-Control-Allow-Private-Network"] = "true"
        return given

"""Whose request it is when a proxy stands in front: the nearest address that is not one of our own proxies.

Only what a trusted proxy added is believed, from the right: everything further left was written by whoever asked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest, HttpResponse

Networks = Sequence[IPv4Network | IPv6Network]


class ClientAddress:
    """Puts the client's address where everything that counts by address looks for it (sign-in, public pages)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response
        self._trusted = tuple(ip_network(one, strict=False) for one in settings.ANTIN.web.trusted_proxies)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if self._trusted:
            shown = request.META.get("HTTP_X_FORWARDED_FOR", "")
            request.META["REMOTE_ADDR"] = client_address(request.META.get("REMOTE_ADDR", ""), shown, self._trusted)
        return self._get_response(request)


def client_address(peer: str, forwarded: str, trusted: Networks) -> str:
    """The peer itself unless it is one of ours; then, from the right, the first address in the header that is not.

    >>> ours = [ip_network("10.0.0.0/8")]
    >>> client_address("10.0.0.1", "6.6.6.6, 203.0.113.7, 10.0.0.2", ours)
    '203.0.113.7'
    >>> client_address("203.0.113.7", "127.0.0.1", ours)
    '203.0.113.7'
    """
    found = peer
    for one in reversed(forwarded.split(",")[-20:]):
        if not _is_among(found, trusted):
            break
        address = one.strip()
        try:
            found = str(ip_address(address))
        except ValueError:
            break
    return found


def _is_among(address: str, networks: Networks) -> bool:
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return any(found.version == one.version and found in one for one in networks)

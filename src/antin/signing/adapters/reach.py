"""Which hosts may be contacted, and at which network addresses (against server-side request forgery).

Addresses of OCSP responders and revocation lists come from certificates, that is from outside, and a name on the list
may be made to lead anywhere by whoever runs its DNS. So the list says two things of each host:

- a name on the list is reached at public addresses
- a name that the operator calls internal besides is reached at private ones too
- an IP literal on the list is reached at that very address, wherever it lies; `localhost` at loopback

>>> reach = Reach.of(["ocsp.example.vn", "crl.noibo:8080", "127.0.0.1:9000"], internal=["crl.noibo"])
>>> reach.allows("ocsp.example.vn", 80), reach.allows("crl.noibo", 80), reach.allows("127.0.0.1", 9000)
(True, False, True)
>>> reach.may_connect("ocsp.example.vn", 80, "8.8.8.8"), reach.may_connect("ocsp.example.vn", 80, "10.0.0.1")
(True, False)
>>> reach.may_connect("crl.noibo", 8080, "10.0.0.1"), reach.may_connect("crl.noibo", 8080, "169.254.169.254")
(True, False)
>>> reach.may_connect("127.0.0.1", 9000, "127.0.0.1")
True
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

import httpx

NAT64 = IPv6Network("64:ff9b::/96")
"""RFC 6052 §2.1: the last 32 bits are an IPv4 address."""
PORTS = {"http": 80, "https": 443}


class Range(StrEnum):
    """Where an address lies: anywhere in the Internet, in somebody's network, at this machine or its own cable."""

    PUBLIC = "public"
    PRIVATE = "private"
    LOCAL = "local"


def range_of(address: str) -> Range:
    """The range of an IP address, by the IPv4 address inside it where there is one; ValueError when it is none.

    Local: loopback, link-local, multicast, unspecified, "this network" 0/8, reserved (RFC 6890). Private: RFC 1918,
    unique local (RFC 4193), shared 100.64/10 (RFC 6598), site-local, and whatever else is not global.

    >>> [str(range_of(one)) for one in ("8.8.8.8", "2606:4700::1111", "64:ff9b::808:808")]
    ['public', 'public', 'public']
    >>> [str(range_of(one)) for one in ("10.0.0.1", "100.64.0.1", "fd00::1", "::ffff:192.168.0.1", "2002:a00:1::")]
    ['private', 'private', 'private', 'private', 'private']
    >>> [str(range_of(one)) for one in ("127.0.0.1", "169.254.169.254", "0.0.0.0", "224.0.0.1", "::ffff:127.0.0.1")]
    ['local', 'local', 'local', 'local', 'local']
    >>> [str(range_of(one)) for one in ("::", "::1", "::127.0.0.1", "fe80::1%eth0", "ff02::1", "64:ff9b::7f00:1")]
    ['local', 'local', 'local', 'local', 'local', 'local']
    """
    found = _inner(ip_address(address))
    if (
        found.is_loopback
        or found.is_link_local
        or found.is_multicast
        or found.is_unspecified
        or found.is_reserved
        or (isinstance(found, IPv4Address) and found.packed[0] == 0)
    ):
        return Range.LOCAL
    site_local = isinstance(found, IPv6Address) and found.is_site_local
    return Range.PUBLIC if found.is_global and not site_local else Range.PRIVATE


def _inner(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address in a mapped (RFC 4291 §2.5.5.2), 6to4 (RFC 3056) or NAT64 one: that is where packets arrive."""
    if isinstance(address, IPv4Address):
        return address
    if address in NAT64:
        return IPv4Address(address.packed[-4:])
    return address.ipv4_mapped or address.sixtofour or address


def as_literal(host: str) -> IPv4Address | IPv6Address | None:
    """The address that a host is when it is written as one; None for a name, also for `127.1` or `0x7f000001`."""
    try:
        return ip_address(host)
    except ValueError:
        return None


Entry = tuple[str, int | None]
"""A host in the spelling of the wire (lower case, IDNA, addresses normalised); None: at every port."""


@dataclass(frozen=True, slots=True)
class Reach:
    """The hosts that may be contacted, and those of them that may lie in a private network."""

    allowed: frozenset[Entry]
    internal: frozenset[Entry] = frozenset()

    @staticmethod
    def of(hosts: Iterable[str], internal: Iterable[str] = ()) -> Reach:
        """Entries are `host` or `host:port`; ValueError for one that is neither."""
        return Reach(frozenset(map(_entry, hosts)), frozenset(map(_entry, internal)))

    @staticmethod
    def of_urls(urls: Iterable[str], internal: Iterable[str] = ()) -> Reach:
        """Of addresses that the operator wrote: each with its port alone; ValueError as `target`."""
        allowed = frozenset((_spelt(host), port) for host, port in map(target, urls))
        return Reach(allowed, frozenset(map(_entry, internal)))

    def allows(self, host: str, port: int) -> bool:
        return _listed(self.allowed, host, port)

    def may_connect(self, host: str, port: int, address: str) -> bool:
        """May the host, which was resolved to this address, be reached there."""
        if not self.allows(host, port):
            return False
        literal = as_literal(host)
        if literal is not None:
            return literal == ip_address(address)
        where = range_of(address)
        if where is Range.LOCAL:
            return host.lower() == "localhost" and ip_address(address).is_loopback
        return where is Range.PUBLIC or _listed(self.internal, host, port)


def target(url: str) -> tuple[str, int]:
    """Host and port that the client would contact, by the client's own reading of the URL.

    ValueError unless it is http or https with a host and without credentials.
    """
    try:
        read = httpx.URL(url)
    except httpx.InvalidURL as wrong:
        raise ValueError(str(wrong)) from wrong
    if read.scheme not in PORTS or not read.host or read.userinfo:
        raise ValueError(f"{url} is no address of a web server")
    return read.raw_host.decode("ascii"), read.port or PORTS[read.scheme]


def _entry(written: str) -> Entry:
    # A scheme of no meaning, for httpx drops the port that is usual for one it knows.
    address = as_literal(written)
    if address is not None:
        return str(address), None
    try:
        read = httpx.URL(f"any://{written}")
    except httpx.InvalidURL as wrong:
        raise ValueError(f"{written}: {wrong}") from wrong
    if not read.host or read.userinfo or read.raw_path not in (b"", b"/"):
        raise ValueError(f"{written} is not a host or host:port")
    return _spelt(read.raw_host.decode("ascii")), read.port


def _listed(entries: frozenset[Entry], host: str, port: int) -> bool:
    spelt = _spelt(host)
    return (spelt, None) in entries or (spelt, port) in entries


def _spelt(host: str) -> str:
    literal = as_literal(host)
    return host.lower() if literal is None else str(literal)

"""Certificate states over HTTP: OCSP first, then the revocation list; only hosts that the house allows.

Addresses come from certificates, that is from outside: a host that is not on the list is never contacted, nor one
that leads where it should not (`reach`); redirects are not followed, answers are capped in size and time. Official
addresses may be remapped to the Party network's own (`rewrite`), and lists imported off-line are used when nothing
answers.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

import httpx

from antin.signing import certificates, revocation
from antin.signing.adapters import guarded_client
from antin.signing.adapters.http_timestamper import post, read_capped
from antin.signing.adapters.reach import Reach, target
from antin.signing.revocation import CertificateStatus, Evidence, State
from antin.values import Clock, SystemClock

MAX_OCSP = 65_536
MAX_CRL = 16 * 1024 * 1024
MAX_ADDRESSES = 4
"""So many of one kind are asked of those that a certificate names; each may cost its whole time."""

KEPT = timedelta(hours=1)
"""A list is asked for again after this time, though its next update may be months away: revocations come in between."""
ASIDE = timedelta(minutes=1)
"""For so long a kept list serves on when no newer one could be had."""


class HttpRevocation:
    """The port `RevocationSource`. `hosts` and `internal` as in `Reach.of`; `imported`: lists in DER as they lie now.

    `rewrite` puts one prefix of an address in place of another, the longest that fits; the result must be allowed too.
    `timeout_s` is the longest silence of a server, `total_s` the longest request.
    """

    def __init__(
        self,
        hosts: Iterable[str],
        *,
        internal: Iterable[str] = (),
        rewrite: Mapping[str, str] | None = None,
        imported: Iterable[bytes] | Callable[[], tuple[bytes, ...]] = (),
        timeout_s: float = 5.0,
        total_s: float = 15.0,
        clock: Clock | None = None,
        client: httpx.Client | None = None,
    ) -> None:
        self._reach = Reach.of(hosts, internal)
        self._rewrite = sorted((rewrite or {}).items(), key=lambda pair: -len(pair[0]))
        self._imported = imported if callable(imported) else partial(tuple, tuple(imported))
        self._clock = clock or SystemClock()
        self._client = client or guarded_client.client(self._reach, timeout_s=timeout_s, total_s=total_s)
        self._lists: dict[str, tuple[datetime, bytes]] = {}

    def status(self, certificate: bytes, issuer: bytes, others: Sequence[bytes] = ()) -> CertificateStatus:
        facts = certificates.facts(certificate)
        asks: list[Callable[[], Evidence]] = [
            *(lambda url=url: self._ocsp(url, certificate, issuer) for url in facts.ocsp_urls[:MAX_ADDRESSES]),
            *(lambda url=url: self._crl(url, certificate, issuer) for url in facts.crl_urls[:MAX_ADDRESSES]),
            lambda: Evidence(crls=self._imported()),
        ]
        for ask in asks:
            try:
                found = ask()
            except (httpx.HTTPError, ValueError):
                continue
            answer = revocation.judge(certificate, issuer, found, self._clock.now())
            if answer.state is not State.UNKNOWN:
                return answer
        return revocation.UNKNOWN

    def _ocsp(self, url: str, certificate: bytes, issuer: bytes) -> Evidence:
        nonce = secrets.token_bytes(32)
        asked = revocation.request(certificate, issuer, nonce)
        answer = post(self._client, self._address(url), asked, "application/ocsp-request", MAX_OCSP)
        echoed = revocation.nonce_of(answer)
        # Many responders answer from a cache without nonce (RFC 9654 allows it); a wrong one is a replay.
        if echoed is not None and echoed != nonce:
            raise ValueError("OCSP: another nonce")
        return Evidence(ocsps=(answer,))

    def _crl(self, url: str, certificate: bytes, issuer: bytes) -> Evidence:
        address, now = self._address(url), self._clock.now()
        kept = self._lists.get(address)
        if kept is not None and now < kept[0]:
            return Evidence(crls=(kept[1],))
        try:
            with self._client.stream("GET", address) as answer:
                data = read_capped(answer, MAX_CRL)
            until = revocation.next_update(data)
        except (httpx.HTTPError, ValueError):
            if kept is None:
                raise
            # What was kept speaks on as long as its own next update lets it: `judge` looks at that.
            self._lists[address] = (now + ASIDE, kept[1])
            return Evidence(crls=(kept[1],))
        found = Evidence(crls=(data,))
        # Anybody on the way may write a list that nobody signed: one that says nothing is not kept.
        if revocation.judge(certificate, issuer, found, now).state is not State.UNKNOWN:
            self._lists[address] = (min(until, now + KEPT), data)
        return found

    def _address(self, url: str) -> str:
        for prefix, other in self._rewrite:
            rest = url.removeprefix(prefix)
            # Only at the end of a part: of "http://a.vn" neither "http://a.vn.example" nor "http://a.vn81" is made.
            if url.startswith(prefix) and (prefix.endswith("/") or rest[:1] in ("", "/", "?")):
                url = other + rest
                break
        host, port = target(url)
        if not self._reach.allows(host, port):
            raise ValueError(f"{host}:{port} is not on the list of allowed hosts")
        return url

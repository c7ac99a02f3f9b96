"""Certificate states over HTTP: OCSP first, then the revocation list; only hosts that the house allows.

Addresses come from certificates, that is from outside: a host that is not on the list is never contacted,
redirects are not followed, answers are capped in size and time. Official addresses may be remapped to the
Party network's own (`rewrite`), and lists imported off-line are used when nothing answers.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from urllib.parse import urlsplit

import httpx

from antin.signing import certificates, revocation
from antin.signing.adapters.http_timestamper import post, read_capped
from antin.signing.revocation import CertificateStatus, Evidence, State
from antin.values import Clock, SystemClock

MAX_OCSP = 65_536
MAX_CRL = 16 * 1024 * 1024


class HttpRevocation:
    """The port `RevocationSource`. `hosts` are `host` or `host:port`; `imported` are lists in DER."""

    def __init__(
        self,
        hosts: Iterable[str],
        *,
        rewrite: Mapping[str, str] | None = None,
        imported: Iterable[bytes] = (),
        timeout_s: float = 5.0,
        clock: Clock | None = None,
        client: httpx.Client | None = None,
    ) -> None:
        self._hosts = frozenset(hosts)
        self._rewrite = dict(rewrite or {})
        self._imported = tuple(imported)
        self._clock = clock or SystemClock()
        self._client = client or httpx.Client(timeout=timeout_s, follow_redirects=False, trust_env=False)
        self._lists: dict[str, tuple[datetime, bytes]] = {}

    def status(self, certificate: bytes, issuer: bytes, others: Sequence[bytes] = ()) -> CertificateStatus:
        facts = certificates.facts(certificate)
        asks: list[Callable[[], Evidence]] = [
            *(lambda url=url: self._ocsp(url, certificate, issuer) for url in facts.ocsp_urls),
            *(lambda url=url: self._crl(url) for url in facts.crl_urls),
            lambda: Evidence(crls=self._imported),
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

    def _crl(self, url: str) -> Evidence:
        address = self._address(url)
        kept = self._lists.get(address)
        if kept is None or kept[0] <= self._clock.now():
            with self._client.stream("GET", address) as answer:
                data = read_capped(answer, MAX_CRL)
            kept = (revocation.next_update(data), data)
            self._lists[address] = kept
        return Evidence(crls=(kept[1],))

    def _address(self, url: str) -> str:
        for prefix, other in self._rewrite.items():
            if url.startswith(prefix):
                url = other + url[len(prefix) :]
                break
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not {parts.netloc, parts.hostname} & self._hosts:
            raise ValueError(f"{parts.netloc} is not on the list of allowed hosts")
        return url

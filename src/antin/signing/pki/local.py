"""The authority asked directly, without HTTP: for worlds that live in one process."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from antin.signing import revocation
from antin.signing.pki.authority import DemoAuthority
from antin.signing.revocation import CertificateStatus, Evidence, State


class LocalRevocation:
    """The port `RevocationSource`: OCSP for what the issuing authority made, else the revocation lists."""

    def __init__(self, authority: DemoAuthority) -> None:
        self._authority = authority

    def status(self, certificate: bytes, issuer: bytes, others: Sequence[bytes] = ()) -> CertificateStatus:
        now = self._authority.clock.now()
        request = revocation.request(certificate, issuer, secrets.token_bytes(32))
        answer = Evidence(ocsps=(self._authority.answer_status(request),))
        found = revocation.judge(certificate, issuer, answer, now)
        if found.state is not State.UNKNOWN:
            return found
        lists = Evidence(crls=(self._authority.crl("root"), self._authority.crl("issuing")))
        return revocation.judge(certificate, issuer, lists, now)

"""The installation's own certification authority, for trials: a folder beside it, its keys in this machine (379/9.1)."""

from __future__ import annotations

from pathlib import Path

from cryptography import x509

from antin.signing.adapters.key_file import KeyFileSigner
from antin.signing.pki import DemoAuthority
from antin.signing.ports import IssuedHere


class EmbeddedAuthority:
    """The port `CertificateAuthority` over a `DemoAuthority`, opened when it is first needed."""

    def __init__(self, folder: Path, signer: KeyFileSigner) -> None:
        self._folder = folder
        self._signer = signer

    def issue(self, *, purpose: str, name: str, code: str, organisation: str, key_ref: str) -> IssuedHere:
        authority = DemoAuthority.open(self._folder)
        if purpose == "sign":
            made = authority.issue_person(name, code, organisation=organisation)
        else:
            made = {"seal": authority.issue_seal, "exchange": authority.issue_exchange}[purpose](name, code)
        self._signer.store(key_ref, made.key_pem)
        return IssuedHere(made.certificate_der, made.chain_ders, key_ref)

    def revoke(self, certificate: bytes, reason: str) -> bool:
        authority = DemoAuthority.open(self._folder)
        if x509.load_der_x509_certificate(certificate).issuer != authority.issuing.certificate.subject:
            return False
        try:
            authority.revoke(certificate, reason=reason)
        except KeyError:
            return False
        return True

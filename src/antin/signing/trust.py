"""Whom we trust: anchors pinned by file, intermediates and revocation lists known beforehand (379/7.p1, 379/9.1).

DIR/*.pem *.cer *.crt   self-signed: an anchor; other: a certificate that may be needed on the way, trusted for nothing
DIR/*.crl               revocation lists imported off-line, for networks that can't be reached
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from antin.signing import certificates
from antin.signing.certificates import CertificateFacts
from antin.signing.revocation import Evidence

MAX_FILE = 32 * 1024 * 1024


def role_by_policy(facts: CertificateFacts) -> str:
    """Whose certificate this is: `person`, `seal`, or "" for one that may not sign documents (379/5.7).

    The certificate's own policy decides. Official certificates name none that is public, so there an
    organisation is known by its tax or body code as UID or by CN = O, else it is a person.
    """
    if facts.purpose:
        return {"sign": "person", "seal": "seal"}.get(facts.purpose, "")
    is_body = facts.code.startswith("MST:") or (facts.organisation and facts.organisation == facts.subject_name)
    return "seal" if is_body else "person"


@dataclass(frozen=True)
class Trust:
    """Anchors, other known certificates and revocation lists, all DER; `role_of` tells persons from seals."""

    anchors: tuple[bytes, ...]
    known: tuple[bytes, ...] = ()
    crls: tuple[bytes, ...] = ()
    role_of: Callable[[CertificateFacts], str] = role_by_policy

    @staticmethod
    def from_dir(directory: Path | str) -> Trust:
        """Reads the directory; FileNotFoundError without it, ValueError for a file that can't be read."""
        place = Path(directory)
        if not place.is_dir():
            raise FileNotFoundError(f"{place} is not a directory")
        found: list[bytes] = []
        crls: list[bytes] = []
        for path in sorted(place.iterdir()):
            if path.suffix in {".pem", ".cer", ".crt"}:
                found += _certificates(_read(path))
            elif path.suffix == ".crl":
                crls.append(read_list(path))
        return Trust.of(found, crls)

    @staticmethod
    def of(found: Iterable[bytes], crls: Iterable[bytes] = ()) -> Trust:
        """Sorts certificates in DER into anchors (self-signed) and known ones."""
        every = tuple(dict.fromkeys(found))
        anchors = tuple(c for c in every if certificates.is_self_issued(c))
        return Trust(anchors, tuple(c for c in every if c not in anchors), tuple(crls))

    @cached_property
    def pool(self) -> tuple[bytes, ...]:
        return self.anchors + self.known

    @property
    def evidence(self) -> Evidence:
        return Evidence(crls=self.crls)


def read_list(path: Path) -> bytes:
    """A revocation list, PEM or DER, as DER; ValueError names a file that is none."""
    data = _read(path)
    try:
        parsed = x509.load_pem_x509_crl(data) if b"-----BEGIN" in data else x509.load_der_x509_crl(data)
        return parsed.public_bytes(Encoding.DER)
    except ValueError as wrong:
        raise ValueError(f"{path.name}: {wrong}") from wrong


def _read(path: Path) -> bytes:
    if path.stat().st_size > MAX_FILE:
        raise ValueError(f"{path.name}: larger than {MAX_FILE} bytes")
    return path.read_bytes()


def _certificates(data: bytes) -> list[bytes]:
    if b"-----BEGIN" in data:
        return [c.public_bytes(Encoding.DER) for c in x509.load_pem_x509_certificates(data)]
    return [x509.load_der_x509_certificate(data).public_bytes(Encoding.DER)]

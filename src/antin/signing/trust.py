"""Whom we trust, for what and for which time: anchors pinned by their bytes (379/7.p1, 379/9.1).

DIR/*.pem *.cer *.crt   self-signed: an anchor; other: a certificate that may be needed on the way, trusted for nothing
DIR/*.crl               revocation lists imported off-line, for networks that can't be reached
DIR/trust.toml          terms of anchors, none needed: [[anchor]] sha256, domain, since, until (instants with their zone)

A signature is judged by the terms of the time at which it is proven to have been made: an anchor that is given up today
still carries what was signed under it before (EN 319 102-1 §5.2.6.4, sunset dates).
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from antin.signing import certificates
from antin.signing.certificates import CertificateFacts
from antin.signing.revocation import Evidence
from antin.signing.rules import DOMAINS, OFFICIAL

MAX_FILE = 32 * 1024 * 1024
TERMS_FILE = "trust.toml"


@dataclass(frozen=True, slots=True)
class Term:
    """For what an anchor is trusted, from an instant on and until before another; None: without bound.

    >>> Term(until=datetime.fromisoformat("2026-06-01T00:00:00+07:00")).holds(datetime.fromisoformat("2026-06-01T00:00:00+07:00"))
    False
    """

    domain: str = OFFICIAL
    since: datetime | None = None
    until: datetime | None = None

    def holds(self, at: datetime) -> bool:
        return (self.since is None or self.since <= at) and (self.until is None or at < self.until)


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
    """Anchors, other known certificates and revocation lists, all DER; `role_of` tells persons from seals.

    `terms`: (SHA-256 of an anchor, a term of it); an anchor without any is trusted at all times, with several at each of them.
    """

    anchors: tuple[bytes, ...]
    known: tuple[bytes, ...] = ()
    crls: tuple[bytes, ...] = ()
    role_of: Callable[[CertificateFacts], str] = role_by_policy
    terms: tuple[tuple[str, Term], ...] = ()

    @staticmethod
    def from_dir(directory: Path | str) -> Trust:
        """Reads the directory; FileNotFoundError without it, ValueError for a file that can't be read."""
        place = Path(directory)
        if not place.is_dir():
            raise FileNotFoundError(f"{place} is not a directory")
        found: list[bytes] = []
        crls: list[bytes] = []
        terms: tuple[tuple[str, Term], ...] = ()
        for path in sorted(place.iterdir()):
            if path.suffix in {".pem", ".cer", ".crt"}:
                found += _certificates(_read(path))
            elif path.suffix == ".crl":
                crls.append(read_list(path))
            elif path.name == TERMS_FILE:
                terms = _terms(_read(path).decode("utf-8"))
        return Trust.of(found, crls, terms)

    @staticmethod
    def of(found: Iterable[bytes], crls: Iterable[bytes] = (), terms: tuple[tuple[str, Term], ...] = ()) -> Trust:
        """Sorts certificates in DER into anchors (self-signed) and known ones."""
        every = tuple(dict.fromkeys(found))
        anchors = tuple(c for c in every if certificates.is_self_issued(c))
        return Trust(anchors, tuple(c for c in every if c not in anchors), tuple(crls), terms=terms)

    def term(self, anchor: bytes, at: datetime) -> Term | None:
        """The anchor's term at the instant; None when it is not trusted then."""
        fingerprint = certificates.facts(anchor).fingerprint if self.terms else ""
        told = [term for key, term in self.terms if key == fingerprint]
        return next((term for term in told if term.holds(at)), None if told else Term())

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


def _terms(text: str) -> tuple[tuple[str, Term], ...]:
    """ValueError for what is no list of terms: nothing is trusted by guessing."""
    rows = tomllib.loads(text).get("anchor", [])
    try:
        return tuple((str(row["sha256"]).lower(), _term(row)) for row in rows)
    except (KeyError, TypeError, AttributeError) as wrong:
        raise ValueError(f"{TERMS_FILE}: {wrong}") from wrong


def _term(row: dict[str, Any]) -> Term:
    term = Term(row.get("domain", OFFICIAL), row.get("since"), row.get("until"))
    for instant in (term.since, term.until):
        if instant is not None and (not isinstance(instant, datetime) or instant.tzinfo is None):
            raise ValueError(f"{TERMS_FILE}: an instant needs its zone")
    if term.domain not in DOMAINS:
        raise ValueError(f"{TERMS_FILE}: {term.domain}")
    return term


def written_terms(terms: Iterable[tuple[str, Term]]) -> str:
    """What `from_dir` reads."""
    lines: list[str] = []
    for fingerprint, term in terms:
        lines += ["[[anchor]]", f'sha256 = "{fingerprint}"', f'domain = "{term.domain}"']
        bounds = (("since", term.since), ("until", term.until))
        lines += [f"{name} = {instant.isoformat()}" for name, instant in bounds if instant is not None]
        lines.append("")
    return "\n".join(lines)

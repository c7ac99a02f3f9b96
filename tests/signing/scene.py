"""The scene of the signing tests: an authority, its clock, keys in files, shortcuts for the ceremony."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from antin.signing import ceremony
from antin.signing.adapters.key_file import KeyFileSigner
from antin.signing.certificates import Certificate
from antin.signing.pki import DemoAuthority, Issued
from antin.signing.pki.local import LocalRevocation
from antin.signing.ports import Ports
from antin.signing.trust import Trust
from antin.values import FixedClock

FOUNDED = datetime(2025, 1, 6, 1, 0, tzinfo=UTC)
NOW = datetime(2026, 3, 2, 2, 30, 15, tzinfo=UTC)
SIGNATURE_BOX = (330.0, 300.0, 530.0, 380.0)
SEAL_BOX = (280.0, 290.0, 382.0, 392.0)
PERSON = "Nguyễn Văn Mẫu"
BODY = "Tỉnh ủy Lạc Giang (mẫu)"


@dataclass(repr=False)
class House:
    """An authority with its clock, keys in files, and shortcuts for the ceremony."""

    authority: DemoAuthority
    clock: FixedClock
    signer: KeyFileSigner
    pdf: bytes
    issued: dict[str, Issued] = field(default_factory=dict)
    kept: dict[str, bytes] = field(default_factory=dict)

    @property
    def trust(self) -> Trust:
        return Trust.from_dir(self.authority.trust_dir)

    @property
    def ports(self) -> Ports:
        return Ports(self.signer, self.authority.timestamps, LocalRevocation(self.authority), self.trust, self.clock)

    def keep(self, name: str, issued: Issued) -> Certificate:
        """Stores the key under this name and answers the certificate to sign with."""
        self.issued[name] = issued
        self.signer.store(name, issued.key_pem)
        return Certificate(issued.certificate_der, issued.chain_ders, name)

    def person(self, name: str = "person", **wishes: object) -> Certificate:
        if name in self.issued and not wishes:
            found = self.issued[name]
            return Certificate(found.certificate_der, found.chain_ders, name)
        wishes.setdefault("not_before", NOW - timedelta(days=60))
        return self.keep(name, self.authority.issue_person(PERSON, "MAU-0001", organisation=BODY, **wishes))

    def seal(self, name: str = "seal", **wishes: object) -> Certificate:
        if name in self.issued and not wishes:
            found = self.issued[name]
            return Certificate(found.certificate_der, found.chain_ders, name)
        wishes.setdefault("not_before", NOW - timedelta(days=60))
        return self.keep(name, self.authority.issue_seal(BODY, "A99.02", **wishes))

    def prepare_person(
        self,
        certificate: Certificate | None = None,
        *,
        pdf: bytes | None = None,
        with_seal: bool = True,
        algorithm: str = "",
    ) -> ceremony.Prepared:
        return ceremony.prepare(
            pdf or self.pdf,
            role="person",
            page=1,
            box=SIGNATURE_BOX,
            certificate=certificate or self.person(),
            appearance=ceremony.Appearance.person(PERSON, "PHÓ BÍ THƯ", "T/M BAN THƯỜNG VỤ", self.clock.now()),
            at=self.clock.now(),
            first=True,
            seal=ceremony.Place(1, SEAL_BOX) if with_seal else None,
            algorithm=algorithm,
        )

    def prepare_seal(self, signed: bytes, certificate: Certificate | None = None) -> ceremony.Prepared:
        return ceremony.prepare(
            signed,
            role="seal",
            page=1,
            box=SEAL_BOX,
            certificate=certificate or self.seal(),
            appearance=ceremony.Appearance.seal(BODY),
            at=self.clock.now(),
            first=False,
        )

    def signed_by_person(self, certificate: Certificate | None = None, **wishes: object) -> bytes:
        return ceremony.complete(self.prepare_person(certificate, **wishes), ports=self.ports)  # type: ignore[arg-type]

    def sealed(self, signed: bytes | None = None, certificate: Certificate | None = None) -> bytes:
        return ceremony.complete(self.prepare_seal(signed or self.signed_by_person(), certificate), ports=self.ports)


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    """Runs an independent tool."""
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=60, check=False)


def later(**span: float) -> datetime:
    return NOW + timedelta(**span)

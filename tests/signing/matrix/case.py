"""What a row of the matrix is, and the documents that its makers begin with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from antin.signing import ceremony
from antin.signing.certificates import Certificate
from antin.signing.revocation import Evidence
from antin.signing.trust import Trust
from antin.signing.verdict import Policy, Report, Verdict, validate_any

from ..scene import NOW, House

PERSON, BOTH = ("person",), ("person", "seal")


@dataclass(frozen=True)
class Case:
    """A file, and by what it is judged: when, by whose anchors, with which status data, what it must carry."""

    data: bytes
    at: datetime = NOW
    trust: Trust | None = None
    evidence: Evidence | None = None
    required: tuple[str, ...] = PERSON
    content: bytes | None = None

    def report(self, house: House) -> Report:
        return validate_any(
            self.data,
            at=self.at,
            trust=self.trust or house.trust,
            policy=Policy(self.required),
            content=self.content,
            evidence=self.evidence,
        )


Make = Callable[[House], Case]


@dataclass(frozen=True)
class Row:
    """`how` the file was made; the verdict and sub-indication it must get; a word that the reasons must contain."""

    name: str
    how: str
    make: Make
    verdict: Verdict
    sub_indication: str = ""
    says: str = ""


def sealed(house: House) -> bytes:
    """Signed by the person and sealed, B-LTA; made once a house."""
    if "sealed" not in house.kept:
        house.kept["sealed"] = house.sealed(signed(house))
    return house.kept["sealed"]


def signed(house: House) -> bytes:
    """Signed by the person, the seal awaited."""
    if "signed" not in house.kept:
        house.kept["signed"] = house.signed_by_person()
    return house.kept["signed"]


def alone(house: House) -> bytes:
    """Signed by the person only, no seal foreseen, B-LTA."""
    if "alone" not in house.kept:
        house.kept["alone"] = house.signed_by_person(with_seal=False)
    return house.kept["alone"]


def altered(alter: Callable[[bytes], bytes]) -> Make:
    """The sealed document after a change to its bytes."""

    def make(house: House) -> Case:
        before = sealed(house)
        after = alter(before)
        assert after != before
        return Case(after, required=BOTH)

    return make


def altered_alone(alter: Callable[[bytes], bytes]) -> Make:
    """The document signed by the person only, after a change to its bytes."""

    def make(house: House) -> Case:
        after = alter(alone(house))
        assert after != alone(house)
        return Case(after)

    return make


def bare(
    house: House,
    certificate: Certificate | None = None,
    *,
    token: bool = True,
    archive: bool = False,
    pdf: bytes | None = None,
) -> bytes:
    """Signed without asking anybody for the certificate's state: B-B or B-T, with an archive timestamp if wanted."""
    prepared = house.prepare_person(certificate, with_seal=False, pdf=pdf)
    made = ceremony.sign(prepared, house.signer, house.authority.timestamps if token else None)
    return archived(house, made) if archive else made


def archived(house: House, data: bytes) -> bytes:
    return ceremony.add_archive_timestamp(data, timestamper=house.authority.timestamps)


def with_list(house: House, data: bytes, **more: object) -> Case:
    """Judged with the revocation list of the day."""
    return Case(data, evidence=Evidence(crls=(house.authority.crl(),)), **more)  # type: ignore[arg-type]

"""Archive timestamps renewed: what a file proves after its first authority's certificate has ended (379/23.2.b)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from antin.regulation import Indeterminate, RuleViolation
from antin.signing import ceremony, revocation
from antin.signing.ceremony.renewal import authorities
from antin.signing.pki.local import LocalRevocation
from antin.signing.revocation import CertificateStatus
from antin.signing.verdict import Policy, Report, validate

from .scene import House, run

BOTH = Policy(("person", "seal"))
BEFORE_THE_END = datetime(2034, 6, 1, tzinfo=UTC)
FIRST_ENDED = datetime(2036, 6, 1, tzinfo=UTC)


def renewed(house: House, pdf: bytes, **wishes: str) -> bytes:
    return ceremony.renewed(
        pdf,
        timestamper=house.authority.timestamps,
        revocation=LocalRevocation(house.authority),
        trust=house.trust,
        **wishes,
    )


def go_to(house: House, instant: datetime) -> None:
    house.clock.advance((instant - house.clock.now()).total_seconds())


def judged(house: House, pdf: bytes, at: datetime) -> Report:
    return validate(pdf, at=at, trust=house.trust, policy=BOTH)


@pytest.mark.clause("379/12.2.b", "379/23.2.b")
def test_renewed_in_time_is_valid_after_the_first_authority_has_ended_and_without_it_indeterminate(
    house: House, tmp_path: Path
) -> None:
    pdf = house.sealed()
    first = judged(house, pdf, house.clock.now())
    assert first.is_valid and first.renew_before is not None and first.renew_before < FIRST_ENDED
    assert set(first.algorithms) == {"RSA 2048", "RSA 3072", "sha256"}
    go_to(house, BEFORE_THE_END)
    house.authority.renew_timestamps()
    longer = renewed(house, pdf)
    assert longer.startswith(pdf) and len(longer) > len(pdf)
    report = judged(house, longer, FIRST_ENDED)
    assert report.is_valid, report
    assert [one.level for one in report.signatures] == ["B-LTA", "B-LTA"] and len(report.timestamps) == 2
    assert report.renew_before is not None and report.renew_before > FIRST_ENDED
    without = judged(house, pdf, FIRST_ENDED)
    assert (without.verdict, without.timestamps[0].sub_indication) == ("indeterminate", "OUT_OF_BOUNDS_NO_POE")
    kept = tmp_path / "longer.pdf"
    kept.write_bytes(longer)
    assert "no syntax or stream encoding errors" in run("qpdf", "--check", kept).stdout.lower()
    told = run("pdfsig", "-nocert", kept).stdout  # it knows no document timestamps
    assert told.count("Signature is Valid") == 2 and told.count("Signature #") == 4


@pytest.mark.clause("379/23.2.b")
def test_renewed_after_the_end_proves_nothing(house: House) -> None:
    pdf = house.sealed()
    go_to(house, BEFORE_THE_END)
    house.authority.renew_timestamps()
    go_to(house, datetime(2035, 6, 1, tzinfo=UTC))
    late = ceremony.add_archive_timestamp(pdf, timestamper=house.authority.timestamps)
    report = judged(house, late, house.clock.now())
    assert report.verdict == "indeterminate"
    assert report.timestamps[0].sub_indication == "OUT_OF_BOUNDS_NO_POE", report


@pytest.mark.clause("379/23.2.b")
def test_renewed_twice_stands_on_the_newest(house: House) -> None:
    once = renewed(house, house.sealed())
    house.clock.advance(86400 * 30)
    twice = renewed(house, once)
    assert twice.startswith(once)
    report = judged(house, twice, house.clock.now())
    assert report.is_valid and len(report.timestamps) == 3


@pytest.mark.clause("379/23.2.b")
def test_renewed_by_a_longer_digest_rests_on_it(house: House) -> None:
    longer = renewed(house, house.sealed(), digest_name="sha512")
    report = judged(house, longer, house.clock.now())
    assert report.is_valid and {"sha512"} < set(report.algorithms)


@pytest.mark.clause("379/12.2.b")
def test_a_file_with_signature_timestamps_alone_gets_its_first_archive_timestamp(house: House) -> None:
    signed = ceremony.sign(
        house.prepare_person(with_seal=False), house.signer, house.authority.timestamps, key_ref="person"
    )
    assert len(authorities(signed)) == 2
    report = validate(renewed(house, signed), at=house.clock.now(), trust=house.trust)
    assert report.is_valid and report.signatures[0].level == "B-LTA"


@pytest.mark.clause("379/9.2")
def test_a_revoked_authority_is_not_built_upon(house: House) -> None:
    pdf = house.sealed()
    house.clock.advance(86400)
    house.authority.revoke(house.authority.published("tsa"))
    with pytest.raises(RuleViolation) as refused:
        renewed(house, pdf)
    assert refused.value.clause == "379/9.2"


@dataclass
class Silent:
    """A status service that gives no answer."""

    def status(self, certificate: bytes, issuer: bytes, others: Sequence[bytes] = ()) -> CertificateStatus:
        return revocation.UNKNOWN


def test_without_the_former_authoritys_state_nothing_is_renewed(house: House) -> None:
    pdf = house.sealed()
    with pytest.raises(Indeterminate):
        ceremony.renewed(pdf, timestamper=house.authority.timestamps, revocation=Silent(), trust=house.trust)


def test_what_is_not_signed_is_not_renewed(house: House) -> None:
    with pytest.raises(ValueError, match="signed"):
        renewed(house, house.pdf)

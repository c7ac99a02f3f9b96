"""When was it signed, and what held then: each situation in time with its verdict (NĐ 68/2024 Article 31, 379/9.2)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from antin.signing import ceremony, certificates, revocation
from antin.signing.ceremony import preparation
from antin.signing.certificates import Certificate
from antin.signing.pki import TimestampAuthority, profiles, status
from antin.signing.pki.profiles import Issuer
from antin.signing.revocation import Evidence
from antin.signing.trust import Trust
from antin.signing.verdict import Policy, Report, Verdict, validate

from .scene import FOUNDED, NOW, House, later

VALID, INVALID, INDETERMINATE = Verdict.VALID, Verdict.INVALID, Verdict.INDETERMINATE
DAY = timedelta(days=1)


@pytest.fixture
def lawless(monkeypatch: pytest.MonkeyPatch) -> None:
    """The ceremony as a program without our rules would hold it."""
    monkeypatch.setattr(preparation, "check_certificate", lambda *_: None)


def check(
    house: House, pdf: bytes, *, at: datetime | None = None, trust: Trust | None = None, **known: bytes
) -> Report:
    evidence = Evidence(
        crls=tuple(v for k, v in known.items() if "crl" in k), ocsps=tuple(v for k, v in known.items() if "ocsp" in k)
    )
    return validate(
        pdf, at=at or house.clock.now(), trust=trust or house.trust, policy=Policy(("person",)), evidence=evidence
    )


def bare(house: House, certificate: Certificate | None = None, *, token: bool = True, archive: bool = False) -> bytes:
    """Signed without asking anybody for the certificate's state: B-B or B-T, with an archive timestamp if wanted."""
    prepared = house.prepare_person(certificate, with_seal=False)
    signed = ceremony.sign(prepared, house.signer, house.authority.timestamps if token else None)
    return ceremony.add_archive_timestamp(signed, timestamper=house.authority.timestamps) if archive else signed


def why(report: Report) -> str:
    return report.signatures[0].sub_indication


@pytest.mark.clause("379/9.2")
def test_signed_before_revocation_stays_valid(house: House):
    pdf = house.signed_by_person(with_seal=False)
    house.clock.advance(10 * 86400)
    house.authority.revoke(house.issued["person"].certificate_der)
    house.clock.advance(86400)
    report = check(house, pdf, issuing_crl=house.authority.crl())
    assert report.verdict is VALID, report
    assert report.signatures[0].status_at_signing == "good"


@pytest.mark.clause("379/9.2")
def test_signed_before_revocation_known_only_by_a_later_revoked_answer_is_valid(house: House):
    pdf = bare(house)
    house.clock.advance(10 * 86400)
    house.authority.revoke(house.issued["person"].certificate_der)
    house.clock.advance(86400)
    report = check(house, pdf, issuing_crl=house.authority.crl())
    assert report.verdict is VALID, report


@pytest.mark.clause("379/9.2")
@pytest.mark.parametrize("archive", [True, False])
def test_revoked_before_signing_is_invalid(house: House, archive: bool):
    house.authority.revoke(house.issued["person"].certificate_der, at=NOW - 5 * DAY)
    report = check(house, bare(house, archive=archive), issuing_crl=house.authority.crl())
    assert (report.verdict, why(report)) == (INVALID, "REVOKED"), report
    assert report.signatures[0].status_at_signing == "revoked"
    assert any("thu hồi" in reason.text() for reason in report.signatures[0].reasons)


def test_revoked_before_signing_by_ocsp_answer_is_invalid(house: House):
    certificate = house.issued["person"]
    house.authority.revoke(certificate.certificate_der, at=NOW - 5 * DAY)
    issuing = certificate.chain_ders[0]
    person, stamps = (
        house.authority.answer_status(revocation.request(asked, issuing, b"0" * 16))
        for asked in (certificate.certificate_der, house.authority.published("tsa"))
    )
    report = check(house, bare(house), person_ocsp=person, stamps_ocsp=stamps)
    assert (report.verdict, why(report)) == (INVALID, "REVOKED")


def test_revocation_outweighs_an_older_good_answer(house: House):
    certificate = house.issued["person"]
    request = revocation.request(certificate.certificate_der, certificate.chain_ders[0], b"0" * 16)
    good = house.authority.answer_status(request)
    house.authority.revoke(certificate.certificate_der, at=NOW - DAY)
    report = check(house, bare(house), good_ocsp=good, issuing_crl=house.authority.crl())
    assert (report.verdict, why(report)) == (INVALID, "REVOKED")


def test_signed_with_an_expired_certificate_is_invalid(house: House, lawless: None):
    old = house.person("old", not_before=FOUNDED, not_after=NOW - DAY)
    report = check(house, bare(house, old, archive=True), issuing_crl=house.authority.crl())
    assert (report.verdict, why(report)) == (INVALID, "EXPIRED")


def test_back_dated_clock_of_the_signer_does_not_help(house: House, lawless: None):
    old = house.person("old", not_before=FOUNDED, not_after=NOW - DAY)
    honest = house.authority.timestamps
    house.clock.advance(-30 * 86400)
    prepared = house.prepare_person(old, with_seal=False)
    house.clock.advance(30 * 86400)
    pdf = ceremony.sign(prepared, house.signer, honest)
    report = check(house, pdf, issuing_crl=house.authority.crl())
    assert (report.verdict, why(report)) == (INVALID, "EXPIRED")


def test_certificate_not_yet_valid_at_signing_is_invalid(house: House, lawless: None):
    young = house.person("young", not_before=NOW + DAY, not_after=NOW + 9 * DAY)
    report = check(house, bare(house, young), at=NOW + 2 * DAY, issuing_crl=house.authority.crl())
    assert (report.verdict, why(report)) == (INVALID, "NOT_YET_VALID")


def test_certificate_expired_since_stays_valid(house: House):
    pdf = house.signed_by_person(with_seal=False)
    report = check(house, pdf, at=later(days=365 * 5))
    assert report.verdict is VALID, report


def test_b_t_after_expiry_with_status_of_its_day_stays_valid(house: House):
    report = check(house, bare(house), at=later(days=365 * 5), issuing_crl=house.authority.crl())
    assert report.verdict is VALID, report


def test_no_status_data_is_indeterminate(house: House):
    report = check(house, bare(house))
    assert report.verdict is INDETERMINATE
    assert not report.is_valid
    root_only = check(house, bare(house), trust=house.trust)
    assert root_only.verdict is INDETERMINATE


def test_status_answer_that_was_stale_at_signing_is_indeterminate(house: House):
    stale = house.authority.crl(at=NOW - 3 * DAY)
    report = check(house, bare(house), issuing_crl=stale)
    assert (report.verdict, report.sub_indication) == (INDETERMINATE, "SIG_CONSTRAINTS_FAILURE") or why(
        report
    ) == "TRY_LATER"


def test_status_answer_fresh_at_signing_suffices(house: House):
    report = check(house, bare(house), issuing_crl=house.authority.crl(at=NOW - DAY / 2))
    assert report.verdict is VALID, report


def test_status_of_the_issuing_authority_missing_is_indeterminate(house: House):
    trust = Trust(house.trust.anchors, house.trust.known)
    report = check(house, bare(house), trust=trust, issuing_crl=house.authority.crl())
    assert report.verdict is INDETERMINATE


def test_revoked_issuing_authority_is_invalid(house: House):
    root = Issuer(
        "root",
        house.authority._issuer("root").certificate,
        house.authority._issuer("root").key,
    )
    state = status.State(
        revoked={f"{house.authority.issuing.certificate.serial_number:x}": (NOW - DAY, "cACompromise")}
    )
    crl = status.revocation_list(root, state, NOW, 30 * DAY)
    report = check(house, bare(house), issuing_crl=house.authority.crl(), root_crl=crl)
    assert not report.is_valid


@pytest.mark.clause("379/12.2.b")
def test_no_timestamp_is_indeterminate(house: House):
    report = check(house, bare(house, token=False), issuing_crl=house.authority.crl())
    assert (report.verdict, why(report)) == (INDETERMINATE, "SIG_CONSTRAINTS_FAILURE")
    assert report.signatures[0].signed_at is None
    assert report.signatures[0].claimed_at == NOW
    assert report.signatures[0].level == "B-B"


def test_document_timestamp_stands_in_for_a_missing_signature_timestamp(house: House):
    report = check(house, bare(house, token=False, archive=True), issuing_crl=house.authority.crl())
    assert report.verdict is VALID, report
    assert report.signatures[0].signed_at == NOW


def test_timestamp_over_something_else_proves_nothing(house: House):
    prepared = house.prepare_person(with_seal=False)
    asked = ceremony.to_be_signed(prepared)
    proven = ceremony.prove(prepared, house.signer.sign("person", asked.data, asked.algorithm))
    pdf = ceremony.embed(prepared, proven, house.authority.timestamps.token(b"\1" * 32))
    report = check(house, pdf, issuing_crl=house.authority.crl())
    assert report.verdict is INDETERMINATE
    assert report.signatures[0].signed_at is None


def test_timestamp_by_an_unknown_authority_proves_nothing(house: House, new_house, look_alike):
    other = new_house(look_alike)
    prepared = house.prepare_person(with_seal=False)
    pdf = ceremony.sign(prepared, house.signer, other.authority.timestamps)
    report = check(house, pdf, issuing_crl=house.authority.crl(), other_crl=other.authority.crl())
    assert report.verdict is not VALID
    assert report.signatures[0].signed_at is None


def test_timestamp_by_a_persons_key_proves_nothing(house: House):
    person = house.issued["person"]
    key = load_pem_private_key(person.key_pem, None)
    false = TimestampAuthority(key, (person.certificate_der, *person.chain_ders[:1]), clock=house.clock)  # type: ignore[arg-type]
    pdf = ceremony.sign(house.prepare_person(with_seal=False), house.signer, false)
    assert check(house, pdf, issuing_crl=house.authority.crl()).verdict is not VALID


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("keyCompromise", INDETERMINATE),
        ("superseded", VALID),
        ("cessationOfOperation", VALID),
        ("unspecified", INDETERMINATE),
    ],
)
def test_revoked_timestamp_authority(house: House, reason: str, expected: Verdict):
    pdf = house.signed_by_person(with_seal=False)
    house.clock.advance(10 * 86400)
    tsa = house.authority.published("tsa")
    state = house.authority.home / "state.json"
    kept = status.State.from_json(state.read_text())
    kept.revoked[certificates.facts(tsa).serial_hex] = (house.clock.now(), reason)
    state.write_text(kept.to_json())
    house.clock.advance(60)
    assert check(house, pdf).verdict is VALID, "not yet known"
    assert check(house, pdf, issuing_crl=house.authority.crl()).verdict is expected


def test_archive_timestamp_renewed_in_time_keeps_the_document_valid(house: House):
    pdf = house.signed_by_person(with_seal=False)
    house.clock.at = later(days=365 * 8)
    renewed = ceremony.add_archive_timestamp(with_status(house, pdf), timestamper=new_tsa(house))
    moment = later(days=365 * 12)
    assert check(house, pdf, at=moment).verdict is INDETERMINATE
    report = check(house, renewed, at=moment, issuing_crl=house.authority.crl())
    assert report.verdict is VALID, report


def with_status(house: House, pdf: bytes) -> bytes:
    return ceremony.add_revocation(pdf, revocation=house.ports.revocation, trust=house.trust)


def new_tsa(house: House) -> TimestampAuthority:
    """The time-stamping authority's next key and certificate."""
    issuing, begun = house.authority.issuing, house.clock.now() - DAY
    key = profiles.new_key("p256")
    name = profiles.subject("MẪU: dấu thời gian 2", organisation="Ấn Tín trình diễn")
    builder = profiles.for_timestamps(profiles.build(name, key, issuing, begun, begun + 2000 * DAY))
    certificate = profiles.finish(profiles.with_addresses(builder, issuing, house.authority.addresses), issuing.key)
    chain = tuple(c.public_bytes(Encoding.DER) for c in (certificate, issuing.certificate))
    return TimestampAuthority(key, chain, clock=house.clock)


@pytest.mark.parametrize(("hours", "word"), [(7, "múi giờ"), (-7, "múi giờ"), (3, "khai lệch")])
def test_claimed_time_that_differs_is_noted(house: House, hours: int, word: str):
    house.clock.advance(hours * 3600)
    prepared = house.prepare_person(with_seal=False)
    house.clock.advance(-hours * 3600)
    report = check(
        house, ceremony.sign(prepared, house.signer, house.authority.timestamps), issuing_crl=house.authority.crl()
    )
    assert report.verdict is VALID
    assert any(word in reason.text() for reason in report.signatures[0].reasons)


def test_verdict_before_the_signature_existed_is_not_valid(house: House):
    pdf = house.signed_by_person(with_seal=False)
    assert check(house, pdf, at=NOW - DAY).verdict is not VALID

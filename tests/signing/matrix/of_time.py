"""When it was signed and what held then: validity, revocation, timestamps, odd clocks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from antin.signing import ceremony, revocation
from antin.signing.pki import status
from antin.signing.pki.profiles import Issuer
from antin.signing.ports import Timestamper
from antin.signing.revocation import Evidence
from antin.signing.trust import Trust
from antin.signing.verdict import Verdict

from ..scene import NOW, House, later
from . import signers
from .case import Case, Row, alone, archived, bare, with_list
from .of_signers import by, ekus, odd

INVALID, INDETERMINATE, VALID = Verdict.INVALID, Verdict.INDETERMINATE, Verdict.VALID
DAY, YEAR = timedelta(days=1), timedelta(days=365)
CONSTRAINTS = "SIG_CONSTRAINTS_FAILURE"


def revoked(days: int, *, archive: bool = True) -> Callable[[House], Case]:
    """Revoked so many days after the signing (before it when negative)."""

    def make(house: House) -> Case:
        data = bare(house, archive=archive)
        at = NOW + days * DAY
        house.authority.revoke(house.issued["person"].certificate_der, at=at)
        house.clock.at = max(NOW, at) + DAY
        return with_list(house, data, at=house.clock.at)

    return make


def revoked_issuer(house: House) -> Case:
    """The issuing authority, and with it the time-stamping authority, was revoked before the signing."""
    root = Issuer("root", house.authority._issuer("root").certificate, house.authority._issuer("root").key)
    serial = f"{house.authority.issuing.certificate.serial_number:x}"
    state = status.State(revoked={serial: (NOW - DAY, "cACompromise")})
    by_root = status.revocation_list(root, state, NOW, 30 * DAY)
    return Case(bare(house), evidence=Evidence(crls=(house.authority.crl(), by_root)))


def list_by(issuer: Callable[[House], Issuer]) -> Callable[[House], Case]:
    """The only status data is a list made by somebody else."""

    def make(house: House) -> Case:
        return Case(
            bare(house), evidence=Evidence(crls=(status.revocation_list(issuer(house), status.State(), NOW, DAY),))
        )

    return make


def answer_by_a_person(house: House) -> Case:
    """The only status data is an OCSP answer signed by a person, whom nobody delegated."""
    held = house.issued["person"]
    request = revocation.request(held.certificate_der, held.chain_ders[0], b"0" * 16)
    state = status.State(issued={held.serial_hex: ""})
    given = status.answer(request, house.authority.issuing.certificate, signers.as_issuer(held), state, NOW, DAY)
    return Case(bare(house), evidence=Evidence(ocsps=(given,)))


def stamped(by_whom: Callable[[House], Timestamper]) -> Callable[[House], Case]:
    """The signature's timestamp made by another."""

    def make(house: House) -> Case:
        prepared = house.prepare_person(with_seal=False)
        return with_list(house, ceremony.sign(prepared, house.signer, by_whom(house)))

    return make


class Elsewhere:
    """Stamps, but something else than asked."""

    longest_s = 1.0

    def __init__(self, house: House) -> None:
        self._stamps = house.authority.timestamps

    def token(self, digest: bytes) -> bytes:
        return self._stamps.token(bytes(32))


def stamped_ahead(house: House) -> Case:
    """The timestamp's instant lies after the instant of judgement."""
    house.clock.at = NOW + DAY
    data = bare(house)
    house.clock.at = NOW
    return with_list(house, data)


def stamped_after_expiry(house: House) -> Case:
    """Signed in time, stamped only after the signer's certificate ended."""
    held = signers.odd(house, ended=NOW + DAY)
    data = signers.by_openssl(house, held)
    house.clock.at = NOW + 2 * DAY
    return with_list(house, archived(house, data), at=house.clock.at)


def stamps_revoked(reason: str) -> Callable[[House], Case]:
    def make(house: House) -> Case:
        data = alone(house)
        state = house.authority.home / "state.json"
        found = status.State.from_json(state.read_text())
        serial = x509.load_der_x509_certificate(house.authority.published("tsa")).serial_number
        house.clock.at = NOW + 10 * DAY
        found.revoked[f"{serial:x}"] = (house.clock.at, reason)
        state.write_text(found.to_json())
        house.clock.at += DAY
        return with_list(house, data, at=house.clock.at)

    return make


def clock_off(hours: int) -> Callable[[House], Case]:
    def make(house: House) -> Case:
        house.clock.at = NOW + timedelta(hours=hours)
        prepared = house.prepare_person(with_seal=False)
        house.clock.at = NOW
        return with_list(house, ceremony.sign(prepared, house.signer, house.authority.timestamps))

    return make


def without_root_list(house: House) -> Case:
    """Nothing is known of the issuing authority's own certificate."""
    trust = Trust(house.trust.anchors, house.trust.known)
    return Case(bare(house), trust=trust, evidence=Evidence(crls=(house.authority.crl(),)))


def stale(house: House) -> Case:
    return Case(bare(house), evidence=Evidence(crls=(house.authority.crl(at=NOW - 3 * DAY),)))


ROWS = [
    Row("certificate: ended before the signing", "ended a day before the proven time", by(odd(begun=NOW - 90 * DAY, ended=NOW - DAY)), INVALID, "EXPIRED"),
    Row("certificate: begins after the signing", "begins a day after the proven time", by(odd(begun=NOW + DAY)), INVALID, "NOT_YET_VALID"),
    Row("certificate: ended since", "judged five years later, B-LTA", lambda h: Case(alone(h), at=NOW + 5 * YEAR), VALID),
    Row("certificate: timestamp after its end", stamped_after_expiry.__doc__ or "", stamped_after_expiry, INVALID, "EXPIRED"),
    Row("revoked: before the signing", "revoked five days before, archived", revoked(-5), INVALID, "REVOKED", "thu hồi"),
    Row("revoked: before the signing, B-T", "revoked five days before, signature timestamp only", revoked(-5, archive=False), INVALID, "REVOKED"),
    Row("revoked: after the signing", "revoked ten days after, archived", revoked(10), VALID),
    Row("revoked: after the signing, B-T", "revoked ten days after, signature timestamp only", revoked(10, archive=False), VALID),
    Row("revoked: issuing authority", revoked_issuer.__doc__ or "", revoked_issuer, INDETERMINATE, "REVOKED_CA_NO_POE"),
    Row("status: none", "no status data anywhere", lambda h: Case(bare(h)), INDETERMINATE),
    Row("status: stale", "a list that ran out before the signing", stale, INDETERMINATE),
    Row("status: none of the authority", without_root_list.__doc__ or "", without_root_list, INDETERMINATE),
    Row("status: list of a look-alike", "a list signed by an authority with our names", list_by(lambda h: signers.elsewhere(h.pdf).authority.issuing), INDETERMINATE),
    Row("status: list by a person", "a list signed by the signer himself", list_by(lambda h: signers.as_issuer(h.issued["person"])), INDETERMINATE),
    Row("status: answer by a person", answer_by_a_person.__doc__ or "", answer_by_a_person, INDETERMINATE),
    Row("timestamp: none", "B-B", lambda h: with_list(h, bare(h, token=False)), INDETERMINATE, CONSTRAINTS),
    Row("timestamp: over something else", "a good token over another digest", stamped(Elsewhere), INDETERMINATE, CONSTRAINTS),
    Row("timestamp: by a look-alike", "a token of an authority with our names", stamped(lambda h: signers.elsewhere(h.pdf).authority.timestamps), INDETERMINATE, CONSTRAINTS),
    Row("timestamp: by a person", "a token signed by a person's key", stamped(lambda h: signers.stamps_by(h, h.issued["person"])), INDETERMINATE, CONSTRAINTS),
    Row("timestamp: by a code signer", "a token by a key for code signing", stamped(lambda h: signers.stamps_by(h, signers.odd(h, more=ekus(ExtendedKeyUsageOID.CODE_SIGNING)))), INDETERMINATE, CONSTRAINTS),
    Row("timestamp: by a key of several purposes", "timeStamping and one purpose more", stamped(lambda h: signers.stamps_by(h, signers.odd(h, more=ekus(ExtendedKeyUsageOID.TIME_STAMPING, ExtendedKeyUsageOID.CODE_SIGNING)))), INDETERMINATE, CONSTRAINTS),
    Row("timestamp: from the future", stamped_ahead.__doc__ or "", stamped_ahead, INDETERMINATE, CONSTRAINTS),
    Row("timestamp: its authority ended, none above", "judged twelve years later", lambda h: Case(alone(h), at=later(days=365 * 12)), INDETERMINATE),
    Row("timestamp: its key was stolen", "the authority revoked for keyCompromise since", stamps_revoked("keyCompromise"), INDETERMINATE),
    Row("timestamp: its key was replaced", "the authority's certificate superseded since", stamps_revoked("superseded"), VALID),
    Row("clock: seven hours ahead", "local time written as UTC", clock_off(7), VALID, "", "múi giờ"),
    Row("clock: three hours ahead", "a wrong clock", clock_off(3), VALID, "", "khai lệch"),
    Row("judged before it was signed", "the instant of judgement lies a day before", lambda h: Case(alone(h), at=NOW - DAY), INDETERMINATE),
]  # fmt: skip

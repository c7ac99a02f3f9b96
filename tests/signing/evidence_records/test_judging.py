"""What an evidence record proves, and everything that makes it prove nothing (RFC 4998 §5.3, 379/23.2.b)."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from tests.signing.scene import NOW, House, later

from antin.regulation import Indeterminate, RuleViolation
from antin.signing import certificates
from antin.signing.evidence_records.judging import Judged
from antin.signing.evidence_records.record import EvidenceRecord
from antin.signing.pki import DemoAuthority
from antin.signing.signed_data import open_signed_data
from antin.signing.trust import Trust

from .conftest import OBJECTS, Records

pytestmark = pytest.mark.clause("379/23.2.b")


def authority_of(record: EvidenceRecord) -> bytes:
    """The certificate of who made the first token."""
    found = open_signed_data(record.chains[0][0].token).certificates
    return next(c for c in found if "timeStamping" in str(x509.load_der_x509_certificate(c).extensions))


def end_of(record: EvidenceRecord) -> timedelta:
    """From now to the end of the first authority's certificate."""
    return certificates.facts(authority_of(record)).not_after - NOW


def test_one_object_under_one_timestamp(records: Records) -> None:
    (record,) = records.first(OBJECTS[:1])
    found = records.judged(record, OBJECTS[0])
    assert (found.why, found.since, len(found.stamps)) == ("", NOW, 1)
    assert found.stamps[0].authority and found.until is not None and "sha256" in found.algorithms
    assert records.judged(record, OBJECTS[1]) == Judged("HASH_FAILURE")


def test_each_of_many_under_one_timestamp_and_none_for_another(records: Records) -> None:
    made = records.first(OBJECTS)
    for number, record in enumerate(made):
        assert records.judged(record, OBJECTS[number]).why == ""
        assert records.judged(record, OBJECTS[number - 2]).why == "HASH_FAILURE"


def test_renewed_in_time_it_outlives_its_first_authority(records: Records) -> None:
    made = records.first(OBJECTS)
    ended = NOW + end_of(made[0]) + timedelta(days=1)
    records.house.clock.advance(86400 * 700)
    records.house.authority.renew_timestamps()
    renewed = records.renewed(made)
    for data, before, after in zip(OBJECTS, made, renewed, strict=True):
        assert records.judged(before, data, at=ended).why == "OUT_OF_BOUNDS_NO_POE"
        found = records.judged(after, data, at=ended)
        assert (found.why, found.since, len(found.stamps)) == ("", NOW, 2)
        assert found.stamps[1].at > found.stamps[0].at


def test_renewed_too_late_it_proves_nothing(records: Records) -> None:
    (record,) = records.first(OBJECTS[:1])
    records.house.clock.advance((end_of(record) + timedelta(days=1)).total_seconds())
    records.house.authority.renew_timestamps()
    try:
        (late,) = records.renewed([record])
    except (Indeterminate, RuleViolation):  # an authority may also refuse to speak of a certificate that has ended
        records.former, (late,) = [], Records(records.house).renewed([record])
    assert records.judged(late, OBJECTS[0]).why == "OUT_OF_BOUNDS_NO_POE"


def test_a_stronger_algorithm_begins_a_chain_that_covers_object_and_chain(records: Records) -> None:
    (record,) = records.first(OBJECTS[:1])
    records.house.clock.advance(3600)
    longer = records.in_new_chain(record, OBJECTS[0])
    found = records.judged(longer, OBJECTS[0])
    assert (found.why, [one.digest_name for one in found.stamps]) == ("", ["sha256", "sha512"])
    assert records.judged(longer, OBJECTS[1]).why == "HASH_FAILURE"
    (other,) = records.first(OBJECTS[:1])
    swapped = EvidenceRecord((other.chains[0], longer.chains[1]))
    assert records.judged(swapped, OBJECTS[0]).why == "HASH_FAILURE", "the new chain covers the old one's very bytes"


def test_a_lost_key_undoes_what_it_stamped_unless_it_was_given_up_in_good_order(
    records: Records, new_house: Callable[[Path], House], founded: Path
) -> None:
    for reason, why in (("keyCompromise", "REVOKED"), ("superseded", "")):
        mine = Records(new_house(founded))
        (record,) = mine.first(OBJECTS[:1])
        mine.house.clock.advance(86400)
        mine.house.authority.revoke(authority_of(record), reason=reason)
        mine.house.authority.renew_timestamps()
        mine.house.clock.advance(86400)
        if why:
            with pytest.raises(RuleViolation):
                mine.renewed([record])
            continue
        (renewed,) = mine.renewed([record])
        assert mine.judged(renewed, OBJECTS[0]).why == why


def test_the_state_of_the_former_authority_is_told_by_the_token_that_renews(records: Records) -> None:
    made = records.first(OBJECTS[:2])
    records.house.clock.advance(86400)
    records.house.authority.renew_timestamps()
    renewed = records.renewed(made)[0]
    carried = open_signed_data(renewed.newest.token)
    assert authority_of(made[0]) in carried.certificates and (carried.ocsps or carried.crls)


def test_who_does_not_trust_the_authority_learns_nothing(records: Records, look_alike: Path) -> None:
    (record,) = records.first(OBJECTS[:1])
    stranger = Trust.from_dir(DemoAuthority.open(look_alike).trust_dir)
    found = records.judged(record, OBJECTS[0], trust=stranger)
    assert found.why and found.since is None and not found.is_broken


def test_timestamps_out_of_order_prove_nothing(records: Records) -> None:
    records.house.clock.advance(86400)
    (record,) = records.first(OBJECTS[:1])
    records.house.clock.advance(-86400)
    (renewed,) = records.renewed([record])
    assert records.judged(renewed, OBJECTS[0], at=later(days=3)).why == "TIMESTAMP_ORDER_FAILURE"
    assert records.judged(record, OBJECTS[0], at=NOW - timedelta(days=1)).why == "TIMESTAMP_ORDER_FAILURE"


def test_every_changed_byte_is_noticed(records: Records) -> None:
    """One bit at every fourth place of a renewed record of several objects: nothing that means anything is unprotected."""
    made = records.first(OBJECTS[:3])
    records.house.clock.advance(3600)
    encoded = records.renewed(made)[0].encoded()
    assert records.judged(encoded, OBJECTS[0]).why == ""
    overlooked = [
        place
        for place in range(0, len(encoded), 4)
        if not records.judged(encoded[:place] + bytes([encoded[place] ^ 1]) + encoded[place + 1 :], OBJECTS[0]).why
    ]
    assert [place for place in overlooked if not counts_unused_bits(encoded, place)] == []


def counts_unused_bits(data: bytes, place: int) -> bool:
    """The octet before a signature's value in a certificate or list, which says that no bit of it is unused: libraries that
    check the signature pass over it."""
    return data[place] == 0 and (
        data[place - 2] == 3
        or data[place - 3 : place - 1].startswith(b"\x03\x81")
        or data[place - 4 : place - 2] == b"\x03\x82"
    )


def test_a_token_whose_status_data_was_taken_out_no_longer_fits_the_one_after(records: Records) -> None:
    (record,) = records.first(OBJECTS[:1])
    bare = Records(records.house)
    records.house.clock.advance(3600)
    (renewed,) = records.renewed([record])
    first = replace(renewed.chains[0][0], token=records.house.authority.timestamps.token(b"\0" * 32))
    assert bare.judged(EvidenceRecord(((first, renewed.chains[0][1]),)), OBJECTS[0]).why == "HASH_FAILURE"


def test_openssl_reads_the_sealed_token_and_agrees(records: Records, tmp_path: Path) -> None:
    (record,) = records.first(OBJECTS[:1])
    token, anchors = tmp_path / "token.der", tmp_path / "anchors.pem"
    token.write_bytes(record.newest.token)
    pems = [x509.load_der_x509_certificate(one).public_bytes(Encoding.PEM) for one in records.house.trust.pool]
    anchors.write_bytes(b"".join(pems))
    told = ["openssl", "cms", "-verify", "-inform", "DER", "-in", str(token), "-CAfile", str(anchors)]
    told += ["-purpose", "timestampsign", "-attime", str(int(NOW.timestamp())), "-out", str(tmp_path / "info.der")]
    done = subprocess.run(told, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    shown = subprocess.run(
        ["openssl", "asn1parse", "-inform", "DER", "-in", str(tmp_path / "info.der")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert hashlib.sha256(OBJECTS[0]).hexdigest().upper() in shown.stdout

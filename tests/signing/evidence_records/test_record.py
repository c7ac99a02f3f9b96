"""The syntax of RFC 4998: what is written is read again, by another reader too; what is not in form is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest
from asn1crypto import algos, cms, core
from hypothesis import given
from hypothesis import strategies as st

from antin.signing import der
from antin.signing.evidence_records import record as syntax
from antin.signing.evidence_records.record import ArchiveTimeStamp, EvidenceRecord

from .conftest import OBJECTS, Records

pytestmark = pytest.mark.clause("379/23.2.b")


class _Group(core.SequenceOf):
    _child_spec = core.OctetString


class _Reduced(core.SequenceOf):
    _child_spec = _Group


class _Stamp(core.Sequence):
    _fields = [
        ("digest_algorithm", algos.DigestAlgorithm, {"implicit": 0, "optional": True}),
        ("attributes", cms.CMSAttributes, {"implicit": 1, "optional": True}),
        ("reduced_hashtree", _Reduced, {"implicit": 2, "optional": True}),
        ("time_stamp", cms.ContentInfo),
    ]


class _Chain(core.SequenceOf):
    _child_spec = _Stamp


class _Chains(core.SequenceOf):
    _child_spec = _Chain


class _Algorithms(core.SequenceOf):
    _child_spec = algos.DigestAlgorithm


class _Record(core.Sequence):
    """The module of RFC 4998 appendix A, written a second time for a general ASN.1 library."""

    _fields = [
        ("version", core.Integer),
        ("digest_algorithms", _Algorithms),
        ("crypto_infos", core.OctetString, {"explicit": 0, "optional": True}),
        ("encryption_info", core.OctetString, {"explicit": 1, "optional": True}),
        ("archive_time_stamp_sequence", _Chains),
    ]


def test_another_reader_sees_the_same(records: Records) -> None:
    made = records.first(OBJECTS)
    records.house.clock.advance(3600)
    ours = records.in_new_chain(records.renewed(made)[1], OBJECTS[1])
    theirs = _Record.load(ours.encoded(), strict=True)
    assert theirs["version"].native == 1
    assert [one["algorithm"].native for one in theirs["digest_algorithms"]] == ["sha256", "sha512"]
    chains = theirs["archive_time_stamp_sequence"]
    assert [len(chain) for chain in chains] == [2, 1]
    for chain, expected in zip(chains, ours.chains, strict=True):
        for stamp, own in zip(chain, expected, strict=True):
            assert stamp["digest_algorithm"]["algorithm"].native == own.digest_name
            assert stamp["time_stamp"].dump() == own.token
            tree = [[one.native for one in group] for group in stamp["reduced_hashtree"] or []]
            assert tree == [list(group) for group in own.reduced]


HASHES = st.binary(min_size=32, max_size=32)
TOKEN = der.sequence(der.oid("1.2.840.113549.1.7.2"))
STAMPS = st.builds(
    ArchiveTimeStamp,
    st.just("sha256"),
    st.lists(st.lists(HASHES, min_size=1, max_size=4).map(tuple), max_size=4).map(tuple),
    st.just(TOKEN),
)


@given(st.lists(st.lists(STAMPS, min_size=1, max_size=3).map(tuple), min_size=1, max_size=3).map(tuple))
def test_what_is_written_is_read_again(chains: tuple[tuple[ArchiveTimeStamp, ...], ...]) -> None:
    record = EvidenceRecord(chains)
    assert EvidenceRecord.parse(record.encoded()) == record


@given(st.binary(max_size=300))
def test_rubbish_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError):
        EvidenceRecord.parse(data)


def _with(version: int = 1, names: bytes | None = None, chains: bytes = b"", more: bytes = b"") -> bytes:
    sha256 = der.sequence(der.oid("2.16.840.1.101.3.4.2.1"))
    return der.sequence(der.integer(version), names or der.sequence(sha256), chains or _sequence(_stamp()), more)


def _sequence(*stamps: bytes) -> bytes:
    return der.sequence(der.sequence(*stamps))


def _stamp(name: str = "2.16.840.1.101.3.4.2.1", tree: bytes = b"", token: bytes = TOKEN, more: bytes = b"") -> bytes:
    return der.sequence(der.tlv(0xA0, der.oid(name)), tree, token, more)


def test_the_plainest_record_is_read() -> None:
    assert EvidenceRecord.parse(_with()).newest == ArchiveTimeStamp("sha256", (), TOKEN)


@pytest.mark.parametrize(
    "data",
    [
        _with() + b"\0",
        _with(version=2),
        _with(names=der.sequence(der.sequence(der.oid("1.3.14.3.2.26")))),
        _with(names=der.sequence(der.sequence(der.oid("2.16.840.1.101.3.4.2.3")))),
        _with(chains=der.sequence()),
        _with(chains=der.sequence(der.sequence())),
        _with(chains=_sequence(_stamp("1.3.14.3.2.26"))),
        _with(chains=_sequence(_stamp(), _stamp("2.16.840.1.101.3.4.2.3"))),
        _with(chains=_sequence(_stamp(tree=der.tlv(0xA2, b"")))),
        _with(chains=_sequence(_stamp(tree=der.tlv(0xA2, der.sequence())))),
        _with(chains=_sequence(_stamp(tree=der.tlv(0xA2, der.sequence(der.octets(b"short")))))),
        _with(chains=_sequence(_stamp(tree=der.tlv(0xA1, der.sequence())))),
        _with(chains=_sequence(_stamp(more=der.NULL))),
        _with(more=der.NULL),
        _with(chains=_sequence(*[_stamp()] * (syntax.MOST_STAMPS + 1))),
        _with(chains=_sequence(_stamp(tree=der.tlv(0xA2, der.sequence(*[der.octets(b"h" * 32)] * 4_001))))),
        b"\x30\x80\x02\x01\x01\x00\x00",
        b"\x30\x84\xff\xff\xff\xff",
    ],
)
def test_out_of_form_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError):
        EvidenceRecord.parse(data)


def test_too_large_is_not_looked_at() -> None:
    with pytest.raises(ValueError, match="too large"):
        EvidenceRecord.parse(bytes(syntax.MOST_BYTES + 1))


def test_a_record_of_one_is_small(records: Records) -> None:
    (record,) = records.first(OBJECTS[:1])
    assert len(record.encoded()) < 12_000
    assert replace(record).encoded() == record.encoded()

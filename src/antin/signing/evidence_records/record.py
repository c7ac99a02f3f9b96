"""The syntax of an evidence record (RFC 4998 §3 and §5), written and read as DER. ValueError for what is not in form.

A chain's timestamps share one digest algorithm, each renewing the one before; a further chain begins where the algorithm
was given up. Fields that we never write (crypto and encryption infos, attributes) are refused: nothing here is passed over.
"""

from __future__ import annotations

from dataclasses import dataclass

from antin.signing import cms, der
from antin.signing.evidence_records.tree import Reduced

DIGEST_NAMES = tuple(cms.DIGESTS.values())
MOST_BYTES = 4 * 1024 * 1024
MOST_STAMPS = 500
MOST_HASHES = 4_000
_SIZES = {"sha256": 32, "sha384": 48, "sha512": 64}


@dataclass(frozen=True, slots=True)
class ArchiveTimeStamp:
    """One timestamp over the root of a tree; `reduced` is empty where the tree is the object alone. `token` is a ContentInfo."""

    digest_name: str
    reduced: Reduced
    token: bytes

    def encoded(self) -> bytes:
        tree = der.tlv(0xA2, b"".join(der.sequence(*map(der.octets, group)) for group in self.reduced))
        algorithm = der.tlv(0xA0, _algorithm(self.digest_name)[2:])
        return der.sequence(algorithm, tree if self.reduced else b"", self.token)


Chain = tuple[ArchiveTimeStamp, ...]


@dataclass(frozen=True, slots=True)
class EvidenceRecord:
    chains: tuple[Chain, ...]

    @property
    def newest(self) -> ArchiveTimeStamp:
        return self.chains[-1][-1]

    def encoded(self) -> bytes:
        names = tuple(dict.fromkeys(chain[0].digest_name for chain in self.chains))
        return der.sequence(der.integer(1), der.sequence(*map(_algorithm, names)), sequence_of(self.chains))

    @staticmethod
    def parse(data: bytes) -> EvidenceRecord:
        if len(data) > MOST_BYTES:
            raise ValueError("the evidence record is too large")
        outer = der.Reader(data)
        body = outer.inside()
        outer.finish()
        if body.integer() != 1:
            raise ValueError("version of the evidence record")
        names, listed = [], body.inside()
        while listed.more():
            names.append(_name(listed.raw(der.SEQUENCE)))
        chains, sequence = [], body.inside()
        body.finish()
        while sequence.more():
            chains.append(_chain(sequence.inside()))
        if not chains or names != list(dict.fromkeys(chain[0].digest_name for chain in chains)):
            raise ValueError("the digest algorithms named are not those used")
        if sum(map(len, chains)) > MOST_STAMPS:
            raise ValueError("too many timestamps in the evidence record")
        return EvidenceRecord(tuple(chains))


def sequence_of(chains: tuple[Chain, ...]) -> bytes:
    """An ArchiveTimeStampSequence: what a new chain's first hash covers (RFC 4998 §5.2)."""
    return der.sequence(*(der.sequence(*(stamp.encoded() for stamp in chain)) for chain in chains))


def _chain(reader: der.Reader) -> Chain:
    stamps = []
    while reader.more():
        stamps.append(_stamp(reader.inside()))
    if not stamps or len({stamp.digest_name for stamp in stamps}) != 1:
        raise ValueError("a chain has timestamps, all of one digest algorithm")
    return tuple(stamps)


def _stamp(reader: der.Reader) -> ArchiveTimeStamp:
    name = _name(der.tlv(der.SEQUENCE, reader.content(0xA0)))
    groups: list[tuple[bytes, ...]] = []
    if reader.peek() == 0xA2:
        tree = reader.inside(0xA2)
        while tree.more():
            groups.append(_group(tree.inside(), _SIZES[name]))
        if not groups or sum(map(len, groups)) > MOST_HASHES:
            raise ValueError("a reduced hash tree has groups, and not too many hashes")
    token = reader.raw(der.SEQUENCE)
    reader.finish()
    return ArchiveTimeStamp(name, tuple(groups), token)


def _group(reader: der.Reader, size: int) -> tuple[bytes, ...]:
    hashes = []
    while reader.more():
        hashes.append(reader.content(der.OCTET_STRING))
    if not hashes or any(len(one) != size for one in hashes):
        raise ValueError("a group has hashes of its chain's algorithm")
    return tuple(hashes)


def _algorithm(name: str) -> bytes:
    """Without parameters (RFC 5754 §2)."""
    return der.sequence(der.oid(next(oid for oid, known in cms.DIGESTS.items() if known == name)))


def _name(algorithm: bytes) -> str:
    reader = der.Reader(algorithm).inside()
    name = cms.DIGESTS.get(reader.oid(), "")
    if reader.more() and reader.raw() != der.NULL:
        raise ValueError("parameters of a digest algorithm")
    reader.finish()
    if not name:
        raise ValueError("a digest algorithm other than SHA-2")
    return name

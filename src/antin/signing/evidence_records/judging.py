"""Whether an evidence record proves that an object existed, and since when (RFC 4998 §5.3).

The newest timestamp is judged at the instant of the check, each older one at the instant that the one after it proves. All
must hold: a record renewed too late, or whose parts do not fit, proves nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from antin.signing import certificates, token
from antin.signing.evidence_records.record import ArchiveTimeStamp, EvidenceRecord, sequence_of
from antin.signing.evidence_records.tree import root_of
from antin.signing.revocation import Evidence
from antin.signing.signed_data import Flaw
from antin.signing.verdict.proven_time import Scene, is_orderly, token_trust


@dataclass(frozen=True, slots=True)
class Stamped:
    """One timestamp of the record: the authority's instant and name."""

    at: datetime
    authority: str
    digest_name: str


@dataclass(frozen=True, slots=True)
class Judged:
    """`why` is "" when the record proves that the object existed at `since`; else a sub-indication (EN 319 102-1).

    `stamps`: oldest first, as far as they could be read. `until`: the first end in the newest timestamp's chain;
    `algorithms`: keys and digests that it rests on.
    """

    why: str
    stamps: tuple[Stamped, ...] = ()
    until: datetime | None = None
    algorithms: tuple[str, ...] = ()

    @property
    def since(self) -> datetime | None:
        return self.stamps[0].at if not self.why else None

    @property
    def is_broken(self) -> bool:
        """The record does not fit the object or itself, whomever one trusts."""
        return self.why in (Flaw.FORMAT, Flaw.HASH, Flaw.CRYPTO)


def judge(record: bytes, data: bytes, scene: Scene) -> Judged:
    """Judges the record of this object. Never raises for what stands in it; its own status data counts."""
    try:
        parsed = EvidenceRecord.parse(record)
        read = [(stamp, token.read(stamp.token)) for chain in parsed.chains for stamp in chain]
        roots = list(_roots(parsed, data))
    except ValueError:
        return Judged(Flaw.FORMAT)
    if not all(
        root is not None and token.covers(facts, root, stamp.digest_name)
        for (stamp, facts), root in zip(read, roots, strict=True)
    ):
        return Judged(Flaw.HASH)
    scene = replace(scene, evidence=scene.evidence + _carried([facts for _stamp, facts in read]))
    try:
        return _judged(read, scene)
    except Exception:  # certificates and answers inside have many ways not to be readable; all mean the same here
        return Judged(Flaw.FORMAT)


def _roots(record: EvidenceRecord, data: bytes) -> Iterator[bytes | None]:
    """What each timestamp must cover, oldest first; None where a tree does not hold its object."""
    for number, chain in enumerate(record.chains):
        name = chain[0].digest_name
        leaf = hashlib.new(name, data).digest()
        if number:
            earlier = hashlib.new(name, sequence_of(record.chains[:number])).digest()
            leaf = hashlib.new(name, leaf + earlier).digest()
        for stamp in chain:
            yield _root(stamp, leaf)
            leaf = hashlib.new(name, stamp.token).digest()


def _root(stamp: ArchiveTimeStamp, leaf: bytes) -> bytes | None:
    try:
        return root_of(leaf, stamp.reduced, stamp.digest_name)
    except ValueError:
        return None


def _carried(read: list[token.TokenFacts]) -> Evidence:
    found = Evidence()
    for facts in read:
        found = found + Evidence(facts.signed.ocsps, facts.signed.crls, facts.signed.certificates)
    return found


def _judged(read: list[tuple[ArchiveTimeStamp, token.TokenFacts]], scene: Scene) -> Judged:
    proof: datetime | None = None
    stamps: list[Stamped] = []
    until, algorithms, why = None, (), ""
    for stamp, facts in reversed(read):
        failed, chain = token_trust(facts, scene, proof)
        if chain is None:
            why = why or failed or Flaw.NO_CERTIFICATE
            stamps.append(Stamped(facts.at, "", stamp.digest_name))
            continue
        if not is_orderly(facts.signed, scene):
            why = why or Flaw.FORMAT
        named = [certificates.facts(one) for one in chain.certificates]
        if until is None:
            until = min(one.not_after for one in named)
            algorithms = tuple(sorted({facts.digest_name, facts.signed.digest_name, *(one.key for one in named)}))
        stamps.append(Stamped(facts.at, named[0].subject_name, stamp.digest_name))
        proof = facts.at
    return Judged(why, tuple(reversed(stamps)), until, algorithms)

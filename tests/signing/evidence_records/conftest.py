"""An authority with a clock of its own, and records made by it: of one object, of many, renewed, in a new chain."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import pytest
from tests.signing.scene import House

from antin.signing.evidence_records import sealing, tree
from antin.signing.evidence_records.judging import Judged, judge
from antin.signing.evidence_records.record import ArchiveTimeStamp, EvidenceRecord, sequence_of
from antin.signing.pki.local import LocalRevocation
from antin.signing.revocation import Evidence
from antin.signing.signed_data import open_signed_data
from antin.signing.trust import Trust
from antin.signing.verdict.proven_time import Scene

OBJECTS = tuple(f"Đầu sổ cái số {number}".encode() for number in range(5))


@dataclass
class Records:
    """Makes records as `heads` does, without a database."""

    house: House
    former: list[bytes] = field(default_factory=list)

    def token(self, digest: bytes) -> bytes:
        return sealing.sealed(
            self.house.authority.timestamps.token(digest),
            revocation=LocalRevocation(self.house.authority),
            trust=self.house.trust,
            former=tuple(self.former),
        )

    def first(self, objects: Sequence[bytes], name: str = "sha256") -> list[EvidenceRecord]:
        root, reduced = tree.build([hashlib.new(name, one).digest() for one in objects], name)
        token = self.token(root)
        return [EvidenceRecord(((ArchiveTimeStamp(name, way, token),),)) for way in reduced]

    def renewed(self, records: Sequence[EvidenceRecord]) -> list[EvidenceRecord]:
        name = records[0].newest.digest_name
        tokens = list(dict.fromkeys(one.newest.token for one in records))
        self.former = [c for token in tokens for c in open_signed_data(token).certificates]
        root, reduced = tree.build([hashlib.new(name, token).digest() for token in tokens], name)
        token = self.token(root)
        ways = dict(zip(tokens, reduced, strict=True))
        return [
            EvidenceRecord((*r.chains[:-1], (*r.chains[-1], ArchiveTimeStamp(name, ways[r.newest.token], token))))
            for r in records
        ]

    def in_new_chain(self, record: EvidenceRecord, data: bytes, name: str = "sha512") -> EvidenceRecord:
        earlier = hashlib.new(name, sequence_of(record.chains)).digest()
        leaf = hashlib.new(name, hashlib.new(name, data).digest() + earlier).digest()
        return EvidenceRecord((*record.chains, (ArchiveTimeStamp(name, (), self.token(leaf)),)))

    def judged(
        self, record: EvidenceRecord | bytes, data: bytes, *, at: datetime | None = None, trust: Trust | None = None
    ) -> Judged:
        encoded = record if isinstance(record, bytes) else record.encoded()
        scene = Scene(trust or self.house.trust, Evidence(), Evidence(), at or self.house.clock.now())
        return judge(encoded, data, scene)


@pytest.fixture
def records(house: House) -> Records:
    return Records(house)

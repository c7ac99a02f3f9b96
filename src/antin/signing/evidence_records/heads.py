"""The ledger's signed heads under evidence records: stamped as the ledger grows, renewed before what they rest on ends.

Every digest in the ledger (pages, attachments, receipts, acts) is thereby proven to have existed, by an authority's word and
for as long as somebody renews (379/23.2.b, RFC 4998). The network is asked outside of transactions.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from antin.ledger import acts as ledger
from antin.ledger import queries as ledger_queries
from antin.regulation import Indeterminate, RuleViolation
from antin.rulebook import queries as rulebook
from antin.signing import ports, rules
from antin.signing.archival.surveying import end_of
from antin.signing.evidence_records import judging, sealing, tree
from antin.signing.evidence_records.record import ArchiveTimeStamp, Chain, EvidenceRecord, sequence_of
from antin.signing.models import HeadProof
from antin.signing.revocation import Evidence
from antin.signing.signed_data import open_signed_data
from antin.signing.verdict.proven_time import Scene
from antin.sql import insert_once
from antin.values import N_, Actor

log = logging.getLogger("antin.signing.evidence")

SYSTEM = Actor.system("signing")
EVERY = timedelta(hours=1)
TOGETHER = 2_000
"""So many heads are renewed under one timestamp; the largest of their reduced trees has eleven hashes."""
NOT_PROVEN = N_("Bằng chứng của đầu nhật ký không kiểm tra được ({why}).")


def stamp_due() -> int:
    """Stamps the newest head when an hour has passed since the last one and something happened; 1 or 0."""
    house = ports.bound()
    now, head = house.clock.now(), ledger_queries.head()
    last = HeadProof.objects.order_by("-size").first()
    if head is None or (last is not None and (head.size <= last.size + 1 or now < last.since + EVERY)):
        return 0  # our own entry about the last stamp is no news
    digest = rules.digest_for_renewal(_ends(), now + house.archive_margin)
    imprint = hashlib.new(digest, head.note.encode()).digest()
    record = EvidenceRecord(((ArchiveTimeStamp(digest, (), _token(imprint)),),))
    return _stamped(head.size, head.note, record)


def renew_due() -> int:
    """Renews, under one timestamp, the heads whose time has come; how many hold longer now."""
    house = ports.bound()
    now = house.clock.now()
    rows = [row for row in _ending(now + house.archive_margin) if row.next_try_at <= now]
    if not rows:
        return 0
    digest = rules.digest_for_renewal(_ends(), now + house.archive_margin)
    ready = [following for row in rows if (following := _next(row, digest, now)) is not None]
    return _renewed(ready, digest, now) if ready else 0


def judged(row: HeadProof) -> judging.Judged:
    """The row's record judged now, by the house's trust."""
    house = ports.in_force()
    scene = Scene(house.trust, Evidence(crls=house.trust.crls), Evidence(), house.clock.now())
    return judging.judge(bytes(row.record), row.note.encode(), scene)


def _ending(before: datetime) -> list[HeadProof]:
    """Those that end first: by the certificates of their newest timestamp, or by an algorithm that is given up."""
    by_certificate = HeadProof.objects.filter(certificate_until__lte=before)
    day = before.date()
    given_up = [name for name in _known_algorithms() if (end := rulebook.algorithm_end(name)) and end <= day]
    found = by_certificate | HeadProof.objects.filter(algorithms__overlap=given_up) if given_up else by_certificate
    return list(found.order_by("certificate_until", "size")[:TOGETHER])


def _known_algorithms() -> set[str]:
    return {name for names in HeadProof.objects.values_list("algorithms", flat=True).distinct() for name in names}


@dataclass(frozen=True, slots=True)
class _Next:
    """A row with its record sealed, and what the next timestamp must cover of it."""

    row: HeadProof
    chains: tuple[Chain, ...]
    leaf: bytes
    is_new_chain: bool


def _renewed(ready: Sequence[_Next], digest: str, now: datetime) -> int:
    """All under one token. What failed is noted and tried again; the records stand as they did."""
    former = [c for one in ready for c in open_signed_data(one.chains[-1][-1].token).certificates]
    root, reduced = tree.build([one.leaf for one in ready], digest)
    try:
        token = _token(root, tuple(dict.fromkeys(former)))
    except (Indeterminate, RuleViolation) as failed:
        _put_off([one.row for one in ready], failed, now)
        return 0
    count = 0
    for one, way in zip(ready, reduced, strict=True):
        try:
            count += _kept(one, ArchiveTimeStamp(digest, way, token), now)
        except (Indeterminate, RuleViolation) as failed:
            _put_off([one.row], failed, now)
    return count


def _next(row: HeadProof, digest: str, now: datetime) -> _Next | None:
    """None for a record that proves nothing any more: it stays as it is, with the reason told."""
    try:
        _must_hold(row)
    except Indeterminate as failed:
        _put_off([row], failed, now)
        return None
    chains = EvidenceRecord.parse(bytes(row.record)).chains
    last = chains[-1]
    if last[0].digest_name != digest:
        data = hashlib.new(digest, row.note.encode()).digest()
        earlier = hashlib.new(digest, sequence_of(chains)).digest()
        return _Next(row, chains, hashlib.new(digest, data + earlier).digest(), is_new_chain=True)
    return _Next(row, chains, hashlib.new(digest, last[-1].token).digest(), is_new_chain=False)


def _token(digest: bytes, former: tuple[bytes, ...] = ()) -> bytes:
    """A timestamp with the present state of the authorities' certificates inside; Indeterminate, RuleViolation."""
    house = ports.in_force()
    token = (house.patient or house.timestamper).token(digest)
    return sealing.sealed(token, revocation=house.revocation, trust=house.trust, former=former)


def _ends() -> dict[str, date | None]:
    return {name: rulebook.algorithm_end(name) for name in rules.DIGESTS}


@transaction.atomic
def _stamped(size: int, note: str, record: EvidenceRecord) -> int:
    row = HeadProof(size=size, note=note, record=record.encoded(), next_try_at=ports.bound().clock.now())
    found = _must_hold(row)
    assert found.since is not None and found.until is not None
    row.since, row.authority = found.since, found.stamps[0].authority
    row.certificate_until, row.algorithms = found.until, list(found.algorithms)
    if not insert_once(row):  # another worker was quicker
        return 0
    _enter("signing.head.stamped", row, {"size": size})
    return 1


@transaction.atomic
def _kept(one: _Next, stamp: ArchiveTimeStamp, now: datetime) -> int:
    """The longer record in the place of the former, which is its beginning; 0 when another worker was quicker."""
    row = HeadProof.objects.select_for_update().get(pk=one.row.pk)
    if bytes(row.record) != bytes(one.row.record):
        return 0
    chains = (*one.chains, (stamp,)) if one.is_new_chain else (*one.chains[:-1], (*one.chains[-1], stamp))
    row.record = EvidenceRecord(chains).encoded()
    found = _must_hold(row)
    assert found.until is not None
    held = end_of(row.certificate_until, row.algorithms)
    rules.holds_longer(held, end_of(found.until, list(found.algorithms)))
    row.certificate_until, row.algorithms = found.until, list(found.algorithms)
    row.renewals, row.renewed_at, row.next_try_at = row.renewals + 1, now, now
    row.tries, row.trouble, row.trouble_facts = 0, "", {}
    row.save()
    _enter("signing.head.renewed", row, {"size": row.size, "renewal": row.renewals})
    return 1


def _must_hold(row: HeadProof) -> judging.Judged:
    found = judged(row)
    if found.why:
        raise Indeterminate(
            "379/23.2.b", NOT_PROVEN, N_("Kiểm tra đơn vị cấp dấu thời gian và kho tin cậy."), why=found.why
        )
    return found


def _enter(act: str, row: HeadProof, facts: dict[str, object]) -> None:
    ledger.append(
        act,
        SYSTEM,
        object_kind="ledger",
        object_id=None,
        facts={**facts, "record": hashlib.sha256(bytes(row.record)).hexdigest()},
        detail={"authority": row.authority},
        clause="379/23.2.b",
    )


def _put_off(rows: Sequence[HeadProof], failed: Indeterminate | RuleViolation, now: datetime) -> None:
    for row in rows:
        HeadProof.objects.filter(pk=row.pk).update(
            tries=row.tries + 1,
            trouble=failed.reason,
            trouble_facts={name: str(value) for name, value in failed.facts.items()},
            next_try_at=rules.next_renewal_try(now, row.tries),
        )

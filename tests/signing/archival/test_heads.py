"""The ledger's heads under evidence records: stamped as it grows, renewed together before they end (379/23.2.b, RFC 4998)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from antin.ledger import acts as ledger_acts
from antin.ledger import note
from antin.ledger import queries as ledger
from antin.regulation import Indeterminate
from antin.signing import ports
from antin.signing.evidence_records import heads, judging
from antin.signing.evidence_records.record import EvidenceRecord
from antin.signing.models import HeadProof
from antin.signing.revocation import Evidence
from antin.signing.verdict.proven_time import Scene
from antin.values import N_
from world import World

from .conftest import Ahead

pytestmark = pytest.mark.clause("379/23.2.b", "379/5.3", "379/24.3")
MID_2030 = datetime(2030, 6, 1, tzinfo=UTC)
FIRST_ENDED = datetime(2037, 6, 1, tzinfo=UTC)


def integrated() -> None:
    while ledger_acts.integrate():
        pass


def judged(row: HeadProof, at: datetime) -> judging.Judged:
    scene = Scene(ports.bound().trust, Evidence(), Evidence(), at)
    return judging.judge(bytes(row.record), row.note.encode(), scene)


def stamp(world: World, ahead: Ahead) -> HeadProof:
    """Something happens, an hour passes, the head is stamped."""
    world.issued()
    integrated()
    ahead.clock.advance(3601)
    assert heads.stamp_due() == 1
    integrated()
    return HeadProof.objects.latest("size")


def test_a_head_is_stamped_once_an_hour_when_something_happened(world: World, ahead: Ahead) -> None:
    row = stamp(world, ahead)
    head = note.open_checkpoint(row.note, note.VerifierKey.parse(ledger.log_key()))
    assert head.size == row.size and row.since == ahead.clock.now().replace(microsecond=row.since.microsecond)
    assert judged(row, ahead.clock.now()).since == row.since
    entry = next(e for e in ledger.recent(acts=["signing.head.stamped"]))
    assert entry.facts["size"] == row.size and entry.detail["authority"] == row.authority
    assert heads.stamp_due() == 0, "the hour is not over"
    ahead.clock.advance(3601)
    assert heads.stamp_due() == 0, "nothing but our own entry is new"
    world.issued()
    integrated()
    assert heads.stamp_due() == 1
    assert heads.renew_due() == 0


def test_an_authority_that_is_away_holds_nothing_up(world: World, ahead: Ahead) -> None:
    class Away:
        longest_s = 1.0

        def token(self, digest: bytes) -> bytes:
            raise Indeterminate("379/12.2.b", N_("Không đơn vị cấp dấu thời gian nào trả lời."))

    world.issued()
    integrated()
    ports.bind(replace(ports.bound(), timestamper=Away()))
    with pytest.raises(Indeterminate):  # the worker logs it and tries again
        heads.stamp_due()
    assert not HeadProof.objects.exists()
    ahead.bind()
    assert heads.stamp_due() == 1


def test_heads_are_renewed_together_and_outlive_their_first_authority(world: World, ahead: Ahead) -> None:
    before = [stamp(world, ahead) for _ in range(3)]
    ahead.go_to(MID_2030)
    ahead.renew_authority()
    assert heads.renew_due() == 3 and heads.renew_due() == 0
    for former in before:
        row = HeadProof.objects.get(pk=former.pk)
        assert judged(former, FIRST_ENDED).why == "OUT_OF_BOUNDS_NO_POE"
        assert judged(row, FIRST_ENDED).since == former.since == row.since
        assert row.renewals == 1 and row.certificate_until > former.certificate_until
        first, second = EvidenceRecord.parse(bytes(row.record)).chains[0]
        assert EvidenceRecord(((first,),)).encoded() == bytes(former.record), "the former record is the beginning"
        assert second.reduced, "three under one timestamp"
    tokens = {EvidenceRecord.parse(bytes(row.record)).newest.token for row in HeadProof.objects.all()}
    assert len(tokens) == 1
    assert len(ledger.recent(acts=["signing.head.renewed"])) == 3


def test_what_holds_no_longer_is_not_kept_and_the_reason_told(world: World, ahead: Ahead) -> None:
    row = stamp(world, ahead)
    record = bytes(row.record)
    ahead.go_to(MID_2030)  # the same authority with the same certificate: nothing is won
    assert heads.renew_due() == 0
    row.refresh_from_db()
    assert bytes(row.record) == record and row.tries == 1 and "không giữ được lâu hơn" in row.trouble
    assert row.next_try_at > ahead.clock.now()
    ahead.renew_authority()
    ahead.clock.advance(timedelta(days=1).total_seconds())
    assert heads.renew_due() == 1
    row.refresh_from_db()
    assert row.trouble == ""


def test_a_record_that_was_touched_is_told_and_not_prolonged(world: World, ahead: Ahead) -> None:
    row, other = stamp(world, ahead), stamp(world, ahead)
    HeadProof.objects.filter(pk=row.pk).update(note=other.note)
    ahead.go_to(MID_2030)
    ahead.renew_authority()
    assert heads.renew_due() == 1
    row.refresh_from_db()
    assert row.renewals == 0 and row.trouble_facts == {"why": "HASH_FAILURE"}

"""Signed, waiting for its timestamp: no authority holds a signature up, nothing is lost, nobody signs twice (379/12.2.b)."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from antin.documents import acts as documents_acts
from antin.documents import queries as documents
from antin.documents.facts import RenditionKind
from antin.ledger import queries as ledger
from antin.registry import acts, faults, queries
from antin.registry.models import AwaitedTimestamp
from antin.signing import ports
from antin.signing import queries as signing
from antin.signing.verdict import Policy
from antin.web.words import told
from world import CLERK, SIGNATORY, World, refused

from . import device as devices
from .stamping import Stamping, authorities
from .test_concurrency import at_once
from .test_crash import done, killed_at

PERSON_ONLY = Policy(required=("person",), complete=False)


def due_now() -> None:
    AwaitedTimestamp.objects.filter(state="waiting").update(next_try_at=timezone.now() - timedelta(seconds=1))


def signed_meanwhile(world: World, stamping: Stamping) -> UUID:
    """Signed by the person while the authority is down."""
    stamping.up = False
    found = world.signed()
    stamping.up = True
    return found


def verdict_of(document_id: UUID, kind: RenditionKind = RenditionKind.SIGNED) -> str:
    kept = documents.rendition_bytes(document_id, kind)
    assert kept is not None
    return signing.validate(kept[0], policy=PERSON_ONLY).verdict


@pytest.mark.clause("379/12.2.b")
def test_sign_authority_answers_is_finished_at_once(world: World) -> None:
    found = world.signed()
    assert not queries.awaits_timestamp(found)
    assert verdict_of(found) == "valid"
    assert done(found)["registry.document.signed"] == done(found)["signing.token.attached"] == 1


@pytest.mark.clause("379/12.2.b", "379/13.5")
def test_sign_authority_down_then_up_is_completed_without_the_person(world: World) -> None:
    with authorities(world) as (only,):
        found = signed_meanwhile(world, only)
        view = documents.document(world.actor(SIGNATORY), found)
        assert view.state == "signed" and view.number == 1
        waiting = queries.awaited_timestamp(world.actor(SIGNATORY), found)
        assert waiting is not None and waiting.kind == "signed" and waiting.tries == 1 and waiting.trouble
        assert [row.id for row in queries.signed_awaiting_timestamp(world.actor(SIGNATORY))] == [found]
        assert verdict_of(found) == "indeterminate"  # never called valid without its time
        assert documents_acts.obligations(document_id=found) and acts.attach_due() == 0  # not its turn yet
        due_now()
        assert acts.attach_due() == 1
        assert queries.awaited_timestamp(world.actor(SIGNATORY), found) is None
        assert verdict_of(found) == "valid"
        assert not documents_acts.obligations(document_id=found)
        assert done(found)["registry.document.signed"] == done(found)["signing.token.attached"] == 1


class Failing:
    """A timestamper that fails in a way nobody foresaw."""

    longest_s = 1.0

    def token(self, digest: bytes) -> bytes:
        raise IndexError(f"{len(digest)} bytes, and none of them was expected")


@pytest.mark.clause("379/12.2.b")
def test_sign_an_unforeseen_fault_is_logged_and_tried_again_and_the_person_is_done(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    usual = ports.bound()
    ports.bind(replace(usual, timestamper=Failing(), patient=None))
    try:
        found = world.signed()
        due_now()
        assert acts.attach_due() == 1
    finally:
        ports.bind(usual)
    waiting = queries.awaited_timestamp(world.actor(SIGNATORY), found)
    assert waiting is not None and waiting.tries == 2 and "IndexError" in caplog.text
    due_now()
    assert acts.attach_due() == 1 and verdict_of(found) == "valid"


class Watching:
    """A patient timestamper that takes long, and sees until when its worker alone may ask."""

    longest_s = 18 * 60.0

    def __init__(self, world: World) -> None:
        self._world = world
        self.leases: list[timedelta] = []

    def token(self, digest: bytes) -> bytes:
        self.leases.append(AwaitedTimestamp.objects.get().next_try_at - timezone.now())
        return self._world.authority.pki.timestamps.token(digest)


@pytest.mark.clause("379/12.2.b")
def test_a_lease_outlasts_every_authority_asked_for_both_tokens(world: World) -> None:
    with authorities(world, 3) as three:
        patient = ports.bound().patient
        assert patient is not None and patient.longest_s == pytest.approx(3 * 3.0 * 2)
        for one in three:
            one.up = False
        found = world.signed()
    watching = Watching(world)
    usual = ports.bound()
    ports.bind(replace(usual, patient=watching))
    try:
        due_now()
        assert acts.attach_due() == 1 and not queries.awaits_timestamp(found)
    finally:
        ports.bind(usual)
    assert watching.leases and min(watching.leases) > 2 * timedelta(seconds=watching.longest_s)


@pytest.mark.clause("379/12.2.b", "379/13.5")
def test_the_ledger_names_the_authority_that_gave_the_token(world: World) -> None:
    found = world.signed()
    entry = next(row for row in ledger.history(found) if row.act == "signing.token.attached")
    kept = documents.rendition_bytes(found, RenditionKind.SIGNED)
    assert kept is not None and len(str(entry.facts["authority"])) == 64
    (signature,) = signing.validate(kept[0], policy=PERSON_ONLY).signatures
    assert entry.detail["authority"] == signature.timestamp_authority != ""


@pytest.mark.clause("379/9.2", "379/13.4", "379/12.2.b")
def test_a_certificate_revoked_before_its_timestamp_is_said_by_name_and_the_document_can_be_abandoned(
    world: World,
) -> None:
    with authorities(world) as (only,):
        found = signed_meanwhile(world, only)
        signatory = world.actor(SIGNATORY)
        certificate = signing.certificate_for("person", signatory.person_id, "sign")
        assert certificate is not None
        world.authority.pki.revoke(certificate.der)
        asked = only.asked
        try:
            for _ in range(3):
                due_now()
                assert acts.attach_due() == 1
            assert only.asked == asked  # no token is taken for a page that can't be finished
            waiting = queries.awaited_timestamp(signatory, found)
            assert waiting is not None and waiting.trouble_facts["name"]
            shown = told(waiting.trouble, waiting.trouble_facts)
            assert waiting.trouble_facts["name"] in shown and "{" not in shown
            with refused("379/12.2.b"):
                acts.seal(actor=world.actor(CLERK), document_id=found)
            acts.refer_defect(
                actor=world.actor(CLERK), document_id=found, kind="content", words="Chứng thư bị thu hồi (mẫu)."
            )
            world.confirm(SIGNATORY, "settle_defect", world.digest(found))
            acts.settle_defect(actor=signatory, document_id=found, outcome="abandon", reason="Ký lại (mẫu).")
            assert documents.document(signatory, found).state == "abandoned"
            assert AwaitedTimestamp.objects.get().state == "ended"
        finally:
            world.authority.renew(certificate.key_ref)


@pytest.mark.clause("379/12.2.b")
@pytest.mark.parametrize(
    "rubbish", [b"", b"<html>busy</html>", b"0\x03\x02\x01\x00", b"0\x80\x00", b"\x30\x84\xff\xff\xff\xff"]
)
def test_sign_authority_answering_rubbish_leaves_the_signature_standing(world: World, rubbish: bytes) -> None:
    with authorities(world) as (only,):
        only.rubbish = rubbish
        found = world.signed()
        waiting = queries.awaited_timestamp(world.actor(SIGNATORY), found)
        assert waiting is not None and waiting.trouble
        only.rubbish = None
        due_now()
        assert acts.attach_due() == 1
        assert verdict_of(found) == "valid"


@pytest.mark.clause("379/12.2.b", "379/13.4")
def test_seal_and_issue_wait_for_the_timestamp(world: World) -> None:
    with authorities(world) as (only,):
        found = signed_meanwhile(world, only)
        clerk = world.actor(CLERK)
        with refused("379/12.2.b"):
            acts.seal(actor=clerk, document_id=found)
        due_now()
        acts.attach_due()
        only.up = False
        world.confirm(CLERK, "seal", world.digest(found))
        assert acts.seal(actor=clerk, document_id=found).state == "sealed"
        with refused("379/12.2.b"):
            acts.issue(actor=clerk, document_id=found)
        assert documents.document(clerk, found).state == "sealed"
        only.up = True
        due_now()
        acts.attach_due()
        world.confirm(CLERK, "issue", world.digest(found))
        assert acts.issue(actor=clerk, document_id=found).state == "issued"
        sealed = documents.rendition_bytes(found, RenditionKind.SEALED)
        assert (
            sealed is not None
            and signing.validate(sealed[0], policy=Policy(required=("person", "seal"))).verdict == "valid"
        )


@pytest.mark.clause("379/12.2.b")
def test_sign_slow_authority_holds_nobody_longer_than_its_deadline(world: World) -> None:
    with authorities(world, wait_s=0.4) as (only,):
        only.slow_s = 1.5
        found = world.prepared()
        begun = time.monotonic()
        assert acts.sign(actor=world.actor(SIGNATORY), document_id=found).state == "signed"
        assert time.monotonic() - begun < 1.4
        assert queries.awaits_timestamp(found)
        due_now()
        assert acts.attach_due() == 1  # the worker waits longer than a person
        assert verdict_of(found) == "valid"


@pytest.mark.clause("379/12.2.b")
def test_sign_trickling_authority_is_cut_off_at_its_deadline(world: World) -> None:
    with authorities(world, wait_s=0.4) as (only,):
        only.trickle = True
        found = world.prepared()
        begun = time.monotonic()
        acts.sign(actor=world.actor(SIGNATORY), document_id=found)
        assert time.monotonic() - begun < 2.0
        assert queries.awaits_timestamp(found)


@pytest.mark.clause("379/12.2.b")
def test_sign_first_of_two_authorities_down_takes_the_second(world: World) -> None:
    with authorities(world, 2) as (first, second):
        first.up = False
        one = world.signed()
        assert not queries.awaits_timestamp(one) and (first.asked, second.asked) == (1, 1)
        world.confirm(CLERK, "seal", world.digest(one))
        acts.seal(actor=world.actor(CLERK), document_id=one)
        assert first.asked == 1 and second.asked == 3  # the dead one is asked last for a while


@pytest.mark.clause("379/12.2.b", "379/13.5")
def test_device_authority_down_keeps_what_the_device_made(world: World) -> None:
    mine = devices.given(world)
    found = devices.prepared(world)
    with authorities(world) as (only,):
        only.up = False
        ticket = devices.opened(world, found)
        value = mine.value(world, ticket)
        acts.take_device_signature(
            actor=world.actor(SIGNATORY), ticket_id=ticket.id, origin=devices.ORIGIN, value=value
        )
        assert documents.document(world.actor(SIGNATORY), found).state == "signed" and queries.awaits_timestamp(found)
        only.up = True
        due_now()
        acts.attach_due()
        assert verdict_of(found) == "valid"


@pytest.mark.clause("379/12.2.b")
@pytest.mark.parametrize("point", [p for p in faults.POINTS if p.startswith("timestamp.")])
def test_timestamp_killed_is_asked_for_again_and_attached_once(committed_world: World, point: str) -> None:
    world = committed_world
    with authorities(world) as (only,):
        found = signed_meanwhile(world, only)
        due_now()
        killed_at(world, point, acts.attach_due)
        after = point == "timestamp.after_commit"
        assert queries.awaits_timestamp(found) != after
        assert documents.document(world.actor(SIGNATORY), found).state == "signed"
        assert acts.attach_due() == 0  # its lease is not over
        due_now()
        assert acts.attach_due() == (0 if after else 1)
        assert not queries.awaits_timestamp(found) and verdict_of(found) == "valid"
        assert done(found)["registry.document.signed"] == done(found)["signing.token.attached"] == 1


@pytest.mark.clause("379/12.2.b")
def test_sign_killed_after_its_commit_is_timestamped_by_the_worker(committed_world: World) -> None:
    world = committed_world
    with authorities(world):
        found = world.prepared()
        signatory = world.actor(SIGNATORY)
        killed_at(world, "sign.after_commit", lambda: acts.sign(actor=signatory, document_id=found))
        assert queries.awaits_timestamp(found)
        due_now()
        acts.attach_due()
        assert verdict_of(found) == "valid" and done(found)["registry.document.signed"] == 1


@pytest.mark.clause("379/12.2.b")
def test_attach_two_workers_at_once_ask_once(committed_world: World) -> None:
    world = committed_world
    with authorities(world) as (only,):
        found = signed_meanwhile(world, only)
        only.asked, only.slow_s = 0, 0.3
        due_now()
        assert sorted(at_once([acts.attach_due, acts.attach_due])) == [0, 1]  # type: ignore[type-var]
        assert only.asked == 1 and done(found)["signing.token.attached"] == 1


@pytest.mark.clause("379/13.4", "379/12.2.b")
def test_abandoned_meanwhile_asks_no_more(world: World) -> None:
    with authorities(world) as (only,):
        found = signed_meanwhile(world, only)
        acts.refer_defect(actor=world.actor(CLERK), document_id=found, kind="content", words="Sai số liệu mẫu.")
        world.confirm(SIGNATORY, "settle_defect", world.digest(found))
        acts.settle_defect(
            actor=world.actor(SIGNATORY), document_id=found, outcome="abandon", reason="Soạn văn bản khác."
        )
        due_now()
        assert acts.attach_due() == 0 and AwaitedTimestamp.objects.get().state == "ended"
        assert "signing.token.attached" not in {row.act for row in ledger.history(found)}

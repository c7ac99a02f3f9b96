"""Stored documents keep their proof of time: found in time, renewed beside the original, once (379/23.2.b, 379/24.3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from antin.documents import acts as documents_acts
from antin.documents import queries as documents
from antin.documents import rules as documents_rules
from antin.documents.facts import DecisionFacts, RenditionKind
from antin.ledger import queries as ledger
from antin.signing import ports
from antin.signing import queries as signing
from antin.signing.archival import follow, queries, renewing, surveying
from antin.signing.models import ArchiveProof, ValidationReport
from antin.signing.verdict import Policy, validate
from disposal import destroy
from world import CENTRE, CLERK, World, refused

from .conftest import Ahead, surveyed

RSA_ENDS = datetime(2030, 12, 31, 16, 59, 59, 999999, tzinfo=UTC)
MID_2030 = datetime(2030, 6, 1, tzinfo=UTC)
FIRST_ENDED = datetime(2037, 6, 1, tzinfo=UTC)
BOTH = Policy(("person", "seal"))


def proof(document_id: UUID) -> ArchiveProof:
    return ArchiveProof.objects.get(document_id=document_id)


def verdict(pdf: bytes, at: datetime) -> str:
    return validate(pdf, at=at, trust=ports.bound().trust, policy=BOTH).verdict


@pytest.mark.clause("379/23.2.b")
def test_an_issued_document_is_watched_and_left_alone_until_the_margin(world: World, ahead: Ahead) -> None:
    found = world.issued()
    surveyed()
    row = proof(found)
    assert row.state == "standing" and row.holds_until == RSA_ENDS  # its RSA 2048 ends before its certificate
    assert row.certificate_until is not None and row.certificate_until > RSA_ENDS
    assert renewing.renew_due() == 0
    ahead.go_to(RSA_ENDS - timedelta(days=366))
    assert renewing.renew_due() == 0
    assert queries.summary().by_year == ((2030, 1),) and queries.summary().due == 0


@pytest.mark.clause("379/23.2.b", "379/24.3", "379/17.2", "379/12.2.b")
def test_due_is_renewed_once_beside_the_original_and_proves_its_time_when_the_first_authority_has_ended(
    world: World, ahead: Ahead
) -> None:
    found = world.issued()
    surveyed()
    original = world.pdf(found)
    ahead.go_to(MID_2030)
    ahead.renew_authority()
    assert renewing.renew_due() == 1 and renewing.renew_due() == 0
    assert world.pdf(found) == original, "what was sealed is kept as it was"
    renewed, rendition = documents.pdf(world.actor(CLERK), found)
    assert rendition.kind == RenditionKind.RENEWED and renewed.startswith(original)
    assert (verdict(original, FIRST_ENDED), verdict(renewed, FIRST_ENDED)) == ("indeterminate", "valid")
    (renewal,) = queries.renewals(world.actor(CLERK), found)
    assert (renewal.held_until, renewal.holds_until.year) == (RSA_ENDS, 2035)
    entry = next(e for e in ledger.history(found) if e.act == "signing.token.attached" and e.facts["kind"] == "archive")
    assert entry.facts["digest_after"] == rendition.digest == renewal.digest_after
    assert entry.facts["digest_before"] == renewal.digest_before and entry.detail["authority"] == renewal.authority
    report = signing.latest_report(found)
    assert report is not None and report.digest == rendition.digest and report.verdict == "valid"
    ahead.go_to(
        datetime(2035, 6, 1, tzinfo=UTC)
    )  # and again within the margin of the new one: nothing longer is to be had
    assert renewing.renew_due() == 1 and proof(found).renewals == 1


@pytest.mark.clause("379/23.2.b")
def test_a_received_document_is_renewed_as_well(world: World, ahead: Ahead) -> None:
    found = world.registered(world.original())
    surveyed()
    ahead.go_to(MID_2030)
    ahead.renew_authority()
    while renewing.renew_due():
        pass
    kept = documents.newest_final(found)
    assert kept is not None and kept.kind == RenditionKind.RENEWED
    assert world.pdf(found) == world.original()


@pytest.mark.clause("379/23.2.b")
def test_what_holds_no_longer_is_not_kept_and_tried_ever_more_rarely(world: World, ahead: Ahead) -> None:
    found = world.issued()
    surveyed()
    ahead.go_to(MID_2030)
    before = documents.renditions(world.actor(CLERK), found)
    assert renewing.renew_due() == 1 and renewing.renew_due() == 0
    row = proof(found)
    assert row.tries == 1 and row.trouble and row.next_try_at == MID_2030 + timedelta(minutes=10)
    assert documents.renditions(world.actor(CLERK), found) == before and row.holds_until == RSA_ENDS
    assert queries.summary().troubles[0].document_id == found and queries.late_count() == 1
    for _ in range(12):
        ahead.go_to(proof(found).next_try_at)
        renewing.renew_due()
    assert proof(found).next_try_at - ahead.clock.now() == timedelta(days=1)
    ahead.renew_authority()
    ahead.go_to(proof(found).next_try_at)
    assert renewing.renew_due() == 1 and proof(found).renewals == 1 and queries.late_count() == 0


class Silent:
    """No authority answers, in a way nobody foresaw."""

    longest_s = 1.0

    def token(self, digest: bytes) -> bytes:
        raise IndexError(len(digest))


@pytest.mark.clause("379/23.2.b")
def test_an_unforeseen_fault_is_logged_and_the_next_document_gets_its_turn(
    world: World, ahead: Ahead, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = world.issued(), world.issued()
    surveyed()
    ahead.go_to(MID_2030)
    ahead.renew_authority()
    usual = ports.bound()
    ports.bind(replace(usual, timestamper=Silent()))
    assert renewing.renew_due() == 1 and "IndexError" in caplog.text
    ports.bind(usual)
    assert renewing.renew_up_to(10) == (1, 1), "the one that failed waits for its turn"
    ahead.clock.advance(3600)
    assert renewing.renew_up_to(10) == (1, 1)
    assert proof(first).renewals == proof(second).renewals == 1


@pytest.mark.clause("379/23.2.b")
def test_a_run_is_bounded(world: World, ahead: Ahead) -> None:
    for _ in range(3):
        world.issued()
    surveyed()
    ahead.go_to(MID_2030)
    ahead.renew_authority()
    assert renewing.renew_up_to(2) == (2, 2) and queries.summary().due == 1


@pytest.mark.clause("379/21.2.a", "379/21.3", "379/23.2.b")
def test_an_impounded_document_is_renewed_beside_its_pages_and_comes_back_unchanged(world: World, ahead: Ahead) -> None:
    found = world.issued()
    surveyed()
    decision = DecisionFacts("Uỷ ban Kiểm tra (mẫu)", "15-QĐ/UBKTTW", world.today())
    inspector = "kiem.tra.tw"
    world.confirm(inspector, "impound", documents_rules.scope_digest(decision, [found]))
    order = documents_acts.impound(
        actor=world.actor(inspector),
        owner_id=world.organisation(CENTRE),
        decision=decision,
        document_ids=[found],
        reason="Phục vụ kiểm tra (mẫu)",
    )
    ahead.go_to(MID_2030)
    ahead.renew_authority()
    assert renewing.renew_due() == 1 and proof(found).renewals == 1
    with refused("379/21.3"):
        documents.document(world.actor(CLERK), found)
    lifting = replace(decision, number="16-QĐ/UBKTTW")
    scope = documents.impoundment(world.actor(inspector), order).scope_digest
    world.confirm(inspector, "lift_impoundment", scope)
    documents_acts.lift_impoundment(actor=world.actor(inspector), order_id=order, decision=lifting)
    assert documents.pdf(world.actor(CLERK), found)[1].kind == RenditionKind.RENEWED


@pytest.mark.clause("379/20.2", "379/23.2.b")
def test_a_destroyed_document_is_watched_no_longer(world: World, ahead: Ahead) -> None:
    found = world.registered(world.original())
    surveyed()
    assert proof(found).state == "standing"
    destroy(world, found)
    ahead.go_to(MID_2030)
    ahead.renew_authority()
    row = proof(found)
    renewing.renew_up_to(5)
    assert proof(found).renewals == row.renewals == 0
    surveyed()
    assert proof(found).state == "ended" and documents.newest_final(found).kind == RenditionKind.RECEIVED  # type: ignore[union-attr]


@pytest.mark.clause("379/24.3", "379/23.2.b")
def test_a_changed_catalogue_of_algorithms_moves_the_ends_without_reading_a_file(world: World, ahead: Ahead) -> None:
    found = world.issued()
    surveyed()
    ArchiveProof.objects.filter(document_id=found).update(
        catalogue="0" * 64, holds_until=datetime(2034, 1, 1, tzinfo=UTC)
    )
    assert surveying.survey_due() == 1 and surveying.survey_due() == 0
    assert proof(found).holds_until == RSA_ENDS


@pytest.mark.clause("379/23.2.b")
def test_without_a_valid_signature_there_is_nothing_to_renew_and_it_is_looked_at_again(
    world: World, ahead: Ahead
) -> None:
    found = world.issued()
    surveyed()
    ArchiveProof.objects.filter(document_id=found).update(state="noted", holds_until=None)
    ahead.go_to(FIRST_ENDED)  # nobody renewed: its time is proven by nothing any more
    ValidationReport.objects.filter(document_id=found).delete()
    assert surveying.survey_due() == 1 and surveying.survey_due() == 0
    row = proof(found)
    assert row.state == "unproven" and row.trouble_facts["why"] == "EXPIRED"
    assert row.next_try_at == FIRST_ENDED + timedelta(days=30)


def test_following_twice_notes_a_document_once(world: World, ahead: Ahead) -> None:
    world.issued()
    surveyed()
    assert follow.follow_once() == 0 and ArchiveProof.objects.count() == 1


@pytest.mark.clause("379/4.4")
def test_the_overview_is_for_who_watches(world: World, ahead: Ahead) -> None:
    assert queries.overview(world.actor("quan.tri.tw")).watched == 0
    with refused("379/4.4"):
        queries.overview(world.actor(CLERK))


@pytest.mark.clause("379/23.2.b")
def test_of_two_workers_that_had_asked_the_second_changes_nothing(world: World, ahead: Ahead) -> None:
    found = world.issued()
    surveyed()
    ahead.go_to(MID_2030)
    ahead.renew_authority()
    row = proof(found)
    first, second = renewing._longer(row), renewing._longer(row)
    assert first is not None and second is not None
    assert renewing._keep(row, first) and not renewing._keep(row, second)
    assert proof(found).renewals == 1 and len(queries.renewals(world.actor(CLERK), found)) == 1

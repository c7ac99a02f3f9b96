"""How long each stored file's proof of time holds: read from its kept report, or from the file when there is none."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from antin.documents import queries as documents
from antin.documents.facts import RenditionView
from antin.rulebook import queries as rulebook
from antin.signing import ports, queries, rules
from antin.signing.lifecycle import ARCHIVE_PROOF
from antin.signing.models import ArchiveProof
from antin.signing.verdict import Policy, Report
from antin.values import N_
from antin.vault import queries as vault

log = logging.getLogger("antin.signing.archival")

BATCH = 50
LEASE = timedelta(minutes=10)
NOTHING = N_("Không có chữ ký hợp lệ kèm dấu thời gian để gia hạn ({why}).")
UNEXPECTED = N_("Lỗi ngoài dự kiến; hệ thống thử lại, quản trị xem log.")
ENDED_CUSTODY = {"destroyed", "expelled"}


def survey_due(limit: int = BATCH) -> int:
    """Surveys what is new, what had nothing to prolong a month ago, and what an older catalogue judged; how many."""
    return _survey_new(limit) + recount(limit)


def _survey_new(limit: int) -> int:
    count = 0
    while count < limit and (row := _claimed()) is not None:
        count += 1
        try:
            _survey(row)
        except Exception:  # one file that can't be read holds up no other
            log.exception("the proof of time of %s could not be surveyed", row.document_id)
            put_off(row, UNEXPECTED, {}, ports.bound().clock.now())
    return count


@transaction.atomic
def _claimed() -> ArchiveProof | None:
    now = ports.bound().clock.now()
    waiting = ArchiveProof.objects.select_for_update(skip_locked=True).filter(
        state__in=["noted", "unproven"], next_try_at__lte=now
    )
    row = waiting.order_by("next_try_at").first()
    if row is not None:
        row.next_try_at = now + LEASE
        row.save(update_fields=["next_try_at"])
    return row


def _survey(row: ArchiveProof) -> None:
    final = documents.newest_final(row.document_id)
    if final is None or documents.facts(row.document_id).custody in ENDED_CUSTODY:
        _end(row)
        return
    report = report_on(row.document_id, final)
    now = ports.bound().clock.now()
    with transaction.atomic():
        locked = ArchiveProof.objects.select_for_update().get(pk=row.pk)
        if report.is_valid and report.renew_before is not None:
            locked.state = ARCHIVE_PROOF.step(locked.state, "survey_proof(holds)").to
            hold(locked, report)
            locked.trouble, locked.trouble_facts, locked.tries, locked.next_try_at = "", {}, 0, now
        else:
            locked.state = ARCHIVE_PROOF.step(locked.state, "survey_proof(nothing)").to
            locked.trouble, locked.trouble_facts = NOTHING, {"why": report.sub_indication or "NO_SIGNATURE"}
            locked.next_try_at = now + rules.LOOK_AGAIN
        locked.digest, locked.surveyed_at = final.digest, now
        locked.save()


def report_on(document_id: UUID, final: RenditionView) -> Report:
    """The kept report when it is about this very file and tells the algorithms; else one made now and kept nowhere."""
    kept = queries.latest_report(document_id)
    if kept is not None and kept.digest == final.digest and kept.report.is_valid and kept.report.algorithms:
        return kept.report
    if final.content_id is None:
        raise RuntimeError("a kept rendition without its content")
    return queries.validate(vault.read(final.content_id), policy=Policy(required=()))


def hold(row: ArchiveProof, report: Report) -> None:
    """Writes into the row what the report says of the newest timestamp, by the catalogue in force."""
    assert report.renew_before is not None
    row.certificate_until, row.algorithms = report.renew_before, list(report.algorithms)
    row.catalogue = rulebook.algorithm_policy()
    row.holds_until = end_of(report.renew_before, row.algorithms)


def end_of(certificate_until: datetime, algorithms: list[str]) -> datetime:
    return rules.proof_end(certificate_until, [rulebook.algorithm_end(name) for name in algorithms])


@transaction.atomic
def recount(limit: int = BATCH) -> int:
    """The catalogue of algorithms changed: ends are reckoned anew from what is known of each file; how many."""
    present = rulebook.algorithm_policy()
    stale = ArchiveProof.objects.select_for_update(skip_locked=True).filter(
        Q(catalogue__lt=present) | Q(catalogue__gt=present), state="standing"
    )
    rows = list(stale.order_by("id")[:limit])
    for row in rows:
        assert row.certificate_until is not None
        row.catalogue, row.holds_until = present, end_of(row.certificate_until, row.algorithms)
    ArchiveProof.objects.bulk_update(rows, ["catalogue", "holds_until"])
    return len(rows)


def put_off(row: ArchiveProof, trouble: str, facts: dict[str, str], now: datetime) -> None:
    """Tried again later, ever more rarely, once a day at last."""
    ArchiveProof.objects.filter(Q(pk=row.pk) & ~Q(state="ended")).update(
        tries=row.tries + 1,
        trouble=trouble,
        trouble_facts=facts,
        next_try_at=rules.next_renewal_try(now, row.tries),
    )


@transaction.atomic
def _end(row: ArchiveProof) -> None:
    locked = ArchiveProof.objects.select_for_update().get(pk=row.pk)
    locked.state = ARCHIVE_PROOF.step(locked.state, "end_proof").to
    locked.save(update_fields=["state"])

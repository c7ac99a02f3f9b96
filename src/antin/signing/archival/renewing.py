"""Archive timestamps renewed before the former ends; the file as it was stays and is the beginning of the new one.

The network is asked outside every transaction. What comes back is judged in the sandbox before it is kept: it must begin
with the stored file, be valid, and hold longer. Rendition, report, renewal, ledger entry and the next end commit at once;
killed anywhere, the lease runs out and the document is tried again (379/23.2.b, 379/24.3, ETSI EN 319 142-1 §5.5).
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from antin.documents import acts as documents_acts
from antin.documents import queries as documents
from antin.documents.facts import RenditionKind, RenditionView
from antin.ledger import acts as ledger
from antin.regulation import Indeterminate, RuleViolation
from antin.rulebook import queries as rulebook
from antin.signing import acts, ceremony, ports, queries, rules
from antin.signing.archival import surveying
from antin.signing.lifecycle import ARCHIVE_PROOF
from antin.signing.models import ArchiveProof, ArchiveRenewal
from antin.signing.verdict import Policy, Report
from antin.values import Actor
from antin.vault import queries as vault

log = logging.getLogger("antin.signing.archival")

SYSTEM = Actor.system("signing")
SPARE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Longer:
    """A file with its new timestamp, judged: the stored one it begins with, its report, when its proof ends."""

    former: RenditionView
    data: bytes
    report: Report


def renew_due() -> int:
    """Renews the one that ends first of those whose time has come; answers how many were tried, 0 or 1."""
    row = _claimed()
    if row is None:
        return 0
    _tried(row)
    return 1


def renew_up_to(limit: int) -> tuple[int, int]:
    """Renews at most so many; how many were tried and how many now hold longer. For the command."""
    tried = renewed = 0
    while tried < limit and (row := _claimed()) is not None:
        tried += 1
        renewed += _tried(row)
    return tried, renewed


@transaction.atomic
def _claimed() -> ArchiveProof | None:
    house = ports.bound()
    now = house.clock.now()
    due = ArchiveProof.objects.select_for_update(skip_locked=True).filter(
        state="standing", holds_until__lte=now + house.archive_margin, next_try_at__lte=now
    )
    row = due.order_by("holds_until").first()
    if row is not None:
        row.next_try_at = now + timedelta(seconds=(house.patient or house.timestamper).longest_s) + SPARE
        row.save(update_fields=["next_try_at"])
    return row


def _tried(row: ArchiveProof) -> bool:
    """One attempt. What failed is noted and tried again, never lost; the stored file stands as it did."""
    now = ports.bound().clock.now()
    try:
        longer = _longer(row)
        return longer is not None and _keep(row, longer)
    except (Indeterminate, RuleViolation) as failed:
        surveying.put_off(row, failed.reason, {name: str(value) for name, value in failed.facts.items()}, now)
    except Exception:  # whatever it is, the next document is not held up
        log.exception("the archive timestamp of %s could not be renewed", row.document_id)
        surveying.put_off(row, surveying.UNEXPECTED, {}, now)
    return False


def _longer(row: ArchiveProof) -> Longer | None:
    """The renewed file. None when there is no such document any more: the follower ends its watch."""
    final = documents.newest_final(row.document_id)
    facts = documents.facts(row.document_id)
    if final is None or final.content_id is None or facts.custody in surveying.ENDED_CUSTODY:
        return None
    house = ports.in_force()
    before = surveying.report_on(row.document_id, final)
    rules.still_proven(before.verdict, before.sub_indication)
    stored = vault.read(final.content_id)
    ends = {name: rulebook.algorithm_end(name) for name in rules.DIGESTS}
    data = ceremony.renewed(
        stored,
        timestamper=house.patient or house.timestamper,
        revocation=house.revocation,
        trust=house.trust,
        digest_name=rules.digest_for_renewal(ends, house.clock.now() + house.archive_margin),
    )
    rules.begins_with(stored, data)
    roles = tuple(sorted({one.role for one in before.signatures if one.role}))
    report = queries.validate(data, policy=Policy(required=roles))
    rules.still_proven(report.verdict, report.sub_indication)
    return Longer(final, data, report)


@transaction.atomic
def _keep(row: ArchiveProof, longer: Longer) -> bool:
    """The renewed file beside the former one, which is not touched; False when another worker was quicker."""
    facts = documents_acts.locked(document_id=row.document_id)
    locked = ArchiveProof.objects.select_for_update().get(pk=row.pk)
    newest = documents.newest_final(row.document_id)
    if facts.custody in surveying.ENDED_CUSTODY or newest is None or newest.digest != longer.former.digest:
        return False
    held_until = locked.holds_until
    assert held_until is not None
    locked.state = ARCHIVE_PROOF.step(locked.state, "attach_timestamp_token").to
    if longer.report.renew_before is not None:
        surveying.hold(locked, longer.report)
    rules.holds_longer(held_until, locked.holds_until)
    kept = documents_acts.keep_rendition(
        document_id=row.document_id,
        kind=RenditionKind.RENEWED,
        data=longer.data,
        pages=longer.former.pages,
        anchors=dict(longer.former.anchors or {}),
    )
    now = ports.bound().clock.now()
    locked.renewals += 1
    locked.digest, locked.surveyed_at, locked.next_try_at = kept.digest, now, now
    locked.tries, locked.trouble, locked.trouble_facts = 0, "", {}
    locked.save()
    acts.keep_report(row.document_id, longer.report)
    _record(locked, longer, kept, held_until)
    return True


def _record(row: ArchiveProof, longer: Longer, kept: RenditionView, held_until: datetime) -> None:
    authority = longer.report.timestamps[-1]
    assert row.holds_until is not None and kept.id is not None
    ArchiveRenewal.objects.create(
        document_id=row.document_id,
        ordinal=row.renewals,
        rendition_id=kept.id,
        digest_before=longer.former.digest,
        digest_after=kept.digest,
        authority=authority.signer_name,
        held_until=held_until,
        holds_until=row.holds_until,
        at=ports.bound().clock.now(),
    )
    ledger.append(
        "signing.token.attached",
        SYSTEM,
        object_kind="document",
        object_id=row.document_id,
        organisation_id=row.organisation_id,
        facts={
            "kind": "archive",
            "digest_before": longer.former.digest,
            "digest_after": kept.digest,
            "authority": authority.certificate_fingerprint,
            "holds_until": row.holds_until.isoformat(),
            "renewal": row.renewals,
        },
        detail={"authority": authority.signer_name},
        clause="379/23.2.b",
    )

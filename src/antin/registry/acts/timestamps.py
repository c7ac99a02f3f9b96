"""Timestamps of signatures that are kept already: asked for until an authority gives one (379/12.2.b, 379/13.5).

`sign` and `seal` commit the signature first and hang the wish for its timestamp on it (`await_timestamp`); then they try
once (`attach_now`), each authority waited for briefly. What got none is completed by the worker (`attach_due`), which
waits long. Whoever asks holds a lease, so two workers never ask for the same; the token, with the data for verifiers,
commits at once with the renewed page. Killed anywhere, the wish stands and is asked for again.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from antin.documents import acts as documents
from antin.documents import rules as documents_rules
from antin.documents.facts import RenditionKind
from antin.ledger import acts as ledger
from antin.registry import ceremonies, rules
from antin.registry.faults import reach
from antin.registry.lifecycle import TIMESTAMP
from antin.registry.models import AwaitedTimestamp
from antin.registry.rules.timestamps import next_timestamp_try, timestamp_lease
from antin.regulation import Indeterminate, RuleViolation
from antin.signing import ceremony, certificates, ports, token
from antin.signing.ports import Timestamper
from antin.values import N_, Actor, sha256_hex

log = logging.getLogger("antin.registry.timestamps")

OBLIGATION = "timestamp"
UNEXPECTED = N_("Lỗi ngoài dự kiến khi gắn dấu thời gian; hệ thống thử lại, quản trị xem log.")
SYSTEM = Actor.system("signing")
SHORT_LEASE = timedelta(seconds=60)


def await_timestamp(
    *,
    actor: Actor,
    act: str,
    document_id: UUID,
    organisation_id: UUID,
    kind: RenditionKind,
    signed: ceremonies.SignedPage,
) -> UUID | None:
    """Inside the transaction of the signature: its timestamp is owed from now on. None when it is there already."""
    if signed.timed:
        return None
    now = timezone.now()
    row = AwaitedTimestamp.objects.create(
        document_id=document_id,
        organisation_id=organisation_id,
        person_id=actor.person_id,
        kind=kind,
        own=signed.own,
        hole_start=signed.hole[0],
        hole_end=signed.hole[1],
        digest_before=signed.digest,
        state=TIMESTAMP.step("", act).to,
        since=now,
        next_try_at=now + SHORT_LEASE,
    )
    documents.hang_obligation(document_id=document_id, kind=OBLIGATION, key=str(row.pk))
    return row.pk


def attach_now(awaited_id: UUID | None) -> bool:
    """One short try right after the signature; without an answer the worker goes on. True when it is attached."""
    return awaited_id is not None and _tried(AwaitedTimestamp.objects.get(pk=awaited_id), ports.bound().timestamper)


def attach_due() -> int:
    """Completes one timestamp whose turn it is; a job of the worker. Answers how many were tried, 0 or 1."""
    with transaction.atomic():
        now = timezone.now()
        row = (
            AwaitedTimestamp.objects.select_for_update(skip_locked=True)
            .filter(state="waiting", next_try_at__lte=now)
            .order_by("next_try_at")
            .first()
        )
        if row is None:
            return 0
        house = ports.bound()
        timestamper = house.patient or house.timestamper
        row.next_try_at = now + timestamp_lease(timestamper.longest_s)
        row.save(update_fields=["next_try_at"])
    _tried(row, timestamper)
    return 1


def end_timestamp(document_id: UUID) -> None:
    """Nothing is asked for any more: the document was abandoned. Joins the transaction."""
    for row in AwaitedTimestamp.objects.select_for_update().filter(document_id=document_id, state="waiting"):
        row.state, row.closed_at = TIMESTAMP.step(row.state, "settle_defect(abandon)").to, timezone.now()
        row.save(update_fields=["state", "closed_at"])
        documents.take_down_obligation(document_id=document_id, kind=OBLIGATION, key=str(row.pk))


def _tried(row: AwaitedTimestamp, timestamper: Timestamper) -> bool:
    """One attempt, the network outside every transaction. What failed is noted and tried again, never lost."""
    reach("timestamp.before_token")
    witness = _Witness(timestamper)
    try:
        attached = _completed(row, witness)
    except (Indeterminate, RuleViolation) as failed:
        _put_off(row, failed.reason, failed.facts)
        return False
    except Exception:  # whatever it is, the signature stands: nobody is told of a fault for what is tried again
        log.exception("the timestamp of %s could not be attached", row.document_id)
        _put_off(row, UNEXPECTED, {})
        return False
    reach("timestamp.after_commit")
    return attached


def _completed(row: AwaitedTimestamp, witness: _Witness) -> bool:
    page = ceremonies.current_page(row.document_id, RenditionKind(row.kind))
    if page.digest != row.digest_before:  # another worker was quicker
        return False
    finished = ceremony.finish(page.pdf, own=row.own, timestamper=witness)
    rules.old_bytes_are_prefix(page.pdf, finished, (row.hole_start, row.hole_end))
    if not row.own:
        ceremonies.must_be_signed(finished)
    reach("timestamp.after_token")
    return _attach(row.pk, page, finished, witness.authority())


class _Witness:
    """Passes tokens through and knows who gave the last one."""

    def __init__(self, timestamper: Timestamper) -> None:
        self._timestamper = timestamper
        self._token = b""

    @property
    def longest_s(self) -> float:
        return self._timestamper.longest_s

    def token(self, digest: bytes) -> bytes:
        self._token = self._timestamper.token(digest)
        return self._token

    def authority(self) -> bytes:
        """The certificate (DER) of the authority; empty when none was asked, for a file that had its token."""
        return token.authority_of(self._token) if self._token else b""


def _put_off(row: AwaitedTimestamp, trouble: str, facts: Mapping[str, object]) -> None:
    AwaitedTimestamp.objects.filter(pk=row.pk, state="waiting").update(
        tries=row.tries + 1,
        trouble=trouble,
        trouble_facts={name: str(value) for name, value in facts.items()},
        next_try_at=next_timestamp_try(timezone.now(), row.tries),
    )


@transaction.atomic
def _attach(awaited_id: UUID, page: ceremonies.CurrentPage, finished: bytes, authority: bytes) -> bool:
    """The page with its timestamp becomes the newest rendition; of two that had asked, the second changes nothing."""
    document_id = AwaitedTimestamp.objects.values_list("document_id", flat=True).get(pk=awaited_id)
    documents_rules.not_impounded(documents.locked(document_id=document_id))
    row = AwaitedTimestamp.objects.select_for_update().get(pk=awaited_id)
    if row.state != "waiting":
        return False
    now = timezone.now()
    row.state, row.closed_at = TIMESTAMP.step(row.state, "attach_timestamp_token").to, now
    row.digest_after, row.trouble, row.trouble_facts = sha256_hex(finished), "", {}
    row.save(update_fields=["state", "closed_at", "digest_after", "trouble", "trouble_facts"])
    documents.keep_rendition(
        document_id=document_id, kind=row.kind, data=finished, pages=page.pages, anchors=page.anchors
    )
    documents.take_down_obligation(document_id=document_id, kind=OBLIGATION, key=str(row.pk))
    ledger.append(
        "signing.token.attached",
        SYSTEM,
        object_kind="document",
        object_id=document_id,
        organisation_id=row.organisation_id,
        facts={
            "digest_before": row.digest_before,
            "digest_after": row.digest_after,
            "delay_ms": round((now - row.since).total_seconds() * 1000),
            "kind": row.kind,
            **({"authority": sha256_hex(authority)} if authority else {}),
        },
        detail={"authority": certificates.facts(authority).subject_name} if authority else {},
        clause="379/12.2.b",
    )
    reach("timestamp.before_commit")
    return True

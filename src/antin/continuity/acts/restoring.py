"""After the database is back: it is compared with what was signed, what ended since ends again, and somebody releases it."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from antin.continuity import endings, ports, rules
from antin.continuity.lifecycle import RESTORED
from antin.continuity.manifest import Manifest
from antin.continuity.models import Restoration
from antin.ledger import acts as ledger
from antin.ledger import queries as ledger_queries
from antin.ledger.verify import verify_export
from antin.regulation import RuleViolation
from antin.values import N_, Actor
from antin.vault import acts as vault
from antin.vault import queries as vault_queries

DESTROYED = "archive.document.destroyed"


@dataclass(frozen=True, slots=True)
class Restored:
    """What stands in the restored installation; `endings`: outcome by act, `lost`: entries known to be gone, at least;
    `damaged`: contents that were so before the set was made."""

    entries: int
    contents: int
    endings: tuple[tuple[str, str, int], ...]
    unread_endings: int
    lost: int
    damaged: int


def begin_restored(*, actor: Actor, made: Manifest, set_name: str, journal: tuple[bytes, ...]) -> Restored:
    """Compares the restored installation with its set, ends what ended since, and leaves it in quarantine.

    RuleViolation 379/5.3 when the ledger is not the one that was signed, 379/23.2.b when a content can't be read.
    """
    row = Restoration.objects.create(
        set_id=made.set_id,
        set_name=set_name,
        state=RESTORED.step("", "restore_backup").to,
        set_made_at=made.made_at,
        begun_at=ports.bound().clock.now(),
        entries=made.entries,
    )
    rules.ledger_matches(holds=_ledger_holds(made))
    contents = _contents_readable(made.damaged)
    found, unread = endings.read(journal, ports.bound().keeper, since=made.entries)
    outcomes = Counter((one.act, endings.apply(one)) for one in found)
    if outcomes[DESTROYED, "done"]:
        vault.rotate_keeper(actor=actor, reason=endings.REASON)
    told = tuple((act, outcome, count) for (act, outcome), count in sorted(outcomes.items()))
    lost = max((one.leaf + 1 for one in found), default=made.entries) - made.entries
    _compared(actor, row, told, lost)
    while ledger.integrate():
        pass
    return Restored(made.entries, contents, told, unread, lost, len(made.damaged))


@transaction.atomic
def release_restored(*, actor: Actor, by: str, basis: str) -> None:
    """Back in service, on somebody's word (379/5.9). RuleViolation when nothing waits for it."""
    rules.released_by_someone(by, basis)
    row = Restoration.objects.select_for_update().filter(released_at__isnull=True).order_by("begun_at").last()
    if row is None:
        raise RuleViolation("379/5.9", N_("Không có bản phục hồi nào đang chờ."), N_("Kiểm tra bằng antin doctor."))
    row.state = RESTORED.step(row.state, "release_restored").to
    row.released_at, row.released_by, row.basis = ports.bound().clock.now(), by.strip(), basis.strip()
    row.save()
    ledger.append(
        "continuity.restore.released",
        actor,
        object_kind="restoration",
        object_id=row.id,
        facts={"set": row.set_name},
        detail={"by": row.released_by, "basis": row.basis},
        clause="379/5.9",
    )


@transaction.atomic
def _compared(actor: Actor, row: Restoration, told: Sequence[tuple[str, str, int]], lost: int) -> None:
    row.state, row.endings = RESTORED.step(row.state, "compare_restored").to, [list(one) for one in told]
    row.save(update_fields=["state", "endings"])
    ledger.append(
        "continuity.restore.begun",
        actor,
        object_kind="restoration",
        object_id=row.id,
        facts={"set": row.set_name, "entries": row.entries, "lost": lost},
        clause="379/23.2.e",
    )


def _ledger_holds(made: Manifest) -> bool:
    """Whether the whole log verifies by itself, and is at the signed size what was signed."""
    if not made.checkpoint:
        return True
    if ledger_queries.root_at(made.entries) != made.root:
        return False
    with tempfile.TemporaryDirectory() as folder:
        ledger.export(Path(folder))
        return verify_export(Path(folder), ledger_queries.log_key()).ok


def _contents_readable(damaged: Sequence[str]) -> int:
    """Every content that the set has opens under its key and has its digest; how many there are (379/23.2.b)."""
    count = 0
    for content_id in vault_queries.kept_contents(without=damaged):
        vault_queries.prove(content_id)
        count += 1
    return count

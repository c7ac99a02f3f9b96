"""Backup sets: made on schedule at every target, kept as long as configured, never more than the law lets stand."""

from __future__ import annotations

import io
import tarfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from django.db import connection, transaction

from antin.continuity import manifest, ports, queries, rules, token_journal
from antin.continuity.lifecycle import BACKUP
from antin.continuity.manifest import Manifest, Part
from antin.continuity.models import BackupSet, Failure
from antin.continuity.ports import Draft, Target
from antin.ledger import acts as ledger
from antin.ledger import queries as ledger_queries
from antin.regulation import RuleViolation
from antin.values import N_, Actor, new_id, sha256_hex
from antin.vault import apart

HOME_FILES = ("antin.toml", "trust")
DATABASE, HOME, OBJECTS = "database.sealed", "home.sealed", "objects.txt"


def run_backup(*, actor: Actor, target: Target) -> BackupSet:
    """One set at this target, whole and sealed, entered in the ledger. What it already has of the contents is not copied again.

    RuleViolation 379/20.2 when a destruction retired the key meanwhile: what was written is closed for ever and dropped.
    """
    with _alone(target):
        return _made(actor, target)


def _made(actor: Actor, target: Target) -> BackupSet:
    bound, began = ports.bound(), time.monotonic()
    set_id, now = new_id(), bound.clock.now()
    name, key = rules.set_name(now, set_id), apart.new_key(bound.keeper, set_id)
    head = ledger_queries.checkpoint() or ""
    with target.begin(name) as draft:
        parts = [
            _put(draft, DATABASE, key.seal("database", bound.tools.dump(bound.database_url))),
            _put(draft, HOME, key.seal("home", [_home_files(bound.home)])),
        ]
        if bound.token_journal is not None:  # after the dump: every batch that it holds is in these files
            parts.append(_put(draft, token_journal.PART, key.seal("tokens", token_journal.packed(bound.token_journal))))
        names, size, damaged = _copy_objects(target)
        parts.append(_put(draft, OBJECTS, (f"{one}\n".encode() for one in names)))
        made = Manifest(
            set_id=set_id,
            installation=bound.installation,
            made_at=now,
            product=version("antin"),
            checkpoint=head,
            wrapped_key=key.wrapped,
            parts=tuple(parts),
            objects=len(names),
            object_bytes=size,
            damaged=damaged,
        )
        written = made.to_bytes()
        _put(draft, "manifest.json", [written])
        _put(draft, "manifest.sig", [manifest.sign(written, bound.signing_key)])
        _still_opens(key)
        draft.finish()
    return _enter(actor, target, made, name, written, time.monotonic() - began)


def back_up_due() -> int:
    """Makes a set wherever one is due, removes what may go; answers how many were made. The worker's job."""
    bound, made = ports.bound(), 0
    for target in bound.targets:
        now = bound.clock.now()
        adopt_found(actor=rules.SYSTEM, target=target)
        if not rules.is_due(queries.kept(target.place), now, bound.every) or _failed_lately(target, now):
            continue
        try:
            run_backup(actor=rules.SYSTEM, target=target)
        except Exception as error:
            Failure.objects.create(place=target.place, at=now, reason=f"{type(error).__name__}: {error}"[:2000])
            raise
        made += 1
        remove_old(actor=rules.SYSTEM, target=target)
    return made


def remove_old(*, actor: Actor, target: Target) -> tuple[str, ...]:
    """Sets that are too old or closed for ever go, then objects that no remaining set needs; the sets' names."""
    bound = ports.bound()
    going = rules.removable(queries.kept(target.place), bound.clock.now(), bound.keep)
    for name in going:
        with transaction.atomic():
            row = BackupSet.objects.select_for_update().get(place=target.place, name=name)
            row.state = BACKUP.step(row.state, "remove_backup").to
            row.save(update_fields=["state"])
            _note(actor, row, "continuity.backup.removed", {"catalogue": row.digest})
        if name in target.names():
            target.remove(name)
    if going:
        with _alone(target):
            _drop_objects(target)
    return going


@contextmanager
def _alone(target: Target) -> Iterator[None]:
    """One at a time at a place: what one run counts on as copied, another must not be clearing away."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [target.place])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [target.place])


def _failed_lately(target: Target, now: datetime) -> bool:
    last = Failure.objects.filter(place=target.place).order_by("-at").values_list("at", flat=True).first()
    return last is not None and now - last < rules.RETRY_AFTER


def _put(draft: Draft, name: str, pieces: Iterable[bytes]) -> Part:
    size, digest = draft.put(name, pieces)
    return Part(name, size, digest)


def _home_files(home: Path) -> bytes:
    """A tar of configuration and trust anchors; no key is in it."""
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w") as archive:
        for name in HOME_FILES:
            if (home / name).exists():
                archive.add(home / name, arcname=name)
    return whole.getvalue()


def _copy_objects(target: Target) -> tuple[list[str], int, tuple[str, ...]]:
    """Every sealed object, copied where the target lacks it; (names in order, bytes copied, those no longer intact).

    The list is taken after the dump: whatever the dump refers to was in the store before it was committed.
    """
    store, there = ports.bound().store, target.objects
    have, size, damaged = set(there.names(0)), 0, []
    wanted = sorted(store.names(0))
    kept: list[str] = []
    for name in wanted:
        if name not in have:
            counted = _Counted(store.get(name))
            try:
                copied = there.put(counted)
            except FileNotFoundError:  # destroyed since the list was taken
                continue
            size += counted.size
            if copied != name:
                there.delete(copied)
                damaged.append(name)
                continue
        kept.append(name)
    return kept, size, tuple(damaged)


def _drop_objects(target: Target) -> None:
    needed: set[str] = set()
    for name in target.names():
        needed.update(b"".join(target.read(name, OBJECTS)).decode().split())
    for name in list(target.objects.names(0)):
        if name not in needed:
            target.objects.delete(name)


def _still_opens(key: apart.ApartKey) -> None:
    if not apart.opens(ports.bound().keeper, key.set_id, key.wrapped):
        raise RuleViolation(
            "379/20.2",
            N_("Khoá đã đổi do tiêu huỷ trong khi sao lưu; bộ này không mở được nữa."),
            N_("Sao lưu lại ngay."),
        )


@transaction.atomic
def _enter(actor: Actor, target: Target, made: Manifest, name: str, written: bytes, took_s: float) -> BackupSet:
    row = _row("run_backup", target, made, name, written)
    row.took_s = took_s
    row.save(force_insert=True)
    Failure.objects.filter(place=target.place).delete()
    facts = {"catalogue": row.digest, "entries": row.entries, "objects": made.objects, "damaged": row.damaged}
    _note(actor, row, "continuity.backup.made", facts)
    return row


def adopt_found(*, actor: Actor, target: Target) -> tuple[str, ...]:
    """Sets of ours that stand there and are not known here, after a restore or a set made elsewhere; their names.

    Known by their signed catalogue; others' are left alone.
    """
    known = set(BackupSet.objects.filter(place=target.place).values_list("name", flat=True))
    found = []
    for name in target.names():
        if name in known:
            continue
        try:
            written, signature = (b"".join(target.read(name, part)) for part in ("manifest.json", "manifest.sig"))
            made = manifest.opened(written, signature, ports.bound().signing_key.public_key())
        except (manifest.NotOurs, FileNotFoundError):
            continue
        with transaction.atomic():
            row = _row("adopt_backup", target, made, name, written)
            row.save(force_insert=True)
            _note(actor, row, "continuity.backup.found", {"catalogue": row.digest, "entries": row.entries})
        found.append(name)
    return tuple(found)


def _row(act: str, target: Target, made: Manifest, name: str, written: bytes) -> BackupSet:
    return BackupSet(
        id=made.set_id,
        place=target.place,
        name=name,
        state=BACKUP.step("", act).to,
        made_at=made.made_at,
        took_s=0.0,
        size=sum(part.size for part in made.parts) + made.object_bytes,
        objects_count=made.objects,
        damaged=len(made.damaged),
        entries=made.entries,
        digest=sha256_hex(written),
        wrapped_key=made.wrapped_key,
    )


def _note(actor: Actor, row: BackupSet, act: str, facts: dict[str, str | int]) -> None:
    ledger.append(
        act, actor, object_kind="backup", object_id=row.id, facts={"set": row.name, **facts}, clause="217/15.5"
    )


class _Counted:
    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self.size = pieces, 0

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._pieces:
            self.size += len(piece)
            yield piece

"""What is left of a document on the disk: its text nowhere in clear at any time, and after destruction not a word about it.

Searched: a plain dump of the database, everything in the installation's home (contents, spool, keys' folder), everything at the
place of backups, what the process wrote to its logs, and the database's own files: tables, indexes, statistics, write-ahead log.
Looked for as UTF-8 and without diacritics, as the index keeps words.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pypdfium2
import pytest
from django.conf import settings
from django.db import connection

from antin.archive import acts as archive
from antin.archive import remains
from antin.continuity import acts, ports
from antin.continuity.adapters.postgres_tools import _environment
from antin.house import postgres
from antin.ledger import queries as ledger
from antin.values import fold, nfc
from disposal import AUDITOR, destroy, purged
from world import refused

from .conftest import Kept, integrate
from .test_backup import impound

BODY = "Ngọn hải đăng tím soi đường"
ABOUT = "Kè đá Hòn Nhạn lở"
"""Words that nothing else in the world says."""


def traces(kept: Kept, words: str, log: str) -> list[str]:
    """Where the words stand in clear."""
    marks = [words.encode(), fold(words).encode()]
    return sorted({name for name, held in _everything(kept, log) if any(mark in held for mark in marks)})


def _everything(kept: Kept, log: str) -> Iterator[tuple[str, bytes]]:
    tool = str(postgres.find_binaries() / "pg_dump")
    done = subprocess.run([tool], env=_environment(ports.bound().database_url), capture_output=True, check=True)
    yield "database", done.stdout
    yield "log", log.encode()
    for folder in (Path(settings.ANTIN.home), kept.place.folder):
        for path in folder.rglob("*"):
            if path.is_file():
                yield str(path), path.read_bytes()
    yield from _files_of_the_database()


def _files_of_the_database() -> Iterator[tuple[str, bytes]]:
    """The cluster's folder without other databases, whose tests may run beside this one; as the disk has it."""
    place = Path(os.environ["ANTIN_TEST_CLUSTER"])
    with connection.cursor() as cursor:
        cursor.execute("checkpoint")
        cursor.execute("select oid::text from pg_database where datname = current_database()")
        (ours,) = cursor.fetchone()
    for path in [*(place / "base" / ours).rglob("*"), *(place / "pg_wal").rglob("*"), place.parent / "postgres.log"]:
        with suppress(FileNotFoundError):  # a segment that went while we looked
            if path.is_file():
                yield f"cluster/{_relation(path) or path.parent.name}", path.read_bytes()


def _relation(path: Path) -> str | None:
    """Whose file it is, so that a trace that is found has a name."""
    number = path.name.split(".")[0]
    if path.parent.name == "pg_wal" or not number.isdigit():
        return None
    with connection.cursor() as cursor:
        cursor.execute("select pg_filenode_relation(0, %s)::regclass::text", [number])
        return cursor.fetchone()[0]


@contextmanager
def log_kept() -> Iterator[None]:
    """No checkpoint takes segments of the write-ahead log away: one of another test would, and the search has to find what is there."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_create_physical_replication_slot('traces', true)")
        try:
            yield
        finally:
            cursor.execute("select pg_drop_replication_slot('traces')")


@pytest.mark.clause("379/20.2", "379/3.4", "379/4.5")
def test_after_its_destruction_nothing_on_any_disk_says_what_a_document_was(
    kept: Kept, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    with log_kept():
        document = kept.world.registered(kept.world.original(), abstract=ABOUT)
        kept.back_up()
        there = traces(kept, ABOUT, caplog.text)
        assert "database" in there and "cluster/pg_wal" in there, "the search finds what is there"
        found = destroy(kept.world, document, about=ABOUT)
        integrate()
        assert acts.back_up_due() == 1
        left = traces(kept, ABOUT, caplog.text)
        assert "database" not in left and len(left) >= 2, "old versions of rows, and the log of writes"
        assert not remains.begin_log_anew(), "a standby's slot keeps it: nobody is told that it is gone"
    auditor = kept.world.actor(AUDITOR)
    with refused("379/3.4"):
        archive.attest(actor=auditor, destruction_id=found)
    assert purged() == 1
    assert traces(kept, ABOUT, caplog.text) == []
    archive.attest(actor=auditor, destruction_id=found)
    (told,) = ledger.recent(acts=["archive.purge.done"])
    assert told.facts["log"] is True
    assert archive.purge_due() == 0, "once"


@pytest.mark.clause("379/4.5", "379/21.3")
def test_the_text_of_a_document_is_nowhere_in_clear_sealed_off_or_not(
    kept: Kept, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    document = kept.world.issued(body=f"{BODY}.\n\nĐề nghị thực hiện.")
    page = pypdfium2.PdfDocument(kept.world.pdf(document))[0].get_textpage().get_text_bounded()
    assert BODY in nfc(" ".join(page.split()))  # it is there for those who may read it
    kept.back_up()
    assert traces(kept, BODY, caplog.text) == []
    impound(kept, document)
    integrate()
    kept.back_up()
    assert traces(kept, BODY, caplog.text) == []

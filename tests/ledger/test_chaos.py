"""Writers that roll back and dawdle, two sequencers, and kill -9 among them: nothing missing, nothing twice."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import threading
import time
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection, transaction

from antin.ledger import acts, ports
from antin.ledger.models import Checkpoint
from antin.ledger.verify import verify_export
from antin.values import new_id

from . import naive
from .places import append, run

SECONDS = 7.0
ENOUGH, PATIENCE_S = 3, 60.0  # kills; a machine at its limit needs longer for them
WRITERS = 6
DOCUMENTS = [new_id() for _ in range(4)]
SEED = bytes(range(32))
PROCESS = Path(__file__).with_name("sequencer_process.py")


@pytest.fixture
def log_name():
    before = ports.bound()
    ports.bind(ports.Ports("chaos.example", Ed25519PrivateKey.from_private_bytes(SEED)))
    yield "chaos.example"
    ports.bind(before)


class Writer(threading.Thread):
    """Small transactions: some open their transaction id early, some wait, some fail, all note what they committed."""

    def __init__(self, number: int, until: float) -> None:
        super().__init__()
        self.dice, self.until, self.committed = random.Random(number), until, list[int]()

    def run(self) -> None:
        while time.monotonic() < self.until:
            try:
                with transaction.atomic():
                    ids = self.transact()
            except ZeroDivisionError:
                continue
            self.committed += ids
        connection.close()

    def transact(self) -> list[int]:
        if self.dice.random() < 0.5:
            run("select pg_current_xact_id()")
        document = self.dice.randrange(len(DOCUMENTS))
        time.sleep(self.dice.random() * 0.02)
        run("select pg_advisory_xact_lock(77, %s)", document)  # as the document's row would be locked
        ids = [self.one(DOCUMENTS[document]) for _ in range(self.dice.randint(1, 3))]
        time.sleep(self.dice.random() ** 3 * 0.1)
        if self.dice.random() < 0.15:
            raise ZeroDivisionError
        return ids

    def one(self, document: UUID) -> int:
        return append(document, reason="thử").id


def sequencer(log_name: str) -> subprocess.Popen[bytes]:
    names = connection.settings_dict
    address = f"dbname={names['NAME']} user={names['USER']} host={names['HOST']}"
    return subprocess.Popen(
        [sys.executable, str(PROCESS), address, SEED.hex(), log_name],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


@pytest.mark.django_db(transaction=True)
@pytest.mark.clause("379/5.3")
def test_integrate_under_writers_rollbacks_and_kills_loses_and_repeats_nothing(log_name: str, tmp_path: Path):
    until = time.monotonic() + SECONDS
    writers = [Writer(number, until) for number in range(WRITERS)]
    sequencers = [sequencer(log_name), sequencer(log_name)]
    for writer in writers:
        writer.start()
    kills, dice = 0, random.Random(1)
    while time.monotonic() < until or (kills < ENOUGH and time.monotonic() < until + PATIENCE_S):
        time.sleep(0.05 + dice.random() * 0.9)
        at = dice.randrange(2)
        sequencers[at].kill()
        died = sequencers[at].communicate()
        assert b"Traceback" not in died[1], died[1].decode()
        kills += b"ready" in died[0]
        sequencers[at] = sequencer(log_name)
    for writer in writers:
        writer.join()
    for process in sequencers:
        process.kill()
        process.communicate()
    while acts.integrate():
        pass
    check(writers, tmp_path)
    assert kills >= ENOUGH


def check(writers: list[Writer], folder: Path) -> None:
    committed = sorted(entry_id for writer in writers for entry_id in writer.committed)
    assert len(committed) > 100
    leaves = run(
        "select leaf_index, entry_id, payload from ledger_leaf l join ledger_entry e on e.id = entry_id order by 1"
    )
    assert sorted(entry_id for _, entry_id, _ in leaves) == committed
    assert [index for index, _, _ in leaves] == list(range(len(leaves)))
    entries = [payload.encode() for _, _, payload in leaves]
    heads = list(Checkpoint.objects.order_by("size"))
    for head in heads[:: max(1, len(heads) // 40)] + heads[-1:]:
        assert bytes(head.root) == naive.mth(entries[: head.size])
    numbers: dict[str, int] = {}
    for _, entry_id, payload in leaves:
        document = json.loads(payload)["object"]["id"]
        assert numbers.get(document, 0) < entry_id, "an effect stands before its cause"
        numbers[document] = entry_id
    acts.export(folder)
    report = verify_export(folder)
    assert report.ok, report.problems
    assert (report.entries, report.checkpoints) == (len(leaves), len(heads))

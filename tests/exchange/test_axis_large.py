"""A document of 225 MB by the axis and back, an envelope of 300 MB: the worker's memory stays where it was."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from django.db import connections
from tests.exchange.axis_scene import AxisIn, AxisOut, AxisScene
from tests.exchange.scene import SENDER

from antin.documents import queries as documents
from antin.exchange import ports
from antin.exchange.adapters.axis_http import AxisHttp
from antin.exchange.axis import worker
from antin.exchange.follow import follow_once
from antin.ledger import acts as ledger
from antin.values import sha256_hex
from antin.vault import queries as vault

FILES, EACH = 5, 45 * 1024 * 1024
SWELLS_MB = 40

pytestmark = pytest.mark.clause("217/7.3", "217/13.1")


def test_envelope_of_300_mb_goes_out_and_comes_in_in_steady_memory(axis: AxisScene, tmp_path: Path) -> None:
    here = ports.bound()
    patient = AxisHttp(axis.server.url, axis.ours, answer_s=120.0)
    ports.bind(replace(here, axis=patient, limits=replace(here.limits, axis_bytes=400 * 1024 * 1024)))
    block = os.urandom(1024 * 1024)
    files = tuple((f"tep-{n}.bin", "application/octet-stream", (block * 45)[:EACH]) for n in range(FILES))
    axis.scene.issue("H98", attachments=files)
    swollen = _in_child(tmp_path, _send)
    row = AxisOut.objects.get()
    assert (row.state, row.size > 300_000_000) == ("taken", True)
    assert swollen < SWELLS_MB

    axis.bring_back(row.doc_id)
    swollen = _in_child(tmp_path, worker.receive_due)
    came = AxisIn.objects.get()
    assert (came.state, came.size > 300_000_000) == ("admitted", True)
    kept = documents.attachments(axis.scene.clerk(SENDER), came.document_id)
    assert [one.digest for one in kept] == [sha256_hex(data) for _, _, data in files]
    assert vault.describe(came.envelope).digest == came.digest
    assert swollen < SWELLS_MB


def _send() -> None:
    while ledger.integrate():
        pass
    follow_once()
    worker.send_due()


def _in_child(folder: Path, work: Callable[[], object]) -> float:
    """By how many MB the peak of resident memory rose while the work was done in a process of its own."""
    connections.close_all()
    child = os.fork()
    if child:
        assert os.waitpid(child, 0)[1] == 0
        return float((folder / "swollen").read_text())
    try:
        connections.close_all()
        Path("/proc/self/clear_refs").write_text("5")
        before, begun = _peak_mb(), time.monotonic()
        work()
        (folder / "swollen").write_text(str(_peak_mb() - before))
        print(f"{getattr(work, '__name__', '')}: {_peak_mb() - before:.0f} MB, {time.monotonic() - begun:.1f} s")
        os._exit(0)
    finally:
        os._exit(3)


def _peak_mb() -> float:
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024

"""`antin demo --check` as a newcomer runs it, and what it leaves, checked by programs that know nothing of us."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.world]

MANY_SCENES = 20


@pytest.mark.clause("217/9.1", "217/10.1", "217/6.4", "379/13.2", "379/5.4")
def test_the_whole_journey_holds_and_what_it_keeps_stands_alone(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    told = _antin("demo", "--check", "--json", "--keep", str(kept))
    steps = json.loads(told.stdout)["steps"]
    assert [step for step in steps if not step["held"]] == []
    assert told.returncode == 0 and len(steps) > MANY_SCENES

    signatures = subprocess.run(["pdfsig", kept / "van-ban.pdf"], capture_output=True, text=True, timeout=60).stdout
    assert signatures.count("Signature is Valid.") == 2
    assert subprocess.run(["qpdf", "--check", kept / "van-ban.pdf"], capture_output=True, timeout=60).returncode == 0
    assert _antin("ledger", "verify", str(kept / "chung-cu.zip")).returncode == 0
    assert _antin("validate", str(kept / "van-ban.pdf"), "--trust", str(kept / "moc-tin-cay")).returncode == 0


def _antin(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "antin.cli.main", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=300)

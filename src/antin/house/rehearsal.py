"""A set tried apart from everything: `antin restore` in a process, a home and a database cluster of its own, then taken away."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from antin.continuity.ports import Trial
from antin.house import postgres

LAST_WORDS = 600


class RestoreElsewhere:
    """`keys`: the installation's own; `scratch`: where there is room for a second copy, removed afterwards."""

    def __init__(self, keys: Path, scratch: Path | None = None) -> None:
        self.keys = keys
        self.scratch = scratch

    def rehearse(self, place: str, set_name: str) -> Trial:
        folder = Path(tempfile.mkdtemp(prefix="antin-drill-", dir=self.scratch))
        began = time.monotonic()
        try:
            done = subprocess.run(
                [
                    sys.executable,
                    "-m",
                    "antin.cli.main",
                    "restore",
                    str(Path(place) / "sets" / set_name),
                    "--keys",
                    str(self.keys),
                    "--home",
                    str(folder / "home"),
                    "--json",
                ],
                capture_output=True,
                text=True,
                check=False,
                env={name: value for name, value in os.environ.items() if name != "ANTIN_HOME"},
            )
            return _judged(done, time.monotonic() - began)
        finally:
            postgres.remove(folder / "home")
            shutil.rmtree(folder, ignore_errors=True)


def _judged(done: subprocess.CompletedProcess[str], seconds: float) -> Trial:
    try:
        said = json.loads(done.stdout)
        return Trial(seconds, int(said["entries"]), int(said["contents"]), tuple(said["faults"]))
    except (ValueError, KeyError, TypeError):
        words = (done.stderr or done.stdout).strip()[-LAST_WORDS:]
        return Trial(seconds, 0, 0, (words or f"the restore ended with code {done.returncode}",))

"""pg_dump and pg_restore as streams: the plain database is never on a disk. Addresses go by the environment, not the command line."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO

from psycopg.conninfo import conninfo_to_dict

from antin.continuity.ports import ToolFailed

READ_BYTES = 256 * 1024
LAST_WORDS = 600
VARIABLES = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE"}
DUMP = ("--format=custom", "--compress=1", "--no-owner", "--no-privileges")
RESTORE = ("--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction")


class PostgresTools:
    """`binaries`: the folder with the tools, of the server's version or newer."""

    def __init__(self, binaries: Path) -> None:
        self.binaries = binaries

    def dump(self, url: str) -> Iterator[bytes]:
        """One snapshot of the whole database in the custom format. ToolFailed after the last piece when it is not whole."""
        with tempfile.TemporaryFile() as errors:
            tool = subprocess.Popen(
                [str(self.binaries / "pg_dump"), *DUMP],
                stdout=subprocess.PIPE,
                stderr=errors,
                stdin=subprocess.DEVNULL,
                env=_environment(url),
            )
            assert tool.stdout is not None
            try:
                while piece := tool.stdout.read(READ_BYTES):
                    yield piece
            finally:
                tool.stdout.close()
                code = tool.wait()
            _held(code, errors)

    def restore(self, url: str, pieces: Iterable[bytes]) -> None:
        """Into an empty database, in one transaction. ToolFailed, and nothing restored, when anything does not fit."""
        environment = _environment(url)
        with tempfile.TemporaryFile() as errors:
            tool = subprocess.Popen(
                [str(self.binaries / "pg_restore"), *RESTORE, "--dbname", environment["PGDATABASE"]],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                env=environment,
            )
            assert tool.stdin is not None
            fed = False
            try:
                with suppress(BrokenPipeError), tool.stdin:  # it gave up: its code and last words say why
                    for piece in pieces:
                        tool.stdin.write(piece)
                fed = True
            finally:
                if not fed:
                    tool.kill()
                code = tool.wait()
            _held(code, errors)


def _environment(url: str) -> dict[str, str]:
    parts = conninfo_to_dict(url)
    known = {VARIABLES[name]: str(value) for name, value in parts.items() if name in VARIABLES}
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C.UTF-8", **known}


def _held(code: int, errors: IO[bytes]) -> None:
    if code:
        errors.seek(0)
        raise ToolFailed(errors.read().decode(errors="replace").strip()[-LAST_WORDS:])

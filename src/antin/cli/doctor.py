"""`antin doctor`: is this installation complete and healthy, in one line per question."""

from __future__ import annotations

import argparse
import json
import shutil
import stat
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from antin.cli.django_setup import database, installation
from antin.house.config import Config
from antin.house.restoring import MARK

LOW_SPACE = 2 * 1024**3
ANCHOR_ENDS = timedelta(days=180)
"""So long before its end the next certificate of a certification body should be in the trust store."""
CONNECTIONS_LEAST = 100
"""Each background part and each web thread keeps one."""


@dataclass(frozen=True, slots=True)
class Finding:
    """`good` is None when the question can't be answered."""

    question: str
    good: bool | None
    detail: str


def options(parser: argparse.ArgumentParser, _: str) -> None:
    parser.add_argument("--home", help="the installation's folder (else $ANTIN_HOME)")
    parser.add_argument("--json", action="store_true")


def run(arguments: argparse.Namespace) -> int:
    config = installation(arguments.home)
    with database(config):
        findings = [_ask(question, check, config) for question, check in CHECKS]
    if arguments.json:
        print(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=1))
    else:
        for finding in findings:
            mark = {True: "good", False: "BAD", None: "unknown"}[finding.good]
            print(f"{mark:8} {finding.question}: {finding.detail}")
    if any(finding.good is False for finding in findings):
        return 1
    return 3 if any(finding.good is None for finding in findings) else 0


def _ask(question: str, check: Callable[[Config], tuple[bool, str]], config: Config) -> Finding:
    try:
        good, detail = check(config)
    except Exception as error:  # a check that can't be made is an answer of its own
        return Finding(question, None, f"{type(error).__name__}: {error}")
    return Finding(question, good, detail)


def _secrets(config: Config) -> tuple[bool, str]:
    open_to_others = [p.name for p in _secret_files(config) if p.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)]
    return not open_to_others, ", ".join(open_to_others) or "every key is readable by its owner alone"


def _secret_files(config: Config) -> Iterable[Path]:
    yield config.home / "antin.toml"
    yield from (path for path in config.path("keys").rglob("*") if path.is_file())


def _database(_: Config) -> tuple[bool, str]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("select current_setting('server_version'), current_setting('data_checksums')")
        version, checksums = cursor.fetchone()
    return checksums == "on", f"PostgreSQL {version}, checksums {checksums}"


def _connections(_: Config) -> tuple[bool, str]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("select current_setting('max_connections')::int")
        (most,) = cursor.fetchone()
    return most >= CONNECTIONS_LEAST, f"the server admits {most}, one installation needs {CONNECTIONS_LEAST}"


def _migrations(_: Config) -> tuple[bool, str]:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return not waiting, f"{len(waiting)} changes waiting (antin init applies them)" if waiting else "up to date"


def _ledger(_: Config) -> tuple[bool, str]:
    from antin.ledger import queries

    checkpoint = queries.checkpoint()
    return (
        True,
        "no entries yet" if checkpoint is None else f"{checkpoint.splitlines()[1]} entries under a signed checkpoint",
    )


def _space(config: Config) -> tuple[bool, str]:
    free = shutil.disk_usage(config.home).free
    return free > LOW_SPACE, f"{free // 1024**2:,} MiB free"


def _backups(_: Config) -> tuple[bool, str]:
    from antin.continuity import queries

    found = queries.places()
    if not found:
        return False, "no place is configured ([backup] targets in antin.toml)"
    late = [one.place for one in found if one.due or one.failure]
    return not late, f"due or failed at {', '.join(late)}" if late else f"fresh at {len(found)} places"


def _traces(_: Config) -> tuple[bool, str]:
    from django.utils import timezone

    from antin.archive import queries

    since = queries.traces_since()
    if since is None:
        return True, "nothing destroyed waits to leave the database's files"
    return timezone.now() - since < timedelta(
        days=2
    ), f"what was destroyed stands in the database's files since {since:%Y-%m-%d %H:%M}"


def _log_begins_anew(_: Config) -> tuple[bool, str]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "select has_function_privilege('pg_switch_wal()', 'execute')"
            " and has_function_privilege('pg_ls_waldir()', 'execute')"
            " and case when current_setting('server_version_num')::int < 150000 then false"
            " else pg_has_role('pg_checkpoint', 'member') end"
            " and current_setting('wal_recycle') = 'off'"
        )
        (may,) = cursor.fetchone()
    return may, "yes" if may else (
        "no: grant execute on pg_switch_wal() and pg_ls_waldir() and the role pg_checkpoint, set wal_recycle = off"
    )


def _archive(_: Config) -> tuple[bool, str]:
    from antin.signing.archival import queries

    found = queries.summary()
    if found.ended:
        return False, f"{found.ended} stored files are past the end of their archive timestamp (antin renew --list)"
    return True, f"{found.watched} stored files watched, {found.due} due for renewal"


def _own_tokens(_: Config) -> tuple[bool, str]:
    from antin.signing import ports, token_batches

    if ports.bound().token_journal is None:
        return True, "no timestamp authority of our own"
    wrong = [f"{one.file} {one.start}-{one.end}" for one in token_batches.faults()]
    return not wrong, f"the journal differs at {', '.join(wrong[:5])}" if wrong else "the journal is as it was entered"


def _anchors(_: Config) -> tuple[bool, str]:
    from antin.signing.trusting import queries

    found = queries.ends()
    if not found:
        return False, "no certification body is trusted: nothing that is signed counts (/kho-tin-cay)"
    soon = [f"{name} ends {_day(at)}" for name, at in found if at - datetime.now(UTC) < ANCHOR_ENDS]
    first, at = found[0]
    return not soon, ", ".join(soon) or f"{len(found)}, the first to end is {first}, {_day(at)}"


def _imported_lists(config: Config) -> tuple[bool, str]:
    from antin.signing.imported_lists import newest_in

    found, now = newest_in(config.path(config.signing.trust)), datetime.now(UTC)
    if not found:
        return True, "none in the trust folder"
    past = [f"{one.file} says nothing any more (ended {_day(one.until)})" for one in found if one.is_past(now)]
    soon = [f"{one.file} ends {_day(one.until)}" for one in found if one.ends_soon(now)]
    if past or soon:
        return False, f"{', '.join(past + soon)}: put the next list of the issuer into the folder"
    first = min(found, key=lambda one: one.until or now)
    return True, f"{len(found)}, the first to end is {first.file}, {_day(first.until)}"


def _day(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC" if at else "without a date"


def _heads(_: Config) -> tuple[bool, str]:
    from antin.signing.evidence_records import queries

    found = queries.summary()
    if found.newest_at is None:
        return True, "no head of the ledger is timestamped yet"
    if found.troubled or found.ended:
        return False, f"{found.troubled} could not be renewed, {found.ended} have ended"
    return True, f"{found.count}, the newest over {found.newest_size} entries at {found.newest_at:%Y-%m-%d %H:%M} UTC"


def _national(config: Config) -> tuple[bool, str]:
    from antin.identity import acts
    from antin.regulation.errors import Violation

    if not config.national.issuer:
        return True, "not connected ([national] issuer in antin.toml)"
    try:
        acts.ask_nationally()
    except Violation as violation:
        return False, f"{config.national.issuer}: {violation}"
    return True, f"{config.national.issuer} answers"


def _axis(_: Config) -> tuple[bool, str]:
    from antin.exchange import ports
    from antin.exchange.axis.protocol import EDOC, AxisRefused

    axis = ports.bound().axis
    if axis is None:
        return True, "not connected ([axis] url in antin.toml)"
    try:
        waiting = len(axis.received(EDOC))
    except (ports.Unreached, AxisRefused) as error:
        return False, f"{axis.url}: {error}"
    return True, f"{axis.url} answers, {waiting} messages wait there"


def _mail(_: Config) -> tuple[bool, str]:
    from antin.exchange import ports

    mail = ports.bound().mail
    if mail is None:
        return True, "no account ([mail] address in antin.toml)"
    try:
        mail.probe()
        with mail.box() as box:
            waiting = len(box.waiting())
    except ports.Unreached as error:
        return False, f"{mail.address}: {error}"
    return True, f"{mail.address}: both servers let us in, {waiting} letters wait"


def _in_service(config: Config) -> tuple[bool, str]:
    from antin.continuity import queries

    waits = config.path(MARK).exists() or queries.in_quarantine()
    return not waits, "restored, waits for antin restore --release" if waits else "not a restored one that waits"


def _owner(config: Config) -> tuple[bool, str]:
    from antin.identity import queries
    from antin.values import Office

    found = sorted(one.name for one in queries.people(queries.holders_of(Office.SYSTEM_OWNER)).values())
    if not config.title or not found:
        missing = "no name (title in antin.toml)" if not config.title else "nobody holds the mandate system_owner"
        return False, missing
    return True, f"{config.title}: {', '.join(found)}"


def _fonts(_: Config) -> tuple[bool, str]:
    from antin.documents import ports

    return ports.bound() is not None, "the page's typeface has every Vietnamese letter"


CHECKS: tuple[tuple[str, Callable[[Config], tuple[bool, str]]], ...] = (
    ("keys and configuration are private", _secrets),
    ("the database answers, with checksums", _database),
    ("the database admits enough connections", _connections),
    ("the database is up to date", _migrations),
    ("the ledger is signed", _ledger),
    ("the disk has room", _space),
    ("backups are fresh", _backups),
    ("traces of what was destroyed are gone", _traces),
    ("the write-ahead log can begin anew after a destruction", _log_begins_anew),
    ("archive timestamps hold", _archive),
    ("own timestamp tokens are as they were entered", _own_tokens),
    ("timestamps of the ledger's heads hold", _heads),
    ("trusted certification bodies stand for long", _anchors),
    ("imported revocation lists are current", _imported_lists),
    ("the national axis answers", _axis),
    ("the provider of national identity accounts answers", _national),
    ("the mail servers answer", _mail),
    ("the owner of the system is named and answers for it (379/2.1)", _owner),
    ("the installation is in service", _in_service),
    ("documents can be laid out", _fonts),
)

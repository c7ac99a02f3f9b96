"""`antin doctor` as a person runs it: one answer a question, in words and as JSON; what is wrong decides the exit code."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from antin.house import config as configuration
from antin.house import install, postgres
from antin.signing.pki import DemoAuthority

pytestmark = pytest.mark.clause("217/13.1")


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """A founded home whose database server admits few, and has been given no tables yet."""
    with tempfile.TemporaryDirectory(prefix="antin-doctor-") as folder:
        place = Path(folder) / "home"
        cluster = postgres.start(Path(folder), extra_settings={"max_connections": "20"})
        install.create(configuration.Config(home=place, name="m", database_url=cluster.ensure_database("m")))
        yield place
        cluster.stop()
        postgres.remove(Path(folder))


def doctor(home: Path, *more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "antin.cli.main", "doctor", "--home", str(home), *more]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_each_question_is_answered_and_what_is_wrong_decides(home: Path) -> None:
    done = doctor(home, "--json")
    found = {one["question"]: one for one in json.loads(done.stdout)}
    assert done.returncode == 1
    assert found["the database admits enough connections"]["good"] is False
    assert "admits 20" in found["the database admits enough connections"]["detail"]
    assert found["the database is up to date"]["good"] is False
    assert found["the database answers, with checksums"]["good"] is True
    assert found["backups are fresh"]["good"] is not True
    assert found["keys and configuration are private"]["good"] is True
    assert found["the write-ahead log can begin anew after a destruction"]["good"] is True
    assert found["traces of what was destroyed are gone"]["good"] is None, "it has no tables yet"


def test_server_that_keeps_its_log_is_told_what_to_grant(home: Path) -> None:
    url = configuration.load(home).database_url
    with psycopg.connect(url.replace("user=m", f"user={postgres._owner().pw_name}"), autocommit=True) as owner:
        owner.execute("revoke execute on function pg_switch_wal() from m")
        try:
            said = doctor(home).stdout
        finally:
            owner.execute("grant execute on function pg_switch_wal() to m")
    assert any(line.startswith("BAD") and "grant execute on pg_switch_wal()" in line for line in said.splitlines())


def test_key_that_others_can_read_is_named(home: Path) -> None:
    (key := home / "keys" / "ledger.key").chmod(0o640)
    try:
        said = doctor(home).stdout
    finally:
        key.chmod(0o600)
    assert any(line.startswith("BAD") and "ledger.key" in line for line in said.splitlines())


@pytest.mark.clause("379/9.2")
def test_imported_list_past_its_next_update_is_named(home: Path, tmp_path: Path) -> None:
    pki, trust = DemoAuthority.create(tmp_path / "pki"), home / configuration.load(home).signing.trust
    now, question = datetime.now(UTC), "imported revocation lists are current"
    listed = trust / "issuing.crl"
    try:
        said = {}
        for hours in (0, 22, 25):
            listed.write_bytes(pki.crl(at=now - timedelta(hours=hours)))
            found = {one["question"]: one for one in json.loads(doctor(home, "--json").stdout)}
            said[hours] = (found[question]["good"], found[question]["detail"])
        assert [good for good, _ in said.values()] == [True, False, False]
        assert "issuing.crl ends" in said[22][1]
        assert "issuing.crl says nothing any more" in said[25][1]
    finally:
        listed.unlink()
    assert any(
        line.startswith("good") and "none in the trust folder" in line for line in doctor(home).stdout.splitlines()
    )


def test_no_home_is_wrong_use(tmp_path: Path) -> None:
    assert doctor(tmp_path / "none").returncode == 2

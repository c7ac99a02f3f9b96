"""A throw-away PostgreSQL and home for the whole run; every test uses the real adapters."""

from __future__ import annotations

import atexit
import gc
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import django
import hypothesis
import psycopg
import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from antin.house import config as configuration
from antin.house import install, postgres

hypothesis.settings.register_profile("antin", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("antin")
"""A busy machine is no fault of an example: time is measured in `bench/`."""

FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "500"}


def _prepare() -> None:
    """Sets ANTIN_HOME before Django reads its settings; workers of one run share the cluster, not the home."""
    url = os.environ.get("ANTIN_TEST_DATABASE")
    if url is None:
        scratch = Path(tempfile.mkdtemp(prefix="antin-test-"))
        cluster = postgres.start(scratch, extra_settings=FAST)
        url = os.environ["ANTIN_TEST_DATABASE"] = cluster.ensure_database("antin")
        os.environ["ANTIN_TEST_CLUSTER"] = str(cluster.data)
        with psycopg.connect(cluster.url("postgres", cluster.owner.pw_name), autocommit=True) as owner:
            owner.execute("alter role antin replication")  # a test may hold the write-ahead log to look through it
        atexit.register(postgres.remove, scratch)
        atexit.register(shutil.rmtree, scratch, ignore_errors=True)
        atexit.register(cluster.stop)
    home = Path(tempfile.mkdtemp(prefix="antin-home-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    install.create(configuration.Config(home=home, name="thu-nghiem", database_url=url))
    os.environ[configuration.HOME_VARIABLE] = str(home)
    os.environ["DJANGO_SETTINGS_MODULE"] = "antin.house.settings"
    django.setup()
    # Workers of a parallel run inherit the environment: with this name in it they would set Django up on our home
    # before they come here to make their own.
    del os.environ["DJANGO_SETTINGS_MODULE"]


_prepare()

TOKENS = {"antin": "22222222", "nguoi-ky": "246810"}
WORLDS = (
    "tests/browser/",
    "tests/exchange/test_chaos.py",
    "tests/secrecy/test_secret_processes.py",
    "tests/house/test_seed.py",
    "tests/house/test_demo_check.py",
)


class WorldsTogether(LoadScopeScheduling):
    """Tests that start a world of processes go to one worker: two seedings at once starve each other. Others spread."""

    def _split_scope(self, nodeid: str) -> str:
        return "worlds" if nodeid.startswith(WORLDS) else nodeid


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> WorldsTogether:
    return WorldsTogether(config, log)


def pytest_collection_finish() -> None:
    """Thousands of tests and their modules live as long as the run: the collector need not walk them again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def softhsm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with every token of this run, label → PIN as in TOKENS: a process loads SoftHSM and finds its tokens once."""
    place = tmp_path_factory.mktemp("softhsm")
    (place / "tokens").mkdir()
    (place / "conf").write_text(f"directories.tokendir = {place / 'tokens'}\nobjectstore.backend = file\n")
    os.environ["SOFTHSM2_CONF"] = str(place / "conf")
    for label, pin in TOKENS.items():
        init = ["--init-token", "--free", "--label", label, "--so-pin", "11111111", "--pin", pin]
        subprocess.run(["softhsm2-util", *init], check=True, capture_output=True)
    return place


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: object) -> None:
    """The ledger refuses TRUNCATE; the flush between transactional tests needs it, so that one trigger rests."""
    from django.db import connection

    import flushing

    flushing.install()
    with django_db_blocker.unblock(), connection.cursor() as cursor:  # type: ignore[attr-defined]
        for table in ("ledger_entry", "ledger_leaf", "ledger_tile", "ledger_checkpoint"):
            cursor.execute(f"alter table {table} disable trigger {table}_no_truncate")

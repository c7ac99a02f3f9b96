"""One demonstration world and one browser for the folder; a window per person, watched for what must not happen.

The browser ends with the folder (package scope): its loop must not stand while other tests use the database.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from antin.house.demo import world as worlds
from antin.house.demo.world import World

from .visitors import Visitors

CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All of the folder drives the browser; a parallel run keeps it together (`tests/conftest.py`): there is one world."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.world)


@pytest.fixture(scope="package")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    home = tmp_path_factory.mktemp("browser") / "world"
    found = worlds.start(home)
    try:
        assert found.unseeded == (), [found.processes.tail(f"{name}-seed") for name in found.unseeded]
        yield found
    finally:
        found.stop()
        worlds.reset(home)


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as found:
        yield found


@pytest.fixture(scope="package")
def browser(playwright: Playwright) -> Iterator[Browser]:
    found = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
    yield found
    found.close()


@pytest.fixture(scope="package")
def _lasting(world: World, browser: Browser) -> Visitors:
    return Visitors(world, browser)


@pytest.fixture
def visitors(_lasting: Visitors) -> Iterator[Visitors]:
    """People with their windows; afterwards the windows are closed and whatever went wrong in them fails the test."""
    yield _lasting
    amiss = _lasting.leave()
    assert not amiss, "\n".join(amiss)

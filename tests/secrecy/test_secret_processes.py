"""A Mật document between two real installations: it arrives whole, and stands in clear on no disk of either side (379/22.2).

What is looked at is everything that lasts: the database's whole data folder with its write-ahead log, both homes with
stored objects and logs. Only the words themselves are looked for, in every way they could stand.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

import pytest
from bench import _two_homes as two_homes
from tests.exchange.village import PATHS, Village
from tests.secrecy.sweep import forms

pytestmark = [pytest.mark.clause("379/22.2", "217/5.1", "217/5.3"), pytest.mark.world]

ABSTRACT, BODY, PAGE = "Về việc Hải đăng xanh (mẫu)", "Nội dung Cầu vồng tím.", "Trăng khuyết đỏ"
FILE, CONTENT = "Rừng thông bạc.txt", "Bên trong tệp: Mưa rào chiều."
MARKS = ("Hải đăng xanh", "Cầu vồng tím", "Trăng khuyết đỏ", "Rừng thông bạc", "Mưa rào chiều")
WAIT_S = 90.0


@pytest.fixture
def raised(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Village]]:
    monkeypatch.setenv("PYTHONPATH", PATHS)
    with tempfile.TemporaryDirectory(prefix="antin-mat-") as folder:
        made: list[Village] = []

        def raise_(*cipher: str) -> Village:
            made.append(Village(Path(folder), Random(1), cipher=cipher))
            return made[0]

        yield raise_
        made[0].end()


def told(village: Village, code: str, until: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """What that side says once it is so."""
    ends_at = time.monotonic() + WAIT_S
    while True:
        said: dict[str, Any] = json.loads(village.role("tell_secret", village.homes[code], PAGE))
        if until(said):
            return said
        assert time.monotonic() < ends_at, said


def queue(village: Village) -> None:
    village.role("queue_secret", village.homes[two_homes.CENTRE], ABSTRACT, BODY, PAGE, FILE, CONTENT)


def standing_in_clear(*folders: Path) -> list[str]:
    wanted = [form for mark in MARKS for form in forms(mark)]
    found = []
    for file in (one for folder in folders for one in folder.rglob("*")):
        with suppress(FileNotFoundError, OSError):
            data = file.read_bytes() if file.is_file() else b""
            found += [str(file)] if any(form in data for form in wanted) else []
    return found


def test_it_arrives_whole_and_stands_in_clear_on_no_disk(raised: Callable[..., Village]) -> None:
    village = raised(*two_homes.NAMES)
    queue(village)
    village.start_all()
    told(village, two_homes.CENTRE, lambda said: said["sent"][0][0] == "arrived")
    read = told(village, two_homes.PROVINCE, lambda said: bool(said["read"]))["read"]
    assert read == [ABSTRACT, [CONTENT], True]
    for code, what in village.processes:
        village.kill(code, what)
    village.cluster.stop()
    (probe := village.folder / "probe").mkdir()
    (probe / "a").write_text(MARKS[0])
    assert standing_in_clear(village.folder) == [str(probe / "a")], "the sweep finds what is there, and only that"
    assert standing_in_clear(village.cluster.data, village.cluster.data.parent) == []
    assert any((village.cluster.data / "pg_wal").iterdir())


def test_recipient_without_a_product_refuses_and_the_sender_learns_why(raised: Callable[..., Village]) -> None:
    village = raised(two_homes.CENTRE)
    queue(village)
    village.start_all()
    said = told(village, two_homes.CENTRE, lambda said: said["sent"][0][0] == "failed")
    assert said["sent"][0][1].startswith("Văn bản Mật chỉ được đưa vào hệ thống khi đã cài sản phẩm mật mã")
    assert told(village, two_homes.PROVINCE, lambda _said: True)["read"] == []


def test_sender_without_a_product_keeps_no_such_document(raised: Callable[..., Village]) -> None:
    village = raised(two_homes.PROVINCE)
    with pytest.raises(subprocess.CalledProcessError):
        queue(village)
    assert json.loads(village.role("tell_secret", village.homes[two_homes.CENTRE], PAGE))["sent"] == []

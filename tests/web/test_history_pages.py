"""The history of a document by the pages: filtered, exported, and who read it stands there too."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta

import pytest
from django.http import HttpResponse

from antin.ledger import acts as ledger
from antin.ledger import ports
from world import CLERK, DRAFTER, PROVINCE_CLERK, SIGNATORY, World

from .conftest import Visit


def words(answer: HttpResponse) -> str:
    return answer.content.decode()


class Later:
    def now(self):  # type: ignore[no-untyped-def]
        from datetime import UTC, datetime

        return datetime.now(UTC) + timedelta(minutes=3)


@pytest.fixture
def flushed(monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    """What the background process does once the minute is over."""

    def flush() -> int:
        from dataclasses import replace

        with monkeypatch.context() as patched:
            patched.setattr(ports, "_bound", [replace(ports.bound(), clock=Later())])
            return ledger.flush_readings()

    return flush


@pytest.mark.clause("379/23.2.đ", "379/17.3", "379/21.2.c")
def test_who_looked_and_who_took_a_copy_stands_in_the_history(world: World, visit: Visit, flushed) -> None:  # type: ignore[no-untyped-def]
    document = world.issued()
    here = f"/van-ban/{document}"
    for _ in range(2):
        assert visit(CLERK).get(here).status_code == 200
    assert visit(SIGNATORY).get(f"{here}/goc").status_code == 200
    assert visit(PROVINCE_CLERK).get(here).status_code == 404
    assert flushed() == 2
    page = words(visit(DRAFTER).get(f"{here}/qua-trinh?loc=xem"))
    assert "mở xem, 2 lần" in page and "tải bản gốc, 1 lần" in page
    assert "Lê Mẫu Chi" in page and "Hoàng Mẫu Giang" in page and "phát hành" not in page.split("<ol")[1]
    assert "mở xem" not in words(visit(DRAFTER).get(f"{here}/qua-trinh"))
    everything = words(visit(DRAFTER).get(f"{here}/qua-trinh?loc=tat-ca"))
    assert "mở xem" in everything and "phát hành" in everything


@pytest.mark.clause("379/17.3")
def test_the_history_is_taken_along_for_a_spreadsheet_or_a_program(world: World, visit: Visit) -> None:
    document = world.issued()
    drafter, here = visit(DRAFTER), f"/van-ban/{document}/qua-trinh/xuat"
    sheet = drafter.get(f"{here}?dang=csv")
    assert sheet["Content-Disposition"].startswith("attachment") and sheet.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(words(sheet).lstrip("\ufeff"))))
    told = json.loads(words(drafter.get(f"{here}?dang=json")))
    assert [row["act"] for row in rows] == [one["act"] for one in told]
    assert rows[0]["act"] == "registry.document.issued" and rows[-1]["act"] == "documents.draft.created"
    assert rows[0]["person"] == "Lê Mẫu Chi" and rows[0]["time"].endswith("+07:00")
    assert drafter.get(f"{here}?dang=exe").status_code == 404
    assert visit(PROVINCE_CLERK).get(f"{here}?dang=csv").status_code == 404


def test_nothing_in_an_exported_cell_is_a_formula() -> None:
    from antin.web.views.history import _csv

    row = dict.fromkeys(("time", "person", "office", "proven_by", "act", "words", "entry"), "")
    written = _csv([{**row, "reason": '=HYPERLINK("http://x")'}])
    assert "'=HYPERLINK" in written

"""Archive timestamps as those who watch see them, and as a document's readers do (379/23.2.b, 379/4.4)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from antin.signing import ports
from antin.signing.archival import renewing
from antin.signing.verdict import Policy
from antin.signing.verdict.proof_bundle import validate_bundle
from signing.archival.conftest import Ahead, ahead, surveyed
from world import CLERK, World

from .conftest import Visit

__all__ = ["ahead"]


@pytest.mark.clause("379/23.2.b", "379/4.4")
def test_who_watches_sees_when_how_many_end_and_what_stands_in_the_way(
    world: World, ahead: Ahead, visit: Visit
) -> None:
    world.issued()
    surveyed()
    shown = visit("quan.tri.tw").get("/dau-thoi-gian").content.decode()
    assert "không tệp nào đến hạn" in shown and "2030" in shown
    ahead.go_to(datetime(2030, 6, 1, tzinfo=UTC))
    assert renewing.renew_due() == 1
    shown = visit("quan.tri.tw").get("/dau-thoi-gian").content.decode()
    assert "Dấu thời gian mới không giữ được lâu hơn dấu cũ." in shown and "đến lượt gia hạn" in shown
    assert visit(CLERK).get("/dau-thoi-gian").status_code == 404


@pytest.mark.clause("379/23.2.b")
def test_the_documents_page_tells_its_renewals(world: World, ahead: Ahead, visit: Visit) -> None:
    found = world.issued()
    surveyed()
    ahead.go_to(datetime(2030, 6, 1, tzinfo=UTC))
    ahead.renew_authority()
    assert renewing.renew_due() == 1
    client = visit(CLERK)
    shown = client.get(f"/van-ban/{found}/kiem-tra").content.decode()
    assert "Dấu thời gian lưu trữ đã gia hạn" in shown and "31/12/2035" in shown
    bundle = b"".join(client.get(f"/van-ban/{found}/chung-cu"))
    for years, verdict in ((0, "valid"), (7, "valid"), (15, "indeterminate")):
        at = datetime(2030 + years, 6, 1, tzinfo=UTC)
        report = validate_bundle(bundle, at=at, trust=ports.bound().trust, policy=Policy(("person", "seal")))
        assert report.verdict == verdict, (years, report.reasons)
    assert "bản đã gia hạn dấu thời gian lưu trữ" in client.get(f"/van-ban/{found}/phien-ban").content.decode()

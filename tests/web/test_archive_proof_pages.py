"""Archive timestamps as those who watch see them, and as a document's readers do (379/23.2.b, 379/4.4)."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime

import pytest

from antin.signing import ports
from antin.signing.archival import renewing
from antin.signing.evidence_records import heads
from antin.signing.verdict import Policy, words
from antin.signing.verdict.proof_bundle import validate_bundle
from ledger.test_bundle import repacked
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


@pytest.mark.clause("379/23.2.b", "379/5.3", "379/5.5")
def test_a_bundle_proves_since_when_its_entries_have_been_there(world: World, ahead: Ahead, visit: Visit) -> None:
    """An attachment, which no signature dates, is named by an entry that lies under a time-stamped head."""
    assert "chưa đóng dấu lần nào" in visit("quan.tri.tw").get("/dau-thoi-gian").content.decode()
    found = world.issued()
    surveyed()
    ahead.clock.advance(3601)
    assert heads.stamp_due() == 1
    shown = visit("quan.tri.tw").get("/dau-thoi-gian").content.decode()
    assert "đã đóng dấu đến mục" in shown
    bundle = b"".join(visit(CLERK).get(f"/van-ban/{found}/chung-cu"))
    trust, policy = ports.bound().trust, Policy(("person", "seal"))
    report = validate_bundle(bundle, at=ahead.clock.now(), trust=trust, policy=policy)
    (told,) = [one for one in report.reasons if one.message == words.BUNDLE_TIMED]
    assert report.verdict == "valid" and len(told.facts["ids"].split(", ")) > 3
    with zipfile.ZipFile(io.BytesIO(bundle)) as opened:
        (name,) = [name for name in opened.namelist() if name.endswith(".er")]
    touched = repacked(bundle, lambda files: files.update({name: files[name][:-40] + bytes(40)}))
    broken = validate_bundle(touched, at=ahead.clock.now(), trust=trust, policy=policy)
    assert broken.verdict == "invalid" and words.BUNDLE_BAD in {one.message for one in broken.reasons}
    stranger = validate_bundle(bundle, at=datetime(2060, 1, 1, tzinfo=UTC), trust=trust, policy=policy)
    assert words.BUNDLE_UNTIMED in {one.message for one in stranger.reasons}


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

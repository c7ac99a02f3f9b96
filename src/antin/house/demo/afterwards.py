"""The scenes after the document has come to its end: sealed off and given back, taken back and put out of use."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from antin.house.demo.scenes import PROVINCE_CODE, STATE_CODE, Stage, delivery, expect, ledger_is_proven, until
from antin.values import SystemClock, to_vietnam

AUTHORITY = "Ủy ban Kiểm tra Tỉnh ủy Lạc Giang (mẫu)"


def province_copy_is_sealed_off(stage: Stage) -> str:
    tam, khanh, copy = stage.as_person("tam.ho"), stage.as_person("khanh.do"), stage.facts["incoming"]
    yesterday = to_vietnam(SystemClock().now()).date() - timedelta(days=1)
    decision = {"authority": AUTHORITY, "number": "15-QĐ/UBKTTU", "decided_on": yesterday.isoformat()}
    scope = {**decision, "reason": "Phục vụ kiểm tra.", "names": stage.facts["reference"]}
    page = tam.submit(tam.get("/niem-phong/moi"), "/niem-phong/moi", scope)
    page = tam.submit(page, "/niem-phong/moi", {**scope, "code": stage.code("tam.ho")})
    order = page.path
    for part in ("", "/goc", "/chung-cu"):
        khanh.get(f"/van-ban/{copy}{part}", expect=423)
    khanh.api(f"/api/v1/documents/{copy}", expect=423)
    found = khanh.get("/van-ban-den")
    expect(stage.facts["reference"] not in found.text, "a sealed-off document stands in a list")
    page = tam.get(order)
    expect("Đỗ Mẫu Khánh" in page.text and f"GET /van-ban/{copy}/goc" in page.text, "attempts are not on record")
    page = tam.submit(page, order, {**decision, "number": "28-QĐ/UBKTTU", "code": stage.code("tam.ho")})
    expect("Nội dung không đổi" in page.text, f"not lifted: {page.text[:300]}")
    khanh.get(f"/van-ban/{copy}")
    return "nobody opens, lists or downloads it; four attempts on record; given back unchanged"


def centre_recalls_it(stage: Stage) -> str:
    giang, document = stage.as_person("giang.hoang"), stage.facts["document"]
    here = f"/van-ban/{document}/thu-hoi"
    reason = "Sai số liệu ở mục II, sẽ ban hành văn bản khác."
    refused = giang.submit(giang.get(here), here, {"reason": reason, "code": "000000"}, expect=422)
    expect(reason in refused.text, "what was typed is lost with a wrong code")
    giang.submit(giang.get(here), here, {"reason": reason, "code": stage.code("giang.hoang")})
    standing = giang.api(f"/api/v1/documents/{document}/status")
    assert isinstance(standing, dict)
    expect(standing["legal_effect"]["verdict"] == "not_in_force", f"still in force: {standing}")
    lan, copy = stage.as_person("lan.vu"), stage.facts["incoming"]

    def taken_back() -> str:
        answer = lan.api(f"/api/v1/documents/{copy}/status")
        assert isinstance(answer, dict)
        return "recalled" if answer["validity"] == "recalled" else ""

    until("the recall at the province", taken_back)
    page = lan.get(f"/van-ban/{copy}")
    expect("Sai số liệu" in page.text, "the copy does not say why it was recalled")
    lan.submit(
        lan.get(f"/van-ban/{copy}/bo-ban-nhan"), f"/van-ban/{copy}/bo-ban-nhan", {"reason": "Theo đề nghị của nơi gửi."}
    )
    delivery(stage, PROVINCE_CODE, "recalled")
    delivery(stage, STATE_CODE, "recalled")
    return "a wrong code is refused; the copy is out of force, discarded; the State body agrees by the axis; the centre sees both"


SCENES: tuple[tuple[str, Callable[[Stage], str]], ...] = (
    ("a copy is sealed off and given back", province_copy_is_sealed_off),
    ("the centre recalls, the province discards", centre_recalls_it),
    ("both ledgers are proven again", ledger_is_proven),
)

"""Route templates, absences and delegations through the HTTP doors, and the pages of two revisions beside each other."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID

import pytest
from django.http import HttpResponse
from django.test import Client

from antin.documents import acts as documents_acts
from antin.documents import queries as documents
from antin.documents.facts import RouteStep
from antin.identity import authenticators
from antin.identity.queries.organisations import today
from world import CENTRE, CLERK, DRAFTER, PROVINCE_LEADER, REVIEWER, SIGNATORY, World

from .conftest import Visit

HEAD = "binh.tran"
ROUTE = {"step-0-quorum": "1", "step-0-kind": "review"}


def words(answer: HttpResponse) -> str:
    return answer.content.decode()


def challenge(answer: HttpResponse) -> dict[str, str]:
    found = dict(re.findall(r'name="(challenge)" value="([^"]+)"', words(answer)))
    assert found, words(answer)
    return found


def confirmed(world: World, client: Client, login: str, address: str, form: dict[str, object]) -> HttpResponse:
    """The form sent, its confirmation asked, and sent again with the code."""
    asked = client.post(address, form)
    assert asked.status_code == 200, words(asked)
    world.clock.leap()
    code = authenticators.fresh_code(world.people[login].account_id)
    return client.post(address, {**form, **challenge(asked), "code": code})


def days(count: int) -> dict[str, str]:
    return {"since": today().isoformat(), "until": (today() + timedelta(days=count)).isoformat()}


def template(world: World, **changed: object) -> dict[str, object]:
    form: dict[str, object] = {
        "owner": str(world.organisation(CENTRE)),
        "name": "Quyết định: hai vòng",
        "types": ["quyet_dinh"],
        "since": today().isoformat(),
        "reason": "Quy chế làm việc (mẫu)",
        "step-0-seats": [f"nguoi:{world.person(REVIEWER)}"],
        "step-0-quorum": "1",
        "step-0-kind": "review",
        "step-1-seats": [f"nhiem-vu:leader@{world.organisation(CENTRE)}"],
        "step-1-quorum": "1",
        "step-1-kind": "initial",
        "step-2-seats": [],
        "step-2-quorum": "1",
        "step-2-kind": "review",
    }
    return {**form, **changed}


@pytest.mark.clause("379/17.1")
def test_a_template_is_adopted_offered_filled_in_with_one_press_and_binds(world: World, visit: Visit) -> None:
    head, drafter = visit(SIGNATORY), visit(DRAFTER)
    assert "/mau-luong" in words(head.get("/toi"))
    assert head.get("/mau-luong/moi").status_code == 200
    typo = head.post("/mau-luong/moi", template(world, reason=""))
    assert typo.status_code == 422
    assert "Quyết định: hai vòng" in words(typo)
    made = head.post("/mau-luong/moi", template(world))
    assert made.status_code == 303, words(made)
    assert "đang áp dụng" in words(head.get("/mau-luong"))
    assert "Hoàng Mẫu Giang" in words(head.get(made["Location"]))
    document = world.drafted()
    address = f"/du-thao/{document}/trinh"
    offered = words(drafter.get(address))
    assert "Mẫu của cơ quan: Quyết định: hai vòng" in offered
    bare = drafter.post(address, {**ROUTE, "step-0-people": [str(world.person(REVIEWER))]})
    assert bare.status_code == 422
    assert "lãnh đạo · Văn phòng Trung ương (mẫu)" in words(bare)
    filled = words(drafter.post(address, {"mau": "1"}))
    chosen = re.findall(r'<option value="([^"]+)" selected>', filled)
    assert {str(world.person(REVIEWER)), str(world.person(HEAD))} <= set(chosen)
    sent = drafter.post(
        address,
        {
            **ROUTE,
            "step-0-people": [str(world.person(REVIEWER))],
            "step-1-people": [str(world.person(HEAD)), str(world.person(SIGNATORY))],
            "step-1-quorum": "1",
            "step-1-kind": "initial",
        },
    )
    assert sent.status_code == 303, words(sent)
    steps = documents.route(world.actor(DRAFTER), document).steps
    assert [(step.order, step.kind) for step in steps] == [(1, "review"), (2, "initial")]


@pytest.mark.clause("379/17.1", "379/17.3")
def test_a_template_is_changed_from_a_day_on_and_ended(world: World, visit: Visit) -> None:
    head = visit(SIGNATORY)
    address = head.post("/mau-luong/moi", template(world))["Location"]
    page = words(head.get(address))
    assert 'name="version" value="1"' in page
    changed = template(world, name="Quyết định: ba vòng", version="1", may_deviate="1", **{"step-0-optional": "1"})
    assert head.post(address, {**changed, "them": "1"}).status_code == 200
    saved = head.post(address, {**changed, "since": (today() + timedelta(days=2)).isoformat()})
    assert saved.status_code == 303, words(saved)
    stale = head.post(address, changed)
    assert stale.status_code == 422
    shown = words(head.get(address))
    assert "bản 2" in shown
    assert "không bắt buộc" in shown
    assert head.post(f"{address}/thoi", {"reason": "", "version": "2"}).status_code == 422
    assert head.post(f"{address}/thoi", {"reason": "Không dùng nữa", "version": "2"}).status_code == 303
    assert "thôi dùng" in words(head.get("/mau-luong"))
    assert visit(PROVINCE_LEADER).get(address).status_code == 404
    assert visit(CLERK).get("/mau-luong").status_code == 404
    reader = visit(DRAFTER)
    assert reader.get(address).status_code == 200
    assert '<form class="sec" method="post"' not in words(reader.get(address))
    assert reader.get("/mau-luong/moi").status_code == 404


def in_review(world: World, **changed: object) -> UUID:
    document = world.drafted(**changed)
    route = (RouteStep(1, (world.person(REVIEWER),)),)
    documents_acts.submit(actor=world.actor(DRAFTER), document_id=document, route=route)
    return document


@pytest.mark.clause("379/6.2.p2", "379/13.3", "379/17.3")
def test_absence_is_stated_and_the_substitute_answers_with_both_names(world: World, visit: Visit) -> None:
    reviewer, substitute = visit(REVIEWER), visit(HEAD)
    document = in_review(world)
    form = {"substitute": str(world.person(HEAD)), "reason": "Nghỉ phép (mẫu)", **days(3)}
    assert reviewer.post("/toi/vang-mat/ghi", {**form, "reason": ""}).status_code == 422
    wrong = reviewer.post("/toi/vang-mat/ghi", {**form, "until": "hôm nào"})
    assert wrong.status_code == 422
    assert "Nghỉ phép (mẫu)" in words(wrong)
    stated = confirmed(world, reviewer, REVIEWER, "/toi/vang-mat/ghi", form)
    assert stated.status_code == 303, words(stated)
    assert "đang có hiệu lực" in words(reviewer.get("/toi/vang-mat"))
    assert "Đồng chí soát xét thay" in words(substitute.get("/toi"))
    assert str(document) in words(substitute.get("/gop-y"))
    opened = words(substitute.get(f"/du-thao/{document}/gop-y"))
    assert "Đồng chí cho ý kiến thay Phạm Mẫu Dung" in opened
    assert "Trần Mẫu Bình thay Phạm Mẫu Dung" in opened
    said = substitute.post(f"/du-thao/{document}/gop-y", {"kind": "consent", "text": "Nhất trí.", "revision": "1"})
    assert said.status_code == 303, words(said)
    history = words(visit(DRAFTER).get(f"/du-thao/{document}/lich-su"))
    assert "Trần Mẫu Bình thay Phạm Mẫu Dung (vắng mặt từ" in history
    assert "thay Phạm Mẫu Dung" in words(visit(DRAFTER).get(f"/du-thao/{document}/gop-y"))


@pytest.mark.clause("379/6.2.p2", "379/9.2")
def test_delegation_is_granted_used_watched_and_ended(world: World, visit: Visit) -> None:
    lender, delegate, officer = visit(SIGNATORY), visit(HEAD), visit("quan.tri.tw")
    document = in_review(world)
    documents_acts.endorse(actor=world.actor(REVIEWER), document_id=document, kind="consent", revision=1)
    form = {
        "office": f"approver@{world.organisation(CENTRE)}",
        "delegate": str(world.person(HEAD)),
        "basis": "Giấy uỷ quyền mẫu số 03",
        "reason": "Đi công tác (mẫu)",
        **days(5),
    }
    assert str(document) not in words(delegate.get("/quyet"))
    granted = confirmed(world, lender, SIGNATORY, "/toi/uy-quyen/ghi", form)
    assert granted.status_code == 303, words(granted)
    assert "Giấy uỷ quyền mẫu số 03" in words(officer.get("/uy-quyen"))
    assert delegate.get("/uy-quyen").status_code == 404
    assert "được Hoàng Mẫu Giang uỷ quyền" in words(delegate.get("/toi"))
    assert str(document) in words(delegate.get("/quyet"))
    sheet = delegate.get(f"/quyet/{document}/duyet")
    assert "Hoàng Mẫu Giang, uỷ quyền đến" in words(sheet)
    found = dict(re.findall(r'type="hidden" name="(challenge|revision|digest)" value="([^"]+)"', words(sheet)))
    world.clock.leap()
    code = authenticators.fresh_code(world.people[HEAD].account_id)
    approved = delegate.post(f"/quyet/{document}/duyet", {**found, "code": code})
    assert approved.status_code == 303, words(approved)
    history = words(visit(DRAFTER).get(f"/du-thao/{document}/lich-su"))
    assert "Trần Mẫu Bình thay Hoàng Mẫu Giang (được uỷ quyền từ" in history
    (ending,) = re.findall(r'action="(/toi/uy-quyen/[0-9a-f-]+/ket-thuc)"', words(lender.get("/toi/vang-mat")))
    assert officer.post(ending, {"reason": "x"}).status_code == 404
    assert lender.post(ending, {"reason": ""}).status_code == 422
    assert lender.post(ending, {"reason": "Về sớm"}).status_code == 303
    assert "Về sớm" in words(lender.get("/toi/vang-mat"))


@pytest.mark.clause("379/6.2.p2", "379/13.2")
def test_lent_signing_offers_the_delegate_as_signatory_with_the_capacity_lent(world: World, visit: Visit) -> None:
    lender = visit(SIGNATORY)
    form = {
        "office": f"signatory@{world.organisation(CENTRE)}",
        "delegate": str(world.person(HEAD)),
        "basis": "Giấy uỷ quyền mẫu số 04",
        "reason": "Đi công tác (mẫu)",
        **days(5),
    }
    assert lender.post("/toi/uy-quyen/ghi", form).status_code == 422  # no capacity
    granted = confirmed(
        world,
        lender,
        SIGNATORY,
        "/toi/uy-quyen/ghi",
        {**form, "capacity": "K/T CHÁNH VĂN PHÒNG", "types": ["cong_van"]},
    )
    assert granted.status_code == 303, words(granted)
    assert "Trần Mẫu Bình (K/T CHÁNH VĂN PHÒNG, uỷ quyền đến" in words(visit(DRAFTER).get("/du-thao/moi"))


@pytest.mark.clause("379/17.3", "379/4.4")
def test_pages_of_two_revisions_stand_beside_each_other_with_what_differs_outlined(world: World, visit: Visit) -> None:
    document = world.drafted()
    drafter = visit(DRAFTER)
    documents_acts.revise_draft(
        actor=world.actor(DRAFTER),
        document_id=document,
        fields=world.fields(
            body="Căn cứ Quy định mẫu;\n\n1. Ban hành kèm theo Quyết định này Kế hoạch khác.\n\n2. Thi hành."
        ),
        reason="Sửa câu chữ",
        expected_revision=1,
    )
    page = words(drafter.get(f"/du-thao/{document}/so-trang"))
    assert "ban=1" in page
    assert "ban=2" in page
    assert 'id="khac-a-1"' in page
    assert 'id="khac-b-1"' in page
    assert "chỗ khác" in page
    same = words(drafter.get(f"/du-thao/{document}/so-trang?a=2&b=2"))
    assert "Hình trang của hai phiên bản giống nhau." in same
    assert "<rect" not in same
    assert 'class="marks' in words(drafter.get(f"/du-thao/{document}/so-sanh"))
    assert visit(PROVINCE_LEADER).get(f"/du-thao/{document}/so-trang").status_code == 404

"""Signing in by the national identity account: first at the door, linked by its owner, local ways as fallback (379/11.3)."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from antin.identity import acts, queries
from antin.identity.models import Account, NationalLink
from antin.identity.rules import TRIES_PER_ADDRESS
from antin.ledger import queries as ledger
from antin.values import Office, sha256_hex
from national import NUMBERS, National, national
from small_house import PASSWORD, SYSTEM, House, SignIn, clock, house, signed_in

__all__ = ["clock", "house", "national", "signed_in"]
pytestmark = pytest.mark.django_db
LINK = "Vào bằng VNeID (mẫu)"


def enrol(house: House, login: str, number: str = "") -> Account:
    """A person whose code is the personal identification number."""
    account = house.enrol(login, Office.DRAFTER)
    account.person.code = number or NUMBERS[login]
    account.person.save()
    return account


def text(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.mark.clause("379/11.3")
def test_national_account_comes_first_at_the_door_and_local_ways_stay(house: House, national: National) -> None:
    door = text(Client().get("/vao?tiep=/van-ban"))
    assert door.index(LINK) < door.index('name="password"')
    assert "/vao/quoc-gia?tiep=/van-ban" in door


@pytest.mark.clause("379/11.3")
def test_without_a_provider_the_door_offers_local_ways_alone(house: House) -> None:
    assert "Vào bằng" not in text(Client().get("/vao"))
    assert "chưa kết nối" in text(Client().get("/vao/quoc-gia"))


@pytest.mark.clause("379/11.3", "379/11.1", "379/12.2.b")
def test_linked_account_opens_a_session_and_goes_where_the_person_wanted(house: House, national: National) -> None:
    account = enrol(house, "an")
    national.link(account, "an")
    client, answer = national.walk_in("an", tiep="/toi")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/toi")
    page = text(client.get("/toi"))
    assert "Vào bằng tài khoản định danh quốc gia" in page
    entry = ledger.history(account.person_id)[0]
    assert (entry.act, entry.method) == ("identity.session.opened", "national_identity")
    assert entry.facts["level"] == "2"


@pytest.mark.clause("379/11.1")
def test_number_alone_opens_nothing(house: House, national: National) -> None:
    enrol(house, "an")
    client, answer = national.walk_in("an")
    assert "chưa gắn" in text(answer)
    assert client.get("/toi").status_code == 302


@pytest.mark.clause("379/11.1", "379/12.2.b")
def test_owner_links_and_unlinks_the_account(house: House, national: National, signed_in: SignIn) -> None:
    account = enrol(house, "an")
    client = signed_in("an")
    assert "Gắn tài khoản định danh quốc gia" in text(client.get("/toi"))
    go_on = confirmed(house, client)
    back = urlsplit(national.proves(go_on, "an"))
    answer = client.get(f"{back.path}?{back.query}")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/toi")
    bound = ledger.history(account.person_id)[0]
    assert (bound.act, bound.facts["kind"], bound.facts["assurance"]) == (
        "identity.authenticator.bound",
        "national",
        "2",
    )
    assert NUMBERS["an"] not in str(bound.facts)
    assert national.walk_in("an")[1].status_code == 303
    client.post("/toi/quoc-gia/go")
    assert queries.national_link(account.id) is None
    assert "chưa gắn" in text(national.walk_in("an")[1])


def confirmed(house: House, client: Client) -> str:
    """The address to go on to, after the one-time code."""
    challenge = asked_on(client)
    house.clock.advance(30)
    page = text(client.post("/toi/quoc-gia", {"challenge": challenge, "code": house.code("an")}))
    return unescape(found(r'href="(http[^"]+/authorize[^"]*)"', page))


def asked_on(client: Client) -> str:
    """The challenge that the page holds."""
    return found(r'name="challenge" value="([^"]+)"', text(client.get("/toi/quoc-gia")))


def found(pattern: str, page: str) -> str:
    match = re.search(pattern, page)
    assert match, page
    return match.group(1)


@pytest.mark.clause("379/12.2.b")
def test_wrong_code_sends_nobody_to_the_provider(house: House, national: National, signed_in: SignIn) -> None:
    enrol(house, "an")
    client = signed_in("an")
    page = text(client.post("/toi/quoc-gia", {"challenge": asked_on(client), "code": "000000"}))
    assert "không đúng" in page
    assert "/authorize" not in page


@pytest.mark.clause("379/11.1")
def test_foreign_number_is_not_linked(house: House, national: National, signed_in: SignIn) -> None:
    account = enrol(house, "an")
    client = signed_in("an")
    back = urlsplit(national.proves(confirmed(house, client), "binh"))
    answer = client.get(f"{back.path}?{back.query}")
    assert answer.status_code == 422
    assert "khác mã định danh" in text(answer)
    assert queries.national_link(account.id) is None


@pytest.mark.clause("379/11.1")
def test_one_national_account_opens_one_account(house: House, national: National) -> None:
    national.link(enrol(house, "an"), "an")
    other = enrol(house, "binh")
    with pytest.raises(Exception, match="đã gắn với một tài khoản khác"):
        national.link(other, "an")


@pytest.mark.clause("379/12.2.b")
def test_lower_level_opens_nothing(house: House, national: National) -> None:
    national.link(enrol(house, "an"), "an")
    national.server.claims = {"acr": "1"}
    client, answer = national.walk_in("an")
    assert "Mức xác thực" in text(answer)
    assert client.get("/toi").status_code == 302


@pytest.mark.clause("379/11.3")
def test_answer_that_is_not_believed_is_refused_with_the_way_forward(house: House, national: National) -> None:
    national.link(enrol(house, "an"), "an")
    national.server.claims = {"aud": "other"}
    assert "không dùng được" in text(national.walk_in("an")[1])


@pytest.mark.clause("379/5.6")
def test_answer_counts_in_the_browser_that_asked_and_once(house: House, national: National) -> None:
    national.link(enrol(house, "an"), "an")
    asked = Client().get("/vao/quoc-gia").headers["Location"]
    back = urlsplit(national.proves(asked, "an"))
    other = Client()
    other.get("/vao/quoc-gia")
    assert "không bắt đầu từ trình duyệt này" in text(other.get(f"{back.path}?{back.query}"))
    assert "không bắt đầu từ trình duyệt này" in text(Client().get(f"{back.path}?{back.query}"))
    assert other.get("/toi").status_code == 302


def test_answer_after_ten_minutes_is_asked_anew(house: House, national: National) -> None:
    national.link(enrol(house, "an"), "an")
    client = Client()
    asked = client.get("/vao/quoc-gia").headers["Location"]
    house.clock.advance(601)
    back = urlsplit(national.proves(asked, "an"))
    assert "quá lâu" in text(client.get(f"{back.path}?{back.query}"))


def test_signed_in_person_is_not_linked_by_a_question_of_the_door(
    house: House, national: National, signed_in: SignIn
) -> None:
    account = enrol(house, "an")
    client = signed_in("an")
    other = Client()
    asked = other.get("/vao/quoc-gia").headers["Location"]
    back = urlsplit(national.proves(asked, "an"))
    assert client.get(f"{back.path}?{back.query}").status_code == 422
    assert queries.national_link(account.id) is None


@pytest.mark.clause("379/11.5")
@pytest.mark.parametrize("end", ["suspend", "lost", "close"])
def test_account_that_is_shut_opens_by_no_way(house: House, national: National, end: str) -> None:
    account = enrol(house, "an")
    national.link(account, "an")
    house.enrol("can.bo", Office.IDENTITY_OFFICER)
    shut = {"suspend": acts.suspend_account, "lost": acts.report_lost_account, "close": acts.close_account}[end]
    shut(actor=house.actor("can.bo"), account_id=account.id, reason="thử")
    client, answer = national.walk_in("an")
    assert 'role="alert"' in text(answer)
    assert client.get("/toi").status_code == 302


@pytest.mark.clause("379/5.6")
def test_refused_try_is_on_record(house: House, national: National) -> None:
    account = enrol(house, "an")
    national.link(account, "an")
    acts.suspend_account(actor=SYSTEM, account_id=account.id, reason="thử")
    national.walk_in("an")
    entry = ledger.history(account.person_id)[0]
    assert (entry.act, entry.facts["stage"]) == ("identity.session.refused", "national")


@pytest.mark.clause("379/11.5")
def test_lost_account_loses_its_link(house: House, national: National) -> None:
    account = enrol(house, "an")
    national.link(account, "an")
    acts.report_lost_account(actor=SYSTEM, account_id=account.id, reason="thử")
    assert not NationalLink.objects.filter(ended_at=None).exists()


@pytest.mark.clause("379/12.2.b")
def test_account_without_its_app_is_sent_to_bind_one(house: House, national: National) -> None:
    account = enrol(house, "an")
    national.link(account, "an")
    acts.end_credential(actor=SYSTEM, account_id=account.id, credential="authenticator")
    assert "chưa gắn ứng dụng" in text(national.walk_in("an")[1])


@pytest.mark.clause("379/5.9")
def test_a_flood_of_answers_from_one_address_closes_the_door_a_few_hinder_nobody(
    house: House, national: National
) -> None:
    national.link(enrol(house, "an"), "an")
    for _ in range(10):
        Client().get("/vao/quoc-gia/ve?state=x&code=y")
    assert national.walk_in("an")[1].status_code == 303
    for login in range(TRIES_PER_ADDRESS):
        Client().post("/vao", {"login": f"ai.{login}", "password": PASSWORD})
    assert "tạm đóng" in text(national.walk_in("an")[1])


@pytest.mark.clause("379/11.3")
def test_silent_provider_leads_back_to_local_ways(house: House, national: National) -> None:
    enrol(house, "an")
    national.server.silent = True
    answer = Client().get("/vao/quoc-gia?tiep=/toi")
    assert "không trả lời" in text(answer)
    assert 'name="password"' in text(answer)
    assert 'value="/toi"' in text(answer)


def test_answer_never_leads_to_another_site(house: House, national: National) -> None:
    national.link(enrol(house, "an"), "an")
    assert national.walk_in("an", tiep="//evil.example/")[1].headers["Location"] == "/"


@pytest.mark.clause("379/4.1")
def test_what_is_kept_of_the_account_is_no_number_and_no_name(house: House, national: National) -> None:
    account = enrol(house, "an")
    national.link(account, "an")
    kept = NationalLink.objects.get(account=account)
    assert kept.subject not in ("an", sha256_hex(b"an"))
    shown = queries.own_data(account.person_id).account.authenticators
    assert [one.kind for one in shown] == ["totp", "national"]

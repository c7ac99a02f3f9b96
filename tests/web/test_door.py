"""The door: both factors always, one wording, limits across processes, sessions that end (379/11.3, 379/12.2.b)."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client

from antin.identity import acts, authenticators, queries
from antin.identity.models import Account, SignInAttempt
from antin.ledger import queries as ledger
from antin.values import Office
from small_house import PASSWORD, SYSTEM, House, SignIn, clock, house, lasting_house, signed_in, walk_in

__all__ = ["clock", "house", "lasting_house", "signed_in"]
pytestmark = pytest.mark.django_db


def alert(answer: Any) -> str:
    """The words of the refusal on the page."""
    found = re.search(r'role="alert".*?<h2>(.*?)</h2>', answer.content.decode(), re.S)
    return found.group(1) if found else ""


@pytest.mark.clause("379/11.3", "379/12.2.b")
def test_sign_in_with_password_and_code_opens_a_session(house: House) -> None:
    account = house.enrol("an", Office.DRAFTER)
    client = walk_in(house, "an")
    assert client.get("/toi").status_code == 200
    entry = ledger.history(account.person_id)[0]
    assert (entry.act, entry.method) == ("identity.session.opened", "password_totp")
    assert client.get("/vao").headers["Location"] == "/"


@pytest.mark.clause("379/5.6")
def test_password_alone_reaches_nothing(house: House) -> None:
    house.enrol("an", Office.DRAFTER)
    client = Client()
    answer = client.post("/vao", {"login": "an", "password": PASSWORD})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/vao/ma")
    for path in ("/", "/toi", "/danh-ba"):
        assert client.get(path).headers["Location"].startswith("/vao")
    assert client.get("/api/v1/me").status_code == 401


@pytest.mark.clause("379/5.6")
def test_every_wrong_credential_is_answered_alike(house: House) -> None:
    house.enrol("an")
    locked = house.enrol("binh")
    acts.suspend_account(actor=SYSTEM, account_id=locked.id, reason="thử")
    house.enrol("chi", active=False)
    said = set()
    for login, password in (("khong.co", PASSWORD), ("an", "sai"), ("binh", PASSWORD), ("chi", PASSWORD), ("", "")):
        said.add(alert(Client().post("/vao", {"login": login, "password": password})))
    half = Client()
    half.post("/vao", {"login": "an", "password": PASSWORD})
    said.add(alert(half.post("/vao/ma", {"code": "000000"})))
    assert said == {"Mã định danh, mật khẩu hoặc mã dùng một lần không đúng."}


@pytest.mark.clause("379/12.2.b")
def test_code_shown_a_second_time_is_refused(house: House) -> None:
    house.enrol("an")
    code = house.code("an")
    walk_in(house, "an")
    again = Client()
    again.post("/vao", {"login": "an", "password": PASSWORD})
    answer = again.post("/vao/ma", {"code": code})
    assert "không đúng" in alert(answer)
    assert again.get("/toi").status_code == 302


def test_sign_in_half_way_lapses(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.enrol("an")
    client = Client()
    client.post("/vao", {"login": "an", "password": PASSWORD})
    kept = client.session
    kept["antin_halfway"] = {**kept["antin_halfway"], "at": 0}
    kept.save()
    assert client.post("/vao/ma", {"code": house.code("an")}).headers["Location"] == "/vao"


def test_session_key_changes_at_each_half(house: House) -> None:
    house.enrol("an")
    client = Client()
    session = client.session
    session["planted"] = "by a stranger"
    session.save()
    before = session.session_key
    client.cookies[session_cookie()] = before
    client.post("/vao", {"login": "an", "password": PASSWORD})
    half = client.session.session_key
    client.post("/vao/ma", {"code": house.code("an")})
    assert len({before, half, client.session.session_key}) == 3
    assert "planted" not in client.session
    assert not Session.objects.filter(session_key__in=[before, half]).exists()


def session_cookie() -> str:
    from django.conf import settings

    return str(settings.SESSION_COOKIE_NAME)


@pytest.mark.clause("379/5.9")
def test_sixth_wrong_try_closes_the_door_even_for_the_right_password(house: House) -> None:
    house.enrol("an")
    for _ in range(5):
        Client().post("/vao", {"login": "an", "password": "sai"})
    assert "tạm đóng" in alert(Client().post("/vao", {"login": "an", "password": PASSWORD}))
    house.clock.advance(301)
    assert Client().post("/vao", {"login": "an", "password": PASSWORD}).status_code == 303


@pytest.mark.clause("379/5.9")
def test_unknown_names_are_limited_like_known_ones(house: House) -> None:
    for _ in range(5):
        Client().post("/vao", {"login": "khong.co", "password": "sai"})
    assert "tạm đóng" in alert(Client().post("/vao", {"login": "khong.co", "password": "sai"}))


@pytest.mark.clause("379/5.9")
def test_limits_hold_across_processes(lasting_house: House) -> None:
    """Each thread has its own connection and no memory in common but the database, like workers of one installation."""
    lasting_house.enrol("an")

    def attempt(_: int) -> str:
        try:
            return alert(Client().post("/vao", {"login": "an", "password": "sai"}))
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        said = list(pool.map(attempt, range(12)))
    assert sum("tạm đóng" not in one for one in said) == 5
    assert SignInAttempt.objects.count() == 5


def test_typed_names_are_not_kept(house: House) -> None:
    Client().post("/vao", {"login": "mat-khau-go-nham", "password": "sai"})
    assert "mat-khau" not in str(SignInAttempt.objects.values().get())


@pytest.mark.clause("379/12.2.b")
def test_account_without_an_app_reaches_enrolment_alone(house: House) -> None:
    account = house.enrol("an", active=False)
    acts.vouch_identity(actor=SYSTEM, account_id=account.id, evidence="Thẻ")
    acts.set_password(actor=SYSTEM, account_id=account.id, password=PASSWORD)
    client = Client()
    assert client.post("/vao", {"login": "an", "password": PASSWORD}).headers["Location"] == "/vao/ung-dung"
    assert client.get("/toi").headers["Location"].startswith("/vao")
    assert client.get("/vao/ma").headers["Location"] == "/vao/ung-dung"
    page = client.get("/vao/ung-dung").content.decode()
    assert "<path" in page
    secret = client.session["antin_new_secret"]
    assert "chưa đúng" in alert(client.post("/vao/ung-dung", {"code": "000000"}))
    answer = client.post("/vao/ung-dung", {"code": _code(house, secret)})
    assert answer.headers["Location"] == "/vao/ma"
    assert Account.objects.get(pk=account.id).state == "active"
    assert "không đúng" in alert(client.post("/vao/ma", {"code": _code(house, secret)}))
    house.clock.advance(30)
    assert client.post("/vao/ma", {"code": _code(house, secret)}).headers["Location"] == "/"


def _code(house: House, secret: str) -> str:
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

    return str(format_hotp_value(hotp_value(secret, int(house.clock.now().timestamp()) // authenticators.PERIOD_S)))


@pytest.mark.clause("379/11.5")
def test_session_ends_at_suspension(house: House, signed_in: SignIn) -> None:
    account = house.enrol("an")
    client = signed_in("an")
    acts.suspend_account(actor=SYSTEM, account_id=account.id, reason="nghi bị lộ")
    assert client.get("/toi").headers["Location"].startswith("/vao")
    assert not UserSession.objects.filter(user=account).exists()


@pytest.mark.clause("379/11.5")
def test_suspension_alone_would_shut_a_session_that_was_left(house: House, signed_in: SignIn) -> None:
    account = house.enrol("an")
    client = signed_in("an")
    Account.objects.filter(pk=account.id).update(state="suspended")
    assert client.get("/toi").status_code == 302


@pytest.mark.clause("379/5.9")
@pytest.mark.parametrize(("minutes", "open_still"), [(29, True), (31, False)])
def test_session_ends_after_thirty_idle_minutes(
    house: House, signed_in: SignIn, minutes: int, open_still: bool
) -> None:
    house.enrol("an")
    client = signed_in("an")
    house.clock.advance(minutes * 60)
    assert (client.get("/toi").status_code == 200) is open_still


@pytest.mark.clause("379/5.9")
def test_session_ends_after_twelve_hours_of_use(house: House, signed_in: SignIn) -> None:
    house.enrol("an")
    client = signed_in("an")
    for _ in range(36):
        house.clock.advance(1199)
        answer = client.get("/toi")
    assert answer.status_code == 200
    house.clock.advance(100)
    assert client.get("/toi").status_code == 302


@pytest.mark.clause("379/31.p1")
def test_own_sessions_are_listed_and_ended(house: House, signed_in: SignIn) -> None:
    account = house.enrol("an")
    first = signed_in("an")
    second = signed_in("an", steps=1)
    listed = queries.sessions(account.person_id)
    assert len(listed) == 2
    key = queries.accounts.commitment(second.session.session_key)
    answer = first.post("/toi/phien", {"session": key})
    assert answer.status_code == 303
    assert second.get("/toi").status_code == 302
    assert first.get("/toi").status_code == 200


@pytest.mark.clause("379/31.p1")
def test_foreign_session_is_not_ended(house: House, signed_in: SignIn) -> None:
    house.enrol("an")
    house.enrol("binh")
    an, binh = signed_in("an"), signed_in("binh")
    key = queries.accounts.commitment(binh.session.session_key)
    assert an.post("/toi/phien", {"session": key}).status_code == 422
    assert binh.get("/toi").status_code == 200


def test_sign_out_ends_the_session_on_the_server(house: House, signed_in: SignIn) -> None:
    house.enrol("an")
    client = signed_in("an")
    key = client.session.session_key
    assert client.get("/ra").status_code == 405
    assert client.post("/ra").headers["Location"] == "/vao"
    assert not Session.objects.filter(session_key=key).exists()


def test_change_password_needs_the_present_one_and_ends_all_sessions(house: House, signed_in: SignIn) -> None:
    house.enrol("an")
    client, other = signed_in("an"), signed_in("an", steps=1)
    new = "một câu khác cũng dài"
    refused = client.post("/toi/mat-khau", {"present": "sai", "password": new})
    assert refused.status_code == 422
    weak = client.post("/toi/mat-khau", {"present": PASSWORD, "password": "ngắn"})
    assert "chưa đạt" in alert(weak)
    assert client.post("/toi/mat-khau", {"present": PASSWORD, "password": new}).headers["Location"] == "/vao"
    assert other.get("/toi").status_code == 302
    assert Client().post("/vao", {"login": "an", "password": new}).status_code == 303


@pytest.mark.clause("379/11.5")
def test_loss_at_the_door_shuts_the_account_and_tells_nothing(house: House, signed_in: SignIn) -> None:
    account = house.enrol("an")
    client = signed_in("an")
    pages = [
        Client().post("/vao/mat", {"login": login, "name": name}).content.decode()
        for login, name in (("khong.co", "Ai Đó"), ("an", "Sai Tên"), ("an", "nguyen mau AN"))
    ]
    said = {re.sub(r'value="[^"]*"|X-CSRFToken[^}]*', "", page) for page in pages}
    assert len(said) == 1
    assert Account.objects.get(pk=account.id).state == "lost"
    assert client.get("/toi").status_code == 302


@pytest.mark.clause("379/5.9")
def test_loss_reports_from_one_address_are_limited(house: House) -> None:
    house.enrol("an")
    for n in range(5):
        Client().post("/vao/mat", {"login": f"x{n}", "name": "Ai Đó"})
    refused = Client().post("/vao/mat", {"login": "an", "name": "Nguyễn Mẫu An"})
    assert "tạm đóng" in alert(refused)
    assert Account.objects.get(login_name="an").state == "active"


def test_after_sign_in_the_page_asked_for_comes_and_never_another_site(house: House) -> None:
    house.enrol("an")
    client = Client()
    asked = client.get("/danh-ba?q=x").headers["Location"]
    assert asked == "/vao?tiep=%2Fdanh-ba%3Fq%3Dx"
    for given, expected in (("/danh-ba?q=x", "/danh-ba?q=x"), ("//evil.example/", "/"), ("https://evil.example", "/")):
        house.clock.advance(60)
        client = Client()
        client.post("/vao", {"login": "an", "password": PASSWORD, "tiep": given})
        assert client.post("/vao/ma", {"code": house.code("an")}).headers["Location"] == expected


def test_personas_have_no_address_outside_the_demonstration(house: House) -> None:
    house.enrol("an")
    assert Client().post("/vao/mau", {"login": "an"}).status_code == 404
    assert "Thế giới mẫu" not in Client().get("/vao").content.decode()


@pytest.fixture
def demonstration(house: House, settings: Any, tmp_path: Path) -> House:
    """The same house with its people offered at the door."""
    import importlib
    import json

    from django.urls import clear_url_caches

    import antin.house.urls
    import antin.web.urls

    house.enrol("an", Office.DRAFTER)
    people = tmp_path / "people.json"
    row = {"login": "an", "name": "Nguyễn Mẫu An", "position": "Chuyên viên", "organisation": "Tỉnh ủy (mẫu)"}
    people.write_text(json.dumps([{**row, "password": PASSWORD, "totp_secret": "x"}]))

    def reload() -> None:
        importlib.reload(antin.web.urls)
        importlib.reload(antin.house.urls)
        clear_url_caches()

    settings.ANTIN_DEMO_PEOPLE = str(people)
    reload()
    yield house
    settings.ANTIN_DEMO_PEOPLE = ""
    reload()


def test_persona_steps_in_through_the_same_checks(demonstration: House) -> None:
    assert "Nguyễn Mẫu An" in Client().get("/vao").content.decode()
    for _ in range(3):
        client = Client()
        assert client.post("/vao/mau", {"login": "an"}).headers["Location"] == "/"
        assert client.get("/toi").status_code == 200
    assert "đã dùng hết" in alert(Client().post("/vao/mau", {"login": "an"}))
    assert Client().post("/vao/mau", {"login": "khong.co"}).status_code == 404

"""The shell: headers, no inline script or style, default deny, refusals with clause and next step, preferences."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import URLPattern, get_resolver

from antin import web
from antin.regulation import Indeterminate, RuleViolation
from antin.values import Office
from antin.web import nav
from antin.web.middleware import Refusals
from small_house import House, SignIn, clock, house, lasting_house, signed_in

__all__ = ["clock", "house", "lasting_house", "signed_in"]
pytestmark = pytest.mark.django_db

STRANGERS = ("/vao", "/vao/mat", "/tro-giup", "/quy-dinh", "/quy-dinh/379/17.2", "/khong-co")
OWN = ("/toi", "/danh-ba", "/danh-ba?q=to+chuc", "/tro-giup", "/khong-co")
INLINE = re.compile(
    r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:|\shx-on|\shx-vals=.?js:|src=.https?:|href=.https?:",
    re.I,
)
TEMPLATES = Path(web.__file__).parent / "templates"


def test_no_page_has_inline_script_or_style_or_a_foreign_source(house: House, signed_in: SignIn) -> None:
    house.enrol("an", Office.CLERK, Office.SEAL_KEEPER)
    client = signed_in("an")
    for visitor, paths in ((Client(), STRANGERS), (client, OWN)):
        for path in paths:
            page = visitor.get(path).content.decode()
            assert "<main" in page, path
            assert not INLINE.search(page), (path, INLINE.search(page))


def test_no_list_loses_its_buttons_on_the_phone() -> None:
    """Narrow pages hide a head's buttons unless it keeps them; only these two have them in a bar below instead."""
    hidden = [
        str(path.relative_to(TEMPLATES))
        for path in TEMPLATES.rglob("*.html")
        if re.search(r'<header class="dhead">(?:(?!</header>).)*class="acts"', path.read_text(encoding="utf-8"), re.S)
    ]
    assert sorted(hidden) == ["decisions/desk.html", "registry/one.html"]


def test_headers_are_strict_on_every_answer(house: House, signed_in: SignIn) -> None:
    house.enrol("an", Office.CLERK)
    client = signed_in("an")
    for answer in (Client().get("/vao"), client.get("/toi"), client.get("/khong-co"), client.get("/api/v1/me")):
        policy = answer.headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        for part in (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        ):
            assert part in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert answer.headers["Cache-Control"] == "no-store"


def test_cookies_are_kept_from_scripts(house: House, signed_in: SignIn) -> None:
    house.enrol("an")
    client = signed_in("an")
    for name in (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME):
        assert client.cookies[name]["httponly"]
        assert client.cookies[name]["samesite"] == "Lax"


@pytest.mark.clause("379/5.3")
def test_every_address_is_shut_to_strangers_unless_marked() -> None:
    """Generated from the resolver: a new view is covered the day it is written."""
    admitted = {
        "vao",
        "vao/ma",
        "vao/ung-dung",
        "vao/mat",
        "vao/quoc-gia",
        "vao/quoc-gia/ve",
        "k",
        "k/<str:code>",
        "kiem-tra",
        "quy-dinh",
        "tro-giup",
        "favicon.ico",
        "suc-khoe",
    }
    opened = {pattern for pattern, view in _views() if not getattr(view, "login_required", True)}
    by_ticket = (
        "api/v1/device/"  # a program on the person's computer: no session, a ticket (tests/web/test_device_door.py)
    )
    assert {p for p in opened if not p.startswith(("giao-dien/", "quy-dinh/", by_ticket))} == admitted


def _views() -> list[tuple[str, object]]:
    found: list[tuple[str, object]] = []
    waiting = [("", get_resolver())]
    while waiting:
        prefix, resolver = waiting.pop()
        for pattern in resolver.url_patterns:  # type: ignore[attr-defined]
            path = prefix + str(pattern.pattern)
            if isinstance(pattern, URLPattern):
                found.append((path, pattern.callback))
            else:
                waiting.append((path, pattern))
    return found


@pytest.mark.clause("379/5.1")
def test_refusal_page_names_clause_reason_and_next_step(house: House, signed_in: SignIn) -> None:
    house.enrol("an")
    client = signed_in("an")
    answer = client.post("/toi/phien", {"session": "0" * 64})
    page = answer.content.decode()
    assert answer.status_code == 422
    for words in ("Phiên này không còn.", "Tải lại trang", "379/31.p1", "Mã tra cứu", "Không có gì bị thay đổi"):
        assert words in page


@pytest.mark.clause("379/5.1")
def test_refusal_to_htmx_is_a_toast_and_swaps_nothing(house: House, signed_in: SignIn) -> None:
    house.enrol("an")
    answer = signed_in("an").post("/toi/phien", {"session": "0" * 64}, headers={"HX-Request": "true"})
    assert answer.status_code == 422
    assert answer.headers["HX-Reswap"] == "none"
    assert "379/31.p1" in answer.headers["HX-Trigger"]


@pytest.mark.parametrize(
    ("violation", "status", "words"),
    [
        (RuleViolation("379/4.4", "bí mật: {name}", name="142-KH/TU"), 404, "Không tìm thấy"),
        (RuleViolation("379/21.3", "Đang niêm phong."), 423, "niêm phong"),
        (RuleViolation("379/17.2", "Đã ban hành.", "Đính chính."), 422, "Đính chính"),
        (Indeterminate("379/13.4", "Chưa tra được chứng thư.", "Thử lại lúc 09:00."), 503, "09:00"),
    ],
)
def test_refusals_answer_their_own_status(rf: RequestFactory, violation: Exception, status: int, words: str) -> None:
    request = rf.get("/van-ban/1")
    answer = Refusals(lambda _: HttpResponse()).process_exception(request, violation)
    assert answer is not None
    assert answer.status_code == status
    assert words in answer.content.decode()
    if status == 404:
        assert "142-KH/TU" not in answer.content.decode()


def test_other_errors_are_not_swallowed(rf: RequestFactory) -> None:
    assert Refusals(lambda _: HttpResponse()).process_exception(rf.get("/"), KeyError("x")) is None


def test_broken_page_needs_no_database(rf: RequestFactory) -> None:
    from antin.web.views import errors

    answer = errors.broken(rf.get("/"))
    assert answer.status_code == 500
    assert "Mã tra cứu" in answer.content.decode()


def test_form_without_token_is_refused_with_a_page(house: House) -> None:
    answer = Client(enforce_csrf_checks=True).post("/vao", {"login": "an", "password": "x"})
    assert answer.status_code == 403
    assert "Biểu mẫu không còn dùng được" in answer.content.decode()


def test_language_and_theme_are_kept_and_lead_back_home_only() -> None:
    client = Client()
    assert client.get("/giao-dien/tieng/en?ve=/vao").headers["Location"] == "/vao"
    page = client.get("/vao").content.decode()
    assert '<html lang="en"' in page
    client.get("/giao-dien/nen/dark?ve=/vao")
    assert 'data-theme="dark"' in client.get("/vao").content.decode()
    assert client.get("/giao-dien/nen/dark?ve=//evil.example").headers["Location"] == "/"
    assert client.get("/giao-dien/nen/red").status_code == 404
    client.get("/giao-dien/phim/off")
    assert 'data-keys="off"' in client.get("/vao").content.decode()


@pytest.mark.parametrize(
    ("offices", "role", "first"),
    [
        ((Office.CLERK, Office.SEAL_KEEPER), nav.Role.CLERK, "/tiep-nhan"),
        ((Office.DRAFTER, Office.REVIEWER), nav.Role.SPECIALIST, "/viec"),
        ((Office.DRAFTER, Office.LEADER), nav.Role.LEADER, "/quyet"),
        ((Office.ADMINISTRATOR,), nav.Role.ADMINISTRATOR, "/sao-luu"),
        ((Office.AUDITOR,), nav.Role.AUDITOR, "/niem-phong"),
        ((), nav.Role.SPECIALIST, "/danh-ba"),
    ],
)
def test_first_page_follows_the_mandates(
    house: House, signed_in: SignIn, offices: tuple[Office, ...], role: nav.Role, first: str
) -> None:
    house.enrol("an", *offices)
    assert nav.role_of(house.actor("an")) is role
    client = signed_in("an")
    assert client.get("/").headers["Location"] == first
    entries = [entry for group in nav.groups(house.actor("an")) for entry in group.entries]
    assert len(entries) <= 10
    assert len({entry.key for entry in entries}) == len(entries)


@pytest.mark.clause("379/5.3")
def test_administrator_sees_no_entry_to_content(house: House) -> None:
    house.enrol("quan.tri", Office.ADMINISTRATOR)
    hrefs = {entry.href for group in nav.groups(house.actor("quan.tri")) for entry in group.entries}
    assert hrefs == {"/danh-ba", "/sao-luu", "/dau-thoi-gian", "/kho-tin-cay", "/tu-dong", "/uy-quyen", "/toi"}


def test_directory_finds_without_diacritics_and_by_code(house: House, signed_in: SignIn) -> None:
    house.enrol("an", Office.CLERK)
    client = signed_in("an")
    for words in ("ban to chuc", "Ban Tổ chức", "A98.01.02"):
        page = client.get("/danh-ba", {"q": words}).content.decode()
        assert "Ban Tổ chức Tỉnh ủy (mẫu)" in page
        assert "Tỉnh ủy Lạc Giang (mẫu)</b>" not in page
    assert "Không có cơ quan nào khớp" in client.get("/danh-ba", {"q": "xyz"}).content.decode()


def test_me_answers_the_person_and_mandates(house: House, signed_in: SignIn) -> None:
    account = house.enrol("an", Office.CLERK)
    answer = signed_in("an").get("/api/v1/me").json()
    assert answer["person_id"] == str(account.person_id)
    assert answer["mandates"][0]["office"] == "clerk"


def test_interface_description_is_served(house: House, signed_in: SignIn) -> None:
    house.enrol("an")
    described = signed_in("an").get("/api/v1/openapi.json").json()
    assert "/api/v1/me" in described["paths"]


def test_texts_of_users_are_escaped(house: House, signed_in: SignIn) -> None:
    house.enrol("an")
    page = signed_in("an").get("/danh-ba", {"q": '"><script>alert(1)</script>'}).content.decode()
    assert "<script>alert" not in page


def test_shell_costs_few_queries(house: House, signed_in: SignIn, django_assert_max_num_queries: object) -> None:
    house.enrol("an", Office.DRAFTER)
    client = signed_in("an")
    with django_assert_max_num_queries(18):  # type: ignore[operator]
        client.get("/danh-ba")

"""Whose address counts, with and without a proxy in front; and a stranger who sends his file drop by drop."""

from __future__ import annotations

import socket
from dataclasses import replace
from ipaddress import ip_network

import pytest
from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from antin.web.behind_proxy import ClientAddress, client_address
from antin.web.views import checking
from world import World

pytestmark = pytest.mark.clause("379/5.4", "379/13.4")

PROXY, OTHER_PROXY, STRANGER = "10.0.0.1", "fd00::1", "203.0.113.7"
OURS = (ip_network("10.0.0.0/24"), ip_network("fd00::/8"))


@pytest.mark.parametrize(
    ("peer", "shown", "whose"),
    [
        (STRANGER, "", STRANGER),
        (STRANGER, "198.51.100.1", STRANGER),
        (PROXY, STRANGER, STRANGER),
        (PROXY, f"198.51.100.1, {STRANGER}", STRANGER),
        (PROXY, f"{STRANGER}, {OTHER_PROXY}", STRANGER),
        (PROXY, f"198.51.100.1,{STRANGER},  10.0.0.9", STRANGER),
        (PROXY, "", PROXY),
        (PROXY, "rubbish", PROXY),
        (PROXY, f"rubbish, {OTHER_PROXY}", OTHER_PROXY),
        (PROXY, "2001:DB8::0:1", "2001:db8::1"),
        ("", STRANGER, ""),
    ],
)
def test_client_address_believes_only_what_our_proxies_added(peer: str, shown: str, whose: str) -> None:
    assert client_address(peer, shown, OURS) == whose


@given(st.text(max_size=60), st.text(max_size=60))
def test_what_a_stranger_writes_never_counts(peer: str, shown: str) -> None:
    assert client_address(peer, shown, ()) == peer


def through(request: HttpRequest, *proxies: str) -> str:
    seen: list[str] = []

    def view(asked: HttpRequest) -> HttpResponse:
        seen.append(asked.META["REMOTE_ADDR"])
        return HttpResponse()

    here = settings.ANTIN
    settings.ANTIN = replace(here, web=replace(here.web, trusted_proxies=proxies))
    try:
        ClientAddress(view)(request)
    finally:
        settings.ANTIN = here
    return seen[0]


def asked(peer: str, shown: str) -> HttpRequest:
    request = HttpRequest()
    request.META = {"REMOTE_ADDR": peer, "HTTP_X_FORWARDED_FOR": shown}
    return request


def test_configuration_decides() -> None:
    assert through(asked(PROXY, STRANGER)) == PROXY
    assert through(asked(PROXY, STRANGER), "10.0.0.1") == STRANGER
    with pytest.raises(ValueError, match="proxy"):
        through(asked(PROXY, STRANGER), "proxy")


def test_strangers_behind_one_proxy_do_not_use_up_each_others_checks(world: World, settings) -> None:  # type: ignore[no-untyped-def]
    settings.ANTIN = replace(settings.ANTIN, web=replace(settings.ANTIN.web, trusted_proxies=("127.0.0.1",)))
    checking.pace.forget()
    client = Client()
    first = [client.post("/kiem-tra", {}, headers={"x-forwarded-for": STRANGER}).status_code for _ in range(13)]
    other = client.post("/kiem-tra", {}, headers={"x-forwarded-for": "198.51.100.9"}).status_code
    checking.pace.forget()
    assert (first[0], first[12], other) == (400, 429, 400)


def test_file_that_comes_drop_by_drop_gives_its_place_back(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "UPLOAD_S", 0.2)
    checking.pace.forget()
    for _ in range(checking.AT_ONCE + 1):
        ours, theirs = socket.socketpair()
        theirs.sendall(b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n%PDF')
        environ = {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": "/kiem-tra",
            "SERVER_NAME": "testserver",
            "SERVER_PORT": "80",
            "CONTENT_TYPE": "multipart/form-data; boundary=x",
            "CONTENT_LENGTH": "1000000",
            "REMOTE_ADDR": STRANGER,
            "wsgi.input": ours.makefile("rb"),
            "gunicorn.socket": ours,
        }
        request = WSGIRequest(environ)
        request.session = Client().session  # type: ignore[assignment]
        answer = checking.check(request)
        assert answer.status_code in (400, 403, 408), "the place is free again for the next"
        ours.close()
        theirs.close()
    assert checking._places.acquire(blocking=False)
    checking._places.release()

"""Addresses from outside lead nowhere they should not: names are resolved once, checked, and what was checked is contacted."""

from __future__ import annotations

import doctest
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from antin.signing.adapters import guarded_client, reach
from antin.signing.adapters.reach import Reach, target

from .nets import PUBLIC, Names, Wire, says, serving

NAME = "ocsp.example.vn"
BAD = [
    "169.254.169.254",
    "127.0.0.1",
    "127.8.9.10",
    "0.0.0.0",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:a9fe:a9fe",
    "64:ff9b::a00:1",
    "fe80::1",
    "fe80::1%lo",
    "fd00:ec2::254",
    "ff02::1",
]


def asking(
    names: Names, wire: Wire | None = None, *, hosts: tuple[str, ...] = (NAME,), internal: tuple[str, ...] = ()
) -> httpx.Client:
    limits = {"timeout_s": 2.0, "total_s": 2.0}
    return guarded_client.client(Reach.of(hosts, internal), resolve=names, wire=wire, **limits)


@pytest.fixture
def port() -> Iterator[int]:
    with serving(says(b"here")) as server:
        yield server.server_port


def test_rules_of_reach_are_as_their_examples_say() -> None:
    assert doctest.testmod(reach).failed == 0
    assert doctest.testmod(reach).attempted >= 9


@pytest.mark.parametrize("address", BAD)
def test_name_that_leads_inside_is_never_connected_to(port: int, address: str) -> None:
    wire = Wire(port)
    with asking(Names(ocsp_example_vn=[[address]]), wire) as client, pytest.raises(httpx.TransportError):
        client.get(f"http://{NAME}/")
    assert wire.reached == []


@pytest.mark.parametrize("address", BAD)
def test_of_mixed_answers_only_the_public_one_is_connected_to(port: int, address: str) -> None:
    wire = Wire(port)
    with asking(Names(ocsp_example_vn=[[address, PUBLIC, address]]), wire) as client:
        assert client.get(f"http://{NAME}/").content == b"here"
    assert wire.reached == [PUBLIC]


def test_address_that_refuses_leaves_the_next_its_time(port: int) -> None:
    wire = Wire(port, dead=["2606:4700::1111"])
    with asking(Names(ocsp_example_vn=[["2606:4700::1111", "10.0.0.1", PUBLIC]]), wire) as client:
        assert client.get(f"http://{NAME}/").content == b"here"
    assert wire.reached == ["2606:4700::1111", PUBLIC]


def test_server_of_this_machine_hears_nothing_of_a_name_that_leads_to_it() -> None:
    with serving(says(b"secret")) as server:
        for address in ("127.0.0.1", "::ffff:127.0.0.1", "0.0.0.0"):
            with asking(Names(ocsp_example_vn=[[address]])) as client, pytest.raises(httpx.TransportError):
                client.get(f"http://{NAME}:{server.server_port}/")
        assert server.paths == []  # type: ignore[attr-defined]


@pytest.mark.parametrize("host", ["127.1", "2130706433", "0x7f000001"])
def test_number_that_the_system_takes_for_loopback_is_a_name_like_others(host: str) -> None:
    with (
        serving(says(b"secret")) as server,
        guarded_client.client(Reach.of([host]), timeout_s=2, total_s=2) as client,
    ):
        with pytest.raises(httpx.TransportError, match="no address that may be reached"):
            client.get(f"http://{host}:{server.server_port}/")
        assert server.paths == []  # type: ignore[attr-defined]


@pytest.mark.parametrize("address", ["10.0.0.1", "192.168.7.7", "100.64.1.1", "fd00::1", "::ffff:10.0.0.1", PUBLIC])
@pytest.mark.parametrize("internal", [NAME, f"{NAME}:8080", NAME.upper()])
def test_internal_host_is_reached_in_its_private_network(port: int, address: str, internal: str) -> None:
    wire = Wire(port)
    with asking(Names(ocsp_example_vn=[[address]]), wire, internal=(internal,)) as client:
        assert client.get(f"http://{NAME}:8080/").content == b"here"
    assert wire.reached == [address]


@pytest.mark.parametrize("address", ["127.0.0.1", "169.254.169.254", "::1", "fe80::1", "0.0.0.0", "224.0.0.1"])
def test_internal_host_is_not_reached_at_this_machine_or_its_cable(port: int, address: str) -> None:
    wire = Wire(port)
    names = Names(ocsp_example_vn=[[address]])
    with asking(names, wire, internal=(NAME,)) as client, pytest.raises(httpx.TransportError):
        client.get(f"http://{NAME}/")
    assert wire.reached == []


@pytest.mark.parametrize("internal", ["another.vn", f"{NAME}:8080", "vn", "example.vn"])
def test_internal_host_is_that_very_host_at_that_very_port(port: int, internal: str) -> None:
    wire = Wire(port)
    names = Names(ocsp_example_vn=[["10.0.0.1"]])
    with asking(names, wire, internal=(internal,)) as client, pytest.raises(httpx.TransportError):
        client.get(f"http://{NAME}/")
    assert wire.reached == []


def test_literal_and_localhost_on_the_list_are_reached_where_they_are(port: int) -> None:
    names = Names(localhost=[["10.0.0.1", "169.254.169.254", "127.0.0.1"]])
    with asking(names, hosts=("127.0.0.1", "localhost")) as client:
        assert client.get(f"http://127.0.0.1:{port}/").content == b"here"
        assert names.asked == [], "an address is not resolved"
        assert client.get(f"http://localhost:{port}/").content == b"here"


@pytest.mark.parametrize(
    "url", ["http://10.0.0.1/", "http://[::ffff:127.0.0.1]/", f"http://{NAME}:81/", "http://x.vn/"]
)
def test_host_that_is_not_on_the_list_is_not_even_resolved(port: int, url: str) -> None:
    names, wire = Names(), Wire(port)
    with asking(names, wire, hosts=("127.0.0.1", f"{NAME}:80")) as client, pytest.raises(httpx.TransportError):
        client.get(url)
    assert (names.asked, wire.reached) == ([], [])


def test_name_that_turns_inside_after_the_check_gains_nothing(port: int) -> None:
    names, wire = Names(ocsp_example_vn=[[PUBLIC], ["127.0.0.1"]]), Wire(port)
    with asking(names, wire) as client:
        assert client.get(f"http://{NAME}/").content == b"here"
        assert (names.asked, wire.reached) == ([NAME], [PUBLIC]), "resolved once, and that was contacted"
        with pytest.raises(httpx.TransportError):
            client.get(f"http://{NAME}/")
    assert wire.reached == [PUBLIC]


def test_redirect_is_not_followed() -> None:
    with serving(says(b"", 302, Location="http://127.0.0.1:1/")) as server:
        wire = Wire(server.server_port)
        with asking(Names(ocsp_example_vn=[[PUBLIC]]), wire) as client:
            assert client.get(f"http://{NAME}/").status_code == 302
        assert wire.reached == [PUBLIC]


ENDLESS_S = 30.0
"""Without a deadline each of these takes 60 s or for ever; with it 0.3 s, and what a busy machine adds."""


def _trickles(where: str, stop: threading.Event) -> Callable[[BaseHTTPRequestHandler], None]:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        if where == "body":
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        elif where == "head":
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        while not stop.wait(0.02):
            if where != "silence":
                handler.wfile.write(b"x")

    return answer


@pytest.mark.parametrize("where", ["head", "body", "silence"])
def test_server_that_trickles_holds_nobody_longer_than_the_whole_time(where: str) -> None:
    stop = threading.Event()
    with serving(_trickles(where, stop)) as server:
        began = time.monotonic()
        listed = Reach.of(["127.0.0.1"])
        with (
            guarded_client.client(listed, timeout_s=60, total_s=0.3) as client,
            pytest.raises(httpx.TimeoutException),
        ):
            client.get(f"http://127.0.0.1:{server.server_port}/")
        took = time.monotonic() - began
        stop.set()
    assert 0.25 < took < ENDLESS_S


def test_resolver_that_hangs_holds_nobody_longer_than_the_whole_time(port: int) -> None:
    stop = threading.Event()

    def hangs(host: str, port: int) -> list[str]:
        stop.wait(60)
        return [PUBLIC]

    began, wire = time.monotonic(), Wire(port)
    with (
        guarded_client.client(Reach.of([NAME]), timeout_s=60, total_s=0.3, resolve=hangs, wire=wire) as client,
        pytest.raises(httpx.TimeoutException),
    ):
        client.get(f"http://{NAME}/")
    took = time.monotonic() - began
    stop.set()
    assert took < ENDLESS_S
    assert wire.reached == []


@pytest.mark.parametrize("asked", [NAME, "another.example.vn"])
def test_tls_verifies_the_name_not_the_address(tmp_path: Path, asked: str) -> None:
    with serving(says(b"safe")) as server:
        server.socket = _tls(tmp_path).wrap_socket(server.socket, server_side=True)
        trusting = ssl.create_default_context(cafile=str(tmp_path / "tls.pem"))
        names = Names(ocsp_example_vn=[[PUBLIC]], another_example_vn=[[PUBLIC]])
        with guarded_client.client(
            Reach.of([NAME, "another.example.vn"]),
            timeout_s=2,
            total_s=2,
            resolve=names,
            wire=Wire(server.server_port),
            context=trusting,
        ) as client:
            if asked == NAME:
                assert client.get(f"https://{asked}/").content == b"safe"
            else:
                with pytest.raises(httpx.TransportError, match="CERTIFICATE_VERIFY_FAILED"):
                    client.get(f"https://{asked}/")


def _tls(folder: Path) -> ssl.SSLContext:
    """A server's context with a certificate for NAME by itself."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "tls.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "tls.key").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "tls.pem", folder / "tls.key")
    return context


@pytest.mark.parametrize(
    "url",
    [
        "ldap://a.vn/x",
        "file:///etc/passwd",
        "http:///x",
        "http://u:p@a.vn/",
        "http://[::1/",
        "http://a.vn:x/",
        "a.vn",
        "",
    ],
)
def test_address_of_no_web_server_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        target(url)


def test_address_is_read_as_the_client_reads_it() -> None:
    assert target("HTTP://A.vn/x") == ("a.vn", 80)
    assert target("https://[::1]/") == ("::1", 443)
    assert target("http://ocsp.chứngthực.vn:81/") == ("ocsp.xn--chngthc-r34cyc.vn", 81)


@pytest.mark.parametrize("entry", ["", "http://a.vn", "a.vn/x", "u@a.vn", "a.vn:x", "[::1", "0177.0.0.1"])
def test_entry_that_is_no_host_is_told_at_the_start(entry: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Reach.of([entry])


@pytest.mark.parametrize(
    ("entry", "host", "port"),
    [
        ("::1", "::1", 80),
        ("[::1]:80", "::1", 80),
        ("0:0:0:0:0:0:0:1", "::1", 9),
        ("ocsp.chứngthực.vn", "ocsp.xn--chngthc-r34cyc.vn", 1),
    ],
)
def test_entry_is_known_in_every_spelling(entry: str, host: str, port: int) -> None:
    assert Reach.of([entry]).allows(host, port)

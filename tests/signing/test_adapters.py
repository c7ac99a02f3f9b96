"""One suite per port, run against every adapter: keys, timestamps, certificate states."""

from __future__ import annotations

import stat
import subprocess
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from antin.regulation import Indeterminate
from antin.signing import cms, token
from antin.signing.adapters.http_revocation import HttpRevocation
from antin.signing.adapters.http_timestamper import HttpTimestamper
from antin.signing.adapters.key_file import KeyFileSigner
from antin.signing.adapters.pkcs11 import Pkcs11Signer
from antin.signing.pki.local import LocalRevocation
from antin.signing.pki.server import PkiServer
from antin.signing.ports import RevocationSource, Signer, Timestamper
from antin.signing.revocation import State

from .scene import NOW, House

SOFTHSM = "/usr/lib/softhsm/libsofthsm2.so"


# keys


@pytest.fixture(scope="session")
def hsm(softhsm: Path, shared: House) -> Pkcs11Signer:
    """A SoftHSM token that holds the person's key, a P-256 and a P-384 key."""
    for number, name in enumerate(("person", "curve", "curve384"), 1):
        key = softhsm / f"{name}.pem"
        key.write_bytes(shared.issued[name].key_pem)
        _tool("--import", str(key), "--token", "antin", "--label", name, "--id", f"0{number}", "--pin", "22222222")
    return Pkcs11Signer(SOFTHSM, "antin", lambda: "22222222")


def _tool(*arguments: str) -> None:
    subprocess.run(["softhsm2-util", *arguments], check=True, capture_output=True)


@pytest.fixture(scope="session", autouse=True)
def curve(shared: House) -> None:
    shared.person("curve", key="p256")
    shared.person("curve384", key="p384")


@pytest.fixture(params=["file", "hsm"])
def signer(request: pytest.FixtureRequest, shared: House) -> Signer:
    return shared.signer if request.param == "file" else request.getfixturevalue("hsm")


@pytest.mark.clause("379/13.5")
@pytest.mark.parametrize(
    ("name", "algorithm"),
    [
        ("person", cms.RSA_PKCS1),
        ("person", cms.RSA_PSS),
        ("curve", cms.ECDSA),
        ("curve384", cms.ECDSA_384),
    ],
)
def test_signer_makes_what_the_certificate_verifies(signer: Signer, shared: House, name: str, algorithm: str):
    certificate = shared.issued[name].certificate_der
    value = signer.sign(name, b"data", algorithm)
    assert cms.raw_verify(certificate, value, b"data", algorithm)
    assert not cms.raw_verify(certificate, value, b"date", algorithm)
    assert not cms.raw_verify(certificate, value[:-1], b"data", algorithm)


def test_signer_without_the_key_says_so(signer: Signer):
    for name in ("nobody", "../person", "", "a/b", "." * 3):
        with pytest.raises(LookupError):
            signer.sign(name, b"data", cms.RSA_PKCS1)


def test_signer_refuses_an_algorithm_that_is_not_the_keys(signer: Signer):
    for name, algorithm in (("person", "rsa-md5"), ("person", cms.ECDSA), ("curve", "ecdsa-md5")):
        with pytest.raises(ValueError, match="does not sign by"):
            signer.sign(name, b"data", algorithm)


def test_signer_serves_many_threads_at_once(signer: Signer, shared: House):
    values: list[bytes] = []
    threads = [
        threading.Thread(target=lambda: values.append(signer.sign("person", b"data", cms.RSA_PKCS1))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(values) == 8
    assert all(cms.raw_verify(shared.issued["person"].certificate_der, v, b"data", cms.RSA_PKCS1) for v in values)


def test_token_opens_a_new_session_after_the_old_one_ended(hsm: Pkcs11Signer, shared: House):
    hsm.sign("person", b"data", cms.RSA_PKCS1)
    hsm.close()
    assert cms.raw_verify(
        shared.issued["person"].certificate_der, hsm.sign("person", b"x", cms.RSA_PKCS1), b"x", cms.RSA_PKCS1
    )


@pytest.mark.clause("379/13.5")
def test_key_file_is_encrypted_and_its_owners_alone(tmp_path: Path, shared: House):
    signer = KeyFileSigner(tmp_path, lambda name: b"secret")
    signer.store("mine", shared.issued["person"].key_pem)
    path = tmp_path / "mine.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert b"ENCRYPTED PRIVATE KEY" in path.read_bytes()
    with pytest.raises(FileExistsError):
        signer.store("mine", shared.issued["person"].key_pem)
    path.chmod(0o640)
    with pytest.raises(PermissionError):
        signer.sign("mine", b"data", cms.RSA_PKCS1)


def test_key_file_with_another_passphrase_does_not_open(tmp_path: Path, shared: House):
    KeyFileSigner(tmp_path, lambda name: b"secret").store("mine", shared.issued["person"].key_pem)
    with pytest.raises(ValueError, match=r".+"):
        KeyFileSigner(tmp_path, lambda name: b"other").sign("mine", b"data", cms.RSA_PKCS1)


def test_key_file_is_loaded_once(tmp_path: Path, shared: House):
    asked: list[str] = []
    signer = KeyFileSigner(tmp_path, lambda name: asked.append(name) or b"secret")  # type: ignore[func-returns-value]
    signer.store("mine", shared.issued["person"].key_pem)
    for _ in range(3):
        signer.sign("mine", b"data", cms.RSA_PKCS1)
    assert asked == ["mine", "mine"]
    signer.forget()
    signer.sign("mine", b"data", cms.RSA_PKCS1)
    assert len(asked) == 3


# servers that answer as told


class Told(BaseHTTPRequestHandler):
    """Answers every request with what the test put on the server."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        status, body = self.server.told  # type: ignore[attr-defined]
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if status == 302:
            self.send_header("Location", "http://127.0.0.1:1/")
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def told() -> Iterator[Callable[[int, bytes], str]]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Told)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()

    def answer(status: int, body: bytes) -> str:
        server.told = (status, body)  # type: ignore[attr-defined]
        return f"http://127.0.0.1:{server.server_port}"

    yield answer
    server.shutdown()
    server.server_close()


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=2.0, trust_env=False) as opened:
        yield opened


@pytest.fixture
def server(house: House) -> Iterator[PkiServer]:
    running = PkiServer(house.authority, 0).start()
    yield running
    running.stop()


def at(server: PkiServer) -> str:
    return f"http://127.0.0.1:{server.server_port}"


# timestamps


@pytest.fixture(params=["http", "local"])
def timestamper(request: pytest.FixtureRequest, house: House, client: httpx.Client) -> Timestamper:
    if request.param == "local":
        return house.authority.timestamps
    return HttpTimestamper([at(request.getfixturevalue("server")) + "/tsa"], clock=house.clock, client=client)


@pytest.mark.clause("379/12.2.b")
def test_timestamper_gives_a_signed_token_over_the_digest(timestamper: Timestamper):
    facts = token.read(timestamper.token(b"\5" * 32))
    assert (facts.digest, facts.at) == (b"\5" * 32, NOW)
    assert token.is_signed(facts)


def test_timestamper_asks_the_next_authority_when_one_fails(
    house: House, server: PkiServer, told: Callable[[int, bytes], str], client: httpx.Client
):
    urls = ["http://127.0.0.1:1/tsa", told(503, b""), at(server) + "/tsa"]
    assert HttpTimestamper(urls, clock=house.clock, client=client).token(b"\5" * 32)


@pytest.mark.clause("379/12.2.b")
@pytest.mark.parametrize(
    "what", ["rubbish", "empty", "huge", "refused", "other digest", "redirect", "other clock", "broken"]
)
def test_timestamper_believes_nothing_unsound(
    house: House, told: Callable[[int, bytes], str], client: httpx.Client, what: str
):
    authority = house.authority.timestamps
    good = b"\x30\x03\x02\x01\x00"
    stamped = authority.token(b"\6" * 32)
    body: dict[str, tuple[int, bytes]] = {
        "rubbish": (200, b"rubbish"),
        "empty": (200, b""),
        "huge": (200, b"0" * 70_000),
        "refused": (200, authority.answer(b"")),
        "other digest": (200, _reply(good, stamped)),
        "redirect": (302, b""),
        "other clock": (200, _reply(good, authority.token(b"\5" * 32))),
        "broken": (200, _reply(good, stamped[:-9])),
    }
    asked = HttpTimestamper([told(*body[what])], clock=house.clock, client=client, attempts=1)
    if what == "other clock":
        house.clock.advance(3600)
    with pytest.raises(Indeterminate) as undecided:
        asked.token(b"\5" * 32)
    assert undecided.value.facts["tried"]


def _reply(status: bytes, stamped: bytes) -> bytes:
    from antin.signing import der

    return der.sequence(status, stamped)


# states


@pytest.fixture(params=["http", "local"])
def revocation(request: pytest.FixtureRequest, house: House, client: httpx.Client) -> RevocationSource:
    if request.param == "local":
        return LocalRevocation(house.authority)
    server = request.getfixturevalue("server")
    return HttpRevocation(
        ["127.0.0.1"], rewrite={house.authority.addresses.base: at(server)}, clock=house.clock, client=client
    )


def state(source: RevocationSource, house: House, name: str = "person") -> Any:
    issued = house.issued[name]
    return source.status(issued.certificate_der, issued.chain_ders[0])


@pytest.mark.clause("379/9.2")
def test_revocation_source_tells_good_from_revoked(revocation: RevocationSource, house: House):
    good = state(revocation, house)
    assert (good.state, good.known_at) == (State.GOOD, NOW.replace(microsecond=0))
    assert good.ocsp
    house.authority.revoke(house.issued["person"].certificate_der, at=NOW - timedelta(hours=2), reason="superseded")
    revoked = state(revocation, house)
    assert (revoked.state, revoked.reason, revoked.revoked_at) == (
        State.REVOKED,
        "superseded",
        NOW - timedelta(hours=2),
    )


def test_revocation_source_falls_back_to_the_list_for_the_issuing_authority(revocation: RevocationSource, house: House):
    issuing, root = house.issued["person"].chain_ders
    found = revocation.status(issuing, root)
    assert found.state is State.GOOD
    assert found.crl and not found.ocsp


def test_certificate_that_was_never_issued_is_unknown_or_on_no_list(
    revocation: RevocationSource, house: House, new_house, look_alike
):  # type: ignore[no-untyped-def]
    stranger = new_house(look_alike).authority.issue_person("X", "Y")
    assert revocation.status(stranger.certificate_der, stranger.chain_ders[0]).state is State.UNKNOWN


@pytest.mark.parametrize("hosts", [[], ["ocsp.ca.gov.vn"], ["127.0.0.1:1"], ["127.0.0.1.example"]])
def test_http_revocation_contacts_only_allowed_hosts(house: House, hosts: list[str]):
    def forbidden(request: httpx.Request) -> httpx.Response:
        raise AssertionError(f"contacted {request.url}")

    with httpx.Client(transport=httpx.MockTransport(forbidden)) as client:
        source = HttpRevocation(hosts, clock=house.clock, client=client)
        assert state(source, house).state is State.UNKNOWN


def test_http_revocation_uses_imported_lists_when_nothing_answers(house: House):
    source = HttpRevocation([], imported=[house.authority.crl()], clock=house.clock)
    assert state(source, house).state is State.GOOD
    house.authority.revoke(house.issued["person"].certificate_der)
    source = HttpRevocation([], imported=[house.authority.crl()], clock=house.clock)
    assert state(source, house).state is State.REVOKED


@pytest.mark.parametrize("what", ["rubbish", "huge", "error", "redirect", "of another", "replayed"])
def test_http_revocation_believes_nothing_unsound(
    house: House, told: Callable[[int, bytes], str], client: httpx.Client, what: str
):
    from antin.signing import revocation as room

    seal, person = house.issued["seal"], house.issued["person"]
    of_seal = room.request(seal.certificate_der, seal.chain_ders[0], b"n" * 32)
    of_person = room.request(person.certificate_der, person.chain_ders[0], b"n" * 32)
    body = {
        "rubbish": (200, b"rubbish"),
        "huge": (200, b"0" * (17 * 1024 * 1024)),
        "error": (500, b""),
        "redirect": (302, b""),
        "of another": (200, house.authority.answer_status(of_seal)),
        "replayed": (200, house.authority.answer_status(of_person)),
    }[what]
    base = told(*body)
    source = HttpRevocation(
        ["127.0.0.1"], rewrite={house.authority.addresses.base: base}, clock=house.clock, client=client
    )
    assert state(source, house).state is State.UNKNOWN

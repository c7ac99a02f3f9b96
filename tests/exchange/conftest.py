"""The scene of this room's tests: its own authority and nodes once per run, organisations and partners per test."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.conf import settings
from django.db import connections
from tests.exchange import archipelago
from tests.exchange.archipelago import Sea
from tests.exchange.axis_scene import AxisScene, connect, raise_axis
from tests.exchange.mail_scene import MailScene, raise_mail
from tests.exchange.mail_sea import MailSea, raise_mail_sea
from tests.exchange.node import Endpoint, NodeFiles, make_node
from tests.exchange.scene import NAMES, RECIPIENT, SENDER, Scene

from antin.exchange import directory, receiver
from antin.exchange import ports as exchange_ports
from antin.exchange.ports import Limits, Ports
from antin.signing import envelope
from antin.signing import ports as signing_ports
from antin.signing.adapters.key_file import KeyFileSigner
from antin.signing.cms import PrivateKey
from antin.signing.pki.authority import DemoAuthority, Issued
from antin.signing.trust import Trust


@pytest.fixture(scope="session")
def pki() -> Iterator[DemoAuthority]:
    home = Path(tempfile.mkdtemp(prefix="antin-exchange-pki-"))
    yield DemoAuthority.create(home, base_url="http://127.0.0.1:9")
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
def issued(pki: DemoAuthority) -> dict[str, Issued]:
    return {code: pki.issue_exchange(name, code, key="rsa2048") for code, name in NAMES.items()}


@pytest.fixture(scope="session")
def keys(issued: dict[str, Issued]) -> dict[str, PrivateKey]:
    """Read once: OpenSSL proves the primes of an RSA key each time it is loaded."""
    return {code: _key(one) for code, one in issued.items()}


@pytest.fixture(scope="session")
def nodes(pki: DemoAuthority, tmp_path_factory: pytest.TempPathFactory) -> dict[str, NodeFiles]:
    folder = tmp_path_factory.mktemp("nodes")
    return {name: make_node(pki, name, folder) for name in ("ours", "partner", "unknown")}


@pytest.fixture
def house(
    pki: DemoAuthority, keys: dict[str, PrivateKey], nodes: dict[str, NodeFiles], tmp_path: Path
) -> Iterator[None]:
    """Ports of signing and exchange bound for the test, put back afterwards."""
    before = list(signing_ports._bound), list(exchange_ports._bound)
    signer = KeyFileSigner(tmp_path / "signers", passphrase=lambda ref: b"mau")
    signer._loaded |= {f"exchange-{code}": key for code, key in keys.items()}
    signing_ports.bind(replace(_signing(pki), signer=signer))
    exchange_ports.bind(
        Ports(
            installation="ban-mau",
            organisation_code=SENDER,
            url="",
            spool=tmp_path / "spool",
            channel=nodes["ours"].channel(connect_s=2.0, answer_s=5.0),
            limits=Limits(directory_s=0.0, receive_s=5.0, body_bytes=4 * 1024 * 1024, envelope_bytes=64 * 1024),
        )
    )
    envelope.forget()
    directory.forget()
    yield
    signing_ports._bound[:], exchange_ports._bound[:] = before
    envelope.forget()
    directory.forget()


@pytest.fixture
def scene(
    transactional_db: None, house: None, nodes: dict[str, NodeFiles], issued: dict[str, Issued]
) -> Iterator[Scene]:
    """The founded scene behind a real port of its own."""
    endpoint = Endpoint(_with_own_connections(receiver.application), nodes["ours"])
    scene = Scene(nodes["ours"], nodes["partner"], endpoint, issued)
    scene.found()
    yield scene
    endpoint.stop()


def _with_own_connections(application):  # type: ignore[no-untyped-def]
    """Closes the thread's database connection after each request, so that the test's database can be flushed."""

    def wrapped(environ, start_response):  # type: ignore[no-untyped-def]
        try:
            return application(environ, start_response)
        finally:
            connections.close_all()

    return wrapped


def _signing(pki: DemoAuthority) -> signing_ports.Ports:
    from antin.signing.adapters.http_revocation import HttpRevocation
    from antin.signing.adapters.http_timestamper import HttpTimestamper

    return signing_ports.Ports(
        signer=KeyFileSigner(settings.ANTIN.path("keys/none"), passphrase=lambda ref: b""),
        timestamper=HttpTimestamper(["http://127.0.0.1:9/tsa"]),
        revocation=HttpRevocation(hosts={"127.0.0.1:9"}),
        trust=Trust.from_dir(pki.trust_dir),
    )


@pytest.fixture(scope="session")
def shores() -> Iterator[set[str]]:
    """The databases of islands, kept from one test to the next."""
    made: set[str] = set()
    yield made
    for database in made:
        archipelago.drop(database)


def _key(certificate: Issued) -> PrivateKey:
    return load_pem_private_key(certificate.key_pem, None)  # type: ignore[return-value]


@pytest.fixture
def raised(
    transactional_db: None, house: None, nodes: dict[str, NodeFiles], issued: dict[str, Issued], shores: set[str]
) -> Iterator[Callable[..., Sea]]:
    """Raises islands with the codes given; all sink after the test."""
    of_code = dict(zip(archipelago.CODES, nodes.values(), strict=True))
    seas: list[Sea] = []

    def raise_them(*codes: str) -> Sea:
        seas.append(archipelago.raise_islands(codes, of_code, issued, shores))
        return seas[-1]

    yield raise_them
    for sea in seas:
        for island in sea.islands.values():
            island.sink()


@pytest.fixture
def axis(scene: Scene, tmp_path: Path) -> Iterator[AxisScene]:
    """The scene, connected to a simulated axis."""
    server = raise_axis(tmp_path / "truc")
    yield connect(scene, server)
    server.stop()


@pytest.fixture
def mail(scene: Scene, pki: DemoAuthority, tmp_path: Path) -> Iterator[MailScene]:
    """The scene, with an account of official mail."""
    found = raise_mail(scene, pki, tmp_path / "may-thu")
    yield found
    found.smtp.stop()
    found.imap.stop()


@pytest.fixture
def both_ways(raised: Callable[..., Sea], pki: DemoAuthority, tmp_path: Path) -> Iterator[MailSea]:
    """SENDER and RECIPIENT apart, with the Party's network and official mail between them."""
    found = raise_mail_sea(raised(SENDER, RECIPIENT), pki, tmp_path / "may-thu")
    yield found
    for server in found.servers:
        server.stop()

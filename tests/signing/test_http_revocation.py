"""Certificate states over HTTP from addresses that came from outside: where they may lead, what is kept, what is imported."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID

from antin.regulation import Indeterminate
from antin.signing import ports
from antin.signing.adapters import guarded_client
from antin.signing.adapters.http_revocation import ASIDE, KEPT, MAX_ADDRESSES, HttpRevocation
from antin.signing.adapters.http_timestamper import HttpTimestamper
from antin.signing.adapters.reach import Reach
from antin.signing.imported_lists import ImportedLists, newest_in
from antin.signing.pki.server import PkiServer
from antin.signing.revocation import CertificateStatus, State

from .nets import PUBLIC, Names, Wire, says, serving
from .scene import NOW, House

OFFICIAL = "http://ca.example.vn"


@pytest.fixture
def server(house: House) -> Iterator[PkiServer]:
    running = PkiServer(house.authority, 0).start()
    yield running
    running.stop()


def state(source: HttpRevocation, house: House, name: str = "person") -> CertificateStatus:
    issued = house.issued[name]
    return source.status(issued.certificate_der, issued.chain_ders[0])


def source(
    house: House,
    names: Names,
    wire: Wire,
    *,
    hosts: tuple[str, ...] = ("ca.example.vn",),
    internal: tuple[str, ...] = (),
    rewrite: dict[str, str] | None = None,
) -> HttpRevocation:
    """Asks over a net of the test's own; what stands in certificates leads to the official address first."""
    client = guarded_client.client(Reach.of(hosts, internal), timeout_s=2, total_s=2, resolve=names, wire=wire)
    rewrite = {house.authority.addresses.base: OFFICIAL} if rewrite is None else rewrite
    return HttpRevocation(hosts, internal=internal, rewrite=rewrite, clock=house.clock, client=client)


# where addresses lead


@pytest.mark.clause("379/9.2")
def test_state_is_had_from_a_public_address_and_from_no_other(house: House, server: PkiServer) -> None:
    wire = Wire(server.server_port)
    names = Names(ca_example_vn=[["10.0.0.1", PUBLIC, "::1"]])
    assert state(source(house, names, wire), house).state is State.GOOD
    assert set(wire.reached) == {PUBLIC}


@pytest.mark.parametrize("address", ["169.254.169.254", "127.0.0.1", "10.0.0.1", "::1", "::ffff:127.0.0.1"])
def test_address_that_leads_inside_leaves_the_state_unknown(house: House, server: PkiServer, address: str) -> None:
    wire = Wire(server.server_port)
    assert state(source(house, Names(ca_example_vn=[[address]]), wire), house).state is State.UNKNOWN
    assert wire.reached == []


def test_state_is_had_from_the_party_networks_own_address(house: House, server: PkiServer) -> None:
    rewrite, hosts = {house.authority.addresses.base: "http://ca.noibo:8080"}, ("ca.noibo",)
    for internal, expected in (((), State.UNKNOWN), (hosts, State.GOOD)):
        wire = Wire(server.server_port)
        asked = source(house, Names(ca_noibo=[["10.0.0.1"]]), wire, hosts=hosts, internal=internal, rewrite=rewrite)
        assert state(asked, house).state is expected
        assert wire.reached == (["10.0.0.1"] if internal else [])


@pytest.mark.parametrize(
    "other", ["http://ca.khac", "http://ca.example.vn.khac", "http://ca.example.vn:81", "ldap://ca.example.vn"]
)
def test_rewritten_address_must_be_on_the_list_itself(house: House, server: PkiServer, other: str) -> None:
    names, wire = Names(ca_khac=[[PUBLIC]], ca_example_vn=[[PUBLIC]]), Wire(server.server_port)
    rewrite, base = {house.authority.addresses.base: other}, house.authority.addresses.base.removeprefix("http://")
    asked = source(house, names, wire, hosts=("ca.example.vn:80", base), rewrite=rewrite)
    assert state(asked, house).state is State.UNKNOWN
    assert (names.asked, wire.reached) == ([], [])


def test_longest_beginning_that_ends_with_a_part_is_rewritten(house: House) -> None:
    asked = HttpRevocation(
        ["a.vn", "b.vn", "c.vn"],
        rewrite={"http://a.vn": "http://b.vn", "http://a.vn/crl/": "http://c.vn/", "http://c.vn": "http://x.vn"},
        clock=house.clock,
    )
    assert asked._address("http://a.vn/ocsp?x=1") == "http://b.vn/ocsp?x=1"
    assert asked._address("http://a.vn/crl/one.crl") == "http://c.vn/one.crl", "and not once more"
    for url in ("http://a.vn.example/", "http://a.vn81/", "http://a.vn@x.vn/"):
        with pytest.raises(ValueError, match=r".+"):
            asked._address(url)


def test_certificate_with_many_addresses_costs_no_more_than_a_few(house: House) -> None:
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "x")])
    responders = [
        x509.AccessDescription(
            AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier(f"{OFFICIAL}/{number}")
        )
        for number in range(50)
    ]
    many = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(NOW)
        .not_valid_after(NOW + timedelta(days=1))
        .add_extension(x509.AuthorityInformationAccess(responders), critical=False)
        .sign(key, hashes.SHA256())
        .public_bytes(Encoding.DER)
    )
    with serving(says(b"", 500)) as refusing:
        asked = source(house, Names(ca_example_vn=[[PUBLIC]]), Wire(refusing.server_port))
        assert asked.status(many, many).state is State.UNKNOWN
        assert refusing.paths == [f"/{number}" for number in range(MAX_ADDRESSES)]  # type: ignore[attr-defined]


def test_timestamp_authority_in_a_private_network_must_be_called_internal(house: House, server: PkiServer) -> None:
    urls = ["http://tsa.noibo/tsa"]
    for internal in ((), ("tsa.noibo",)):
        client = guarded_client.client(
            Reach.of_urls(urls, internal),
            timeout_s=2,
            total_s=2,
            resolve=Names(tsa_noibo=[["10.0.0.1"]]),
            wire=Wire(server.server_port),
        )
        asked = HttpTimestamper(urls, internal=internal, clock=house.clock, client=client, attempts=1)
        if internal:
            assert asked.token(b"\5" * 32)
        else:
            with pytest.raises(Indeterminate):
                asked.token(b"\5" * 32)


# what is kept


class Lists:
    """A server of nothing but the revocation list that the test puts there; no OCSP."""

    def __init__(self) -> None:
        self.body = b""
        self.status = 200

    def __call__(self, handler: BaseHTTPRequestHandler) -> None:
        says(self.body, self.status if handler.command == "GET" else 404)(handler)


@pytest.fixture
def lists() -> Lists:
    return Lists()


@pytest.fixture
def listing(lists: Lists) -> Iterator[ThreadingHTTPServer]:
    with serving(lists) as server:
        yield server


def fetched(server: ThreadingHTTPServer) -> int:
    return sum(path.endswith(".crl") for path in server.paths)  # type: ignore[attr-defined]


def test_list_is_kept_for_an_hour_then_asked_for_again(
    house: House, lists: Lists, listing: ThreadingHTTPServer
) -> None:
    asked = source(house, Names(ca_example_vn=[[PUBLIC]]), Wire(listing.server_port))
    lists.body = house.authority.crl()
    assert [state(asked, house).state for _ in range(3)] == [State.GOOD] * 3
    assert fetched(listing) == 1
    house.authority.revoke(house.issued["person"].certificate_der)
    lists.body = house.authority.crl()
    house.clock.advance(KEPT.total_seconds() + 1)
    assert state(asked, house).state is State.REVOKED
    assert fetched(listing) == 2


def test_kept_list_serves_on_while_its_server_is_down_but_no_longer_than_its_next_update(
    house: House, lists: Lists, listing: ThreadingHTTPServer
) -> None:
    asked = source(house, Names(ca_example_vn=[[PUBLIC]]), Wire(listing.server_port))
    lists.body = house.authority.crl()
    assert state(asked, house).state is State.GOOD
    lists.status = 503
    house.clock.advance(KEPT.total_seconds() + 1)
    assert [state(asked, house).state for _ in range(3)] == [State.GOOD] * 3
    assert fetched(listing) == 2, "a server that is down is not asked each time"
    house.clock.advance(ASIDE.total_seconds() + 1)
    state(asked, house)
    assert fetched(listing) == 3
    house.clock.advance(86_400)
    assert state(asked, house).state is State.UNKNOWN


def test_list_that_nobody_signed_is_not_kept(
    house: House, lists: Lists, listing: ThreadingHTTPServer, new_house, look_alike
) -> None:  # type: ignore[no-untyped-def]
    asked = source(house, Names(ca_example_vn=[[PUBLIC]]), Wire(listing.server_port))
    lists.body = new_house(look_alike).authority.crl()
    assert state(asked, house).state is State.UNKNOWN
    lists.body = house.authority.crl()
    assert state(asked, house).state is State.GOOD


# what is imported


def imported(folder: Path, house: House) -> HttpRevocation:
    return HttpRevocation([], imported=ImportedLists(folder), clock=house.clock)


def test_list_that_is_put_into_the_folder_is_seen_at_once(tmp_path: Path, house: House) -> None:
    asked = imported(tmp_path, house)
    assert state(asked, house).state is State.UNKNOWN
    (tmp_path / "a.crl").write_bytes(house.authority.crl())
    assert state(asked, house).state is State.GOOD
    house.authority.revoke(house.issued["person"].certificate_der)
    (tmp_path / "b.crl").write_bytes(house.authority.crl())
    assert state(asked, house).state is State.REVOKED
    for path in tmp_path.iterdir():
        path.unlink()
    assert state(asked, house).state is State.UNKNOWN


def test_imported_list_past_its_next_update_says_nothing_but_who_was_revoked(tmp_path: Path, house: House) -> None:
    asked = imported(tmp_path, house)
    house.authority.revoke(house.issued["seal"].certificate_der)
    (tmp_path / "a.crl").write_bytes(house.authority.crl())
    assert [state(asked, house, name).state for name in ("person", "seal")] == [State.GOOD, State.REVOKED]
    house.clock.advance(86_400 + 61)
    assert [state(asked, house, name).state for name in ("person", "seal")] == [State.UNKNOWN, State.REVOKED]


def test_folder_is_read_again_only_after_a_change_and_rubbish_is_passed_over(tmp_path: Path, house: House) -> None:
    (tmp_path / "a.crl").write_bytes(house.authority.crl())
    (tmp_path / "root.pem").write_bytes(b"not looked at")
    lists = ImportedLists(tmp_path)
    first = lists()
    assert lists() is first
    (tmp_path / "half.crl").write_bytes(house.authority.crl()[:99])
    assert lists() == first
    (tmp_path / "half.crl").write_bytes(house.authority.crl("root"))
    assert len(lists()) == 2
    kept = lists()
    tmp_path.rename(moved := tmp_path.with_name("moved"))
    assert lists() is kept, "while the folder is being replaced"
    moved.rename(tmp_path)


def test_room_judges_by_the_lists_as_they_lie_now(tmp_path: Path, house: House) -> None:
    lists = ImportedLists(tmp_path)
    before = ports._bound[:]
    try:
        ports.bind(
            ports.Ports(house.signer, house.authority.timestamps, imported(tmp_path, house), house.trust, lists=lists)
        )
        assert ports.bound().trust.crls == ()
        (tmp_path / "a.crl").write_bytes(house.authority.crl())
        assert ports.bound().trust.crls == lists()
        assert ports.bound().trust.anchors == house.trust.anchors
    finally:
        ports._bound[:] = before


def test_newest_list_of_each_issuer_counts(tmp_path: Path, house: House) -> None:
    (tmp_path / "root.crl").write_bytes(house.authority.crl("root"))
    (tmp_path / "b.crl").write_bytes(house.authority.crl(at=NOW - timedelta(days=9)))
    (tmp_path / "a.crl").write_bytes(house.authority.crl(at=NOW))
    mine, root = newest_in(tmp_path)
    assert (mine.file, root.file) == ("a.crl", "root.crl")
    assert [mine.ends_soon(NOW + timedelta(hours=h)) for h in (0, 19, 20, 24, 25)] == [False, False, True, True, False]
    assert [mine.is_past(NOW + timedelta(hours=h)) for h in (0, 20, 25)] == [False, False, True]
    assert not root.ends_soon(NOW) and not root.is_past(NOW)
    (tmp_path / "bad.crl").write_bytes(b"x")
    with pytest.raises(ValueError, match=r"bad\.crl"):
        newest_in(tmp_path)

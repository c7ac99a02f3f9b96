"""The demonstration authority, judged by OpenSSL; its servers over real HTTP."""

from __future__ import annotations

import http.client
import os
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from asn1crypto import tsp
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from hypothesis import given
from hypothesis import strategies as st

from antin.signing import certificates, der, token
from antin.signing.pki import DemoAuthority, profiles
from antin.signing.pki.profiles import MARK
from antin.signing.pki.server import MAX_BODY, PkiServer
from antin.signing.pki.timestamps import parse_request
from antin.values import FixedClock

from .scene import BODY, NOW, House, run

SHA256 = der.sequence(der.oid("2.16.840.1.101.3.4.2.1"), der.NULL)


@pytest.fixture(scope="module")
def server(shared: House) -> Iterator[PkiServer]:
    running = PkiServer(shared.authority, 0).start()
    yield running
    running.stop()


def ask(server: PkiServer, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    data = answer.read()
    connection.close()
    return answer.status, data


def pem(certificate: bytes, path: Path) -> Path:
    path.write_bytes(x509.load_der_x509_certificate(certificate).public_bytes(Encoding.PEM))
    return path


def request(
    *, digest: bytes = b"\7" * 32, algorithm: bytes = SHA256, version: int = 1, tail: tuple[bytes, ...] = ()
) -> bytes:
    return der.sequence(der.integer(version), der.sequence(algorithm, der.octets(digest)), *tail)


# certificates


def test_every_certificate_says_plainly_that_it_is_a_sample(shared: House):
    for issued in shared.issued.values():
        for der_bytes in (issued.certificate_der, *issued.chain_ders):
            subject = certificates.load(der_bytes).subject.rfc4514_string()
            assert MARK in subject.replace("\\", "")
        facts = certificates.facts(issued.certificate_der)
        assert facts.is_sample


def test_certificates_satisfy_openssl_and_carry_one_purpose(shared: House, tmp_path: Path):
    leaf = pem(shared.issued["person"].certificate_der, tmp_path / "leaf.pem")
    issuing = pem(shared.issued["person"].chain_ders[0], tmp_path / "issuing.pem")
    root = shared.authority.trust_dir / "root.pem"
    checked = run(
        "openssl", "verify", "-x509_strict", "-attime", int(NOW.timestamp()), "-CAfile", root, "-untrusted", issuing, leaf
    )  # fmt: skip
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert certificates.facts(shared.issued["person"].certificate_der).purpose == "sign"
    assert certificates.facts(shared.issued["seal"].certificate_der).purpose == "seal"


def test_serials_are_long_and_differ(shared: House):
    serials = {issued.serial_hex for issued in shared.issued.values()}
    assert len(serials) == len(shared.issued)
    assert all(len(serial) == 30 for serial in serials)


def test_keys_lie_in_files_of_their_owner_alone(shared: House, tmp_path: Path):
    keys = list(shared.authority.home.rglob("key.pem"))
    assert len(keys) == 4
    written = shared.issued["person"].write(tmp_path / "out", "person", passphrase=b"secret")
    for path in (*keys, written):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert b"ENCRYPTED" in written.read_bytes()


def test_create_twice_in_one_directory_is_refused(shared: House):
    with pytest.raises(FileExistsError):
        DemoAuthority.create(shared.authority.home)
    with pytest.raises(FileNotFoundError):
        DemoAuthority.open(shared.authority.home / "nowhere")


def test_tls_certificate_names_the_loopback_host_for_both_ends(shared: House):
    certificate = shared.authority.issue_tls("node-mau").certificate
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["localhost"]
    assert [str(a) for a in names.get_values_for_type(x509.IPAddress)] == ["127.0.0.1"]
    usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert len(list(usage)) == 2


def test_long_names_are_cut_to_what_x509_allows(shared: House):
    facts = certificates.facts(shared.authority.issue_seal("Ủy ban " * 30, "A1").certificate_der)
    assert facts.subject_name.endswith("…")
    assert len(facts.subject_name.encode()) <= 64


# status


def test_revocation_is_seen_by_another_opener_of_the_directory(house: House):
    other = DemoAuthority.open(house.authority.home, clock=FixedClock(NOW))
    issued = house.issued["person"]
    assert issued.serial_hex not in other.state().revoked
    house.authority.revoke(issued.certificate_der)
    assert issued.serial_hex in other.state().revoked


def test_revoking_what_was_not_issued_here_is_refused(shared: House, new_house, look_alike: Path):
    stranger = new_house(look_alike).authority.issue_person("X", "Y")
    with pytest.raises(KeyError):
        shared.authority.revoke(stranger.certificate_der)


@pytest.mark.parametrize("revoked", [False, True])
def test_ocsp_answers_satisfy_openssl(house: House, tmp_path: Path, revoked: bool):
    issued = house.issued["person"]
    if revoked:
        house.authority.revoke(issued.certificate_der, at=NOW - timedelta(days=1))
    leaf, issuing = pem(issued.certificate_der, tmp_path / "l.pem"), pem(issued.chain_ders[0], tmp_path / "i.pem")
    run("openssl", "ocsp", "-issuer", issuing, "-cert", leaf, "-reqout", tmp_path / "request")
    asked = (tmp_path / "request").read_bytes()
    (tmp_path / "answer").write_bytes(house.authority.answer_status(asked))
    said = run(
        "openssl", "ocsp", "-respin", tmp_path / "answer", "-issuer", issuing, "-cert", leaf, "-no_nonce",
        "-CAfile", house.authority.trust_dir / "root.pem", "-verify_other", issuing, "-attime", int(NOW.timestamp()),
        "-validity_period", 10**9,
    )  # fmt: skip
    assert "Response verify OK" in said.stderr, said.stderr
    assert ("revoked" if revoked else "good") in said.stdout


def test_ocsp_of_rubbish_and_of_another_authority_is_refused(shared: House, new_house, look_alike: Path):
    stranger = new_house(look_alike).authority.issue_person("X", "Y")
    builder = ocsp.OCSPRequestBuilder().add_certificate(
        stranger.certificate, x509.load_der_x509_certificate(stranger.chain_ders[0]), hashes.SHA256()
    )
    for body, expected in (
        (b"rubbish", ocsp.OCSPResponseStatus.MALFORMED_REQUEST),
        (b"0" * 20_000, ocsp.OCSPResponseStatus.MALFORMED_REQUEST),
        (builder.build().public_bytes(Encoding.DER), ocsp.OCSPResponseStatus.UNAUTHORIZED),
    ):
        answer = ocsp.load_der_ocsp_response(shared.authority.answer_status(body))
        assert answer.response_status is expected


def test_crl_satisfies_openssl(house: House, tmp_path: Path):
    house.authority.revoke(house.issued["person"].certificate_der)
    (tmp_path / "crl").write_bytes(house.authority.crl())
    issuing = pem(house.issued["person"].chain_ders[0], tmp_path / "i.pem")
    said = run("openssl", "crl", "-inform", "DER", "-in", tmp_path / "crl", "-CAfile", issuing, "-noout", "-text")
    assert "verify OK" in said.stderr
    assert "Key Compromise" in said.stdout


# timestamps


@pytest.mark.clause("379/12.2.b")
@pytest.mark.parametrize("name", ["sha256", "sha384", "sha512"])
@pytest.mark.parametrize("options", [("-cert",), ("-cert", "-no_nonce")])
def test_tokens_satisfy_openssl(shared: House, tmp_path: Path, name: str, options: tuple[str, ...]):
    (tmp_path / "data").write_bytes(b"van ban")
    run("openssl", "ts", "-query", "-data", tmp_path / "data", f"-{name}", *options, "-out", tmp_path / "query")
    (tmp_path / "reply").write_bytes(shared.authority.timestamps.answer((tmp_path / "query").read_bytes()))
    issuing = pem(shared.authority.published("issuing"), tmp_path / "i.pem")
    checked = run(
        "openssl", "ts", "-verify", "-queryfile", tmp_path / "query", "-in", tmp_path / "reply",
        "-CAfile", shared.authority.trust_dir / "root.pem", "-untrusted", issuing, "-attime", int(NOW.timestamp()),
    )  # fmt: skip
    assert "Verification: OK" in checked.stdout, checked.stderr


@pytest.mark.parametrize(
    ("asked", "failure"),
    [
        (request(algorithm=der.sequence(der.oid("1.3.14.3.2.26"), der.NULL), digest=b"\7" * 20), "bad_alg"),
        (request(algorithm=der.sequence(der.oid("1.2.840.113549.2.5")), digest=b"\7" * 16), "bad_alg"),
        (request(digest=b"\7" * 20), "bad_data_format"),
        (request(version=2), "bad_request"),
        (request(tail=(der.oid("1.2.3"),)), "unaccepted_policy"),
        (request(tail=(der.explicit(0, b""),)), "unaccepted_extensions"),
        (request(tail=(der.tlv(der.INTEGER, b"\1" * 60),)), "bad_data_format"),
        (request() + b"\0", "bad_data_format"),
        (b"", "bad_data_format"),
        (b"\x30\x80", "bad_data_format"),
        (b"0" * 5000, "bad_data_format"),
    ],
)
def test_unfit_requests_get_no_token(shared: House, asked: bytes, failure: str):
    assert refusal(shared.authority.timestamps.answer(asked)) == {failure}


def test_no_token_when_the_clock_is_not_trusted(shared: House):
    authority = shared.authority.timestamps
    kept, authority._time_is_good = authority._time_is_good, lambda: False
    try:
        assert refusal(authority.answer(request())) == {"time_not_available"}
    finally:
        authority._time_is_good = kept


def refusal(answer: bytes) -> set[str]:
    """The failures told, none for a granted request; a refusal carries nothing but its status."""
    outer = der.Reader(answer)
    body = outer.inside()
    status = tsp.PKIStatusInfo.load(body.raw(der.SEQUENCE))
    if status["status"].native == "granted":
        return set()
    body.finish()
    assert status["status"].native == "rejection"
    return set(status["fail_info"].native)


def test_token_says_what_it_covers_and_when(shared: House):
    facts = token.read(shared.authority.timestamps.token(b"\7" * 32))
    assert (facts.digest, facts.digest_name, facts.at) == (b"\7" * 32, "sha256", NOW)
    assert facts.policy == profiles.TIMESTAMP_POLICY
    assert len(facts.serial_hex) == 30
    assert token.is_signed(facts)


def test_nonce_and_certificates_are_given_as_asked(shared: House):
    asked = request(tail=(der.integer(2**60), der.TRUE))
    answer = tsp.TimeStampResp.load(shared.authority.timestamps.answer(asked))
    facts = token.read(answer["time_stamp_token"].dump())
    assert facts.nonce == 2**60
    assert len(facts.signed.certificates) == 2
    bare = tsp.TimeStampResp.load(shared.authority.timestamps.answer(request()))
    assert not token.read(bare["time_stamp_token"].dump()).signed.certificates


@given(st.binary(max_size=120))
def test_any_request_is_answered(shared: House, asked: bytes):
    for body in (asked, request(tail=(asked,))):
        assert len(refusal(shared.authority.timestamps.answer(body))) <= 1


def test_request_is_read_exactly():
    read = parse_request(request(tail=(der.integer(5), der.TRUE)))
    assert (read.nonce, read.certificate_wanted) == (der.integer(5), True)


# servers


def test_server_answers_each_service(shared: House, server: PkiServer):
    status, body = ask(server, "POST", "/tsa", request())
    assert status == 200 and tsp.TimeStampResp.load(body)["status"]["status"].native == "granted"
    assert ask(server, "GET", "/crl/root.crl")[1] == shared.authority.crl("root")
    assert x509.load_der_x509_crl(ask(server, "GET", "/crl/issuing.crl")[1]).issuer
    assert ask(server, "GET", "/ca/root.cer")[1] == shared.authority.root_der
    assert ask(server, "GET", "/health") == (200, b"ok\n")
    assert ask(server, "POST", "/ocsp", b"x")[0] == 200


@pytest.mark.parametrize(
    ("method", "path", "body", "headers", "expected"),
    [
        ("GET", "/", b"", {}, 404),
        ("GET", "/ca/../issuing/key.pem", b"", {}, 404),
        ("GET", "/ca/key.pem", b"", {}, 404),
        ("GET", "/ca/%2e%2e.cer", b"", {}, 404),
        ("GET", "/ocsp/!!!", b"", {}, 400),
        ("POST", "/elsewhere", b"x", {}, 404),
        ("POST", "/tsa", b"x" * (MAX_BODY + 1), {}, 413),
        ("POST", "/tsa", b"", {"Content-Length": "many"}, 411),
        ("DELETE", "/tsa", b"", {}, 501),
    ],
)
def test_server_refuses_what_it_does_not_know(
    server: PkiServer, method: str, path: str, body: bytes, headers: dict[str, str], expected: int
):
    assert ask(server, method, path, body, **headers)[0] == expected


def test_server_runs_as_a_process_of_its_own_without_django(tmp_path: Path):
    home = tmp_path / "ca"
    port = _free_port()
    command = [sys.executable, "-X", "importtime", "-m", "antin.signing.pki.server"]
    command += ["--home", str(home), "--port", str(port), "--create"]
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(command, stderr=log, env={**os.environ, "DJANGO_SETTINGS_MODULE": "none"})
    try:
        assert _answers(port)
        DemoAuthority.open(home).issue_person(BODY, "A1")
    finally:
        process.terminate()
    assert process.wait(10) == 0
    imported = (tmp_path / "log").read_text()
    assert "django" not in imported and "pyhanko" not in imported
    assert (home / "tsa" / "journal" / "lock").exists()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(port: int) -> bool:
    for _ in range(150):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
            connection.request("GET", "/health")
            return connection.getresponse().status == 200
        except OSError:
            time.sleep(0.1)
        finally:
            connection.close()
    return False

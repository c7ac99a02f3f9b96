"""CAdES beside any file and XAdES inside XML, prepared, signed elsewhere, embedded; judged by us and by others' tools."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from antin.regulation import RuleViolation
from antin.signing import ceremony, cms, signed_data, verdict
from antin.signing.ceremony import any_file, xml_form
from antin.signing.certificates import Certificate
from antin.signing.revocation import Evidence
from antin.signing.xml_signatures import DS, XADES

from .loose import XML
from .scene import NOW, House, later, run
from .tamper import flip

DATA = "Phụ lục: 214 tài khoản\n".encode() * 9
KEYS = [("rsa2048", ""), ("rsa2048", cms.RSA_PSS), ("p256", ""), ("p384", "")]


@pytest.fixture(scope="session")
def signer_of(shared: House) -> Any:
    """The person by kind of key."""

    def of(kind: str) -> Certificate:
        return shared.person() if kind == "rsa2048" else shared.person(f"loose-{kind}", **_once(shared, kind))

    return of


def _once(house: House, kind: str) -> dict[str, str]:
    return {} if f"loose-{kind}" in house.issued else {"key": kind}


def prepared(form: Any, certificate: Certificate, data: bytes = b"", **wishes: Any) -> any_file.PreparedFile:
    given = data or (XML if form == "xml" else DATA)
    return ceremony.prepare_file(given, form=form, certificate=certificate, at=NOW, **wishes)


def openssl(house: House, signed: bytes, folder: Path, data: bytes = DATA) -> str:
    (folder / "s.p7s").write_bytes(signed)
    (folder / "data").write_bytes(data)
    return run(
        "openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", folder / "s.p7s", "-content", folder / "data",
        "-CAfile", house.authority.trust_dir / "root.pem", "-cades", "-purpose", "any", "-attime", int(NOW.timestamp()),
        "-out", "/dev/null",
    ).stderr  # fmt: skip


def xmlsec(house: House, signed: bytes, folder: Path) -> str:
    (folder / "s.xml").write_bytes(signed)
    return run(
        "xmlsec1", "--verify", "--enabled-key-data", "x509", "--trusted-pem", house.authority.trust_dir / "root.pem",
        "--verification-gmt-time", NOW.strftime("%Y-%m-%d %H:%M:%S"), "--id-attr:Id", f"{XADES}:SignedProperties",
        folder / "s.xml",
    ).stderr  # fmt: skip


@pytest.mark.clause("379/8.2", "379/12.2.b")
@pytest.mark.parametrize(("kind", "algorithm"), KEYS)
def test_cades_is_complete_and_others_accept_it(
    shared: House, signer_of: Any, tmp_path: Path, kind: str, algorithm: str
):
    signed = ceremony.complete_file(prepared("cms", signer_of(kind), algorithm=algorithm), ports=shared.ports)
    report = verdict.validate_any(signed, at=NOW, trust=shared.trust, content=DATA)
    assert (report.verdict, report.signatures[0].level) == ("valid", "B-LT"), report.reasons
    assert report.signatures[0].claimed_at == NOW.replace(microsecond=0)
    assert "successful" in openssl(shared, signed, tmp_path)
    assert "successful" not in openssl(shared, signed, tmp_path, DATA + b" ")


@pytest.mark.clause("379/8.2", "379/12.2.b")
@pytest.mark.parametrize(("kind", "algorithm"), KEYS)
def test_xades_is_complete_and_others_accept_it(
    shared: House, signer_of: Any, tmp_path: Path, kind: str, algorithm: str
):
    signed = ceremony.complete_file(prepared("xml", signer_of(kind), algorithm=algorithm), ports=shared.ports)
    report = verdict.validate_any(signed, at=NOW, trust=shared.trust)
    assert (report.verdict, report.signatures[0].level) == ("valid", "B-LT"), report.reasons
    # The tool of the distribution does not know RSASSA-PSS; our verifier does.
    assert algorithm == cms.RSA_PSS or xmlsec(shared, signed, tmp_path).startswith("OK")
    broken = signed.replace("Kính gửi".encode(), "Kính gởi".encode())
    assert verdict.validate_any(broken, at=NOW, trust=shared.trust).verdict == "invalid"
    assert not xmlsec(shared, broken, tmp_path).startswith("OK")


@pytest.mark.clause("379/12.2.b")
@pytest.mark.parametrize("form", ["cms", "xml"])
def test_file_signed_for_the_long_term_is_valid_when_the_certificate_has_ended(shared: House, form: str):
    signed = ceremony.complete_file(prepared(form, shared.person()), ports=shared.ports)
    ended = later(days=365 * 4)
    report = verdict.validate_any(signed, at=ended, trust=shared.trust, content=DATA)
    assert report.signatures[0].certificate_not_after is not None and report.signatures[0].certificate_not_after < ended
    assert report.verdict == "valid", report.reasons
    made = prepared(form, shared.person())
    asked = ceremony.file_to_be_signed(made)
    bare = ceremony.embed_file(
        made, ceremony.prove_file(made, shared.signer.sign("person", asked.data, asked.algorithm))
    )
    assert verdict.validate_any(bare, at=ended, trust=shared.trust, content=DATA).verdict != "valid"


@pytest.mark.clause("379/5.11")
@pytest.mark.parametrize("form", ["cms", "xml"])
def test_value_of_another_key_or_another_file_is_refused(shared: House, form: str):
    one, other = prepared(form, shared.person()), prepared(form, shared.person(), b"<a/>" if form == "xml" else b"x")
    asked = ceremony.file_to_be_signed(one)
    value = shared.signer.sign("person", asked.data, asked.algorithm)
    for wrong in (flip(value, 9), b"", shared.signer.sign("seal", asked.data, asked.algorithm)):
        with pytest.raises(RuleViolation):
            ceremony.prove_file(one, wrong)
    with pytest.raises(RuleViolation):
        ceremony.prove_file(other, value)
    with pytest.raises(ValueError, match="another file"):
        ceremony.embed_file(other, ceremony.prove_file(one, value))


@pytest.mark.parametrize("form", ["cms", "xml"])
def test_prepared_file_survives_and_belongs_to_its_state(shared: House, form: str):
    one = prepared(form, shared.person())
    assert any_file.restore_file(one.data, one.state) == one
    with pytest.raises(ValueError, match="another file"):
        any_file.restore_file(one.data + b" ", one.state)


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"no xml",
        b"<a",
        b"<!DOCTYPE a><a/>",
        b'<a xml:lang="vi"/>',
        b"<?di-kem a?><a/>",
        f'<a><Signature xmlns="{DS}"/></a>'.encode(),
    ],
)
def test_xml_that_cannot_be_signed_is_refused(shared: House, broken: bytes):
    with pytest.raises(RuleViolation) as caught:
        ceremony.prepare_file(broken, form="xml", certificate=shared.person(), at=NOW)
    assert caught.value.clause == "379/13.1"


def test_xml_keeps_its_namespaces_and_comments(shared: House, tmp_path: Path):
    document = (
        '<?xml version="1.0"?><!-- ngoài --><v:goi xmlns:v="urn:v" xmlns:w="urn:w" w:b="2" v:a="1">'
        "<v:muc><!-- trong -->x &amp; y</v:muc>\n <w:muc/></v:goi>"
    ).encode()
    signed = ceremony.complete_file(prepared("xml", shared.person(), document), ports=shared.ports)
    assert verdict.validate_any(signed, at=NOW, trust=shared.trust).verdict == "valid"
    assert xmlsec(shared, signed, tmp_path).startswith("OK")
    root = etree.fromstring(signed)
    root.remove(root.find(f"{{{DS}}}Signature"))
    assert xml_form.canonical(root.getroottree()) == xml_form.canonical(etree.fromstring(document).getroottree())


@pytest.mark.clause("379/12.2.b")
def test_what_no_signature_protects_is_noticed_when_touched(shared: House):
    """Timestamp, status data, certificates: a changed bit never leaves the signature valid, nor anything unreadable."""
    signed = ceremony.complete_file(prepared("cms", shared.person()), ports=shared.ports)
    held = signed_data.open_signed_data(signed)
    assert held.regular and held.ocsps and held.crls
    for part in (*held.ocsps, *held.crls, held.token or b"", *held.certificates):
        at = signed.index(part)
        for spot in (at + 1, at + len(part) // 2, at + len(part) - 3):
            changed = flip(signed, spot)
            assert verdict.validate_any(changed, at=NOW, trust=shared.trust, content=DATA).verdict != "valid", spot


@pytest.mark.clause("379/12.2.b")
def test_timestamp_of_another_signature_proves_nothing(shared: House):
    for form in ("cms", "xml"):
        made = prepared(form, shared.person())
        asked = ceremony.file_to_be_signed(made)
        proven = ceremony.prove_file(made, shared.signer.sign("person", asked.data, asked.algorithm))
        token = shared.authority.timestamps.token(hashlib.sha256(b"another").digest())
        signed = ceremony.embed_file(made, proven, token, Evidence())
        report = verdict.validate_any(signed, at=NOW, trust=shared.trust, content=DATA)
        assert report.verdict == "indeterminate" and report.signatures[0].signed_at is None, form

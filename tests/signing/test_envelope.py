"""Signatures on messages: raw, and XMLDSig as an independent tool sees it; tampered and legacy ones."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from antin.regulation import RuleViolation
from antin.signing import cms, envelope, ports
from antin.signing.envelope import Holder, XmlVerdict, verify_xml
from antin.values import new_id

from .scene import BODY, House, run

BODY_ID = UUID("0195a0a0-0000-7000-8000-000000000001")
CURVE_ID = UUID("0195a0a0-0000-7000-8000-000000000002")
XML = (
    '<edXML xmlns="http://www.e-doc.vn/Schema/" xmlns:x="urn:x"><x:head Id="h">Số 12-CV/TU &amp; kèm</x:head>'
    "<body><p>Kính gửi</p></body></edXML>"
).encode()


@pytest.fixture(scope="module")
def exchange(shared: House) -> Iterator[House]:
    """The shared house with two bodies whose exchange certificates are held as if on record."""
    before = list(ports._bound)
    ports.bind(shared.ports)
    for name, owner, key, algorithm in (
        ("exchange", BODY_ID, "rsa2048", cms.RSA_PKCS1),
        ("exchange-ec", CURVE_ID, "p256", cms.ECDSA),
    ):
        if name not in shared.issued:
            shared.keep(name, shared.authority.issue_exchange(BODY, "A99.02", key=key))
        held = Holder(shared.issued[name].certificate_der, name, algorithm, 2**40)
        envelope._held[owner] = (2.0**40, held)
    yield shared
    envelope.forget()
    ports._bound[:] = before


def certificate(house: House, name: str = "exchange") -> bytes:
    return house.issued[name].certificate_der


@pytest.mark.parametrize(("owner", "name"), [(BODY_ID, "exchange"), (CURVE_ID, "exchange-ec")])
def test_sign_detached_verifies_and_any_change_does_not(exchange: House, owner: UUID, name: str):
    signature = envelope.sign_detached(b"message", owner)
    assert envelope.verify_detached(b"message", signature, certificate(exchange, name))
    assert not envelope.verify_detached(b"messagf", signature, certificate(exchange, name))
    assert not envelope.verify_detached(b"message", signature, certificate(exchange, "person"))


@given(st.binary(max_size=64), st.binary(max_size=300), st.binary(max_size=300))
def test_verify_detached_of_rubbish_is_false(data: bytes, signature: bytes, der: bytes):
    assert envelope.verify_detached(data, signature, der) is False


@pytest.mark.parametrize(("owner", "name"), [(BODY_ID, "exchange"), (CURVE_ID, "exchange-ec")])
def test_sign_xml_verifies_here_and_by_xmlsec1(exchange: House, tmp_path: Path, owner: UUID, name: str):
    signed = envelope.sign_xml(XML, owner)
    verified = verify_xml(signed, (certificate(exchange, "person"), certificate(exchange, name)))
    assert (verified.verdict, verified.certificate) == (XmlVerdict.AUTHENTIC, certificate(exchange, name))
    assert verified.signed.findtext(".//{urn:x}head") == "Số 12-CV/TU & kèm"
    (tmp_path / "m.xml").write_bytes(signed)
    (tmp_path / "c.der").write_bytes(certificate(exchange, name))
    checked = run("xmlsec1", "--verify", "--pubkey-cert-der", tmp_path / "c.der", tmp_path / "m.xml")
    assert checked.returncode == 0, checked.stderr


def test_signed_xml_names_the_algorithms_of_the_profile(exchange: House):
    signed = envelope.sign_xml(XML, BODY_ID).decode()
    assert "http://www.w3.org/2006/12/xml-c14n11" in signed
    assert "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256" in signed
    assert "X509Certificate" in signed and "sha1" not in signed


def test_sign_xml_takes_a_parsed_element_too(exchange: House):
    signed = envelope.sign_xml(etree.fromstring(XML), BODY_ID)
    assert verify_xml(signed, (certificate(exchange),)).verdict is XmlVerdict.AUTHENTIC


ALTERATIONS = {
    "text": lambda s: s.replace("Kính gửi", "Kính gởi"),
    "attribute": lambda s: s.replace('Id="h"', 'Id="i"'),
    "element added": lambda s: s.replace("<body>", "<body><p>thêm</p>"),
    "digest": lambda s: re.sub(r"(DigestValue>)(.)", lambda m: m[1] + ("A" if m[2] != "A" else "B"), s, count=1),
    "value": lambda s: re.sub(r"(SignatureValue>)(.)", lambda m: m[1] + ("A" if m[2] != "A" else "B"), s, count=1),
    "second signature": lambda s: re.sub(r"(<ds:Signature .*</ds:Signature>)", r"\1\1", s, flags=re.S),
    "reference elsewhere": lambda s: s.replace('URI=""', 'URI="#h"'),
    "reference outside": lambda s: s.replace('URI=""', 'URI="file:///etc/passwd"'),
    "wrapped": lambda s: re.sub(
        r"(<edXML.*</edXML>)", r'<edXML xmlns="http://www.e-doc.vn/Schema/"><x>\1</x></edXML>', s, flags=re.S
    ),
    "doctype": lambda s: s.replace("<edXML", "<!DOCTYPE edXML [<!ENTITY a 'b'>]><edXML", 1),
    "cut": lambda s: s[: len(s) // 2],
}


@pytest.mark.parametrize("case", ALTERATIONS)
def test_altered_xml_is_forged(exchange: House, case: str):
    signed = envelope.sign_xml(XML, BODY_ID).decode()
    altered = ALTERATIONS[case](signed)
    assert altered != signed
    found = verify_xml(altered.encode(), (certificate(exchange),))
    # A wrapped document may still hold a right signature: only what it covers is handed back, never the wrapping.
    assert found.verdict is XmlVerdict.FORGED, found
    assert found.signed is None


def test_xml_signed_by_somebody_else_is_forged(exchange: House):
    signed = envelope.sign_xml(XML, BODY_ID)
    assert verify_xml(signed, (certificate(exchange, "person"),)).verdict is XmlVerdict.FORGED
    assert verify_xml(signed, ()).verdict is XmlVerdict.FORGED


def test_xml_without_signature_is_unsigned():
    assert verify_xml(XML, ()).verdict is XmlVerdict.UNSIGNED
    assert verify_xml(b"rubbish", ()).verdict is XmlVerdict.FORGED


@pytest.mark.parametrize("algorithm", ["rsa-sha1", "exclusive"])
def test_legacy_signature_is_recognised_and_never_authentic(exchange: House, algorithm: str):
    """What older senders of the national axis write: RSA with SHA-1, and a transform that has a wrong name."""
    signed = envelope.sign_xml(XML, BODY_ID).decode()
    old = {
        "rsa-sha1": signed.replace(
            "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", "http://www.w3.org/2000/09/xmldsig#rsa-sha1"
        ),
        "exclusive": signed.replace(
            '<ds:Transform Algorithm="http://www.w3.org/2006/12/xml-c14n11"/>',
            '<ds:Transform Algorithm="http://www.w3.org/TR/xml-exc-c14n#"/>',
        ),
    }[algorithm]
    assert old != signed
    found = verify_xml(old.encode(), (certificate(exchange),))
    assert found.verdict is XmlVerdict.LEGACY
    assert found.signed is None


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_any_flipped_bit_is_never_authentic_with_other_content(exchange: House, at: float, bit: int):
    signed = envelope.sign_xml(XML, BODY_ID)
    spot = int(at * len(signed))
    altered = signed[:spot] + bytes((signed[spot] ^ 1 << bit,)) + signed[spot + 1 :]
    found = verify_xml(altered, (certificate(exchange),))
    if found.verdict is XmlVerdict.AUTHENTIC:
        # Some bytes of the envelope mean nothing (white space, the certificate's copy); the content must be the same.
        assert found.signed.findtext(".//{urn:x}head") == "Số 12-CV/TU & kèm"
        assert found.signed.findtext(".//{http://www.e-doc.vn/Schema/}p") == "Kính gửi"


@pytest.mark.django_db
def test_sign_detached_without_a_certificate_is_refused(exchange: House):
    with pytest.raises(RuleViolation) as refused:
        envelope.sign_detached(b"data", new_id())
    assert refused.value.clause == "379/5.7"

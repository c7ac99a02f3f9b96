"""Files of every kind, told by content: loose CMS signatures, signed XML, proof bundles, and what is none of them."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from antin.signing.revocation import Evidence
from antin.signing.verdict import Policy, Report, Verdict, kind_of, validate_any

from . import tamper
from .loose import XML, exchange_key, loose, signed_xml
from .scene import NOW, House, later

VALID, INVALID, INDETERMINATE = Verdict.VALID, Verdict.INVALID, Verdict.INDETERMINATE
LETTER = "Số 12-CV/TU: kính gửi".encode()


def check(house: House, data: bytes, content: bytes | None = None, at: datetime = NOW, crl: bool = True) -> Report:
    known = Evidence(crls=(house.authority.crl(at=at),) if crl else ())
    return validate_any(
        data, at=at, trust=house.trust, policy=Policy(("person", "seal")), content=content, evidence=known
    )


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"%PDF-1.7", "pdf"),
        (b"junk %PDF-1.7", "pdf"),
        (b"PK\x03\x04 %PDF-", "bundle"),
        (b"\x30\x82\x01", "cms"),
        (b"-----BEGIN PKCS7-----\n", "cms"),
        (b"\xef\xbb\xbf\n<?xml", "xml"),
        (b"<a/>", "xml"),
        (b"hello", ""),
        (b"", ""),
    ],
)
def test_kind_is_told_by_content(data: bytes, kind: str):
    assert kind_of(data) == kind


def test_unknown_file_is_told_so(shared: House):
    report = check(shared, b"hello")
    assert (report.verdict, report.kind) == (INVALID, "")
    assert "Không nhận ra" in report.reasons[0].text()


@pytest.mark.clause("379/13.4")
@pytest.mark.parametrize("signer", ["person", "seal"])
def test_detached_signature_is_valid_over_its_file_only(shared: House, signer: str):
    data = loose(shared, LETTER, signer=signer)
    report = check(shared, data, LETTER)
    assert (report.verdict, report.kind) == (VALID, "cms"), report
    assert (report.signatures[0].role, report.signatures[0].signed_at) == (signer, NOW)
    assert check(shared, data, LETTER + b" ").sub_indication == "HASH_FAILURE"


def test_detached_signature_without_its_file_is_undecided(shared: House):
    report = check(shared, loose(shared, LETTER))
    assert (report.verdict, report.sub_indication) == (INDETERMINATE, "SIGNED_DATA_NOT_FOUND")


def test_signature_that_holds_its_content_is_valid_alone_and_with_the_same_file(shared: House):
    data = loose(shared, LETTER, inside=True)
    assert check(shared, data).verdict is VALID
    assert check(shared, data, LETTER).verdict is VALID
    assert check(shared, data, b"another").verdict is INVALID


def test_armoured_signature_is_read(shared: House):
    from base64 import encodebytes

    data = b"-----BEGIN PKCS7-----\n" + encodebytes(loose(shared, LETTER)) + b"-----END PKCS7-----\n"
    assert check(shared, data, LETTER).verdict is VALID
    assert check(shared, data[:-8], LETTER).verdict is INVALID


def test_detached_signature_without_a_timestamp_is_undecided(shared: House):
    assert check(shared, loose(shared, LETTER, token=False), LETTER).verdict is INDETERMINATE


@pytest.mark.clause("379/5.7")
def test_detached_signature_by_an_exchange_certificate_is_invalid(shared: House):
    assert check(shared, loose(shared, LETTER, signer=exchange_key(shared)), LETTER).verdict is INVALID


@pytest.mark.parametrize("advanced", [False, True])
def test_signed_envelope_is_valid_now_and_says_that_no_time_is_proven(shared: House, advanced: bool):
    report = check(shared, signed_xml(shared, advanced=advanced))
    assert (report.verdict, report.kind) == (VALID, "xml"), report
    (signature,) = report.signatures
    assert (signature.role, signature.signed_at, signature.intact) == ("exchange", None, True)
    assert any("dấu thời gian" in reason.text() for reason in signature.reasons)


def test_signed_envelope_without_status_data_is_undecided(shared: House):
    assert check(shared, signed_xml(shared), crl=False).sub_indication == "TRY_LATER"


def test_signed_envelope_after_its_certificate_ended_is_undecided(shared: House):
    report = check(shared, signed_xml(shared), at=later(days=365 * 6))
    assert (report.verdict, report.sub_indication) == (INDETERMINATE, "EXPIRED")


def moved(xml: bytes) -> bytes:
    """Wrapping: the signed element goes aside, another takes its place."""
    root = etree.fromstring(xml)
    (body,) = root.findall("{*}edXMLBody")
    (signature,) = root.findall("{*}Signature")
    wrapper = etree.SubElement(signature, "{http://www.w3.org/2000/09/xmldsig#}Object")
    wrapper.append(body)
    etree.SubElement(root, "{http://www.e-doc.vn/Schema/}edXMLBody").text = "khác"
    return etree.tostring(root)


XML_CASES = {
    "content altered": (lambda h: signed_xml(h).replace("Kính".encode(), "Thưa".encode()), INVALID),
    "attribute added": (lambda h: signed_xml(h).replace(b"<edXMLHeader", b'<edXMLHeader a="1"'), INVALID),
    "signature value altered": (
        lambda h: re.sub(rb"(SignatureValue>)(....)", lambda m: m[1] + m[2][::-1], signed_xml(h), count=1),
        INVALID,
    ),
    "only the body signed": (lambda h: signed_xml(h, reference_uri="b"), INVALID),
    "wrapped": (lambda h: moved(signed_xml(h, reference_uri="b")), INVALID),
    "an Id twice": (lambda h: signed_xml(h, reference_uri="b").replace(b'Id="h"', b'Id="b"'), INVALID),
    "two signatures": (lambda h: signed_xml(h, signed_xml(h)), INVALID),
    "unsigned": (lambda h: XML, INVALID),
    "old kind by SHA-1": (lambda h: signed_xml(h, legacy=True), INDETERMINATE),
    "no certificate": (
        lambda h: re.sub(rb"<ds:X509Data>.*</ds:X509Data>", b"", signed_xml(h), flags=re.S),
        INDETERMINATE,
    ),
    "entities": (lambda h: b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', INVALID),
    "broken": (lambda h: signed_xml(h)[:-9], INVALID),
    "by a tls certificate": (
        lambda h: (h.keep("tls", h.authority.issue_tls("node", key="rsa2048")), signed_xml(h, signer="tls"))[1],
        INVALID,
    ),
}


@pytest.mark.clause("379/5.11", "379/13.4")
@pytest.mark.parametrize("case", XML_CASES)
def test_xml_that_is_not_as_signed_gets_its_verdict(shared: House, case: str):
    make, expected = XML_CASES[case]
    report = check(shared, make(shared))
    assert report.verdict is expected, report
    assert report.reasons and all(reason.text() for reason in report.reasons)


def test_xades_whose_signed_properties_were_altered_is_invalid(shared: House):
    data = signed_xml(shared, advanced=True)
    altered = re.sub(rb"(SigningTime>)20(\d\d)", rb"\g<1>19\2", data, count=1)
    assert altered != data
    assert check(shared, altered).verdict is INVALID


def test_pdf_goes_by_the_policy_of_documents(shared: House, sealed: bytes):
    assert check(shared, sealed).verdict is VALID
    assert check(shared, tamper.body_byte(sealed)).verdict is INVALID


def test_foreign_chain_is_not_accepted_in_any_format(shared: House, new_house, look_alike):
    other = new_house(look_alike)
    other.person()
    for data, content in ((loose(other, LETTER), LETTER), (signed_xml(other), None)):
        assert check(shared, data, content).verdict is not VALID


FAST = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@FAST
@given(at=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_any_flipped_bit_of_a_loose_signature_is_never_valid(shared: House, at: float, bit: int):
    data = shared.kept.get("loose") or shared.kept.setdefault("loose", loose(shared, LETTER))
    report = check(shared, tamper.flip(data, int(at * len(data)), 1 << bit), LETTER)
    assert report.verdict is not VALID
    assert report.reasons and all(reason.text() for reason in report.reasons)


@FAST
@given(at=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_any_flipped_bit_of_an_envelope_is_invalid_or_changes_nothing_that_is_said(shared: House, at: float, bit: int):
    data = shared.kept.get("xml") or shared.kept.setdefault("xml", signed_xml(shared))
    altered = tamper.flip(data, int(at * len(data)), 1 << bit)
    report = check(shared, altered)
    assert report.reasons and all(reason.text() for reason in report.reasons)
    if report.verdict is VALID:
        assert said(altered) == said(data)


@pytest.mark.parametrize("beside", [b"<?mau la?>%b", b"<?xml-stylesheet href='x.xsl'?>%b", b"%b<?mau la?>"])
def test_an_instruction_beside_the_root_is_never_valid(shared: House, beside: bytes):
    data = shared.kept.get("xml") or shared.kept.setdefault("xml", signed_xml(shared))
    bare = data[data.index(b"<edXML") :]
    assert check(shared, bare).verdict is VALID
    assert check(shared, b"<!-- a comment is no content -->" + bare).verdict is VALID
    assert check(shared, beside.replace(b"%b", bare)).verdict is not VALID


def said(xml: bytes) -> bytes:
    """The document without its signature, in canonical form."""
    root = etree.fromstring(xml)
    for signature in root.iter("{http://www.w3.org/2000/09/xmldsig#}Signature"):
        signature.getparent().remove(signature)
        break
    return bytes(etree.tostring(root, method="c14n", with_comments=False))


@FAST
@given(
    start=st.sampled_from([b"", b"<a>", b"PK\x03\x04", b"\x30\x80", b"%PDF-1.7\n", b"-----BEGIN CMS-----"]),
    data=st.binary(max_size=300),
)
def test_any_bytes_of_any_kind_are_answered(shared: House, start: bytes, data: bytes):
    assert check(shared, start + data, LETTER).verdict is not VALID

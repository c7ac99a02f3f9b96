"""Signatures by other programs: what official signers write today and wrote before, and a second opinion on ours."""

from __future__ import annotations

import asyncio
import io
import json
from pathlib import Path

import pytest
from asn1crypto import x509 as asn1_x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko.sign.validation.dss import DocumentSecurityStore

from antin.signing import ceremony, der, signed_data
from antin.signing.revocation import Evidence
from antin.signing.verdict import Policy, Report, Verdict, validate

from .scene import NOW, House, run

MODERN, OLDER = b"/SubFilter /ETSI.CAdES.detached", b"/SubFilter /adbe.pkcs7.detached"


def indefinite(data: bytes) -> bytes:
    """The same SignedData with indefinite lengths outside, as older official signers write it."""
    info = der.Reader(data).inside()
    kind, body = info.raw(der.OID), info.inside(0xA0).inside()
    parts = b"".join(iter(lambda: body.raw() if body.more() else b"", b""))
    return b"\x30\x80" + kind + b"\xa0\x80\x30\x80" + parts + b"\0" * 6


def by_openssl(house: House, place: Path, *options: str, older: bool = False, ber: bool = False) -> bytes:
    """The person's signature made by `openssl cms` over the byte range of a prepared document."""
    prepared = house.prepare_person(with_seal=False)
    start, end = json.loads(prepared.state)["place"]
    pdf = prepared.pdf.replace(MODERN, OLDER) if older else prepared.pdf
    (place / "content").write_bytes(pdf[:start] + pdf[end:])
    (place / "key.pem").write_bytes(house.issued["person"].key_pem)
    house.issued["person"].write(place, "person")
    done = run(
        "openssl", "cms", "-sign", "-binary", "-in", place / "content", "-signer", place / "person.chain.pem",
        "-inkey", place / "key.pem", "-outform", "DER", "-out", place / "cms", *options,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    if ber:
        (place / "cms").write_bytes(indefinite((place / "cms").read_bytes()))
    data = (place / "cms").read_bytes().hex().encode()
    return pdf[: start + 1] + data + b"0" * (end - start - 2 - len(data)) + pdf[end - 1 :]


def check(house: House, pdf: bytes) -> Report:
    evidence = Evidence(crls=(house.authority.crl(),))
    return validate(pdf, at=NOW, trust=house.trust, policy=Policy(("person",)), evidence=evidence)


@pytest.mark.parametrize("ber", [False, True])
@pytest.mark.parametrize("digest", ["sha256", "sha384", "sha512"])
def test_older_kind_of_signature_in_der_and_in_ber_is_right_but_lacks_a_timestamp(
    house: House, tmp_path: Path, ber: bool, digest: str
):
    pdf = by_openssl(house, tmp_path, "-md", digest, "-nosmimecap", older=True, ber=ber)
    report = check(house, pdf)
    (signature,) = report.signatures
    assert signature.intact, report
    assert (report.verdict, signature.level) == (Verdict.INDETERMINATE, "B-B")
    archived = ceremony.add_archive_timestamp(pdf, timestamper=house.authority.timestamps)
    assert check(house, archived).verdict is Verdict.VALID, check(house, archived)


@pytest.mark.parametrize("ber", [False, True])
def test_sha_1_is_too_weak_however_right(house: House, tmp_path: Path, ber: bool):
    pdf = by_openssl(house, tmp_path, "-md", "sha1", older=True, ber=ber)
    report = check(house, ceremony.add_archive_timestamp(pdf, timestamper=house.authority.timestamps))
    assert (report.verdict, report.sub_indication) == (Verdict.INDETERMINATE, "CRYPTO_CONSTRAINTS_FAILURE")


def test_pss_by_openssl_is_understood(house: House, tmp_path: Path):
    pdf = by_openssl(house, tmp_path, "-md", "sha256", "-keyopt", "rsa_padding_mode:pss", older=True)
    report = check(house, ceremony.add_archive_timestamp(pdf, timestamper=house.authority.timestamps))
    assert report.verdict is Verdict.VALID, report


def test_modern_kind_without_the_certificates_digest_is_not_accepted(house: House, tmp_path: Path):
    pdf = by_openssl(house, tmp_path, "-md", "sha256")
    report = check(house, ceremony.add_archive_timestamp(pdf, timestamper=house.authority.timestamps))
    assert (report.verdict, report.sub_indication) == (Verdict.INDETERMINATE, "NO_SIGNING_CERTIFICATE_FOUND")


def test_modern_kind_with_the_certificates_digest_is_accepted(house: House, tmp_path: Path):
    pdf = by_openssl(house, tmp_path, "-md", "sha256", "-cades")
    report = check(house, ceremony.add_archive_timestamp(pdf, timestamper=house.authority.timestamps))
    assert report.verdict is Verdict.VALID, report


def test_signer_named_by_key_identifier_is_found(house: House, tmp_path: Path):
    pdf = by_openssl(house, tmp_path, "-md", "sha256", "-keyid", older=True)
    report = check(house, ceremony.add_archive_timestamp(pdf, timestamper=house.authority.timestamps))
    assert report.verdict is Verdict.VALID, report


def test_signature_that_holds_its_content_is_a_wrong_format(house: House, tmp_path: Path):
    prepared = house.prepare_person(with_seal=False)
    assert prepared.digest
    (tmp_path / "small").write_bytes(b"content")
    pdf = by_openssl(house, tmp_path, "-md", "sha256", older=True)
    run(
        "openssl", "cms", "-sign", "-binary", "-nodetach", "-in", tmp_path / "small", "-signer", tmp_path / "person.chain.pem",
        "-inkey", tmp_path / "key.pem", "-outform", "DER", "-out", tmp_path / "cms",
    )  # fmt: skip
    start = pdf.index(b"/Contents <") + len(b"/Contents <")
    end = pdf.index(b">", start)
    data = (tmp_path / "cms").read_bytes().hex().encode()
    report = check(house, pdf[:start] + data + b"0" * (end - start - len(data)) + pdf[end:])
    assert (report.verdict, report.sub_indication) == (Verdict.INVALID, "FORMAT_FAILURE")


def test_ber_and_der_are_read_into_the_same_parts(house: House, tmp_path: Path):
    by_openssl(house, tmp_path, "-md", "sha256")
    exact = (tmp_path / "cms").read_bytes()
    data = indefinite(exact)
    parts = signed_data.open_signed_data(data)
    assert parts == signed_data.open_signed_data(exact)
    assert signed_data.signer_of(parts) == house.issued["person"].certificate_der
    assert signed_data.open_signed_data(data + b"\0\0") == parts
    with pytest.raises(ValueError, match="neither"):
        signed_data.open_signed_data(data + b"\1")


def test_library_agrees_that_our_signatures_are_right(shared: House, sealed: bytes):
    reader = PdfFileReader(io.BytesIO(sealed))
    store = DocumentSecurityStore.read_dss(reader)
    root = asn1_x509.Certificate.load(shared.authority.root_der)
    for signature in reader.embedded_regular_signatures:
        context = store.as_validation_context(
            {
                "trust_roots": [root],
                "allow_fetching": False,
                "moment": NOW,
                "revocation_mode": "hard-fail",
                "retroactive_revinfo": True,
            }
        )
        status = asyncio.run(async_validate_pdf_signature(signature, context))
        assert status.intact and status.valid and status.trusted, status.pretty_print_details()
        assert status.docmdp_ok
        assert status.timestamp_validity is not None and status.timestamp_validity.trusted

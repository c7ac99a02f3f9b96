"""The ceremony end to end, judged by independent tools: poppler (NSS), qpdf, OpenSSL."""

from __future__ import annotations

import hashlib
import io
import json
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from antin.regulation import Indeterminate, RuleViolation
from antin.signing import ceremony, cms
from antin.signing.certificates import Certificate
from antin.signing.ports import Ports
from antin.signing.revocation import UNKNOWN

from .scene import BODY, FOUNDED, NOW, PERSON, House, later, run


def pdfsig(pdf: bytes, place: Path) -> str:
    path = place / "document.pdf"
    path.write_bytes(pdf)
    return run("pdfsig", "-nocert", path).stdout


@pytest.mark.clause("379/8.2")
@pytest.mark.clause("379/8.4")
def test_complete_person_then_seal_satisfies_poppler_and_qpdf(sealed: bytes, tmp_path: Path):
    said = pdfsig(sealed, tmp_path)
    assert said.count("Signature Validation: Signature is Valid.") == 2
    assert PERSON in said and BODY in said
    assert "ETSI.CAdES.detached" in said
    checked = run("qpdf", "--check", tmp_path / "document.pdf")
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_complete_leaves_the_prepared_bytes_as_a_prefix(shared: House, signed: bytes, sealed: bytes):
    assert signed.startswith(shared.pdf)
    assert sealed.startswith(signed)


def test_prepare_creates_both_fields_and_the_seal_locks_the_document(sealed: bytes):
    with pikepdf.open(io.BytesIO(sealed)) as pdf:
        fields = {str(field.T): field for field in pdf.Root.AcroForm.Fields}
        assert {"Signature1", "Seal1"} <= set(fields)
        assert fields["Seal1"].Lock.Action == "/All"
        assert fields["Seal1"].Lock.P == 1
        assert fields["Seal1"].V.Reference[0].TransformMethod == "/FieldMDP"
        assert all(field.F == 132 for name, field in fields.items() if name in {"Signature1", "Seal1"})
        assert [str(f.V.SubFilter) for f in fields.values()].count("/ETSI.RFC3161") == 1
        assert len(pdf.Root.DSS.OCSPs) >= 2
        assert len(pdf.Root.DSS.CRLs) >= 1


@pytest.mark.clause("379/13.1")
def test_prepare_shows_name_position_and_instant_with_zone(signed: bytes, tmp_path: Path):
    (tmp_path / "signed.pdf").write_bytes(signed)
    text = run("pdftotext", tmp_path / "signed.pdf", "-").stdout
    assert PERSON in text
    assert "T/M BAN THƯỜNG VỤ, PHÓ BÍ THƯ" in text
    assert "2026-03-02T09:30:15+07:00" in text


@pytest.mark.clause("379/13.1")
def test_prepare_draws_the_seal_at_its_true_size(sealed: bytes):
    with pikepdf.open(io.BytesIO(sealed)) as pdf:
        (field,) = [f for f in pdf.Root.AcroForm.Fields if f.T == "Seal1"]
        x1, y1, x2, y2 = (float(v) for v in field.Rect)
        assert (x2 - x1) / 72 * 25.4 == pytest.approx(36, abs=0.01)
        assert (y2 - y1) / 72 * 25.4 == pytest.approx(36, abs=0.01)
        assert b"\n" in field.AP.N.read_bytes()


def test_prepare_embeds_every_font_with_true_widths(signed: bytes, tmp_path: Path):
    (tmp_path / "signed.pdf").write_bytes(signed)
    lines = run("pdffonts", tmp_path / "signed.pdf").stdout.splitlines()[2:]
    assert lines
    assert all(line.split()[-5:-2] == ["yes", "yes", "yes"] for line in lines), lines


def test_prepare_accepts_the_bodys_own_transparent_png(shared: House, signed: bytes, tmp_path: Path):
    picture = io.BytesIO()
    Image.new("RGBA", (200, 200), (210, 20, 20, 120)).save(picture, "PNG")
    prepared = ceremony.prepare(
        signed,
        role="seal",
        page=1,
        box=(0, 0, 0, 0),
        certificate=shared.seal(),
        appearance=ceremony.Appearance.seal(BODY, picture.getvalue()),
        at=NOW,
        first=False,
    )
    said = pdfsig(ceremony.complete(prepared, ports=shared.ports), tmp_path)
    assert said.count("Signature is Valid.") == 2


def test_prepare_refuses_a_picture_with_too_many_pixels(shared: House):
    picture = io.BytesIO()
    Image.new("1", (4000, 4000)).save(picture, "PNG")
    with pytest.raises(RuleViolation) as refused:
        ceremony.prepare(
            shared.pdf,
            role="person",
            page=1,
            box=(0, 0, 100, 50),
            certificate=shared.person(),
            appearance=ceremony.Appearance.person(PERSON, "", image_png=picture.getvalue()),
            at=NOW,
            first=True,
        )
    assert refused.value.clause == "379/13.1"


@pytest.mark.parametrize("page", [0, 2, 99])
def test_prepare_refuses_a_page_that_is_not_there(shared: House, page: int):
    with pytest.raises(RuleViolation):
        ceremony.prepare(
            shared.pdf,
            role="person",
            page=page,
            box=(0, 0, 100, 50),
            certificate=shared.person(),
            appearance=ceremony.Appearance(),
            at=NOW,
            first=True,
        )


@pytest.mark.parametrize(
    "data", [b"", b"%PDF-1.7\n", b"not a pdf", b"%PDF-1.7\nxref\n0 0\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF"]
)
def test_prepare_refuses_what_is_no_pdf(shared: House, data: bytes):
    with pytest.raises(RuleViolation) as refused:
        shared.prepare_person(pdf=data) if data else ceremony.prepare(
            data,
            role="person",
            page=1,
            box=(0, 0, 100, 50),
            certificate=shared.person(),
            appearance=ceremony.Appearance(),
            at=NOW,
            first=True,
        )
    assert refused.value.clause == "379/13.1"


# certificates


@pytest.mark.clause("379/9.2")
def test_prepare_refuses_an_expired_certificate(house: House):
    old = house.person("old", not_before=FOUNDED, not_after=later(days=-1))
    with pytest.raises(RuleViolation) as refused:
        house.prepare_person(old)
    assert refused.value.clause == "379/9.2"


@pytest.mark.clause("379/28.1")
def test_prepare_refuses_a_certificate_not_yet_valid(house: House):
    young = house.person("young", not_before=later(days=1), not_after=later(days=9))
    with pytest.raises(RuleViolation) as refused:
        house.prepare_person(young)
    assert refused.value.clause == "379/28.1"


@pytest.mark.clause("379/5.7")
def test_prepare_refuses_a_certificate_of_another_purpose(house: House):
    exchange = house.keep("exchange", house.authority.issue_exchange(BODY, "A99.02"))
    for wrong in (exchange, house.seal()):
        with pytest.raises(RuleViolation) as refused:
            house.prepare_person(wrong)
        assert refused.value.clause == "379/5.7"


@pytest.mark.clause("379/9.2")
def test_sign_refuses_a_revoked_certificate(house: House):
    prepared = house.prepare_person()
    house.authority.revoke(house.issued["person"].certificate_der)
    with pytest.raises(RuleViolation) as refused:
        ceremony.complete(prepared, ports=house.ports)
    assert refused.value.clause == "379/9.2"


@pytest.mark.clause("379/9.2")
def test_sign_stops_when_the_state_of_the_certificate_is_unknown(shared: House):
    class Silent:
        def status(self, *_: object) -> object:
            return UNKNOWN

    ports = Ports(shared.signer, shared.authority.timestamps, Silent(), shared.trust, shared.clock)  # type: ignore[arg-type]
    with pytest.raises(Indeterminate):
        ceremony.complete(shared.prepare_person(), ports=ports)


# prepare → sign elsewhere → embed


def test_restore_after_a_crash_signs_the_very_same_document(shared: House, tmp_path: Path):
    prepared = shared.prepare_person()
    (tmp_path / "prepared.pdf").write_bytes(prepared.pdf)
    (tmp_path / "state").write_bytes(prepared.state)
    restored = ceremony.restore((tmp_path / "prepared.pdf").read_bytes(), (tmp_path / "state").read_bytes())
    assert restored == prepared
    assert "Signature is Valid." in pdfsig(ceremony.complete(restored, ports=shared.ports), tmp_path)


def test_restore_refuses_a_state_of_another_document(shared: House):
    one, other = shared.prepare_person(), shared.prepare_person()
    with pytest.raises(ValueError, match="another PDF"):
        ceremony.restore(one.pdf, other.state)


def test_prepared_digest_is_the_digest_around_the_empty_place(shared: House):
    prepared = shared.prepare_person()
    start, end = json.loads(prepared.state)["place"]
    assert hashlib.sha256(prepared.pdf[:start] + prepared.pdf[end:]).hexdigest() == prepared.digest


@pytest.mark.clause("379/5.11")
def test_prove_refuses_a_value_made_by_another_key(shared: House):
    prepared = shared.prepare_person()
    asked = ceremony.to_be_signed(prepared)
    with pytest.raises(RuleViolation) as refused:
        ceremony.prove(prepared, shared.signer.sign("seal", asked.data, asked.algorithm))
    assert refused.value.clause == "379/5.11"


def test_embed_refuses_a_signature_made_for_another_document(shared: House):
    one, other = shared.prepare_person(), shared.prepare_person()
    asked = ceremony.to_be_signed(one)
    proven = ceremony.prove(one, shared.signer.sign("person", asked.data, asked.algorithm))
    with pytest.raises(ValueError, match="another document"):
        ceremony.embed(other, proven, None)


def test_sign_elsewhere_with_openssl_as_the_persons_device(shared: House, tmp_path: Path):
    prepared = shared.prepare_person()
    asked = ceremony.to_be_signed(prepared)
    (tmp_path / "data").write_bytes(asked.data)
    (tmp_path / "key.pem").write_bytes(shared.issued["person"].key_pem)
    run("openssl", "dgst", "-sha256", "-sign", tmp_path / "key.pem", "-out", tmp_path / "value", tmp_path / "data")
    proven = ceremony.prove(prepared, (tmp_path / "value").read_bytes())
    assert "Signature is Valid." in pdfsig(ceremony.embed(prepared, proven, None), tmp_path)


@pytest.mark.parametrize(("key", "algorithm"), [("p256", ""), ("p384", ""), ("rsa3072", ""), ("rsa2048", cms.RSA_PSS)])
def test_sign_by_other_algorithms_of_the_list(house: House, tmp_path: Path, key: str, algorithm: str):
    certificate = house.person(f"person-{key}", key=key)
    signed = ceremony.complete(house.prepare_person(certificate, algorithm=algorithm), ports=house.ports)
    assert "Signature is Valid." in pdfsig(signed, tmp_path)


def test_embedded_cms_satisfies_openssl(shared: House, tmp_path: Path):
    prepared = shared.prepare_person()
    signed = ceremony.sign(prepared, shared.signer, shared.authority.timestamps)
    start, end = json.loads(prepared.state)["place"]
    (tmp_path / "content").write_bytes(signed[:start] + signed[end:])
    (tmp_path / "cms").write_bytes(bytes.fromhex(signed[start + 1 : end - 1].decode()))
    checked = run(
        "openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", tmp_path / "cms", "-content", tmp_path / "content",
        "-CAfile", shared.authority.trust_dir / "root.pem", "-purpose", "any", "-attime", int(NOW.timestamp()),
        "-out", "/dev/null",
    )  # fmt: skip
    assert checked.returncode == 0, checked.stderr


def test_complete_without_a_seal_to_come_ends_with_an_archive_timestamp(shared: House, tmp_path: Path):
    signed = shared.signed_by_person(with_seal=False)
    assert signed.count(b"/ETSI.RFC3161") == 1
    assert "Signature is Valid." in pdfsig(signed, tmp_path)


def test_seal_in_a_document_without_the_field_creates_it(shared: House, tmp_path: Path):
    signed = ceremony.sign(shared.prepare_person(with_seal=False), shared.signer, shared.authority.timestamps)
    said = pdfsig(shared.sealed(signed), tmp_path)
    assert said.count("Signature is Valid.") == 2


def test_add_revocation_twice_adds_nothing(shared: House, signed: bytes):
    again = ceremony.add_revocation(signed, revocation=shared.ports.revocation, trust=shared.trust)
    assert again == signed


def test_sample_drawings_are_the_same_every_time_and_differ_by_name():
    ceremony.sample_signature.cache_clear()
    one = ceremony.sample_signature("Nguyễn Văn Mẫu")
    ceremony.sample_signature.cache_clear()
    assert ceremony.sample_signature("Nguyễn Văn Mẫu") == one
    assert ceremony.sample_signature("Trần Thị Mẫu") != one


def test_certificate_is_the_simplest_holder():
    assert Certificate(b"x").chain == ()

"""What was altered after signing is never valid; each case with the verdict it must get (379/5.11, 379/13.4)."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from pyhanko.sign.fields import SigFieldSpec

from antin.signing import ceremony
from antin.signing.ceremony import preparation
from antin.signing.certificates import Certificate
from antin.signing.trust import Trust
from antin.signing.verdict import Policy, Report, Verdict, validate

from . import tamper
from .scene import NOW, PERSON, House, later

INVALID, CHANGED, INDETERMINATE = Verdict.INVALID, Verdict.CHANGED, Verdict.INDETERMINATE


def check(house: House, data: bytes, *, required: tuple[str, ...] = ("person", "seal"), at=NOW, **wishes) -> Report:
    return validate(data, at=at, trust=wishes.pop("trust", house.trust), policy=Policy(required, **wishes))


def test_untouched_document_is_valid_with_both_signatures_at_b_lta(shared: House, sealed: bytes):
    report = check(shared, sealed)
    assert report.verdict is Verdict.VALID, report
    assert [(s.role, s.level, s.verdict) for s in report.signatures] == [
        ("person", "B-LTA", Verdict.VALID),
        ("seal", "B-LTA", Verdict.VALID),
    ]
    person, seal = report.signatures
    assert person.signer_name == PERSON
    assert person.capacity == "T/M BAN THƯỜNG VỤ, PHÓ BÍ THƯ"
    assert person.signed_at == NOW.replace(microsecond=0) or person.signed_at == NOW
    assert person.status_at_signing == "good"
    assert person.changes == "forms"
    assert seal.changes == "archival"
    assert seal.locks
    assert person.is_sample
    assert report.timestamps[0].coverage == "file"


def test_report_survives_json(shared: House, sealed: bytes):
    report = check(shared, sealed)
    assert Report.from_dict(report.to_dict()) == report


def test_signed_document_that_awaits_its_seal_is_valid_on_the_way_and_incomplete_as_a_whole(
    shared: House, signed: bytes
):
    assert check(shared, signed, required=("person",), complete=False).verdict is Verdict.VALID
    report = check(shared, signed, required=("person",))
    assert report.verdict is INVALID
    assert any("còn trống" in reason.text() for reason in report.reasons)


def resaved(data: bytes) -> bytes:
    output = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        pdf.save(output)
    return output.getvalue()


def cut_before_seal(data: bytes) -> bytes:
    """The file as it was before the seal was added."""
    ends = [at + 6 for at in _all(data, b"%%EOF\n")]
    first_seal = tamper.places(data)[1][0]
    return data[: max(end for end in ends if end < first_seal)]


def _all(data: bytes, text: bytes) -> list[int]:
    found, at = [], data.find(text)
    while at >= 0:
        found.append(at)
        at = data.find(text, at + 1)
    return found


CASES: dict[str, tuple[Callable[[bytes], bytes], set[Verdict]]] = {
    "byte of the page flipped": (tamper.body_byte, {INVALID}),
    "person's CMS altered": (lambda d: tamper.cms_byte(d, 0), {INVALID, INDETERMINATE}),
    "seal's CMS altered": (lambda d: tamper.cms_byte(d, 1), {INVALID, INDETERMINATE}),
    "archive timestamp altered": (lambda d: tamper.cms_byte(d, 2), {INVALID, INDETERMINATE}),
    "padding of the person's place": (lambda d: tamper.padding_digit(d, 0), {INVALID}),
    "padding of the seal's place": (lambda d: tamper.padding_digit(d, 1), {INVALID}),
    "padding of the last place": (lambda d: tamper.padding_digit(d, 2), {INVALID}),
    "person's place emptied": (lambda d: tamper.emptied(d, 0), {INVALID}),
    "seal's place emptied": (lambda d: tamper.emptied(d, 1), {INVALID}),
    "timestamp's place emptied": (lambda d: tamper.emptied(d, 2), {INVALID}),
    "byte range without gap": (lambda d: tamper.byte_range(d, b"/ByteRange [0 10 10 10]"), {INVALID, CHANGED}),
    "byte range negative": (lambda d: tamper.byte_range(d, b"/ByteRange [0 -1 -1 5]"), {INVALID, CHANGED}),
    "byte range not from the start": (lambda d: tamper.byte_range(d, b"/ByteRange [9 1 12 3]"), {INVALID, CHANGED}),
    "byte range of three numbers": (lambda d: tamper.byte_range(d, b"/ByteRange [0 1 12]"), {INVALID}),
    "byte range null": (lambda d: tamper.byte_range(d, b"/ByteRange null"), {INVALID}),
    "byte range missing": (lambda d: tamper.byte_range(d, b"/Byterange [0 1 2 3]"), {INVALID}),
    "page content added": (lambda d: tamper.update(d, tamper.page_content), {CHANGED}),
    "annotation added": (lambda d: tamper.update(d, tamper.annotation), {CHANGED}),
    "attachment added": (lambda d: tamper.update(d, tamper.attachment), {CHANGED}),
    "script on opening": (lambda d: tamper.update(d, tamper.open_action), {CHANGED}),
    "page added": (lambda d: tamper.update(d, tamper.extra_page), {CHANGED}),
    "title changed": (lambda d: tamper.update(d, tamper.title), {CHANGED}),
    "signature's frame moved": (lambda d: tamper.update(d, tamper.move_widget), {CHANGED}),
    "signature's picture replaced": (lambda d: tamper.update(d, tamper.seal_swapped), {CHANGED}),
    "text field added": (lambda d: tamper.update(d, tamper.text_field), {CHANGED}),
    "garbage after the end": (lambda d: d + b"garbage", {CHANGED, INVALID}),
    "one line feed after the end": (lambda d: d + b"\n", {CHANGED}),
    "second document after the end": (lambda d: d + d, {CHANGED, INVALID}),
    "cut off within": (lambda d: d[: len(d) // 2], {INVALID}),
    "cut off before the seal": (cut_before_seal, {INVALID}),
    "last byte cut off": (lambda d: d[:-1], {INVALID, CHANGED}),
    "saved anew by another program": (resaved, {INVALID}),
    "byte put before the header": (lambda d: b"\n" + d, {INVALID, CHANGED}),
    "empty file": (lambda d: b"", {INVALID}),
}


@pytest.mark.clause("379/5.11")
@pytest.mark.clause("379/13.4")
@pytest.mark.parametrize("case", CASES)
def test_altered_document_gets_its_verdict(shared: House, sealed: bytes, case: str):
    alter, allowed = CASES[case]
    altered = alter(sealed)
    assert altered != sealed
    report = check(shared, altered)
    assert report.verdict in allowed, (report.verdict, report.sub_indication, [r.text() for r in report.reasons])
    assert not report.is_valid
    assert report.reasons and all(reason.text() for reason in report.reasons)


PERSON_ONLY = {
    "page content added": (tamper.page_content, CHANGED),
    "annotation added": (tamper.annotation, CHANGED),
    "attachment added": (tamper.attachment, CHANGED),
    "script on opening": (tamper.open_action, CHANGED),
    "page added": (tamper.extra_page, CHANGED),
    "signature's frame moved": (tamper.move_widget, CHANGED),
}


@pytest.mark.parametrize("case", PERSON_ONLY)
def test_document_altered_between_signature_and_seal_is_not_accepted_on_the_way(
    shared: House, signed: bytes, case: str
):
    change, expected = PERSON_ONLY[case]
    report = check(shared, tamper.update(signed, change), required=("person",), complete=False)
    assert report.verdict is expected, report


@pytest.mark.parametrize("case", PERSON_ONLY)
def test_seal_over_an_altered_document_does_not_heal_it(shared: House, signed: bytes, case: str):
    change, _ = PERSON_ONLY[case]
    report = check(shared, shared.sealed(tamper.update(signed, change)))
    assert report.verdict is CHANGED, report
    assert report.signatures[0].verdict is CHANGED
    assert report.signatures[1].verdict is Verdict.VALID


def test_further_signature_after_the_seal_is_a_change(shared: House, sealed: bytes):
    prepared = ceremony.prepare(
        sealed,
        role="person",
        page=1,
        box=(20, 20, 300, 100),
        certificate=shared.person(),
        appearance=ceremony.Appearance(("Nội dung chèn thêm",)),
        at=NOW,
        first=False,
        field="Signature9",
    )
    report = check(shared, ceremony.complete(prepared, ports=shared.ports))
    assert report.verdict is CHANGED, report
    assert report.by_role("seal")[0].verdict is CHANGED


def test_invisible_signature_after_the_seal_is_a_change(shared: House, sealed: bytes):
    prepared = ceremony.prepare(
        sealed,
        role="person",
        page=1,
        box=(0, 0, 0, 0),
        certificate=shared.person(),
        appearance=ceremony.Appearance(),
        at=NOW,
        first=False,
        field="Signature9",
    )
    assert check(shared, ceremony.complete(prepared, ports=shared.ports)).verdict is CHANGED


def test_another_archive_timestamp_after_the_seal_stays_valid(shared: House, sealed: bytes):
    renewed = ceremony.add_archive_timestamp(sealed, timestamper=shared.authority.timestamps)
    report = check(shared, renewed)
    assert report.verdict is Verdict.VALID, report
    assert len(report.timestamps) == 2


def test_empty_signature_field_left_open_is_incomplete(shared: House, sealed: bytes):
    from pyhanko.sign.fields import append_signature_field

    opened = tamper.update(sealed, lambda w: append_signature_field(w, SigFieldSpec("More", box=(1, 1, 9, 9))))
    assert not check(shared, opened).is_valid


@pytest.mark.clause("217/4.2")
def test_unsigned_document_is_for_reference_only(shared: House):
    report = check(shared, shared.pdf)
    assert (report.verdict, report.sub_indication) == (INVALID, "NO_SIGNATURE")


@pytest.mark.clause("379/13.2")
def test_document_without_the_seal_it_needs_is_refused(shared: House):
    signed = shared.signed_by_person(with_seal=False)
    assert check(shared, signed, required=("person",)).verdict is Verdict.VALID
    report = check(shared, signed)
    assert report.verdict is INVALID
    assert any("con dấu" in reason.text() for reason in report.reasons)


@pytest.mark.clause("379/8.4")
def test_document_sealed_without_a_persons_signature_is_refused(shared: House):
    report = check(shared, shared.sealed(shared.pdf))
    assert report.verdict is INVALID
    assert any("người có thẩm quyền" in reason.text() for reason in report.reasons)


@pytest.mark.clause("379/7.p1")
def test_signature_under_another_anchor_is_not_accepted(shared: House, new_house, look_alike: Path, sealed: bytes):
    other = new_house(look_alike)
    report = check(shared, sealed, trust=other.trust)
    assert not report.is_valid
    assert check(shared, sealed, trust=Trust(())).verdict is INDETERMINATE


@pytest.mark.clause("379/7.p1")
def test_signature_by_a_look_alike_authority_with_the_same_names_is_invalid(shared: House, new_house, look_alike: Path):
    other = new_house(look_alike)
    forged = other.sealed(other.signed_by_person())
    assert check(other, forged).verdict is Verdict.VALID
    report = check(shared, forged)
    assert report.verdict is INVALID, report
    assert any("mạo danh" in reason.text() for s in report.signatures for reason in s.reasons)


@pytest.mark.clause("379/5.7")
def test_signature_by_an_exchange_certificate_is_invalid(house: House, lawless: None):
    exchange = house.authority.issue_exchange("Cơ quan mẫu", "A99.02")
    certificate = house.keep("exchange", exchange)
    report = check(house, sign_without_asking(house, certificate), required=())
    assert report.verdict is INVALID
    assert any("không được cấp để ký" in r.text() for r in report.reasons)


@pytest.mark.clause("379/5.7")
def test_signature_by_a_tls_certificate_is_invalid(house: House, lawless: None):
    certificate = house.keep("tls", house.authority.issue_tls("node-mau"))
    assert check(house, sign_without_asking(house, certificate), required=()).verdict is INVALID


@pytest.fixture
def lawless(monkeypatch: pytest.MonkeyPatch) -> None:
    """The ceremony as a program without our rules would hold it."""
    monkeypatch.setattr(preparation, "check_certificate", lambda *_: None)


def sign_without_asking(house: House, certificate: Certificate) -> bytes:
    """Any certificate in the person's field."""
    prepared = house.prepare_person(certificate, with_seal=False)
    signed = ceremony.sign(prepared, house.signer, house.authority.timestamps)
    signed = ceremony.add_revocation(signed, revocation=house.ports.revocation, trust=house.trust)
    return ceremony.add_archive_timestamp(signed, timestamper=house.authority.timestamps)


def test_seal_certificate_in_the_persons_field_counts_as_seal_only(house: House, lawless: None):
    report = check(house, sign_without_asking(house, house.seal()), required=("person",))
    assert report.verdict is INVALID
    assert [s.role for s in report.signatures] == ["seal"]


def test_person_certificate_in_the_seals_field_never_counts_as_seal(house: House, lawless: None):
    prepared = house.prepare_seal(house.signed_by_person(), house.person())
    report = check(house, ceremony.complete(prepared, ports=house.ports))
    assert report.verdict is INVALID
    assert any("con dấu" in reason.text() for reason in report.reasons)


def test_report_renews_before_the_last_timestamps_certificate_ends(shared: House, sealed: bytes):
    report = check(shared, sealed)
    assert report.renew_before is not None
    late = check(shared, sealed, at=later(days=365 * 12))
    assert late.verdict is INDETERMINATE

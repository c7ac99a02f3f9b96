"""Draft to issue with real keys and a real timestamp authority; each step's refusals."""

from __future__ import annotations

import re
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from antin.documents import acts as documents_acts
from antin.documents import queries as documents
from antin.documents.facts import RouteStep
from antin.ledger import queries as ledger
from antin.registry import acts, queries
from antin.registry.models import Number, SignatureRequest
from antin.regulation import RuleViolation
from antin.signing import acts as signing
from antin.signing import queries as signing_queries
from antin.values import Actor, Method, Office, sha256_hex
from world import CENTRE, CLERK, DRAFTER, PROVINCE, PROVINCE_CLERK, REVIEWER, SIGNATORY, World, refused


def states(world: World, code: str = CENTRE) -> dict[int, str]:
    rows = Number.objects.filter(register__organisation_id=world.organisation(code))
    return dict(rows.values_list("number", "state"))


def entries(document_id: object) -> list[str]:
    return [row.act for row in reversed(ledger.history(document_id))]


# the whole way


@pytest.mark.clause("379/14.p1", "217/9.1", "217/4.1", "379/12.2.a", "379/12.4")
def test_issue_whole_way_is_an_original_in_force(world: World) -> None:
    found = world.issued()
    clerk = world.actor(CLERK)
    view = documents.document(clerk, found)
    assert (view.state, view.validity, view.number) == ("issued", "in_force", 1)
    assert view.reference_number == "01-QĐ/VPTW"
    assert view.document_code == f"000.00.01.A99,{view.issued_on:%Y/%m/%d},01/QĐ/VPTW"
    effect = queries.legal_effect(clerk, found)
    assert (effect.verdict, effect.clauses) == ("original_sealed", ("379/12.2.a", "379/12.4", "217/4.1"))
    sent = queries.issue_of(found)
    assert sent and sent.recipients == (PROVINCE,) and sent.digest == world.digest(found)
    assert view.send_due_at and view.send_due_at == sent.send_due_at


@pytest.mark.clause("379/13.3", "379/17.3")
def test_issue_each_step_stands_in_the_ledger_once(world: World) -> None:
    found = world.issued()
    assert entries(found) == [
        "documents.draft.created",
        "documents.draft.submitted",
        "documents.review.endorsed",
        "documents.draft.approved",
        "registry.form.checked",
        "registry.request.prepared",
        "registry.document.signed",
        "signing.token.attached",
        "registry.document.sealed",
        "signing.token.attached",
        "registry.document.issued",
    ]
    issued = ledger.history(found)[0]
    assert issued.detail["recipients"] == [PROVINCE] and issued.facts["recipients"] == 1
    signed = next(row for row in ledger.history(found) if row.act == "registry.document.signed")
    assert signed.facts["step_up"] == Method.PASSWORD_TOTP and signed.person_id == world.person(SIGNATORY)


@pytest.mark.clause("379/13.1", "379/8.2", "379/8.4")
def test_issue_pdfsig_and_qpdf_agree_that_both_signatures_are_good(world: World, tmp_path: Path) -> None:
    final = tmp_path / "final.pdf"
    final.write_bytes(world.pdf(world.issued()))
    read = subprocess.run(["pdfsig", "-nocert", str(final)], capture_output=True, text=True, check=True).stdout
    assert len(re.findall(r"Signature Validation: Signature is Valid", read)) >= 2, read
    assert read.count("Total document signed") >= 1 and "Total document not signed" not in read.split("Signature #")[-1]
    assert "Hoàng Mẫu Giang" in read and "Văn phòng Trung ương (mẫu)" in read
    subprocess.run(["qpdf", "--check", str(final)], capture_output=True, check=True)


@pytest.mark.clause("217/11.2", "217/11.3", "379/17.2")
def test_sign_number_and_date_stand_in_the_page_before_the_signature(world: World) -> None:
    found = world.sealed()
    prepared, _ = documents.rendition_bytes(found, "laid_out")  # type: ignore[misc]
    final = world.pdf(found)
    assert final.startswith(prepared[:1024]) and final[: len(prepared)] == prepared
    words = subprocess.run(["pdftotext", "-", "-"], input=final, capture_output=True, check=True).stdout.decode()
    today = timezone.localdate()
    assert "01-QĐ/VPTW" in words and f"năm {today.year}" in words


# form


@pytest.mark.clause("379/13.1", "217/6.1")
def test_check_form_error_keeps_the_findings_and_stops_the_signature(world: World) -> None:
    found = world.approved(signing_capacity="K/T BÍ THƯ")
    check = acts.check_form(actor=world.actor(CLERK), document_id=found)
    assert not check.passed and {f.field for f in check.findings if f.severity == "error"} == {"signing_capacity"}
    assert queries.form_check(world.actor(CLERK), found) == check
    with refused("379/13.1"):
        acts.prepare_signature(actor=world.actor(SIGNATORY), document_id=found)
    assert states(world) == {}


@pytest.mark.clause("379/13.1")
def test_check_form_other_office_refused(world: World) -> None:
    found = world.approved()
    for login in (DRAFTER, SIGNATORY):
        with pytest.raises(RuleViolation):
            acts.check_form(actor=world.actor(login), document_id=found)
    with refused("379/4.4"):  # a clerk of another body does not even learn that it exists
        acts.check_form(actor=world.actor(PROVINCE_CLERK), document_id=found)


@pytest.mark.clause("379/13.1")
def test_prepare_unchecked_refused(world: World) -> None:
    found = world.approved()
    with refused("379/13.1"):
        acts.prepare_signature(actor=world.actor(SIGNATORY), document_id=found)
    assert SignatureRequest.objects.count() == 0


# approval and separation


@pytest.mark.clause("379/13.3")
def test_approve_by_the_drafter_refused(world: World) -> None:
    world.confer(DRAFTER, Office.APPROVER)
    found = world.drafted(approver_id=world.person(DRAFTER))
    with refused("379/13.3"):
        documents_acts.submit(actor=world.actor(DRAFTER), document_id=found, route=())
        view = documents.document(world.actor(DRAFTER), found)
        world.confirm(DRAFTER, "approve", view.digest)
        documents_acts.approve(
            actor=world.actor(DRAFTER), document_id=found, revision=view.revision, digest=view.digest
        )


@pytest.mark.clause("379/8.3", "379/28.1")
def test_prepare_by_another_person_refused(world: World) -> None:
    found = world.checked()
    with refused("379/4.4"):
        acts.prepare_signature(actor=world.actor(PROVINCE_CLERK), document_id=found)
    world.confer(REVIEWER, Office.SIGNATORY)
    with refused("379/8.3"):
        acts.prepare_signature(actor=world.actor(REVIEWER), document_id=found)
    assert states(world) == {}


@pytest.mark.clause("379/28.1")
def test_prepare_without_certificate_refused(world: World) -> None:
    world.confer(REVIEWER, Office.SIGNATORY, capacity="K/T CHÁNH VĂN PHÒNG")
    world.confer(REVIEWER, Office.APPROVER)
    found = world.drafted(signatory_id=world.person(REVIEWER))
    documents_acts.submit(actor=world.actor(DRAFTER), document_id=found, route=())
    view = documents.document(world.actor(REVIEWER), found)
    world.confirm(REVIEWER, "approve", view.digest)
    documents_acts.approve(actor=world.actor(REVIEWER), document_id=found, revision=view.revision, digest=view.digest)
    acts.check_form(actor=world.actor(CLERK), document_id=found)
    with refused("379/28.1"):
        acts.prepare_signature(actor=world.actor(REVIEWER), document_id=found)
    assert states(world) == {}


# the request and its number


@pytest.mark.clause("217/11.2")
def test_prepare_twice_answers_the_request_that_stands(world: World) -> None:
    found = world.checked()
    first = acts.prepare_signature(actor=world.actor(SIGNATORY), document_id=found)
    assert acts.prepare_signature(actor=world.actor(SIGNATORY), document_id=found) == first
    assert states(world) == {1: "reserved"}


@pytest.mark.clause("217/11.2", "379/11.5")
def test_lapse_gives_the_lowest_number_back_to_the_next(world: World) -> None:
    one, two, three = world.checked(), world.checked(), world.checked()
    signatory = world.actor(SIGNATORY)
    requests = [acts.prepare_signature(actor=signatory, document_id=found) for found in (one, two)]
    assert [r.number for r in requests] == [1, 2]
    lapsed = acts.lapse_signature(actor=signatory, request_id=requests[0].id, reason="đổi ý")
    assert lapsed.state == "lapsed" and states(world) == {1: "free", 2: "reserved"}
    assert acts.prepare_signature(actor=signatory, document_id=three).number == 1
    assert acts.prepare_signature(actor=signatory, document_id=one).number == 3


@pytest.mark.clause("379/11.5")
def test_lapse_by_another_person_refused(world: World) -> None:
    found = world.checked()
    request = acts.prepare_signature(actor=world.actor(SIGNATORY), document_id=found)
    with refused("379/11.5"):
        acts.lapse_signature(actor=world.actor(CLERK), request_id=request.id, reason="x")


@pytest.mark.clause("379/11.5", "379/9.2")
def test_lapse_due_expired_withdrawn_or_without_certificate(world: World) -> None:
    signatory = world.actor(SIGNATORY)
    found = world.checked()
    acts.prepare_signature(actor=signatory, document_id=found)
    assert acts.lapse_due() == 0
    assert acts.lapse_due(timezone.now() + timedelta(hours=25)) == 1
    assert entries(found)[-1] == "registry.request.lapsed" and states(world) == {1: "free"}
    acts.prepare_signature(actor=signatory, document_id=found)
    documents_acts.send_back(actor=signatory, document_id=found, reason="sửa lại câu chữ")
    assert acts.lapse_due() == 1 and states(world) == {1: "free"}
    other = world.checked()
    acts.prepare_signature(actor=signatory, document_id=other)
    certificate = signing_queries.certificate_for("person", world.person(SIGNATORY), "sign")
    assert certificate
    signing.suspend_certificate(actor=Actor.system(), certificate_id=certificate.id, reason="đổi nhiệm vụ")
    assert acts.lapse_due() == 1 and states(world) == {1: "free"}


@pytest.mark.clause("379/17.2", "379/5.6")
def test_sign_after_the_text_changed_refused(world: World) -> None:
    """A request made for an approval that was withdrawn never signs the text approved later."""
    found = world.checked()
    old = acts.prepare_signature(actor=world.actor(SIGNATORY), document_id=found)
    documents_acts.send_back(actor=world.actor(SIGNATORY), document_id=found, reason="sửa")
    documents_acts.revise_draft(
        actor=world.actor(DRAFTER),
        document_id=found,
        fields=world.fields(abstract="về việc khác (mẫu)"),
        reason="theo ý kiến",
        expected_revision=1,
    )
    documents_acts.submit(
        actor=world.actor(DRAFTER), document_id=found, route=(RouteStep(1, (world.person(REVIEWER),)),)
    )
    documents_acts.endorse(actor=world.actor(REVIEWER), document_id=found, kind="consent", revision=2)
    view = documents.document(world.actor(SIGNATORY), found)
    world.confirm(SIGNATORY, "approve", view.digest)
    documents_acts.approve(actor=world.actor(SIGNATORY), document_id=found, revision=2, digest=view.digest)
    world.confirm(SIGNATORY, "sign", old.digest)
    with refused("379/17.2"):
        acts.sign(actor=world.actor(SIGNATORY), document_id=found)


# signing


@pytest.mark.clause("379/5.6", "379/12.2.b")
def test_sign_without_step_up_or_for_another_digest_refused(world: World) -> None:
    found = world.checked()
    acts.prepare_signature(actor=world.actor(SIGNATORY), document_id=found)
    with refused("379/5.6"):
        acts.sign(actor=world.actor(SIGNATORY), document_id=found)
    world.confirm(SIGNATORY, "sign", "0" * 64)
    with refused("379/5.6"):
        acts.sign(actor=world.actor(SIGNATORY), document_id=found)
    assert states(world) == {1: "reserved"}


@pytest.mark.clause("379/5.6")
def test_sign_challenge_spent_elsewhere_refused(world: World) -> None:
    """A challenge answered for one document opens nothing for another, and nothing twice."""
    one, two = world.prepared(), world.checked()
    acts.sign(actor=world.actor(SIGNATORY), document_id=one)
    acts.prepare_signature(actor=world.actor(SIGNATORY), document_id=two)
    with refused("379/5.6"):
        acts.sign(actor=world.actor(SIGNATORY), document_id=two)


@pytest.mark.clause("217/11.2")
def test_sign_second_click_answers_the_finished_state(world: World) -> None:
    found = world.signed()
    digest = world.digest(found)
    again = acts.sign(actor=world.actor(SIGNATORY), document_id=found)
    assert again.state == "signed" and world.digest(found) == digest
    assert states(world) == {1: "used"} and entries(found).count("registry.document.signed") == 1


@pytest.mark.clause("379/13.1")
def test_sign_unprepared_or_expired_refused(world: World) -> None:
    found = world.checked()
    with refused("379/13.1"):
        acts.sign(actor=world.actor(SIGNATORY), document_id=found)
    acts.prepare_signature(actor=world.actor(SIGNATORY), document_id=found)
    SignatureRequest.objects.update(expires_at=timezone.now())
    with refused("379/13.1"):
        acts.sign(actor=world.actor(SIGNATORY), document_id=found)


@pytest.mark.clause("379/12.2.b")
def test_sign_in_a_session_by_password_alone_refused(world: World) -> None:
    found = world.prepared()
    with refused("379/12.2.b"):
        acts.sign(actor=world.actor(SIGNATORY, method=Method.PASSWORD), document_id=found)
    assert states(world) == {1: "reserved"}


@pytest.mark.clause("379/9.2")
def test_sign_revoked_certificate_refused_before_the_signature(world: World) -> None:
    found = world.prepared()
    certificate = signing_queries.certificate_for("person", world.person(SIGNATORY), "sign")
    assert certificate
    world.authority.issued.pop(certificate.key_ref)  # later worlds of this run need a fresh one
    world.authority.pki.revoke(certificate.der)
    try:
        with refused("379/9.2"):
            acts.sign(actor=world.actor(SIGNATORY), document_id=found)
    finally:
        world.authority.renew(certificate.key_ref)
    assert states(world) == {1: "reserved"} and world.digest(found)


@pytest.mark.clause("379/4.4")
def test_sign_unknown_or_foreign_document_reads_as_not_found(world: World) -> None:
    found = world.prepared()
    for document_id, login in ((found, PROVINCE_CLERK), (world.person(CLERK), SIGNATORY)):
        with refused("379/4.4"):
            acts.sign(actor=world.actor(login), document_id=document_id)


# sealing


@pytest.mark.clause("379/8.4", "379/12.2.a")
def test_seal_by_the_signatory_refused(world: World) -> None:
    found = world.signed()
    world.confer(SIGNATORY, Office.SEAL_KEEPER)
    world.confirm(SIGNATORY, "seal", world.digest(found))
    with refused("379/8.4"):
        acts.seal(actor=world.actor(SIGNATORY), document_id=found)
    assert documents.document(world.actor(CLERK), found).state == "signed"


@pytest.mark.clause("379/8.4")
def test_seal_by_another_office_or_body_refused(world: World) -> None:
    found = world.signed()
    with pytest.raises(RuleViolation):
        acts.seal(actor=world.actor(DRAFTER), document_id=found)
    with refused("379/4.4"):
        acts.seal(actor=world.actor(PROVINCE_CLERK), document_id=found)


@pytest.mark.clause("379/5.6")
def test_seal_without_step_up_refused_and_twice_is_once(world: World) -> None:
    found = world.signed()
    with refused("379/5.6"):
        acts.seal(actor=world.actor(CLERK), document_id=found)
    world.confirm(CLERK, "seal", world.digest(found))
    acts.seal(actor=world.actor(CLERK), document_id=found)
    digest = world.digest(found)
    assert acts.seal(actor=world.actor(CLERK), document_id=found).state == "sealed"
    assert world.digest(found) == digest and entries(found).count("registry.document.sealed") == 1


@pytest.mark.clause("379/13.2")
def test_seal_before_the_signature_refused(world: World) -> None:
    found = world.checked()
    with pytest.raises(RuleViolation):
        acts.seal(actor=world.actor(CLERK), document_id=found)


# issuing


@pytest.mark.clause("379/13.2", "379/12.4")
def test_issue_unsealed_refused(world: World) -> None:
    found = world.signed()
    world.confirm(CLERK, "issue", world.digest(found))
    with pytest.raises(RuleViolation):
        acts.issue(actor=world.actor(CLERK), document_id=found)
    assert documents.document(world.actor(CLERK), found).state == "signed"


@pytest.mark.clause("379/5.6", "217/9.1")
def test_issue_twice_is_once_and_needs_its_own_challenge(world: World) -> None:
    found = world.sealed()
    with refused("379/5.6"):
        acts.issue(actor=world.actor(CLERK), document_id=found)
    world.confirm(CLERK, "issue", world.digest(found))
    acts.issue(actor=world.actor(CLERK), document_id=found)
    assert acts.issue(actor=world.actor(CLERK), document_id=found).state == "issued"
    assert entries(found).count("registry.document.issued") == 1


@pytest.mark.clause("379/13.4")
def test_issue_changed_bytes_refused(world: World) -> None:
    """The bytes kept are judged again at issue; a page altered after the seal never leaves."""
    found = world.sealed()
    altered = world.pdf(found) + b"\n% added"
    documents_acts.keep_rendition(document_id=found, kind="sealed", data=altered, pages=1)
    world.confirm(CLERK, "issue", sha256_hex(altered))
    with refused("379/13.4"):
        acts.issue(actor=world.actor(CLERK), document_id=found)
    assert documents.document(world.actor(CLERK), found).validity == ""


# defects


@pytest.mark.clause("379/13.4")
def test_defect_open_stops_the_issue_until_settled(world: World) -> None:
    found = world.sealed()
    acts.refer_defect(actor=world.actor(CLERK), document_id=found, kind="abstract", words="Trích yếu thiếu chữ.")
    world.confirm(CLERK, "issue", world.digest(found))
    with refused("379/13.4"):
        acts.issue(actor=world.actor(CLERK), document_id=found)
    world.confirm(SIGNATORY, "settle_defect", world.digest(found))
    settled = acts.settle_defect(
        actor=world.actor(SIGNATORY), document_id=found, outcome="proceed", reason="không ảnh hưởng nội dung"
    )
    assert (settled.state, settled.outcome) == ("settled", "proceed")
    assert acts.issue(actor=world.actor(CLERK), document_id=found).state == "issued"
    assert queries.defects(world.actor(CLERK), found) == (settled,)


@pytest.mark.clause("379/13.4", "379/13.2")
def test_nobody_lets_a_page_go_on_whose_signatures_do_not_hold(world: World) -> None:
    """The signatory's word settles a fault of form or content, never a broken signature; abandoning stays open."""
    found = world.sealed()
    acts.refer_defect(actor=world.actor(CLERK), document_id=found, kind="signature", words="Chữ ký báo hỏng.")
    altered = bytearray(world.pdf(found))
    altered[len(altered) // 8] ^= 1
    documents_acts.keep_rendition(document_id=found, kind="sealed", data=bytes(altered), pages=1)
    world.confirm(SIGNATORY, "settle_defect", sha256_hex(bytes(altered)))
    with refused("379/13.4"):
        acts.settle_defect(actor=world.actor(SIGNATORY), document_id=found, outcome="proceed", reason="vẫn gửi")
    assert queries.defects(world.actor(CLERK), found)[0].state == "open"
    acts.settle_defect(actor=world.actor(SIGNATORY), document_id=found, outcome="abandon", reason="ký lại bản khác")
    assert documents.document(world.actor(CLERK), found).state == "abandoned"


@pytest.mark.clause("379/13.4", "379/17.2", "217/11.2")
def test_defect_abandoned_voids_the_number_for_good(world: World) -> None:
    found = world.sealed()
    acts.refer_defect(actor=world.actor(CLERK), document_id=found, kind="content", words="Sai nội dung.")
    world.confirm(SIGNATORY, "settle_defect", world.digest(found))
    acts.settle_defect(actor=world.actor(SIGNATORY), document_id=found, outcome="abandon", reason="sai nội dung")
    assert documents.document(world.actor(CLERK), found).state == "abandoned"
    assert states(world) == {1: "voided"}
    other = world.checked()
    assert acts.prepare_signature(actor=world.actor(SIGNATORY), document_id=other).number == 2


@pytest.mark.clause("379/13.4")
def test_defect_settled_by_the_clerk_or_without_reason_refused(world: World) -> None:
    found = world.sealed()
    acts.refer_defect(actor=world.actor(CLERK), document_id=found, kind="content", words="Sai.")
    world.confirm(CLERK, "settle_defect", world.digest(found))
    with pytest.raises(RuleViolation):
        acts.settle_defect(actor=world.actor(CLERK), document_id=found, outcome="proceed", reason="x")
    with refused("379/17.3"):
        acts.settle_defect(actor=world.actor(SIGNATORY), document_id=found, outcome="proceed", reason=" ")


# books


@pytest.mark.clause("217/11.2")
def test_register_is_one_series_per_type_and_term(world: World) -> None:
    decision, notice = world.sealed(), world.sealed(type_code="thong_bao")
    first = documents.document(world.actor(CLERK), decision)
    other = documents.document(world.actor(CLERK), notice)
    assert (first.reference_number, other.reference_number) == ("01-QĐ/VPTW", "01-TB/VPTW")
    books = queries.registers(world.actor(CLERK))
    assert {(b.kind, b.series, b.last, b.used) for b in books} == {
        ("outgoing", "quyet_dinh", 1, 1),
        ("outgoing", "thong_bao", 1, 1),
    }


@pytest.mark.clause("379/11.4", "217/11.2")
def test_code_two_types_of_one_notation_on_one_day_stay_apart(world: World) -> None:
    """Quyết định and quy định are both QĐ and both begin at 01: the printed number is equal, the code is not."""
    one, two = world.sealed(), world.sealed(type_code="quy_dinh")
    first, other = (documents.document(world.actor(CLERK), found) for found in (one, two))
    assert first.reference_number == other.reference_number == "01-QĐ/VPTW"
    assert other.document_code == f"{first.document_code},2"


@pytest.mark.clause("217/11.2")
def test_register_of_a_new_term_begins_again_at_one(world: World) -> None:
    world.sealed()
    acts.open_register(
        actor=world.actor(CLERK),
        organisation_id=world.organisation(CENTRE),
        kind="outgoing",
        series="quyet_dinh",
        year_or_term="2031-2036",
    )
    found = world.sealed()
    assert documents.document(world.actor(CLERK), found).number == 1
    assert [b.period for b in queries.registers(world.actor(CLERK))] == ["2031-2036", "2026-2031"]


@pytest.mark.clause("217/11.14", "379/4.4")
def test_register_rows_page_and_show_only_to_their_readers(world: World) -> None:
    found = world.issued()
    for _ in range(2):
        acts.prepare_signature(actor=world.actor(SIGNATORY), document_id=world.checked())
    book = queries.registers(world.actor(CLERK))[0]
    page = queries.register_rows(world.actor(CLERK), book.id, limit=2)
    assert [(row.number, row.state) for row in page.rows] == [(1, "used"), (2, "reserved")]
    assert page.rows[0].document and page.rows[0].document.id == found and page.rows[0].recipients == (PROVINCE,)
    rest = queries.register_rows(world.actor(CLERK), book.id, after=page.next or 0, limit=2)
    assert [row.number for row in rest.rows] == [3] and rest.next is None
    for login in (DRAFTER, PROVINCE_CLERK):
        with refused("379/31.p1"):
            queries.register_rows(world.actor(login), book.id)


@pytest.mark.clause("217/5.1", "379/1.2")
def test_cipher_dispatch_is_a_line_without_content(world: World) -> None:
    from antin.values import Secrecy

    clerk = world.actor(CLERK)
    acts.note_cipher_dispatch(
        actor=clerk,
        organisation_id=world.organisation(CENTRE),
        office_number="12/CY",
        secrecy=Secrecy.TOP_SECRET,
    )
    with refused("217/5.1"):
        acts.note_cipher_dispatch(
            actor=clerk, organisation_id=world.organisation(CENTRE), office_number="13/CY", secrecy=Secrecy.OPEN
        )

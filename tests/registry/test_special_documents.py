"""Documents out of the ordinary: a body without seal, a finished PDF uploaded, and what any report is worth."""

from __future__ import annotations

import subprocess
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antin.documents import acts as documents_acts
from antin.documents import ports as documents_ports
from antin.documents import queries as documents
from antin.house.demo import cast
from antin.identity import acts as identity
from antin.registry import acts, effect, queries
from antin.regulation import RuleViolation
from antin.signing.verdict import SignatureFacts, Verdict
from antin.values import Actor, Office, new_id
from world import BASIS, CLERK, DRAFTER, PROVINCE, SIGNATORY, WARD, World, refused

CELL = "A98.01.15.01"


def cell_without_seal(world: World) -> None:
    """A party cell: drafter and clerk in one person, the secretary approves and signs; no seal."""
    people = (
        cast.PersonSpec("chi.bo.1", "Lê Mẫu Một", "Chi uỷ viên", (Office.DRAFTER, Office.CLERK)),
        cast.PersonSpec("chi.bo.2", "Lê Mẫu Hai", "Bí thư chi bộ", cast.HEAD, "T/M CHI BỘ"),
    )
    found = identity.found_organisation(
        actor=Actor.system(),
        name="Chi bộ Mẫu",
        short_name="Chi bộ Mẫu",
        kind="unit",
        level="unit",
        place="An Mẫu",
        notation="CB",
        body_name="CHI BỘ MẪU",
        codes={"party": CELL},
        basis=BASIS,
        has_seal=False,
        parent_id=world.organisation(WARD),
    )
    world.organisations[CELL] = found
    for number, person in enumerate(people):
        world.enrol(person, found, f"CB-MAU-{number}")


@pytest.mark.clause("379/12.3", "379/13.2", "379/12.2.c")
def test_issue_body_without_seal_on_the_signature_alone(world: World) -> None:
    cell_without_seal(world)
    fields = world.fields(
        type_code="bao_cao",
        abstract="kết quả công tác tháng (mẫu)",
        signatory_id=world.person("chi.bo.2"),
        signing_capacity="T/M CHI BỘ",
        signer_position="BÍ THƯ",
        addressees=("Đảng ủy phường An Mẫu (mẫu)", "Lưu chi bộ"),
    )
    clerk, secretary = world.actor("chi.bo.1"), world.actor("chi.bo.2")
    found = documents_acts.create_draft(actor=clerk, organisation_id=world.organisation(CELL), fields=fields)
    documents_acts.submit(actor=clerk, document_id=found, route=())
    view = documents.document(secretary, found)
    world.confirm("chi.bo.2", "approve", view.digest)
    documents_acts.approve(actor=secretary, document_id=found, revision=1, digest=view.digest)
    assert acts.check_form(actor=clerk, document_id=found).passed
    request = acts.prepare_signature(actor=secretary, document_id=found)
    assert request.reference_number == "01-BC/CB"
    world.confirm("chi.bo.2", "sign", request.digest)
    acts.sign(actor=secretary, document_id=found)
    world.confirm("chi.bo.1", "issue", world.digest(found))
    assert acts.issue(actor=clerk, document_id=found).state == "issued"
    worth = queries.legal_effect(clerk, found)
    assert worth.verdict == "original_signed" and "379/12.3" in worth.clauses
    taken = world.verified(
        world.pdf(found), issuing_name="Chi bộ Mẫu", issuing_code=CELL, organisation=PROVINCE, signer_name="Lê Mẫu Hai"
    )
    assert acts.register_incoming(actor=world.actor("lan.vu"), document_id=taken).legal_effect == "original_signed"
    _under_terms(world, world.pdf(found))


def _under_terms(world: World, pdf: bytes) -> None:
    """The same page in the name of a body that has a seal: a signature alone, made good by terms with it (379/12.2.c)."""
    clerk = world.actor("lan.vu")
    stated = {"issuing_name": "Ban mẫu", "issuing_code": CELL, "organisation": PROVINCE}
    without = world.verified(pdf, **stated)
    assert queries.legal_effect(clerk, without).verdict == "reference_only"
    agreed = world.verified(pdf, **stated, terms_id=new_id(), terms_reference="05-TT/VPTW, 02/03/2026")
    assert acts.register_incoming(actor=clerk, document_id=agreed).legal_effect == "original_agreed"


@pytest.mark.clause("379/13.1", "217/11.2")
def test_sign_uploaded_pdf_bears_number_and_date(world: World) -> None:
    """A finished PDF: its own pages stay, number and date are stamped, and the whole way goes on as for any other."""
    draft = world.drafted()
    sheet = replace(documents.sheet(draft, draft=True), draft=False)
    uploaded = documents_ports.bound().layout.lay_out(sheet).pdf
    found = world.issued(pdf=uploaded, body="")
    view = documents.document(world.actor(CLERK), found)
    assert (view.state, view.reference_number) == ("issued", "01-QĐ/VPTW")
    words = subprocess.run(["pdftotext", "-", "-"], input=world.pdf(found), capture_output=True, check=True).stdout
    assert "01" in words.decode() and queries.legal_effect(world.actor(CLERK), found).verdict == "original_sealed"


@pytest.mark.clause("379/17.1", "379/17.3")
def test_abandon_approved_gives_the_number_back(world: World) -> None:
    found = world.prepared()
    documents_acts.abandon(actor=world.actor(SIGNATORY), document_id=found, reason="không còn cần")
    assert acts.lapse_due() == 1
    assert acts.prepare_signature(actor=world.actor(SIGNATORY), document_id=world.checked()).number == 1


@pytest.mark.clause("379/17.2")
def test_sent_back_after_the_signature_refused(world: World) -> None:
    found = world.signed()
    for back in (documents_acts.send_back, documents_acts.abandon):
        with pytest.raises(RuleViolation):
            back(actor=world.actor(SIGNATORY), document_id=found, reason="sửa")
    with refused("379/17.2"):
        documents_acts.revise_draft(
            actor=world.actor(DRAFTER), document_id=found, fields=world.fields(), reason="x", expected_revision=1
        )


VERDICTS = st.sampled_from(list(Verdict))


@pytest.mark.clause("217/4.1", "217/4.2")
@given(st.lists(VERDICTS, max_size=3), VERDICTS)
def test_effect_is_never_better_than_the_report(verdicts: list[Verdict], overall: Verdict) -> None:
    """Whatever the report says, a signature counts as valid only if it and the whole report are (I32)."""
    signatures = [SignatureFacts("f", "person", verdict, "", ()) for verdict in verdicts]
    standing = effect.standing(signatures, overall)
    if standing == "valid":
        assert verdicts and all(v is Verdict.VALID for v in (*verdicts, overall))
    assert (standing == "absent") == (not verdicts)
    if Verdict.INDETERMINATE in verdicts:
        assert standing in {"indeterminate", "invalid"}

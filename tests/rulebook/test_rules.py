"""Types, words, secrecy, signatures, paper, form and authority."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antin.regulation import RuleViolation, clauses
from antin.rulebook import queries, rules
from antin.rulebook.rules import FormFacts
from antin.values import Secrecy, Urgency

TODAY = date(2026, 11, 24)
GOOD = FormFacts(
    body_name="TỈNH ỦY LẠC GIANG",
    place="Lạc Giang",
    abstract="thực hiện giao dịch điện tử năm 2027",
    body="Nội dung.",
    salutation=(),
    addressees=("Các ban đảng", "Lưu Văn phòng Tỉnh ủy"),
    signing_capacity="T/M BAN THƯỜNG VỤ",
    signer_position="PHÓ BÍ THƯ",
    signer_name="Ngô Mẫu Sơn",
)


@pytest.mark.clause("217/6.1", "217/11.4")
def test_document_types_are_25_and_8_papers_with_unique_codes() -> None:
    types = queries.document_types(TODAY)
    assert [one.family == "paper" for one in types].count(False) == 25
    assert [one.family == "paper" for one in types].count(True) == 8
    assert len({one.code for one in types}) == 33
    assert {one.code for one in types if not one.prints_name} == {"cong_van"}
    assert {one.code for one in types if one.notation == "QĐ"} == {"quyet_dinh", "quy_dinh"}


@pytest.mark.clause("217/7.3")
def test_state_types_have_unique_wire_codes_and_are_found_by_name() -> None:
    types = queries.state_types(TODAY)
    assert len({one.edxml_type for one in types}) == len(types) == 45
    found = queries.type_by_name("  CÔNG  ĐIỆN ", TODAY, state=True)
    assert found is not None and found.edxml_type == (2, 19)
    assert queries.type_by_name("Ke hoach", TODAY) == queries.document_type("ke_hoach", TODAY)
    assert queries.type_by_name("không có loại này") is None


@pytest.mark.clause("217/11.4")
def test_document_type_unknown_is_refused() -> None:
    with pytest.raises(RuleViolation) as caught:
        queries.document_type("thong_diep", TODAY)
    assert caught.value.clause == "217/11.4"


@pytest.mark.clause("217/11.5")
@pytest.mark.parametrize("urgency", list(Urgency))
def test_urgency_words_exist_in_both_languages(urgency: Urgency) -> None:
    assert queries.urgency_label(urgency) and queries.urgency_label(urgency, "en")
    assert bool(queries.urgency_stamp(urgency)) is urgency.is_urgent
    assert bool(queries.alarm_minutes(urgency)) is urgency.is_urgent


@pytest.mark.clause("217/11.8")
def test_progress_words_are_those_of_the_regulation() -> None:
    shown = [queries.progress_word(code) for code in ("arrived", "accepted", "forwarded", "in_process", "completed")]
    assert shown == ["đã đến", "đã tiếp nhận", "đã chuyển xử lý", "đang xử lý", "đã hoàn thành"]
    assert queries.progress_word("returned") == "từ chối nhận (trả lại)"
    assert queries.progress_word("something_new") == "something_new"
    for code in ("01", "02", "03", "04", "05", "06", "13", "15", "16"):
        ours = queries.progress_code(code)
        assert ours is not None and queries.progress_edxml(ours) == code
    assert queries.progress_code("99") is None and queries.progress_code("") is None


@pytest.mark.clause("217/5.1", "379/1.2", "379/4.3")
@pytest.mark.parametrize(
    ("secrecy", "cipher", "admitted"),
    [
        (Secrecy.OPEN, False, True),
        (Secrecy.OPEN, True, True),
        (Secrecy.CONFIDENTIAL, False, False),
        (Secrecy.CONFIDENTIAL, True, True),
        (Secrecy.SECRET, True, False),
        (Secrecy.TOP_SECRET, True, False),
    ],
)
def test_secrecy_admissible_follows_the_regulation(secrecy: Secrecy, cipher: bool, admitted: bool) -> None:
    if admitted:
        rules.secrecy_admissible(secrecy, cipher)
        return
    with pytest.raises(RuleViolation) as caught:
        rules.secrecy_admissible(secrecy, cipher)
    assert caught.value.clause == "217/5.1" and caught.value.next_step


@pytest.mark.clause("379/12.3", "379/12.4", "379/28.2")
def test_signatures_required_without_seal_is_the_personal_one_only() -> None:
    sealed = queries.signatures_required("ke_hoach", True, TODAY)
    plain = queries.signatures_required("ke_hoach", False, TODAY)
    assert (sealed.personal, sealed.seal, sealed.clause) == (True, True, "379/12.4")
    assert (plain.personal, plain.seal, plain.clause) == (True, False, "379/12.3")


@pytest.mark.clause("217/8.1", "217/8.2", "217/8.2.p3", "217/8.2.p5", "217/8.2.p7")
def test_paper_required_follows_type_level_and_confirmed_matter() -> None:
    assert queries.paper_required("nghi_quyet", TODAY, level="central_leading")
    assert not queries.paper_required("nghi_quyet", TODAY, level="local")
    assert queries.paper_required("to_trinh", TODAY, level="local")
    assert not queries.paper_required("cong_van", TODAY, level="central")
    assert queries.paper_required("cong_van", TODAY, level="central", addressee="politburo_secretariat")
    assert queries.paper_required("ke_hoach", TODAY, matter="organisation_personnel")
    assert not queries.paper_required("ke_hoach", TODAY)
    assert {one.clause for one in queries.paper_classes(TODAY)} <= set(clauses())


@pytest.mark.clause("217/6.1")
def test_warn_authority_warns_and_never_refuses() -> None:
    assert queries.warn_authority("grassroots", "chi_thi")
    assert queries.warn_authority("central", "chi_thi") is None
    assert queries.warn_authority("unknown", "unknown") is None


@pytest.mark.clause("379/13.1")
def test_form_rules_hold_nine_mandatory_cells_and_the_margins() -> None:
    form = queries.form_rules("cong_van", TODAY)
    assert [cell.cell for cell in form.cells if cell.mandatory] == list("123456789")
    assert (form.page.top_mm, form.page.bottom_mm, form.page.left_mm, form.page.right_mm) == (20, 20, 30, 15)
    assert not form.type.prints_name and form.basis


@pytest.mark.clause("379/13.1", "217/6.1")
def test_form_findings_of_a_good_document_are_none() -> None:
    assert queries.form_findings(GOOD, "ke_hoach", TODAY) == ()


@pytest.mark.clause("379/13.1", "217/6.1", "217/11.6", "379/8.3")
@pytest.mark.parametrize(
    ("type_code", "change", "field"),
    [
        ("ke_hoach", {"abstract": " "}, "abstract"),
        ("ke_hoach", {"abstract": "d" * 501}, "abstract"),
        ("ke_hoach", {"body": ""}, "body"),
        ("ke_hoach", {"body": "Hết./."}, "body"),
        ("ke_hoach", {"addressees": ()}, "addressees"),
        ("ke_hoach", {"addressees": ("Các ban",)}, "addressees"),
        ("ke_hoach", {"signer_name": ""}, "signatory_id"),
        ("ke_hoach", {"signer_position": "", "signing_capacity": ""}, "signer_position"),
        ("ke_hoach", {"signing_capacity": "TM. BAN THƯỜNG VỤ"}, "signing_capacity"),
        ("ke_hoach", {"signing_capacity": "T/U CHÁNH VĂN PHÒNG"}, "signing_capacity"),
        ("ke_hoach", {"body_name": ""}, "organisation"),
        ("ke_hoach", {"place": ""}, "place"),
        ("cong_van", {"abstract": "V/v kết nối", "salutation": ("Văn phòng",)}, "abstract"),
        ("cong_van", {"abstract": "về việc kết nối"}, "salutation"),
    ],
)
def test_form_findings_name_the_field_at_fault(type_code: str, change: dict[str, object], field: str) -> None:
    found = queries.form_findings(replace(GOOD, **change), type_code, TODAY)  # type: ignore[arg-type]
    errors = [one for one in found if one.severity == "error"]
    assert [one.field for one in errors] == [field]
    assert errors[0].message and errors[0].next_step and errors[0].clause in clauses()


@pytest.mark.clause("379/13.1")
def test_form_findings_of_an_uploaded_document_ask_for_no_body() -> None:
    assert queries.form_findings(replace(GOOD, body="", uploaded=True), "ke_hoach", TODAY) == ()


@given(st.text(max_size=60), st.text(max_size=60), st.lists(st.text(max_size=20), max_size=4), st.text(max_size=30))
def test_form_findings_never_fail_and_put_errors_first(abstract: str, body: str, lines: list[str], words: str) -> None:
    facts = replace(GOOD, abstract=abstract, body=body, addressees=tuple(lines), signing_capacity=words)
    severities = [one.severity for one in queries.form_findings(facts, "cong_van", TODAY)]
    assert severities == sorted(severities)

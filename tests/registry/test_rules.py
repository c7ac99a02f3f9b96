"""The registry's decisions, pure."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antin.documents.facts import HandlingStep
from antin.registry import form, rules
from antin.registry.lifecycle import DEFECT, NUMBER, REGISTER, REQUEST
from antin.regulation import RuleViolation, clauses
from antin.rulebook import queries as rulebook
from antin.values import Method, Secrecy, Urgency, Validity
from world import refused

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
ANA, BINH = uuid4(), uuid4()


# numbers


@pytest.mark.clause("217/11.2")
@given(st.lists(st.sampled_from(["take", "back"]), max_size=60), st.randoms(use_true_random=False))
def test_lowest_free_any_history_leaves_no_gap(history: list[str], random: object) -> None:
    """Taking and giving back in any order: distinct numbers fill 1..max, and a freed one is the next given (I07)."""
    states: dict[int, str] = {}
    for step in history:
        reserved = [n for n, state in states.items() if state == "reserved"]
        if step == "take":
            free = [n for n, state in states.items() if state == "free"]
            number = rules.lowest_free(free, highest=max(states, default=0))
            assert states.get(number, "free") == "free"
            assert not free or number == min(free)
            states[number] = "reserved"
        elif reserved:
            states[random.choice(reserved)] = NUMBER.step("reserved", "lapse_signature").to  # type: ignore[attr-defined]
        assert rules.gaps(states) == ()


def test_gaps_missing_numbers_are_named() -> None:
    assert rules.gaps([1, 2, 5]) == (3, 4)
    assert rules.gaps([]) == ()


@pytest.mark.clause("217/11.2")
@pytest.mark.parametrize(
    ("level", "on", "term"),
    [
        ("provincial", date(2026, 11, 23), "2025-2030"),
        ("provincial", date(2025, 1, 1), "2025-2030"),
        ("central", date(2026, 11, 23), "2026-2031"),
        ("central", date(2025, 12, 31), "2021-2026"),
        ("grassroots", date(2030, 5, 1), "2030-2035"),
    ],
)
def test_party_term_by_level_and_day(level: str, on: date, term: str) -> None:
    assert rules.party_term(level, on) == term


def test_document_code_is_the_wire_form() -> None:
    code = rules.document_code("000.00.01.A99", date(2026, 11, 3), 5, "QĐ/VPTW")
    assert code == "000.00.01.A99,2026/11/03,05/QĐ/VPTW"


@pytest.mark.clause("379/11.4")
def test_wire_code_without_code_refused() -> None:
    assert rules.wire_code({"party": "A98.01", "qd20": "A98"}) == "A98"
    with refused("379/11.2"):
        rules.wire_code({})


@pytest.mark.clause("217/11.2")
def test_open_register_unnamed_series_or_odd_period_refused() -> None:
    rules.kind_and_series_named("outgoing", "quyet_dinh", "2025-2030")
    rules.kind_and_series_named("incoming", "", "2026")
    for kind, series, period in (("outgoing", "", "2025-2030"), ("outgoing", "x", "2026"), ("other", "x", "2026")):
        with pytest.raises(RuleViolation):
            rules.kind_and_series_named(kind, series, period)


# requests


@pytest.mark.clause("217/11.3")
def test_request_expires_never_past_midnight_in_vietnam() -> None:
    late = datetime(2026, 11, 23, 16, 55, tzinfo=UTC)  # 23:55 in Hanoi
    assert rules.request_expires_at(late) == datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
    assert rules.request_expires_at(NOW) == NOW + rules.REQUEST_LIFE


def test_request_over_names_the_first_reason() -> None:
    stands = {"expired": False, "approved": True, "same_revision": True, "certificate_active": True}
    assert rules.request_over(**stands) == ""
    assert rules.request_over(**{**stands, "expired": True}) == "expired"
    assert rules.request_over(**{**stands, "approved": False}) == "approval_withdrawn"
    assert rules.request_over(**{**stands, "same_revision": False}) == "approval_withdrawn"
    assert rules.request_over(**{**stands, "certificate_active": False}) == "certificate_not_active"


@pytest.mark.clause("379/8.3")
def test_may_sign_another_person_refused() -> None:
    rules.may_sign({ANA}, named=ANA)
    for named in (BINH, None):
        with refused("379/8.3"):
            rules.may_sign({ANA}, named=named)


@pytest.mark.clause("379/8.4")
@pytest.mark.clause("379/12.2.a")
def test_keeper_is_signatory_refused_also_on_behalf() -> None:
    rules.keeper_is_not_signatory([ANA, None], [BINH, None])
    with refused("379/8.4"):
        rules.keeper_is_not_signatory([ANA, BINH], [BINH])


@pytest.mark.clause("379/13.3")
def test_handling_proven_weak_method_or_missing_approval_refused() -> None:
    def steps(*acts: str, method: Method = Method.PASSWORD_TOTP) -> list[HandlingStep]:
        return [HandlingStep(act, ANA, None, method, NOW) for act in acts]

    rules.handling_proven(steps("create_draft", "endorse", "approve"))
    for bad in (steps("create_draft"), steps("create_draft", "approve", method=Method.PASSWORD), []):
        with refused("379/13.3"):
            rules.handling_proven(bad)


@pytest.mark.clause("379/5.11")
def test_old_bytes_changed_outside_the_hole_refused() -> None:
    prepared = b"head<0000>tail"
    rules.old_bytes_are_prefix(prepared, b"head<abcd>tail+update", (4, 10))
    for odd in (b"HEAD<abcd>tail", b"head<abcd>TAIL", b"head<abcd>"):
        with refused("379/5.11"):
            rules.old_bytes_are_prefix(prepared, odd, (4, 10))


# issue and arrival


@pytest.mark.clause("379/13.2")
@pytest.mark.clause("379/12.3")
def test_signatures_complete_seal_missing_or_not_valid_refused() -> None:
    rules.signatures_complete("valid", {"person"}, seal_needed=False)
    rules.signatures_complete("valid", {"person", "seal"}, seal_needed=True)
    with refused("379/13.2"):
        rules.signatures_complete("valid", {"person"}, seal_needed=True)
    for verdict in ("invalid", "indeterminate", "changed", ""):
        with refused("379/13.4"):
            rules.signatures_complete(verdict, {"person", "seal"}, seal_needed=True)


@pytest.mark.clause("217/10.1")
@pytest.mark.clause("217/4.2")
def test_admissible_not_valid_needs_the_leaders_word() -> None:
    rules.admissible("valid", settled_for_reference=False)
    rules.admissible("invalid", settled_for_reference=True)
    for verdict in ("invalid", "indeterminate", "changed", ""):
        with refused("217/10.1"):
            rules.admissible(verdict, settled_for_reference=False)


@pytest.mark.clause("217/10.2.p2")
def test_discard_in_force_only_as_duplicate_before_registration() -> None:
    rules.discardable("completed", in_force=False, duplicate=False)
    rules.discardable("arrived", in_force=True, duplicate=True)
    for state, duplicate in (("registered", True), ("arrived", False)):
        with refused("217/10.2.p2"):
            rules.discardable(state, in_force=True, duplicate=duplicate)
    assert rules.in_force(Validity.IN_FORCE) and not rules.in_force(Validity.RECALLED)


@pytest.mark.clause("217/11.13")
def test_due_days_urgent_is_never_longer() -> None:
    days = [rules.due_days(level) for level in Urgency]
    assert days == sorted(days, reverse=True) and days[-1] >= 1
    assert rules.earlier(date(2026, 1, 2), None) == date(2026, 1, 2)
    assert rules.earlier(date(2026, 1, 2), date(2026, 1, 1)) == date(2026, 1, 1)
    assert rules.earlier(None, None) is None


@pytest.mark.clause("217/5.1")
def test_cipher_note_only_for_the_two_highest_levels() -> None:
    rules.only_by_cipher_office(Secrecy.TOP_SECRET)
    with refused("217/5.1"):
        rules.only_by_cipher_office(Secrecy.OPEN)


@pytest.mark.clause("379/17.3")
def test_reason_missing_refused() -> None:
    assert rules.reason_given(" vì trùng ") == "vì trùng"
    with refused("379/17.3"):
        rules.reason_given("  ")


# tables


def test_tables_every_clause_exists() -> None:
    for table in (NUMBER, REQUEST, REGISTER, DEFECT):
        for row in table.rows.values():
            assert row.clauses and all(cited in clauses() for cited in row.clauses), row


@pytest.mark.clause("217/11.2")
def test_number_used_never_comes_back() -> None:
    for act in NUMBER.acts("used"):
        assert NUMBER.step("used", act).to == "voided"
    assert NUMBER.acts("voided") == ()


# form


def page(**changed: object) -> form.FormFacts:
    facts: dict[str, object] = {
        "body_name": "TỈNH ỦY LẠC GIANG",
        "place": "Lạc Giang",
        "abstract": "về công tác mẫu",
        "body": "Nội dung.",
        "salutation": (),
        "addressees": ("Như trên", "Lưu Văn phòng"),
        "signing_capacity": "T/M BAN THƯỜNG VỤ",
        "signer_position": "PHÓ BÍ THƯ",
        "signer_name": "Ngô Mẫu Sơn",
    }
    return form.FormFacts(**{**facts, **changed})  # type: ignore[arg-type]


def beside(**changed: object) -> form.RegistryFacts:
    facts: dict[str, object] = {
        "body_name": "TỈNH ỦY LẠC GIANG",
        "notation": "TU",
        "signing_capacity": "T/M BAN THƯỜNG VỤ",
        "recipients": ("A99.01",),
        "has_seal": True,
        "seal_needed": True,
        "on": date(2026, 11, 23),
    }
    return form.RegistryFacts(**{**facts, **changed})  # type: ignore[arg-type]


def found(page_facts: form.FormFacts, beside_facts: form.RegistryFacts) -> list[tuple[str, str]]:
    rules_of_day = rulebook.form_rules("quyet_dinh", date(2026, 11, 23))
    return [(one.field, one.severity) for one in form.findings(page_facts, beside_facts, rules_of_day)]


@pytest.mark.clause("379/13.1")
def test_form_in_order_has_no_finding() -> None:
    assert found(page(), beside()) == []


@pytest.mark.clause("217/6.1")
@pytest.mark.parametrize(
    ("page_change", "beside_change", "field"),
    [
        ({"abstract": ""}, {}, "abstract"),
        ({"body": ""}, {}, "body"),
        ({"place": ""}, {}, "place"),
        ({"addressees": ()}, {}, "addressees"),
        ({"addressees": ("Như trên",)}, {}, "addressees"),
        ({"signer_name": ""}, {}, "signatory_id"),
        ({}, {"notation": ""}, "notation"),
        ({}, {"recipients": ()}, "recipients"),
        ({}, {"has_seal": False}, "seal"),
        ({}, {"due_on": date(2026, 11, 20)}, "due_on"),
        ({}, {"signing_capacity": "K/T BÍ THƯ"}, "signing_capacity"),
    ],
)
def test_form_component_missing_is_an_error(
    page_change: dict[str, object], beside_change: dict[str, object], field: str
) -> None:
    assert (field, "error") in found(page(**page_change), beside(**beside_change))


@pytest.mark.clause("379/13.1")
def test_form_deputising_is_for_offices_not_for_committees() -> None:
    office = beside(body_name="VĂN PHÒNG", signing_capacity="K/T CHÁNH VĂN PHÒNG")
    assert found(page(signing_capacity="K/T CHÁNH VĂN PHÒNG"), office) == []
    assert not form.collective("Văn phòng Tỉnh uỷ")
    assert form.collective("Đảng uỷ phường An Mẫu") and form.collective("ĐẢNG ỦY PHƯỜNG AN MẪU")


@pytest.mark.clause("217/6.1")
def test_form_authority_warns_and_never_blocks() -> None:
    rules_of_day = rulebook.form_rules("chi_thi", date(2026, 11, 23))
    warned = form.findings(page(), beside(level_warning="Cấp này thường không ban hành."), rules_of_day)
    assert form.in_order(warned) and any(one.clause == "217/6.1" for one in warned)
    form.must_be_in_order(warned)
    with pytest.raises(RuleViolation):
        form.must_be_in_order(form.findings(page(body=""), beside(), rules_of_day))


def test_request_is_open_expired_or_closed_refused() -> None:
    rules.request_is_open("open", expires_at=NOW + timedelta(seconds=1), now=NOW)
    for state, expires in (("open", NOW), ("done", NOW + timedelta(days=1))):
        with refused("379/13.1"):
            rules.request_is_open(state, expires_at=expires, now=NOW)

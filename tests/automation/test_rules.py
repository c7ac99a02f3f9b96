"""Pure: what a machine never does, and when a rule fits."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antin.automation import rules
from antin.automation.facts import Occasion, Standing, Terms
from antin.regulation import RuleViolation
from antin.rulebook import queries as rulebook
from antin.rulebook.rules import AutomatableAct
from antin.values import Secrecy, Urgency, fold
from world import refused

ACTS = rulebook.automatable_acts()
SIGNS = rulebook.personnel_signs()
SOMEBODY, ANOTHER = UUID(int=1), UUID(int=2)
TERMS = Terms("Quy tắc", "route", "run", SOMEBODY, level=2, days=5, lead=ANOTHER, senders=("A99.01",))
PLAIN = Occasion(UUID(int=3), "quyet_dinh", "về việc chuyển đổi số", Urgency.ROUTINE, Secrecy.OPEN, "A99.01")
words = st.text(alphabet="abcđêôưáảạ", min_size=1, max_size=8)


@pytest.mark.clause("379/4.7", "379/27.4")
@pytest.mark.parametrize("act", sorted(rules.NEVER | set(ACTS)))
@pytest.mark.parametrize("claimed", ["run", "propose", "never"])
def test_no_data_makes_a_machine_do_what_it_never_may(act: str, claimed: str) -> None:
    row = ACTS.get(act, AutomatableAct(act, claimed, False, "leader"))
    bent = {act: replace(row, mode=claimed)}
    if act in rules.NEVER or row.personnel:
        assert rules.reach_of(act, bent) == "never"
    assert rules.FAR[rules.reach_of(act, bent)] <= rules.FAR[claimed]


@pytest.mark.clause("379/4.7")
def test_the_data_lets_only_harmless_acts_run_and_names_every_act_that_never_may() -> None:
    assert {act for act in ACTS if rules.reach_of(act, ACTS) == "run"} == {
        "receive_parcel",
        "report_progress",
        "assign",
        "remind",
    }
    assert set(ACTS) >= rules.NEVER and all(ACTS[act].mode == "never" for act in rules.NEVER)
    assert rules.reach_of("no_such_act", ACTS) == "never"


@pytest.mark.clause("379/4.7")
@given(kind=st.sampled_from(["route", "remind", "sign", "approve", ""]), mode=st.sampled_from(["propose", "run", "x"]))
def test_a_kind_is_automatable_only_where_kind_mode_and_data_agree(kind: str, mode: str) -> None:
    if (kind, mode) in {("route", "propose"), ("route", "run"), ("remind", "run")}:
        assert rules.kind_automatable(kind, mode, ACTS).act == rules.ACT_OF[kind]
    else:
        with refused("379/4.7"):
            rules.kind_automatable(kind, mode, ACTS)


@pytest.mark.clause("379/4.7")
@pytest.mark.parametrize("mode", ["never", "propose"])
def test_data_that_tightens_stops_what_ran(mode: str) -> None:
    with refused("379/4.7"):
        rules.kind_automatable("route", "run", {"assign": replace(ACTS["assign"], mode=mode)})


@pytest.mark.clause("379/4.7", "379/27.4")
@given(st.sampled_from(SIGNS.words), words, words)
def test_a_document_about_personnel_is_forbidden_however_it_is_written(sign: str, before: str, after: str) -> None:
    for said in (sign, sign.upper(), fold(sign)):
        assert rules.forbidden(replace(PLAIN, subject=f"{before} {said}, {after}"), SIGNS)
        assert rules.forbidden(replace(PLAIN, headings=(f"{before} {said}",)), SIGNS)


@pytest.mark.clause("379/4.7", "379/4.3")
@pytest.mark.parametrize("secrecy", [one for one in Secrecy if one is not Secrecy.OPEN])
def test_nothing_secret_is_touched(secrecy: Secrecy) -> None:
    assert rules.forbidden(replace(PLAIN, secrecy=secrecy), SIGNS)


def test_personnel_types_are_forbidden_and_a_plain_document_is_not() -> None:
    assert all(rules.forbidden(replace(PLAIN, type_code=one), SIGNS) for one in SIGNS.types)
    assert not rules.forbidden(PLAIN, SIGNS)


@given(words, words, words)
def test_words_are_found_whole_and_only_whole(before: str, said: str, after: str) -> None:
    assert rules.mentions(f"{before} {said} {after}", said.upper())
    assert not rules.mentions(f"{said}z", said)
    assert not rules.mentions(f"{before} {after}", f"{before} z {after}")


@given(
    st.sampled_from(["A99.01", "A98.01"]),
    st.sampled_from(["quyet_dinh", "cong_van"]),
    st.sampled_from(list(Urgency)),
    st.sampled_from(["về việc chuyển đổi số", "về việc phòng chống bão"]),
)
def test_a_rule_fits_exactly_when_every_condition_it_names_holds(
    sender: str, type_code: str, urgency: Urgency, subject: str
) -> None:
    terms = replace(
        TERMS, types=("quyet_dinh", "chi_thi"), urgencies=(Urgency.ROUTINE.value,), words=("so sánh", "chuyển đổi số")
    )
    met = replace(PLAIN, sender_code=sender, type_code=type_code, urgency=urgency, subject=subject)
    wanted = sender == "A99.01" and type_code == "quyet_dinh" and urgency is Urgency.ROUTINE and "số" in subject
    assert rules.matches(terms, met) == wanted
    assert rules.matches(replace(TERMS, senders=()), met)


def test_a_condition_on_the_file_plan_asks_where_the_document_lies() -> None:
    terms = replace(TERMS, classes=("TH.01",))
    assert not rules.matches(terms, PLAIN)
    assert rules.matches(terms, replace(PLAIN, classes=("TH.01", "TH.02")))


@pytest.mark.clause("379/27.2.a")
@pytest.mark.parametrize(
    "changed",
    [
        {"title": " "},
        {"level": 0},
        {"level": 6},
        {"days": -1},
        {"days": 61},
        {"most_per_day": 0},
        {"most_per_day": 501},
        {"error_threshold": 0},
        {"lead": None},
        {"senders": ()},
        {"words": ("…",)},
        {"kind": "remind", "days": 0},
    ],
)
def test_terms_without_a_limit_a_receiver_or_a_condition_are_refused(changed: dict[str, object]) -> None:
    with refused("379/27.2.a"):
        rules.terms_complete(replace(TERMS, **changed))  # type: ignore[arg-type]
    assert rules.terms_complete(TERMS) == TERMS


NOW = datetime(2026, 11, 27, 3, tzinfo=UTC)
STANDS = Standing("enabled", "a", "a", NOW, review_is_over=False)


@pytest.mark.clause("379/27.2.b", "379/27.2.c", "379/27.2.a")
def test_a_rule_acts_only_approved_reviewed_within_its_limit_on_what_came_later() -> None:
    assert rules.may_act_at(STANDS, NOW) and rules.reason_to_stop(STANDS, 1) == ""
    assert not rules.may_act_at(STANDS, datetime(2026, 11, 27, 2, tzinfo=UTC))
    assert not any(rules.may_act_at(replace(STANDS, state=one), NOW) for one in ("drafted", "paused"))
    assert rules.reason_to_stop(replace(STANDS, review_is_over=True), 9) == rules.OVERDUE_REVIEW
    assert rules.reason_to_stop(replace(STANDS, reviewed_digest="b"), 9) == rules.OVERDUE_REVIEW
    assert rules.reason_to_stop(replace(STANDS, done_today=9), 9) == rules.OVER_LIMIT


@pytest.mark.clause("379/27.2.c")
@given(st.dates(date(2026, 1, 1), date(2030, 1, 1)), st.integers(-30, 800))
def test_the_next_review_lies_within_the_period(today: date, ahead: int) -> None:
    next_on = date.fromordinal(today.toordinal() + ahead)
    months = rulebook.review_months()
    if today < next_on <= rules.latest_review(today, months):
        assert rules.next_review_within(next_on, today, months) == next_on
        assert (next_on - today).days <= 366
    else:
        with pytest.raises(RuleViolation):
            rules.next_review_within(next_on, today, months)


def test_terms_survive_their_storage() -> None:
    assert Terms.from_dict(TERMS.to_dict()) == TERMS
    assert Terms.from_dict(replace(TERMS, lead=None, words=("a", "b")).to_dict()).words == ("a", "b")

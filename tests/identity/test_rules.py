"""Pure decisions: offices, separation of duties, codes, tries, challenges, sessions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antin.identity import rules
from antin.identity.lifecycle import ACCOUNT, DELEGATION, MAY_SIGN_IN
from antin.identity.rules import ChallengeFacts, Tries
from antin.regulation import RuleViolation, clauses
from antin.values import Actor, MandateView, Method, Office
from world import refused

NOW = datetime(2026, 11, 20, 1, 42, tzinfo=UTC)
BODY, UNIT, PERSON = uuid4(), uuid4(), uuid4()


def acting(*mandates: tuple[Office, UUID]) -> Actor:
    views = tuple(MandateView(office, organisation) for office, organisation in mandates)
    return Actor(person_id=PERSON, name="Mẫu", method=Method.PASSWORD_TOTP, mandates=views, session="s")


def asked(**changes: object) -> ChallengeFacts:
    facts = {
        "person_id": PERSON,
        "session": "s",
        "act": "sign",
        "digest": "d" * 64,
        "expires_at": NOW + rules.CHALLENGE_LIFE,
        "wrong_answers": 0,
        "answered_at": None,
        "spent_at": None,
    }
    return ChallengeFacts(**(facts | changes))  # type: ignore[arg-type]


@pytest.mark.clause("379/31.p1")
def test_require_office_elsewhere_refused() -> None:
    actor = acting((Office.CLERK, UNIT))
    assert rules.require_office(actor, (Office.CLERK,), UNIT).office is Office.CLERK
    for offices, organisation in (((Office.CLERK,), BODY), ((Office.LEADER,), UNIT), ((Office.CLERK,), None)):
        with refused("379/31.p1"):
            rules.require_office(actor, offices, organisation)


def test_require_office_system_only_where_named() -> None:
    system = Actor.system()
    assert rules.require_office(system, (Office.CLERK, Office.SYSTEM), BODY).office is Office.SYSTEM
    with pytest.raises(RuleViolation):
        rules.require_office(system, (Office.CLERK,), BODY)


@pytest.mark.clause("379/5.3", "379/29.1")
@given(st.sets(st.sampled_from(sorted(Office))), st.sampled_from(sorted(Office)))
def test_separation_administrator_never_beside_content(held: set[Office], new: Office) -> None:
    together = held | {new}
    clash = Office.ADMINISTRATOR in together and bool(together & rules.CONTENT_OFFICES)
    if clash:
        with refused("379/5.3"):
            rules.separation_of_duties(held, new)
    else:
        rules.separation_of_duties(held, new)


@pytest.mark.clause("217/11.1.p3", "379/11.4")
@pytest.mark.parametrize(
    ("scheme", "code", "fits"),
    [
        ("party", "A98.01", True),
        ("qd20", "H49.64.33", True),
        ("qd20", "H37.DN.002", True),
        ("qcvn102", "000.00.01.A53", True),
        ("qcvn102", "000.00.11.H53", True),
        ("qcvn102", "A98.01", False),
        ("party", "a98", False),
        ("party", "A98..01", False),
        ("party", "A98.01.", False),
        ("party", "A" * 36, False),
        ("party", "A.1.2.3.4.5.6.7.8.9", False),
        ("party", "A98.01\n", False),
        ("other", "A98", False),
    ],
)
def test_code_shape_decides(scheme: str, code: str, fits: bool) -> None:
    if fits:
        rules.code_fits(scheme, code)
    else:
        with refused("217/11.1.p3"):
            rules.code_fits(scheme, code)


@pytest.mark.clause("379/5.9")
@pytest.mark.parametrize(
    ("tries", "admitted"),
    [
        (Tries(4, 4, 4), True),
        (Tries(5, 5, 5), False),
        (Tries(0, 24, 0), True),
        (Tries(0, 25, 0), False),
        (Tries(0, 0, 59), True),
        (Tries(0, 0, 60), False),
    ],
)
def test_tries_beyond_the_limit_close_the_door(tries: Tries, admitted: bool) -> None:
    if admitted:
        rules.try_admitted(tries)
    else:
        with refused("379/5.9"):
            rules.try_admitted(tries)


@pytest.mark.clause("379/12.2.b")
def test_challenge_of_another_person_or_session_reads_as_none() -> None:
    for challenge in (None, asked(person_id=uuid4()), asked(session="t")):
        with refused("379/12.2.b"):
            rules.challenge_is_mine(challenge, acting())
    assert rules.challenge_is_mine(asked(), acting()) == asked()


@pytest.mark.clause("379/12.2.b")
def test_challenge_expired_closed_or_spent_is_refused() -> None:
    rules.challenge_awaits(asked(), NOW)
    for challenge in (asked(expires_at=NOW), asked(wrong_answers=rules.WRONG_ANSWERS), asked(spent_at=NOW)):
        with refused("379/12.2.b"):
            rules.challenge_awaits(challenge, NOW)


@given(st.integers(0, 400))
def test_challenge_spendable_for_two_minutes_after_the_answer(seconds: int) -> None:
    at = NOW + timedelta(seconds=seconds)
    assert rules.challenge_spendable(asked(answered_at=NOW), at) == (seconds < 120)
    assert not rules.challenge_spendable(asked(), at)
    assert not rules.challenge_spendable(asked(answered_at=NOW, spent_at=NOW), at)


@given(st.integers(0, 50_000), st.integers(0, 50_000))
def test_session_lives_twelve_hours_and_thirty_idle_minutes(age: int, idle: int) -> None:
    idle = min(age, idle)
    opened = NOW - timedelta(seconds=age)
    held = rules.session_in_force(opened, NOW - timedelta(seconds=idle), NOW)
    assert held == (age < 12 * 3600 and idle < 1800)


@pytest.mark.clause("379/3.7", "379/5.6")
def test_who_enrols_does_not_vouch() -> None:
    with refused("379/3.7"):
        rules.not_the_enroller(PERSON, acting())
    rules.not_the_enroller(uuid4(), acting())
    rules.not_the_enroller(None, Actor.system())


def test_lives_cite_known_clauses_and_reach_an_end() -> None:
    for life in (ACCOUNT, DELEGATION):
        for step in life.rows.values():
            assert step.offices and step.clauses
            assert set(step.clauses) <= set(clauses())
    assert set(ACCOUNT.states()) == {"enrolled", "vouched", "active", "suspended", "lost", "closed"}
    assert ACCOUNT.acts("closed") == ()
    assert set(ACCOUNT.states()) >= MAY_SIGN_IN


@pytest.mark.clause("379/11.5")
@pytest.mark.parametrize("state", ["enrolled", "vouched", "suspended", "lost", "closed"])
def test_suspend_only_an_active_account(state: str) -> None:
    with refused("379/11.5"):
        ACCOUNT.step(state, "suspend_account")

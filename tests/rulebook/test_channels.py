"""The table of channels: secrecy first, then reach, then health; every question has exactly one answer with its clause."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

import pytest

from antin.regulation import clauses
from antin.rulebook import queries, sets
from antin.rulebook.channels import (
    ChannelChoice,
    MailLimits,
    channel_choice,
    is_state_code,
    link_health,
    mail_limits,
)
from antin.values import Secrecy

REACH = ("party_network", "internet", "state_axis", "none")
HEALTH = ("good", "down", "down_due", "closed", "none")
NETWORK = frozenset({"party_network"})
EVERYTHING = frozenset({"party_network", "internet", "axis", "cipher_product"})
MAIL = frozenset({"party_network", "mail_contact"})
LIMITS = MailLimits(after=timedelta(minutes=30), before_due=timedelta(hours=2))


def choice(secrecy: Secrecy, reach: str, health: str = "good", means: frozenset[str] = NETWORK) -> ChannelChoice:
    return channel_choice(secrecy, reach, health, means=means)


def test_every_case_has_an_answer_with_a_known_clause_and_words_in_two_languages() -> None:
    for secrecy, reach, health, means in product(Secrecy, REACH, HEALTH, (NETWORK, EVERYTHING)):
        found = choice(secrecy, reach, health, means)
        assert found.clause in clauses()
        assert found.words and queries.in_english(found.words)
        assert found.goes or (found.next_step and queries.in_english(found.next_step))


@pytest.mark.clause("217/5.1")
@pytest.mark.parametrize("secrecy", [Secrecy.SECRET, Secrecy.TOP_SECRET])
def test_above_confidential_is_refused_by_whatever_means_with_the_way_to_go(secrecy: Secrecy) -> None:
    for reach, health in product(REACH, HEALTH):
        found = choice(secrecy, reach, health, EVERYTHING)
        assert (found.channel, found.verdict) == ("cipher_office", "refused")
        assert "cơ yếu" in found.next_step


@pytest.mark.clause("379/22.2", "217/5.3")
def test_confidential_goes_only_enciphered_and_never_over_the_internet() -> None:
    assert choice(Secrecy.CONFIDENTIAL, "party_network").verdict == "refused"
    assert choice(Secrecy.CONFIDENTIAL, "party_network", means=EVERYTHING).channel == "party_network"
    for reach, health in product(("internet", "state_axis", "none"), HEALTH):
        assert choice(Secrecy.CONFIDENTIAL, reach, health, EVERYTHING).verdict == "refused"


@pytest.mark.clause("217/7.1", "217/7.2", "217/7.3", "217/7.4", "217/5.3")
@pytest.mark.parametrize(
    ("reach", "health", "means", "channel", "verdict", "clause"),
    [
        ("party_network", "good", NETWORK, "party_network", "send", "217/7.1"),
        ("party_network", "good", EVERYTHING, "party_network", "send", "217/7.1"),
        ("party_network", "down", EVERYTHING, "internet", "send", "217/5.3"),
        ("party_network", "down", NETWORK, "party_network", "wait", "217/7.4"),
        ("party_network", "down", MAIL, "party_network", "wait", "217/7.4"),
        ("party_network", "down_due", MAIL, "official_mail", "send", "217/5.3"),
        ("party_network", "down_due", NETWORK, "party_network", "wait", "217/7.4"),
        ("party_network", "good", MAIL, "party_network", "send", "217/7.1"),
        ("party_network", "closed", MAIL, "party_network", "wait", "217/7.4"),
        ("internet", "good", MAIL, "official_mail", "send", "217/7.2"),
        ("party_network", "closed", NETWORK, "party_network", "wait", "217/7.4"),
        ("internet", "good", EVERYTHING, "internet", "send", "217/7.2"),
        ("internet", "good", NETWORK, "paper", "paper", "217/7.4"),
        ("state_axis", "none", EVERYTHING, "axis", "send", "217/7.3"),
        ("state_axis", "none", NETWORK, "paper", "paper", "217/7.3"),
        ("none", "none", EVERYTHING, "paper", "paper", "217/7.4"),
    ],
)
def test_open_documents_go_by_reach_and_health(
    reach: str, health: str, means: frozenset[str], channel: str, verdict: str, clause: str
) -> None:
    found = choice(Secrecy.OPEN, reach, health, means)
    assert (found.channel, found.verdict, found.clause) == (channel, verdict, clause)


@pytest.mark.clause("217/5.3", "217/7.2", "217/5.1")
def test_mail_stands_in_for_open_documents_alone_and_only_for_a_broken_link_near_the_due_time() -> None:
    means = MAIL | EVERYTHING
    for secrecy, reach, health in product(Secrecy, ("party_network", "internet"), HEALTH):
        found = choice(secrecy, reach, health, means - {"internet"})
        is_mail = found.channel == "official_mail"
        assert is_mail == (secrecy is Secrecy.OPEN and (health == "down_due" or reach == "internet"))
        assert choice(secrecy, reach, health, EVERYTHING).channel != "official_mail"


@pytest.mark.clause("217/5.3", "217/6.3")
@pytest.mark.parametrize(
    ("is_active", "is_down", "unanswered", "left", "health"),
    [
        (True, False, None, -5, "good"),
        (True, False, 29, 10, "good"),
        (True, False, 30, 10, "down_due"),
        (True, False, 300, 121, "down"),
        (True, True, None, 121, "down"),
        (True, True, None, 120, "down_due"),
        (True, True, None, -900, "down_due"),
        (False, True, 300, -900, "closed"),
    ],
)
def test_health_is_of_the_link_and_of_the_time_left(
    is_active: bool, is_down: bool, unanswered: int | None, left: int, health: str
) -> None:
    waited = None if unanswered is None else timedelta(minutes=unanswered)
    found = link_health(
        is_active=is_active, is_down=is_down, unanswered=waited, left=timedelta(minutes=left), limits=LIMITS
    )
    assert found == health


def test_limits_of_mail_are_dated_data() -> None:
    limits = mail_limits()
    assert timedelta(0) < limits.after < limits.before_due


def test_internet_is_chosen_only_without_a_good_wide_area_link() -> None:
    for secrecy, reach, health in product(Secrecy, REACH, HEALTH):
        if choice(secrecy, reach, health, EVERYTHING).channel == "internet":
            assert secrecy is Secrecy.OPEN
            assert (reach, health) != ("party_network", "good")


@pytest.mark.parametrize(
    ("code", "state"),
    [
        ("000.00.00.G22", True),
        ("H49.64.33", True),
        ("G09", True),
        ("A99.01", False),
        ("000.00.01.A53", False),
        ("I03", False),
        ("", False),
        ("Gia Lai", False),
    ],
)
def test_state_bodies_are_known_by_the_letter_of_their_code(code: str, *, state: bool) -> None:
    assert is_state_code(code) is state


def test_the_table_is_dated_and_names_its_basis() -> None:
    (version,) = sets.versions("channel_policy")
    assert "217-QĐ/TW" in version.basis

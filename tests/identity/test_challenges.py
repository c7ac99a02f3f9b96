"""Step-up: one challenge, one person, one session, one act, one digest, one use (379/5.6, 379/12.2.b)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction

from antin.identity import acts, authenticators, ports
from antin.identity.models import Challenge, TotpUse
from antin.regulation import RuleViolation
from antin.values import Actor, Method, Office
from small_house import SYSTEM, House
from world import refused

DIGEST, OTHER = "a" * 64, "b" * 64


def confirmed(house: House, *, act: str = "sign", digest: str = DIGEST) -> Actor:
    house.enrol("son", Office.SIGNATORY)
    return house.confirm("son", act, digest)


@pytest.mark.clause("379/5.6", "379/12.2.b")
def test_spend_challenge_once(house: House) -> None:
    actor = confirmed(house)
    proof = acts.spend_challenge(actor=actor, act="sign", digest=DIGEST)
    assert proof.method is Method.PASSWORD_TOTP
    with refused("379/5.6"):
        acts.spend_challenge(actor=actor, act="sign", digest=DIGEST)


@pytest.mark.clause("379/5.6")
def test_spend_challenge_rolled_back_act_leaves_it_unspent(house: House) -> None:
    actor = confirmed(house)
    with transaction.atomic():
        acts.spend_challenge(actor=actor, act="sign", digest=DIGEST)
        transaction.set_rollback(True)
    assert acts.spend_challenge(actor=actor, act="sign", digest=DIGEST)


@pytest.mark.clause("379/5.6")
@pytest.mark.parametrize(("act", "digest"), [("sign", OTHER), ("seal", DIGEST)])
def test_spend_challenge_for_another_act_or_digest_is_refused(house: House, act: str, digest: str) -> None:
    actor = confirmed(house)
    with refused("379/5.6"):
        acts.spend_challenge(actor=actor, act=act, digest=digest)


@pytest.mark.clause("379/5.6")
def test_spend_challenge_in_another_session_is_refused(house: House) -> None:
    confirmed(house)
    with refused("379/5.6"):
        acts.spend_challenge(actor=house.actor("son", session="phiên khác"), act="sign", digest=DIGEST)


@pytest.mark.clause("379/5.6")
def test_spend_challenge_unanswered_is_refused(house: House) -> None:
    house.enrol("son")
    acts.open_challenge(actor=house.actor("son"), act="sign", digest=DIGEST)
    with refused("379/5.6"):
        acts.spend_challenge(actor=house.actor("son"), act="sign", digest=DIGEST)


@pytest.mark.clause("379/12.2.b")
def test_answer_challenge_by_another_person_is_refused(house: House) -> None:
    house.enrol("son")
    house.enrol("lan")
    asked = acts.open_challenge(actor=house.actor("son"), act="sign", digest=DIGEST)
    with refused("379/12.2.b"):
        acts.answer_challenge(actor=house.actor("lan"), challenge_id=asked.id, code=house.code("lan"))


@pytest.mark.clause("379/12.2.b")
def test_answer_challenge_after_two_minutes_is_refused(house: House) -> None:
    house.enrol("son")
    actor = house.actor("son")
    asked = acts.open_challenge(actor=actor, act="sign", digest=DIGEST)
    house.clock.advance(120)
    with refused("379/12.2.b"):
        acts.answer_challenge(actor=actor, challenge_id=asked.id, code=house.code("son"))


@pytest.mark.clause("379/12.2.b")
def test_spend_challenge_two_minutes_after_the_answer_is_refused(house: House) -> None:
    actor = confirmed(house)
    house.clock.advance(120)
    with refused("379/5.6"):
        acts.spend_challenge(actor=actor, act="sign", digest=DIGEST)


@pytest.mark.clause("379/12.2.b")
def test_answer_challenge_five_wrong_answers_close_it(house: House) -> None:
    house.enrol("son")
    actor = house.actor("son")
    asked = acts.open_challenge(actor=actor, act="sign", digest=DIGEST)
    wrong = f"{(int(house.code('son')) + 1) % 1_000_000:06d}"
    for _ in range(5):
        with pytest.raises(RuleViolation, match="không đúng"):
            acts.answer_challenge(actor=actor, challenge_id=asked.id, code=wrong)
    with pytest.raises(RuleViolation, match="đã đóng"):
        acts.answer_challenge(actor=actor, challenge_id=asked.id, code=house.code("son"))
    assert Challenge.objects.get(pk=asked.id).wrong_answers == 5


@pytest.mark.clause("379/12.2.b")
def test_code_counts_once_per_account_in_whatever_challenge(house: House) -> None:
    house.enrol("son")
    actor, code = house.actor("son"), house.code("son")
    first = acts.open_challenge(actor=actor, act="sign", digest=DIGEST)
    acts.answer_challenge(actor=actor, challenge_id=first.id, code=code)
    second = acts.open_challenge(actor=actor, act="seal", digest=OTHER)
    with refused("379/12.2.b"):
        acts.answer_challenge(actor=actor, challenge_id=second.id, code=code)


@pytest.mark.parametrize(("steps", "taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_code_one_step_early_or_late_is_taken(house: House, steps: int, taken: bool) -> None:
    account = house.enrol("son")
    assert authenticators.accept(account.id, house.code("son", steps=steps)) is taken


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "１２３４５６", "0" * 5000, "-12345"])
def test_code_that_is_no_code_is_refused(house: House, code: str) -> None:
    assert not authenticators.accept(house.enrol("son").id, code)


def test_code_with_the_blank_that_apps_show_is_taken(house: House) -> None:
    account = house.enrol("son")
    code = house.code("son")
    assert authenticators.accept(account.id, f" {code[:3]} {code[3:]} ")


@dataclass
class Ticking:
    """A clock that goes on by a tenth of a second whenever it is read."""

    at: datetime

    def now(self) -> datetime:
        self.at += timedelta(seconds=0.1)
        return self.at


@pytest.mark.parametrize("tenths", range(15))
def test_a_code_that_is_shown_is_taken_though_its_step_ends_meanwhile(house: House, tenths: int) -> None:
    account = house.enrol("son")
    at = datetime(2026, 11, 20, 1, 42, 29, tzinfo=UTC) + timedelta(seconds=tenths / 10)
    ports.bind(ports.Ports(totp_secret=ports.bound().totp_secret, clock=Ticking(at)))
    code = authenticators.fresh_code(account.id)
    assert code and authenticators.accept(account.id, code)


@pytest.mark.clause("379/11.5")
def test_spend_challenge_after_suspension_is_refused(house: House) -> None:
    actor = confirmed(house)
    acts.suspend_account(actor=SYSTEM, account_id=house.logins["son"].id, reason="nghi bị lộ")
    with refused("379/5.6"):
        acts.spend_challenge(actor=actor, act="sign", digest=DIGEST)


def test_open_challenge_by_the_system_is_refused(house: House) -> None:
    with refused("379/5.6"):
        acts.open_challenge(actor=SYSTEM, act="sign", digest=DIGEST)


@pytest.mark.clause("379/12.2.b")
def test_same_code_on_eight_connections_is_taken_once(lasting_house: House) -> None:
    account, code = lasting_house.enrol("son"), ""
    code = lasting_house.code("son")

    def show(_: int) -> bool:
        try:
            return authenticators.accept(account.id, code)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(show, range(8))) == 1
    assert TotpUse.objects.filter(account=account).count() == 1


@pytest.mark.clause("379/5.6")
def test_same_challenge_on_six_connections_is_spent_once(lasting_house: House) -> None:
    actor = confirmed(lasting_house)

    def spend(_: int) -> bool:
        try:
            acts.spend_challenge(actor=actor, act="sign", digest=DIGEST)
            return True
        except RuleViolation:
            return False
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(spend, range(6))) == 1

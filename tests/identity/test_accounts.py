"""Organisations, codes, people, accounts, mandates: the acts on PostgreSQL, each with its ledger entry."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from allauth.mfa.models import Authenticator
from cryptography.exceptions import InvalidTag
from django.db import IntegrityError, connection, transaction

from antin.identity import acts, authenticators, queries
from antin.identity.adapters.totp_secrets import SealedSecretsAdapter
from antin.identity.models import Account
from antin.ledger import queries as ledger
from antin.regulation import RuleViolation
from antin.values import Actor, Office
from small_house import BASIS, PASSWORD, SYSTEM, House
from world import refused


def entries(object_id: object) -> list[str]:
    return [entry.act for entry in ledger.history(object_id)]  # type: ignore[arg-type]


@pytest.mark.clause("379/11.2", "217/11.1", "379/11.4")
def test_found_organisation_shows_codes_tree_and_printed_words(house: House) -> None:
    body, unit = queries.organisation(house.body), queries.organisation_by_code("A98.01.02")
    assert body.codes == {"party": "A98.01", "qcvn102": "000.00.01.A98"}
    assert body.code == "A98.01"
    assert unit is not None
    assert (unit.id, unit.parent_id, unit.superior_name) == (house.unit, house.body, "TỈNH ỦY LẠC GIANG")
    assert queries.organisation_by_code("000.00.01.A98") == body
    assert queries.descendants(house.body) == {house.unit}
    assert [one.id for one in queries.organisations()] == [house.body, house.unit]
    assert entries(house.body) == ["identity.organisation.founded"]


@pytest.mark.clause("379/11.2")
def test_give_code_taken_is_refused_and_nothing_changes(house: House) -> None:
    with refused("379/11.2"):
        acts.give_code(actor=SYSTEM, organisation_id=house.unit, scheme="party", code="A98.01")
    assert queries.organisation(house.unit).codes == {"party": "A98.01.02"}


@pytest.mark.clause("217/11.1.p3")
def test_give_code_new_one_ends_the_former_and_it_is_never_reused(house: House) -> None:
    tomorrow = date(2026, 11, 21)
    acts.give_code(actor=SYSTEM, organisation_id=house.unit, scheme="party", code="A98.01.77", valid_from=tomorrow)
    assert queries.organisation(house.unit).codes == {"party": "A98.01.02"}
    house.clock.advance(86_400)
    assert queries.organisation(house.unit).codes == {"party": "A98.01.77"}
    assert queries.organisation_by_code("A98.01.02") is None
    with refused("379/11.2"):
        acts.give_code(actor=SYSTEM, organisation_id=house.body, scheme="party", code="A98.01.02")


@pytest.mark.clause("379/3.7", "379/11.1")
def test_account_grows_from_enrolled_to_active(house: House) -> None:
    account = house.enrol("an", active=False)
    assert Account.objects.get(pk=account.id).state == "enrolled"
    acts.vouch_identity(actor=SYSTEM, account_id=account.id, evidence="Thẻ")
    acts.set_password(actor=SYSTEM, account_id=account.id, password=PASSWORD)
    assert queries.pending_enrolment(account.id)
    acts.bind_authenticator(actor=SYSTEM, account_id=account.id, secret=authenticators.generate_totp_secret())
    assert queries.account(account.id).state == "active"
    assert not queries.pending_enrolment(account.id)
    assert entries(account.person_id) == [
        "identity.authenticator.bound",
        "identity.credential.ended",
        "identity.person.vouched",
        "identity.person.enrolled",
    ]


@pytest.mark.clause("379/3.7")
def test_bind_authenticator_not_vouched_is_refused(house: House) -> None:
    account = house.enrol("an", active=False)
    with refused("379/11.1"):
        acts.bind_authenticator(actor=SYSTEM, account_id=account.id, secret=authenticators.generate_totp_secret())


@pytest.mark.clause("379/5.9", "379/4.5")
def test_secret_stands_sealed_in_the_database(house: House) -> None:
    account, secret = house.enrol("an"), authenticators.generate_totp_secret()
    acts.end_credential(actor=SYSTEM, account_id=account.id, credential="authenticator")
    acts.bind_authenticator(actor=SYSTEM, account_id=account.id, secret=secret)
    with connection.cursor() as cursor:
        cursor.execute("select data::text from mfa_authenticator where user_id = %s", [account.id])
        (stored,) = cursor.fetchone()
    assert secret not in stored
    sealed = Authenticator.objects.get(user=account).data["secret"]
    assert SealedSecretsAdapter().decrypt(sealed) == secret
    with pytest.raises(InvalidTag):
        SealedSecretsAdapter().decrypt(sealed[:-8] + "AAAAAAA=")
    with pytest.raises(ValueError, match="sealed"):
        SealedSecretsAdapter().decrypt(secret)


@pytest.mark.clause("379/11.1")
def test_enrol_person_login_taken_is_refused(house: House) -> None:
    house.enrol("an")
    with refused("379/11.1"):
        house.enrol("an", active=False)


@pytest.mark.clause("379/3.7", "379/5.6")
def test_two_officers_make_an_account(house: House) -> None:
    house.enrol("can.bo.1", Office.IDENTITY_OFFICER)
    house.enrol("can.bo.2", Office.IDENTITY_OFFICER)
    digest = acts.identity_digest("enrol_person", login="moi")
    first = house.confirm("can.bo.1", "enrol_person", digest)
    account = acts.enrol_person(actor=first, name="Lê Mẫu Mới", organisation_id=house.body, login="moi")
    vouching = acts.identity_digest("vouch_identity", account=str(account.id))
    same = house.confirm("can.bo.1", "vouch_identity", vouching)
    with refused("379/3.7"):
        acts.vouch_identity(actor=same, account_id=account.id, evidence="Thẻ")
    second = house.confirm("can.bo.2", "vouch_identity", vouching)
    acts.vouch_identity(actor=second, account_id=account.id, evidence="Thẻ")
    assert queries.account(account.id).state == "vouched"


@pytest.mark.clause("379/5.6")
def test_enrol_person_without_step_up_is_refused(house: House) -> None:
    house.enrol("can.bo", Office.IDENTITY_OFFICER)
    with refused("379/5.6"):
        acts.enrol_person(actor=house.actor("can.bo"), name="Ai đó", organisation_id=house.body, login="moi")


@pytest.mark.clause("379/31.p1")
def test_acts_of_officers_by_others_are_refused(house: House) -> None:
    account = house.enrol("an", Office.DRAFTER)
    actor = house.actor("an")
    for act in (
        lambda: acts.enrol_person(actor=actor, name="X", organisation_id=house.body, login="x"),
        lambda: acts.suspend_account(actor=actor, account_id=account.id, reason="thử"),
        lambda: acts.give_code(actor=actor, organisation_id=house.body, scheme="party", code="A1"),
        lambda: acts.confer_mandate(
            actor=actor, person_id=account.person_id, organisation_id=house.body, office=Office.LEADER, basis=BASIS
        ),
    ):
        with refused("379/31.p1"):
            act()


@pytest.mark.clause("379/5.3")
def test_confer_mandate_administrator_beside_clerk_is_refused(house: House) -> None:
    account = house.enrol("an", Office.CLERK)
    with refused("379/5.3"):
        acts.confer_mandate(
            actor=SYSTEM,
            person_id=account.person_id,
            organisation_id=house.unit,
            office=Office.ADMINISTRATOR,
            basis=BASIS,
        )


@pytest.mark.clause("379/9.2", "379/31.p1")
def test_mandate_counts_only_between_its_dates_and_until_ended(house: House) -> None:
    account = house.enrol("an")
    today = date(2026, 11, 20)
    mandate = acts.confer_mandate(
        actor=SYSTEM,
        person_id=account.person_id,
        organisation_id=house.body,
        office=Office.SIGNATORY,
        basis=BASIS,
        capacity="T/M BAN THƯỜNG VỤ",
        valid_from=today + timedelta(days=1),
        valid_to=today + timedelta(days=2),
    )
    assert not house.actor("an").holds(Office.SIGNATORY, house.body)
    house.clock.advance(86_400)
    assert house.actor("an").holds(Office.SIGNATORY, house.body)
    assert [p.id for p in queries.people_with(Office.SIGNATORY, house.body)] == [account.person_id]
    acts.end_mandate(actor=SYSTEM, mandate_id=mandate, reason="chuyển công tác")
    assert not house.actor("an").holds(Office.SIGNATORY, house.body)
    with refused("379/9.2"):
        acts.end_mandate(actor=SYSTEM, mandate_id=mandate, reason="lần nữa")


def test_confer_mandate_twice_or_bound_to_assignment_is_refused(house: House) -> None:
    account = house.enrol("an", Office.DRAFTER)
    for office in (Office.DRAFTER, Office.ASSIGNEE, Office.SYSTEM):
        with refused("379/31.p1"):
            acts.confer_mandate(
                actor=SYSTEM, person_id=account.person_id, organisation_id=house.body, office=office, basis=BASIS
            )


@pytest.mark.clause("379/11.5")
def test_report_lost_account_ends_every_credential_and_re_enrolment_needs_another_officer(house: House) -> None:
    account = house.enrol("an")
    house.enrol("can.bo.1", Office.IDENTITY_OFFICER)
    house.enrol("can.bo.2", Office.IDENTITY_OFFICER)
    acts.report_lost_account(actor=house.actor("can.bo.1"), account_id=account.id)
    assert queries.account(account.id).state == "lost"
    assert queries.pending_enrolment(account.id)
    assert not Account.objects.get(pk=account.id).has_usable_password()
    digest = acts.identity_digest("re_enrol_person", account=str(account.id))
    reporter = house.confirm("can.bo.1", "re_enrol_person", digest)
    with refused("379/11.5"):
        acts.re_enrol_person(actor=reporter, account_id=account.id, evidence="Thẻ")
    other = house.confirm("can.bo.2", "re_enrol_person", digest)
    acts.re_enrol_person(actor=other, account_id=account.id, evidence="Thẻ")
    assert queries.account(account.id).state == "vouched"


@pytest.mark.clause("379/11.5")
def test_restore_account_asks_for_a_new_authenticator(house: House) -> None:
    account = house.enrol("an")
    house.enrol("can.bo", Office.IDENTITY_OFFICER)
    acts.suspend_account(actor=house.actor("can.bo"), account_id=account.id, reason="nghi bị lộ")
    digest = acts.identity_digest("restore_account", account=str(account.id))
    officer = house.confirm("can.bo", "restore_account", digest)
    acts.restore_account(actor=officer, account_id=account.id, reason="đã xác minh")
    assert queries.account(account.id).state == "active"
    assert queries.pending_enrolment(account.id)


@pytest.mark.clause("379/9.2")
def test_close_account_ends_mandates_and_is_final(house: House) -> None:
    account = house.enrol("an", Office.CLERK)
    house.enrol("can.bo", Office.IDENTITY_OFFICER)
    acts.close_account(actor=house.actor("can.bo"), account_id=account.id, reason="nghỉ hưu")
    assert queries.mandates(account.person_id) == ()
    with pytest.raises(RuleViolation):
        acts.restore_account(actor=house.actor("can.bo"), account_id=account.id, reason="thử")


def test_states_are_checked_by_the_database(house: House) -> None:
    account = house.enrol("an")
    with pytest.raises(IntegrityError), transaction.atomic():
        Account.objects.filter(pk=account.id).update(state="admin")


def test_set_password_weak_or_too_long_is_refused(house: House) -> None:
    account = house.enrol("an")
    actor = house.actor("an")
    for password in ("ngắn", "password1234", "x" * 257):
        with refused("379/5.9"):
            acts.set_password(actor=actor, account_id=account.id, password=password)


@pytest.mark.clause("379/5.6")
def test_set_password_by_officer_of_an_account_in_use_is_refused(house: House) -> None:
    account = house.enrol("an")
    house.enrol("can.bo", Office.IDENTITY_OFFICER)
    with refused("379/5.6"):
        acts.set_password(actor=house.actor("can.bo"), account_id=account.id, password=PASSWORD + "!")


def test_people_reads_answer_views_in_few_queries(house: House, django_assert_num_queries: object) -> None:
    ids = [house.enrol(f"n{n}").person_id for n in range(3)]
    with django_assert_num_queries(1):  # type: ignore[operator]
        found = queries.people(ids)
    assert set(found) == set(ids)
    assert found[ids[0]].organisation_name == "Tỉnh ủy Lạc Giang (mẫu)"
    with pytest.raises(LookupError):
        queries.person(house.body)


def test_actor_for_holds_a_commitment_never_the_key(house: House) -> None:
    from antin.values import Method

    account = house.enrol("an", Office.CLERK)
    actor: Actor = queries.actor_for(account, session_key="khoá-của-phiên", method=Method.PASSWORD_TOTP)
    assert "khoá" not in actor.session
    assert len(actor.session) == 64
    assert actor.holds(Office.CLERK, house.body)

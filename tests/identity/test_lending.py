"""Offices lent in writing and absences: the rules on generated cases, the acts on PostgreSQL (379/6.2.p2, 379/13.3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from antin.identity import acts, queries
from antin.identity.acts import Away, Lending
from antin.identity.models import Absence, Delegation, Mandate
from antin.identity.rules import lending as rules
from antin.ledger import queries as ledger
from antin.regulation import RuleViolation
from antin.values import Behalf, FixedClock, Ground, MandateView, Office, new_id
from small_house import BASIS, SYSTEM, House
from world import refused

TODAY = date(2026, 11, 20)
BODIES = tuple(new_id() for _ in range(2))
TYPES = ("cong_van", "quyet_dinh", "thong_bao")
BEHALF = Behalf(new_id(), "Nguyễn Mẫu An", Ground.DELEGATION, new_id(), TODAY, TODAY)

types = st.frozensets(st.sampled_from(TYPES))
mandates = st.lists(
    st.builds(
        MandateView,
        office=st.sampled_from(Office),
        organisation_id=st.sampled_from(BODIES),
        document_types=types,
        lent=st.sampled_from([None, BEHALF]),
    ),
    max_size=6,
)


# --- rules -------------------------------------------------------------------------------------------------


@pytest.mark.clause("379/6.2.p2", "379/5.6", "379/31.p1")
@given(held=mandates, office=st.sampled_from(Office), body=st.sampled_from(BODIES), asked=types)
def test_what_is_lent_lies_within_a_mandate_of_ones_own(
    held: list[MandateView], office: Office, body: object, asked: frozenset[str]
) -> None:
    try:
        own = rules.within_own_mandate_now(held, office, body, asked)  # type: ignore[arg-type]
    except RuleViolation as refusal:
        assert refusal.clause == "379/6.2.p2"
        return
    assert own in held
    assert (own.office, own.organisation_id, own.lent) == (office, body, None)
    assert office in rules.LENDABLE
    reached = rules.lent_types(own, asked)
    assert not own.document_types or (reached and reached <= own.document_types)


@pytest.mark.clause("379/6.2.p2")
@given(
    since=st.integers(-3, 500),
    days=st.integers(-3, 500),
    mandate=st.none() | st.integers(0, 500),
    on=st.integers(0, 900),
)
def test_every_accepted_delegation_ends_within_the_mandate(since: int, days: int, mandate: int | None, on: int) -> None:
    first, last = TODAY + timedelta(since), TODAY + timedelta(since + days)
    until = None if mandate is None else TODAY + timedelta(mandate)
    try:
        rules.bounded_in_time(first, last, today=TODAY, mandate_until=until)
    except RuleViolation:
        assert since < 0 or days < 0 or days >= 366 or (mandate is not None and since + days > mandate)
        return
    assert TODAY <= first <= last < first + rules.LONGEST_DELEGATION
    assert until is None or last <= until
    day = TODAY + timedelta(on)
    assert rules.in_force(first, last, ended=False, on=day) == (first <= day <= last)
    assert not rules.in_force(first, last, ended=True, on=day)


@pytest.mark.clause("379/5.3", "379/29.1")
@given(office=st.sampled_from(rules.LENDABLE), theirs=st.lists(st.sampled_from(Office)))
def test_an_office_is_lent_to_nobody_who_could_not_hold_it(office: Office, theirs: list[Office]) -> None:
    try:
        rules.delegate_fits(
            office,
            lender_id=BODIES[0],
            delegate_id=BODIES[1],
            delegate_is_active=True,
            delegate_holds=theirs,
            holds_it_there=False,
        )
    except RuleViolation as refusal:
        assert refusal.clause == "379/5.3"
        assert Office.ADMINISTRATOR in theirs
    else:
        assert not (Office.ADMINISTRATOR in theirs and office is Office.SIGNATORY)


@pytest.mark.clause("379/13.2", "379/8.3")
@pytest.mark.parametrize(
    ("office", "capacity", "fits"),
    [
        (Office.SIGNATORY, "K/T CHÁNH VĂN PHÒNG", True),
        (Office.SIGNATORY, "T/L BAN THƯỜNG VỤ", True),
        (Office.SIGNATORY, "T/M BAN THƯỜNG VỤ", False),
        (Office.SIGNATORY, "Q. CHÁNH VĂN PHÒNG", False),
        (Office.SIGNATORY, "", False),
        (Office.APPROVER, "", True),
        (Office.LEADER, "K/T CHÁNH VĂN PHÒNG", False),
    ],
)
def test_a_delegate_signs_for_the_head_or_by_order_alone(office: Office, capacity: str, fits: bool) -> None:
    if fits:
        rules.capacity_fits(office, capacity)
    else:
        with refused("379/13.2"):
            rules.capacity_fits(office, capacity)


# --- acts --------------------------------------------------------------------------------------------------


@pytest.fixture
def office(house: House) -> House:
    house.enrol("truong", Office.LEADER, Office.APPROVER, Office.SIGNATORY, Office.REVIEWER)
    house.enrol("pho", Office.REVIEWER)
    house.enrol("ba", Office.REVIEWER)
    house.enrol("can", Office.IDENTITY_OFFICER)
    return house


def lending(house: House, **changed: object) -> Lending:
    base = Lending(
        office=Office.APPROVER,
        organisation_id=house.body,
        delegate_id=house.logins["pho"].person_id,
        valid_from=TODAY,
        valid_to=TODAY + timedelta(days=9),
        basis="Giấy uỷ quyền mẫu số 03",
        reason="Đi công tác (mẫu)",
    )
    return replace(base, **changed)  # type: ignore[arg-type]


def lend(house: House, who: str = "truong", **changed: object) -> object:
    wanted = lending(house, **changed)
    actor = house.confirm(who, "grant_delegation", wanted.digest)
    return acts.grant_delegation(actor=actor, lending=wanted)


def borrowed(house: House, who: str = "pho") -> list[Office]:
    return [m.office for m in house.actor(who).mandates if m.lent]


def entries(person: object) -> list[str]:
    return [entry.act for entry in ledger.history(person)]  # type: ignore[arg-type]


@pytest.mark.clause("379/6.2.p2")
def test_delegation_lends_the_office_from_its_first_to_its_last_day_and_ends_by_itself(
    office: House, clock: FixedClock
) -> None:
    made = lend(office, valid_from=TODAY + timedelta(days=1))
    lender = office.logins["truong"].person_id
    assert borrowed(office) == []
    clock.advance(24 * 3600)
    (held,) = (m for m in office.actor("pho").mandates if m.lent)
    assert held.office is Office.APPROVER
    assert held.open_only
    assert held.lent == Behalf(
        lender, "Nguyễn Mẫu Truong", Ground.DELEGATION, made, TODAY + timedelta(1), TODAY + timedelta(9)
    )  # type: ignore[arg-type]
    assert [row.delegate_name for row in queries.lent_holders(Office.APPROVER, office.body)] == ["Nguyễn Mẫu Pho"]
    clock.advance(9 * 24 * 3600)
    assert borrowed(office) == []
    assert queries.all_delegations() == ()
    assert not queries.delegations(lender)[0].stands
    (entry,) = (e for e in ledger.history(lender) if e.act == "identity.delegation.granted")
    assert entry.facts["delegate"] == str(office.logins["pho"].person_id)
    assert entry.detail["basis"] == "Giấy uỷ quyền mẫu số 03"


@pytest.mark.clause("379/6.2.p2", "379/5.6")
def test_what_is_lent_is_not_lent_on(office: House) -> None:
    lend(office)
    with refused("379/6.2.p2"):
        lend(office, "pho", delegate_id=office.logins["ba"].person_id)
    assert Delegation.objects.count() == 1


@pytest.mark.clause("379/5.6", "379/31.p1", "379/11.5")
def test_delegate_can_never_do_what_the_lender_no_longer_can(office: House) -> None:
    lend(office)
    assert borrowed(office) == [Office.APPROVER]
    account = office.logins["truong"]
    acts.suspend_account(actor=SYSTEM, account_id=account.id, reason="mẫu")
    assert borrowed(office) == []
    officer = office.confirm("can", "restore_account", acts.identity_digest("restore_account", account=str(account.id)))
    acts.restore_account(actor=officer, account_id=account.id, reason="đã rõ")
    assert borrowed(office) == [Office.APPROVER]
    mandate = Mandate.objects.get(person_id=account.person_id, office="approver")
    acts.end_mandate(actor=SYSTEM, mandate_id=mandate.id, reason="chuyển công tác")
    assert borrowed(office) == []
    row = Delegation.objects.get()
    assert (row.state, row.ended_reason) == ("ended", "chuyển công tác")
    assert entries(account.person_id)[:2] == ["identity.delegation.ended", "identity.mandate.ended"]


@pytest.mark.clause("379/6.2.p2", "379/5.6")
@pytest.mark.parametrize(
    ("changed", "clause"),
    [
        ({"office": Office.CLERK}, "379/6.2.p2"),
        ({"valid_to": TODAY - timedelta(1)}, "379/6.2.p2"),
        ({"valid_to": TODAY + timedelta(400)}, "379/6.2.p2"),
        ({"basis": " "}, "379/6.2.p2"),
        ({"reason": "x" * 501}, "379/6.2.p2"),
        ({"office": Office.SIGNATORY, "capacity": "T/M BAN THƯỜNG VỤ"}, "379/13.2"),
        ({"delegate_id": new_id()}, "379/6.2.p2"),
    ],
)
def test_grant_delegation_out_of_bounds_is_refused_and_nothing_written(
    office: House, changed: dict[str, object], clause: str
) -> None:
    before = entries(office.logins["truong"].person_id)
    with refused(clause):
        lend(office, **changed)
    assert not Delegation.objects.exists()
    assert entries(office.logins["truong"].person_id) == before


@pytest.mark.clause("379/5.6")
def test_confirmation_is_bound_to_what_is_lent(office: House) -> None:
    actor = office.confirm("truong", "grant_delegation", lending(office).digest)
    with refused("379/5.6"):
        acts.grant_delegation(actor=actor, lending=lending(office, valid_to=TODAY + timedelta(20)))
    assert not Delegation.objects.exists()


@pytest.mark.clause("379/6.2.p2")
def test_the_same_is_not_lent_twice_in_the_same_days(office: House) -> None:
    lend(office)
    with refused("379/6.2.p2"):
        lend(office, valid_from=TODAY + timedelta(9), valid_to=TODAY + timedelta(12))
    lend(office, valid_from=TODAY + timedelta(10), valid_to=TODAY + timedelta(12))


@pytest.mark.clause("379/9.2", "379/11.5")
def test_delegation_is_ended_by_its_lender_or_an_identity_officer_alone(office: House) -> None:
    first = lend(office)
    with refused("379/4.4"):
        acts.end_delegation(actor=office.actor("pho"), delegation_id=first, reason="không muốn")  # type: ignore[arg-type]
    with refused("379/6.2.p2"):
        acts.end_delegation(actor=office.actor("truong"), delegation_id=first, reason="  ")  # type: ignore[arg-type]
    acts.end_delegation(actor=office.actor("truong"), delegation_id=first, reason="về sớm")  # type: ignore[arg-type]
    assert borrowed(office) == []
    with refused("379/9.2"):
        acts.end_delegation(actor=office.actor("truong"), delegation_id=first, reason="lần nữa")  # type: ignore[arg-type]
    second = lend(office)
    acts.end_delegation(actor=office.actor("can"), delegation_id=second, reason="tài khoản nghi bị lộ")  # type: ignore[arg-type]
    assert entries(office.logins["truong"].person_id)[0] == "identity.delegation.ended"


@pytest.mark.clause("379/5.3")
def test_nobody_who_borrows_signing_becomes_administrator(office: House) -> None:
    office.enrol("ky-thuat", Office.ADMINISTRATOR)
    with refused("379/5.3"):
        lend(
            office,
            office=Office.SIGNATORY,
            capacity="K/T BÍ THƯ",
            delegate_id=office.logins["ky-thuat"].person_id,
        )
    lend(office, office=Office.SIGNATORY, capacity="K/T BÍ THƯ")
    with refused("379/5.3"):
        acts.confer_mandate(
            actor=SYSTEM,
            person_id=office.logins["pho"].person_id,
            organisation_id=office.body,
            office=Office.ADMINISTRATOR,
            basis=BASIS,
        )


def away(house: House, substitute: str = "pho", **changed: object) -> Away:
    base = Away(house.logins[substitute].person_id, TODAY, TODAY + timedelta(days=4), "Nghỉ phép (mẫu)")
    return replace(base, **changed)  # type: ignore[arg-type]


def leave(house: House, who: str = "truong", wanted: Away | None = None) -> object:
    stated = wanted or away(house)
    actor = house.confirm(who, "state_absence", stated.digest)
    return acts.state_absence(actor=actor, away=stated)


@pytest.mark.clause("379/6.2.p2", "379/13.3")
def test_absence_passes_seats_on_for_its_days_and_not_further(office: House, clock: FixedClock) -> None:
    made = leave(office)
    leader = office.logins["truong"].person_id
    (behalf,) = office.actor("pho").stands_in
    assert behalf == Behalf(leader, "Nguyễn Mẫu Truong", Ground.ABSENCE, made, TODAY, TODAY + timedelta(4))  # type: ignore[arg-type]
    assert not [m for m in office.actor("pho").mandates if m.lent]
    assert queries.substitutes([leader])[leader].substitute_name == "Nguyễn Mẫu Pho"
    leave(office, "pho", away(office, "ba"))
    assert [b.name for b in office.actor("ba").stands_in] == ["Nguyễn Mẫu Pho"]  # no chain to the leader's seats
    clock.advance(5 * 24 * 3600)
    assert office.actor("pho").stands_in == ()
    assert queries.substitutes([leader]) == {}


@pytest.mark.clause("379/13.3")
def test_substitute_reviews_anyway_is_another_and_is_there(office: House) -> None:
    with refused("379/13.3"):
        leave(office, wanted=away(office, "can"))
    with refused("379/13.3"):
        leave(office, wanted=away(office, "truong"))
    leave(office, "pho", away(office, "ba"))
    with refused("379/13.3"):
        leave(office, wanted=away(office, "pho"))
    leave(office, wanted=away(office, "ba"))
    with refused("379/6.2.p2"):
        leave(office, wanted=away(office, "ba", valid_from=TODAY + timedelta(3), valid_to=TODAY + timedelta(8)))
    assert Absence.objects.count() == 2
    assert [name for _id, name, _position in queries.possible_substitutes(office.logins["truong"].person_id)] == [
        "Nguyễn Mẫu Ba",
        "Nguyễn Mẫu Pho",
    ]


@pytest.mark.clause("379/6.2.p2")
def test_absence_is_ended_early_by_the_person_and_by_no_substitute(office: House) -> None:
    made = leave(office)
    with refused("379/4.4"):
        acts.end_absence(actor=office.actor("pho"), absence_id=made, reason="bận")  # type: ignore[arg-type]
    acts.end_absence(actor=office.actor("truong"), absence_id=made, reason="về sớm")  # type: ignore[arg-type]
    assert office.actor("pho").stands_in == ()
    assert entries(office.logins["truong"].person_id)[0] == "identity.absence.ended"


def test_the_database_refuses_what_the_rules_refuse(office: House) -> None:
    leave(office)
    for broken in ({"state": "ended"}, {"state": "paused"}, {"ended_at": datetime(2026, 11, 21, tzinfo=UTC)}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Absence.objects.update(**broken)
    row = Absence.objects.get()
    for broken in ({"valid_to": TODAY - timedelta(1)}, {"substitute_id": row.person_id}):
        row.pk = new_id()
        with pytest.raises(IntegrityError), transaction.atomic():
            for name, value in broken.items():
                setattr(row, name, value)
            row.save(force_insert=True)


@pytest.mark.clause("379/6.2.p2")
def test_who_stood_in_for_whom_is_never_rewritten(office: House) -> None:
    leave(office)
    lend(office)
    for rows, changed in (
        (Absence, {"substitute_id": office.logins["ba"].person_id}),
        (Absence, {"valid_to": TODAY + timedelta(40)}),
        (Delegation, {"delegate_id": office.logins["ba"].person_id}),
        (Delegation, {"open_only": False}),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.objects.update(**changed)  # type: ignore[attr-defined]
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"delete from {rows._meta.db_table}")  # type: ignore[attr-defined]

"""One's own data: a copy without secrets on record, a correction that another person settles (379/4.1)."""

from __future__ import annotations

import json
from uuid import UUID

import pytest
from allauth.mfa.models import Authenticator
from django.db import IntegrityError, connection, transaction

from antin.identity import acts, queries
from antin.identity.acts import Wish
from antin.identity.models import Correction
from antin.identity.queries.organisations import today
from antin.identity.rules import personal_data as rules
from antin.ledger import queries as ledger
from antin.ledger.models import Entry
from antin.values import Office, sha256_hex
from small_house import BASIS, SYSTEM, House
from world import refused

pytestmark = pytest.mark.clause("379/4.1")
RIGHT = "Nguyễn Mẫu Anh"
NAME = Wish("name", RIGHT, "Căn cước ghi Anh")


@pytest.fixture
def people(house: House) -> House:
    """A person, an identity officer, and a competent authority in the body and in the unit below it."""
    house.enrol("an", Office.DRAFTER, organisation=house.unit)
    house.enrol("can.bo", Office.IDENTITY_OFFICER)
    house.enrol("tham.quyen", Office.COMPETENT_AUTHORITY)
    house.enrol("don.vi", Office.COMPETENT_AUTHORITY, organisation=house.unit)
    return house


def asked(house: House, login: str = "an", wish: Wish = NAME) -> UUID:
    return acts.ask_correction(actor=house.actor(login), wish=wish)


def rectify(house: House, row: UUID, by: str = "can.bo", evidence: str = "Thẻ căn cước") -> None:
    value = Correction.objects.get(pk=row).proposed
    actor = house.confirm(by, "rectify_person_data", acts.rectification_digest(row, value))
    acts.rectify_person_data(actor=actor, correction_id=row, evidence=evidence)


@pytest.mark.parametrize("by", ["can.bo", "tham.quyen", "don.vi"])
def test_a_wrong_name_is_set_right_by_who_manages_people_and_the_person_reads_it(people: House, by: str) -> None:
    row = asked(people)
    rectify(people, row, by)
    assert queries.person(people.logins["an"].person_id).name == RIGHT
    (told,) = queries.corrections_of(people.logins["an"].person_id)
    assert (told.state, told.former, told.answer) == ("rectified", "Nguyễn Mẫu An", "Thẻ căn cước")
    assert told.settled_by == people.logins[by].person.name


def test_the_log_tells_which_datum_and_neither_what_stood_there_nor_what_stands(people: House) -> None:
    before = set(Entry.objects.values_list("id", flat=True))
    rectify(people, asked(people))
    entries = Entry.objects.exclude(id__in=before).order_by("id")
    assert [one.act for one in entries] == ["identity.correction.asked", "identity.person.rectified"]
    for one in entries:
        assert json.loads(one.payload)["facts"]["field"] == "name"
        assert RIGHT not in one.payload and "Nguyễn" not in one.payload and "Căn cước" not in one.payload
    newest = ledger.history(people.logins["an"].person_id)[0]
    assert newest.detail == {"before": "Nguyễn Mẫu An", "after": RIGHT} and newest.reason == "Thẻ căn cước"


def test_refused_with_a_reason_nothing_changes_and_it_can_be_asked_again(people: House) -> None:
    row = asked(people)
    with refused("379/4.1"):
        acts.refuse_correction(actor=people.actor("can.bo"), correction_id=row, reason="  ")
    acts.refuse_correction(actor=people.actor("can.bo"), correction_id=row, reason="Giấy tờ ghi khác")
    assert queries.person(people.logins["an"].person_id).name == "Nguyễn Mẫu An"
    assert [one.state for one in queries.corrections_of(people.logins["an"].person_id)] == ["refused"]
    with refused("379/4.1"):
        rectify(people, row)
    assert asked(people) != row


@pytest.mark.parametrize(
    "wish",
    [
        Wish("name", RIGHT, "   "),
        Wish("name", "  ", "sai"),
        Wish("name", "Nguyễn Mẫu An", "sai"),
        Wish("name", " Nguyễn  Mẫu An ", "sai"),
        Wish("name", "x" * 151, "sai"),
        Wish("name", "Mẫu\u202eAn", "sai"),
        Wish("login_name", "khac", "sai"),
        Wish("", "x", "sai"),
    ],
)
def test_without_reason_value_difference_or_datum_nothing_is_asked(people: House, wish: Wish) -> None:
    with refused("379/4.1"):
        asked(people, wish=wish)
    assert not Correction.objects.exists()


def test_one_request_for_a_datum_waits_at_a_time_and_another_datum_beside_it(people: House) -> None:
    asked(people)
    with refused("379/4.1"):
        asked(people, wish=Wish("name", "Tên khác", "sai"))
    asked(people, wish=Wish("position", "Chuyên viên chính", "Quyết định mẫu"))
    assert queries.open_corrections(people.actor("can.bo")) == 2


@pytest.mark.clause("379/5.6")
def test_nobody_decides_on_the_own_request(people: House) -> None:
    row = asked(people, "can.bo", Wish("position", "Trưởng phòng", "Quyết định mẫu"))
    with refused("379/5.6"):
        rectify(people, row, "can.bo")
    with refused("379/5.6"):
        acts.refuse_correction(actor=people.actor("can.bo"), correction_id=row, reason="không")
    assert queries.open_corrections(people.actor("can.bo")) == 0
    with pytest.raises(IntegrityError), transaction.atomic():
        Correction.objects.filter(pk=row).update(settled_by=people.logins["can.bo"].person_id)
    rectify(people, row, "tham.quyen")


@pytest.mark.clause("379/4.4")
def test_for_who_manages_other_people_or_none_there_is_no_such_request(people: House) -> None:
    row = asked(people, "can.bo", NAME)  # at home in the body, above the unit
    for login in ("an", "don.vi"):
        with refused("379/4.4"):
            acts.refuse_correction(actor=people.actor(login), correction_id=row, reason="không")
        with refused("379/4.4"):
            rectify(people, row, login)
        with refused("379/4.4"):
            queries.correction(people.actor(login), row)
        assert queries.corrections(people.actor(login)) == ()
    assert Correction.objects.get(pk=row).state == "open"


@pytest.mark.clause("379/5.6")
def test_a_code_for_another_request_or_value_rectifies_nothing(people: House) -> None:
    row, other = asked(people), asked(people, "tham.quyen", Wish("name", "Khác", "sai"))
    people.confirm("can.bo", "rectify_person_data", acts.rectification_digest(other, "Khác"))
    people.confirm("can.bo", "rectify_person_data", acts.rectification_digest(row, "Khác"))
    with refused("379/5.6"):
        acts.rectify_person_data(actor=people.actor("can.bo"), correction_id=row, evidence="Thẻ")
    assert queries.person(people.logins["an"].person_id).name == "Nguyễn Mẫu An"


def test_without_evidence_nothing_is_rectified(people: House) -> None:
    with refused("379/4.1"):
        rectify(people, asked(people), evidence=" ")


@pytest.mark.clause("379/11.1")
def test_a_person_code_never_becomes_another_persons_also_not_a_former_one(people: House) -> None:
    first = people.logins["an"].person.code
    with refused("379/11.1"):
        asked(people, wish=Wish("code", "mã thường", "sai"))
    taken = asked(people, wish=Wish("code", people.logins["can.bo"].person.code, "sai"))
    with refused("379/11.1"):
        rectify(people, taken, "tham.quyen")
    acts.refuse_correction(actor=people.actor("can.bo"), correction_id=taken, reason="Mã của người khác")
    rectify(people, asked(people, wish=Wish("code", "CN-DUNG-01", "Thẻ ghi khác")))
    former = asked(people, "tham.quyen", Wish("code", first, "sai"))
    with refused("379/11.1"):
        rectify(people, former)
    with refused("379/11.1"):
        acts.enrol_person(actor=SYSTEM, name="Mới", organisation_id=people.body, login="moi", code=first)
    rectify(people, asked(people, wish=Wish("code", first, "Mã cũ mới đúng")))  # one's own former code comes back
    assert queries.person(people.logins["an"].person_id).code == first


def test_what_is_kept_is_told_whole_with_past_mandates_and_who_did_what(people: House) -> None:
    account = people.logins["an"]
    mandate = acts.confer_mandate(
        actor=SYSTEM, person_id=account.person_id, organisation_id=people.unit, office=Office.REVIEWER, basis=BASIS
    )
    acts.end_mandate(actor=people.actor("can.bo"), mandate_id=mandate, reason="Hết nhiệm vụ")
    kept = queries.own_data(account.person_id)
    assert [(one.office, one.ended_reason) for one in kept.mandates] == [("reviewer", "Hết nhiệm vụ"), ("drafter", "")]
    assert (kept.account.login_name, kept.account.state) == ("an", "active")
    assert [one.kind for one in kept.account.authenticators] == ["totp"]
    newest = kept.accesses[0]
    assert (newest.act, newest.by, newest.own) == ("identity.mandate.ended", people.logins["can.bo"].person.name, False)
    assert len(kept.accesses) == len(ledger.history(account.person_id))
    assert queries.own_data(account.person_id, most=2).accesses == kept.accesses[:2]


def test_the_copy_holds_every_group_with_purpose_and_no_secret_and_is_on_record(people: House) -> None:
    account = people.logins["an"]
    asked(people, "can.bo", NAME)
    certificate = {"serial": "0a1b"}
    data = acts.export_own_data(actor=people.actor("an"), certificates=[certificate])
    groups = json.loads(data)["groups"]
    assert set(groups) == set(rules.PURPOSES)
    assert all(one["purpose"] and one["clause"] for one in groups.values())
    assert groups["person"]["data"]["name"] == "Nguyễn Mẫu An" and groups["certificates"]["data"] == [certificate]
    secret = Authenticator.objects.get(user=account).data["secret"]
    account.refresh_from_db()
    text = data.decode()
    assert secret not in text and account.password not in text and "password" not in groups["account"]["data"]
    assert RIGHT not in text and people.logins["can.bo"].login_name not in text
    entry = ledger.history(account.person_id)[0]
    assert entry.act == "identity.person.exported"
    assert entry.facts == {"digest": sha256_hex(data), "size": len(data)}


def test_another_persons_reason_for_being_away_is_not_ones_own_data(people: House) -> None:
    for login in ("vang", "thay"):
        people.enrol(login, Office.REVIEWER)
    away = acts.Away(people.logins["thay"].person_id, today(), today(), "Đi khám bệnh")
    people.confirm("vang", "state_absence", away.digest)
    acts.state_absence(actor=people.actor("vang"), away=away)
    own, other = (acts.export_own_data(actor=people.actor(login)).decode() for login in ("vang", "thay"))
    assert "Đi khám bệnh" in own and "Đi khám bệnh" not in other and people.logins["vang"].person.name in other


@pytest.mark.clause("379/4.4")
def test_the_installation_itself_has_no_data_of_its_own(people: House) -> None:
    with refused("379/4.4"):
        acts.export_own_data(actor=SYSTEM)
    with refused("379/4.4"):
        acts.ask_correction(actor=SYSTEM, wish=NAME)


def test_the_reasons_and_values_stand_in_no_entry_of_the_log_in_the_clear(people: House) -> None:
    acts.refuse_correction(actor=people.actor("can.bo"), correction_id=asked(people), reason="Giấy tờ ghi khác")
    with connection.cursor() as cursor:
        cursor.execute("SELECT payload FROM ledger_entry")
        everything = "\n".join(row[0] for row in cursor.fetchall())
    assert RIGHT not in everything and "Giấy tờ ghi khác" not in everything

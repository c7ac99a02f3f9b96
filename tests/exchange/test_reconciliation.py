"""The daily comparison: what one side lost is found and offered again, whichever side it is; and lies are refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection
from tests.exchange.archipelago import Island, Sea, Weather
from tests.exchange.scene import RECIPIENT, SENDER, STRANGER, Scene, actor
from tests.exchange.test_sender_hostile import Partner_

from antin.documents.models import Document
from antin.exchange import acts, comparing, days, queries, sender
from antin.exchange.messages import LISTED_MOST, Reconciled, Reconciliation, Refusal, Signed
from antin.exchange.models import (
    Dispatch,
    Evidence,
    Irregularity,
    ParcelIn,
    ParcelOut,
    Partner,
    Reoffer,
    StatementIn,
    StatementOut,
)
from antin.exchange.ports import Answer, Request
from antin.ledger import queries as ledger
from antin.regulation import Indeterminate, RuleViolation
from antin.rulebook import queries as rulebook
from antin.values import Actor, Office, new_id, sha256_hex

pytestmark = pytest.mark.clause("217/13.1", "217/6.2")
Raise = Callable[..., Sea]
TODAY = rulebook.today


@pytest.fixture
def pair(raised: Raise) -> tuple[Island, Island]:
    sea = raised(SENDER, RECIPIENT)
    here, there = sea.islands.values()
    return here, there


def partner_of(island: Island, other: Island) -> UUID:
    found: UUID = Partner.objects.get(host_code=other.code).id
    return found


def compare(island: Island, other: Island) -> acts.Findings:
    with island.ashore():
        return acts.reconcile_partner(actor=Actor.system(), partner_id=partner_of(island, other), through=TODAY())


def issue(island: Island, other: Island) -> UUID:
    with island.ashore():
        return island.scene.issue(other.code)


def settle(*islands: Island, rounds: int = 3) -> None:
    for _ in range(rounds):
        for island in islands:
            island.clock.advance(60)
            island.work()


def state(island: Island, document_id: UUID) -> str:
    with island.ashore():
        return Dispatch.objects.get(document_id=document_id).state


def progress(island: Island, parcel: UUID, act: str) -> None:
    """The received document goes on at that installation."""
    with island.ashore():
        island.scene.enter(act, ParcelIn.objects.get(parcel=parcel).document_id, code=island.code)


def parcel_of(island: Island, document_id: UUID) -> UUID:
    with island.ashore():
        found: UUID = ParcelOut.objects.get(dispatch__document_id=document_id).id
        return found


def taken_in(island: Island) -> list[UUID]:
    with island.ashore():
        found = Document.objects.filter(direction="incoming").values_list("id", flat=True)
        assert len(found) == ParcelIn.objects.count()
        return list(ParcelIn.objects.values_list("parcel", flat=True))


def test_agreeing_partners_find_nothing_and_the_ledger_says_so(pair: tuple[Island, Island]) -> None:
    here, there = pair
    document_id = issue(here, there)
    settle(here, there)
    progress(there, parcel_of(here, document_id), "registry.document.registered")
    settle(here, there)
    for one, other in ((here, there), (there, here)):
        found = compare(one, other)
        assert (found.differences, found.offered, found.days) == (0, 0, 62)
        with one.ashore():
            (entry,) = [e for e in ledger.history(partner_of(one, other)) if e.act == "exchange.partner.reconciled"]
            assert entry.facts["missing"] == 0
            assert Partner.objects.get(host_code=other.code).differences == 0


def test_receiver_restored_from_an_old_backup_gets_back_what_it_had_acknowledged(pair: tuple[Island, Island]) -> None:
    here, there = pair
    kept = issue(here, there)
    settle(here, there)
    there.back_up()
    lost = issue(here, there)
    settle(here, there)
    progress(there, parcel_of(here, lost), "registry.document.registered")
    settle(here, there)
    assert state(here, lost) == "accepted"
    with here.ashore():
        sent_as = bytes(ParcelOut.objects.get(dispatch__document_id=lost).manifest)
    there.restore()
    assert len(taken_in(there)) == 1

    found = compare(here, there)
    assert (found.missing, found.offered) == (1, 1)
    settle(here, there)
    assert set(taken_in(there)) == {parcel_of(here, kept), parcel_of(here, lost)}
    with there.ashore():
        assert bytes(ParcelIn.objects.get(parcel=parcel_of(here, lost)).manifest) == sent_as
    assert state(here, lost) == "arrived"
    assert compare(here, there).differences == 0

    progress(there, parcel_of(here, lost), "registry.document.registered")
    settle(here, there)
    assert state(here, lost) == "accepted"
    with here.ashore():
        outcomes = [e.facts.get("outcome") for e in ledger.history(lost) if e.act == "exchange.dispatch.transmitted"]
        assert outcomes.count("taken_in_again") == 1


def test_restored_receiver_numbers_its_progress_above_what_it_had_told(pair: tuple[Island, Island]) -> None:
    here, there = pair
    document_id = issue(here, there)
    settle(here, there)
    parcel = parcel_of(here, document_id)
    there.back_up()
    for act in ("registry.document.registered", "registry.document.forwarded"):
        progress(there, parcel, act)
        settle(here, there)
    assert state(here, document_id) == "forwarded"
    there.restore()
    found = compare(there, here)
    assert found.unknown == 2
    for act in ("registry.document.registered", "casework.document.completed"):
        progress(there, parcel, act)
        settle(here, there)
    assert state(here, document_id) == "completed"
    with there.ashore():
        assert Irregularity.objects.filter(kind="lost_statement").count() == 2


def test_restored_sender_hears_again_what_it_had_been_told(pair: tuple[Island, Island]) -> None:
    here, there = pair
    document_id = issue(here, there)
    settle(here, there)
    here.back_up()
    for act in ("registry.document.registered", "registry.document.forwarded"):
        progress(there, parcel_of(here, document_id), act)
        settle(here, there)
    here.restore()
    assert state(here, document_id) == "arrived"
    found = compare(there, here)
    assert (found.missing, found.offered) == (2, 2)
    settle(here, there)
    assert state(here, document_id) == "forwarded"
    assert compare(there, here).differences == 0


def test_sender_restored_before_it_sent_gets_the_stored_receipt(pair: tuple[Island, Island]) -> None:
    here, there = pair
    document_id = issue(here, there)
    with here.ashore():
        acts.queue_dispatches(actor=Actor.system(), document_id=document_id)
    here.back_up()
    settle(here, there)
    assert state(here, document_id) == "arrived"
    here.restore()
    assert state(here, document_id) == "queued"
    settle(here, there)
    assert state(here, document_id) == "arrived"
    assert len(taken_in(there)) == 1
    with there.ashore():
        assert ParcelIn.objects.get().repeats == 1


def test_parcel_the_restored_sender_never_knew_is_an_irregularity_not_a_loss(pair: tuple[Island, Island]) -> None:
    here, there = pair
    here.back_up()
    issue(here, there)
    settle(here, there)
    here.restore()
    found = compare(here, there)
    assert (found.missing, found.unknown) == (0, 1)
    with here.ashore():
        assert Irregularity.objects.get(kind="not_known_here").subject == taken_in(there)[0]
    assert len(taken_in(there)) == 1


def test_receipt_never_heard_of_a_given_up_delivery_is_fetched(pair: tuple[Island, Island]) -> None:
    here, there = pair
    document_id = issue(here, there)
    settle(here, there)
    with here.ashore(), connection.cursor() as cursor:  # as if the receipt had been lost until the delivery expired
        cursor.execute("delete from exchange_evidence")
        cursor.execute("update exchange_dispatch set state = 'failed', times = times - 'arrived'")
    assert compare(here, there).offered == 0
    settle(here, there)
    assert state(here, document_id) == "arrived"
    assert len(taken_in(there)) == 1


@pytest.mark.clause("217/9.2", "379/21.3")
def test_withdrawn_document_is_not_offered_again(pair: tuple[Island, Island]) -> None:
    here, there = pair
    there.back_up()
    document_id = issue(here, there)
    settle(here, there)
    there.restore()
    with here.ashore(), connection.cursor() as cursor:
        cursor.execute("update documents_document set validity = 'recalled'")
    compare(here, there)
    settle(here, there)
    assert taken_in(there) == []
    with here.ashore():
        dispatch = Dispatch.objects.get(document_id=document_id)
        assert Irregularity.objects.get(kind="not_reoffered").subject == dispatch.id
        assert Reoffer.objects.get().try_at is None


def test_unreachable_partner_is_asked_again_soon_and_without_harm(pair: tuple[Island, Island]) -> None:
    here, there = pair
    here.sea.cut.add(frozenset((here.code, there.code)))
    with here.ashore():
        with pytest.raises(Indeterminate):
            acts.reconcile_partner(actor=Actor.system(), partner_id=partner_of(here, there))
        assert acts.reconcile_due() == 1
        assert acts.reconcile_due() == 0
        here.sea.cut.clear()
        here.clock.advance(11 * 60)
        assert acts.reconcile_due() == 1
        row = Partner.objects.get(host_code=there.code)
        assert row.reconciled_at is not None
        assert row.reconcile_at is not None and row.reconcile_at - row.reconciled_at < timedelta(hours=27)
        assert acts.reconcile_due() == 0


@pytest.mark.clause("217/13.2")
def test_clock_that_is_off_is_noticed_on_both_sides(pair: tuple[Island, Island]) -> None:
    here, there = pair
    there.clock.advance(20 * 60)
    compare(here, there)
    for island, sign in ((here, 1), (there, -1)):
        with island.ashore():
            row = Partner.objects.get(is_self=False)
            assert row.clock_offset_s is not None and abs(row.clock_offset_s - sign * 1200) < 30
            assert Irregularity.objects.get(kind="clock_off").subject == row.id
            operator = actor(island.scene.organisations[island.code], Office.EXCHANGE_OPERATOR)
            assert any(one.is_skewed for one in queries.partners(operator))


# the listing, cut into stretches


def test_days_with_many_ids_are_compared_in_stretches_without_a_gap() -> None:
    day = rulebook.today()
    begin, end = comparing.stretch(day)
    held = [(UUID(int=begin.int + n * 2**81 + 1), "x") for n in range(LISTED_MOST * 2 + 7)]
    cuts = list(comparing.pages(day, held))
    assert [len(rows) for _first, _last, rows in cuts] == [LISTED_MOST, LISTED_MOST, 7]
    assert (cuts[0][0], cuts[-1][1]) == (begin, end)
    assert [last for _first, last, _rows in cuts[:-1]] == [first for first, _last, _rows in cuts[1:]]
    assert [one for _first, _last, rows in cuts for one in rows] == held
    assert list(comparing.pages(day, [])) == [(begin, end, [])]


def test_id_falls_on_the_day_it_was_made() -> None:
    made = new_id()
    first, last = comparing.stretch(days.day_of(made))
    assert first <= made < last


# hostile


def ask(scene: Scene, **changed: object) -> Answer:
    """A comparison by STRANGER's installation as it would ask, spoilt as told."""
    signer = str(changed.pop("signer", STRANGER))
    message = Reconciliation(
        reconciliation=new_id(),
        sender=STRANGER,
        recipient=SENDER,
        kind="parcels",
        days=("2026-11-25 0 " + sha256_hex(b""),),
        first="",
        last="",
        entries=(),
        at=datetime.now(UTC).replace(microsecond=0),
        certificate=scene.fingerprint(signer),
    )
    body = scene.signed(signer, replace(message, **changed))  # type: ignore[arg-type]
    request = Request("POST", "/exchange/v1/reconciliations", "application/json", lambda: (body,), len(body))
    channel = scene.partner_node.channel(connect_s=3.0, answer_s=10.0)
    return channel.exchange(scene.node.destination(scene.endpoint.url), request)


def test_sound_question_is_answered_with_a_signature(scene: Scene) -> None:
    answer = ask(scene)
    payload = Signed.parse(answer.body).open()
    assert answer.status == 200 and isinstance(payload, Reconciled)
    assert (payload.differing, payload.missing, payload.unknown) == ((), (), ())


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"sender": SENDER, "signer": SENDER}, 403, "unknown_sender"),
        ({"sender": RECIPIENT, "signer": RECIPIENT}, 403, "unknown_sender"),
        ({"signer": SENDER}, 403, "not_signed"),
        ({"recipient": RECIPIENT}, 422, "not_addressed"),
    ],
    ids=["as us", "as another", "another's key", "for another"],
)
def test_false_question_is_refused_with_a_signature(
    scene: Scene, changed: dict[str, object], status: int, code: str
) -> None:
    answer = ask(scene, **changed)
    payload = Signed.parse(answer.body).open()
    assert isinstance(payload, Refusal)
    assert (answer.status, payload.code, payload.event) == (status, code, "ReconciliationRejection")


@pytest.mark.parametrize(
    "changed",
    [
        {"kind": "everything"},
        {"days": ("yesterday 1 x",)},
        {"days": ("2026-11-25 0 x",) * 100},
        {"days": ("2026-11-25 0 x", "2026-09-24 0 x")},
        {"days": ("9999-12-31 0 x",)},
        {"days": ("0001-01-01 0 x",)},
        {"first": "x", "last": "y"},
        {"first": str(UUID(int=0)), "last": str(UUID(int=2**128 - 1))},
        {"first": str(new_id()), "last": str(new_id()), "entries": ("no id",)},
    ],
    ids=[
        "kind",
        "day",
        "too many days",
        "days far apart",
        "last of all",
        "first of all",
        "no ids",
        "all of time",
        "entry",
    ],
)
def test_malformed_question_is_answered_without_signature(scene: Scene, changed: dict[str, object]) -> None:
    assert ask(scene, **changed).status == 400


@pytest.mark.clause("379/4.4")
def test_nobody_but_operators_and_the_system_compares(scene: Scene) -> None:
    assert scene.partner_id is not None
    with pytest.raises(RuleViolation):
        acts.reconcile_partner(actor=scene.clerk(), partner_id=scene.partner_id)


def test_partner_that_claims_to_lack_what_was_never_sent_gets_nothing(scene: Scene) -> None:
    node = Partner_(scene.partner_node)
    Partner.objects.filter(id=scene.partner_id).update(url=node.endpoint.url)
    other = scene.queued(RECIPIENT)
    sender.send_due()

    def lie(body: bytes) -> tuple[str, list[tuple[str, str]], bytes]:
        signed = Signed.parse(body)
        asked = signed.open()
        assert isinstance(asked, Reconciliation)
        day = rulebook.today().isoformat()
        answer = Reconciled(
            reconciliation=asked.reconciliation,
            digest=sha256_hex(signed.payload),
            sender=asked.sender,
            recipient=asked.recipient,
            differing=() if asked.first else (day, "1999-01-01", "x"),
            missing=(str(other.parcel.id),) if asked.first else (),
            unknown=(),
            at=datetime.now(UTC).replace(microsecond=0),
            certificate=scene.fingerprint(STRANGER),
        )
        return "200 OK", [], scene.signed(STRANGER, answer)

    node.reply = lie
    assert scene.partner_id is not None
    found = acts.reconcile_partner(actor=Actor.system(), partner_id=scene.partner_id, through=rulebook.today())
    node.endpoint.stop()
    assert (found.missing, found.offered, Reoffer.objects.count()) == (0, 0, 0)
    assert StatementOut.objects.count() == StatementIn.objects.count() == 0


# news faster than the receipt


@pytest.mark.clause("217/6.2", "217/6.4")
def test_receipt_lost_on_its_way_is_fetched_though_progress_came_first(pair: tuple[Island, Island]) -> None:
    here, there = pair
    document_id = issue(here, there)
    here.sea.weather = lambda origin, _target: Weather(answer_lost=origin is here)
    settle(here, rounds=1)
    here.sea.weather = lambda origin, _target: Weather(lost=origin is here)
    progress(there, parcel_of(here, document_id), "registry.document.registered")
    settle(there, rounds=1)
    assert state(here, document_id) == "accepted"
    with here.ashore():
        assert not Evidence.objects.exists()
    here.sea.weather = lambda _origin, _target: Weather()
    settle(here, there)
    assert state(here, document_id) == "accepted"
    with here.ashore():
        assert Evidence.objects.get().event == "ContentConsignment"
    assert len(taken_in(there)) == 1


def test_receiver_restored_before_its_receipt_was_heard_gets_the_parcel_back(pair: tuple[Island, Island]) -> None:
    here, there = pair
    there.back_up()
    document_id = issue(here, there)
    here.sea.weather = lambda origin, _target: Weather(answer_lost=origin is here)
    settle(here, rounds=1)
    here.sea.weather = lambda origin, _target: Weather(lost=origin is here)
    progress(there, parcel_of(here, document_id), "registry.document.registered")
    settle(there, rounds=1)
    there.restore()
    there.clock.advance(60)
    here.sea.weather = lambda _origin, _target: Weather()
    settle(here, there)
    assert len(taken_in(there)) == 1
    with here.ashore():
        assert Evidence.objects.get().event == "ContentConsignment"
    progress(there, parcel_of(here, document_id), "registry.document.registered")
    settle(here, there)
    assert state(here, document_id) == "accepted"


@pytest.mark.clause("217/11.14")
def test_news_for_a_sender_put_back_before_it_sent_waits_instead_of_being_refused(pair: tuple[Island, Island]) -> None:
    here, there = pair
    document_id = issue(here, there)
    with here.ashore():
        acts.queue_dispatches(actor=Actor.system(), document_id=document_id)
    here.back_up()
    settle(here, rounds=1)
    here.restore()
    progress(there, parcel_of(here, document_id), "registry.document.registered")
    settle(there, rounds=1)
    with there.ashore():
        assert StatementOut.objects.get().state == "queued"
    settle(here, there)
    assert state(here, document_id) == "accepted"

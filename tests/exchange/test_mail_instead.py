"""Official mail in place of a broken Party network: when it may, that the parcel stays, and one document at the recipient."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection, transaction
from tests.exchange.archipelago import Weather
from tests.exchange.mail_scene import BODY, MailScene
from tests.exchange.mail_sea import MailSea
from tests.exchange.scene import RECIPIENT, SENDER, pdf

from antin.documents import acts as document_acts
from antin.documents import queries as documents
from antin.documents.facts import IncomingFacts
from antin.exchange import acts, queries, sender
from antin.exchange.acts import same
from antin.exchange.answers import Judged
from antin.exchange.mail import rules, worker
from antin.exchange.models import Dispatch, MailContact, MailIn, MailOut, ParcelIn, Partner
from antin.exchange.rules import Outcome
from antin.ledger import queries as ledger
from antin.regulation import RuleViolation
from antin.rulebook import queries as rulebook
from antin.rulebook.channels import ChannelChoice
from antin.values import Actor, new_id, sha256_hex
from world import refused

SYSTEM = Actor.system("exchange")
ANSWER_LOST, LATE = Weather(answer_lost=True), Weather(late=True)

pytestmark = pytest.mark.clause("217/7.2", "217/5.3")


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-03-02T{text}:00+07:00")


# rules


@pytest.mark.parametrize(
    ("state", "times", "minutes"),
    [
        ("queued", {"queued": "08:00"}, 240),
        ("sent", {"queued": "08:00", "sent": "08:01"}, 240),
        ("sent", {"queued": "08:00", "queued_again": "11:00"}, 60),
        ("failed", {"queued": "08:00", "failed": "08:45"}, 45),
        ("failed", {"queued": "08:00", "failed": "08:00"}, 0),
        ("arrived", {"queued": "08:00"}, None),
        ("paper", {"queued": "08:00"}, None),
        ("sent", {}, None),
    ],
)
def test_waiting_is_counted_until_it_failed(state: str, times: dict[str, str], minutes: int | None) -> None:
    said = {name: at(text).isoformat() for name, text in times.items()}
    found = rules.unanswered_for(state, said, at("12:00"))
    assert found == (None if minutes is None else timedelta(minutes=minutes))


def test_act_needs_a_reason_a_choice_and_no_refusal() -> None:
    mail = ChannelChoice("official_mail", "send", "217/5.3", "", "")
    rules.mail_chosen(mail)
    for channel, verdict in (("party_network", "send"), ("party_network", "wait"), ("cipher_office", "refused")):
        with refused("217/5.3"):
            rules.mail_chosen(ChannelChoice(channel, verdict, "217/7.1", "Vì sao", ""))
    for reason in ("", "  ", "x" * 501):
        with refused("217/5.3"):
            rules.reason_named(reason)
    with refused("217/10.1.p2"):
        rules.not_refused(is_refused=True)
    rules.not_on_its_way_by_mail("official_mail", "failed")
    with refused("217/7.2"):
        rules.not_on_its_way_by_mail("official_mail", "sent")


# when


@pytest.mark.clause("217/7.4", "217/6.3")
def test_act_is_refused_while_there_is_time_or_a_link(both_ways: MailSea) -> None:
    both_ways.cut()
    document = both_ways.issued(due_in=timedelta(hours=5))
    both_ways.network(rounds=1)
    both_ways.due(document, timedelta(hours=1))
    with refused("217/5.3"):
        both_ways.by_mail(document)
    both_ways.down()
    both_ways.due(document, timedelta(hours=5))
    with refused("217/5.3"):
        both_ways.by_mail(document)
    both_ways.due(document, timedelta(hours=1))
    with refused("217/5.3"):
        both_ways.by_mail(document, reason=" ")
    both_ways.by_mail(document)
    with refused("217/7.2"):
        both_ways.by_mail(document)


def test_waiting_longer_than_the_rule_is_a_broken_link_too(both_ways: MailSea) -> None:
    both_ways.cut()
    document = both_ways.issued()
    both_ways.network(rounds=1)
    with refused("217/5.3"):
        both_ways.by_mail(document)
    both_ways.ours.clock.at += timedelta(minutes=31)
    both_ways.by_mail(document)


def test_never_without_account_address_or_the_senders_clerk(both_ways: MailSea) -> None:
    both_ways.cut()
    document = both_ways.issued()
    both_ways.network(rounds=1)
    both_ways.down()
    island, mail = both_ways.ours, both_ways.ours.mail
    island.mail = None
    with refused("217/5.3"):
        both_ways.by_mail(document)
    island.mail = mail
    with island.ashore():
        MailContact.objects.update(state="proposed")
    with refused("217/5.3"):
        both_ways.by_mail(document)
    with island.ashore():
        MailContact.objects.update(state="active")
        with pytest.raises(RuleViolation):
            acts.send_by_mail(actor=SYSTEM, dispatch_id=both_ways.sent(document).id, reason="Mất nối")


def test_parcel_that_was_refused_is_no_question_of_the_link(both_ways: MailSea) -> None:
    document = both_ways.issued(data=b"%PDF-1.7 not a sound file")
    both_ways.network()
    assert both_ways.sent(document).state == "failed"
    both_ways.down()
    with refused("217/10.1.p2"):
        both_ways.by_mail(document)


# before sending


@pytest.mark.clause("217/7.1", "217/6.3")
def test_table_gives_mail_before_sending_with_its_reason_and_it_is_what_is_done(both_ways: MailSea) -> None:
    both_ways.down()
    document = both_ways.issued(enter=False)
    with both_ways.ours.ashore():
        clerk = both_ways.ours.scene.clerk()
        (told,) = queries.channel_choices(clerk, document)
        assert (told.choice.channel, told.choice.verdict, told.choice.clause) == ("official_mail", "send", "217/5.3")
        acts.queue_dispatches(actor=SYSTEM, document_id=document)
        dispatch = Dispatch.objects.get(document_id=document)
        assert (dispatch.channel, dispatch.mail_why, dispatch.next_attempt_at) == (
            "official_mail",
            told.choice.words,
            None,
        )
        assert not hasattr(dispatch, "parcel")
        steps = {row.event: row.reason for row in queries.delivery_history(clerk, document)}
        assert steps["by_mail"] == told.choice.words
    both_ways.post()
    assert both_ways.sent(document).state == "arrived"
    assert len(both_ways.received()) == 1


def test_document_too_large_for_a_letter_waits_for_the_network(both_ways: MailSea) -> None:
    both_ways.down()
    both_ways.ours.limits = replace(both_ways.ours.limits, mail_bytes=100)
    document = both_ways.issued(enter=False)
    with both_ways.ours.ashore():
        acts.queue_dispatches(actor=SYSTEM, document_id=document)
        dispatch = Dispatch.objects.get(document_id=document)
        assert (dispatch.channel, dispatch.state, dispatch.mail_why) == ("party_network", "queued", "")
        assert hasattr(dispatch, "parcel") and dispatch.next_attempt_at is not None
        with refused("217/6.5"):
            both_ways.by_mail(document)
        assert Dispatch.objects.get(document_id=document).channel == "party_network"


# one document, whatever arrives first


@pytest.mark.clause("217/13.1", "217/6.4", "217/11.14")
def test_letter_goes_and_the_parcel_stays_when_the_link_is_back(both_ways: MailSea) -> None:
    both_ways.cut()
    document = both_ways.issued()
    both_ways.network()
    both_ways.down()
    assert both_ways.sent(document).state == "sent"
    both_ways.by_mail(document)
    both_ways.mend()
    both_ways.network()
    assert both_ways.received() == [], "the link is back, and the parcel is no longer sent"
    both_ways.post()
    both_ways.network()
    assert both_ways.sent(document).state == "arrived"
    assert len(both_ways.received()) == 1
    with both_ways.theirs.ashore():
        assert (ParcelIn.objects.count(), MailIn.objects.get(purpose="new").state) == (0, "admitted")
    with both_ways.ours.ashore():
        (entry,) = [one for one in ledger.history(document) if one.act == "exchange.dispatch.by_mail"]
        assert entry.facts["channel"] == "official_mail"
        assert "hạn gửi 11 giờ 30" in entry.reason
        (row,) = queries.deliveries(both_ways.ours.scene.clerk(), document)
        assert (row.channel, row.is_parked, "by_mail" in row.times) == ("official_mail", False, True)


@pytest.mark.clause("217/13.1", "217/6.2")
def test_parcel_first_then_its_letter_is_one_document(both_ways: MailSea) -> None:
    both_ways.sea.weather = lambda _from, _to: ANSWER_LOST
    document = both_ways.issued(attachments=(("Phụ lục.txt", "text/plain", b"mot"), ("Bảng.txt", "text/plain", b"hai")))
    both_ways.network(rounds=1)
    (copy,) = both_ways.received()
    both_ways.cut()
    both_ways.down()
    both_ways.by_mail(document)
    both_ways.post()
    assert both_ways.received() == [copy]
    assert both_ways.sent(document).state == "arrived", "the letter's receipt is the recipient's word"
    with both_ways.theirs.ashore():
        assert MailIn.objects.get(purpose="new").document_id == ParcelIn.objects.get().document_id == copy
        told = sorted(str(one.facts.get("came_before")) for one in ledger.history(copy))
        assert told == ["None", "party_network"]


@pytest.mark.clause("217/13.1", "217/6.2")
def test_letter_first_then_its_late_parcel_is_one_document(both_ways: MailSea) -> None:
    both_ways.sea.weather = lambda _from, _to: LATE
    document = both_ways.issued(attachments=(("Phụ lục.txt", "text/plain", b"mot"),))
    with both_ways.ours.ashore():
        acts.queue_dispatches(actor=SYSTEM, document_id=document)
        sender.send_due()
    both_ways.down()
    both_ways.by_mail(document)
    both_ways.post()
    (copy,) = both_ways.received()
    both_ways.sea.weather = lambda _from, _to: Weather()
    both_ways.sea.tide()
    assert both_ways.received() == [copy]
    with both_ways.theirs.ashore():
        parcel = ParcelIn.objects.get()
        assert (parcel.state, parcel.document_id, parcel.answer_status) == ("admitted", copy, 200)
    assert both_ways.sent(document).state == "arrived"


@pytest.mark.clause("217/10.1")
def test_same_document_is_the_same_body_code_pages_and_files(both_ways: MailSea) -> None:
    files = (("Phụ lục.txt", "text/plain", b"mot"), ("Bảng.txt", "text/plain", b"hai"))
    document = both_ways.issued(attachments=files)
    both_ways.network()
    (copy,), sent = both_ways.received(), both_ways.sent(document)
    said = {
        "organisation_id": both_ways.theirs.scene.organisations[RECIPIENT],
        "sender_code": SENDER,
        "document_code": sent.document_code,
        "digest": sent.digest,
        "files": (sha256_hex(b"hai"), sha256_hex(b"mot")),
    }
    others = (
        {"organisation_id": new_id()}, {"sender_code": RECIPIENT}, {"document_code": "khác"}, {"document_code": ""},
        {"digest": "0" * 64}, {"files": ()}, {"files": (sha256_hex(b"hai"), sha256_hex(b"hai"))},
    )  # fmt: skip
    with both_ways.theirs.ashore(), transaction.atomic():
        assert same.known_copy(**said) == copy
        for other in others:
            assert same.known_copy(**{**said, **other}) is None


@pytest.mark.clause("217/13.1")
def test_letter_and_parcel_at_the_same_instant_are_one_document(mail: MailScene) -> None:
    organisation, held, go_on = mail.scene.organisations[SENDER], threading.Event(), threading.Event()
    said = {"organisation_id": organisation, "sender_code": BODY, "document_code": "A96.07,2026,9", "files": ()}
    facts = IncomingFacts(
        type_code="", abstract="Mẫu", sender_code=BODY, document_code="A96.07,2026,9", channel="official_mail"
    )

    def first() -> UUID:
        with transaction.atomic():
            assert same.known_copy(**said, digest=sha256_hex(pdf())) is None
            found = document_acts.take_in(
                actor=Actor.peer(BODY), organisation_id=organisation, facts=facts, pdf=pdf(), pages=1
            )
            held.set()
            assert go_on.wait(10)
        connection.close()
        return found

    def second() -> UUID | None:
        with transaction.atomic():
            found = same.known_copy(**said, digest=sha256_hex(pdf()))
        connection.close()
        return found

    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(first)
        assert held.wait(10)
        other = pool.submit(second)
        with pytest.raises(TimeoutError):
            other.result(0.5)
        go_on.set()
        assert other.result(10) == one.result(10)


# what follows


def joined(sea: MailSea) -> tuple[UUID, UUID]:
    """A document that came both ways; its id there and here."""
    sea.sea.weather = lambda _from, _to: ANSWER_LOST
    document = sea.issued()
    sea.network(rounds=1)
    sea.sea.weather = lambda _from, _to: Weather()
    sea.cut()
    sea.down()
    sea.by_mail(document)
    sea.post()
    (copy,) = sea.received()
    return document, copy


@pytest.mark.clause("217/6.4", "217/11.8", "217/11.14")
def test_statuses_of_both_ways_move_one_delivery_on_and_never_back(both_ways: MailSea) -> None:
    document, copy = joined(both_ways)
    both_ways.down(both_ways.theirs)
    both_ways.theirs.clock.at += timedelta(seconds=10)
    for act in ("registry.document.registered", "casework.work.taken_up", "casework.document.completed"):
        both_ways.theirs.clock.at += timedelta(seconds=10)
        with both_ways.theirs.ashore():
            both_ways.theirs.scene.enter(act, copy)
        both_ways.theirs.work()
    both_ways.post(rounds=6)
    assert both_ways.sent(document).state == "completed", "told by mail, the network being down"
    both_ways.mend()
    both_ways.network()
    dispatch = both_ways.sent(document)
    assert (dispatch.state, dispatch.sequence_seen) == ("completed", 3)
    assert {"accepted", "in_process", "completed"} <= set(dispatch.times)


@pytest.mark.clause("217/6.4")
def test_news_of_what_came_both_ways_is_told_once_while_the_network_is_good(both_ways: MailSea) -> None:
    document, copy = joined(both_ways)
    both_ways.mend()
    with both_ways.theirs.ashore():
        both_ways.theirs.scene.enter("registry.document.registered", copy)
    both_ways.network()
    assert both_ways.sent(document).state == "accepted"
    with both_ways.theirs.ashore():
        assert list(MailOut.objects.values_list("code", flat=True)) == ["01"]


@pytest.mark.clause("217/9.2", "217/10.2.p2")
def test_recall_goes_both_ways_and_takes_the_one_copy_out_of_force(both_ways: MailSea) -> None:
    document, copy = joined(both_ways)
    with both_ways.ours.ashore():
        acts.ask_recall(actor=both_ways.ours.scene.clerk(), dispatch_id=both_ways.sent(document).id, reason="Gửi nhầm")
    both_ways.post()
    with both_ways.theirs.ashore():
        assert str(documents.document(both_ways.theirs.scene.clerk(), copy).validity) == "recalled"
    both_ways.mend()
    both_ways.network()
    with both_ways.theirs.ashore():
        both_ways.theirs.scene.enter("registry.document.discarded", copy)
    both_ways.network()
    both_ways.post()
    assert both_ways.sent(document).state == "recalled"


@pytest.mark.clause("217/13.1")
def test_attempt_under_way_as_the_clerk_turns_to_mail_still_counts(both_ways: MailSea) -> None:
    document = both_ways.issued()
    with both_ways.ours.ashore():
        acts.queue_dispatches(actor=SYSTEM, document_id=document)
        ready = acts.pass_gate(actor=SYSTEM, dispatch_id=both_ways.sent(document).id)
        assert ready is not None
    both_ways.down()
    both_ways.by_mail(document)
    with both_ways.ours.ashore():
        acts.settle(actor=SYSTEM, ready=ready, judged=Judged(Outcome.INDETERMINATE, "cut"))
        dispatch = both_ways.sent(document)
        assert (dispatch.state, dispatch.next_attempt_at) == ("sent", None)
        assert acts.pass_gate(actor=SYSTEM, dispatch_id=dispatch.id) is None
        acts.settle(actor=SYSTEM, ready=ready, judged=sender._put(ready))
    assert both_ways.sent(document).state == "arrived"
    both_ways.post()
    with both_ways.ours.ashore():
        assert MailOut.objects.get().state == "dropped", "it is there: no letter goes"
    assert len(both_ways.received()) == 1


@pytest.mark.clause("217/13.1")
def test_comparison_brings_the_receipt_of_a_parcel_that_arrived_all_the_same(both_ways: MailSea) -> None:
    both_ways.sea.weather = lambda _from, _to: ANSWER_LOST
    document = both_ways.issued()
    both_ways.network(rounds=1)
    both_ways.sea.weather = lambda _from, _to: Weather()
    both_ways.down()
    both_ways.by_mail(document)
    both_ways.mend()
    with both_ways.ours.ashore():
        (partner,) = Partner.objects.filter(is_self=False)
        acts.reconcile_partner(actor=SYSTEM, partner_id=partner.id, through=rulebook.today())
    both_ways.ours.work()
    assert both_ways.sent(document).state == "arrived"
    assert len(both_ways.received()) == 1


@pytest.mark.clause("217/7.4")
def test_letter_that_failed_goes_back_to_the_network_and_is_one_document_still(both_ways: MailSea) -> None:
    both_ways.cut()
    document = both_ways.issued()
    both_ways.network(rounds=1)
    both_ways.down()
    both_ways.by_mail(document)
    with both_ways.ours.ashore():
        assert worker.send_due() == 1
        dispatch = both_ways.sent(document)
        with transaction.atomic():
            acts.fail_dispatch(actor=SYSTEM, dispatch=dispatch, reason="Không có thư báo nhận", why="unanswered")
        both_ways.mend()
        acts.queue_again(actor=both_ways.ours.scene.clerk(), dispatch_id=dispatch.id)
    both_ways.network()
    assert both_ways.sent(document).state == "arrived"
    both_ways.post()
    assert len(both_ways.received()) == 1


def test_recipient_is_a_body_of_the_partys_network(both_ways: MailSea) -> None:
    with both_ways.ours.ashore():
        document = both_ways.ours.scene.issue(RECIPIENT, enter=False)
        (told,) = queries.channel_choices(both_ways.ours.scene.clerk(), document)
    assert (told.choice.channel, told.choice.clause) == ("party_network", "217/7.1")

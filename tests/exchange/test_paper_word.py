"""The recipient's own signed word that a paper is there: noted at its house, matched by the code at the sender's (217/8.1, 217/7.4)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st
from tests.exchange.archipelago import Island, Sea
from tests.exchange.scene import RECIPIENT, SENDER, STRANGER, Scene
from tests.exchange.scene import actor as somebody
from tests.exchange.test_paper import FINANCE, posted, queued, today
from tests.exchange.test_receiver_hostile import post, statement

from antin.conversion.rules import ALPHABET, read_code
from antin.documents import queries as documents
from antin.documents.models import Document
from antin.exchange import acts, ports, queries, rules
from antin.exchange.messages import Acknowledgement, Refusal, Signed
from antin.exchange.models import Dispatch, Evidence, PaperIn, StatementIn, StatementOut
from antin.exchange.queries import EnclosureRow
from antin.exchange.rules import PaperWord
from antin.ledger import queries as ledger
from antin.regulation import RuleViolation
from antin.values import Actor, Office, Secrecy, to_vietnam
from world import refused

pytestmark = pytest.mark.clause("217/8.1")
Raise = Callable[..., Sea]
WRONG = "0000-0000-0000-0000"


@dataclass
class Houses:
    """Two installations: a document went from one to the other, its paper was printed and posted."""

    sea: Sea
    home: Island
    away: Island
    original: UUID
    copy: UUID

    def settle(self) -> None:
        for island in (self.away, self.home, self.away):
            island.clock.advance(1000)
            island.work()

    def enclosure(self) -> EnclosureRow:
        with self.home.ashore():
            (found,) = queries.enclosures(self.home.scene.clerk(), self.original)
            return found

    def delivery(self) -> Dispatch:
        with self.home.ashore():
            return Dispatch.objects.get(document_id=self.original)

    def confirm(self, code: str, actor: Actor | None = None) -> UUID:
        with self.away.ashore():
            day = to_vietnam(ports.bound().clock.now()).date()
            who = actor or self.away.scene.clerk()
            return acts.confirm_paper(actor=who, document_id=self.copy, code=code, on=day)

    def told(self) -> list[str]:
        with self.away.ashore():
            return [one.told for one in queries.papers_in(self.away.scene.clerk(), self.copy)]


@pytest.fixture
def houses(raised: Raise) -> Houses:
    sea = raised(SENDER, RECIPIENT)
    home, away = sea.islands.values()
    with home.ashore():
        original = home.scene.issue(RECIPIENT)
    home.work()
    with home.ashore():
        acts.require_paper(actor=home.scene.clerk(), document_id=original, words=FINANCE)
        (row,) = queries.enclosures(home.scene.clerk(), original)
        posted(home.scene, row)
    with away.ashore():
        copy = Document.objects.get(direction="incoming").id
    return Houses(sea, home, away, original, copy)


@pytest.mark.clause("217/8.1", "217/6.4", "217/11.14")
def test_the_recipients_clerk_notes_it_and_the_sender_knows(houses: Houses) -> None:
    before, code = houses.delivery(), houses.enclosure().code
    houses.sea.cut.add(frozenset((SENDER, RECIPIENT)))
    first = houses.confirm(f" {code.lower()} ")
    assert houses.confirm(f"https://van-ban.mau/k/{code.replace('-', '')}") == first, "once, whether typed or scanned"
    houses.settle()
    assert (houses.told(), houses.enclosure().state) == (["queued"], "posted"), "the word waits for the way"
    houses.sea.cut.clear()
    houses.settle()
    assert houses.told() == ["acknowledged"]
    row = houses.enclosure()
    assert (row.state, row.by_word, row.received_by) == ("arrived", True, "Lê Thị Mẫu Chi, Tỉnh uỷ Lạc Giang (mẫu)")
    after = houses.delivery()
    assert (after.state, after.times, after.sequence_seen) == (before.state, before.times, before.sequence_seen)
    with houses.away.ashore():
        assert StatementOut.objects.filter(code="96").count() == PaperIn.objects.count() == 1
        assert [one.act for one in ledger.history(houses.copy)].count("exchange.paper.confirmed") == 1
        (arrival,) = queries.arrivals(houses.away.scene.clerk(), houses.copy)
        assert [one.event for one in arrival.told] == ["PaperArrived"]
    with houses.home.ashore():
        clerk = houses.home.scene.clerk()
        assert row.arrived_on == queries.papers_there(clerk)[0][1].arrived_on
        assert queries.papers_waiting(clerk) == ()
        assert "PaperArrived" in {one.event for one in queries.evidence(clerk, houses.original)}
        (step,) = [one for one in queries.delivery_history(clerk, houses.original) if one.event == "PaperArrived"]
        assert (step.on, step.number, step.applied) == (row.arrived_on, "", True)
        assert [one.act for one in ledger.history(houses.original)].count("exchange.enclosure.arrived") == 1


@pytest.mark.clause("217/6.4")
def test_other_news_goes_on_behind_the_word_as_before(houses: Houses) -> None:
    houses.confirm(houses.enclosure().code)
    with houses.away.ashore():
        houses.away.scene.enter("registry.document.registered", houses.copy)
    houses.settle()
    assert houses.delivery().state == "accepted"
    with houses.home.ashore():
        assert sorted(StatementIn.objects.values_list("sequence", "code")) == [(1, "96"), (2, "03")]


def test_a_code_mistyped_is_refused_by_the_sender_and_put_right(houses: Houses) -> None:
    houses.confirm(WRONG)
    with pytest.raises(RuleViolation) as one_only:
        houses.confirm(houses.enclosure().code)
    assert one_only.value.clause == "217/8.1", "what is told already is not told otherwise"
    houses.settle()
    assert (houses.told(), houses.enclosure().state) == (["refused"], "posted")
    with houses.away.ashore():
        (said,) = queries.papers_in(houses.away.scene.clerk(), houses.copy)
        assert (said.code, "Mã không phải" in said.refused) == (WRONG, True)
    houses.confirm(houses.enclosure().code)
    houses.settle()
    assert (houses.told(), houses.enclosure().state) == (["refused", "acknowledged"], "arrived")


def test_what_was_refused_may_be_told_again_with_the_same_code(houses: Houses) -> None:
    """The sender was put back to a backup in between: what it refused then it may know now."""
    assert houses.confirm(WRONG) == houses.confirm(WRONG)
    houses.settle()
    houses.confirm(WRONG)
    assert houses.told() == ["queued"]
    with houses.away.ashore():
        assert (PaperIn.objects.count(), StatementOut.objects.filter(code="96").count()) == (1, 2)


@pytest.mark.clause("217/8.1", "217/6.2", "217/13.1")
def test_a_sender_put_back_to_a_backup_hears_it_again(houses: Houses) -> None:
    houses.home.back_up()
    houses.confirm(houses.enclosure().code)
    houses.settle()
    houses.home.restore()
    assert houses.enclosure().state == "posted"
    houses.away.clock.advance(86_400)
    houses.home.clock.advance(86_400)
    with houses.away.ashore():
        acts.reconcile_due()
    houses.settle()
    assert (houses.enclosure().state, houses.told()) == ("arrived", ["acknowledged"])


@pytest.mark.clause("217/8.1", "379/16.4")
def test_who_may_note_what_and_when(houses: Houses) -> None:
    code, scene = houses.enclosure().code, houses.away.scene
    for typed in ("", "abc", code[:-1], code + "0", "U" * 16, "https://van-ban.mau/k/"):
        with pytest.raises(RuleViolation) as violation:
            houses.confirm(typed)
        assert violation.value.clause == "379/16.4", typed
    with houses.away.ashore():
        day = to_vietnam(ports.bound().clock.now()).date()
        issued_on = Document.objects.get(id=houses.copy).issued_on
        for on in (None, day + timedelta(1), issued_on - timedelta(1)):
            with refused("217/8.1"):
                acts.confirm_paper(actor=scene.clerk(), document_id=houses.copy, code=code, on=on)
        colleague = somebody(scene.organisations[RECIPIENT], Office.LEADER, Office.DRAFTER)
        assert not queries.may_confirm_paper(colleague, _view(colleague, houses.copy))
        with refused("217/8.1"):
            acts.confirm_paper(actor=colleague, document_id=houses.copy, code=code, on=day)
        with refused("379/4.4"):
            acts.confirm_paper(
                actor=somebody(houses.original, Office.CLERK), document_id=houses.copy, code=code, on=day
            )
        for column, value, clause in (
            ("state", "returned", "217/10.1.p2"),
            ("state", "discarded", "217/10.1.p2"),
            ("channel", "digitised", "217/8.1"),
        ):
            kept = Document.objects.filter(id=houses.copy).values(column).get()
            Document.objects.filter(id=houses.copy).update(**{column: value})
            with refused(clause):
                acts.confirm_paper(actor=scene.clerk(), document_id=houses.copy, code=code, on=day)
            Document.objects.filter(id=houses.copy).update(**kept)
        assert not PaperIn.objects.exists() and not StatementOut.objects.exists()
        acts.confirm_paper(actor=scene.clerk(), document_id=houses.copy, code=code, on=issued_on)
        assert PaperIn.objects.get().arrived_on == issued_on, "it may have come before the electronic document"
    with houses.home.ashore(), refused("217/8.1"):
        acts.confirm_paper(actor=houses.home.scene.clerk(), document_id=houses.original, code=code, on=day)


def test_a_document_that_came_otherwise_has_its_paper_noted_and_nobody_is_told(houses: Houses) -> None:
    with houses.away.ashore(), connection.cursor() as cursor:
        cursor.execute("update exchange_parcel_in set document_id = null")
    assert houses.confirm(WRONG) != houses.confirm(houses.enclosure().code), "a mistake is put right by noting it again"
    assert houses.told() == ["", ""]


# a partner whose words are made by hand


@pytest.fixture
def paper(scene: Scene) -> EnclosureRow:
    """Posted to STRANGER beside a parcel that left, though no receipt came back."""
    document = queued(scene, STRANGER, RECIPIENT)
    acts.require_paper(actor=scene.clerk(), document_id=document, words=FINANCE)
    for row in queries.enclosures(scene.clerk(), document):
        posted(scene, row)
    for dispatch in Dispatch.objects.filter(document_id=document):
        assert acts.pass_gate(actor=Actor.system(), dispatch_id=dispatch.id) is not None
    return of(scene, document, STRANGER)


def of(scene: Scene, document: UUID, recipient: str) -> EnclosureRow:
    return next(one for one in queries.enclosures(scene.clerk(), document) if one.recipient_code == recipient)


def dispatch_of(row: EnclosureRow) -> Dispatch:
    return Dispatch.objects.get(enclosure=row.id)


def word(scene: Scene, row: EnclosureRow, number: str = "", *, signer: str = STRANGER, sequence: int = 1) -> bytes:
    """STRANGER's word about its parcel; about the paper's true code and this day unless said otherwise."""
    said = number or PaperWord(read_code(row.code), today(scene)).written()
    return scene.signed(
        signer, statement(scene, dispatch_of(row).parcel.id, "96", sequence, number=said, unit="Văn thư (mẫu)")
    )


def applied(body: bytes) -> bool:
    answer = Signed.parse(body).open()
    assert isinstance(answer, Acknowledgement)
    return answer.applied


def now_of(scene: Scene, row: EnclosureRow) -> EnclosureRow:
    return of(scene, row.document_id, row.recipient_code)


@pytest.mark.clause("217/8.1", "217/11.14")
def test_repeated_and_out_of_order_it_moves_once_and_nothing_else(scene: Scene, paper: EnclosureRow) -> None:
    message, parcel = word(scene, paper, sequence=9), dispatch_of(paper).parcel.id
    first = post(scene, message)
    assert first.status == 200 and applied(first.body)
    assert post(scene, message).body == first.body
    assert not applied(post(scene, word(scene, paper, sequence=10)).body), "said anew, it is there already"
    accepted = post(scene, scene.signed(STRANGER, statement(scene, parcel, "03", 1)))
    assert applied(accepted.body), "a paper's number never makes other news old"
    assert dispatch_of(paper).state == "accepted"
    row = now_of(scene, paper)
    assert (row.state, row.by_word, row.arrived_on) == ("arrived", True, today(scene))
    told = [one.act for one in ledger.history(paper.document_id)]
    assert (told.count("exchange.enclosure.arrived"), told.count("exchange.enclosure.confirmed")) == (1, 1)
    assert of(scene, paper.document_id, RECIPIENT).state == "posted"
    assert not Evidence.objects.exists() and StatementIn.objects.filter(code="96").count() == 2


@pytest.mark.clause("217/8.1", "217/11.14", "379/26.2")
def test_a_word_that_is_not_true_is_refused_and_leaves_nothing(scene: Scene, paper: EnclosureRow) -> None:
    code, day = read_code(paper.code), today(scene)
    others = PaperWord(read_code(of(scene, paper.document_id, RECIPIENT).code), day).written()
    again = queued(scene, STRANGER)
    acts.require_paper(actor=scene.clerk(), document_id=again, words=FINANCE)
    elsewhere = posted(scene, queries.enclosures(scene.clerk(), again)[0])
    lies = {
        "of another recipient": others,
        "of another document": PaperWord(read_code(elsewhere.code), day).written(),
        "of none": PaperWord(read_code(WRONG), day).written(),
        "no day": code,
        "no such day": f"{code} 2026-02-30",
        "a day before it was printed": PaperWord(code, day - timedelta(2)).written(),
        "a day to come": PaperWord(code, day + timedelta(2)).written(),
        "another form": f"{paper.code} {day}",
        "a registration": "123",
    }
    for lie, number in lies.items():
        answer = post(scene, word(scene, paper, number))
        said = Signed.parse(answer.body).open()
        assert isinstance(said, Refusal), lie
        assert (answer.status, said.code, said.clause) == (422, "not_true", "217/8.1"), lie
    forged = post(scene, word(scene, paper, signer=RECIPIENT))
    unsigned = Signed.parse(word(scene, paper))
    unsigned = Signed(unsigned.payload, b"\0" * len(unsigned.signature))
    assert {forged.status, post(scene, unsigned.to_bytes()).status} == {403}
    assert now_of(scene, paper).state == now_of(scene, elsewhere).state == "posted"
    assert not StatementIn.objects.exists()


def test_a_document_without_paper_has_none_to_arrive(scene: Scene) -> None:
    dispatch = scene.queued(STRANGER)
    assert acts.pass_gate(actor=Actor.system(), dispatch_id=dispatch.id) is not None
    number = PaperWord(read_code(WRONG), today(scene)).written()
    said = statement(scene, dispatch.parcel.id, "96", 1, number=number)
    assert post(scene, scene.signed(STRANGER, said)).status == 422
    assert not StatementIn.objects.exists()


def test_what_the_clerk_noted_stays_and_the_word_is_kept_beside(scene: Scene, paper: EnclosureRow) -> None:
    acts.note_paper_arrival(actor=scene.clerk(), enclosure_id=paper.id, person="Chị Mẫu", on=today(scene))
    assert not applied(post(scene, word(scene, paper)).body)
    row = now_of(scene, paper)
    assert (row.received_by, row.by_word, row.word_at is not None) == ("Chị Mẫu", False, True)
    kept = {one.event for one in queries.evidence(scene.clerk(), paper.document_id) if one.kind == "statement"}
    assert kept == {"PaperArrived"}


def test_a_word_ahead_of_the_posting_takes_effect_as_that_is_noted(scene: Scene) -> None:
    document, clerk = queued(scene, STRANGER), scene.clerk()
    acts.require_paper(actor=clerk, document_id=document, words=FINANCE)
    (row,) = queries.enclosures(clerk, document)
    acts.print_enclosure(actor=clerk, enclosure_id=row.id)
    assert acts.pass_gate(actor=Actor.system(), dispatch_id=dispatch_of(row).id) is not None
    assert not applied(post(scene, word(scene, now_of(scene, row))).body)
    assert now_of(scene, row).state == "due"
    acts.post_paper(actor=clerk, enclosure_id=row.id, carrier="Bưu điện")
    there = now_of(scene, row)
    assert (there.state, there.by_word, there.carrier) == ("arrived", True, "Bưu điện")


def test_what_a_version_without_the_code_kept_unread_is_no_word(scene: Scene) -> None:
    """It kept whatever the recipient said; now nothing arrives by it but the paper that it truly names."""
    document, clerk = queued(scene, STRANGER), scene.clerk()
    acts.require_paper(actor=clerk, document_id=document, words=FINANCE)
    (row,) = queries.enclosures(clerk, document)
    acts.print_enclosure(actor=clerk, enclosure_id=row.id)
    assert acts.pass_gate(actor=Actor.system(), dispatch_id=dispatch_of(row).id) is not None
    for sequence in (1, 2):
        assert post(scene, word(scene, now_of(scene, row), sequence=sequence)).status == 200
    kept = StatementIn.objects.order_by("sequence")
    StatementIn.objects.filter(id=kept[0].id).update(number="17")
    StatementIn.objects.filter(id=kept[1].id).update(number=PaperWord(read_code(WRONG), today(scene)).written())
    acts.post_paper(actor=clerk, enclosure_id=row.id, carrier="Bưu điện")
    there = now_of(scene, row)
    assert (there.state, there.word_at) == ("posted", None)


@pytest.mark.clause("217/7.4")
def test_a_document_given_up_for_the_network_arrives_with_its_paper(scene: Scene, paper: EnclosureRow) -> None:
    """The parcel got there and its receipt never came back, so paper went instead; the recipient has both."""
    Dispatch.objects.filter(enclosure=paper.id).update(state="failed")
    acts.send_on_paper(actor=scene.clerk(), dispatch_id=dispatch_of(paper).id, necessity="Mất kết nối (mẫu).")
    assert dispatch_of(paper).state == "paper"
    assert applied(post(scene, word(scene, paper)).body)
    assert dispatch_of(paper).state == "arrived"
    assert now_of(scene, paper).by_word


@pytest.mark.clause("217/13.1")
def test_news_of_what_has_not_left_again_is_asked_to_come_later(scene: Scene) -> None:
    """Put back to a backup from before the printing: no word is called untrue that may be true."""
    dispatch = scene.queued(STRANGER)
    number = PaperWord(read_code(WRONG), today(scene)).written()
    answer = post(scene, scene.signed(STRANGER, statement(scene, dispatch.parcel.id, "96", 1, number=number)))
    assert answer.status == 503
    assert not StatementIn.objects.exists()


def test_who_does_not_know_such_a_code_keeps_it_as_history(scene: Scene, paper: EnclosureRow) -> None:
    """What an installation without this code answers: codes without a meaning are stored, acknowledged, and move nothing."""
    answer = post(scene, scene.signed(STRANGER, statement(scene, dispatch_of(paper).parcel.id, "97", 1)))
    assert (answer.status, applied(answer.body)) == (200, False)
    assert (dispatch_of(paper).state, now_of(scene, paper).state) == ("sent", "posted")


@given(st.text(ALPHABET, min_size=16, max_size=16), st.dates())
def test_a_word_reads_as_it_was_written_and_fits_a_statement(code: str, on: date) -> None:
    said = PaperWord(code, on)
    assert rules.read_paper_word(said.written()) == said
    assert len(said.written()) <= 30
    assert rules.code_scanned(f"https://van-ban.mau/k/{code.lower()}/") == code


@pytest.mark.clause("379/22.2")
def test_what_is_secret_has_no_paper_here(houses: Houses) -> None:
    with houses.away.ashore():
        view = _view(houses.away.scene.clerk(), houses.copy)
    rules.may_confirm_paper(houses.away.scene.clerk(), view)
    with refused("379/22.2"):
        rules.may_confirm_paper(houses.away.scene.clerk(), replace(view, secrecy=Secrecy.CONFIDENTIAL))


@given(st.text(max_size=40))
def test_nothing_else_is_read_as_a_word(text: str) -> None:
    found = rules.read_paper_word(text)
    assert found is None or found.written() == text


def _view(actor: Actor, document: UUID):  # type: ignore[no-untyped-def]
    return documents.document(actor, document)

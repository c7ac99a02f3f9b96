"""Void by agreement of all sides, across installations: every side consents once, the issuer counts, all end alike."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from django.contrib.auth import get_user_model
from tests.exchange.archipelago import Island, Sea, Weather
from tests.exchange.scene import RECIPIENT, SENDER, STRANGER

from antin.documents import acts as document_acts
from antin.documents import queries as documents
from antin.documents import rules
from antin.documents.facts import AgreementView, DecisionFacts, SideAnswer
from antin.documents.models import Document
from antin.exchange import acts, queries
from antin.exchange.edxml import codes
from antin.exchange.listening import listen
from antin.exchange.messages import Accord, Refusal, Signed
from antin.exchange.models import DirectoryEntry, StatementIn, StatementOut
from antin.identity import acts as identity
from antin.identity import authenticators
from antin.identity import ports as identity_ports
from antin.identity import queries as identity_queries
from antin.ledger import queries as ledger
from antin.regulation import RuleViolation
from antin.values import Actor, FixedClock, Method, Office, Validity, new_id

pytestmark = pytest.mark.clause("379/19.2.b")
Raise = Callable[..., Sea]
WHY = "Hai bên thống nhất chấm dứt hợp đồng trước hạn (mẫu)."


@pytest.fixture(autouse=True)
def clock() -> Iterator[FixedClock]:
    """One-time codes want a clock that can leap."""
    before = identity_ports.bound()
    kept = FixedClock(datetime.now(UTC))
    identity_ports.bind(replace(before, clock=kept))
    yield kept
    identity_ports.bind(before)


@dataclass
class Side:
    """One organisation at its own installation, with somebody who signs for it."""

    island: Island
    clock: FixedClock
    accounts: dict[str, UUID] = field(default_factory=dict)
    document: UUID = field(default_factory=new_id)

    def enrol(self, login: str, *offices: Office) -> None:
        with self.island.ashore():
            home = self.island.scene.organisations[self.island.code]
            account = identity.enrol_person(
                actor=Actor.system(), name=f"Lê Mẫu {login}", organisation_id=home, login=login, position="Thủ trưởng"
            )
            identity.vouch_identity(actor=Actor.system(), account_id=account.id, evidence="thẻ mẫu")
            secret = authenticators.generate_totp_secret()
            identity.bind_authenticator(actor=Actor.system(), account_id=account.id, secret=secret)
            for office in offices:
                identity.confer_mandate(
                    actor=Actor.system(), person_id=account.person_id, organisation_id=home, office=office, basis="mẫu"
                )
            self.accounts[login] = account.id

    def actor(self, login: str = "giang") -> Actor:
        account = get_user_model().objects.get(pk=self.accounts[login])
        return identity_queries.actor_for(account, session_key=login, method=Method.PASSWORD_TOTP)

    def confirm(self, act: str, digest: str, login: str = "giang") -> None:
        self.clock.advance(60)
        asked = identity.open_challenge(actor=self.actor(login), act=act, digest=digest)
        code = authenticators.fresh_code(self.accounts[login])
        assert code is not None
        identity.answer_challenge(actor=self.actor(login), challenge_id=asked.id, code=code)

    def propose(self, reason: str = WHY, *, digest: str = "") -> AgreementView:
        with self.island.ashore():
            page = digest or documents.final_digest(self.actor(), self.document)
            self.confirm("propose_invalidation", page)
            return acts.propose_invalidation(actor=self.actor(), document_id=self.document, digest=page, reason=reason)

    def answer(self, answer: str, reason: str = "", *, digest: str = "") -> AgreementView:
        with self.island.ashore():
            over = digest or documents.agreements(self.actor(), self.document)[0].digest
            self.confirm("answer_invalidation", over)
            return acts.answer_invalidation(
                actor=self.actor(), document_id=self.document, digest=over, answer=answer, reason=reason
            )

    def agreements(self) -> tuple[AgreementView, ...]:
        with self.island.ashore():
            return documents.agreements(self.actor(), self.document)

    def newest(self) -> AgreementView:
        return self.agreements()[0]

    def validity(self) -> Validity:
        with self.island.ashore():
            return documents.facts(self.document).validity

    def answers(self) -> dict[str, SideAnswer]:
        return {one.code: one.answer for one in self.newest().sides}


@dataclass
class Transaction:
    """A contract of the first side with the others, delivered everywhere."""

    sides: tuple[Side, ...]

    def settle(self, rounds: int = 4) -> None:
        for _ in range(rounds):
            for side in self.sides:
                side.island.clock.advance(1000)
                side.island.work()

    def validities(self) -> set[Validity]:
        return {side.validity() for side in self.sides}


def begun(sea: Sea, clock: FixedClock, type_code: str = "hop_dong") -> Transaction:
    sides = tuple(Side(island, clock) for island in sea.islands.values())
    for side in sides:
        side.enrol("giang", Office.SIGNATORY, Office.LEADER)
    first, *others = sides
    with first.island.ashore():
        first.document = first.island.scene.issue(*[one.island.code for one in others], type_code=type_code)
    deal = Transaction(sides)
    deal.settle(2)
    for side in others:
        with side.island.ashore():
            side.document = Document.objects.get(direction="incoming").id
    return deal


@pytest.fixture
def deal(raised: Raise, clock: FixedClock) -> Transaction:
    return begun(raised(SENDER, RECIPIENT), clock)


@pytest.fixture
def three(raised: Raise, clock: FixedClock) -> Transaction:
    return begun(raised(SENDER, RECIPIENT, STRANGER), clock)


@pytest.mark.clause("379/19.2", "379/19.3", "379/12.2.b")
def test_two_sides_agree_and_the_contract_is_void_at_both_with_who_consented_when(deal: Transaction) -> None:
    ours, theirs = deal.sides
    proposed = ours.propose()
    assert deal.validities() == {Validity.IN_FORCE}
    deal.settle()
    assert theirs.answers() == {SENDER: SideAnswer.PROPOSED, RECIPIENT: SideAnswer.NONE}
    with theirs.island.ashore():
        ((waiting, of),) = documents.agreements_waiting(theirs.actor())
        assert (waiting.id, of.reason) == (theirs.document, WHY)
    assert theirs.answer("confirm").state == "proposed", "the issuer counts"
    deal.settle()
    assert deal.validities() == {Validity.INVALIDATED}
    for side in deal.sides:
        with side.island.ashore():
            assert documents.agreements_waiting(side.actor()) == ()
            (ending,) = documents.endings(side.actor(), side.document)
            assert (ending.validity, ending.reason) == (Validity.INVALIDATED, WHY)
            assert ending.basis and ending.form
            acts_told = [entry.act for entry in ledger.history(side.document)]
            assert {"documents.invalidation.proposed", "documents.invalidation.answered"} <= set(acts_told)
        kept = side.newest()
        assert (kept.state, kept.agreement, kept.digest) == ("agreed", proposed.agreement, proposed.digest)
        assert {one.code: (one.answer, one.person, one.method) for one in kept.sides} == {
            SENDER: (SideAnswer.PROPOSED, "Lê Mẫu giang", "password_totp"),
            RECIPIENT: (SideAnswer.CONFIRMED, "Lê Mẫu giang", "password_totp"),
        }
    with ours.island.ashore():
        told = {row.event for row in queries.evidence(ours.actor(), ours.document)}
        assert "InvalidationAgreement" in told, "the other side's signed consent is kept as proof"
        consent = ours.newest().side(RECIPIENT)
        assert consent is not None and consent.evidence == StatementIn.objects.get(code="92").digest


def test_a_receiving_side_may_propose_and_three_sides_must_all_consent(three: Transaction) -> None:
    issuer, second, third = three.sides
    second.propose()
    three.settle()
    assert issuer.answers() == {
        SENDER: SideAnswer.NONE, RECIPIENT: SideAnswer.PROPOSED, STRANGER: SideAnswer.NONE
    }  # fmt: skip
    assert third.answers()[RECIPIENT] is SideAnswer.PROPOSED
    third.answer("confirm")
    three.settle()
    assert three.validities() == {Validity.IN_FORCE}
    issuer.answer("confirm")
    three.settle()
    assert three.validities() == {Validity.INVALIDATED}
    for side in three.sides:
        assert side.answers() == {
            SENDER: SideAnswer.CONFIRMED, RECIPIENT: SideAnswer.PROPOSED, STRANGER: SideAnswer.CONFIRMED
        }  # fmt: skip


def test_one_refusal_ends_it_for_all_and_everyone_sees_why(three: Transaction) -> None:
    issuer, second, third = three.sides
    issuer.propose()
    three.settle()
    second.answer("confirm")
    with pytest.raises(RuleViolation) as without_reason:
        third.answer("refuse")
    assert without_reason.value.clause == "379/17.3"
    third.answer("refuse", "Còn nghĩa vụ chưa thực hiện (mẫu).")
    three.settle()
    assert three.validities() == {Validity.IN_FORCE}
    for side in three.sides:
        kept = side.newest()
        assert (kept.state, kept.why_closed) == ("closed", "Còn nghĩa vụ chưa thực hiện (mẫu).")
        said = kept.side(STRANGER)
        assert said is not None and said.answer is SideAnswer.REFUSED
    with pytest.raises(RuleViolation):
        second.answer("confirm")
    assert issuer.propose("Đã thực hiện xong (mẫu).").state == "proposed", "a new proposal may follow"


def test_a_side_answers_once_and_to_exactly_what_was_proposed(deal: Transaction) -> None:
    ours, theirs = deal.sides
    ours.propose()
    with pytest.raises(RuleViolation) as twice:
        ours.answer("confirm")
    assert twice.value.clause == "379/19.2.b"
    with pytest.raises(RuleViolation) as again:
        ours.propose()
    assert again.value.clause == "379/19.2.b"
    deal.settle()
    with pytest.raises(RuleViolation) as other:
        theirs.answer("confirm", digest="0" * 64)
    assert other.value.clause == "379/19.2.b"
    theirs.answer("confirm")
    with pytest.raises(RuleViolation):
        theirs.answer("refuse", "đổi ý")
    with pytest.raises(RuleViolation):
        theirs.answer("withdraw", "không phải của mình")


def test_administrative_and_directive_documents_never_end_this_way(raised: Raise, clock: FixedClock) -> None:
    for type_code in ("cong_van", "quyet_dinh"):
        deal = begun(raised(SENDER, RECIPIENT), clock, type_code)
        for side in deal.sides:
            with pytest.raises(RuleViolation) as no:
                side.propose()
            assert no.value.clause == "379/19.2.b"
            assert side.agreements() == ()


def test_consent_wants_the_signatory_and_a_fresh_confirmation_of_this_very_proposal(deal: Transaction) -> None:
    ours, theirs = deal.sides
    theirs.enrol("thu", Office.CLERK)
    ours.propose()
    deal.settle()
    with theirs.island.ashore():
        digest = documents.agreements(theirs.actor(), theirs.document)[0].digest
        for login, over in (("thu", digest), ("giang", "1" * 64)):
            theirs.confirm("answer_invalidation", over, login)
            with pytest.raises(RuleViolation):
                acts.answer_invalidation(
                    actor=theirs.actor(login), document_id=theirs.document, digest=digest, answer="confirm"
                )
        assert documents.agreements_waiting(theirs.actor("thu")) == ()
    assert theirs.answers()[RECIPIENT] is SideAnswer.NONE


def test_the_proposer_withdraws_and_a_copy_waits_for_the_issuers_word(deal: Transaction) -> None:
    ours, theirs = deal.sides
    theirs.propose()
    deal.settle()
    asked = theirs.answer("withdraw", "Đề nghị nhầm (mẫu).")
    assert asked.state == "proposed"
    deal.settle()
    for side in deal.sides:
        assert (side.newest().state, side.newest().why_closed) == ("closed", "Đề nghị nhầm (mẫu).")
    ours.propose()
    assert ours.answer("withdraw", "Xem lại (mẫu).").state == "closed"
    deal.settle()
    assert theirs.newest().state == "closed"
    assert deal.validities() == {Validity.IN_FORCE}


def test_a_withdrawal_that_crosses_the_last_consent_changes_nothing_and_all_end_alike(deal: Transaction) -> None:
    ours, theirs = deal.sides
    theirs.propose()
    deal.settle()
    ours.answer("confirm")  # void at the issuer now, not yet told
    theirs.answer("withdraw", "Đổi ý (mẫu).")
    deal.settle()
    assert deal.validities() == {Validity.INVALIDATED}
    assert {side.newest().state for side in deal.sides} == {"agreed"}


def test_two_proposals_that_cross_become_one(deal: Transaction) -> None:
    ours, theirs = deal.sides
    mine, yours = ours.propose("Lý do của bên ban hành (mẫu)."), theirs.propose("Lý do của bên kia (mẫu).")
    deal.settle()
    for side in deal.sides:
        states = {one.agreement: one.state for one in side.agreements()}
        assert states == {mine.agreement: "proposed", yours.agreement: "closed"}
    with theirs.island.ashore():
        over = next(
            one.digest for one in documents.agreements(theirs.actor(), theirs.document) if one.state == "proposed"
        )
    theirs.answer("confirm", digest=over)
    deal.settle()
    assert deal.validities() == {Validity.INVALIDATED}


def test_what_goes_out_of_force_otherwise_is_no_longer_agreed_on(deal: Transaction) -> None:
    ours, theirs = deal.sides
    ours.propose()
    deal.settle()
    with ours.island.ashore():
        page = documents.final_digest(ours.actor(), ours.document)
        ours.confirm("recall", page)
        document_acts.recall(actor=ours.actor(), document_id=ours.document, digest=page, reason="Thu hồi (mẫu).")
    theirs.answer("confirm")
    deal.settle()
    assert {side.newest().state for side in deal.sides} == {"closed"}
    assert deal.validities() == {Validity.RECALLED}


@pytest.mark.clause("379/21.3", "379/21.2.b")
def test_consents_are_noted_behind_an_impoundment_and_take_effect_as_it_is_lifted(deal: Transaction) -> None:
    ours, theirs = deal.sides
    ours.enrol("kiem", Office.IMPOUNDING_AUTHORITY)
    ours.propose()
    deal.settle()
    decided = DecisionFacts("Uỷ ban Kiểm tra (mẫu)", "01-QĐ/UBKT", date(2026, 3, 1))
    with ours.island.ashore():
        home = ours.island.scene.organisations[SENDER]
        ours.confirm("impound", rules.scope_digest(decided, [ours.document]), "kiem")
        order = document_acts.impound(
            actor=ours.actor("kiem"), owner_id=home, decision=decided, document_ids=[ours.document], reason=WHY
        )
    theirs.answer("confirm")
    deal.settle()
    assert deal.validities() == {Validity.IN_FORCE}
    with ours.island.ashore():
        with pytest.raises(RuleViolation) as sealed:
            documents.agreements(ours.actor(), ours.document)
        assert sealed.value.clause == "379/21.3"
        scope = documents.impoundment(ours.actor("kiem"), order).scope_digest
        ours.confirm("lift_impoundment", scope, "kiem")
        lifting = replace(decided, number="02-QĐ/UBKT", decided_on=date(2026, 3, 2))
        document_acts.lift_impoundment(actor=ours.actor("kiem"), order_id=order, decision=lifting)
    deal.settle()
    assert deal.validities() == {Validity.INVALIDATED}


@pytest.mark.clause("217/13.1")
@pytest.mark.parametrize("seed", [11])
def test_under_loss_repeats_and_disorder_all_sides_come_to_one_end(
    three: Transaction, clock: FixedClock, seed: int
) -> None:
    dice = random.Random(seed)
    sea = three.sides[0].island.sea
    three.sides[1].propose()

    def weather(_from: Island, _to: Island) -> Weather:
        return Weather(
            lost=dice.random() < 0.2,
            answer_lost=dice.random() < 0.2,
            twice=dice.random() < 0.3,
            late=dice.random() < 0.3,
        )

    sea.weather = weather
    answered: set[str] = set()
    for _ in range(12):
        three.settle(1)
        sea.tide()
        for side in (three.sides[2], three.sides[0]):
            if side.island.code not in answered and side.agreements():
                side.answer("confirm")
                answered.add(side.island.code)
    sea.weather = lambda _from, _to: Weather()
    three.settle(6)
    sea.tide()
    assert answered == {SENDER, STRANGER}
    assert three.validities() == {Validity.INVALIDATED}
    for side in three.sides:
        assert side.newest().state == "agreed"
        assert SideAnswer.NONE not in side.answers().values()


def spoilt(**changed: object) -> Accord:
    """A twin, under a fresh id, of the statement that was queued last here, with something untrue in it."""
    row = StatementOut.objects.filter(code__in=list(codes.AGREEING)).order_by("-id").first()
    assert row is not None
    told = Signed.parse(bytes(row.message)).open()
    assert isinstance(told, Accord)
    return replace(told, statement=new_id(), **changed)  # type: ignore[arg-type]


LIES: dict[str, dict[str, object]] = {
    "other reason": {"why": "Lý do khác (mẫu)."},
    "other page": {"page": "0" * 64},
    "speaks for the issuer": {"side": SENDER, "code": "92"},
    "concludes": {"code": "95"},
    "weakly authenticated": {"method": "password"},
    "nobody's side": {"side": STRANGER},
    "not a word of agreements": {"code": "06"},
}


def test_what_is_not_true_is_refused_and_changes_nothing(deal: Transaction) -> None:
    ours, theirs = deal.sides
    ours.propose()
    deal.settle()
    with ours.island.ashore():
        concluded = spoilt(code="95", sequence=9)
    reply = heard(theirs, ours.island.scene.signed(SENDER, concluded), SENDER)
    assert isinstance(Signed.parse(reply).open(), Refusal), "nobody concludes what a side never gave"
    assert theirs.validity() is Validity.IN_FORCE
    ours.island.sea.cut.add(frozenset((SENDER, RECIPIENT)))
    theirs.answer("confirm")
    theirs.island.work()
    for lie, untrue in LIES.items():
        with theirs.island.ashore():
            told = spoilt(**untrue)
        reply = heard(ours, theirs.island.scene.signed(RECIPIENT, told), RECIPIENT)
        assert isinstance(Signed.parse(reply).open(), Refusal), lie
        assert ours.answers()[RECIPIENT] is SideAnswer.NONE, lie
    assert ours.validity() is Validity.IN_FORCE


def heard(side: Side, data: bytes, code: str) -> bytes:
    with side.island.ashore():
        partner = DirectoryEntry.objects.select_related("partner").get(code=code).partner
        return listen(data, partner).body


def test_nobody_proposes_before_every_recipient_has_the_document(raised: Raise, clock: FixedClock) -> None:
    sea = raised(SENDER, RECIPIENT)
    sea.cut.add(frozenset((SENDER, RECIPIENT)))
    ours = Side(next(iter(sea.islands.values())), clock)
    ours.enrol("giang", Office.SIGNATORY, Office.LEADER)
    with ours.island.ashore():
        ours.document = ours.island.scene.issue(RECIPIENT, type_code="hop_dong")
    ours.island.work()
    with pytest.raises(RuleViolation) as early:
        ours.propose()
    assert early.value.clause == "379/19.2.b"


def test_a_proposal_the_other_installation_cannot_take_ends_and_says_so(deal: Transaction) -> None:
    ours, theirs = deal.sides
    with theirs.island.ashore():
        Document.objects.filter(id=theirs.document).update(type_code="")
    ours.propose()
    deal.settle()
    assert ours.newest().state == "closed" and ours.newest().why_closed

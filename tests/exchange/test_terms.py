"""Another method agreed with a partner: four eyes, its days and types, and what a document that came under it is worth."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.exchange.scene import NAMES, RECIPIENT, SENDER, STRANGER, Scene, actor, arrived, pdf
from tests.exchange.test_receiver_hostile import send

from antin.documents import queries as documents
from antin.documents.facts import DocumentView
from antin.exchange import acts, directory, queries
from antin.exchange.acts import TermsFacts
from antin.exchange.models import ParcelIn, Partner
from antin.ledger import queries as ledger
from antin.registry import acts as registry
from antin.registry import queries as books
from antin.regulation import RuleViolation
from antin.rulebook import queries as rulebook
from antin.values import Actor, Office, sha256_hex

pytestmark = pytest.mark.clause("379/12.2.c")
METHOD = "Cơ quan gửi ký số gói tin, cơ quan nhận ký biên nhận; hai bên lưu cả hai chữ ký (mẫu)."


def operator(scene: Scene, name: str = "Đỗ Mẫu Quân") -> Actor:
    return actor(scene.organisations[SENDER], Office.EXCHANGE_OPERATOR, name=name)


def facts(**changed: object) -> TermsFacts:
    today = rulebook.today()
    agreed = TermsFacts(
        their_code=STRANGER,
        our_code=RECIPIENT,
        reference="05-TT/VPTW",
        agreed_on=date(2026, 3, 2),
        types=("cong_van", "bao_cao"),
        valid_from=today,
        valid_until=today,
        method=METHOD,
    )
    return replace(agreed, **changed)  # type: ignore[arg-type]


def proposed(scene: Scene, **changed: object) -> UUID:
    assert scene.partner_id is not None
    return acts.propose_terms(
        actor=operator(scene), partner_id=scene.partner_id, facts=facts(**changed), paper=pdf(3_000)
    )


def agreed(scene: Scene, **changed: object) -> UUID:
    found = proposed(scene, **changed)
    acts.confirm_terms(actor=operator(scene, "Nguyễn Mẫu Nga"), terms_id=found)
    return found


def came(scene: Scene) -> DocumentView:
    """A parcel of STRANGER for RECIPIENT, without any signature on its page, as it lies there now."""
    parcel = scene.parcel(document=pdf(1_500))
    answer = send(scene, parcel)
    assert answer.status == 200, answer.body
    row = ParcelIn.objects.get(parcel=parcel.parcel)
    return documents.document(scene.clerk(RECIPIENT), row.document_id)


@pytest.mark.clause("217/4.1", "217/10.1")
def test_what_comes_under_confirmed_terms_is_an_original_by_them_and_stays_one(scene: Scene) -> None:
    terms, clerk = agreed(scene), scene.clerk(RECIPIENT)
    found = came(scene)
    assert (found.terms_id, found.terms_reference) == (terms, "05-TT/VPTW, 02/03/2026")
    assert books.legal_effect(clerk, found.id).verdict == "undecided"
    assert registry.verify(actor=clerk, document_id=found.id).verdict == "invalid"
    taken = registry.register_incoming(actor=clerk, document_id=found.id)
    assert taken.legal_effect == "original_agreed"
    acts.end_terms(actor=operator(scene), terms_id=terms, reason="Hai bên thôi áp dụng (mẫu)")
    worth = books.legal_effect(clerk, found.id)
    assert (worth.verdict, worth.clauses) == ("original_agreed", ("379/12.2.c", "217/4.1"))
    assert "05-TT/VPTW, 02/03/2026" in worth.why.format(**worth.facts)
    assert came(scene).terms_id is None


@pytest.mark.clause("217/4.2", "217/10.1")
def test_what_no_terms_cover_is_for_reference_only(scene: Scene) -> None:
    clerk, today, day = scene.clerk(RECIPIENT), rulebook.today(), timedelta(days=1)
    before = came(scene)
    proposed(scene)
    agreed(scene, types=("bao_cao",))
    agreed(scene, valid_from=today + day, valid_until=today + 9 * day)
    agreed(scene, valid_from=today - 9 * day, valid_until=today - day)
    agreed(scene, our_code=SENDER)
    late = came(scene)
    agreed(scene)
    for found in (before, late):
        assert documents.document(clerk, found.id).terms_id is None
        registry.verify(actor=clerk, document_id=found.id)
        assert books.legal_effect(clerk, found.id).verdict == "reference_only"
        with pytest.raises(RuleViolation) as refused:
            registry.register_incoming(actor=clerk, document_id=found.id)
        assert refused.value.clause == "217/10.1"


@pytest.mark.clause("379/5.6")
def test_terms_need_a_second_operator_and_a_reason_to_end(scene: Scene) -> None:
    assert scene.partner_id is not None
    first, second = operator(scene), operator(scene, "Nguyễn Mẫu Nga")
    terms = acts.propose_terms(actor=first, partner_id=scene.partner_id, facts=facts(), paper=pdf(3_000))
    for who, clause in ((first, "379/5.6"), (scene.clerk(RECIPIENT), "379/12.2.c")):
        with pytest.raises(RuleViolation) as refused:
            acts.confirm_terms(actor=who, terms_id=terms)
        assert refused.value.clause == clause
    assert came(scene).terms_id is None
    acts.confirm_terms(actor=second, terms_id=terms)
    with pytest.raises(RuleViolation):
        acts.confirm_terms(actor=second, terms_id=terms)
    with pytest.raises(RuleViolation):
        acts.end_terms(actor=first, terms_id=terms, reason=" ")
    assert came(scene).terms_id == terms
    acts.end_terms(actor=first, terms_id=terms, reason="Hết hiệu lực (mẫu)")
    told = ledger.history(terms)
    assert {one.act for one in told} == {f"exchange.terms.{step}" for step in ("proposed", "confirmed", "ended")}
    (kept,) = queries.terms_of(first, scene.partner_id)
    assert (kept.state, kept.their_name, kept.mine) == ("ended", NAMES[STRANGER], True)
    paper = queries.terms_paper(second, terms)
    assert {one.facts["paper"] for one in told} == {sha256_hex(paper)} == {kept.paper_digest}
    assert len({one.facts["terms"] for one in told}) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"reference": " "},
        {"agreed_on": None},
        {"types": ()},
        {"types": ("cong_van", "khong_co")},
        {"valid_from": None},
        {"valid_until": date(2020, 1, 1)},
        {"method": "ký"},
        {"their_code": RECIPIENT},
        {"our_code": STRANGER},
    ],
)
def test_terms_that_leave_something_open_are_refused(scene: Scene, wrong: dict[str, object]) -> None:
    with pytest.raises(RuleViolation) as refused:
        proposed(scene, **wrong)
    assert refused.value.clause == "379/12.2.c"
    assert scene.partner_id is not None and queries.terms_of(operator(scene), scene.partner_id) == ()


def test_terms_are_agreed_with_an_active_partner_over_a_fit_pdf(scene: Scene) -> None:
    assert scene.partner_id is not None and scene.self_id is not None
    with pytest.raises(RuleViolation):
        acts.propose_terms(actor=operator(scene), partner_id=scene.partner_id, facts=facts(), paper=b"none")
    with pytest.raises(RuleViolation):
        acts.propose_terms(actor=operator(scene), partner_id=scene.self_id, facts=facts(), paper=pdf())


def test_a_partner_without_terms_costs_no_question_about_them(scene: Scene) -> None:
    def questions() -> int:
        with CaptureQueriesContext(connection) as asked:
            row = directory.active_partner(scene.partner_node.fingerprint)
            assert row is not None
            found.append(row.has_terms)
        return len(asked)

    found: list[bool] = []
    assert questions() == 1
    terms = agreed(scene)
    other = agreed(scene, types=("bao_cao",))
    questions()
    for one, still in ((terms, True), (other, False)):
        acts.end_terms(actor=operator(scene), terms_id=one, reason="Thôi (mẫu)")
        questions()
        assert found[-1] is still
    assert found == [False, True, True, False]
    assert arrived(scene) == 0 and Partner.objects.filter(has_terms=True).count() == 0

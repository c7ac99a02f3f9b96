"""Paper to recipients: asked for by the type or named by the clerk, instead of what cannot go, printed, posted, known to be there."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st
from tests.exchange.scene import RECIPIENT, STRANGER, Scene

from antin.conversion import queries as copies
from antin.documents import acts as documents
from antin.documents import queries as document_queries
from antin.exchange import acts, queries, rules
from antin.exchange.models import Dispatch, Enclosure
from antin.exchange.queries import EnclosureRow
from antin.ledger import queries as ledger
from antin.regulation import RuleViolation
from antin.rulebook import queries as rulebook
from antin.values import Actor, Secrecy, to_vietnam
from world import refused

FINANCE = "Văn bản giải quyết chế độ, chính sách, tài chính"
NOBODY = "A00.99"


def queued(scene: Scene, *codes: str, **changed: object) -> UUID:
    document = scene.issue(*codes, enter=False, **changed)  # type: ignore[arg-type]
    acts.queue_dispatches(actor=Actor.system(), document_id=document)
    return document


def papers(scene: Scene, document: UUID) -> tuple[EnclosureRow, ...]:
    return queries.enclosures(scene.clerk(), document)


def today(scene: Scene) -> date:
    from antin.exchange import ports

    return to_vietnam(ports.bound().clock.now()).date()


def named(scene: Scene, *codes: str) -> EnclosureRow:
    """One paper beside an electronic document, named by the clerk."""
    document = queued(scene, *(codes or (RECIPIENT,)))
    acts.require_paper(actor=scene.clerk(), document_id=document, words=FINANCE)
    return papers(scene, document)[0]


def posted(scene: Scene, row: EnclosureRow, carrier: str = "Bưu điện, RR123456789VN") -> EnclosureRow:
    acts.print_enclosure(actor=scene.clerk(), enclosure_id=row.id)
    acts.post_paper(actor=scene.clerk(), enclosure_id=row.id, carrier=carrier)
    return papers(scene, row.document_id)[0]


def state_of(row: EnclosureRow) -> str:
    return Dispatch.objects.get(enclosure=row.id).state


@pytest.mark.clause("217/8.1", "217/8.2", "217/5.2")
def test_the_clerk_names_the_class_and_every_recipient_gets_paper_once(scene: Scene) -> None:
    document = queued(scene, RECIPIENT, STRANGER)
    assert papers(scene, document) == (), "a letter needs no paper of itself"
    clerk = scene.clerk()
    assert FINANCE in queries.paper_classes_for(document_queries.document(clerk, document))
    assert acts.require_paper(actor=clerk, document_id=document, words=FINANCE) == 2
    assert acts.require_paper(actor=clerk, document_id=document, words=FINANCE) == 0, "once is enough"
    rows = papers(scene, document)
    assert [(one.state, one.clause, one.instead) for one in rows] == [("due", "217/8.1", False)] * 2
    assert {one.recipient_code for one in rows} == {RECIPIENT, STRANGER}
    assert queries.papers_count(clerk) == 2
    assert [one.act for one in ledger.history(document)].count("exchange.enclosure.due") == 2
    for wrong in ("", "Văn bản khác", "Đề án, tờ trình của cơ quan đảng ở địa phương"):
        with refused("217/8.1"):
            acts.require_paper(actor=clerk, document_id=document, words=wrong)
    with pytest.raises(RuleViolation):
        acts.require_paper(actor=scene.clerk(RECIPIENT), document_id=document, words=FINANCE)


@pytest.mark.clause("217/8.2.p7", "217/8.2")
def test_a_type_that_always_needs_paper_gets_it_as_it_is_queued(scene: Scene) -> None:
    from antin.identity.models import Organisation

    Organisation.objects.filter(id=scene.organisations[scene.home]).update(level="provincial")
    (row,) = papers(scene, queued(scene, RECIPIENT, type_code="to_trinh"))
    assert (row.state, row.clause) == ("due", "217/8.2.p7")
    assert papers(scene, queued(scene, RECIPIENT, type_code="cong_van")) == ()


@pytest.mark.clause("217/8.1", "379/16.3", "379/16.4")
def test_printed_for_its_recipient_posted_and_known_to_be_there(scene: Scene) -> None:
    row, clerk = named(scene), scene.clerk()
    with refused("217/8.1"):
        acts.post_paper(actor=clerk, enclosure_id=row.id, carrier="Bưu điện")
    with refused("217/8.1"):
        queries.slip(clerk, row.document_id, row.id)
    first = acts.print_enclosure(actor=clerk, enclosure_id=row.id)
    assert acts.print_enclosure(actor=clerk, enclosure_id=row.id) == first, "one copy for one recipient"
    slip = queries.slip(clerk, row.document_id, row.id)
    found = copies.look_up(slip.code)
    assert found is not None and (found.worth, found.number) == ("in_force", slip.number)
    with refused("217/7.4"):
        acts.post_paper(actor=clerk, enclosure_id=row.id, carrier=" ")
    acts.post_paper(actor=clerk, enclosure_id=row.id, carrier="Bưu điện")
    acts.post_paper(actor=clerk, enclosure_id=row.id, carrier="Giao liên")
    (sent,) = papers(scene, row.document_id)
    assert (sent.state, sent.carrier) == ("posted", "Giao liên"), "sent once more by another way"
    before = state_of(sent)
    day = today(scene)
    for person, on in (("", day), ("Chị Mẫu", None), ("Chị Mẫu", day + timedelta(1)), ("Chị Mẫu", day - timedelta(1))):
        with refused("217/7.4"):
            acts.note_paper_arrival(actor=clerk, enclosure_id=row.id, person=person, on=on)
    acts.note_paper_arrival(actor=clerk, enclosure_id=row.id, person="Chị Mẫu", on=day)
    (there,) = papers(scene, row.document_id)
    assert (there.state, there.received_by, there.arrived_on) == ("arrived", "Chị Mẫu", day)
    assert state_of(there) == before, "paper beside it moves nothing of the electronic document"
    assert queries.papers_count(clerk) == 0
    with pytest.raises(RuleViolation):
        acts.note_paper_arrival(actor=clerk, enclosure_id=row.id, person="Chị Mẫu", on=day)


@pytest.mark.clause("217/7.4", "379/4.2")
def test_what_cannot_go_by_the_network_goes_and_arrives_on_paper(scene: Scene) -> None:
    document = queued(scene, NOBODY)
    (dispatch,) = Dispatch.objects.filter(document_id=document)
    assert dispatch.state == "failed"
    acts.send_on_paper(actor=scene.clerk(), dispatch_id=dispatch.id, necessity="Nơi nhận chưa có mạng (mẫu).")
    (row,) = papers(scene, document)
    assert (row.instead, row.why, row.state) == (True, "Nơi nhận chưa có mạng (mẫu).", "due")
    posted(scene, row)
    acts.note_paper_arrival(actor=scene.clerk(), enclosure_id=row.id, person="Anh Mẫu", on=today(scene))
    assert state_of(row) == "arrived"
    assert [one.state for one in queries.delivery_history(scene.clerk(), document)].count("paper") == 1


@pytest.mark.clause("217/7.4")
def test_paper_named_beside_becomes_the_document_itself_when_the_network_fails(scene: Scene) -> None:
    row = named(scene, STRANGER)
    acts.send_on_paper(
        actor=scene.clerk(), dispatch_id=Dispatch.objects.get(enclosure=row.id).id, necessity="Mất kết nối (mẫu)."
    )
    (same,) = papers(scene, row.document_id)
    assert same.id == row.id and same.instead and Enclosure.objects.count() == 1


@pytest.mark.clause("217/8.1", "379/17.3")
def test_dropped_with_a_reason_and_for_good(scene: Scene) -> None:
    row, clerk = named(scene), scene.clerk()
    with refused("379/17.3"):
        acts.drop_enclosure(actor=clerk, enclosure_id=row.id, reason=" ")
    acts.drop_enclosure(actor=clerk, enclosure_id=row.id, reason="Xác nhận nhầm loại.")
    (shut,) = papers(scene, row.document_id)
    assert (shut.state, shut.reason) == ("dropped", "Xác nhận nhầm loại.")
    for act in (
        lambda: acts.print_enclosure(actor=clerk, enclosure_id=row.id),
        lambda: acts.post_paper(actor=clerk, enclosure_id=row.id, carrier="Bưu điện"),
    ):
        with pytest.raises(RuleViolation):
            act()


@pytest.mark.clause("379/19.5", "217/9.2")
def test_what_went_out_of_force_is_not_posted_and_its_paper_ends(scene: Scene) -> None:
    row, clerk = named(scene), scene.clerk()
    acts.print_enclosure(actor=clerk, enclosure_id=row.id)
    code = papers(scene, row.document_id)[0].code
    with transaction.atomic():
        documents.advance(actor=clerk, document_id=row.document_id, act="apply_change(replace)", life="validity")
    with refused("217/10.2.p2"):
        acts.post_paper(actor=clerk, enclosure_id=row.id, carrier="Bưu điện")
    found = copies.look_up(code)
    assert found is not None and found.worth == "ended"


@pytest.mark.clause("379/22.2")
def test_what_is_secret_never_gets_paper_here(scene: Scene) -> None:
    document = queued(scene, RECIPIENT, secrecy=Secrecy.CONFIDENTIAL)
    (dispatch,) = Dispatch.objects.filter(document_id=document)
    with refused("379/22.2"):
        acts.require_paper(actor=scene.clerk(cleared=True), document_id=document, words=FINANCE)
    acts.send_on_paper(actor=scene.clerk(cleared=True), dispatch_id=dispatch.id, necessity="Đường cơ yếu (mẫu).")
    assert not Enclosure.objects.exists()


@pytest.mark.clause("379/4.4")
def test_a_strangers_clerk_finds_none(scene: Scene) -> None:
    row, stranger = named(scene, STRANGER), scene.clerk(RECIPIENT)
    for act in (
        lambda: acts.print_enclosure(actor=stranger, enclosure_id=row.id),
        lambda: acts.drop_enclosure(actor=stranger, enclosure_id=row.id, reason="x"),
        lambda: queries.enclosures(stranger, row.document_id),
        lambda: acts.print_enclosure(actor=scene.clerk(), enclosure_id=row.document_id),
    ):
        with refused("379/4.4"):
            act()
    assert queries.papers_waiting(stranger) == ()


@pytest.mark.clause("217/8.1", "217/8.2", "217/8.2.p3", "217/8.2.p5", "217/8.2.p7")
@given(
    st.sampled_from(["nghi_quyet", "ket_luan", "to_trinh", "bao_cao", "cong_van", "de_an", "thong_bao"]),
    st.sampled_from(["central", "provincial", "grassroots", "unit"]),
)
def test_paper_goes_of_itself_only_where_no_person_need_judge(type_code: str, level: str) -> None:
    classes = rulebook.paper_classes(date(2026, 11, 26))
    asked = rules.paper_asked_for(classes, type_code, level)
    offered = rules.paper_offered(classes, type_code, level)
    assert asked is None or (asked in offered and not asked.matter and not asked.addressee)
    assert (asked is not None) == (level != "central" and type_code in {"to_trinh", "de_an"})
    for one in offered:
        assert one.types & {"*", type_code} and one.level in {"*", *rules.paper_levels(level)}
        assert rules.class_named(offered, one.words).words == one.words

"""What is Mật, from the first word to the issue: readable for who may, in clear nowhere (379/22.2, 217/5.1, 379/1.2)."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from tests.secrecy import sweep
from tests.web.conftest import Visit

from antin.casework import acts as casework
from antin.casework import queries as work
from antin.documents import acts, queries
from antin.documents.facts import RouteStep
from antin.documents.models import Document
from antin.ledger import queries as ledger
from antin.registry import acts as registry
from antin.registry import queries as books
from antin.values import Office, Secrecy
from antin.vault import ports
from antin.vault.acts import sealed_words
from antin.vault.adapters.reference_product import ReferenceProduct
from antin.vault.ports import CipherRefused
from antin.vault.queries import is_sealed
from antin.vault.rules import CipherMissing
from world import (
    CENTRE,
    CLERK,
    DRAFTER,
    LEAD,
    PROVINCE,
    PROVINCE_CLERK,
    PROVINCE_LEADER,
    REVIEWER,
    SIGNATORY,
    World,
    refused,
)

ABSTRACT, BODY, FILE = "về việc Hải đăng xanh (mẫu)", "Nội dung Cầu vồng tím ở mục hai.", "Rừng thông bạc.txt"
OPINION, REASON, CONTENT = "Đề nghị xem Suối đá vàng.", "Sửa theo ý Gió chướng.", "Bên trong tệp: Trăng khuyết đỏ."
MARKS = ("Hải đăng xanh", "Cầu vồng tím", "Rừng thông bạc", "Suối đá vàng", "Gió chướng", "Trăng khuyết đỏ")
WEEK = timedelta(days=7)
IN_THE_CHAIN = (DRAFTER, REVIEWER, SIGNATORY, CLERK)

pytestmark = [pytest.mark.django_db, pytest.mark.clause("379/22.2", "217/5.1")]


@pytest.fixture
def cleared(world: World, product: ReferenceProduct) -> World:
    for login in IN_THE_CHAIN:
        world.confer(login, Office.CLEARED, organisation=CENTRE)
    return world


def drafted(world: World) -> UUID:
    """A draft that is Mật, with a file, revised with a reason after it came back from review."""
    found = world.drafted(secrecy=Secrecy.CONFIDENTIAL, abstract=ABSTRACT, body=BODY)
    drafter, reviewer = world.actor(DRAFTER), world.actor(REVIEWER)
    acts.attach(actor=drafter, document_id=found, name=FILE, media_type="text/plain", data=CONTENT.encode() * 9)
    route = (RouteStep(order=1, people=(world.person(REVIEWER),), quorum=1, kind="review"),)
    acts.submit(actor=drafter, document_id=found, route=route)
    acts.endorse(actor=reviewer, document_id=found, kind="opinion", text=OPINION, revision=2)
    acts.send_back(actor=reviewer, document_id=found, reason=REASON)
    fields = queries.fields(drafter, found)
    acts.revise_draft(
        actor=drafter,
        document_id=found,
        fields=replace(fields, body=f"{BODY}\n\nThêm một câu."),
        expected_revision=2,
        reason=REASON,
    )
    return found


@pytest.mark.parametrize(
    "begun", ["mật: Hải đăng xanh", "mật:Hải đăng xanh", "mật:SGFpLWRhbmcteGFuaC1tYXUtdGhlLW5heQ=="]
)
def test_words_that_begin_like_sealed_ones_are_sealed_too(cleared: World, begun: str) -> None:
    """Nobody keeps words out of the cipher by writing the mark before them."""
    drafter = cleared.actor(DRAFTER)
    found = cleared.drafted(secrecy=Secrecy.CONFIDENTIAL, abstract=begun, body=BODY)
    kept = Document.objects.values_list("abstract", flat=True).get(id=found)
    assert kept != begun and "Hải đăng" not in kept
    assert queries.document(drafter, found).abstract == begun
    assert sealed_words(found, kept) == kept, "sealing twice changes nothing"
    assert is_sealed(found, kept) and not is_sealed(found, begun)


def test_words_about_an_open_document_stay_as_they_are_whatever_they_begin_with(cleared: World) -> None:
    found = cleared.drafted(abstract="mật: không phải bí mật (mẫu)")
    assert queries.document(cleared.actor(DRAFTER), found).abstract == "mật: không phải bí mật (mẫu)"
    assert not is_sealed(found, "mật: không phải bí mật (mẫu)")


def issued(world: World) -> UUID:
    found = drafted(world)
    route = (RouteStep(order=1, people=(world.person(REVIEWER),), quorum=1, kind="review"),)
    acts.submit(actor=world.actor(DRAFTER), document_id=found, route=route)
    acts.endorse(actor=world.actor(REVIEWER), document_id=found, kind="consent", text="Đồng ý.", revision=3)
    view = queries.document(world.actor(SIGNATORY), found)
    world.confirm(SIGNATORY, "approve", view.digest)
    acts.approve(actor=world.actor(SIGNATORY), document_id=found, revision=view.revision, digest=view.digest)
    assert registry.check_form(actor=world.actor(CLERK), document_id=found).passed
    request = registry.prepare_signature(actor=world.actor(SIGNATORY), document_id=found)
    world.confirm(SIGNATORY, "sign", request.digest)
    registry.sign(actor=world.actor(SIGNATORY), document_id=found)
    world.confirm(CLERK, "seal", world.digest(found))
    registry.seal(actor=world.actor(CLERK), document_id=found)
    world.confirm(CLERK, "issue", world.digest(found))
    registry.issue(actor=world.actor(CLERK), document_id=found)
    return found


@pytest.mark.clause("379/4.3", "217/11.6")
def test_a_secret_document_goes_all_the_way_and_stands_in_clear_nowhere(
    cleared: World, visit: Visit, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    document = issued(cleared)
    clerk = visit(CLERK)
    page = clerk.get(f"/van-ban/{document}").content.decode()
    assert "Hải đăng xanh" in page, "who may read it reads its abstract"
    history = clerk.get(f"/van-ban/{document}/qua-trinh").content.decode()
    assert REASON in history
    assert sweep.in_columns(MARKS) == []
    assert sweep.in_files(MARKS) == []
    assert not sweep.in_bytes(MARKS, [caplog.text.encode()])
    reader = cleared.actor(DRAFTER)
    view = queries.document(reader, document)
    assert (view.abstract, view.state, view.secrecy) == (ABSTRACT, "issued", Secrecy.CONFIDENTIAL)
    assert BODY in queries.fields(reader, document).body
    (file,) = queries.attachments(reader, document)
    assert (
        file.name == "tep-kem-1.txt" and b"".join(queries.attachment_pieces(reader, file.id)[1]) == CONTENT.encode() * 9
    )
    assert OPINION in {one.text for one in queries.opinions(reader, document)}
    assert REASON in {one.reason for one in queries.revisions(reader, document)}


def test_titles_lists_and_search_say_nothing_even_to_who_may_read_it(cleared: World, visit: Visit) -> None:
    document = issued(cleared)
    number = queries.document(cleared.actor(CLERK), document).reference_number
    clerk = visit(CLERK)
    for address in ("/van-ban-di", f"/tim?q={number}", "/theo-doi"):
        assert not sweep.in_bytes(MARKS, [clerk.get(address).content]), address
    assert str(document) in clerk.get("/van-ban-di").content.decode()
    page = clerk.get(f"/van-ban/{document}").content.decode()
    title = page[page.index("<title>") : page.index("</title>")]
    assert not sweep.in_bytes(MARKS, [title.encode()])
    assert queries.search(cleared.actor(CLERK), text="Hải đăng xanh").rows == ()
    api = clerk.get("/api/v1/documents?box=outgoing").content
    assert not sweep.in_bytes(MARKS, [api])


def test_clearance_need_to_know_and_position_decide_together(cleared: World, visit: Visit) -> None:
    document = issued(cleared)
    leader, uncleared, administrator = "binh.tran", "luu.phan", "quan.tri.tw"
    for login in (leader, administrator):
        cleared.confer(login, Office.CLEARED, organisation=CENTRE)
    here = f"/van-ban/{document}"
    assert visit(leader).get(here).status_code == 404, "cleared and leading, but no need to know"
    acts.grant_access(document_id=document, person_id=cleared.person(leader), why="forwarded")
    assert visit(leader).get(here).status_code == 200
    for login, why in ((uncleared, "named, but not cleared"), (administrator, "named and cleared, but in no position")):
        acts.grant_access(document_id=document, person_id=cleared.person(login), why="forwarded")
        client = visit(login)
        for address in (
            here,
            f"/api/v1/documents/{document}",
            "/van-ban-di",
            "/viec",
            "/tim?q=chuyen",
            "/quyet",
            "/ho-so",
        ):
            answer = client.get(address)
            assert answer.status_code == 404 or here.encode() not in answer.content, (why, address)
            assert not sweep.in_bytes(MARKS, [answer.content]), (why, address)


def test_without_a_product_nothing_secret_begins_and_the_way_is_named(world: World) -> None:
    world.confer(DRAFTER, Office.CLEARED, organisation=CENTRE)
    with refused("217/5.1") as no:
        world.drafted(secrecy=Secrecy.CONFIDENTIAL)
    assert "mật mã" in no.value.reason or "cơ yếu" in no.value.next_step


@pytest.mark.clause("379/1.2")
@pytest.mark.parametrize("level", [Secrecy.SECRET, Secrecy.TOP_SECRET])
def test_above_secret_is_refused_with_any_product_and_only_its_dispatch_is_registered(
    cleared: World, level: Secrecy
) -> None:
    with refused("217/5.1") as no:
        cleared.drafted(secrecy=level, abstract=ABSTRACT)
    assert "cơ yếu" in no.value.next_step
    note = registry.note_cipher_dispatch(
        actor=cleared.actor(CLERK), organisation_id=cleared.organisation(CENTRE), office_number="12/CY", secrecy=level
    )
    (entry,) = ledger.history(note)
    assert entry.act == "registry.cipher.noted"
    assert sweep.in_columns(MARKS) == []


def test_who_is_not_cleared_writes_nothing_secret_and_nothing_changes_its_secrecy(cleared: World) -> None:
    cleared_drafter = cleared.drafted()
    fields = queries.fields(cleared.actor(DRAFTER), cleared_drafter)
    with refused("217/5.1"):
        acts.revise_draft(
            actor=cleared.actor(DRAFTER),
            document_id=cleared_drafter,
            fields=replace(fields, secrecy=Secrecy.CONFIDENTIAL),
            expected_revision=1,
        )
    with refused("379/22.2"):
        acts.create_draft(
            actor=cleared.actor("binh.tran"),
            organisation_id=cleared.organisation(CENTRE),
            fields=cleared.fields(secrecy=Secrecy.CONFIDENTIAL),
        )


def test_when_the_product_is_gone_its_contents_stay_shut(cleared: World, product: ReferenceProduct) -> None:
    document = drafted(cleared)
    bound = ports.bound()
    ports.bind(replace(bound, product=None))
    try:
        with pytest.raises(CipherMissing):
            queries.document(cleared.actor(DRAFTER), document)
        with pytest.raises(CipherMissing):
            queries.fields(cleared.actor(DRAFTER), document)
    finally:
        ports.bind(bound)


def test_the_reference_product_refuses_altered_bytes_and_other_places(product: ReferenceProduct) -> None:
    assert not product.is_certified and "không được" in product.title
    sealed = product.seal(b"x" * 40, b"a")
    assert product.open(sealed, b"a") == b"x" * 40
    for wrong, context in ((sealed, b"b"), (sealed[:-1] + b"\0", b"a"), (b"", b"a"), (sealed[:20], b"a")):
        with pytest.raises(CipherRefused):
            product.open(wrong, context)
    with pytest.raises(CipherRefused):
        product.seal_for(b"x", "A00.01", b"a")


@pytest.mark.clause("217/5.2", "217/10.2")
def test_what_people_write_about_a_received_secret_document_is_sealed_too(
    world: World, product: ReferenceProduct
) -> None:
    for login in (PROVINCE_CLERK, PROVINCE_LEADER, LEAD):
        world.confer(login, Office.CLEARED, organisation=PROVINCE)
    found = world.verified(world.original(), abstract=ABSTRACT, secrecy=Secrecy.CONFIDENTIAL)
    clerk, leader = world.actor(PROVINCE_CLERK), world.actor(PROVINCE_LEADER)
    registry.refer_defect(actor=clerk, document_id=found, kind="form", words=OPINION)
    world.confirm(PROVINCE_LEADER, "settle_defect", world.digest(found))
    acts.grant_access(document_id=found, person_id=world.person(PROVINCE_LEADER), why="defect")
    registry.settle_defect(actor=leader, document_id=found, outcome="proceed", reason=REASON)
    registry.register_incoming(actor=clerk, document_id=found, forward_to=world.person(PROVINCE_LEADER))
    casework.assign(
        actor=leader, document_id=found, lead=world.person(LEAD), supporting=[], due_on=world.today() + WEEK, text=BODY
    )
    piece = world.piece(found, LEAD)
    worker = world.actor(LEAD)
    casework.take_up(actor=worker, assignment_id=piece)
    casework.report_result(
        actor=worker, assignment_id=piece, text=CONTENT, attachment=(FILE, "text/plain", CONTENT.encode())
    )
    casework.settle_result(actor=leader, assignment_id=piece, outcome="return", reason=REASON)
    assert sweep.in_columns(MARKS) == []
    assert sweep.in_files(MARKS) == []
    (instruction,) = work.instructions(leader, found)
    (result,) = work.results(leader, found)
    assert (instruction.words, result.words, result.reason) == (BODY, CONTENT, REASON)
    assert {one.words for one in books.defects(clerk, found)} == {OPINION}
    assert REASON in {entry.reason for entry in queries.history(leader, found)}

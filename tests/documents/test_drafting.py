"""create_draft, revise_draft, attach, detach: what is kept, what is refused, that a refusal changes nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from antin.documents import acts, queries
from antin.documents.facts import DraftFields
from antin.ledger import queries as ledger
from antin.regulation import RuleViolation
from antin.values import Method, Secrecy, new_id
from antin.vault import queries as vault

from .conftest import World, refused

pytestmark = pytest.mark.django_db


@pytest.mark.clause("379/14.p1", "217/11.4", "217/11.5", "217/11.6", "379/12.2.b")
def test_create_draft_keeps_fields_digest_and_one_entry(world: World) -> None:
    document_id = world.draft()
    seen = queries.document(world.drafter, document_id)
    assert (seen.state, seen.direction, seen.validity, seen.custody) == ("draft", "outgoing", "", "current")
    assert seen.revision == 1
    assert seen.drafter_id == world.drafter.person_id
    assert seen.approver_id == seen.signatory_id == world.leader.person_id
    assert seen.signer_name == world.leader.name
    assert seen.issuing_name == "Tỉnh uỷ Lạc Giang (mẫu)"
    assert queries.fields(world.drafter, document_id) == world.fields()
    (entry,) = ledger.history(document_id)
    assert entry.act == "documents.draft.created"
    assert entry.facts["digest"] == seen.digest
    assert entry.office == "drafter"
    assert "mẫu" not in str(entry.facts)


@pytest.mark.clause("379/4.5")
def test_create_draft_leaves_no_text_in_the_database(world: World) -> None:
    world.draft(body="Nội dung rất riêng XYZZY")
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE tablename LIKE 'documents_%' OR tablename LIKE 'vault_%'")
        for (table,) in cursor.fetchall():
            cursor.execute(f"SELECT count(*) FROM {table} t WHERE t::text LIKE '%XYZZY%'")
            assert cursor.fetchone() == (0,), table


@pytest.mark.parametrize("secrecy", [Secrecy.CONFIDENTIAL, Secrecy.SECRET, Secrecy.TOP_SECRET])
@pytest.mark.clause("217/5.1", "379/1.2", "379/4.3", "379/22.2")
def test_create_draft_above_open_without_cipher_is_refused(world: World, secrecy: Secrecy) -> None:
    with refused("217/5.1"):
        world.draft(secrecy=secrecy)
    assert queries.listing(world.drafter, box="mine").rows == ()


def test_create_draft_by_people_without_the_mandate_is_refused(world: World) -> None:
    for actor in (world.clerk, world.leader, world.stranger, world.auditor):
        with refused("379/14.p1"):
            acts.create_draft(actor=actor, organisation_id=world.body, fields=world.fields())
    with refused("379/12.2.b"):
        weak = replace(world.drafter, method=Method.PASSWORD)
        acts.create_draft(actor=weak, organisation_id=world.body, fields=world.fields())


def test_create_draft_of_unknown_type_or_signatory_is_refused(world: World) -> None:
    with refused("217/11.4"):
        world.draft(type_code="khong_co")
    with refused("379/13.2"):
        world.draft(signatory_id=new_id())


@pytest.mark.parametrize("data", [b"MZ not a pdf", b"%PDF-1.7 broken"])
@pytest.mark.clause("379/5.4")
def test_create_draft_with_a_file_that_is_no_pdf_is_refused(world: World, data: bytes) -> None:
    with pytest.raises(RuleViolation):
        acts.create_draft(actor=world.drafter, organisation_id=world.body, fields=world.fields(), pdf=data)
    assert queries.listing(world.drafter, box="drafts").rows == ()


@pytest.mark.clause("379/17.1", "379/17.3")
def test_revise_draft_keeps_every_revision_and_compares_them(world: World) -> None:
    document_id = world.draft()
    changed = world.fields(abstract="Về kế hoạch mới (mẫu)", body="Điều 1. Ban hành kế hoạch.\n\nĐiều 2. Bãi bỏ.")
    revision = acts.revise_draft(
        actor=world.drafter, document_id=document_id, fields=changed, expected_revision=1, reason="theo góp ý"
    )
    assert revision == 2
    second, first = queries.revisions(world.drafter, document_id)
    assert (first.revision, second.revision, second.reason) == (1, 2, "theo góp ý")
    assert second.author_name == world.drafter.name
    assert queries.fields(world.drafter, document_id, 1) == world.fields()
    found = queries.compare(world.drafter, document_id, 1, 2)
    assert [f.name for f in found.fields] == ["abstract"]
    assert [r.kind for r in found.lines] == ["same", "same", "changed"]
    assert world.entries(document_id) == ["documents.draft.created", "documents.draft.revised"]


def test_revise_draft_without_a_change_writes_nothing(world: World) -> None:
    document_id = world.draft()
    again = acts.revise_draft(actor=world.drafter, document_id=document_id, fields=world.fields(), expected_revision=1)
    assert again == 1
    assert world.entries(document_id) == ["documents.draft.created"]


@pytest.mark.clause("379/17.3")
def test_revise_draft_on_an_older_revision_is_refused(world: World) -> None:
    document_id = world.draft()
    revise = {"actor": world.drafter, "document_id": document_id}
    acts.revise_draft(**revise, fields=world.fields(abstract="Hai"), expected_revision=1)
    with refused("379/17.3"):
        acts.revise_draft(**revise, fields=world.fields(abstract="Ba"), expected_revision=1)
    assert queries.document(world.drafter, document_id).abstract == "Hai"


@pytest.mark.clause("379/17.2")
def test_revise_draft_after_approval_is_refused(world: World) -> None:
    document_id = world.approved()
    before = queries.document(world.drafter, document_id)
    with refused("379/17.2"):
        acts.revise_draft(
            actor=world.drafter, document_id=document_id, fields=world.fields(body="khác"), expected_revision=1
        )
    with refused("379/17.2"):
        acts.attach(actor=world.drafter, document_id=document_id, name="a.txt", media_type="text/plain", data=b"x")
    assert queries.document(world.drafter, document_id) == before


def test_revise_draft_in_review_is_refused(world: World) -> None:
    document_id = world.in_review()
    with refused("379/17.1"):
        acts.revise_draft(
            actor=world.drafter, document_id=document_id, fields=world.fields(body="khác"), expected_revision=1
        )


@pytest.mark.clause("379/4.4")
def test_foreign_document_and_missing_document_get_the_same_answer(world: World) -> None:
    document_id = world.draft()
    said = []
    for wanted in (document_id, new_id()):
        for attempt in (
            lambda w: acts.revise_draft(
                actor=world.drafter2, document_id=w, fields=world.fields(), expected_revision=1
            ),
            lambda w: acts.submit(actor=world.stranger, document_id=w, route=()),
            lambda w: queries.document(world.stranger, w),
            lambda w: queries.pdf(world.clerk, w),
            lambda w: queries.history(world.auditor, w),
        ):
            with refused("379/4.4") as caught:
                attempt(wanted)
            said.append(str(caught.value))
    assert len(set(said)) == 1


@pytest.mark.clause("217/11.7")
def test_attach_and_detach_make_revisions_and_old_ones_keep_the_file(world: World) -> None:
    document_id = world.draft()
    attachment_id = acts.attach(
        actor=world.drafter,
        document_id=document_id,
        name="phụ lục.xlsx",
        media_type="application/vnd.ms-excel",
        data=b"so",
    )
    digests = [queries.document(world.drafter, document_id).digest]
    view, pieces = queries.attachment_pieces(world.drafter, attachment_id)
    assert (view.name, b"".join(pieces)) == ("phụ lục.xlsx", b"so")
    acts.detach(actor=world.drafter, document_id=document_id, attachment_id=attachment_id)
    seen = queries.document(world.drafter, document_id)
    assert (seen.revision, seen.attachment_count) == (3, 0)
    assert queries.attachments(world.drafter, document_id) == ()
    assert [a.id for a in queries.attachments(world.drafter, document_id, 2)] == [attachment_id]
    first, third = queries.revisions(world.drafter, document_id)[2], queries.revisions(world.drafter, document_id)[0]
    assert first.digest == third.digest != digests[0]
    found = queries.compare(world.drafter, document_id, 1, 2)
    assert found.attachments_added == ("phụ lục.xlsx",)
    with refused("379/4.4"):
        acts.detach(actor=world.drafter, document_id=document_id, attachment_id=attachment_id)


@pytest.mark.parametrize(
    ("name", "media_type", "data"),
    [
        ("a" * 201, "text/plain", b"x"),
        ("", "text/plain", b"x"),
        ("a.txt", "text plain", b"x"),
        ("a.txt", "text/plain", b""),
    ],
)
def test_attach_of_a_hostile_file_is_refused(world: World, name: str, media_type: str, data: bytes) -> None:
    document_id = world.draft()
    with refused("217/11.7"):
        acts.attach(actor=world.drafter, document_id=document_id, name=name, media_type=media_type, data=data)
    assert queries.document(world.drafter, document_id).revision == 1


@pytest.mark.clause("379/17.2")
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE documents_revision SET digest = 'x'",
        "DELETE FROM documents_revision",
        "UPDATE documents_attachment SET content_id = gen_random_uuid()",
        "DELETE FROM documents_rendition",
        "DELETE FROM documents_document",
        "UPDATE documents_document SET state = 'arrived'",
        "UPDATE documents_document SET secrecy = 'secret'",
        "UPDATE documents_document SET validity = 'in_force'",
    ],
)
def test_database_itself_refuses_to_rewrite_what_is_kept(world: World, statement: str) -> None:
    document_id = world.draft()
    acts.attach(actor=world.drafter, document_id=document_id, name="a.txt", media_type="text/plain", data=b"x")
    acts.keep_rendition(document_id=document_id, kind="laid_out", data=b"%PDF", pages=1)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_hostile_text_is_stored_in_normal_form(world: World) -> None:
    document_id = world.draft(abstract="Về\x00 vi\u0065\u0323\u0302c \u202eA", body="a\r\nb\x07")
    kept: DraftFields = queries.fields(world.drafter, document_id)
    assert (kept.abstract, kept.body) == ("Về việc A", "a\nb")


def test_uploaded_pdf_is_kept_dropped_and_counted_in_the_digest(world: World, small_pdf: bytes) -> None:
    document_id = acts.create_draft(
        actor=world.drafter, organisation_id=world.body, fields=world.fields(), pdf=small_pdf
    )
    assert queries.uploaded_pdf(document_id) == small_pdf
    first = queries.document(world.drafter, document_id).digest
    revise = {"actor": world.drafter, "document_id": document_id}
    acts.revise_draft(**revise, fields=world.fields(abstract="Hai"), expected_revision=1)
    assert queries.uploaded_pdf(document_id) == small_pdf
    acts.revise_draft(**revise, fields=world.fields(), expected_revision=2, pdf=b"")
    assert queries.uploaded_pdf(document_id) is None
    assert queries.document(world.drafter, document_id).digest != first


def test_stored_contents_carry_the_documents_own_key(world: World) -> None:
    document_id = world.draft()
    attachment_id = acts.attach(
        actor=world.drafter, document_id=document_id, name="a.txt", media_type="text/plain", data=b"x"
    )
    view, _data = queries.attachment_pieces(world.drafter, attachment_id)
    assert vault.describe(view.content_id).owner == document_id

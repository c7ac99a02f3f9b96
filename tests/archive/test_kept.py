"""What the archive holds: as it was received or signed, with origin, recipient and times; read by right, out of reach of daily work."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from tests.signing.archival.conftest import Ahead, ahead, surveyed
from tests.web.conftest import Visit, visit

from antin.archive import acts, queries, rules
from antin.casework import acts as casework
from antin.documents import acts as documents
from antin.documents import queries as documents_queries
from antin.documents.facts import RenditionKind
from antin.ledger import queries as ledger
from antin.registry import acts as registry
from antin.registry import queries as registry_queries
from antin.signing import ports as signing
from antin.signing.archival import renewing
from antin.signing.verdict import Policy, validate
from antin.values import Custody, sha256_hex, to_vietnam
from antin.vault.rules import ContentDamaged
from disposal import ARCHIVIST, AUTHORITY
from world import CENTRE, CLERK, LEAD, PROVINCE, PROVINCE_CLERK, PROVINCE_LEADER, SIGNATORY, World, refused

__all__ = ["ahead", "visit"]

CENTRE_ARCHIVIST, TITLE = "luu.phan", "Hồ sơ kín (mẫu)"
MID_2030, FIRST_ENDED = datetime(2030, 6, 1, tzinfo=UTC), datetime(2037, 6, 1, tzinfo=UTC)
BOTH = Policy(("person", "seal"))


def closed(world: World, document: UUID, *, clerk: str = PROVINCE_CLERK, organisation: str = PROVINCE) -> UUID:
    """The document alone in a closed case file of its organisation; the case file."""
    keeper, body = world.actor(clerk), world.organisation(organisation)
    heading = casework.open_file_class(
        actor=keeper, organisation_id=body, code="TH", title="Tổng hợp", retention="07", years=20, basis="mẫu"
    )
    case = casework.open_case_file(actor=keeper, class_id=heading, title=TITLE).id
    casework.place_in_case_file(actor=keeper, case_file_id=case, document_id=document)
    casework.close_case_file(actor=keeper, case_file_id=case)
    return case


def received(world: World) -> UUID:
    """Came from the centre, was registered and completed at the province, is archived there."""
    found = world.registered(world.original())
    casework.complete(actor=world.actor(PROVINCE_LEADER), document_id=found)
    acts.accept_case_file(actor=world.actor(ARCHIVIST), case_file_id=closed(world, found))
    return found


def issued(world: World) -> UUID:
    """Signed, sealed and issued by the centre, archived there."""
    found = world.issued()
    case = closed(world, found, clerk=CLERK, organisation=CENTRE)
    acts.accept_case_file(actor=world.actor(CENTRE_ARCHIVIST), case_file_id=case)
    return found


@pytest.mark.clause("379/18.p1", "379/24.3")
def test_received_document_is_kept_as_it_came_with_origin_recipient_and_times(world: World, visit: Visit) -> None:
    """Article 13 (1) of the Law on Electronic Transactions: at hand, in the form it came, whence, to whom and when."""
    found, clerk = received(world), world.actor(PROVINCE_CLERK)
    pages, rendition = documents_queries.pdf(clerk, found)
    assert pages == world.original() and rendition.digest == sha256_hex(pages)
    view = documents_queries.document(clerk, found)
    assert view.custody is Custody.ARCHIVED
    assert (view.sender_code, view.issuing_name) == (CENTRE, "Văn phòng Trung ương (mẫu)")
    assert view.owner_id == world.organisation(PROVINCE)
    assert view.arrived_at is not None and view.arrived_at.tzinfo is not None
    client = visit(PROVINCE_CLERK)
    page = client.get(f"/van-ban/{found}").content.decode()
    for words in (
        "01-QĐ/VPTW",
        "Văn phòng Trung ương (mẫu)",
        "Hoàng Mẫu Giang",
        f"{to_vietnam(view.arrived_at):%d/%m/%Y}",
    ):
        assert words in page, words
    assert b"".join(client.get(f"/van-ban/{found}/goc")) == pages  # type: ignore[arg-type]
    text = subprocess.run(["pdftotext", "-", "-"], input=pages, capture_output=True, check=True).stdout.decode()
    assert "QUYẾT ĐỊNH" in text, "usable: the text can be read out of it"
    assert validate(pages, at=datetime.now(UTC), trust=signing.bound().trust, policy=BOTH).verdict == "valid"


@pytest.mark.clause("379/18.p1", "379/24.3")
def test_issued_document_is_kept_as_it_was_signed_and_its_fixity_is_on_record(world: World) -> None:
    found, clerk = issued(world), world.actor(CLERK)
    sealed = world.pdf(found)
    assert documents_queries.pdf(clerk, found)[0] == sealed
    assert registry_queries.legal_effect(clerk, found).verdict == "original_sealed"
    view = documents_queries.document(clerk, found)
    assert (view.custody, view.issuing_code, view.recipients) == (Custody.ARCHIVED, CENTRE, (PROVINCE,))
    assert view.signed_at is not None and view.issued_at is not None and view.signed_at <= view.issued_at
    (holding,) = queries.holdings(world.actor(CENTRE_ARCHIVIST))
    entry = next(one for one in ledger.history(holding.case.id) if one.act == "archive.case_file.settled")
    digest = documents_queries.facts(found).digest
    assert entry.facts["digest"] == rules.list_digest([(found, digest)])


@pytest.mark.clause("379/23.1", "379/23.1.b")
def test_daily_work_cannot_touch_what_is_archived(world: World) -> None:
    found = received(world)
    before = world.pdf(found), documents_queries.facts(found), len(ledger.history(found))
    clerk, leader = world.actor(PROVINCE_CLERK), world.actor(PROVINCE_LEADER)
    lead = world.person(LEAD)
    for act in (
        lambda: registry.verify(actor=clerk, document_id=found),
        lambda: registry.forward(actor=clerk, document_id=found, to_person=lead),
        lambda: registry.return_document(actor=clerk, document_id=found, reason="Sai nơi nhận."),
        lambda: casework.assign(actor=leader, document_id=found, lead=lead, due_on=None, text="Làm lại."),
        lambda: casework.complete(actor=leader, document_id=found),
        lambda: casework.reopen(actor=leader, document_id=found, reason="Làm tiếp."),
    ):
        with refused("379/23.1.b"):
            act()
    assert (world.pdf(found), documents_queries.facts(found), len(ledger.history(found))) == before


@pytest.mark.clause("379/23.1.b", "379/23.2.b")
def test_a_byte_changed_in_the_archive_is_never_shown_as_the_document(world: World, visit: Visit) -> None:
    """Whoever writes on the disk behind the archive's back: reading is refused, and exact again once the byte is."""
    found, client = received(world), visit(PROVINCE_CLERK)
    pages = documents_queries.pdf(world.actor(PROVINCE_CLERK), found)[0]
    for blob in blobs_of(found):
        kept = blob.read_bytes()
        blob.chmod(0o600)
        blob.write_bytes(kept[:40] + bytes([kept[40] ^ 1]) + kept[41:])
        try:
            with pytest.raises(ContentDamaged):
                documents_queries.pdf(world.actor(PROVINCE_CLERK), found)
            answer = client.get(f"/van-ban/{found}/goc")
            assert answer.status_code == 422 and b"%PDF" not in answer.content
        finally:
            blob.write_bytes(kept)
    assert documents_queries.pdf(world.actor(PROVINCE_CLERK), found)[0] == pages


@pytest.mark.clause("379/23.1.b", "379/23.2.b")
def test_an_archived_document_is_proven_beyond_the_end_of_its_algorithms(world: World, ahead: Ahead) -> None:
    """Its archive timestamp is renewed in the archive as before it; the signed bytes stay, only a proof is added."""
    found = issued(world)
    surveyed()
    sealed = world.pdf(found)
    ahead.go_to(MID_2030)
    ahead.renew_authority()
    assert renewing.renew_due() == 1
    assert documents_queries.facts(found).custody is Custody.ARCHIVED
    assert world.pdf(found) == sealed
    renewed, rendition = documents_queries.pdf(world.actor(CLERK), found)
    assert rendition.kind == RenditionKind.RENEWED and renewed.startswith(sealed)
    trust = signing.bound().trust
    told = [validate(pdf, at=FIRST_ENDED, trust=trust, policy=BOTH).verdict for pdf in (sealed, renewed)]
    assert told == ["indeterminate", "valid"]


@pytest.mark.clause("379/23.2.d")
def test_the_archive_opens_by_right(world: World, visit: Visit) -> None:
    """By default nobody: its shelf by office in that organisation, each document by who may read it, as before."""
    found = world.registered(world.original())
    casework.complete(actor=world.actor(PROVINCE_LEADER), document_id=found)
    case = closed(world, found)
    offered = f"/luu-tru/{case}/nhan"
    for login in (PROVINCE_CLERK, PROVINCE_LEADER, LEAD, CENTRE_ARCHIVIST, SIGNATORY, CLERK):
        assert visit(login).post(offered).status_code == 404, login
        with refused("379/4.4") as no:
            acts.accept_case_file(actor=world.actor(login), case_file_id=case)
        assert "379/23.2.d" in no.value.next_step
    assert visit(ARCHIVIST).post(offered).status_code == 303
    sees = {
        login: TITLE in visit(login).get("/luu-tru").content.decode()
        for login in (ARCHIVIST, AUTHORITY, LEAD, CENTRE_ARCHIVIST, SIGNATORY, CLERK, "quan.tri.tw", "tam.ho")
    }
    assert {login for login, seen in sees.items() if seen} == {ARCHIVIST, AUTHORITY}
    address = f"/van-ban/{found}/goc"
    opened = {
        login: visit(login).get(address).status_code
        for login in (PROVINCE_CLERK, PROVINCE_LEADER, LEAD, ARCHIVIST, CENTRE_ARCHIVIST, "quan.tri.tw", "tam.ho")
    }
    assert {login for login, status in opened.items() if status == 200} == {PROVINCE_CLERK, PROVINCE_LEADER}
    assert set(opened.values()) == {200, 404}
    assert Client().get(address).status_code == 302
    documents.grant_access(document_id=found, person_id=world.person(ARCHIVIST), why="forwarded")
    assert visit(ARCHIVIST).get(address).status_code == 200


def blobs_of(document: UUID) -> list[Path]:
    """The sealed object of its pages on the disk."""
    (content, *_more) = documents_queries.stored_contents(document)
    with connection.cursor() as cursor:
        cursor.execute("select sealed_digest from vault_content where id = %s", [content])
        (name,) = cursor.fetchone()
    return [one for one in Path(settings.ANTIN.path("blobs")).rglob("*") if one.name.endswith(name[-20:])]

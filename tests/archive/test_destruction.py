"""From the closed case file to a destruction that several people decided and nothing survives (379/20, 379/3.4)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings
from django.db import connection, transaction

from antin.archive import acts, queries
from antin.archive.views import ItemView
from antin.casework import acts as casework
from antin.casework import queries as casework_queries
from antin.documents import acts as documents
from antin.documents import queries as documents_queries
from antin.ledger import acts as ledger_acts
from antin.ledger import queries as ledger
from antin.regulation import RuleViolation
from antin.values import Office
from antin.vault import queries as vault
from antin.vault.rules import ContentDestroyed
from disposal import purged
from world import LEAD, PROVINCE, PROVINCE_CLERK, PROVINCE_LEADER, World, refused

ARCHIVIST, APPRAISER, AUTHORITY, EXECUTOR, AUDITOR = "quy.mai", "khanh.do", "son.ngo", "minh.bui", "tam.ho"
MARK = "Hải đăng xanh"
WHY = "Hết thời hạn bảo quản."


@pytest.fixture
def archive(world: World) -> World:
    """The province, which has an archivist, an appraiser, a competent authority, an executor and an auditor."""
    return world


def closed_case(world: World, *documents_in: UUID, title: str = f"{MARK}, hồ sơ (mẫu)", code: str = "TH") -> UUID:
    clerk, body = world.actor(PROVINCE_CLERK), world.organisation(PROVINCE)
    known = [one.id for one in casework_queries.file_plan(body) if one.code == code]
    heading = known or [
        casework.open_file_class(
            actor=clerk, organisation_id=body, code=code, title="Tổng hợp", retention="07", years=1, basis="mẫu"
        )
    ]
    case = casework.open_case_file(actor=clerk, class_id=heading[0], title=title).id
    for document in documents_in:
        casework.place_in_case_file(actor=clerk, case_file_id=case, document_id=document)
    casework.close_case_file(actor=clerk, case_file_id=case)
    return case


def returned(world: World, abstract: str = f"{MARK} (mẫu)") -> UUID:
    """A document whose life here has ended."""
    from antin.registry import acts as registry

    found = world.registered(world.original(), abstract=abstract)
    registry.return_document(actor=world.actor(PROVINCE_CLERK), document_id=found, reason=f"{abstract}, trả lại.")
    return found


def run_out(case: UUID, days: int = 1) -> None:
    """As if the years had passed."""
    with connection.cursor() as cursor:
        cursor.execute("update casework_case_file set retained_until = current_date - %s where id = %s", [days, case])


def due(world: World, *documents_in: UUID, code: str = "TH") -> UUID:
    case = closed_case(world, *documents_in, code=code)
    acts.accept_case_file(actor=world.actor(ARCHIVIST), case_file_id=case)
    run_out(case)
    return case


def proposed(world: World, *cases: UUID) -> UUID:
    return acts.propose(
        actor=world.actor(ARCHIVIST), organisation_id=world.organisation(PROVINCE), case_file_ids=cases, reason=WHY
    )


def digest(world: World, list_id: UUID) -> str:
    return queries.destruction(world.actor(ARCHIVIST), list_id).digest


def examined(world: World, list_id: UUID, *, login: str = APPRAISER, struck: dict[UUID, str] | None = None) -> None:
    shown = digest(world, list_id)
    world.confirm(login, "examine_destruction", shown)
    acts.examine(actor=world.actor(login), destruction_id=list_id, digest=shown, opinion="Đồng ý.", struck=struck)


def decided(world: World, list_id: UUID, *, login: str = AUTHORITY, approve: bool = True) -> None:
    shown = digest(world, list_id)
    world.confirm(login, "decide_destruction", shown)
    acts.decide(
        actor=world.actor(login), destruction_id=list_id, digest=shown, approve=approve, basis="QĐ 9 (mẫu)", reason=WHY
    )


def executed(world: World, list_id: UUID, *, login: str = EXECUTOR) -> int:
    shown = digest(world, list_id)
    world.confirm(login, "execute_destruction", shown)
    return acts.execute(actor=world.actor(login), destruction_id=list_id, digest=shown)


def approved(world: World, *cases: UUID) -> UUID:
    found = proposed(world, *cases)
    examined(world, found)
    decided(world, found)
    return found


def items(world: World, list_id: UUID) -> tuple[ItemView, ...]:
    return queries.items(world.actor(ARCHIVIST), list_id)


@pytest.mark.clause("379/23.2.a", "379/25.p1", "379/23.2.b")
def test_the_archive_takes_over_what_is_closed_and_whole(archive: World) -> None:
    world, document = archive, returned(archive)
    case = closed_case(world, document)
    assert [one.id for one in queries.offered(world.actor(ARCHIVIST))] == [case]
    with refused("379/4.4"):
        acts.accept_case_file(actor=world.actor(PROVINCE_CLERK), case_file_id=case)
    acts.accept_case_file(actor=world.actor(ARCHIVIST), case_file_id=case)
    assert documents_queries.facts(document).custody == "archived"
    assert queries.offered(world.actor(ARCHIVIST)) == ()
    (holding,) = queries.holdings(world.actor(ARCHIVIST))
    assert (holding.case.state, holding.is_due) == ("archived", False)
    with pytest.raises(RuleViolation):
        casework.reopen_case_file(actor=world.actor(PROVINCE_LEADER), case_file_id=case, reason="Bổ sung.")
    with pytest.raises(RuleViolation):
        acts.accept_case_file(actor=world.actor(ARCHIVIST), case_file_id=case)


@pytest.mark.clause("379/23.2.b")
def test_damaged_content_is_not_taken_over(archive: World) -> None:
    world, document = archive, returned(archive)
    case = closed_case(world, document)
    content = documents_queries.stored_contents(document)[0]
    with connection.cursor() as cursor:
        cursor.execute("select sealed_digest from vault_content where id = %s", [content])
        name = cursor.fetchone()[0]
    (blob,) = [path for path in Path(settings.ANTIN.path("blobs")).rglob("*") if path.name.endswith(name[-20:])]
    kept = blob.read_bytes()
    blob.chmod(0o600)
    blob.write_bytes(kept[:-1] + bytes([kept[-1] ^ 1]))
    try:
        with refused("379/23.2.b"):
            acts.accept_case_file(actor=world.actor(ARCHIVIST), case_file_id=case)
    finally:
        blob.write_bytes(kept)
    assert documents_queries.facts(document).custody == "current"


@pytest.mark.clause("379/20.1", "379/24.2")
def test_only_what_is_due_and_held_by_nobody_is_proposed(archive: World) -> None:
    world, document = archive, returned(archive)
    case = closed_case(world, document)
    with refused("379/4.4"):
        proposed(world, case)
    acts.accept_case_file(actor=world.actor(ARCHIVIST), case_file_id=case)
    with refused("379/20.1"):
        proposed(world, case)
    run_out(case)
    hold = acts.hold(actor=world.actor(AUTHORITY), case_file_id=case, basis="Đang kiểm tra.")
    with refused("379/20.1"):
        proposed(world, case)
    (holding,) = queries.holdings(world.actor(ARCHIVIST))
    assert holding.why_not == "Đang có lệnh giữ lại."
    acts.lift_hold(actor=world.actor(AUTHORITY), hold_id=hold, reason="Xong.")
    past = world.today() - timedelta(days=1)
    acts.hold(actor=world.actor(AUTHORITY), case_file_id=case, basis="Đã qua.", until=past)
    assert len(queries.holdings(world.actor(ARCHIVIST), due_only=True)) == 1
    assert items(world, proposed(world, case))[0].document_id == document


@pytest.mark.clause("379/24.2", "379/20.1")
def test_a_document_is_kept_as_long_as_the_longest_of_its_case_files(archive: World) -> None:
    world, document = archive, returned(archive)
    short, long = due(world, document), closed_case(world, document, code="LÂU")
    with refused("379/20.1"):
        proposed(world, short)
    run_out(long)
    assert proposed(world, short)


@pytest.mark.clause("379/20.1", "379/25.p1")
def test_no_two_steps_of_one_hand(archive: World) -> None:
    world = archive
    found = proposed(world, due(world, returned(world)))
    world.confer(ARCHIVIST, Office.APPRAISER, organisation=PROVINCE)
    with refused("379/20.1"):
        examined(world, found, login=ARCHIVIST)
    examined(world, found)
    for login in (ARCHIVIST, APPRAISER):
        world.confer(login, Office.COMPETENT_AUTHORITY, organisation=PROVINCE)
        with refused("379/20.1"):
            decided(world, found, login=login)
    decided(world, found)
    world.confer(AUTHORITY, Office.EXECUTOR, organisation=PROVINCE)
    with refused("379/20.1"):
        executed(world, found, login=AUTHORITY)
    with refused("379/4.4"):
        acts.execute(actor=world.actor(PROVINCE_CLERK), destruction_id=found, digest=digest(world, found))


@pytest.mark.clause("379/20.1")
def test_what_is_decided_is_the_list_that_was_shown_by_a_fresh_code(archive: World) -> None:
    world = archive
    first, second = returned(world), returned(world, "Khác (mẫu)")
    found = proposed(world, due(world, first, second))
    before = digest(world, found)
    struck = next(one.id for one in items(world, found) if one.document_id == second)
    examined(world, found, struck={struck: "Còn cần tra cứu."})
    assert digest(world, found) != before
    world.confirm(AUTHORITY, "decide_destruction", before)
    with refused("379/20.1"):
        acts.decide(actor=world.actor(AUTHORITY), destruction_id=found, digest=before, approve=True, basis="QĐ (mẫu)")
    with pytest.raises(RuleViolation):
        acts.decide(
            actor=world.actor(AUTHORITY), destruction_id=found, digest=digest(world, found), approve=True, basis="QĐ"
        )
    decided(world, found)
    assert executed(world, found) == 1
    assert documents_queries.facts(second).custody == "archived", "what was struck out is kept"


@pytest.mark.clause("379/20.1", "379/20.2", "379/20.3", "379/3.4")
def test_what_was_destroyed_is_in_no_table_no_file_and_no_list_and_its_neighbour_is_whole(
    committed_world: World,
) -> None:
    world = committed_world
    document, neighbour = returned(world), returned(world, "Láng giềng (mẫu)")
    casework_words(world, document)
    code = documents_queries.facts(document).document_code
    other = closed_case(world, neighbour, title="Hồ sơ khác (mẫu)", code="KHÁC")
    acts.accept_case_file(actor=world.actor(ARCHIVIST), case_file_id=other)
    case = due(world, document)
    assert found_in_database(MARK), "before, it is there"
    page = documents_queries.stored_contents(document)[0]
    found = approved(world, case)
    assert executed(world, found) == 1
    assert not found_in_database(MARK)
    with pytest.raises(ContentDestroyed):
        vault.read(page)
    for login in (PROVINCE_CLERK, PROVINCE_LEADER, LEAD, ARCHIVIST):
        with refused("379/4.4"):
            documents_queries.document(world.actor(login), document)
        assert document not in {row.id for row in documents_queries.listing(world.actor(login), box="mine").rows}
    (line,) = queries.destruction_register(world.actor(AUDITOR))
    assert (line.document_code, line.state) == (code, "destroyed")
    assert MARK not in repr(line)
    while ledger_acts.integrate():
        pass
    assert purged() == 1
    acts.attest(actor=world.actor(AUDITOR), destruction_id=found)
    view = queries.destruction(world.actor(AUDITOR), found)
    assert view.state == "attested" and view.attestation == {
        "destroyed": 1,
        "neighbours": 1,
        "unreadable": True,
        "intact": True,
    }
    assert documents_queries.document(world.actor(PROVINCE_CLERK), neighbour).abstract == "Láng giềng (mẫu)"
    told = [entry.act for entry in ledger.history(document)]
    assert told[0] == "archive.document.destroyed" and len(told) > 3, "entries and proofs stay"


def casework_words(world: World, document: UUID) -> None:
    """Words about it in the other rooms' tables too."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into casework_instruction (id, document_id, organisation_id, by, words, people, at)"
            " values (gen_random_uuid(), %s, %s, %s, %s, '[]', now())",
            [document, world.organisation(PROVINCE), world.person(PROVINCE_LEADER), f"{MARK}, xử lý ngay"],
        )


def found_in_database(mark: str) -> list[str]:
    """Every table and column that holds the mark, in text, in JSON or in bytes."""
    places = []
    with connection.cursor() as cursor:
        cursor.execute(
            "select table_name, column_name, data_type from information_schema.columns where table_schema = 'public'"
            " and data_type in ('text', 'character varying', 'jsonb', 'json', 'bytea', 'tsvector')"
        )
        for table, column, kind in cursor.fetchall():
            wanted = mark.encode() if kind == "bytea" else f"%{mark}%"
            how = "position(%s::bytea in {0}) > 0" if kind == "bytea" else "{0}::text ilike %s"
            cursor.execute(f'select count(*) from "{table}" where ' + how.format(f'"{column}"'), [wanted])
            if cursor.fetchone()[0]:
                places.append(f"{table}.{column}")
    return places


@pytest.mark.clause("379/21.3", "379/20.1")
def test_what_is_impounded_is_not_destroyed_whatever_was_decided(archive: World) -> None:
    from datetime import date

    from antin.documents import rules as documents_rules
    from antin.documents.facts import DecisionFacts

    world, document = archive, returned(archive)
    found = approved(world, due(world, document))
    decision = DecisionFacts("Uỷ ban Kiểm tra (mẫu)", "1-QĐ/UBKT", date(2026, 3, 1))
    world.confirm(AUDITOR, "impound", documents_rules.scope_digest(decision, [document]))
    documents.impound(
        actor=world.actor(AUDITOR),
        owner_id=world.organisation(PROVINCE),
        decision=decision,
        document_ids=[document],
        reason="Kiểm tra.",
    )
    with refused("379/21.3"):
        executed(world, found)
    assert vault.read(documents_queries.stored_contents(document)[0])


@pytest.mark.clause("379/20.1")
def test_a_refused_or_withdrawn_list_destroys_nothing_and_frees_its_documents(archive: World) -> None:
    world = archive
    case = due(world, returned(world))
    first = proposed(world, case)
    acts.withdraw(actor=world.actor(ARCHIVIST), destruction_id=first, reason="Nhầm.")
    second = proposed(world, case)
    examined(world, second)
    decided(world, second, approve=False)
    assert queries.destruction(world.actor(ARCHIVIST), second).state == "closed"
    with pytest.raises(RuleViolation):
        executed(world, second)
    assert proposed(world, case)


@pytest.mark.clause("379/20.3")
def test_execution_that_was_broken_off_is_taken_up_again(archive: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from antin.archive.acts import destroying

    world = archive
    found = approved(world, due(world, returned(world), returned(world, "Hai (mẫu)")))
    real, calls = destroying._destroy, []

    def breaks(*given):  # type: ignore[no-untyped-def]
        calls.append(given)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(*given)

    monkeypatch.setattr(destroying, "_destroy", breaks)
    with pytest.raises(KeyboardInterrupt), transaction.atomic():
        executed(world, found)
    monkeypatch.setattr(destroying, "_destroy", real)
    assert queries.destruction(world.actor(ARCHIVIST), found).state == "approved"
    assert executed(world, found) >= 1
    assert {one.state for one in items(world, found)} == {"destroyed"}

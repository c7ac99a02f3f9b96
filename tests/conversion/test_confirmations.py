"""An electronic transaction confirmed on paper: asked for, granted by the competent authority with a code, printed (379/16.2)."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest

from antin.conversion import acts, queries
from antin.conversion.acts.confirmations import ACT
from antin.conversion.views import OutputView
from antin.ledger import queries as ledger
from disposal import destroy
from world import CLERK, PROVINCE, PROVINCE_CLERK, SIGNATORY, World, refused

from .test_copies import bytes_of, code_on, printed, text_of

AUTHORITY = "son.ngo"
WISH = {"purpose": "Xuất trình cho cơ quan kiểm tra (mẫu).", "for_whom": "Uỷ ban Kiểm tra (mẫu)"}
PROCEDURE = "Quy chế cung cấp thông tin số 5-QC/TU (mẫu)"


def asked(world: World, document: UUID, login: str = PROVINCE_CLERK) -> OutputView:
    return acts.request_confirmation(actor=world.actor(login), document_id=document, **WISH)


def granted(world: World, one: OutputView, *, by: str = AUTHORITY, procedure: str = PROCEDURE) -> OutputView:
    world.confirm(by, ACT, one.digest)
    return acts.settle_confirmation(actor=world.actor(by), output_id=one.id, outcome="grant", procedure=procedure)


@pytest.fixture
def arrived(world: World) -> UUID:
    """A document registered at the province, whose competent authority is at hand."""
    return world.registered(world.original(), abstract="Kè đá Hòn Nhạn (mẫu)")


@pytest.mark.clause("379/16.2", "379/16.3.b", "379/16.3.c")
def test_the_paper_says_what_happened_and_who_stands_for_it(world: World, arrived: UUID, tmp_path: Path) -> None:
    one = asked(world, arrived)
    assert [of.id for _view, of in queries.confirmations_waiting(world.actor(AUTHORITY))] == [one.id]
    assert granted(world, one).state == "granted"
    done = acts.print_copy(actor=world.actor(PROVINCE_CLERK), output_id=one.id)
    pdf = bytes_of(world, done, PROVINCE_CLERK)
    text = text_of(pdf, tmp_path)
    view = queries.outputs(world.actor(PROVINCE_CLERK), arrived)[0]
    person = world.people[AUTHORITY]
    for told in (
        "GIẤY XÁC NHẬN",
        "Giấy xác nhận số 1, trang 1/",
        "Kè đá Hòn Nhạn (mẫu)",
        WISH["for_whom"],
        PROCEDURE,
        "Đang có hiệu lực",
        view.code,
        world.actor(AUTHORITY).name,
    ):
        assert told in text, told
    assert person and code_on(pdf, 0).endswith(done.code.replace("-", ""))
    found = queries.look_up(done.code)
    assert found is not None and (found.kind, found.worth) == ("confirmation", "in_force")
    acts_told = [entry.act for entry in ledger.history(arrived)]
    assert {"conversion.confirmation.asked", "conversion.confirmation.settled"} <= set(acts_told)


@pytest.mark.clause("379/16.2")
def test_what_became_of_it_at_each_recipient_stands_there(world: World, tmp_path: Path) -> None:
    document = world.issued()
    one = acts.request_confirmation(actor=world.actor(CLERK), document_id=document, **WISH)
    granted(world, one, by=SIGNATORY)
    done = acts.print_copy(actor=world.actor(CLERK), output_id=one.id)
    text = text_of(bytes_of(world, done), tmp_path)
    assert "Ký số" in text and "Phát hành" in text


@pytest.mark.clause("379/16.2", "379/4.2")
def test_it_is_the_authoritys_word_with_a_code_and_a_procedure(world: World, arrived: UUID) -> None:
    one = asked(world, arrived)
    with refused("379/4.4"):
        acts.settle_paper_output(actor=world.actor(PROVINCE_CLERK), output_id=one.id, outcome="grant")
    with pytest.raises(Exception, match=r"379|người có thẩm quyền|thuộc về"):
        acts.settle_confirmation(
            actor=world.actor(PROVINCE_CLERK), output_id=one.id, outcome="grant", procedure=PROCEDURE
        )
    with refused("379/5.6"):
        acts.settle_confirmation(actor=world.actor(AUTHORITY), output_id=one.id, outcome="grant", procedure=PROCEDURE)
    with refused("379/16.2"):
        granted(world, one, procedure="  ")
    with refused("379/16.2"):
        acts.settle_confirmation(actor=world.actor(AUTHORITY), output_id=one.id, outcome="refuse")
    denied = acts.settle_confirmation(actor=world.actor(AUTHORITY), output_id=one.id, outcome="refuse", reason="Trùng.")
    assert denied.state == "refused" and not queries.confirmations_waiting(world.actor(AUTHORITY))


@pytest.mark.clause("379/16.2")
def test_code_for_one_request_grants_no_other(world: World, arrived: UUID) -> None:
    one, other = asked(world, arrived), asked(world, arrived)
    world.confirm(AUTHORITY, ACT, other.digest)
    with refused("379/5.6"):
        acts.settle_confirmation(actor=world.actor(AUTHORITY), output_id=one.id, outcome="grant", procedure=PROCEDURE)


@pytest.mark.clause("379/16.2", "379/16.3.a")
def test_a_voided_confirmation_says_so_and_copies_are_numbered_in_the_same_row(world: World, arrived: UUID) -> None:
    clerk = world.actor(PROVINCE_CLERK)
    copy = printed(world, arrived, PROVINCE_CLERK)
    one = granted(world, asked(world, arrived))
    done = acts.print_copy(actor=clerk, output_id=one.id)
    assert (copy.number, done.number) == (1, 2)
    acts.spoil_copy(actor=clerk, output_id=one.id, reason="In hỏng.")
    found = queries.look_up(done.code)
    assert found is not None and found.worth == "spoiled"


@pytest.mark.clause("379/3.4", "379/16.4")
def test_after_destruction_nothing_that_people_wrote_is_left(world: World, arrived: UUID) -> None:
    one = granted(world, asked(world, arrived))
    done = acts.print_copy(actor=world.actor(PROVINCE_CLERK), output_id=one.id)
    destroy(world, arrived)
    found = queries.look_up(done.code)
    assert found is not None and found.worth == "destroyed"
    from antin.conversion.models import PaperOutput

    row = PaperOutput.objects.get(pk=one.id)
    assert (row.purpose, row.for_whom, row.procedure, row.content_id) == ("", "", "", None)
    assert row.organisation_id == world.organisation(PROVINCE)

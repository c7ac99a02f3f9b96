"""The page: a draft is laid out as it stands, kept pages are shown from approval on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from antin.documents import acts, queries

from .conftest import World, refused

pytestmark = pytest.mark.django_db


@pytest.mark.clause("379/13.1", "217/6.1")
def test_draft_is_laid_out_on_the_fly_and_again_after_a_change(world: World) -> None:
    document_id = world.draft()
    data, shown = queries.pdf(world.drafter, document_id)
    assert data.startswith(b"%PDF")
    assert (shown.kind, shown.pages) == ("draft", 1)
    assert queries.pdf(world.drafter, document_id)[0] is data
    png = queries.page_image(world.drafter, document_id, 1, dpi=50)
    assert png.startswith(b"\x89PNG")
    words = " ".join(line.text for line in queries.page_text(world.drafter, document_id, 1))
    assert "ĐẢNG CỘNG SẢN VIỆT NAM" in words.upper()
    assert "Kế hoạch chuyển đổi số" in words
    acts.revise_draft(
        actor=world.drafter, document_id=document_id, fields=world.fields(abstract="Việc khác"), expected_revision=1
    )
    assert queries.pdf(world.drafter, document_id)[0] != data
    assert queries.renditions(world.drafter, document_id) == ()


def test_page_beyond_the_end_is_refused(world: World) -> None:
    document_id = world.draft()
    for page in (0, -1, 99):
        with refused("379/4.4"):
            queries.page_image(world.drafter, document_id, page)


def test_kept_page_is_shown_once_it_is_signed(world: World) -> None:
    document_id = world.signed()
    data, shown = queries.pdf(world.clerk, document_id)
    assert shown.kind == "signed"
    assert shown.content_id is not None
    assert data == queries.rendition_bytes(document_id, "signed")[0]  # type: ignore[index]


def test_sheet_carries_number_and_date_when_given(world: World) -> None:
    document_id = world.approved()
    sheet = queries.sheet(document_id, number=5, notation="QĐ/TU", on=date(2026, 11, 24))
    assert (sheet.number, sheet.notation, sheet.on, sheet.draft) == (5, "QĐ/TU", date(2026, 11, 24), False)
    assert sheet.signer_name == world.leader.name
    assert sheet.body_name == "Tỉnh uỷ Lạc Giang (mẫu)"
    assert queries.sheet(document_id).notation == "QĐ/TU"


@pytest.mark.clause("217/11.2")
def test_prepared_page_set_aside_is_shown_no_longer(world: World) -> None:
    document_id = world.approved()
    prepared = acts.keep_rendition(document_id=document_id, kind="prepared", data=b"%PDF prepared", pages=1)
    assert queries.pdf(world.leader, document_id)[1].id == prepared.id
    acts.set_aside_rendition(document_id=document_id, rendition_id=prepared.id)
    data, shown = queries.pdf(world.leader, document_id)
    assert (shown.kind, shown.id) == ("draft", None)
    assert data.startswith(b"%PDF-")
    assert [r.id for r in queries.renditions(world.leader, document_id)] == [prepared.id]
    signed = acts.keep_rendition(document_id=document_id, kind="signed", data=b"%PDF signed", pages=1)
    acts.set_aside_rendition(document_id=document_id, rendition_id=signed.id)
    assert queries.pdf(world.leader, document_id)[1].id == signed.id


def test_preview_shows_unsaved_fields_within_the_mandate_and_the_limits(world: World) -> None:
    fields = replace(world.fields(), abstract="", recipients=())
    shown = queries.preview(world.drafter, world.body, fields, page=9, dpi=50)
    assert (shown.pages, shown.page) == (1, 1)
    assert shown.png.startswith(b"\x89PNG")
    with refused("379/14.p1"):
        queries.preview(world.clerk, world.body, fields)
    with refused("379/13.1"):
        queries.preview(world.drafter, world.body, replace(fields, body="x" * 400_001))


@pytest.mark.clause("379/17.3")
def test_earlier_revision_is_laid_out_as_it_was(world: World) -> None:
    document_id = world.draft()
    first = queries.pdf(world.drafter, document_id)[0]
    acts.revise_draft(
        actor=world.drafter, document_id=document_id, fields=world.fields(abstract="Việc khác"), expected_revision=1
    )
    assert queries.revision_pages(world.drafter, document_id, 1)[0] == first
    assert queries.revision_image(world.drafter, document_id, 2, 1, dpi=50).startswith(b"\x89PNG")
    for wanted in (0, 3):
        with refused("379/4.4"):
            queries.revision_pages(world.drafter, document_id, wanted)
    with refused("379/4.4"):
        queries.revision_image(world.stranger, document_id, 1, 1)


def test_waiting_names_who_has_it_now(world: World) -> None:
    document_id = world.in_review()
    names = queries.waiting(world.drafter, [document_id])[document_id]
    assert sorted(names) == sorted((world.reviewer.name, world.reviewer2.name))
    assert queries.waiting(world.stranger, [document_id]) == {}

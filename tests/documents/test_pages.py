"""The page: a draft is laid out as it stands, kept pages are shown from approval on."""

from __future__ import annotations

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
    from datetime import date

    sheet = queries.sheet(document_id, number=5, notation="QĐ/TU", on=date(2026, 11, 24))
    assert (sheet.number, sheet.notation, sheet.on, sheet.draft) == (5, "QĐ/TU", date(2026, 11, 24), False)
    assert sheet.signer_name == world.leader.name
    assert sheet.body_name == "Tỉnh uỷ Lạc Giang (mẫu)"
    assert queries.sheet(document_id).notation == "QĐ/TU"

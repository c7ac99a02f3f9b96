"""Paper copies by the acts: asked, granted, printed whole with every mark, worth what the document is worth (379/16, 379/19.5)."""

from __future__ import annotations

import io
import subprocess
import threading
from pathlib import Path
from uuid import UUID

import pikepdf
import pypdfium2 as pdfium
import pytest
import zxingcpp
from django.db import connection
from tests.registry.test_impounding import impound

from antin.conversion import acts, ports, queries
from antin.conversion.models import PaperOutput
from antin.conversion.rules import Marks
from antin.conversion.views import OutputView
from antin.documents import acts as documents_acts
from antin.documents import queries as documents
from antin.ledger import queries as ledger
from antin.regulation import RuleViolation
from antin.values import Validity
from disposal import destroy
from world import CLERK, DRAFTER, PROVINCE_CLERK, REVIEWER, SIGNATORY, World, refused

WISH = {"purpose": "Lưu hồ sơ giấy (mẫu).", "for_whom": "Phòng Hành chính (mẫu)"}


def printed(world: World, document: UUID, login: str = CLERK, **changed: object) -> OutputView:
    return acts.print_at_once(actor=world.actor(login), document_id=document, **{**WISH, **changed})  # type: ignore[arg-type]


def bytes_of(world: World, copy: OutputView, login: str = CLERK) -> bytes:
    return queries.copy_pdf(world.actor(login), copy.document_id, copy.id)[0]


def worth(copy: OutputView) -> str:
    found = queries.look_up(copy.code)
    assert found is not None
    return found.worth


def text_of(pdf: bytes, folder: Path) -> str:
    """What Poppler reads from it, in one line."""
    file = folder / "copy.pdf"
    file.write_bytes(pdf)
    told = subprocess.run(["pdftotext", "-layout", file, "-"], check=True, capture_output=True, text=True).stdout
    return " ".join(told.split())


def code_on(pdf: bytes, page: int) -> str:
    """What a camera reads from the page, by a reader of its own."""
    picture = pdfium.PdfDocument(pdf)[page].render(scale=200 / 72).to_pil()
    return zxingcpp.read_barcode(picture).text


def long_pdf(pages: int = 3, *, lying: int = -1) -> bytes:
    """Pages with a script, a link and a field on them, one perhaps lying."""
    document = pikepdf.new()
    for number in range(pages):
        size = (842, 595) if number == lying else (595, 842)
        page = document.add_blank_page(page_size=size)
        link = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 50, 50],
            A=pikepdf.Dictionary(S=pikepdf.Name.URI, URI=pikepdf.String("https://x.test")),
        )  # fmt: skip
        page.obj.Annots = pikepdf.Array([document.make_indirect(link)])
        page.contents_add(f"BT /F1 12 Tf 72 400 Td (van ban to {number + 1}) Tj ET".encode())
        page.obj.Resources = pikepdf.Dictionary(
            Font=pikepdf.Dictionary(
                F1=pikepdf.Dictionary(
                    Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
                )
            )
        )
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


MARKS = Marks(
    "Ấn Tín", "Văn phòng (mẫu)", "A99,2026/11/26,01/QĐ", "Lê Mẫu Chi, Văn thư", "2026-11-26T08:00:00+07:00",
    "ABCDEFGHJKMNPQR5", 7, "https://van-ban.test/k/ABCDEFGHJKMNPQR5",
)  # fmt: skip


@pytest.mark.clause("379/16.3", "379/16.3.a", "379/16.3.b", "379/16.3.c", "379/16.3.d", "379/16.4")
def test_the_copy_holds_the_whole_page_and_every_mark(world: World, tmp_path: Path) -> None:
    document = world.issued()
    copy = printed(world, document)
    pdf = bytes_of(world, copy)
    words = text_of(pdf, tmp_path)
    view = documents.document(world.actor(CLERK), document)
    for said in (
        "BẢN IN TỪ VĂN BẢN ĐIỆN TỬ", "hệ thống Ấn Tín của Văn phòng Trung ương (mẫu)", view.document_code, copy.code,
        f"Người in: {copy.printed_by_name}", "Bản in số 1, trang 1/1", "Dấu của cơ quan", "Hoàng Mẫu Giang",
    ):  # fmt: skip
        assert said in words, said
    of_source = text_of(documents.pdf(world.actor(CLERK), document)[0], tmp_path)
    assert set(of_source.split()) <= set(words.split()), "every word of the source is there"
    assert code_on(pdf, 0) == f"{ports.bound().base_url}/k/{copy.code.replace('-', '')}"
    assert subprocess.run(["qpdf", "--check", tmp_path / "copy.pdf"], check=False, capture_output=True).returncode == 0
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert "/AcroForm" not in opened.Root and "/DSS" not in opened.Root, "paper carries no signatures to check"


@pytest.mark.clause("379/16.3.a")
@pytest.mark.parametrize("lying", [-1, 1])
def test_every_page_is_there_and_nothing_that_acts(lying: int, tmp_path: Path) -> None:
    made = ports.bound().printer.on_paper(long_pdf(3, lying=lying), MARKS)
    assert (made.pages, made.pages_of_source) == (3, 3)
    words = text_of(made.pdf, tmp_path)
    for number in (1, 2, 3):
        assert f"van ban to {number}" in words and f"Bản in số 7, trang {number}/3" in words
        assert code_on(made.pdf, number - 1) == MARKS.address
    assert words.count("Dấu của cơ quan") == 1, "on the last page"
    with pikepdf.open(io.BytesIO(made.pdf)) as opened:
        wide = [float(page.mediabox[2]) > float(page.mediabox[3]) for page in opened.pages]
        assert wide == [number == lying for number in range(3)]
        assert all("/Annots" not in page.obj for page in opened.pages)


@pytest.mark.clause("379/16.3.a")
def test_signs_that_cannot_be_printed_and_broken_files_are_refused() -> None:
    from dataclasses import replace

    with refused("379/16.3.a"):
        ports.bound().printer.on_paper(long_pdf(1), replace(MARKS, owner="漢字"))
    with pytest.raises(RuleViolation):
        ports.bound().printer.on_paper(b"%PDF-1.7\nrubbish", MARKS)


@pytest.mark.clause("379/16.1", "379/16.2")
def test_asked_by_a_reader_decided_and_printed_by_the_clerk(world: World) -> None:
    document = world.issued()
    reader, clerk = world.actor(DRAFTER), world.actor(CLERK)
    asked = acts.request_paper_output(actor=reader, document_id=document, **WISH)
    assert (asked.state, asked.code, queries.waiting_count(clerk)) == ("asked", "", 1)
    for act in (
        lambda: acts.settle_paper_output(actor=reader, output_id=asked.id, outcome="grant"),
        lambda: acts.print_copy(actor=clerk, output_id=asked.id),
        lambda: acts.settle_paper_output(actor=clerk, output_id=asked.id, outcome="refuse", reason=" "),
    ):
        with pytest.raises(RuleViolation):
            act()
    acts.settle_paper_output(actor=clerk, output_id=asked.id, outcome="grant")
    copy = acts.print_copy(actor=clerk, output_id=asked.id)
    assert (copy.state, copy.number, copy.worth) == ("printed", 1, "in_force")
    assert queries.outputs(reader, document) == queries.outputs(clerk, document) == (copy,)
    assert queries.outputs(world.actor(SIGNATORY), document) == (), "who asked sees one's own, the clerk all"
    with refused("379/4.4"):
        queries.copy_pdf(reader, document, copy.id)
    told = [entry.act for entry in ledger.history(document)]
    assert {"conversion.output.asked", "conversion.output.settled", "conversion.copy.printed"} <= set(told)
    other = acts.request_paper_output(actor=reader, document_id=document, **WISH)
    shut = acts.settle_paper_output(actor=clerk, output_id=other.id, outcome="refuse", reason="Đã có bản in.")
    assert (shut.state, shut.reason, queries.waiting_count(clerk)) == ("refused", "Đã có bản in.", 0)


@pytest.mark.clause("379/16.1", "379/4.4")
def test_no_copy_of_a_draft_nor_for_a_stranger(world: World) -> None:
    draft = world.sealed()
    with refused("379/16.1"):
        printed(world, draft)
    assert not PaperOutput.objects.exists(), "nothing of it was kept"
    with refused("379/31.p1"):
        printed(world, draft, DRAFTER)
    with refused("379/4.4"):
        printed(world, world.issued(), PROVINCE_CLERK)
    with refused("379/4.4"):
        acts.print_copy(actor=world.actor(CLERK), output_id=draft)


@pytest.mark.clause("379/19.5", "379/16.5", "379/19.4")
def test_a_copy_ends_at_the_instant_its_document_ends(world: World, tmp_path: Path) -> None:
    document = world.issued()
    copy = printed(world, document)
    assert worth(copy) == "in_force"
    digest = documents.final_digest(world.actor(SIGNATORY), document)
    world.confirm(SIGNATORY, "recall", digest)
    documents_acts.recall(actor=world.actor(SIGNATORY), document_id=document, digest=digest, reason="Sai số liệu.")
    found = queries.look_up(copy.code)
    assert found is not None and (found.worth, found.validity) == ("ended", Validity.RECALLED)
    assert found.validity_at == documents.endings(world.actor(CLERK), document)[0].at
    (pair,) = queries.waiting(world.actor(CLERK)).to_withdraw
    assert pair[1].id == copy.id
    with refused("379/19.4"):
        printed(world, document)
    marked = printed(world, document, for_authority=True)
    assert "ĐÃ BỊ THU HỒI" in text_of(bytes_of(world, marked), tmp_path) and worth(marked) == "ended"
    acts.spoil_copy(actor=world.actor(CLERK), output_id=copy.id, reason="Đã thu lại.")
    assert worth(copy) == "spoiled" and queries.waiting(world.actor(CLERK)).to_withdraw == ()
    with refused("379/4.4"):
        bytes_of(world, copy)


@pytest.mark.clause("379/19.5", "379/20.2", "379/3.4")
def test_the_code_of_a_destroyed_documents_copy_says_so(world: World) -> None:
    document = world.registered(world.original(), forward_to=None)
    copy = printed(world, document, PROVINCE_CLERK)
    destroy(world, document)
    assert worth(copy) == "destroyed"
    row = PaperOutput.objects.get(pk=copy.id)
    assert (row.purpose, row.for_whom, row.content_id) == ("", "", None) and row.number == 1


@pytest.mark.clause("379/16.4")
@pytest.mark.parametrize("typed", ["", "0000-0000-0000-0000", "x", "'; drop table", "A" * 5000])
def test_a_code_nobody_gave_leads_nowhere(world: World, typed: str) -> None:
    assert queries.look_up(typed) is None


@pytest.mark.clause("379/16.4")
def test_a_request_that_was_not_printed_has_no_code(world: World) -> None:
    asked = acts.request_paper_output(actor=world.actor(REVIEWER), document_id=world.issued(), **WISH)
    assert asked.code == "" and queries.look_up("") is None


@pytest.mark.clause("379/16.3.c")
@pytest.mark.django_db(transaction=True)
def test_two_clerks_at_once_never_share_a_number(committed_world: World) -> None:
    world = committed_world
    document = world.issued()
    made: list[OutputView] = []

    def one() -> None:
        try:
            made.append(printed(world, document))
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(copy.number or 0 for copy in made) == [1, 2, 3, 4, 5, 6]
    assert len({copy.code for copy in made}) == 6


@pytest.mark.clause("379/21.3")
def test_impounded_nothing_is_printed_nor_told(world: World) -> None:
    document = world.issued()
    copy = printed(world, document)
    impound(world, document)
    with refused("379/21.3"):
        queries.look_up(copy.code)
    clerk = world.actor(CLERK)
    for act in (
        lambda: printed(world, document),
        lambda: acts.spoil_copy(actor=clerk, output_id=copy.id, reason="x"),
        lambda: queries.copy_pdf(clerk, document, copy.id),
        lambda: queries.outputs(clerk, document),
    ):
        with refused("379/21.3"):
            act()
    assert queries.waiting(clerk).to_withdraw == ()

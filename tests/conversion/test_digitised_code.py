"""A QR code on a digitised document, where one is wanted: it leads anybody to what the document is worth now (379/15.1.c)."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path
from uuid import UUID

import pikepdf
import pytest
import segno
from django.test import Client
from PIL import Image, ImageOps
from tests.registry.test_impounding import impound
from tests.web.conftest import Visit, visit

from antin.conversion import acts, ports, queries
from antin.conversion.adapters.paper import QR_BORDER, QR_SCALE
from antin.conversion.models import Digitisation
from antin.conversion.rules import shown_code
from antin.documents import queries as documents
from antin.documents.facts import RenditionKind
from antin.identity import authenticators
from antin.registry import acts as registry
from world import CLERK, World, refused

from .test_digitising import confirmed, office, void

__all__ = ["office", "visit"]

TOP_MARGIN = 20 * 72 / 25.4
"""Points: no line of a document in form stands higher."""

pytestmark = [pytest.mark.django_db, pytest.mark.clause("379/15.1.c")]


def certified(world: World, *, with_code: bool = True) -> UUID:
    scan = confirmed(world)
    world.confirm(CLERK, "certify_digitised", scan.digest)
    return acts.certify_digitised(actor=world.actor(CLERK), scan_id=scan.id, with_code=with_code)


def pages(document: UUID) -> bytes:
    kept = documents.rendition_bytes(document, RenditionKind.RECEIVED)
    assert kept is not None
    return kept[0]


def code_of(document: UUID) -> str:
    return str(Digitisation.objects.get(document_id=document).code)


def address_of(document: UUID) -> str:
    return f"{ports.bound().base_url.rstrip('/')}/k/{code_of(document)}"


def pictured(pdf: bytes) -> Image.Image | None:
    """The picture in the appearance of the seal on page 1."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        fields = [one for one in opened.pages[0].Annots if one.get("/FT") == "/Sig"]
        (field,) = [one for one in fields if one.V.get("/Type") != "/DocTimeStamp"]
        resources = field.AP.N.get("/Resources", {})
        if "/XObject" not in resources:
            return None
        return pikepdf.PdfImage(resources.XObject.P).as_pil_image().convert("L")


def test_the_page_shows_a_code_that_says_the_address_and_the_seal_holds(office: World, tmp_path: Path) -> None:
    document = certified(office)
    report = registry.verify(actor=office.actor(CLERK), document_id=document).report
    assert report.verdict == "valid", report.reasons
    picture = pictured(pages(document))
    assert picture is not None
    wanted = segno.make(address_of(document), error="m", micro=False)
    rows = [
        [picture.getpixel(((x + QR_BORDER) * QR_SCALE + 3, (y + QR_BORDER) * QR_SCALE + 3)) < 128 for x in range(size)]
        for size in [len(wanted.matrix)]
        for y in range(size)
    ]
    assert rows == [[bool(module) for module in row] for row in wanted.matrix]
    (tmp_path / "scan.pdf").write_bytes(pages(document))
    drawn = tmp_path / "page"
    subprocess.run(
        ["pdftoppm", "-r", "300", "-f", "1", "-l", "1", "-png", "-singlefile", tmp_path / "scan.pdf", drawn], check=True
    )
    with Image.open(drawn.with_suffix(".png")) as page:
        margin = page.convert("L").crop((page.width // 2, 0, page.width, round(TOP_MARGIN * 300 / 72)))
        left, top, right, bottom = ImageOps.invert(margin).getbbox() or (0, 0, 0, 0)
    assert top > 0 and bottom < margin.height and left > 0 and right < margin.width, "whole, and in the margin alone"
    shown = subprocess.run(["pdftotext", tmp_path / "scan.pdf", "-"], capture_output=True, text=True, check=True).stdout
    assert shown_code(code_of(document)) in shown


def test_whoever_has_the_code_reads_what_it_is_worth_until_its_paper_is_void(office: World) -> None:
    document = certified(office)
    anybody, address = Client(), f"/k/{code_of(document)}"
    page = anybody.get(address).content.decode()
    for words in (
        "Bản số hoá đang có hiệu lực",
        "12-QĐ/VPTW",
        "Trần Mẫu Cũ",
        "2 trang",
        "Ký số bởi",
        "So với văn bản đang xem",
    ):
        assert words in page, words
    assert "thành lập tổ công tác" not in page, "nothing of the content is told"
    view = documents.facts(document)
    assert view.digest in page
    anybody.cookies["antin_lang"] = "en"
    assert "The digitised document is in force" in anybody.get(address).content.decode()
    anybody.cookies.clear()
    assert void(office, document) == (document,)
    page = anybody.get(address).content.decode()
    assert "Bản số hoá không còn hiệu lực" in page and "đang có hiệu lực" not in page


def test_while_it_is_impounded_its_code_tells_nothing(office: World) -> None:
    document = certified(office)
    code = code_of(document)
    impound(office, document)
    with refused("379/21.3"):
        queries.look_up(code)
    answer = Client().get(f"/k/{code}")
    assert answer.status_code == 423 and "12-QĐ/VPTW" not in answer.content.decode()


def test_without_the_choice_there_is_no_code(office: World) -> None:
    document = certified(office, with_code=False)
    assert pictured(pages(document)) is None
    assert Digitisation.objects.get(document_id=document).code is None


def test_the_keeper_of_the_seal_chooses_it_on_the_page(office: World, visit: Visit) -> None:
    scan = confirmed(office)
    client = visit(CLERK)
    page = client.get(f"/so-hoa/{scan.id}").content.decode()
    assert 'name="with_code"' in page
    office.clock.leap()
    challenge = page.split('name="challenge" value="')[1].split('"')[0]
    code = authenticators.fresh_code(office.people[CLERK].account_id)
    answer = client.post(
        f"/so-hoa/{scan.id}", {"do": "certify", "with_code": "1", "challenge": challenge, "code": code}
    )
    assert answer.status_code == 303
    row = Digitisation.objects.get(pk=scan.id)
    assert row.state == "certified" and row.code
    assert Client().get(f"/k/{shown_code(row.code)}").status_code == 200

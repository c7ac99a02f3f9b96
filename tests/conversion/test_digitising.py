"""Paper becomes electronic by the acts: captured sharp, described, seen whole, sealed by another person; ends with its paper (379/15, 379/19.6)."""

from __future__ import annotations

import io
import subprocess
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import pikepdf
import pytest
from django.db import connection
from PIL import Image, ImageDraw

from antin.conversion import acts, queries
from antin.conversion.models import Digitisation, PaperOriginal
from antin.conversion.rules.digitising import PaperFields, every_page_seen, format_floor, method_is_strong
from antin.conversion.views import ScanView
from antin.documents import queries as documents
from antin.documents.facts import RenditionKind
from antin.ledger import queries as ledger
from antin.registry import acts as registry
from antin.registry import queries as books
from antin.regulation import RuleViolation
from antin.values import Method, Office, Validity
from antin.vault import queries as vault
from antin.vault.rules import ContentDestroyed
from world import CENTRE, CLERK, DRAFTER, PROVINCE_CLERK, World, refused

CONVERTER = DRAFTER
FIELDS = PaperFields(
    type_code="quyet_dinh", abstract="về việc thành lập tổ công tác (mẫu)", number_text="12", notation="QĐ/VPTW",
    issued_on=date(2019, 5, 6), issuing_name="", issued_here=True, signer_name="Trần Mẫu Cũ", kept_at="Kho 1, hộp 7",
)  # fmt: skip


def scanned(pages: int = 2, dpi: int = 200, *, text_page: bool = False) -> bytes:
    """Pictures of typed pages, one a page, as a scanner makes them."""
    document = pikepdf.new()
    for number in range(pages):
        page = document.add_blank_page(page_size=(595.2, 841.8))
        if text_page and number == pages - 1:
            continue
        picture = Image.new("RGB", (round(595.2 * dpi / 72), round(841.8 * dpi / 72)), "white")
        ImageDraw.Draw(picture).text((200, 300), f"VAN BAN GIAY TRANG {number + 1}", fill="black")
        packed = io.BytesIO()
        picture.save(packed, "JPEG", quality=60)
        image = document.make_stream(packed.getvalue())
        image.Type, image.Subtype, image.Filter = pikepdf.Name.XObject, pikepdf.Name.Image, pikepdf.Name.DCTDecode
        image.Width, image.Height, image.BitsPerComponent = picture.width, picture.height, 8
        image.ColorSpace = pikepdf.Name.DeviceRGB
        page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=image))
        page.contents_add(b"q 595.2 0 0 841.8 0 0 cm /Im0 Do Q")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


@pytest.fixture
def office(world: World) -> World:
    world.confer(CONVERTER, Office.CONVERTER)
    return world


def captured(world: World, data: bytes = b"", **changed: object) -> ScanView:
    return acts.capture_pages(
        actor=world.actor(CONVERTER), organisation_id=world.organisation(CENTRE), data=data or scanned(),
        device="Máy quét mẫu", **changed,  # type: ignore[arg-type]
    )  # fmt: skip


def described(world: World, fields: PaperFields = FIELDS) -> ScanView:
    return acts.confirm_fields(actor=world.actor(CONVERTER), scan_id=captured(world).id, fields=fields)


def confirmed(world: World, fields: PaperFields = FIELDS) -> ScanView:
    scan = described(world, fields)
    world.confirm(CONVERTER, "confirm_completeness", scan.digest)
    return acts.confirm_completeness(actor=world.actor(CONVERTER), scan_id=scan.id, seen=range(1, scan.pages + 1))


def certified(world: World, fields: PaperFields = FIELDS) -> UUID:
    scan = confirmed(world, fields)
    world.confirm(CLERK, "certify_digitised", scan.digest)
    return acts.certify_digitised(actor=world.actor(CLERK), scan_id=scan.id)


def void(
    world: World, document: UUID, basis: str = "QĐ 3/2026 (mẫu)", reason: str = "Sai thẩm quyền."
) -> tuple[UUID, ...]:
    digest = documents.final_digest(world.actor(CLERK), document)
    world.confirm(CLERK, "invalidate_paper_original", digest)
    return acts.invalidate_paper_original(actor=world.actor(CLERK), document_id=document, basis=basis, reason=reason)


@pytest.mark.clause(
    "379/15.1", "379/15.1.a", "379/15.1.b", "379/15.2", "379/15.2.a", "379/15.2.b", "379/12.5", "379/15.3"
)
def test_a_paper_of_ones_own_becomes_an_original_that_is_registered(office: World, tmp_path: Path) -> None:
    document = certified(office)
    clerk = office.actor(CLERK)
    view = documents.document(clerk, document)
    assert (view.state, view.validity, view.reference_number) == ("arrived", Validity.IN_FORCE, "12-QĐ/VPTW")
    report = registry.verify(actor=clerk, document_id=document).report
    (seal,) = report.signatures
    assert report.verdict == "valid", report.reasons
    assert (report.verdict, seal.role, seal.level) == ("valid", "seal", "B-LTA")
    effect = books.legal_effect(clerk, document)
    assert effect.verdict == "original_sealed" and "379/12.5" in effect.clauses
    assert registry.register_incoming(actor=clerk, document_id=document).number == 1
    kept = documents.rendition_bytes(document, RenditionKind.RECEIVED)
    assert kept is not None
    (tmp_path / "scan.pdf").write_bytes(kept[0])
    told = subprocess.run(["pdfsig", tmp_path / "scan.pdf"], capture_output=True, text=True, check=False).stdout
    assert "Signature is Valid" in told and "Total document signed" in told
    assert subprocess.run(["qpdf", "--check", tmp_path / "scan.pdf"], capture_output=True, check=False).returncode == 0
    shown = subprocess.run(["pdftotext", tmp_path / "scan.pdf", "-"], capture_output=True, text=True, check=True).stdout
    assert "Văn phòng Trung ương (mẫu)" in " ".join(shown.split()) and "Bản số hoá" in shown
    paper = queries.paper_of(clerk, document)
    assert paper is not None and (paper.kept_at, paper.state) == ("Kho 1, hộp 7", "in_force")
    row = Digitisation.objects.get(document_id=document)
    assert row.content_id is None and row.state == "certified", "the bare scan is kept no longer"
    acts_of = {one.act for one in ledger.history(document)}
    assert "conversion.document.certified" in acts_of


@pytest.mark.clause("379/12.5", "379/15.3")
def test_what_another_body_issued_is_no_original_by_our_seal(office: World) -> None:
    document = certified(office, replace(FIELDS, issued_here=False, issuing_name="Tỉnh uỷ Sơn Đoài (mẫu)"))
    clerk = office.actor(CLERK)
    registry.verify(actor=clerk, document_id=document)
    assert books.legal_effect(clerk, document).verdict == "reference_only"


@pytest.mark.clause("379/15.1.a", "379/5.4")
@pytest.mark.parametrize("data", [scanned(2, 150), scanned(2, text_page=True), b"not a pdf", b""])
def test_what_is_no_sharp_scan_is_refused(office: World, data: bytes) -> None:
    with pytest.raises(RuleViolation):
        acts.capture_pages(
            actor=office.actor(CONVERTER), organisation_id=office.organisation(CENTRE), data=data, device="x"
        )
    assert not Digitisation.objects.exists()


@pytest.mark.clause("379/15.1.a")
@pytest.mark.parametrize(("dpi", "good"), [([200, 300], True), ([199, 300], False), ([300, 0], False)])
def test_the_floor_of_sharpness(dpi: list[int], good: bool) -> None:
    if good:
        format_floor(dpi)
    else:
        with refused("379/15.1.a"):
            format_floor(dpi)


@pytest.mark.clause("379/15.1.b")
@pytest.mark.parametrize("missing", ["abstract", "number_text", "issuing_name", "signer_name", "kept_at", "issued_on"])
def test_every_field_is_read_from_the_paper(office: World, missing: str) -> None:
    scan = captured(office)
    given = replace(FIELDS, issuing_name="Cơ quan (mẫu)", issued_here=False)
    with refused("379/15.1.b"):
        acts.confirm_fields(
            actor=office.actor(CONVERTER), scan_id=scan.id, fields=replace(given, **{missing: None if missing == "issued_on" else " "}),  # type: ignore[arg-type]
        )  # fmt: skip
    tomorrow = office.today() + timedelta(days=1)
    with refused("379/15.1.b"):
        acts.confirm_fields(actor=office.actor(CONVERTER), scan_id=scan.id, fields=replace(given, issued_on=tomorrow))
    assert queries.scan(office.actor(CONVERTER), scan.id).state == "captured"


@pytest.mark.clause("379/15.2.a", "379/15.2.b")
def test_completeness_needs_every_page_and_a_code_on_exactly_this_scan(office: World) -> None:
    scan, converter = described(office), office.actor(CONVERTER)
    with refused("379/5.6"):
        acts.confirm_completeness(actor=converter, scan_id=scan.id, seen=[1, 2])
    office.confirm(CONVERTER, "confirm_completeness", scan.digest)
    with refused("379/15.2.a") as caught:
        acts.confirm_completeness(actor=converter, scan_id=scan.id, seen=[1])
    assert "2" in str(caught.value)
    weak = office.actor(CONVERTER, method=Method.PASSWORD)
    with refused("379/15.2.b"):
        acts.confirm_completeness(actor=weak, scan_id=scan.id, seen=[1, 2])
    every_page_seen({1, 2, 9}, 2)
    method_is_strong(Method.CERTIFICATE)
    assert acts.confirm_completeness(actor=converter, scan_id=scan.id, seen=[1, 2]).state == "confirmed"


@pytest.mark.clause("379/15.2.b")
def test_who_converted_does_not_seal(office: World) -> None:
    office.confer(CONVERTER, Office.SEAL_KEEPER)
    scan = confirmed(office)
    office.confirm(CONVERTER, "certify_digitised", scan.digest)
    with refused("379/15.2.b"):
        acts.certify_digitised(actor=office.actor(CONVERTER), scan_id=scan.id)
    with refused("379/5.6"):
        acts.certify_digitised(actor=office.actor(CLERK), scan_id=scan.id)
    assert queries.scan(office.actor(CLERK), scan.id).state == "confirmed"
    office.confirm(CLERK, "certify_digitised", scan.digest)
    first = acts.certify_digitised(actor=office.actor(CLERK), scan_id=scan.id)
    assert acts.certify_digitised(actor=office.actor(CLERK), scan_id=scan.id) == first, "a second click"


@pytest.mark.clause("379/15.2.a", "379/4.5")
def test_sent_back_scanned_again_and_dropped(office: World) -> None:
    scan = confirmed(office)
    first = Digitisation.objects.get(pk=scan.id).content_id
    back = acts.send_back_scan(actor=office.actor(CLERK), scan_id=scan.id, reason="Mờ trang 2.")
    assert (back.state, back.reason) == ("captured", "Mờ trang 2.")
    again = captured(office, scanned(3), scan_id=scan.id)
    assert (again.id, again.pages, again.confirmed_by, again.reason) == (scan.id, 3, None, "")
    with pytest.raises(ContentDestroyed):
        vault.read(first)  # type: ignore[arg-type]
    with refused("379/15.1.a"):
        acts.drop_scan(actor=office.actor(CONVERTER), scan_id=scan.id, reason=" ")
    acts.drop_scan(actor=office.actor(CONVERTER), scan_id=scan.id, reason="Quét nhầm.")
    assert Digitisation.objects.get(pk=scan.id).content_id is None
    with refused("379/4.4"):
        queries.scan_page(office.actor(CONVERTER), scan.id, 1)


@pytest.mark.clause("379/4.4")
def test_strangers_and_readers_have_no_part_in_it(office: World) -> None:
    scan = captured(office)
    with refused("379/4.4"):
        queries.scan(office.actor(PROVINCE_CLERK), scan.id)
    with refused("379/4.4"):
        acts.confirm_fields(actor=office.actor(PROVINCE_CLERK), scan_id=scan.id, fields=FIELDS)
    with refused("379/31.p1"):
        acts.send_back_scan(actor=office.actor(CONVERTER), scan_id=confirmed(office).id, reason="x")
    assert queries.scans(office.actor(PROVINCE_CLERK)) == ()
    assert queries.scan_page(office.actor(CONVERTER), scan.id, 1).startswith(b"\x89PNG")


@pytest.mark.clause("379/19.6", "379/19.5")
def test_a_void_paper_takes_every_document_made_from_it_and_their_copies(office: World) -> None:
    first, second = certified(office), certified(office)
    clerk = office.actor(CLERK)
    registry.verify(actor=clerk, document_id=first)
    registry.register_incoming(actor=clerk, document_id=first)
    copy = acts.print_at_once(actor=clerk, document_id=first, purpose="Lưu (mẫu).", for_whom="Phòng A (mẫu)")
    assert PaperOriginal.objects.count() == 1, "the same paper twice"
    with refused("379/19.3"):
        void(office, first, basis=" ")
    assert set(void(office, first)) == {first, second}
    for document in (first, second):
        assert documents.document(clerk, document).validity is Validity.INVALIDATED
        (ending,) = documents.endings(clerk, document)
        assert (ending.reason, ending.basis) == ("Sai thẩm quyền.", "QĐ 3/2026 (mẫu)")
        assert "conversion.paper.invalidated" in {one.act for one in ledger.history(document)}
    found = queries.look_up(copy.code)
    assert found is not None and found.worth == "ended"
    with pytest.raises(RuleViolation):
        void(office, second)
    with refused("379/19.6"):
        described(office)


@pytest.mark.clause("379/19.6")
def test_what_was_never_paper_has_no_paper_to_be_void(office: World) -> None:
    document = office.issued()
    assert queries.paper_of(office.actor(CLERK), document) is None
    with refused("379/19.6"):
        void(office, document)
    scan = certified(office)
    with pytest.raises(RuleViolation):
        acts.invalidate_paper_original(actor=office.actor(DRAFTER), document_id=scan, basis="QĐ 1", reason="x")
    assert documents.document(office.actor(CLERK), scan).validity is Validity.IN_FORCE


@pytest.mark.clause("379/15.2.b")
@pytest.mark.django_db(transaction=True)
def test_two_keepers_at_once_make_one_document(committed_world: World) -> None:
    from threading import Thread

    world = committed_world
    world.confer(CONVERTER, Office.CONVERTER)
    scan = confirmed(world)
    made: list[UUID] = []

    def one() -> None:
        try:
            made.append(acts.certify_digitised(actor=world.actor(CLERK), scan_id=scan.id))
        except RuleViolation:
            made.append(UUID(int=0))
        finally:
            connection.close()

    world.confirm(CLERK, "certify_digitised", scan.digest)
    threads = [Thread(target=one) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kept = Digitisation.objects.get(pk=scan.id).document_id
    assert set(made) <= {kept, UUID(int=0)} and kept in made
    assert documents.facts(kept).channel == "digitised"  # type: ignore[arg-type]

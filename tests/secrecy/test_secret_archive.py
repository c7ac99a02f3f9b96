"""What is Mật, in the archive: under the cipher product as before, taken in no other way, read by who may (379/24.4)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings
from tests.secrecy import sweep

from antin.archive import acts as archive
from antin.archive import queries as archive_queries
from antin.archive.packages.rules import Recipient
from antin.casework import acts as casework
from antin.documents import queries
from antin.registry import acts as registry
from antin.values import Custody, Office, Secrecy, sha256_hex
from antin.vault import ports
from antin.vault.adapters.reference_product import ReferenceProduct
from antin.vault.rules import CipherMissing
from disposal import ARCHIVIST
from world import PROVINCE, PROVINCE_CLERK, PROVINCE_LEADER, World, refused

ABSTRACT, REASON = "về việc Hải đăng xanh (mẫu)", "Trả lại vì Gió chướng."
BASIS = "Kế hoạch Sóng bạc (mẫu)"
MARKS = ("Hải đăng xanh", "Gió chướng")

pytestmark = [pytest.mark.django_db, pytest.mark.clause("379/24.4")]


@contextmanager
def installed(product: ReferenceProduct | None) -> Iterator[None]:
    bound = ports.bound()
    ports.bind(replace(bound, product=product))
    try:
        yield
    finally:
        ports.bind(bound)


@pytest.fixture
def offered(world: World, product: ReferenceProduct) -> tuple[World, UUID, UUID]:
    """The world, a Mật document that the province received and sent back, the closed case file that holds it."""
    for login in (PROVINCE_CLERK, PROVINCE_LEADER):
        world.confer(login, Office.CLEARED, organisation=PROVINCE)
    clerk, body = world.actor(PROVINCE_CLERK), world.organisation(PROVINCE)
    document = world.verified(world.original(), abstract=ABSTRACT, secrecy=Secrecy.CONFIDENTIAL)
    registry.register_incoming(actor=clerk, document_id=document, forward_to=world.person(PROVINCE_LEADER))
    registry.return_document(actor=clerk, document_id=document, reason=REASON)
    heading = casework.open_file_class(
        actor=clerk, organisation_id=body, code="TH", title="Tổng hợp", retention="07", years=20, basis="mẫu"
    )
    case = casework.open_case_file(actor=clerk, class_id=heading, title="Hồ sơ số 1 (mẫu)").id
    casework.place_in_case_file(actor=clerk, case_file_id=case, document_id=document)
    casework.close_case_file(actor=clerk, case_file_id=case)
    return world, document, case


def test_an_archived_secret_stays_under_the_product_and_in_clear_nowhere(
    offered: tuple[World, UUID, UUID], product: ReferenceProduct
) -> None:
    world, document, case = offered
    archive.accept_case_file(actor=world.actor(ARCHIVIST), case_file_id=case)
    assert queries.facts(document).custody is Custody.ARCHIVED
    assert sweep.in_columns(MARKS) == []
    pages = world.original()
    parts = [pages[at : at + 48] for at in (64, len(pages) // 2, len(pages) - 64)]
    stored = [file.read_bytes() for file in Path(settings.ANTIN.path("blobs")).rglob("*") if file.is_file()]
    assert stored and not [one for one in parts for kept in stored if one in kept]
    reader = world.actor(PROVINCE_CLERK)
    assert queries.document(reader, document).abstract == ABSTRACT
    assert queries.pdf(reader, document)[0] == pages, "who may read it gets the bytes that came"
    with installed(None), pytest.raises(CipherMissing):
        queries.pdf(reader, document)


def test_without_its_product_a_secret_is_not_taken_into_the_archive(
    offered: tuple[World, UUID, UUID], tmp_path: Path
) -> None:
    world, document, case = offered

    class Other(ReferenceProduct):
        name = "san-pham-khac"

    for product in (None, Other(tmp_path / "other")):
        with installed(product), refused("379/24.4") as no:
            archive.accept_case_file(actor=world.actor(ARCHIVIST), case_file_id=case)
        assert "cơ yếu" in no.value.next_step
        assert queries.facts(document).custody is Custody.CURRENT
        assert archive_queries.holdings(world.actor(ARCHIVIST)) == ()
    archive.accept_case_file(actor=world.actor(ARCHIVIST), case_file_id=case)


def test_the_archivist_holds_what_is_secret_without_reading_it(offered: tuple[World, UUID, UUID]) -> None:
    world, document, case = offered
    archive.accept_case_file(actor=world.actor(ARCHIVIST), case_file_id=case)
    (holding,) = archive_queries.holdings(world.actor(ARCHIVIST))
    assert holding.case.id == case
    with refused("379/4.4"):
        queries.document(world.actor(ARCHIVIST), document)
    world.confer(ARCHIVIST, Office.CLEARED, organisation=PROVINCE)
    with refused("379/4.4"):
        queries.document(world.actor(ARCHIVIST), document)


@pytest.mark.clause("379/23.2.c")
def test_a_secret_is_packed_under_the_product_and_leaves_enciphered_for_who_it_is_for(
    offered: tuple[World, UUID, UUID], product: ReferenceProduct, tmp_path: Path
) -> None:
    world, _document, case = offered
    archive.accept_case_file(actor=world.actor(ARCHIVIST), case_file_id=case)
    with installed(None), refused("379/24.4") as no:
        archive.build_package(actor=world.actor(ARCHIVIST), case_file_id=case, kind="AIP")
    assert "cơ yếu" in no.value.next_step
    found = archive.build_package(actor=world.actor(ARCHIVIST), case_file_id=case, kind="AIP")
    view = archive_queries.package(world.actor(ARCHIVIST), found)
    pages = world.original()
    stored = [file.read_bytes() for file in Path(settings.ANTIN.path("blobs")).rglob("*") if file.is_file()]
    assert stored and not [one for one in stored if pages[64:112] in one or b"METS.xml" in one]
    with refused("379/24.4"):
        handed(world, found, view.digest)
    theirs = ReferenceProduct(tmp_path / "theirs")
    peer = tmp_path / "cipher" / "peers" / "A97.01.pub"
    peer.write_text((tmp_path / "theirs" / "own.pub").read_text())
    handed(world, found, view.digest)
    with installed(None), refused("379/24.4"):
        archive_queries.package_file(world.actor(ARCHIVIST), found)
    file = archive_queries.package_file(world.actor(ARCHIVIST), found)
    sealed = b"".join(file.pieces)
    after = archive_queries.package(world.actor(ARCHIVIST), found)
    assert after.is_enciphered and file.name.endswith(".mat") and b"METS.xml" not in sealed
    assert sha256_hex(sealed) == after.handed_digest != view.digest
    opened = theirs.open_sent(sealed, b"antin package " + view.name.encode())
    assert sha256_hex(opened) == view.digest, "who it is for gets the very package"
    assert sweep.in_columns((BASIS,)) == [], "what was typed about it is sealed as well"
    with installed(None):
        assert archive_queries.package(world.actor(ARCHIVIST), found).basis == ""


def handed(world: World, found: UUID, digest: str) -> None:
    world.confirm(ARCHIVIST, "transfer_package", digest)
    archive.hand_out_package(
        actor=world.actor(ARCHIVIST),
        package_id=found,
        digest=digest,
        to=Recipient("Kho lưu trữ khác (mẫu)", "A97.01"),
        basis=BASIS,
    )

"""Case files in the archive, for the tests of packages: made by the acts of everybody concerned."""

from __future__ import annotations

from uuid import UUID

from antin.archive import acts as archive
from antin.archive import queries
from antin.archive.packages.rules import Recipient
from antin.casework import acts as casework
from antin.casework import queries as casework_queries
from antin.registry import acts as registry
from antin.signing import ceremony, ports
from antin.signing.certificates import Certificate
from disposal import ARCHIVIST
from world import PROVINCE, PROVINCE_CLERK, World

OTHER_ARCHIVE = "Lưu trữ lịch sử tỉnh Lạc Giang (mẫu)"
TITLE = "Hồ sơ <mẫu> & “Hải đăng xanh”"


def closed(world: World, *documents: UUID, title: str = TITLE) -> UUID:
    """A closed case file of the province with these documents, each sent back so that its life here has ended."""
    clerk, body = world.actor(PROVINCE_CLERK), world.organisation(PROVINCE)
    for document in documents:
        registry.return_document(actor=clerk, document_id=document, reason="Trả lại.")
    standing = [one.id for one in casework_queries.file_plan(body) if one.code == "TH"]
    heading = (
        standing[0]
        if standing
        else casework.open_file_class(
            actor=clerk, organisation_id=body, code="TH", title="Tổng hợp", retention="07", years=20, basis="mẫu"
        )
    )
    case = casework.open_case_file(actor=clerk, class_id=heading, title=title).id
    for document in documents:
        casework.place_in_case_file(actor=clerk, case_file_id=case, document_id=document)
    casework.close_case_file(actor=clerk, case_file_id=case)
    return case


def archived(world: World, *documents: UUID) -> UUID:
    """The same, taken over."""
    case = closed(world, *documents)
    archive.accept_case_file(actor=world.actor(ARCHIVIST), case_file_id=case)
    return case


def handed_out(world: World, case: UUID, *, to: Recipient | None = None) -> UUID:
    """An AIP of it built and handed to the archive of another body."""
    archivist = world.actor(ARCHIVIST)
    found = archive.build_package(actor=archivist, case_file_id=case, kind="AIP")
    digest = queries.package(archivist, found).digest
    world.confirm(ARCHIVIST, "transfer_package", digest)
    archive.hand_out_package(
        actor=world.actor(ARCHIVIST),
        package_id=found,
        digest=digest,
        to=to or Recipient(OTHER_ARCHIVE, "A97.01"),
        basis="Kế hoạch 12-KH/VPTU (mẫu)",
    )
    return found


def signed_by(world: World, pdf: bytes, name: str, code: str, *, purpose: str = "sign") -> bytes:
    """The file signed by whoever, with a certificate of the authority that everybody here trusts."""
    issued, ref = world.authority.certificate(purpose, name, code)
    now = ports.bound().clock.now()
    prepared = ceremony.prepare(
        pdf,
        role="person" if purpose == "sign" else "seal",
        page=1,
        box=(330.0, 120.0, 530.0, 190.0),
        certificate=Certificate(issued.certificate_der, issued.chain_ders, ref),
        appearance=ceremony.Appearance.person(name, "CÁN BỘ LƯU TRỮ", "", now),
        at=now,
        first=True,
    )
    return ceremony.complete(prepared, ports=ports.bound())

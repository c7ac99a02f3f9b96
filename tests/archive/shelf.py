"""Case files in the archive, for the tests of packages: made by the acts of everybody concerned."""

from __future__ import annotations

from uuid import UUID

from antin.archive import acts as archive
from antin.casework import acts as casework
from antin.casework import queries as casework_queries
from antin.registry import acts as registry
from disposal import ARCHIVIST
from world import PROVINCE, PROVINCE_CLERK, World

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

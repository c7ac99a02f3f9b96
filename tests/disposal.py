"""The way of a registered document to its destruction, by the acts of everybody concerned (379/20)."""

from __future__ import annotations

import time
from collections.abc import Callable
from uuid import UUID

from django.db import connection

from antin.archive import acts as archive
from antin.archive import queries as archive_queries
from antin.casework import acts as casework
from antin.casework import queries as casework_queries
from antin.registry import acts as registry
from world import PROVINCE, PROVINCE_CLERK, World

ARCHIVIST, APPRAISER, AUTHORITY, EXECUTOR, AUDITOR = "quy.mai", "khanh.do", "son.ngo", "minh.bui", "tam.ho"
WHY = "Hết thời hạn bảo quản."
PATIENCE_S = 600.0


def approved(world: World, document: UUID, *, about: str = "Hồ sơ (mẫu)") -> tuple[UUID, UUID]:
    """(list, case file): the document's life here has ended, its years have passed, its destruction is decided."""
    clerk, body = world.actor(PROVINCE_CLERK), world.organisation(PROVINCE)
    registry.return_document(actor=clerk, document_id=document, reason=f"{about}, trả lại.")
    standing = [one.id for one in casework_queries.file_plan(body) if one.code == "TH"]
    headings = standing or [
        casework.open_file_class(
            actor=clerk, organisation_id=body, code="TH", title="Tổng hợp", retention="07", years=1, basis="mẫu"
        )
    ]
    case = casework.open_case_file(actor=clerk, class_id=headings[0], title=about).id
    casework.place_in_case_file(actor=clerk, case_file_id=case, document_id=document)
    casework.close_case_file(actor=clerk, case_file_id=case)
    archive.accept_case_file(actor=world.actor(ARCHIVIST), case_file_id=case)
    with connection.cursor() as cursor:  # as if the years had passed
        cursor.execute("update casework_case_file set retained_until = current_date - 1 where id = %s", [case])
    found = archive.propose(actor=world.actor(ARCHIVIST), organisation_id=body, case_file_ids=[case], reason=WHY)
    shown = confirmed(world, APPRAISER, "examine_destruction", found)
    archive.examine(actor=world.actor(APPRAISER), destruction_id=found, digest=shown, opinion="Đồng ý.", struck=None)
    shown = confirmed(world, AUTHORITY, "decide_destruction", found)
    archive.decide(
        actor=world.actor(AUTHORITY), destruction_id=found, digest=shown, approve=True, basis="QĐ 9 (mẫu)", reason=WHY
    )
    return found, case


def confirmed(world: World, login: str, act: str, list_id: UUID) -> str:
    """The list's digest, with that person's code for that act on exactly it."""
    digest = archive_queries.destruction(world.actor(ARCHIVIST), list_id).digest
    world.confirm(login, act, digest)
    return digest


def destroy(world: World, document: UUID, *, about: str = "Hồ sơ (mẫu)") -> UUID:
    """To the end; the list."""
    found, _case = approved(world, document, about=about)
    shown = confirmed(world, EXECUTOR, "execute_destruction", found)
    archive.execute(actor=world.actor(EXECUTOR), destruction_id=found, digest=shown)
    return found


def purged() -> int:
    """How many requests came to their end, once they could: whoever writes anywhere on the server, another test say, is waited for."""
    return until(archive.purge_due)


def until(done: Callable[[], int]) -> int:
    """Asks again and again until the answer is not 0; each question takes its own time."""
    ends = time.monotonic() + PATIENCE_S
    while not (found := done()) and time.monotonic() < ends:
        pass
    return found

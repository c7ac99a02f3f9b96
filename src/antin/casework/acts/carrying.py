"""For the archive above, inside its transaction: its act writes the ledger entry, these write none."""

from __future__ import annotations

from uuid import UUID

from antin.casework import rules
from antin.casework.lifecycle import CASE_FILE
from antin.casework.models import Assignment, CaseFile, DueChange, HandOver, Instruction, Member, Result
from antin.casework.queries.case_files import case_view
from antin.casework.views import CaseFileView


def settle_case_file(*, case_file_id: UUID, act: str) -> CaseFileView:
    """One step of its life that belongs to the archive; the caller has proven the office. RuleViolation elsewhere."""
    found = (
        CaseFile.objects.select_for_update(of=("self",)).select_related("file_class").filter(pk=case_file_id).first()
    )
    row = rules.case_file_found(found)
    row.state = CASE_FILE.step(row.state, act).to
    if row.state == "destroyed":
        row.title = ""
    row.save(update_fields=["state", "title"])
    return case_view(row)


def forget(*, document_id: UUID) -> None:
    """What people wrote about a destroyed document here; who worked on it and when stays (379/3.4)."""
    pieces = Assignment.objects.filter(document_id=document_id).values("pk")
    Instruction.objects.filter(document_id=document_id).update(words="")
    Result.objects.filter(assignment_id__in=pieces).update(words="", content_name="", reason="")
    HandOver.objects.filter(assignment_id__in=pieces).update(reason="")
    DueChange.objects.filter(assignment_id__in=pieces).update(reason="")
    Member.objects.filter(document_id=document_id).update(left_reason="")

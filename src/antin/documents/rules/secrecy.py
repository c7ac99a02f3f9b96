"""What is Mật: clearance, need to know and position decide together who reads it; its names tell nothing (217/5.1, 379/22.2).

- Clearance: the mandate `cleared` in the organisation that holds the document, in force now.
- Position: an office there that handles documents; a clearance alone is none.
- Need to know: one takes part by name (drafter, reviewer, approver, signatory, who it was forwarded or assigned to), or keeps the
  registry that must enter it. Leading the organisation alone is no need to know.
"""

from __future__ import annotations

from uuid import UUID

from antin.documents.facts import DocumentView
from antin.regulation import RuleViolation
from antin.values import N_, Actor, Office, Secrecy

POSITIONS = (
    Office.DRAFTER,
    Office.REVIEWER,
    Office.APPROVER,
    Office.SIGNATORY,
    Office.CLERK,
    Office.SEAL_KEEPER,
    Office.LEADER,
    Office.ARCHIVIST,
)


def cleared(actor: Actor) -> frozenset[UUID]:
    """Organisations whose Mật documents this person may be shown: cleared and in position there, both by own mandates."""
    own = [m for m in actor.mandates if m.lent is None]
    admitted = {m.organisation_id for m in own if m.office is Office.CLEARED}
    return frozenset(admitted & {m.organisation_id for m in own if m.office in POSITIONS})


def may_be_shown(document: DocumentView, actor: Actor) -> bool:
    """Clearance and position; need to know is asked besides."""
    return document.secrecy is Secrecy.OPEN or document.owner_id in cleared(actor)


def cleared_for(secrecy: Secrecy, actor: Actor, organisation_id: UUID) -> None:
    """Nobody writes what they would not be shown."""
    if secrecy is Secrecy.OPEN or organisation_id in cleared(actor):
        return
    raise RuleViolation(
        "379/22.2",
        N_("Đồng chí chưa được giao tiếp cận văn bản Mật của cơ quan này."),
        N_("Đề nghị cấp có thẩm quyền giao, hoặc chuyển người được giao soạn."),
        field="secrecy",
    )


def same_secrecy(document: DocumentView, secrecy: Secrecy) -> None:
    """What was written in clear cannot be taken back into a cipher, nor the other way round: it begins anew."""
    if document.secrecy is secrecy:
        return
    raise RuleViolation(
        "217/5.1",
        N_("Không đổi được giữa “Không mật” và “Mật” khi dự thảo đã lưu."),
        N_("Soạn dự thảo mới với độ mật đúng, bỏ dự thảo này."),
        field="secrecy",
    )


def kept_name(secrecy: Secrecy, name: str, place: int) -> str:
    """The file's name as it is kept: a number for what is Mật, since names stand in lists and headers."""
    if secrecy is Secrecy.OPEN:
        return name
    ending = name.rpartition(".")[2].lower()
    return (
        f"tep-kem-{place}.{ending}" if ending.isalnum() and len(ending) <= 5 and ending != name else f"tep-kem-{place}"
    )

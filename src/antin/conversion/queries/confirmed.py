"""What a confirmation on paper says of a document and its way (379/16.2); Vietnamese, as the paper is."""

from __future__ import annotations

from antin.conversion import ports
from antin.conversion.models import PaperOutput
from antin.conversion.rules import confirming
from antin.conversion.rules.confirming import Confirmed, Happened
from antin.documents.facts import DocumentView
from antin.identity import queries as identity
from antin.values import Actor


def confirmed(actor: Actor, document: DocumentView, row: PaperOutput, digest: str) -> Confirmed:
    """`digest`: of the document's own page. The row is granted, its time of printing set."""
    assert row.printed_at is not None
    owner = identity.organisation(document.owner_id)
    known = identity.people([row.settled_by]) if row.settled_by else {}
    position = next((person.position for person in known.values()), "")
    facts = (
        ("Số, ký hiệu", document.reference_number),
        ("Mã định danh văn bản", document.document_code),
        ("Ngày ban hành", f"{document.issued_on:%d/%m/%Y}" if document.issued_on else ""),
        ("Loại văn bản", document.type_name),
        ("Trích yếu", document.abstract),
        ("Cơ quan ban hành", document.issuing_name or owner.name),
        ("Người ký", ", ".join(filter(None, (document.signer_name, document.signer_position)))),
        ("Giá trị băm SHA-256 của bản điện tử", f"{digest[:32]} {digest[32:]}"),  # a line holds half of it
        ("Hiệu lực lúc xác nhận", confirming.VALIDITY_NOW[document.validity]),
        ("Số đến", str(document.arrival_number or "")),
        ("Cấp cho", row.for_whom),
        ("Dùng vào việc", row.purpose),
        ("Căn cứ cung cấp thông tin", row.procedure),
    )
    return Confirmed(
        owner=owner.name,
        place=owner.place,
        facts=tuple((name, words) for name, words in facts if words),
        happened=_happened(actor, document, owner.name),
        approver=", ".join(filter(None, (row.settled_by_name, position))),
        said_at=row.printed_at,
    )


def _happened(actor: Actor, document: DocumentView, owner: str) -> tuple[Happened, ...]:
    own = (
        (document.signed_at, document.signer_name or owner, "Ký số"),
        (document.issued_at, document.issuing_name or owner, "Phát hành"),
        (document.arrived_at, document.sender_name or document.issuing_name, f"Đến hệ thống của {owner}"),
    )
    steps = [Happened(at, party, what) for at, party, what in own if at]
    return tuple(sorted([*steps, *ports.bound().deliveries.told(actor, document.id)], key=lambda one: one.at))

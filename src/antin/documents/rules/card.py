"""The fourteen facts that are shown for every document (217/11), as far as this room knows them.

Deliveries and their history (217/11.12, 11.14) are completed by the rooms above; here they hold what the
document itself carries.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from antin.documents.facts import CardItem, Direction, DocumentView
from antin.values import N_


def document_card(
    document: DocumentView,
    *,
    attachments: Sequence[str] = (),
    recipients: Sequence[str] = (),
    history: Sequence[datetime] = (),
) -> tuple[CardItem, ...]:
    """All fourteen, in the order of the clause; `recipients` by name, `history` as instants of the ledger."""
    incoming = document.direction is Direction.INCOMING
    times = (document.sent_at, document.arrived_at) if incoming else (document.sent_at or document.issued_at, None)
    return (
        CardItem("217/11.1", N_("Mã định danh cơ quan"), document.issuing_code),
        CardItem("217/11.2", N_("Số và ký hiệu"), (document.number_text, document.notation)),
        CardItem("217/11.3", N_("Ngày ban hành"), document.issued_on),
        CardItem("217/11.4", N_("Thể loại"), document.type_name),
        CardItem("217/11.5", N_("Mức độ khẩn"), document.urgency),
        CardItem("217/11.6", N_("Trích yếu"), document.abstract),
        CardItem("217/11.7", N_("Hồ sơ, tài liệu gửi kèm"), tuple(attachments)),
        CardItem("217/11.8", N_("Trạng thái xử lý"), document.state),
        CardItem("217/11.9", N_("Họ tên người ký"), document.signer_name),
        CardItem("217/11.10", N_("Bên gửi"), document.sender_name),
        CardItem("217/11.11", N_("Bên nhận"), tuple(recipients or document.recipients)),
        CardItem("217/11.12", N_("Thời gian gửi, nhận"), times),
        CardItem("217/11.13", N_("Thời hạn xử lý"), document.due_on),
        CardItem("217/11.14", N_("Lịch sử gửi, nhận"), tuple(history)),
    )

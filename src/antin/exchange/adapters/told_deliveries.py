"""The port `Deliveries` of the paper confirmation: what became of a document on its way, in the words of the paper (379/16.2)."""

from __future__ import annotations

from types import MappingProxyType
from uuid import UUID

from antin.conversion.rules.confirming import Happened
from antin.exchange.queries.deliveries import deliveries
from antin.values import Actor

WHAT = MappingProxyType(
    {
        "sent": "Gửi đi",
        "arrived": "Đã đến nơi nhận",
        "accepted": "Nơi nhận đã tiếp nhận",
        "forwarded": "Nơi nhận đã chuyển xử lý",
        "in_process": "Nơi nhận đang xử lý",
        "completed": "Nơi nhận đã xử lý xong",
        "returned": "Nơi nhận trả lại",
        "failed": "Không gửi được",
        "paper": "Chuyển sang gửi bản giấy",
        "recall_asked": "Đề nghị thu hồi",
        "recalled": "Đã thu hồi",
        "recall_refused": "Nơi nhận không cho thu hồi",
    }
)
"""Vietnamese, as the paper is; a state that is not named here is an inner step of the sending."""


class ToldDeliveries:
    def told(self, actor: Actor, document_id: UUID) -> tuple[Happened, ...]:
        """Every state each recipient's copy reached, with its instant; oldest first."""
        rows = deliveries(actor, document_id)
        steps = ((row.recipient_name, state, at) for row in rows for state, at in row.times.items() if state in WHAT)
        return tuple(sorted((Happened(at, name, WHAT[state]) for name, state, at in steps), key=lambda one: one.at))

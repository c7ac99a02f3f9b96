"""The port `Receipts` of the archive: signed words about a document as they go into its proof bundle."""

from __future__ import annotations

from uuid import UUID

from antin.exchange.queries import receipts
from antin.signing.bundling import Receipt
from antin.values import Actor


class ToldReceipts:
    def receipts(self, actor: Actor, document_id: UUID) -> tuple[Receipt, ...]:
        """Every one, oldest first."""
        return receipts(actor, document_id)

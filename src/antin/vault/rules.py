"""When the vault says no: bytes that are not what was stored, and bytes that were lawfully destroyed."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final
from uuid import UUID

from antin.regulation import RuleViolation
from antin.values import N_

SEALED_MARK: Final = "mật:"
_SEALED: Final = re.compile(SEALED_MARK + r"[A-Za-z0-9_-]{24,}={0,2}")


def looks_sealed(text: str) -> bool:
    """True for a text in the form that the product leaves it: no sentence is one. That it opens is another question."""
    return _SEALED.fullmatch(text) is not None


class ContentDamaged(RuleViolation):
    """Stored bytes are missing, altered, cut short, or belong to another content. Never shown to anyone."""

    def __init__(self, content_id: UUID, why: str) -> None:
        super().__init__(
            "379/5.3",
            N_("Nội dung lưu trữ {content} không còn nguyên vẹn hoặc không đọc được."),
            N_("Báo ngay cho người phụ trách an toàn; khôi phục nội dung này từ bản sao lưu."),
            content=str(content_id),
            why=why,
        )


class ContentDestroyed(RuleViolation):
    """The owner's key was destroyed: nothing can bring the content back, and nothing new is stored there."""

    def __init__(self, destroyed_at: datetime) -> None:
        super().__init__(
            "379/20.1",
            N_("Nội dung này đã được huỷ theo quyết định và không thể khôi phục."),
            N_("Tra cứu danh mục văn bản đã huỷ để biết thời điểm và căn cứ."),
            destroyed_at=destroyed_at.isoformat(),
        )


class CipherMissing(RuleViolation):
    """What is Mật is neither written, read nor sent without the product that it was protected by (379/22.2, 217/5.1)."""

    def __init__(self, product: str = "") -> None:
        super().__init__(
            "379/22.2",
            N_("Nội dung Mật chỉ mở được bằng sản phẩm mật mã đã dùng để bảo vệ; ở đây chưa cài sản phẩm đó."),
            N_("Đề nghị cơ quan cơ yếu cài sản phẩm mật mã, hoặc chuyển qua đường cơ yếu."),
            product=product,
        )


def still_kept(destroyed_at: datetime | None) -> None:
    """ContentDestroyed once the owner's key is gone (379/20.1)."""
    if destroyed_at is not None:
        raise ContentDestroyed(destroyed_at)

"""What a partner's sheet says of sending to it: is it still to be believed, how large may a parcel be (379/26.2, 217/6.5)."""

from __future__ import annotations

from antin.exchange import directory, ports
from antin.exchange.models import Partner
from antin.regulation import RuleViolation
from antin.values import N_


def fresh(partner: Partner) -> None:
    """RuleViolation while the sheet held is out of date: its keys may have been withdrawn meanwhile. It is asked for every few minutes."""
    until = directory.promise(partner.id).until
    if until is not None and not partner.is_self and ports.bound().clock.now() >= until:
        raise RuleViolation(
            "379/26.2",
            N_("Danh bạ của nơi nhận đã quá hạn, chưa lấy được bản mới."),
            N_("Hệ thống tự lấy lại rồi gửi; kiểm tra đường truyền tới nơi đó."),
        )


def too_large(partner: Partner, size: int, *, is_bulk: bool) -> int | None:
    """The limit in bytes when the parcel is above it: the partner's, and that of one body when no part travels apart."""
    most = directory.promise(partner.id).parcel_bytes
    if not is_bulk:
        most = min(most or size, ports.bound().limits.body_bytes)
    return most if most is not None and size > most else None

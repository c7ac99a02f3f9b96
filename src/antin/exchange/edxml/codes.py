"""Code lists of QCVN 102:2016 and its use on the axis, matched to the words of 217/11.8.

Dated data of the standard: a new edition adds a list here with its day, old messages keep theirs.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from antin.values import N_

ARRIVED: Final = "01"
RETURNED: Final = "02"
ACCEPTED: Final = "03"
FORWARDED: Final = "04"
IN_PROCESS: Final = "05"
COMPLETED: Final = "06"
RECALL_ASKED: Final = "13"
RECALLED: Final = "15"
RECALL_REFUSED: Final = "16"
INVALIDATED: Final = "90"
"""Ours alone, on the Party network: the standard has no code for a document declared void (379/19.3)."""
VOID_PROPOSED: Final = "91"
VOID_CONFIRMED: Final = "92"
VOID_REFUSED: Final = "93"
VOID_WITHDRAWN: Final = "94"
VOID_AGREED: Final = "95"
"""Ours alone too: what the sides of an agreement say about declaring it void together (379/19.2.b)."""
PAPER_ARRIVED: Final = "96"
"""Ours alone too: the paper that follows the document is with its recipient (217/8.1). An installation that does not know
it keeps it as history, as it does every code without a known meaning, and moves nothing."""

AGREEING = MappingProxyType(
    {
        VOID_PROPOSED: "proposed",
        VOID_CONFIRMED: "confirmed",
        VOID_REFUSED: "refused",
        VOID_WITHDRAWN: "withdrawn",
        VOID_AGREED: "agreed",
    }
)
"""Codes of a `messages.Accord`, and what each says."""

NOTICES = MappingProxyType({RECALL_ASKED: "recall", INVALIDATED: "invalidate"})
"""Codes by which the issuer speaks of its own document, and the notice that each is to the receiver's copy."""

STATUS = MappingProxyType(
    {
        ARRIVED: ("arrived", N_("Đã đến")),
        RETURNED: ("returned", N_("Từ chối nhận (trả lại)")),
        ACCEPTED: ("accepted", N_("Đã tiếp nhận")),
        FORWARDED: ("forwarded", N_("Đã chuyển xử lý")),
        IN_PROCESS: ("in_process", N_("Đang xử lý")),
        COMPLETED: ("completed", N_("Đã hoàn thành")),
        RECALL_ASKED: ("recall_asked", N_("Thu hồi")),
        RECALLED: ("recalled", N_("Đã thu hồi")),
        RECALL_REFUSED: ("recall_refused", N_("Từ chối thu hồi")),
    }
)
"""Code → (progress of a delivery, word of 217/11.8). 07 to 12 and 14 have no known meaning: history only."""

PRIORITIES = range(5)
"""0 thường, 1 khẩn, 2 thượng khẩn, 3 hoả tốc, 4 hoả tốc hẹn giờ."""

LEGAL, ADMINISTRATIVE = 1, 2
TYPE_NAMES = MappingProxyType(
    {
        LEGAL: MappingProxyType(
            {
                1: "Hiến pháp",
                2: "Luật",
                3: "Pháp lệnh",
                4: "Lệnh",
                5: "Nghị quyết",
                6: "Nghị quyết liên tịch",
                7: "Nghị định",
                8: "Quyết định",
                9: "Thông tư",
                10: "Thông tư liên tịch",
                11: "Chỉ thị",
                12: "Bộ luật",
                13: "Văn bản quy phạm pháp luật của đơn vị hành chính - kinh tế đặc biệt",
            }
        ),
        ADMINISTRATIVE: MappingProxyType(
            {
                1: "Nghị quyết (cá biệt)",
                2: "Quyết định (cá biệt)",
                3: "Chỉ thị (cá biệt)",
                4: "Quy chế",
                5: "Quy định",
                6: "Thông cáo",
                7: "Thông báo",
                8: "Hướng dẫn",
                9: "Chương trình",
                10: "Kế hoạch",
                11: "Phương án",
                12: "Đề án",
                13: "Dự án",
                14: "Báo cáo",
                15: "Biên bản",
                16: "Tờ trình",
                17: "Hợp đồng",
                18: "Công văn",
                19: "Công điện",
                20: "Bản ghi nhớ",
                21: "Bản cam kết",
                22: "Bản thoả thuận",
                23: "Giấy chứng nhận",
                24: "Giấy uỷ quyền",
                25: "Giấy mời",
                26: "Giấy giới thiệu",
                27: "Giấy nghỉ phép",
                28: "Giấy đi đường",
                29: "Giấy biên nhận hồ sơ",
                30: "Phiếu gửi",
                31: "Phiếu chuyển",
                32: "Thư công",
            }
        ),
    }
)
"""Type → TypeDetail → name. Real senders fill these freely: match by TypeName first."""


def type_name(kind: int | None, detail: int | None) -> str:
    """The list's name for (Type, TypeDetail), "" when the list has none."""
    return TYPE_NAMES.get(kind or 0, MappingProxyType({})).get(detail or 0, "")


def progress(code: str) -> str:
    """The delivery's progress a status code tells, "" for codes without a known meaning."""
    return STATUS[code][0] if code in STATUS else ""

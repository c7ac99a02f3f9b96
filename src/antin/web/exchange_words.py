"""Words for the exchange operator: what keeps a way from being good and what to do, what was odd at the door."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from antin.values import N_
from antin.web import formats

LINKS = {
    "up": ("ok", N_("thông")),
    "down": ("bad", N_("đang mất nối")),
    "none": ("ref", N_("không có mạng của Đảng")),
    "unknown": ("ask", N_("chưa thử")),
}
PARTNER_STATES = {
    "proposed": ("warn", N_("chờ người thứ hai xác nhận")),
    "active": ("ok", N_("đang kết nối")),
    "suspended": ("warn", N_("tạm dừng")),
    "ended": ("", N_("đã kết thúc")),
}
BREAKERS = {
    "closed": N_("gửi bình thường"),
    "resting": N_("tạm nghỉ, thử lại lúc %(at)s"),
    "probing": N_("đang thử lại bằng một gói tin"),
}
TROUBLES = {
    "other_certificate": N_(
        "Máy trả lời dùng chứng thư khác với danh bạ. Không gửi gì; gọi điện đối chiếu dấu vân tay với bên đó."
    ),
    "unknown_there": N_("Bên đó không nhận ra máy này. Nhờ quản trị bên đó xác nhận kết nối."),
    "busy": N_("Bên đó đang bận hoặc hết chỗ. Hệ thống tự gửi lại."),
    "too_large": N_("Gói tin lớn hơn mức bên đó nhận. Tách tệp kèm hoặc gửi giấy."),
    "broken_there": N_("Máy bên đó gặp lỗi khi trả lời. Báo quản trị bên đó."),
    "odd_answer": N_("Câu trả lời không theo giao thức. Kiểm tra địa chỉ và phiên bản của bên đó."),
    "false_signature": N_("Chữ ký trong câu trả lời không phải của nơi nhận. Kiểm tra chứng thư trong danh bạ."),
    "not_listening": N_("Máy bên đó không mở cổng kết nối. Hỏi quản trị bên đó dịch vụ có đang chạy không."),
    "no_address": N_("Địa chỉ kết nối không dùng được. Kiểm tra lại địa chỉ."),
    "no_route": N_("Không có đường mạng tới bên đó. Kiểm tra mạng diện rộng."),
    "silent": N_("Bên đó không trả lời trong thời gian chờ. Kiểm tra đường truyền."),
    "not_trusted": N_("Chứng thư của máy bên đó không do nơi được tin cậy cấp, hoặc đã hết hạn."),
    "no_tls": N_("Không lập được kênh mã hoá hai chiều. Kiểm tra chứng thư của hai máy."),
    "cut_off": N_("Kết nối bị ngắt giữa chừng. Hệ thống tự gửi lại."),
    "unwired": N_("Máy này chưa được cấu hình đường gửi."),
    "other": N_("Chưa rõ nguyên nhân. Xem log của máy chủ."),
}
IRREGULARITIES = {
    "same_id_other_bytes": N_("Cùng mã nhưng nội dung khác"),
    "unknown_node": N_("Máy lạ gõ cửa"),
    "refused_parcel": N_("Gói tin bị từ chối"),
    "refused_statement": N_("Thông báo trạng thái bị từ chối"),
    "false_answer": N_("Câu trả lời không đúng chữ ký"),
    "clock_off": N_("Đồng hồ bên đó lệch"),
    "not_followed": N_("Một mục nhật ký không xử lý được"),
    "parked": N_("Gửi nhiều lần không có kết quả"),
    "not_known_here": N_("Bên đó có gói tin mà ở đây không có"),
    "not_reoffered": N_("Gói tin bên đó bị mất không gửi lại được"),
    "lost_statement": N_("Trạng thái đã báo trước khi phục hồi dữ liệu"),
    "disk_full": N_("Ổ đĩa sắp đầy, tạm chưa nhận gói tin"),
    "sheet_refused": N_("Bản danh bạ của bên đó không được nhận"),
}

ENVELOPES = {
    "valid": ("ok", N_("Chữ ký phong bì hợp lệ, đúng của cơ quan gửi.")),
    "unproven": ("ask", N_("Chữ ký phong bì đúng, nhưng chưa chứng minh được chứng thư là của cơ quan gửi.")),
    "invalid": (
        "bad",
        N_("Chữ ký phong bì không khớp nội dung: phong bì đã đổi trên đường, hoặc không do cơ quan gửi ký."),
    ),
    "legacy": ("ask", N_("Chữ ký phong bì kiểu cũ, không kiểm được; không coi là xác thực.")),
    "absent": ("ask", N_("Phong bì không có chữ ký.")),
}


def envelope(verdict: str) -> tuple[str, str]:
    """Kind and sentence for what the signature of an axis envelope came to (217/6.2)."""
    kind, sentence = ENVELOPES[verdict]
    return kind, _(sentence)


LETTERS = {
    "valid": ("ok", N_("Thư có chữ ký số đúng của cơ quan gửi đã được xác nhận ở đây.")),
    "unproven": ("ask", N_("Thư có chữ ký số, nhưng chưa rõ của ai; không coi là xác thực.")),
    "invalid": ("bad", N_("Chữ ký số của thư không đúng; không coi là xác thực.")),
    "absent": ("ask", N_("Thư không có chữ ký số; không coi là xác thực.")),
}
MAIL_SERVERS = {"smtp": N_("Gửi (SMTP)"), "imap": N_("Nhận (IMAP)")}


def letter(verdict: str) -> tuple[str, str]:
    """Kind and sentence for what the signature of a letter came to (217/6.2)."""
    kind, sentence = LETTERS[verdict]
    return kind, _(sentence)


def mail_server(kind: str) -> str:
    return _(MAIL_SERVERS[kind])


def link(key: str) -> tuple[str, str]:
    """Kind and word of a status light."""
    kind, word = LINKS.get(key, LINKS["unknown"])
    return kind, _(word)


def partner_state(key: str) -> tuple[str, str]:
    kind, word = PARTNER_STATES.get(key, ("", key))
    return kind, _(word)


def breaker(key: str, at: str) -> str:
    return _(BREAKERS[key]) % {"at": at} if key == "resting" else _(BREAKERS[key])


def trouble(code: str) -> str:
    """What is the matter and what to do, "" for nothing."""
    return _(TROUBLES.get(code, TROUBLES["other"])) if code else ""


def irregularity(kind: str) -> str:
    return _(IRREGULARITIES[kind]) if kind in IRREGULARITIES else kind


def offset(seconds: int) -> str:
    """By how much a clock is off, as people say it."""
    away = abs(seconds)
    if away < 2:
        return _("đồng hồ khớp")
    said = ngettext("%(n)s giây", "%(n)s giây", away) % {"n": formats.number(away)}
    if away >= 120:
        minutes = away // 60
        said = ngettext("%(n)s phút", "%(n)s phút", minutes) % {"n": formats.number(minutes)}
    return _("đồng hồ nhanh %(by)s") % {"by": said} if seconds > 0 else _("đồng hồ chậm %(by)s") % {"by": said}


def compared(differences: int, offered: int) -> str:
    """What a comparison of both sides' messages came to."""
    if not differences:
        return _("đối chiếu khớp.")
    said = ngettext("%(n)s khác biệt", "%(n)s khác biệt", differences) % {"n": formats.number(differences)}
    again = ngettext("%(n)s thông điệp gửi lại", "%(n)s thông điệp gửi lại", offered) % {"n": formats.number(offered)}
    return _("đối chiếu: %(said)s, %(again)s.") % {"said": said, "again": again}

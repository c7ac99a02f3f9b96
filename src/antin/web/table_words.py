"""Words for the acts and states of the tables of life, as a refusal needs them: “phê duyệt”, not `approve`."""

from __future__ import annotations

from django.utils.translation import gettext as _

from antin.values import N_
from antin.web import words

ACTS = {
    # documents
    "create_draft": N_("soạn dự thảo"),
    "revise_draft": N_("lưu phiên bản mới"),
    "submit": N_("trình góp ý, thẩm định"),
    "endorse": N_("cho ý kiến"),
    "send_back": N_("trả lại người soạn"),
    "approve": N_("phê duyệt"),
    "check_form": N_("kiểm tra thể thức"),
    "prepare_signature": N_("chuẩn bị ký"),
    "sign": N_("ký số"),
    "seal": N_("đóng dấu"),
    "issue": N_("phát hành"),
    "abandon": N_("bỏ dự thảo"),
    "refer_defect": N_("báo sai sót"),
    "settle_defect": N_("giải quyết sai sót"),
    "receive_parcel": N_("nhận từ bên gửi"),
    "certify_digitised": N_("xác nhận bản số hoá"),
    "verify": N_("kiểm tra chữ ký"),
    "register_incoming": N_("tiếp nhận, vào sổ"),
    "return_document": N_("trả lại bên gửi"),
    "forward": N_("chuyển xử lý"),
    "assign": N_("phân công"),
    "take_up": N_("nhận việc"),
    "complete": N_("hoàn thành"),
    "reopen": N_("mở lại"),
    "discard": N_("bỏ bản đã bị thu hồi"),
    "apply_change": N_("ghi nhận đính chính, sửa đổi, thay thế"),
    "recall": N_("thu hồi"),
    "invalidate": N_("huỷ hiệu lực"),
    "invalidate_paper_original": N_("huỷ hiệu lực bản giấy"),
    "answer_invalidation": N_("trả lời việc huỷ hiệu lực"),
    "apply_notice": N_("ghi nhận thông báo của cơ quan ban hành"),
    "settle_accession": N_("giao nộp lưu trữ"),
    "execute_destruction": N_("huỷ văn bản"),
    "expel_secret": N_("đưa văn bản mật ra khỏi hệ thống"),
    "impound": N_("niêm phong"),
    "note_refused_access": N_("ghi nhận truy cập bị từ chối"),
    "lift_impoundment": N_("huỷ niêm phong"),
    # registers and work
    "lapse_signature": N_("bỏ phiếu ký, trả số"),
    "allot_paper_block": N_("cấp số cho văn bản giấy"),
    "enter_paper_case": N_("ghi số văn bản giấy"),
    "open_register": N_("mở sổ"),
    "close_register": N_("khoá sổ"),
    "hand_over": N_("chuyển việc cho người khác"),
    "report_result": N_("báo cáo kết quả"),
    "settle_result": N_("duyệt kết quả"),
    "change_due_date": N_("đổi thời hạn"),
    # exchange
    "queue_dispatch": N_("đưa vào hàng gửi"),
    "transmit": N_("gửi đi"),
    "note_progress": N_("nhận trạng thái từ nơi nhận"),
    "fail_dispatch": N_("ghi nhận gửi lỗi"),
    "send_on_paper": N_("gửi giấy"),
    "note_paper_arrival": N_("ghi nhận bản giấy đã đến"),
    "ask_recall": N_("yêu cầu thu hồi"),
    "settle_parcel": N_("xử lý gói tin tạm giữ"),
    "propose_partner": N_("đề nghị kết nối"),
    "confirm_partner": N_("xác nhận kết nối"),
    "close_partner": N_("ngừng kết nối"),
    "report_progress": N_("báo trạng thái cho bên gửi"),
    "settle_statement": N_("ghi nhận trả lời của bên gửi"),
    # certificates and accounts
    "note_certificate": N_("ghi nhận chứng thư"),
    "suspend_certificate": N_("tạm dừng chứng thư"),
    "resume_certificate": N_("dùng lại chứng thư"),
    "ask_revocation": N_("đề nghị thu hồi chứng thư"),
    "note_revocation": N_("ghi nhận thu hồi chứng thư"),
    "enrol_person": N_("lập tài khoản"),
    "vouch_identity": N_("xác nhận danh tính"),
    "bind_authenticator": N_("gắn ứng dụng mã dùng một lần"),
    "suspend_account": N_("tạm khoá tài khoản"),
    "restore_account": N_("mở lại tài khoản"),
    "report_lost_account": N_("báo mất tài khoản"),
    "re_enrol_person": N_("cấp lại tài khoản"),
    "close_account": N_("đóng tài khoản"),
    "grant_delegation": N_("uỷ quyền"),
    "end_delegation": N_("kết thúc uỷ quyền"),
}
STATES = {
    "outgoing": words.STATES,
    "incoming": words.STATES,
    "validity": words.VALIDITY,
    "delivery": words.DELIVERY,
    "assignment": words.ASSIGNMENTS,
}
OTHER_STATES = {
    "current": N_("đang sử dụng"),
    "archived": N_("đã lưu trữ"),
    "destroyed": N_("đã huỷ văn bản"),
    "expelled": N_("đã đưa ra khỏi hệ thống"),
    "in_effect": N_("đang niêm phong"),
    "lifted": N_("đã huỷ niêm phong"),
    "reserved": N_("giữ chỗ"),
    "free": N_("trống"),
    "used": N_("đã dùng"),
    "voided": N_("huỷ số"),
    "blocked": N_("số giấy"),
    "open": N_("đang mở"),
    "done": N_("đã xong"),
    "lapsed": N_("đã hết hạn"),
    "closed": N_("đã đóng"),
    "settled": N_("đã giải quyết"),
    "admitted": N_("đã nhận"),
    "quarantined": N_("tạm giữ"),
    "refused": N_("bị từ chối"),
    "proposed": N_("đã đề nghị"),
    "active": N_("đang dùng"),
    "suspended": N_("tạm dừng"),
    "ended": N_("đã kết thúc"),
    "queued": N_("chờ gửi"),
    "acknowledged": N_("đã được xác nhận"),
    "revocation_asked": N_("chờ thu hồi"),
    "revoked": N_("đã thu hồi"),
    "enrolled": N_("đã lập, chờ xác nhận danh tính"),
    "vouched": N_("đã xác nhận danh tính"),
    "lost": N_("đã báo mất"),
    "in_force": N_("còn hiệu lực"),
}


def act(key: str) -> str:
    """An act of a table; what stands in brackets behind it only tells its rows apart."""
    bare = key.partition("(")[0]
    return _(ACTS[bare]) if bare in ACTS else key


def state(life: str, key: str) -> str:
    """A state of the table of that name."""
    if not key:
        return _("chưa có")
    table = STATES.get(life, OTHER_STATES)
    return _(table[key]) if key in table else key

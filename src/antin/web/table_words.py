"""Words for the acts and states of the tables of life, as a refusal needs them: “phê duyệt”, not `approve`."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from antin.values import N_
from antin.web import words


def NP_(context: str, message: str) -> str:  # noqa: N802 (as N_, with a context)
    """Marks a message with a context: as an act refused, “phê duyệt” is not what a timeline says of who did it."""
    return message


ACTS = {
    # documents
    "create_draft": NP_("act", "soạn dự thảo"),
    "revise_draft": NP_("act", "lưu phiên bản mới"),
    "submit": NP_("act", "trình góp ý, thẩm định"),
    "endorse": NP_("act", "cho ý kiến"),
    "send_back": NP_("act", "trả lại người soạn"),
    "approve": NP_("act", "phê duyệt"),
    "check_form": NP_("act", "kiểm tra thể thức"),
    "prepare_signature": NP_("act", "chuẩn bị ký"),
    "sign": NP_("act", "ký số"),
    "seal": NP_("act", "đóng dấu"),
    "issue": NP_("act", "phát hành"),
    "abandon": NP_("act", "bỏ dự thảo"),
    "refer_defect": NP_("act", "báo sai sót"),
    "settle_defect": NP_("act", "giải quyết sai sót"),
    "receive_parcel": NP_("act", "nhận từ bên gửi"),
    "certify_digitised": NP_("act", "xác nhận bản số hoá"),
    "verify": NP_("act", "kiểm tra chữ ký"),
    "register_incoming": NP_("act", "tiếp nhận, vào sổ"),
    "return_document": NP_("act", "trả lại bên gửi"),
    "forward": NP_("act", "chuyển xử lý"),
    "assign": NP_("act", "phân công"),
    "take_up": NP_("act", "nhận việc"),
    "complete": NP_("act", "hoàn thành"),
    "reopen": NP_("act", "mở lại"),
    "discard": NP_("act", "bỏ bản đã bị thu hồi"),
    "apply_change": NP_("act", "ghi nhận đính chính, sửa đổi, thay thế"),
    "recall": NP_("act", "thu hồi"),
    "invalidate": NP_("act", "huỷ hiệu lực"),
    "invalidate_paper_original": NP_("act", "huỷ hiệu lực bản giấy"),
    "answer_invalidation": NP_("act", "trả lời việc huỷ hiệu lực"),
    "propose_invalidation": NP_("act", "đề nghị các bên huỷ hiệu lực"),
    "take_conclusion": NP_("act", "ghi nhận các bên đã thoả thuận"),
    "note_late_answer": NP_("act", "ghi nhận trả lời đến sau"),
    "lapse_invalidation": NP_("act", "kết thúc đề nghị huỷ hiệu lực"),
    "apply_notice": NP_("act", "ghi nhận thông báo của cơ quan ban hành"),
    "settle_accession": NP_("act", "giao nộp lưu trữ"),
    "execute_destruction": NP_("act", "huỷ văn bản"),
    "expel_secret": NP_("act", "đưa văn bản mật ra khỏi hệ thống"),
    "impound": NP_("act", "niêm phong"),
    "note_refused_access": NP_("act", "ghi nhận truy cập bị từ chối"),
    "lift_impoundment": NP_("act", "huỷ niêm phong"),
    # registers and work
    "lapse_signature": NP_("act", "bỏ phiếu ký, trả số"),
    "open_device_ticket": NP_("act", "mở vé ký cho thiết bị"),
    "take_device_signature": NP_("act", "nhận chữ ký từ thiết bị"),
    "refuse_device_signature": NP_("act", "từ chối chữ ký của thiết bị"),
    "end_device_ticket": NP_("act", "đóng vé ký"),
    "attach_timestamp_token": NP_("act", "gắn dấu thời gian"),
    "note_final_page": NP_("act", "theo dõi dấu thời gian lưu trữ"),
    "survey_proof": NP_("act", "xét hạn dấu thời gian lưu trữ"),
    "end_proof": NP_("act", "thôi theo dõi dấu thời gian lưu trữ"),
    "allot_paper_block": NP_("act", "cấp số cho văn bản giấy"),
    "enter_paper_case": NP_("act", "ghi số văn bản giấy"),
    "open_register": NP_("act", "mở sổ"),
    "close_register": NP_("act", "khoá sổ"),
    "hand_over": NP_("act", "chuyển việc cho người khác"),
    "report_result": NP_("act", "báo cáo kết quả"),
    "settle_result": NP_("act", "duyệt kết quả"),
    "change_due_date": NP_("act", "đổi thời hạn"),
    "open_case_file": NP_("act", "mở hồ sơ"),
    "place_in_case_file": NP_("act", "đưa vào hồ sơ"),
    "take_from_case_file": NP_("act", "đưa ra khỏi hồ sơ"),
    "hand_over_case_file": NP_("act", "bàn giao hồ sơ"),
    "close_case_file": NP_("act", "kết thúc hồ sơ"),
    "propose_destruction": NP_("act", "đề nghị huỷ"),
    "examine_destruction": NP_("act", "thẩm định danh mục huỷ"),
    "decide_destruction": NP_("act", "quyết định huỷ"),
    "attest_destruction": NP_("act", "xác nhận đã huỷ"),
    "reopen_case_file": NP_("act", "mở lại hồ sơ"),
    # paper copies
    "request_paper_output": NP_("act", "đề nghị bản giấy"),
    "settle_paper_output": NP_("act", "duyệt đề nghị bản giấy"),
    "print_copy": NP_("act", "lập bản in giấy"),
    "spoil_copy": NP_("act", "huỷ bản in giấy"),
    # exchange
    "queue_dispatch": NP_("act", "đưa vào hàng gửi"),
    "transmit": NP_("act", "gửi đi"),
    "note_progress": NP_("act", "nhận trạng thái từ nơi nhận"),
    "fail_dispatch": NP_("act", "ghi nhận gửi lỗi"),
    "send_on_paper": NP_("act", "gửi giấy"),
    "note_paper_arrival": NP_("act", "ghi nhận bản giấy đã đến"),
    "ask_recall": NP_("act", "yêu cầu thu hồi"),
    "note_seen": NP_("act", "xem lý do trả lại"),
    "settle_parcel": NP_("act", "xử lý gói tin tạm giữ"),
    "propose_partner": NP_("act", "đề nghị kết nối"),
    "confirm_partner": NP_("act", "xác nhận kết nối"),
    "close_partner": NP_("act", "ngừng kết nối"),
    "start_clock": NP_("act", "tính hạn gửi"),
    "warn_clerk": NP_("act", "nhắc văn thư"),
    "escalate": NP_("act", "báo lãnh đạo quá hạn gửi"),
    "stop_clock": NP_("act", "thôi tính hạn gửi"),
    "note_taken_in_again": NP_("act", "ghi nhận nơi nhận đã nhận lại"),
    "reoffer_statement": NP_("act", "báo lại trạng thái đã mất"),
    "reconcile_partner": NP_("act", "đối chiếu"),
    "note_link_state": NP_("act", "thử kết nối"),
    "release_parked": NP_("act", "cho gửi lại"),
    "report_progress": NP_("act", "báo trạng thái cho bên gửi"),
    "settle_statement": NP_("act", "ghi nhận trả lời của bên gửi"),
    # certificates and accounts
    "note_certificate": NP_("act", "ghi nhận chứng thư"),
    "suspend_certificate": NP_("act", "tạm dừng chứng thư"),
    "resume_certificate": NP_("act", "dùng lại chứng thư"),
    "ask_revocation": NP_("act", "đề nghị thu hồi chứng thư"),
    "note_revocation": NP_("act", "ghi nhận thu hồi chứng thư"),
    "enrol_person": NP_("act", "lập tài khoản"),
    "vouch_identity": NP_("act", "xác nhận danh tính"),
    "bind_authenticator": NP_("act", "gắn ứng dụng mã dùng một lần"),
    "suspend_account": NP_("act", "tạm khoá tài khoản"),
    "restore_account": NP_("act", "mở lại tài khoản"),
    "report_lost_account": NP_("act", "báo mất tài khoản"),
    "re_enrol_person": NP_("act", "cấp lại tài khoản"),
    "close_account": NP_("act", "đóng tài khoản"),
    "grant_delegation": NP_("act", "uỷ quyền"),
    "end_delegation": NP_("act", "kết thúc uỷ quyền"),
    "state_absence": NP_("act", "ghi vắng mặt"),
    "end_absence": NP_("act", "kết thúc thời gian vắng mặt"),
    "adopt_route_template": NP_("act", "lập mẫu luồng trình"),
    "change_route_template": NP_("act", "sửa mẫu luồng trình"),
    "end_route_template": NP_("act", "thôi dùng mẫu luồng trình"),
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
    "examined": N_("đã thẩm định"),
    "approved": N_("đã quyết định"),
    "executed": N_("đã huỷ"),
    "attested": N_("đã xác nhận"),
    "reserved": N_("giữ chỗ"),
    "free": N_("trống"),
    "used": N_("đã dùng"),
    "waiting": N_("chờ dấu thời gian"),
    "attached": N_("đã có dấu thời gian"),
    "noted": N_("chưa xét"),
    "standing": N_("đang giữ được"),
    "unproven": N_("không có gì để gia hạn"),
    "voided": N_("huỷ số"),
    "blocked": N_("số giấy"),
    "open": N_("đang mở"),
    "done": N_("đã xong"),
    "lapsed": N_("đã hết hạn"),
    "closed": N_("đã đóng"),
    "settled": N_("đã giải quyết"),
    "admitted": N_("đã nhận"),
    "quarantined": N_("tạm giữ"),
    "refused": N_("đã từ chối"),
    "proposed": N_("đã đề nghị"),
    "active": N_("đang dùng"),
    "suspended": N_("tạm dừng"),
    "ended": N_("đã kết thúc"),
    "queued": N_("chờ gửi"),
    "acknowledged": N_("đã được xác nhận"),
    "running": N_("trong hạn"),
    "warned": N_("sắp hết hạn, đã nhắc"),
    "missed": N_("quá hạn gửi"),
    "stopped": N_("đã gửi hoặc thôi gửi"),
    "revocation_asked": N_("chờ thu hồi"),
    "revoked": N_("đã thu hồi"),
    "enrolled": N_("đã lập, chờ xác nhận danh tính"),
    "vouched": N_("đã xác nhận danh tính"),
    "lost": N_("đã báo mất"),
    "in_force": N_("còn hiệu lực"),
    "agreed": N_("các bên đã thoả thuận"),
}


def act(key: str) -> str:
    """An act of a table; what stands in brackets behind it only tells its rows apart."""
    bare = key.partition("(")[0]
    return pgettext("act", ACTS[bare]) if bare in ACTS else key


def state(life: str, key: str) -> str:
    """A state of the table of that name."""
    if not key:
        return _("chưa có")
    table = STATES.get(life, OTHER_STATES)
    return _(table[key]) if key in table else key

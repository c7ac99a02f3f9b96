"""Every reason a validation can give, in plain Vietnamese. Names in braces are filled from the reason's facts."""

from __future__ import annotations

from typing import Final

from antin.signing.path import Term, Why
from antin.signing.signed_data import Flaw
from antin.values import N_

UNREADABLE: Final = N_("Tệp không đúng định dạng PDF đã ký số nên không kiểm tra được: {why}.")
TOO_LARGE: Final = N_("Tệp lớn hơn {limit} MB nên không kiểm tra.")
OUT_OF_LIMITS: Final = N_("Không đọc được tệp trong giới hạn thời gian và bộ nhớ cho phép: chưa kết luận được.")
UNREADABLE_FILE: Final = N_("Tệp không đọc được theo định dạng có chữ ký số: {why}.")
UNKNOWN_FILE: Final = N_("Không nhận ra loại tệp: chỉ kiểm tra được PDF, chữ ký CMS (.p7s, .p7m), XML và gói chứng cứ.")
NO_SIGNATURE: Final = N_("Văn bản không có chữ ký số, chỉ để tham khảo.")
MISSING_PERSON: Final = N_("Thiếu chữ ký số của người có thẩm quyền.")
MISSING_SEAL: Final = N_("Thiếu chữ ký số của cơ quan (con dấu).")
EMPTY_FIELD: Final = N_("Ô chữ ký “{field}” còn trống: văn bản chưa ký đủ, hoặc phần ký sau đã bị cắt bỏ.")
FORM_FIELDS: Final = N_("Văn bản có ô điền biểu mẫu ngoài ô chữ ký; nội dung ô có thể thay đổi sau khi ký.")
TRAILING: Final = N_("Tệp bị thêm dữ liệu sau chữ ký hoặc dấu thời gian cuối cùng.")
AFTER_SEAL: Final = N_("Có chữ ký của cá nhân được thêm sau khi cơ quan đã đóng dấu.")
OTHER_BODY: Final = N_("Người ký thuộc “{person}” còn con dấu là của “{seal}”: đối chiếu thẩm quyền ký.")
HYBRID: Final = N_("Tệp có cấu trúc tham chiếu kép của phần mềm văn phòng cũ; đã kiểm tra ở chế độ nới lỏng.")
ALL_GOOD: Final = N_("Mọi chữ ký số đều hợp lệ tại thời điểm ký và văn bản nguyên vẹn.")
RENEW: Final = N_("Dấu thời gian cuối đã quá hạn chứng thư ({until}); cần gia hạn dấu thời gian lưu trữ.")

UNKNOWN_KIND: Final = N_("Loại chữ ký “{kind}” không được hỗ trợ.")
BAD_RANGE: Final = N_("Chữ ký không phủ liền mạch phần nội dung nó xác nhận.")
MODIFIED: Final = N_("Nội dung bị thay đổi sau khi ký.")
WRONG_PURPOSE: Final = N_("Chứng thư “{name}” không được cấp để ký văn bản.")
NO_TIMESTAMP: Final = N_("Không có dấu thời gian: không chứng minh được thời điểm ký.")
BAD_TIMESTAMP: Final = N_("Dấu thời gian không hợp lệ ({why}): không chứng minh được thời điểm ký.")
FORGED_ISSUER: Final = N_("Chứng thư mạo danh đơn vị cấp: tên trùng nhưng không do đơn vị được tin cậy ký.")
REVOKED_SINCE: Final = N_("Chứng thư của “{name}” đã bị thu hồi từ {since}, trước thời điểm ký {at}.")
CLOCK_QUIRK: Final = N_(
    "Thời điểm người ký khai lệch 7 giờ so với dấu thời gian (lỗi múi giờ thường gặp ở phần mềm cũ)."
)
CLOCK_OFF: Final = N_("Thời điểm người ký khai lệch so với dấu thời gian; lấy theo dấu thời gian.")
IRREGULAR: Final = N_("Phần không được chữ ký bảo vệ (chứng thư kèm theo, phần đệm) có dạng bất thường.")
UNLOCKED: Final = N_("Con dấu không khoá văn bản.")
SAMPLE: Final = N_("Chứng thư MẪU – KHÔNG DÙNG CHÍNH THỨC: chữ ký này không có giá trị pháp lý.")

DATA_MISSING: Final = N_("Chữ ký nằm riêng: cần thêm tệp được ký mới kiểm tra được.")
XML_UNSIGNED: Final = N_("Tệp XML không có chữ ký số.")
XML_GOOD: Final = N_("Chữ ký của tệp XML đúng và nội dung nguyên vẹn.")
XML_LEGACY: Final = N_(
    "Chữ ký XML kiểu cũ (SHA-1 hoặc phép biến đổi không chuẩn): không xác thực được gì, không coi là hợp lệ."
)
XML_BROKEN: Final = N_("Chữ ký XML không khớp với nội dung hoặc không đúng chuẩn ({why}).")
NOW_ONLY: Final = N_("Không có dấu thời gian: chỉ xác nhận được rằng chữ ký đúng vào lúc kiểm tra.")
BUNDLE_BAD: Final = N_("Gói chứng cứ không đúng ở {where}: {why}.")
BUNDLE_GOOD: Final = N_("Gói chứng cứ đúng: {count} mục nhật ký có bằng chứng; các mục nêu đúng văn bản này: {ids}.")
BUNDLE_TIMED: Final = N_("Có trước {at}, theo dấu thời gian của {authority}: các mục nhật ký {ids}.")
BUNDLE_UNTIMED: Final = N_("Dấu thời gian của nhật ký chưa kiểm tra được ({why}): các mục {ids}.")
BUNDLE_KEY: Final = N_("Khoá của nhật ký lấy từ chính gói, hãy đối chiếu bằng đường khác: {key}")
BUNDLE_UNNAMED: Final = N_("Tệp kèm theo không mục nhật ký nào nêu: {names}.")

FLAWS: Final = {
    Flaw.FORMAT: N_("Cấu trúc chữ ký số không đúng chuẩn."),
    Flaw.HASH: N_("Nội dung không khớp với chữ ký: văn bản đã bị sửa."),
    Flaw.CRYPTO: N_("Giá trị chữ ký sai: không do khoá của chứng thư này tạo ra."),
    Flaw.WEAK: N_("Thuật toán ký quá yếu hoặc không được chấp nhận."),
    Flaw.NO_CERTIFICATE: N_("Không xác định được chứng thư của người ký trong chữ ký."),
}

PATHS: Final = {
    Why.NO_CERTIFICATE_CHAIN_FOUND: N_("Chứng thư của “{name}” không thuộc dịch vụ chứng thực được tin cậy."),
    Why.CERTIFICATE_CHAIN_GENERAL_FAILURE: N_("Chuỗi chứng thư của “{name}” không hợp lệ."),
    Why.CHAIN_CONSTRAINTS_FAILURE: N_("Chuỗi chứng thư của “{name}” có điều kiện không được phép hoặc không hỗ trợ."),
    Why.CRYPTO_CONSTRAINTS_FAILURE: N_("Chứng thư của “{name}” dùng thuật toán hoặc độ dài khoá quá yếu."),
    Why.NOT_YET_VALID: N_("Chứng thư của “{name}” chưa có hiệu lực tại thời điểm ký {at}."),
    Why.EXPIRED: N_("Chứng thư của “{name}” đã hết hạn tại thời điểm ký {at}."),
    Why.REVOKED: N_("Chứng thư của “{name}” đã bị thu hồi trước thời điểm ký {at}."),
    Why.REVOKED_CA: N_("Chứng thư của đơn vị cấp cho “{name}” đã bị thu hồi trước thời điểm ký {at}."),
    Why.TRY_LATER: N_(
        "Chưa biết trạng thái chứng thư của “{name}” tại thời điểm ký {at}; cần kiểm tra lại khi có dữ liệu."
    ),
}

TERMS: Final = {
    Term.THEN: N_("Đơn vị chứng thực “{anchor}” không được tin cậy vào thời điểm {at}."),
    Term.OFFICIAL: N_(
        "Chứng thư của “{name}” do tổ chức chứng thực công cộng “{anchor}” cấp: không dùng để ký văn bản công vụ."
    ),
}

VERDICTS: Final = {
    "valid": N_("Hợp lệ"),
    "invalid": N_("Không hợp lệ"),
    "indeterminate": N_("Chưa xác định được"),
    "changed": N_("Bị thay đổi sau khi ký"),
}
ROLES: Final = {
    "person": N_("Người có thẩm quyền"),
    "seal": N_("Cơ quan (con dấu)"),
    "exchange": N_("Cơ quan (trao đổi văn bản)"),
    "": N_("Không rõ vai trò"),
}
KINDS: Final = {
    "pdf": N_("Văn bản PDF"),
    "cms": N_("Chữ ký CMS"),
    "xml": N_("Tệp XML"),
    "bundle": N_("Gói chứng cứ"),
    "": N_("Không rõ loại tệp"),
}
STATUSES: Final = {"good": N_("còn hiệu lực"), "revoked": N_("đã thu hồi"), "unknown": N_("chưa rõ")}
COVERAGES: Final = {
    "file": N_("toàn bộ tệp"),
    "revision": N_("toàn bộ phần có trước khi ký"),
    "partial": N_("chỉ một phần"),
}

# What a report may say at all; a sentence from elsewhere did not come from here.
SENTENCES: Final = frozenset(
    {word for word in list(globals().values()) if isinstance(word, str)}
    | {*FLAWS.values(), *PATHS.values(), *TERMS.values()}
)

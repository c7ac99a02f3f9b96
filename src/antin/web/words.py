"""Words for states, offices, methods, acts: one place, so that every page says the same (ui.md §6, 217/11.8)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from antin.rulebook import queries as rulebook
from antin.rulebook.rules import DocumentType
from antin.values import N_, Secrecy
from antin.vault.rules import looks_sealed

STATES = {
    "draft": N_("Dự thảo"),
    "in_review": N_("Đang góp ý"),
    "approved": N_("Đã phê duyệt"),
    "signed": N_("Đã ký"),
    "sealed": N_("Đã đóng dấu"),
    "issued": N_("Đã phát hành"),
    "abandoned": N_("Đã bỏ"),
    "arrived": N_("Đã đến"),
    "verified": N_("Đã kiểm tra"),
    "registered": N_("Đã tiếp nhận"),
    "forwarded": N_("Đã chuyển xử lý"),
    "in_process": N_("Đang xử lý"),
    "completed": N_("Đã hoàn thành"),
    "returned": N_("Từ chối nhận (trả lại)"),
    "discarded": N_("Đã bỏ bản bị thu hồi"),
}
LETTER = "cong_van"
VALIDITY = {
    "in_force": N_("Còn hiệu lực"),
    "replaced": N_("Bị thay thế"),
    "recalled": N_("Bị thu hồi"),
    "invalidated": N_("Huỷ hiệu lực"),
}
DEFECTS = {
    "signature": N_("Chữ ký"),
    "form": N_("Thể thức"),
    "content": N_("Nội dung"),
    "abstract": N_("Trích yếu"),
    "recipients": N_("Nơi nhận"),
    "attachments": N_("Tệp kèm"),
    "other": N_("Sai sót khác"),
}
ENCLOSURES = {
    "due": N_("Giấy: cần gửi"),
    "posted": N_("Giấy: đã gửi"),
    "arrived": N_("Giấy: đã đến"),
    "dropped": N_("Giấy: không gửi"),
}
SCANS = {
    "captured": N_("Đã quét"),
    "described": N_("Đã nhập dữ liệu"),
    "confirmed": N_("Chờ ký số"),
    "certified": N_("Đã ký số"),
    "dropped": N_("Đã bỏ"),
}
PAPERS = {"in_force": N_("Bản giấy còn hiệu lực"), "void": N_("Bản giấy bị huỷ hiệu lực")}
COPY_STATES = {
    "asked": N_("Chờ văn thư"),
    "granted": N_("Đã duyệt, chờ in"),
    "refused": N_("Bị từ chối"),
    "printed": N_("Đã in"),
    "spoiled": N_("Đã huỷ bản in"),
}
COPY_WORTH = {
    "in_force": N_("Bản in còn giá trị"),
    "spoiled": N_("Bản in đã bị huỷ"),
    "ended": N_("Bản in không còn giá trị"),
    "destroyed": N_("Bản in không còn giá trị"),
}
DEFECT_OUTCOMES = {
    "": N_("Đã trả lại bên gửi"),
    "proceed": N_("Cho đi tiếp"),
    "abandon": N_("Bỏ văn bản"),
}
AGREEMENTS = {
    "proposed": N_("Chờ các bên trả lời"),
    "agreed": N_("Các bên đã đồng ý"),
    "closed": N_("Đã kết thúc, không đủ đồng ý"),
}
SIDE_ANSWERS = {
    "": N_("chưa trả lời"),
    "proposed": N_("đề nghị và đồng ý"),
    "confirmed": N_("đồng ý"),
    "refused": N_("từ chối"),
    "withdrawn": N_("đã rút đề nghị"),
}
CHANGES = {
    "correct": N_("Đính chính"),
    "amend": N_("Sửa đổi, bổ sung"),
    "replace": N_("Thay thế"),
}
CHANGED_BY = {
    "correct": N_("Được đính chính bởi"),
    "amend": N_("Được sửa đổi, bổ sung bởi"),
    "replace": N_("Bị thay thế bởi"),
}
DELIVERY = {
    "queued": N_("Chờ gửi"),
    "sent": N_("Đã gửi"),
    "relayed": N_("Trục đã nhận"),
    "arrived": N_("Đã đến"),
    "accepted": N_("Đã tiếp nhận"),
    "forwarded": N_("Đã chuyển xử lý"),
    "in_process": N_("Đang xử lý"),
    "completed": N_("Đã hoàn thành"),
    "returned": N_("Từ chối nhận (trả lại)"),
    "failed": N_("Gửi lỗi"),
    "paper": N_("Giấy"),
    "recall_asked": N_("Đã yêu cầu thu hồi"),
    "recalled": N_("Đã thu hồi"),
    "recall_refused": N_("Thu hồi (bên nhận từ chối)"),
}
CHANNELS = {
    "party_network": N_("Mạng của Đảng"),
    "internet": N_("Internet"),
    "digitised": N_("Số hoá từ bản giấy"),
    "axis": N_("Trục liên thông văn bản quốc gia"),
    "paper": N_("Giấy"),
    "cipher_office": N_("Đường cơ yếu"),
}
METHODS = {
    "password_totp": N_("mật khẩu và mã dùng một lần"),
    "passkey": N_("khoá truy cập"),
    "certificate": N_("chứng thư số"),
    "password": N_("mật khẩu"),
    "installation_key": N_("khoá của hệ thống"),
    "organisation_signature": N_("chữ ký số của cơ quan"),
}
OFFICES = {
    "drafter": N_("người soạn"),
    "reviewer": N_("người góp ý, thẩm định"),
    "approver": N_("người phê duyệt"),
    "signatory": N_("người có thẩm quyền ký"),
    "clerk": N_("văn thư"),
    "seal_keeper": N_("người giữ con dấu số"),
    "leader": N_("lãnh đạo"),
    "assignee": N_("người chủ trì, phối hợp"),
    "archivist": N_("lưu trữ"),
    "appraiser": N_("hội đồng xác định giá trị"),
    "converter": N_("người chuyển đổi"),
    "executor": N_("người thực hiện hủy"),
    "impounding_authority": N_("cơ quan niêm phong"),
    "office_head": N_("chánh văn phòng"),
    "overseer": N_("người kiểm duyệt tự động"),
    "system_owner": N_("chủ quản hệ thống"),
    "competent_authority": N_("cơ quan, người có thẩm quyền"),
    "identity_officer": N_("cán bộ định danh"),
    "subscriber_manager": N_("người quản lý thuê bao"),
    "security_officer": N_("cán bộ an toàn thông tin"),
    "exchange_operator": N_("quản trị liên thông"),
    "administrator": N_("quản trị kỹ thuật"),
    "cleared": N_("được tiếp cận văn bản Mật"),
    "auditor": N_("kiểm tra, giám sát"),
    "system": N_("hệ thống"),
    "peer": N_("hệ thống bên gửi, nhận"),
    "visitor": N_("người chưa đăng nhập"),
    "person": N_("cá nhân"),
}
ACTS = {
    "identity.organisation.founded": N_("lập cơ quan, đơn vị"),
    "identity.code.given": N_("cấp mã định danh"),
    "identity.person.enrolled": N_("lập tài khoản"),
    "identity.person.vouched": N_("xác nhận danh tính"),
    "identity.person.re_enrolled": N_("cấp lại tài khoản"),
    "identity.authenticator.bound": N_("gắn ứng dụng mã dùng một lần"),
    "identity.session.opened": N_("đăng nhập"),
    "identity.session.refused": N_("bị từ chối đăng nhập"),
    "identity.credential.ended": N_("kết thúc phiên hoặc phương thức đăng nhập"),
    "identity.account.suspended": N_("tạm khoá tài khoản"),
    "identity.account.restored": N_("mở lại tài khoản"),
    "identity.account.lost": N_("báo mất tài khoản"),
    "identity.account.closed": N_("đóng tài khoản"),
    "identity.mandate.conferred": N_("giao nhiệm vụ"),
    "identity.mandate.ended": N_("kết thúc nhiệm vụ"),
    "identity.delegation.granted": N_("uỷ quyền"),
    "identity.delegation.ended": N_("kết thúc uỷ quyền"),
    "identity.absence.stated": N_("ghi vắng mặt, chọn người thay"),
    "identity.absence.ended": N_("kết thúc thời gian vắng mặt"),
    "documents.route_template.adopted": N_("lập mẫu luồng trình"),
    "documents.route_template.changed": N_("sửa mẫu luồng trình"),
    "documents.route_template.ended": N_("thôi dùng mẫu luồng trình"),
    "documents.draft.created": N_("soạn dự thảo"),
    "documents.draft.revised": N_("lưu phiên bản mới"),
    "documents.draft.submitted": N_("trình góp ý, thẩm định"),
    "documents.review.endorsed": N_("cho ý kiến"),
    "documents.draft.sent_back": N_("trả lại người soạn"),
    "documents.draft.approved": N_("phê duyệt, nội dung khoá lại từ đây"),
    "documents.draft.abandoned": N_("bỏ dự thảo"),
    "documents.secrecy.set": N_("đặt độ mật"),
    "documents.document.recalled": N_("thu hồi văn bản"),
    "documents.document.invalidated": N_("huỷ hiệu lực văn bản"),
    "documents.invalidation.proposed": N_("đề nghị các bên huỷ hiệu lực"),
    "documents.invalidation.answered": N_("trả lời đề nghị huỷ hiệu lực"),
    "documents.invalidation.lapsed": N_("đề nghị huỷ hiệu lực không còn được xét"),
    "archive.case_file.settled": N_("nhận hồ sơ vào kho lưu trữ"),
    "archive.hold.set": N_("giữ lại, chưa huỷ"),
    "archive.hold.lifted": N_("bỏ lệnh giữ lại"),
    "archive.destruction.proposed": N_("đề nghị huỷ"),
    "archive.destruction.examined": N_("thẩm định danh mục huỷ"),
    "archive.destruction.decided": N_("quyết định về danh mục huỷ"),
    "archive.destruction.executed": N_("thi hành huỷ"),
    "archive.destruction.attested": N_("xác nhận đã huỷ"),
    "archive.document.destroyed": N_("huỷ văn bản"),
    "continuity.backup.made": N_("làm bộ sao lưu"),
    "continuity.backup.found": N_("nhận bộ sao lưu có sẵn"),
    "continuity.backup.removed": N_("bỏ bộ sao lưu cũ"),
    "continuity.drill.closed": N_("diễn tập phục hồi"),
    "continuity.restore.begun": N_("phục hồi từ bộ sao lưu"),
    "continuity.restore.released": N_("đưa bản phục hồi vào hoạt động"),
    "casework.file_class.opened": N_("thêm nhóm hồ sơ"),
    "casework.case_file.opened": N_("mở hồ sơ"),
    "casework.case_file.joined": N_("đưa văn bản vào hồ sơ"),
    "casework.case_file.left": N_("đưa văn bản ra khỏi hồ sơ"),
    "casework.case_file.referred": N_("dẫn chiếu hồ sơ"),
    "casework.case_file.handed_over": N_("bàn giao hồ sơ"),
    "casework.case_file.closed": N_("kết thúc hồ sơ"),
    "casework.case_file.reopened": N_("mở lại hồ sơ"),
    "documents.impoundment.begun": N_("niêm phong theo quyết định"),
    "documents.impoundment.lifted": N_("huỷ niêm phong theo quyết định"),
    "documents.impoundment.refused": N_("bị từ chối truy cập văn bản niêm phong"),
    "documents.change.applied": N_("ghi nhận đính chính, sửa đổi, thay thế"),
    "registry.form.checked": N_("kiểm tra thể thức"),
    "registry.request.prepared": N_("chuẩn bị ký, giữ số"),
    "registry.request.lapsed": N_("phiếu ký hết hạn, trả số"),
    "registry.ticket.opened": N_("mở vé ký cho thiết bị của người ký"),
    "registry.ticket.refused": N_("từ chối chữ ký của thiết bị"),
    "registry.document.signed": N_("ký số, cấp số"),
    "registry.document.sealed": N_("ký số của cơ quan (con dấu)"),
    "signing.token.attached": N_("gắn dấu thời gian"),
    "signing.tokens.entered": N_("ghi các dấu thời gian đã cấp"),
    "signing.certificate.asked": N_("đề nghị cấp chứng thư số"),
    "signing.certificate.request_refused": N_("từ chối đề nghị cấp chứng thư số"),
    "signing.certificate.noted": N_("ghi nhận chứng thư số"),
    "signing.certificate.suspended": N_("tạm dừng chứng thư số"),
    "signing.certificate.resumed": N_("cho dùng lại chứng thư số"),
    "signing.certificate.revocation_asked": N_("đề nghị thu hồi chứng thư số"),
    "signing.certificate.revoked": N_("chứng thư số đã bị thu hồi"),
    "registry.document.issued": N_("phát hành"),
    "registry.document.verified": N_("kiểm tra chữ ký"),
    "registry.document.registered": N_("tiếp nhận, vào sổ"),
    "registry.document.returned": N_("trả lại bên gửi"),
    "registry.document.forwarded": N_("chuyển xử lý"),
    "registry.document.discarded": N_("bỏ bản đã bị thu hồi"),
    "registry.cipher.noted": N_("ghi số văn bản đi đường cơ yếu"),
    "conversion.pages.captured": N_("nhận bản quét"),
    "conversion.fields.confirmed": N_("ghi dữ liệu của bản giấy"),
    "conversion.completeness.confirmed": N_("xác nhận đủ trang so với bản giấy"),
    "conversion.scan.sent_back": N_("trả lại bản quét"),
    "conversion.scan.dropped": N_("bỏ bản quét"),
    "conversion.document.certified": N_("ký số bản số hoá"),
    "conversion.paper.invalidated": N_("ghi bản gốc giấy bị huỷ hiệu lực"),
    "conversion.output.asked": N_("đề nghị bản giấy"),
    "conversion.output.settled": N_("duyệt đề nghị bản giấy"),
    "conversion.copy.printed": N_("lập bản in giấy"),
    "conversion.copy.spoiled": N_("huỷ bản in giấy"),
    "registry.defect.referred": N_("báo sai sót"),
    "registry.defect.settled": N_("giải quyết sai sót"),
    "signing.report.made": N_("lập báo cáo kiểm tra chữ ký"),
    "casework.instruction.given": N_("cho ý kiến chỉ đạo"),
    "casework.work.assigned": N_("phân công"),
    "casework.work.taken_up": N_("nhận việc"),
    "casework.work.handed_over": N_("chuyển việc cho người khác"),
    "casework.result.reported": N_("báo cáo kết quả"),
    "casework.result.settled": N_("duyệt kết quả"),
    "casework.due.changed": N_("đổi thời hạn"),
    "casework.document.completed": N_("hoàn thành"),
    "casework.document.reopened": N_("mở lại"),
    "exchange.dispatch.queued": N_("đưa vào hàng gửi"),
    "exchange.dispatch.transmitted": N_("gửi đi"),
    "exchange.dispatch.progressed": N_("báo trạng thái"),
    "exchange.dispatch.failed": N_("gửi không được"),
    "exchange.enclosure.due": N_("ghi cần gửi kèm bản giấy"),
    "exchange.enclosure.printed": N_("lập bản giấy, phiếu gửi"),
    "exchange.enclosure.posted": N_("gửi bản giấy đi"),
    "exchange.enclosure.arrived": N_("ghi nhận bản giấy đã đến"),
    "exchange.enclosure.dropped": N_("thôi gửi bản giấy"),
    "exchange.dispatch.on_paper": N_("chuyển sang gửi giấy"),
    "exchange.recall.asked": N_("yêu cầu thu hồi"),
    "exchange.invalidation.told": N_("báo huỷ hiệu lực cho nơi nhận"),
    "documents.notice.applied": N_("ghi nhận thông báo của cơ quan ban hành"),
    "exchange.return.seen": N_("đã xem lý do trả lại"),
    "exchange.parcel.received": N_("nhận từ bên gửi"),
    "exchange.update.noted": N_("bên gửi báo cập nhật văn bản"),
    "exchange.statement.queued": N_("báo trạng thái cho bên gửi"),
    "exchange.deadline.warned": N_("nhắc văn thư sắp hết hạn gửi"),
    "exchange.deadline.missed": N_("báo lãnh đạo văn bản quá hạn gửi"),
    "exchange.link.noted": N_("thử kết nối"),
    "exchange.partner.reconciled": N_("đối chiếu thông điệp với nơi kết nối"),
    "exchange.dispatch.released": N_("cho gửi lại lượt gửi đứng yên"),
    "exchange.statement.released": N_("cho báo lại trạng thái đứng yên"),
    "ledger.reading": N_("đọc"),
    "ledger.refusal": N_("bị từ chối"),
    "ledger.evidence.exported": N_("xuất gói chứng cứ"),
}
LEGAL_ACTS = frozenset({"registry.document.signed", "registry.document.sealed", "registry.document.issued"})


def _said(table: dict[str, str], key: str) -> str:
    return _(table[key]) if key in table else key


def state(key: str) -> str:
    return _said(STATES, key)


def validity(key: str) -> str:
    return _said(VALIDITY, key)


def change(key: str) -> str:
    return _said(CHANGES, key)


def changed_by(key: str) -> str:
    return _said(CHANGED_BY, key)


def channel(key: str) -> str:
    return _said(CHANNELS, key)


def delivery(key: str) -> str:
    return _said(DELIVERY, key)


def method(key: str) -> str:
    return _said(METHODS, key)


def office(key: str) -> str:
    return _said(OFFICES, key)


def act(key: str) -> str:
    return _said(ACTS, key)


def dot(act_id: str, office_key: str) -> str:
    """The mark of a timeline entry: red for legal acts, stop for refusals, pen for people, plain for machines."""
    if act_id in LEGAL_ACTS:
        return "red"
    if act_id in {"ledger.refusal", "registry.document.returned", "exchange.dispatch.failed"}:
        return "stop"
    return "" if office_key in {"system", "peer"} else "pen"


ASSIGNMENTS = {
    "assigned": N_("đã giao"),
    "accepted": N_("đã nhận việc"),
    "reported": N_("đã báo cáo, chờ duyệt"),
    "closed": N_("đã xong"),
}
RENDITIONS = {
    "draft": N_("bản dự thảo"),
    "laid_out": N_("bản trình bày"),
    "prepared": N_("bản chờ ký, đã có số và ngày"),
    "signed": N_("bản đã ký"),
    "sealed": N_("bản đã ký và đóng dấu"),
    "received": N_("bản nhận được"),
    "renewed": N_("bản đã gia hạn dấu thời gian lưu trữ"),
}


VERDICTS = {
    "valid": N_("Hợp lệ"),
    "invalid": N_("Không hợp lệ"),
    "indeterminate": N_("Chưa xác định"),
    "changed": N_("Đã bị sửa sau khi ký"),
}
SIGNATURES = {"person": N_("người có thẩm quyền"), "seal": N_("cơ quan (con dấu)")}
MACHINE_REASONS = frozenset(
    {
        N_("Đính kèm tệp"),
        N_("Bỏ tệp gửi kèm"),
        N_("Người ký để lại, chưa ký."),
        N_("Tự động tạm dừng do thay đổi chức vụ, nhiệm vụ hoặc tài khoản của người ký."),
        N_("Hết thời hạn gửi qua mạng mà chưa tới nơi nhận."),
        N_("Đã dừng: nhiều lần gửi không có kết quả. Quản trị liên thông kiểm tra."),
    }
)
"""Reasons that the house itself writes into its records; a person's reason is never translated."""


def assignment(key: str) -> str:
    return _said(ASSIGNMENTS, key)


def rendition(key: str) -> str:
    return _said(RENDITIONS, key)


def verdict(key: str) -> str:
    """What a validation found; what nobody knows is undecided."""
    return _(VERDICTS.get(key, VERDICTS["indeterminate"]))


def signature(key: str) -> str:
    return _said(SIGNATURES, key)


def told(text: str, facts: Mapping[str, object]) -> str:
    """A message of the house with its facts: translated first, filled afterwards, for its id has the `{names}`."""
    translated = _(text) if text else ""
    try:
        return translated.format(**facts)
    except (KeyError, IndexError, ValueError):
        return translated


def reason(text: str) -> str:
    """A kept reason: a person's words as written, the house's own in the language of the page; what is sealed, as that."""
    if looks_sealed(text):
        return _("(nội dung Mật)")
    return _(text) if text in MACHINE_REASONS else text


def type_name(document: Any) -> str:
    """The type of a document as its page names it; in English the rulebook's English name, where it knows the type."""
    english = rulebook.type_name_en(document.type_code) if get_language() == "en" else ""
    return english or str(document.type_name)


def type_in_full(document: Any) -> str:
    """The type with the legal name beside the English one."""
    name = type_name(document)
    return name if name == document.type_name else f"{name} ({document.type_name})"


def title_of(document: Any) -> str:
    """How a document is called in lists and heads: type and abstract, as its page reads; a letter by its abstract.

    Part of the document, so it is the same in both languages.
    """
    abstract, kind = str(document.abstract).strip(), str(document.type_name).strip()
    if document.secrecy is not Secrecy.OPEN:  # titles, lists and tellings say nothing of what is Mật (217/5.1)
        return _("%(kind)s (Mật)") % {"kind": kind}
    if not kind or document.type_code == LETTER or abstract.casefold().startswith(kind.casefold()):
        return f"{abstract[:1].upper()}{abstract[1:]}"
    return f"{kind} {abstract}".strip()


def enclosure(state: str) -> str:
    """How far a paper to a recipient is."""
    return _said(ENCLOSURES, state)


def scan(state: str) -> str:
    """How far the digitising of a paper is."""
    return _said(SCANS, state)


def copy_state(state: str) -> str:
    """How far a paper copy is."""
    return _said(COPY_STATES, state)


def copy_worth(key: str) -> str:
    """What a printed copy is worth now."""
    return _said(COPY_WORTH, key)


def defect(kind: str) -> str:
    """What kind of defect the clerk found."""
    return _said(DEFECTS, kind)


def defect_outcome(state: str, outcome: str) -> str:
    """How a defect stands: waiting, or what was decided; settled without a decision when the document went back."""
    return _("Chờ ý kiến") if state == "open" else _(DEFECT_OUTCOMES[outcome])


def agreement(state: str) -> str:
    """How a proposal to declare void by agreement stands."""
    return _(AGREEMENTS[state])


def side_answer(answer: str) -> str:
    """What a side of an agreement says."""
    return _(SIDE_ANSWERS[answer])


def series(code: str) -> str:
    """What a register of outgoing documents holds, by the code of their type."""
    kinds = (*rulebook.document_types(), *rulebook.bilateral_types())
    known = next((kind for kind in kinds if kind.code == code), None)
    if known is None:
        return code
    return known.name_en if get_language() == "en" else known.name


def type_choice(kind: DocumentType) -> str:
    """A type to choose: in English with the name that the page will print."""
    return f"{kind.name_en} ({kind.name})" if get_language() == "en" else kind.name


def ruled(text: str) -> str:
    """A sentence of a form finding: of the catalogue, or of dated data, which brings its own English."""
    if get_language() == "en":
        return rulebook.in_english(text) or (_(text) if text else "")
    return text

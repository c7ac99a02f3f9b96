"""Words for states, offices, methods, acts: one place, so that every page says the same (ui.md §6, 217/11.8)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from antin.automation.acts import MACHINE_REASONS as AUTOMATION_REASONS
from antin.rulebook import queries as rulebook
from antin.rulebook.rules import DocumentType
from antin.values import N_, Secrecy
from antin.vault.rules import looks_sealed
from antin.web import act_words

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
CONFIRMATION_STATES = {
    **COPY_STATES,
    "asked": N_("Chờ người có thẩm quyền"),
    "printed": N_("Đã lập giấy"),
    "spoiled": N_("Đã huỷ giấy"),
}
CONFIRMATION_WORTH = {
    "in_force": N_("Giấy xác nhận đúng; văn bản đang có hiệu lực"),
    "spoiled": N_("Giấy xác nhận đã bị huỷ"),
    "ended": N_("Giấy xác nhận đúng; văn bản nay không còn hiệu lực"),
    "destroyed": N_("Giấy xác nhận đúng; văn bản nay đã tiêu huỷ"),
}
DIGITISED_WORTH = {
    "in_force": N_("Bản số hoá đang có hiệu lực"),
    "ended": N_("Bản số hoá không còn hiệu lực"),
    "destroyed": N_("Bản số hoá không còn hiệu lực"),
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
    "by_mail": N_("Chuyển sang thư công vụ"),
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
NEWS = {"PaperArrived": N_("Bản giấy đã đến nơi nhận")}
PAPER_WORDS = {
    "": ("", N_("không báo được bên gửi qua mạng; báo bằng cách khác")),
    "queued": ("", N_("đang báo bên gửi")),
    "acknowledged": ("ok", N_("bên gửi đã nhận tin")),
    "refused": ("warn", N_("bên gửi không nhận tin này")),
}
CHANNELS = {
    "party_network": N_("Mạng của Đảng"),
    "internet": N_("Internet"),
    "digitised": N_("Số hoá từ bản giấy"),
    "axis": N_("Trục liên thông văn bản quốc gia"),
    "official_mail": N_("Thư điện tử công vụ"),
    "paper": N_("Giấy"),
    "cipher_office": N_("Đường cơ yếu"),
}
METHODS = {
    "password_totp": N_("mật khẩu và mã dùng một lần"),
    "national_identity": N_("tài khoản định danh quốc gia"),
    "passkey": N_("khoá truy cập"),
    "certificate": N_("chứng thư số"),
    "trust": N_("kho tin cậy"),
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
    return _said(act_words.ACTS, key)


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
        N_("Có trong thư mục tin cậy của điểm cài đặt."),
        N_("Không còn trong thư mục tin cậy của điểm cài đặt."),
        *AUTOMATION_REASONS,
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


def news(event: str) -> str:
    """What a recipient told that is no state of the delivery."""
    return _said(NEWS, event)


def paper_word(told: str) -> tuple[str, str]:
    """Kind and word for how the telling stands that a paper came."""
    kind, word = PAPER_WORDS[told]
    return kind, _(word)


def scan(state: str) -> str:
    """How far the digitising of a paper is."""
    return _said(SCANS, state)


def copy_state(state: str, kind: str = "copy") -> str:
    """How far a paper copy or a confirmation on paper is."""
    return _said(CONFIRMATION_STATES if kind == "confirmation" else COPY_STATES, state)


def copy_worth(key: str, kind: str = "copy") -> str:
    """What a printed copy, a confirmation or a digitised document is worth now."""
    return _said({"confirmation": CONFIRMATION_WORTH, "digitised": DIGITISED_WORTH}.get(kind, COPY_WORTH), key)


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

"""Void by agreement of all sides of a two-way transaction: for which documents, who answers, when it is settled (379/19.2.b).

- Only types that dated data calls bilateral; directive and administrative documents never.
- What every side consents to is one digest: the document's code, the page's digest, who proposes, why, when.
- Each side answers once; the proposal is its proposer's consent. Only the proposer may withdraw it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from antin.documents.facts import Direction, DocumentView, SideAnswer, SideView
from antin.regulation import RuleViolation
from antin.values import N_, Method, Secrecy, canonical_json, iso, sha256_hex

AGREED_BASIS = N_("Các bên tham gia giao dịch cùng đồng ý và xác nhận.")
AGREED_FORM = N_("Đề nghị và chấp nhận bằng thông điệp dữ liệu được xác thực")
OUT_OF_FORCE = N_("Văn bản đã hết hiệu lực theo cách khác.")
SUPERSEDED = N_("Một đề nghị khác về chính văn bản này được xét.")
NOT_TAKEN = N_("Bên kia không nhận đề nghị: thông tin không khớp.")
CONSENTS = (SideAnswer.PROPOSED, SideAnswer.CONFIRMED)
BILATERAL = "bilateral"
PERSONAL = (Method.PASSWORD_TOTP, Method.PASSKEY, Method.CERTIFICATE, Method.NATIONAL_IDENTITY)
_FAMILIES: Mapping[str, str] = MappingProxyType(
    {
        "directive": N_("Văn bản chỉ đạo, điều hành không huỷ hiệu lực bằng thoả thuận của các bên."),
        "administrative": N_("Văn bản hành chính không huỷ hiệu lực bằng thoả thuận của các bên."),
    }
)
_WITHOUT = (Direction.INCOMING, ("returned", "discarded"))


@dataclass(frozen=True, slots=True)
class Proposal:
    """What every side consents to. `at` counts in whole seconds; `person` is who proposed for `proposer`."""

    agreement: UUID
    document_code: str
    page_digest: str
    proposer: str
    person: str
    reason: str
    at: datetime

    def digest(self) -> str:
        """SHA-256 over the canonical form; the step-up of each consent is bound to it."""
        return sha256_hex(
            canonical_json(
                {
                    "agreement": str(self.agreement),
                    "document_code": self.document_code,
                    "page_digest": self.page_digest,
                    "proposer": self.proposer,
                    "person": self.person,
                    "reason": self.reason,
                    "at": iso(self.at),
                }
            )
        )


@dataclass(frozen=True, slots=True)
class Sides:
    """Who takes part: organisation code → name, which of them we are here, which of them issued the document."""

    own: str
    issuer: str
    names: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Word:
    """What a side said, as its signed statement has it; `concludes` is the issuer's word that all have consented."""

    side: str
    answer: SideAnswer
    person: str
    method: str
    reason: str
    at: datetime
    evidence: str
    concludes: bool = False


def bilateral_agreement(family: str) -> None:
    """RuleViolation 379/19.2.b unless dated data calls the type bilateral."""
    if family == BILATERAL:
        return
    raise RuleViolation(
        "379/19.2.b",
        _FAMILIES.get(family, N_("Loại văn bản này không phải giao dịch hai chiều có yếu tố thoả thuận.")),
        N_("Huỷ hiệu lực theo quy trình của cơ quan ban hành (379/19.2.a)."),
        family=family,
    )


def open_document(document: DocumentView) -> None:
    """What the sides say about it would travel in clear: nothing of what is Mật does (217/5.1)."""
    if document.secrecy is not Secrecy.OPEN:
        raise RuleViolation(
            "217/5.1",
            N_("Văn bản Mật không lấy xác nhận của các bên qua hệ thống này."),
            N_("Lấy văn bản đồng ý có chữ ký qua đường cơ yếu rồi huỷ theo quy trình (379/19.2.a)."),
        )


def holds_it(document: DocumentView) -> None:
    """A side is whoever issued the document or still holds its copy."""
    direction, gone = _WITHOUT
    out = document.direction is Direction.OUTGOING and document.state != "issued"
    if out or (document.direction is direction and document.state in gone):
        raise RuleViolation(
            "379/19.2.b",
            N_("Văn bản chưa phát hành, hoặc bản nhận được không còn ở đây."),
            N_("Chỉ các bên đang giữ văn bản mới đề nghị hoặc trả lời."),
        )


def proposal_bound(kept: str, given: str) -> None:
    """RuleViolation when consent is given to something else than what was proposed."""
    if kept != given:
        raise RuleViolation(
            "379/19.2.b",
            N_("Trả lời không khớp với đề nghị huỷ hiệu lực đang giữ ở đây."),
            N_("Tải lại trang, đọc đề nghị rồi trả lời."),
        )


def side_not_yet_answered(side: SideView | None) -> None:
    """RuleViolation for who is no side, or has answered."""
    if side is None:
        raise RuleViolation(
            "379/19.2.b",
            N_("Cơ quan này không phải một bên của giao dịch."),
            N_("Chỉ các bên tham gia giao dịch mới xác nhận."),
        )
    if side.answer is not SideAnswer.NONE:
        raise RuleViolation(
            "379/19.2.b",
            N_("Bên này đã trả lời, không trả lời lần thứ hai."),
            N_("Xem trả lời đã ghi ở trang của văn bản."),
            answer=side.answer.value,
        )


def own_proposal(side: SideView | None) -> None:
    """Only the side that proposed withdraws."""
    if side is None or side.answer is not SideAnswer.PROPOSED:
        raise RuleViolation(
            "379/19.2.b", N_("Chỉ bên đề nghị mới rút đề nghị."), N_("Không đồng ý thì từ chối kèm lý do.")
        )


def own_side_confirmed(side: SideView | None) -> None:
    """Nobody declares a side's copy void by an agreement which that side never gave."""
    if side is None or side.answer in (SideAnswer.NONE, SideAnswer.REFUSED):
        raise RuleViolation(
            "379/19.2.b",
            N_("Cơ quan nhận chưa xác nhận đồng ý, không thể coi là đã thoả thuận."),
            N_("Chờ các bên xác nhận."),
        )


def sides_reached(reached: bool) -> None:
    """At the issuer: nobody can answer who does not have the document yet, or has it on paper alone."""
    if not reached:
        raise RuleViolation(
            "379/19.2.b",
            N_("Còn nơi nhận chưa nhận được văn bản qua mạng, chưa thể xác nhận thay họ."),
            N_(
                "Chờ gửi đến đủ; nơi nhận bản giấy thì lấy văn bản đồng ý có chữ ký rồi huỷ theo quy trình (379/19.2.a)."
            ),
        )


def strong_method(name: str) -> None:
    """379/12.2.b: a consent counts under a certificate, a passkey or a one-time code."""
    if name not in PERSONAL:
        raise RuleViolation(
            "379/12.2.b",
            N_("Xác nhận của bên kia không được xác thực bằng biện pháp đủ mạnh."),
            N_("Đề nghị bên đó xác nhận lại bằng mã dùng một lần, khoá truy cập hoặc chứng thư số."),
        )


def all_sides_confirmed(sides: Iterable[SideView]) -> bool:
    """True once every side, two at least, consents."""
    answers = [one.answer for one in sides]
    return len(answers) > 1 and all(answer in CONSENTS for answer in answers)


def answer_of(key: str) -> SideAnswer:
    """What a side says by a choice on the page or the API; RuleViolation for anything else."""
    found = {"confirm": SideAnswer.CONFIRMED, "refuse": SideAnswer.REFUSED, "withdraw": SideAnswer.WITHDRAWN}.get(key)
    if found is None:
        raise RuleViolation(
            "379/19.2.b", N_("Chỉ đồng ý, từ chối hoặc rút đề nghị được."), N_("Chọn lại cách trả lời.")
        )
    return found


def act_of(answer: SideAnswer, *, by_issuer: bool, here: bool) -> str:
    """The row for an answer: a withdrawal takes effect where the consents are counted, at the issuer (`by_issuer`

    says that this installation's document is the issued one); elsewhere it is asked for until the issuer's word comes.
    """
    if answer is SideAnswer.REFUSED:
        return "answer_invalidation(refuse)"
    if answer is SideAnswer.WITHDRAWN:
        return "answer_invalidation(withdraw)" if by_issuer or not here else "answer_invalidation(ask_withdrawal)"
    return "answer_invalidation(partial)"


def may_answer(answer: SideAnswer, side: SideView | None) -> None:
    """The rule of this answer."""
    if answer is SideAnswer.WITHDRAWN:
        own_proposal(side)
    else:
        side_not_yet_answered(side)

"""What a package may be made of, to whom it may go, and which receipt is taken (379/23.2.c, 379/24.3, 379/24.4)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from antin.archive.packages.codes import AIP, DIP
from antin.archive.packages.report import PackageReport, PackageVerdict
from antin.regulation import RuleViolation
from antin.values import N_

KINDS = (AIP, DIP)
DOCUMENTS_MOST = 5_000
RECEIPT_MOST = 20 * 1024 * 1024
NAME_MOST, CODE_MOST = 400, 100


@dataclass(frozen=True, slots=True)
class Recipient:
    """To whom a package goes: a body by name and code, or a reader of this installation (`person_id`)."""

    name: str = ""
    code: str = ""
    person_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class SignedBy:
    """A signature on a receipt: whose, of which body, as the certificate says; whether it is our own side's by our records."""

    name: str
    organisation: str
    is_ours: bool = False


def known_kind(kind: str) -> str:
    if kind not in KINDS:
        raise RuleViolation(
            "379/23.2.c", N_("Gói phải là gói lưu trữ (AIP) hoặc gói sử dụng (DIP)."), N_("Chọn loại gói rồi làm lại.")
        )
    return kind


def still_archived(state: str, gone: Collection[UUID], documents: int) -> None:
    """379/23.2.c: packages are made of what the archive holds, whole."""
    if state != "archived":
        raise RuleViolation(
            "379/23.2.c",
            N_("Hồ sơ không ở trong kho lưu trữ nên không lập được gói."),
            N_("Nhận hồ sơ vào kho trước; hồ sơ đã huỷ thì tra danh mục huỷ."),
        )
    if gone:
        raise RuleViolation(
            "379/20.1",
            N_("{count} văn bản của hồ sơ đã huỷ, hoặc chưa vào kho; gói sẽ không đầy đủ."),
            N_("Tra danh mục huỷ; lập hồ sơ khác cho những văn bản còn giữ."),
            count=len(gone),
        )
    if not 0 < documents <= DOCUMENTS_MOST:
        raise RuleViolation(
            "379/23.2.c",
            N_("Một gói có từ 1 đến {most} văn bản; hồ sơ này có {count}."),
            N_("Chia hồ sơ thành nhiều tập rồi lập gói cho từng tập."),
            most=DOCUMENTS_MOST,
            count=documents,
        )


def package_fixity(damaged: Collection[str]) -> None:
    """379/23.2.b: nothing is handed on that differs from what was stored."""
    if damaged:
        raise RuleViolation(
            "379/23.2.b",
            N_("{count} tệp trong hồ sơ không còn nguyên vẹn; không lập gói."),
            N_("Báo cán bộ an toàn thông tin, khôi phục từ bản sao lưu rồi lập gói lại."),
            count=len(damaged),
        )


def cipher_if_mat(bare: Collection[UUID]) -> None:
    """379/24.4: what is Mật goes into a package, and out with it, under the installed cipher product alone."""
    if bare:
        raise RuleViolation(
            "379/24.4",
            N_(
                "{count} văn bản Mật trong hồ sơ không được sản phẩm mật mã đang cài ở đây bảo vệ; không lập, không giao gói."
            ),
            N_("Đề nghị cơ quan cơ yếu cài sản phẩm mật mã đã dùng, hoặc giao qua đường cơ yếu."),
            count=len(bare),
        )


def cipher_reaches(*, reached: bool) -> None:
    """379/24.4: enciphered for the recipient, or not handed out at all."""
    if not reached:
        raise RuleViolation(
            "379/24.4",
            N_("Gói có văn bản Mật, mà sản phẩm mật mã đang cài không gửi được cho bên nhận này."),
            N_("Giao cho cơ quan mà sản phẩm mật mã biết, hoặc giao qua đường cơ yếu."),
        )


def pages_kept(document: str, *, kept: bool) -> None:
    """379/24.3: a document without its signed or received pages can't be given to anybody."""
    if not kept:
        raise RuleViolation(
            "379/24.3",
            N_("Văn bản {document} không có bản đã ký hoặc đã nhận; gói sẽ không đầy đủ."),
            N_("Bỏ văn bản này khỏi hồ sơ, hoặc hoàn tất nó."),
            document=document,
        )


def package_valid(report: PackageReport) -> None:
    """379/23.2.c: what was built passes the same check that anybody may run on it."""
    if report.verdict is not PackageVerdict.GOOD:
        raise RuleViolation(
            "379/23.2.c",
            N_("Gói vừa lập không qua kiểm tra: {why}"),
            N_("Báo quản trị hệ thống; chưa có gói nào được giữ lại."),
            why="; ".join(one.text() for one in report.findings[:3]),
        )


def not_destroyed(*, destroyed: bool) -> None:
    """379/20.2: of what was destroyed no copy is left in a package either."""
    if destroyed:
        raise RuleViolation(
            "379/20.2",
            N_("Gói này đã bị huỷ cùng văn bản trong nó."),
            N_("Tra danh mục huỷ để biết thời điểm và căn cứ."),
        )


def recipient_entitled(kind: str, to: Recipient, *, own_code: str, unseen: int) -> Recipient:
    """379/23.2.c, 379/23.2.d: an AIP goes to another body, a DIP to a reader who may read every document in it.

    `unseen`: how many documents the reader may not see.
    """
    if kind == DIP:
        if to.person_id is None or unseen:
            raise RuleViolation(
                "379/23.2.d",
                N_("Người nhận không có quyền đọc {count} văn bản trong gói."),
                N_("Chọn người có quyền đọc mọi văn bản của hồ sơ, hoặc cấp quyền trước."),
                count=unseen,
            )
        return to
    name, code = to.name.strip(), to.code.strip()
    if not name or not code or len(name) > NAME_MOST or len(code) > CODE_MOST or code == own_code:
        raise RuleViolation(
            "379/23.2.c",
            N_("Gói lưu trữ giao cho kho lưu trữ của cơ quan khác: cần tên và mã định danh của cơ quan đó."),
            N_("Ghi tên và mã định danh của bên nhận rồi làm lại."),
        )
    return Recipient(name, code)


def names_package(words: str, digest: str) -> bool:
    """Whether the words of a receipt hold the digest, however its lines are broken.

    >>> names_package("SHA-256: ABCD\\nEF01", "abcdef01")
    True
    """
    return digest.lower() in re.sub(r"\s+", "", words).lower()


def receipt_verified(verdict: str, signers: Iterable[SignedBy], *, names: bool, kind: str, own: str, to: str) -> None:
    """379/23.2.c: signed by the other side, by our trust, over this very package; what cannot be told is not taken."""
    told = list(signers)
    if verdict != "valid" or not told:
        raise RuleViolation(
            "379/23.2.c",
            N_("Chữ ký trên biên bản chưa xác minh được ({verdict})."),
            N_("Kiểm tra tệp ở trang Kiểm tra; xin bên nhận ký lại vào đúng biên bản."),
            verdict=verdict,
        )
    if not names:
        raise RuleViolation(
            "379/23.2.c",
            N_("Biên bản không ghi mã băm của gói này."),
            N_("Dùng biên bản tải từ trang của chính gói này để bên nhận ký."),
        )
    theirs = any(one.name == to for one in told) if kind == DIP else any(_is_other(one, own) for one in told)
    if not theirs:
        raise RuleViolation(
            "379/23.2.c",
            N_("Biên bản chưa có chữ ký của bên nhận."),
            N_("Xin bên nhận ký số vào biên bản rồi tải lên."),
        )


def _is_other(one: SignedBy, own: str) -> bool:
    body = (one.organisation or one.name).casefold()
    return bool(body) and not one.is_ours and body != own.casefold()

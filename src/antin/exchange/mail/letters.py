"""What stands in a letter for the people who read it: Vietnamese, plain, nothing that only a machine understands."""

from __future__ import annotations

from datetime import date

from antin.values import N_

GREETING = N_("Kính gửi: {recipient}")
NEW = N_("{sender} gửi văn bản số {number} ngày {day}.")
ABOUT = N_("Trích yếu: {subject}")
DIGEST = N_("Tệp văn bản: {name}\nSHA-256:\n{digest}")
HOW = N_(
    "Văn bản có giá trị theo chữ ký số trong tệp PDF. Thư này được ký số (S/MIME) bằng chứng thư của cơ quan gửi.\n"
    "Nơi nhận dùng Ấn Tín tự báo nhận. Nơi nhận dùng phần mềm thư: kiểm tra chữ ký, vào sổ văn bản đến, "
    "rồi trả lời thư này bằng thư có ký số, giữ nguyên dòng SHA-256 ở trên: thư trả lời đó là báo nhận."
)
RECALL = N_(
    "{sender} thu hồi văn bản số {number} ngày {day}.\nLý do: {reason}\nĐề nghị huỷ bản đã nhận và báo lại kết quả."
)
VOID = N_("{sender} huỷ hiệu lực văn bản số {number} ngày {day}.\nLý do: {reason}\nĐề nghị không sử dụng bản đã nhận.")
STATUS = N_("{sender} báo: văn bản số {number} – {status}.")
WHY = N_("Lý do: {reason}")
RECEIPT_DIGEST = N_("Nội dung đã nhận (SHA-256): {digest}")
SUBJECTS = {
    "new": N_("Văn bản số {number}"),
    "recall": N_("Thu hồi văn bản số {number}"),
    "void": N_("Huỷ hiệu lực văn bản số {number}"),
    "status": N_("Trạng thái văn bản số {number}"),
}


def subject(purpose: str, number: str) -> str:
    """The number alone: a subject is read by every server on the way."""
    return SUBJECTS[purpose].format(number=number)


def day(on: date | None) -> str:
    return f"{on:%d/%m/%Y}" if on else "…"


def text(*lines: str) -> str:
    return "\n\n".join(line for line in lines if line) + "\n"

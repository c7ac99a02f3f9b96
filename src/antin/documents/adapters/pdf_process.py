"""PDF files are opened in the sandbox, in a process that can be ended when it takes too long or too much.

Its answers are data (JSON, PNG, PDF), never objects, so a file that has taken its process over can make it lie
about that file and do no more.
"""

from __future__ import annotations

import os
from typing import Any

from antin.regulation import Indeterminate, RuleViolation
from antin.sandbox import Pool, Unanswered
from antin.values import N_

TIMEOUT_S = 20.0

CLAUSE = "379/5.4"
REASONS: dict[str, tuple[str, str]] = {
    "empty": (N_("Tệp rỗng."), N_("Chọn lại tệp PDF.")),
    "not_pdf": (N_("Tệp không phải là PDF."), N_("Xuất văn bản ra PDF rồi tải lên lại.")),
    "too_large": (
        N_("Tệp nặng {size_mb} MB, quá giới hạn {limit_mb} MB."),
        N_("Giảm dung lượng ảnh hoặc tách thành tệp kèm."),
    ),
    "encrypted": (N_("Tệp PDF đặt mật khẩu hoặc mã hoá nên không kiểm tra được."), N_("Bỏ mật khẩu rồi tải lên lại.")),
    "broken": (N_("Tệp PDF bị hỏng, không mở được trọn vẹn."), N_("Xuất lại PDF từ bản soạn thảo.")),
    "pages": (N_("Tệp có {pages} trang, quá giới hạn {limit} trang."), N_("Tách thành nhiều tệp.")),
    "page_size": (N_("Khổ trang {width} × {height} pt không phải khổ giấy."), N_("Đặt khổ A4 rồi xuất lại PDF.")),
    "complex": (N_("Tệp PDF quá phức tạp, không kiểm tra hết được."), N_("In ra PDF mới rồi tải lên lại.")),
    "javascript": (N_("Tệp PDF chứa mã lệnh JavaScript."), N_("Xuất lại PDF không kèm mã lệnh.")),
    "launch": (N_("Tệp PDF có lệnh mở chương trình hoặc tệp khác."), N_("Xuất lại PDF không kèm lệnh.")),
    "action": (N_("Tệp PDF có lệnh tự chạy khi mở hoặc khi xem."), N_("Xuất lại PDF không kèm lệnh tự chạy.")),
    "submit": (
        N_("Tệp PDF có lệnh gửi hoặc nạp dữ liệu biểu mẫu."),
        N_("Xuất lại PDF không kèm biểu mẫu gửi dữ liệu."),
    ),
    "embedded": (N_("Tệp PDF có tệp khác nhúng bên trong."), N_("Gửi tệp đó thành tệp kèm riêng.")),
    "xfa": (N_("Tệp PDF chứa biểu mẫu động XFA."), N_("In biểu mẫu ra PDF thường rồi tải lên lại.")),
    "media": (N_("Tệp PDF chứa âm thanh, phim hoặc nội dung tương tác."), N_("Xuất lại PDF không kèm nội dung này.")),
    "no_page": (N_("Văn bản có {pages} trang, không có trang {page}."), N_("Chọn trang khác.")),
}


def refusal(code: str, **facts: object) -> RuleViolation:
    """The words for a code of the worker (379/5.4)."""
    reason, next_step = REASONS.get(code, REASONS["broken"])
    return RuleViolation(CLAUSE, reason, next_step, **facts)


def undecided() -> Indeterminate:
    return Indeterminate(
        CLAUSE,
        N_("Chưa đọc được tệp PDF trong thời gian cho phép."),
        N_("Thử lại sau; nếu vẫn vậy, in ra PDF mới rồi tải lên lại."),
    )


class PdfProcess:
    """A small set of workers, started when needed. Thread-safe."""

    def __init__(self, workers: int = 2, timeout_s: float = TIMEOUT_S) -> None:
        self.pool = Pool("antin.documents.adapters.pdf_worker", workers=workers, timeout_s=timeout_s)

    def check(self, pdf: bytes, *, max_pages: int, source: str = "") -> dict[str, Any]:
        """Facts of the file; RuleViolation for anything refused, also for what can't be examined in time."""
        try:
            return self._ask("check", (pdf,), {"max_pages": max_pages}, source=source)[0]
        except Indeterminate as error:
            raise refusal("complex") from error

    def pages(self, pdf: bytes) -> int:
        return int(self._ask("pages", (pdf,), {})[0]["pages"])

    def png(self, pdf: bytes, *, page: int, dpi: int) -> bytes:
        return self._ask("png", (pdf,), {"page": page, "dpi": dpi})[1]

    def bands(self, pdf: bytes, *, page: int) -> list[list[Any]]:
        """Rows of top, bottom (shares of the page) and ink by column."""
        return list(self._ask("bands", (pdf,), {"page": page})[0]["bands"])

    def text(self, pdf: bytes, *, page: int) -> list[list[Any]]:
        """Rows of x, y, w, h (shares of the page) and words."""
        lines = self._ask("text", (pdf,), {"page": page})[0]["lines"]
        return list(lines)

    def survey(self, pdf: bytes) -> dict[str, Any]:
        return self._ask("survey", (pdf,), {})[0]

    def differences(self, pdf: bytes, *, end: int, most: int) -> dict[str, Any]:
        """Pages then and now, and rows of page and boxes that look otherwise (see `pdf_states`)."""
        return self._ask("differences", (pdf,), {"end": end, "most": most})[0]

    def overlay(self, pdf: bytes, layer: bytes) -> bytes:
        return self._ask("overlay", (pdf, layer), {})[1]

    def lying(self, pdf: bytes) -> list[bool]:
        """For each page, whether it is shown wider than high."""
        return [bool(one) for one in self._ask("lying", (pdf,), {})[0]["lying"]]

    def sharpness(self, pdf: bytes) -> list[int]:
        """For each page, dots an inch of the picture it is made of; 0 for a page that is no picture."""
        return [int(one) for one in self._ask("sharpness", (pdf,), {})[0]["dpi"]]

    def on_paper(self, pdf: bytes, sheets: bytes, *, foot: float) -> tuple[bytes, int]:
        """The pages drawn on the sheets above a foot of so many points, and how many pages the source has."""
        found, done = self._ask("on_paper", (pdf, sheets), {"foot": foot})
        return done, int(found["pages"])

    def close(self) -> None:
        """Ends every idle worker."""
        self.pool.close()

    def _ask(
        self, task: str, blobs: tuple[bytes, ...], options: dict[str, Any], *, source: str = ""
    ) -> tuple[dict[str, Any], bytes]:
        try:
            found, blob = self.pool.ask(task, blobs, options, source=source)
        except Unanswered as error:
            raise undecided() from error
        if "refused" in found:
            raise refusal(str(found["refused"]), **found.get("facts", {}))
        return found, blob


_processes: dict[int, PdfProcess] = {}


def process() -> PdfProcess:
    """This process's workers; a forked child gets its own."""
    return _processes.setdefault(os.getpid(), PdfProcess())

"""PDF files are opened in another process: one that can be ended when it takes too long or too much.

A few such workers are kept and used again; each is replaced after a crash, a timeout or many documents.
Their answers are data (JSON, PNG, PDF), never objects, so a worker that a hostile file has taken over can
lie about that file and do no more.
"""

from __future__ import annotations

import contextlib
import json
import os
import struct
import subprocess
import sys
import threading
from typing import IO, Any

from antin.regulation import Indeterminate, RuleViolation
from antin.values import N_

TIMEOUT_S = 20.0
DOCUMENTS_PER_WORKER = 300
MAX_ANSWER = 120_000_000

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


class _Gone(Exception):
    """The worker ended before it answered."""


class _Worker:
    """One child process and the conversation with it; not for two threads at once."""

    def __init__(self) -> None:
        self.served = 0
        environment = {
            "PATH": "/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        }
        self._child = subprocess.Popen(
            [sys.executable, "-m", "antin.documents.adapters.pdf_worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env=environment,
            start_new_session=True,
        )

    @property
    def fit(self) -> bool:
        return self.served < DOCUMENTS_PER_WORKER and self._child.poll() is None

    def ask(
        self, task: str, blobs: tuple[bytes, ...], options: dict[str, Any], timeout_s: float
    ) -> tuple[dict[str, Any], bytes]:
        """Head and bytes of the answer; _Gone when the child died or was ended by the time limit."""
        self.served += 1
        limit = threading.Timer(timeout_s, self._child.kill)
        limit.start()
        try:
            head = json.dumps({"task": task, "options": options, "sizes": [len(blob) for blob in blobs]}).encode()
            sending, receiving = self._pipes()
            sending.write(struct.pack(">I", len(head)) + head)
            for blob in blobs:
                sending.write(blob)
            sending.flush()
            found = json.loads(_exactly(receiving, struct.unpack(">I", _exactly(receiving, 4))[0]))
            return found, _exactly(receiving, int(found["size"]))
        except (OSError, ValueError, KeyError) as error:
            raise _Gone from error
        finally:
            limit.cancel()

    def end(self) -> None:
        self._child.kill()
        for pipe in self._pipes():
            with contextlib.suppress(OSError):  # a killed child leaves a broken pipe
                pipe.close()
        self._child.wait()

    def _pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        sending, receiving = self._child.stdin, self._child.stdout
        assert sending is not None and receiving is not None
        return sending, receiving


def _exactly(stream: IO[bytes], size: int) -> bytes:
    if not 0 <= size <= MAX_ANSWER:
        raise _Gone
    data = stream.read(size)
    if len(data) != size:
        raise _Gone
    return data


class PdfProcess:
    """A small set of workers, started when needed. Thread-safe."""

    def __init__(self, workers: int = 2, timeout_s: float = TIMEOUT_S) -> None:
        self.timeout_s = timeout_s
        self._free: list[_Worker] = []
        self._lock = threading.Lock()
        self._places = threading.BoundedSemaphore(workers)

    def check(self, pdf: bytes, *, max_pages: int) -> dict[str, Any]:
        """Facts of the file; RuleViolation for anything refused, also for what can't be examined in time."""
        try:
            return self._ask("check", (pdf,), {"max_pages": max_pages})[0]
        except Indeterminate as error:
            raise refusal("complex") from error

    def pages(self, pdf: bytes) -> int:
        return int(self._ask("pages", (pdf,), {})[0]["pages"])

    def png(self, pdf: bytes, *, page: int, dpi: int) -> bytes:
        return self._ask("png", (pdf,), {"page": page, "dpi": dpi})[1]

    def text(self, pdf: bytes, *, page: int) -> list[list[Any]]:
        """Rows of x, y, w, h (shares of the page) and words."""
        lines = self._ask("text", (pdf,), {"page": page})[0]["lines"]
        return list(lines)

    def survey(self, pdf: bytes) -> dict[str, Any]:
        return self._ask("survey", (pdf,), {})[0]

    def overlay(self, pdf: bytes, layer: bytes) -> bytes:
        return self._ask("overlay", (pdf, layer), {})[1]

    def close(self) -> None:
        """Ends every idle worker."""
        with self._lock:
            idle, self._free = self._free, []
        for worker in idle:
            worker.end()

    def _ask(self, task: str, blobs: tuple[bytes, ...], options: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        if not self._places.acquire(timeout=self.timeout_s):
            raise undecided()
        try:
            worker = self._fit_worker()
            try:
                found, blob = worker.ask(task, blobs, options, self.timeout_s)
            except _Gone as error:
                worker.end()
                raise undecided() from error
            except BaseException:
                worker.end()
                raise
            with self._lock:
                self._free.append(worker)
        finally:
            self._places.release()
        if "refused" in found:
            raise refusal(str(found["refused"]), **found.get("facts", {}))
        return found, blob

    def _fit_worker(self) -> _Worker:
        with self._lock:
            worker = self._free.pop() if self._free else None
        if worker is not None and not worker.fit:
            worker.end()
            worker = None
        return worker or _Worker()


_processes: dict[int, PdfProcess] = {}


def process() -> PdfProcess:
    """This process's workers; a forked child gets its own."""
    return _processes.setdefault(os.getpid(), PdfProcess())

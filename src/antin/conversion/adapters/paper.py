"""The port `Printer`: typst sets the foot of each sheet, the sandbox draws the pages above it.

The pages shrink by a tenth so that the foot covers nothing; a signature's picture is on the paper, scripts are not.
"""

from __future__ import annotations

import io
import json
import threading
from pathlib import Path

import segno
import typst

from antin.conversion.ports import OnPaper
from antin.conversion.rules import Marks, shown_code
from antin.conversion.rules.confirming import Confirmed
from antin.documents.adapters import fonts
from antin.documents.adapters.pdf_process import process
from antin.regulation import RuleViolation
from antin.values import N_, to_vietnam

HERE = Path(__file__).parent
QR_SCALE, QR_BORDER = 8, 2
"""Pixels a module, modules of white around."""
FOOT = 82.0
"""Points: the QR code at 2 cm, six lines beside it (a code of 60 signs is read from 1.8 cm on)."""


HEADS = {"copy": "BẢN IN TỪ VĂN BẢN ĐIỆN TỬ", "confirmation": "GIẤY XÁC NHẬN GIAO DỊCH ĐIỆN TỬ"}
SHEETS = {"copy": "Bản in", "confirmation": "Giấy xác nhận"}


class PaperPrinter:
    """One compiler for each kind of page is kept; calls take turns."""

    def __init__(self, times_folder: Path | None = None) -> None:
        self._serif = fonts.load(times_folder)
        self._turn = threading.Lock()
        self._compilers: dict[str, typst.Compiler] = {}

    def on_paper(self, pdf: bytes, marks: Marks) -> OnPaper:
        worker = process()
        lying = worker.lying(pdf)
        sheets = self._sheets(marks, lying)
        done, pages = worker.on_paper(pdf, sheets, foot=FOOT)
        return OnPaper(done, len(lying), pages)

    def qr(self, address: str) -> bytes:
        """Read from a centimetre on: 33 modules at most for 60 signs, drawn without smoothing."""
        drawn = io.BytesIO()
        segno.make(address, error="m", micro=False).save(drawn, kind="png", scale=QR_SCALE, border=QR_BORDER)
        return drawn.getvalue()

    def _sheets(self, marks: Marks, lying: list[bool]) -> bytes:
        given = {
            "font": self._serif.family,
            "foot": FOOT,
            "sheets": lying,
            "qr": segno.make(marks.address, error="m").svg_inline(border=0),
            "seal": "Dấu của cơ quan\n(khi quy định yêu cầu)",
            **_words(marks),
        }
        return self._set("foot.typ", given, "".join([*given["lines"], given["head"], given["state"]]))

    def _set(self, page: str, given: dict[str, object], words: str) -> bytes:
        if missing := self._serif.missing(words):
            raise RuleViolation(
                "379/16.3.a",
                N_("Phông chữ của bản in không có ký tự: {signs}"),
                N_("Sửa tên hoặc chức vụ của người in, tên cơ quan."),
                signs=" ".join(missing[:5]),
            )
        inputs = {"copy": json.dumps(given, ensure_ascii=False)}
        with self._turn:
            if page not in self._compilers:
                self._compilers[page] = typst.Compiler(
                    input=str(HERE / page),
                    root=str(HERE),
                    font_paths=self._serif.fonts,
                    ignore_system_fonts=True,
                    sys_inputs={"copy": "{}"},
                )
            pdf = self._compilers[page].compile(sys_inputs=inputs, format="pdf", timestamp=0)
        assert isinstance(pdf, bytes)
        return pdf

    def confirmation(self, confirmed: Confirmed) -> bytes:
        said = to_vietnam(confirmed.said_at)
        rows = [[f"{to_vietnam(one.at):%H:%M:%S, %d/%m/%Y}", one.party, one.what] for one in confirmed.happened]
        given: dict[str, object] = {
            "font": self._serif.family,
            "owner": confirmed.owner,
            "place": f"{confirmed.place}, ngày {said:%d} tháng {said:%m} năm {said:%Y}",
            "facts": [list(one) for one in confirmed.facts],
            "happened": rows,
            "approver": confirmed.approver,
        }
        words = [
            confirmed.owner,
            confirmed.place,
            confirmed.approver,
            *(word for row in (*confirmed.facts, *rows) for word in row),
        ]
        return self._set("confirmation.typ", given, "".join(words))


def _words(marks: Marks) -> dict[str, object]:
    """The foot in Vietnamese: what is printed is a document of the office, whatever the reader's language."""
    beside = f" Kèm {marks.beside} tệp điện tử không in ở đây." if marks.beside else ""
    return {
        "head": HEADS[marks.kind],
        "state": marks.state,
        "lines": [
            f"Đã được xử lý trên hệ thống {marks.system} của {marks.owner}.{beside}",
            f"Mã định danh văn bản: {marks.document_code}",
            f"Người in: {marks.converter}, {marks.at}",
            f"Tra cứu: quét mã bên, hoặc nhập {shown_code(marks.code)} tại {marks.address.rpartition('/')[0]}",
        ],
        "page": f"{SHEETS[marks.kind]} số {marks.number}, trang {{page}}/{{pages}}",
    }

"""The port `HandOverPrinter`: typst sets the record in Vietnamese, as it is a paper of the office."""

from __future__ import annotations

import json
import threading
from functools import cached_property
from pathlib import Path

import typst

from antin.archive.ports import HandOver
from antin.documents.adapters import fonts
from antin.regulation import RuleViolation
from antin.values import N_, to_vietnam

HERE = Path(__file__).parent
KINDS = {"AIP": "Gói lưu trữ (AIP), giao cho kho lưu trữ", "DIP": "Gói sử dụng (DIP), giao cho người khai thác"}


class HandOverSheet:
    """One compiler is kept; calls take turns. The same facts give the same bytes."""

    def __init__(self, times_folder: Path | None = None) -> None:
        self._times = times_folder
        self._turn = threading.Lock()
        self._compiler: typst.Compiler | None = None

    @cached_property
    def _serif(self) -> fonts.Serif:
        return fonts.load(self._times)

    def record(self, facts: HandOver) -> bytes:
        at = to_vietnam(facts.at)
        lines = [
            ("Bên giao", facts.giver),
            ("Bên nhận", facts.receiver),
            ("Tên gói", facts.package),
            ("Loại", KINDS[facts.kind]),
            ("Số văn bản", str(facts.documents)),
            ("Kích thước", f"{facts.size} byte"),
            ("Thời điểm giao", f"{at:%H:%M, %d/%m/%Y}"),
            ("Căn cứ", facts.basis),
            *([("Mục đích", facts.purpose)] if facts.purpose else []),
        ]
        given = {
            "font": self._serif.family,
            "giver": facts.giver,
            "receiver": facts.receiver,
            "handed_by": facts.handed_by,
            "place": f"{facts.place}, ngày {at:%d} tháng {at:%m} năm {at:%Y}",
            "facts": [list(one) for one in lines],
            "sha256": facts.sha256,
        }
        return self._set(given, "".join(value for _, value in lines) + facts.place + facts.handed_by)

    def _set(self, given: dict[str, object], words: str) -> bytes:
        if missing := self._serif.missing(words):
            raise RuleViolation(
                "379/23.2.c",
                N_("Phông chữ của biên bản không có ký tự: {signs}"),
                N_("Ghi lại bên nhận hoặc căn cứ bằng chữ thường dùng."),
                signs=" ".join(missing[:5]),
            )
        inputs = {"record": json.dumps(given, ensure_ascii=False)}
        with self._turn:
            if self._compiler is None:
                self._compiler = typst.Compiler(
                    input=str(HERE / "handover.typ"),
                    root=str(HERE),
                    font_paths=self._serif.fonts,
                    ignore_system_fonts=True,
                    sys_inputs={"record": "{}"},
                )
            pdf = self._compiler.compile(sys_inputs=inputs, format="pdf", timestamp=0)
        assert isinstance(pdf, bytes)
        return pdf if pdf.endswith(b"\n") else pdf + b"\n"

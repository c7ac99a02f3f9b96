"""One layout and one worker pool for the run; PDF files, good and bad, made on the spot."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import date

import pikepdf
import pytest

from antin.documents.adapters.pdf_process import PdfProcess
from antin.documents.adapters.typst_layout import TypstLayout
from antin.documents.ports import Sheet

Change = Callable[[pikepdf.Pdf], None]


@pytest.fixture(scope="session")
def layout() -> TypstLayout:
    return TypstLayout()


@pytest.fixture(scope="session")
def workers() -> Iterator[PdfProcess]:
    process = PdfProcess(workers=2, timeout_s=20)
    yield process
    process.close()


@pytest.fixture
def sheet() -> Sheet:
    return Sheet(
        body_name="Tỉnh ủy Lạc Giang",
        superior_name="",
        type_name="Kế hoạch",
        abstract="thực hiện giao dịch điện tử năm 2027",
        body="I. MỤC ĐÍCH\n\n1. Văn bản điện tử là hình thức mặc định.\n\n2. Mỗi bước có người chịu trách nhiệm.",
        number=142,
        notation="KH/TU",
        place="Lạc Giang",
        on=date(2026, 2, 5),
        addressees=("Các ban, cơ quan đảng của tỉnh", "Lưu Văn phòng Tỉnh ủy"),
        signing_capacity="T/M Ban Thường vụ",
        signer_position="Phó Bí thư",
        signer_name="Ngô Mẫu Sơn",
        sample=True,
    )


def made(
    change: Change | None = None, pages: int = 1, size: tuple[float, float] = (595, 842), **saving: object
) -> bytes:
    """A blank PDF after one change."""
    with pikepdf.new() as document:
        for _ in range(pages):
            document.add_blank_page(page_size=size)
        if change is not None:
            change(document)
        out = io.BytesIO()
        document.save(out, **saving)  # type: ignore[arg-type]
    return out.getvalue()

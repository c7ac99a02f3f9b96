"""The Party form: what is printed, where, from which bytes; and nothing a person types is ever read as markup."""

from __future__ import annotations

import io
import os
import re
import signal
import subprocess
import time
from dataclasses import replace
from datetime import date
from pathlib import Path

import pikepdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from antin.documents.adapters import pdf_intake
from antin.documents.adapters.pdf_process import PdfProcess
from antin.documents.adapters.typst_layout import TypstLayout
from antin.documents.ports import LaidOut, Sheet
from antin.regulation import RuleViolation

A4 = (595.28, 841.89)


def words(pdf: bytes, first: int = 1, last: int = 0) -> str:
    """The text as a reader sees it, one space between words."""
    pages = ["-f", str(first), *(["-l", str(last)] if last else [])]
    done = subprocess.run(["pdftotext", "-layout", *pages, "-", "-"], input=pdf, capture_output=True, check=True)
    return " ".join(done.stdout.decode().replace("\u200b", "").split())


def signature_page(laid: LaidOut) -> str:
    page = laid.anchors["signature"]["page"]
    return words(laid.pdf, page, page)


@pytest.mark.clause("379/13.1", "217/6.1", "217/11.2", "217/11.3")
def test_lay_out_prints_every_cell_of_the_form(layout: TypstLayout, sheet: Sheet) -> None:
    shown = words(layout.lay_out(replace(sheet, urgency_label="Hoả tốc", secrecy_label="Mật")).pdf)
    for cell in (
        "ĐẢNG CỘNG SẢN VIỆT NAM",
        "TỈNH ỦY LẠC GIANG",
        "Số 142-KH/TU",
        "Lạc Giang, ngày 05 tháng 02 năm 2026",
        "KẾ HOẠCH thực hiện giao dịch điện tử năm 2027",
        "-----",
        "I. MỤC ĐÍCH",
        "T/M BAN THƯỜNG VỤ",
        "PHÓ BÍ THƯ",
        "Ngô Mẫu Sơn",
        "Nơi nhận:",
        "- Lưu Văn phòng Tỉnh ủy.",
        "HOẢ TỐC",
        "MẬT",
        "Văn bản mẫu",
    ):
        assert cell in shown


@pytest.mark.clause("379/13.1")
def test_lay_out_of_a_letter_has_its_abstract_under_the_number_and_no_type(layout: TypstLayout, sheet: Sheet) -> None:
    letter = replace(
        sheet, type_name="Công văn", prints_name=False, abstract="về việc kết nối", salutation=("Văn phòng",)
    )
    shown = words(layout.lay_out(letter).pdf)
    assert "CÔNG VĂN" not in shown and "-----" not in shown
    assert re.search(r"Số 142-KH/TU.*về việc kết nối.*Kính gửi: Văn phòng", shown)


def test_lay_out_of_a_draft_leaves_number_and_date_blank(layout: TypstLayout, sheet: Sheet) -> None:
    shown = words(layout.lay_out(replace(sheet, number=None, on=None, draft=True)).pdf)
    assert re.search(r"Số\s*-KH/TU", shown) and re.search(r"ngày\s+tháng\s+năm", shown) and "DỰ THẢO" in shown


def test_lay_out_twice_gives_the_same_bytes(layout: TypstLayout, sheet: Sheet) -> None:
    first = layout.lay_out(sheet).pdf
    assert TypstLayout().lay_out(sheet).pdf == first
    assert layout.lay_out(replace(sheet, number=143)).pdf != first


@pytest.mark.clause("379/24.3")
def test_lay_out_passes_the_pdfa_gate(layout: TypstLayout, sheet: Sheet, workers: PdfProcess) -> None:
    pytest.importorskip("jsonschema", reason="pikepdf[pdfa] is not installed")
    pdfa = pytest.importorskip("pikepdf.pdfa")
    table = "| TT | Việc |\n| 1 | " + "dài" * 40 + " |"
    pdf = layout.lay_out(replace(sheet, body=sheet.body + "\n\n" + table)).pdf
    with pikepdf.open(io.BytesIO(pdf)) as document:
        report = pdfa.check(document, "2b")
    assert report.passed, report.findings[:5]


def test_lay_out_is_accepted_at_our_own_door_and_ends_with_a_line_feed(
    layout: TypstLayout, sheet: Sheet, workers: PdfProcess, tmp_path: Path
) -> None:
    pdf = layout.lay_out(sheet).pdf
    facts = pdf_intake.check(pdf, using=workers)
    assert (facts.pdfa_level, facts.signed, facts.pages) == ("2b", False, 1)
    assert pdf.endswith(b"\n")
    (tmp_path / "page.pdf").write_bytes(pdf)
    done = subprocess.run(["qpdf", "--check", tmp_path / "page.pdf"], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.clause("379/5.4")
@pytest.mark.parametrize(
    "hostile",
    [
        '#eval("1+1")',
        "$x^2$",
        "@ref <label>",
        "`code` ```block```",
        "\\ \\u{41} \\#",
        "*bold* _italic_ ~ -- ---",
        '#import "x"; #read("/etc/passwd")',
        "[x] {y} // z /* w */",
        "= Heading",
        "https://example.vn/a#b?c=d&e",
        "\"quoted\" and 'single'",
        "</script><b>&amp;",
    ],
)
def test_lay_out_shows_markup_as_it_was_typed(layout: TypstLayout, sheet: Sheet, hostile: str) -> None:
    typed = replace(
        sheet, abstract=hostile, body=f"Nội dung {hostile} hết.", signer_name=hostile, addressees=(hostile,)
    )
    assert words(layout.lay_out(typed).pdf).count(" ".join(hostile.split())) >= 3


@given(st.text(st.sampled_from("#$@`\\*_<>[]{}=~/\"'|-+aế1. \n"), max_size=120))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_lay_out_of_any_signs_never_fails(layout: TypstLayout, sheet: Sheet, text: str) -> None:
    laid = layout.lay_out(replace(sheet, body=text, abstract=text, signer_position=text, addressees=(text, text)))
    assert laid.pages >= 1


@pytest.mark.clause("379/13.1")
@pytest.mark.parametrize("sign", ["😀", "漢", "\ue000"])
def test_lay_out_of_a_sign_the_font_lacks_is_refused_by_name(layout: TypstLayout, sheet: Sheet, sign: str) -> None:
    with pytest.raises(RuleViolation) as caught:
        layout.lay_out(replace(sheet, body=f"a {sign}"))
    assert f"U+{ord(sign):04X}" in caught.value.message() and caught.value.clause == "379/13.1"


def test_lay_out_of_a_body_beyond_the_limit_is_refused(layout: TypstLayout, sheet: Sheet) -> None:
    with pytest.raises(RuleViolation, match="2000000"):
        layout.lay_out(replace(sheet, body="a" * 2_000_001))


def test_lay_out_turns_no_reading_order_round(layout: TypstLayout, sheet: Sheet) -> None:
    shown = words(layout.lay_out(replace(sheet, body="số tiền \u202e0001\u202c đồng")).pdf)
    assert "số tiền 0001 đồng" in shown


def test_lay_out_of_very_long_words_stays_on_the_page(layout: TypstLayout, sheet: Sheet, workers: PdfProcess) -> None:
    long = "x" * 3000
    laid = layout.lay_out(
        replace(sheet, body=f"{long}\n\n| {long} | {long} |\n| 1 | 2 |", abstract=long, signer_name=long)
    )
    for page in range(1, laid.pages + 1):
        for x, y, w, h, _ in workers.text(laid.pdf, page=page):
            assert x > 0.03 and x + w < 0.99 and y + h <= 1


@pytest.mark.clause("379/13.1")
@pytest.mark.parametrize("lines", [*range(24, 40), 60, 90])
def test_lay_out_never_leaves_the_signature_alone(layout: TypstLayout, sheet: Sheet, lines: int) -> None:
    laid = layout.lay_out(replace(sheet, body="Đoạn văn ngắn.\n\n" * lines))
    assert "Đoạn văn ngắn." in signature_page(laid)


@pytest.mark.parametrize("count", range(420, 700, 20))
def test_lay_out_takes_lines_of_a_long_last_paragraph_over(layout: TypstLayout, sheet: Sheet, count: int) -> None:
    laid = layout.lay_out(replace(sheet, body="chữ viết " * count))
    assert "chữ viết" in signature_page(laid)


def test_lay_out_keeps_a_heading_with_the_text_that_goes_over(layout: TypstLayout, sheet: Sheet) -> None:
    for lines in range(24, 36):
        laid = layout.lay_out(replace(sheet, body="Đoạn.\n\n" * lines + "# Mục cuối\n\nCâu cuối cùng."))
        assert "Mục cuối Câu cuối cùng." in signature_page(laid)


@pytest.mark.parametrize("count", [0, 1, 16, 17, 80, 400])
def test_lay_out_prints_every_addressee_and_one_signature(layout: TypstLayout, sheet: Sheet, count: int) -> None:
    lines = (*(f"Cơ quan thứ {index} của tỉnh" for index in range(count)), "Lưu Văn phòng")
    laid = layout.lay_out(replace(sheet, addressees=lines))
    shown = words(laid.pdf)
    assert all(f"Cơ quan thứ {index} của tỉnh," in shown for index in range(count))
    assert laid.anchors["signature"]["page"] == 1


@pytest.mark.clause("379/8.3", "379/8.4")
def test_anchors_lie_between_position_and_name(layout: TypstLayout, sheet: Sheet, workers: PdfProcess) -> None:
    laid = layout.lay_out(sheet)
    lines = {words: (x, y, w, h) for x, y, w, h, words in workers.text(laid.pdf, page=1)}
    x1, y1, x2, y2 = laid.anchors["signature"]["box"]
    below_position = (1 - (lines["PHÓ BÍ THƯ"][1] + lines["PHÓ BÍ THƯ"][3])) * A4[1]
    above_name = (1 - lines["Ngô Mẫu Sơn"][1]) * A4[1]
    assert above_name - 2 <= y1 < y2 <= below_position + 4
    name = lines["Ngô Mẫu Sơn"]
    assert x1 < (name[0] + name[2] / 2) * A4[0] < x2
    seal = laid.anchors["seal"]["box"]
    assert seal[0] < x1 < seal[2] < x2 and seal[2] - seal[0] == pytest.approx(seal[3] - seal[1])
    assert all(0 < corner < A4[1] for corner in (*seal, x1, y1, x2, y2))


def test_page_numbers_begin_on_the_second_page(layout: TypstLayout, sheet: Sheet, workers: PdfProcess) -> None:
    laid = layout.lay_out(replace(sheet, body="Một đoạn văn dài hơn một dòng để lấp trang. " * 300))
    tops = [[line[4] for line in workers.text(laid.pdf, page=page) if line[1] < 0.06] for page in (1, 2, 3)]
    assert tops[0] == [] and tops[1] == ["2"] and tops[2] == ["3"]


def test_lay_out_of_200_pages_works(layout: TypstLayout, sheet: Sheet) -> None:
    paragraph = "Văn bản điện tử được soạn, ký, gửi và lưu trữ theo đúng quy định hiện hành của Đảng. " * 5
    laid = layout.lay_out(replace(sheet, body="\n\n".join(f"{n}. {paragraph}" for n in range(1, 1260))))
    assert laid.pages >= 195 and laid.anchors["signature"]["page"] == laid.pages


def test_lay_out_is_quick(layout: TypstLayout, sheet: Sheet) -> None:
    """Bounds four times what a quiet machine needs, so only a change of kind fails."""
    letter = replace(sheet, body=sheet.body + "\n\n" + "Câu văn thường gặp trong công văn. " * 90)
    layout.lay_out(letter)
    times = []
    for number in range(5):
        started = time.perf_counter()
        pages = layout.lay_out(replace(letter, number=number + 1)).pages
        times.append(time.perf_counter() - started)
    assert pages == 2 and min(times) < 0.24


@pytest.mark.clause("217/11.3")
def test_lay_out_judges_measures_by_the_day_of_the_document(layout: TypstLayout, sheet: Sheet) -> None:
    assert layout.lay_out(replace(sheet, on=date(2019, 3, 1))).pages == 1


def test_lay_out_after_a_fork_of_a_process_that_laid_out_fails_loudly(layout: TypstLayout, sheet: Sheet) -> None:
    layout.lay_out(sheet)
    child = os.fork()
    if child == 0:
        signal.alarm(10)
        try:
            layout.lay_out(sheet)
        except RuntimeError:
            os._exit(7)
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7

"""The plain editor's grammar: total, loses no word, and nothing but its few marks has meaning."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antin.documents.adapters.body import Heading, Item, Paragraph, Table, parse
from antin.documents.adapters.sheet_words import (
    addressee_lines,
    capitals,
    clean,
    date_parts,
    number_parts,
    salutation_lines,
    signer_lines,
)

alphabet = st.characters(exclude_categories=("Cs", "Cc", "Cf", "Zl", "Zp")) | st.sampled_from("\n|#-. 1)a|\n\n ")
texts = st.text(alphabet, max_size=300)


def spoken(block: Heading | Paragraph | Item | Table) -> str:
    if isinstance(block, Table):
        return " ".join(" ".join(row) for row in block.rows)
    if isinstance(block, Heading):
        return block.text
    return f"{block.label} {block.text}"


@given(texts)
def test_parse_any_text_loses_no_letter_or_digit(text: str) -> None:
    kept = "".join(spoken(block) for block in parse(text))
    for sign in set(text):
        if sign.isalnum() and sign == clean(sign):
            assert sign in kept


@given(texts)
def test_parse_gives_tables_rows_of_equal_length(text: str) -> None:
    for block in parse(text):
        if isinstance(block, Table):
            assert {len(row) for row in block.rows} == {len(block.widths)}
            assert any(width > 0 for width in block.widths)


@given(texts)
def test_parse_is_the_same_whatever_the_line_ends(text: str) -> None:
    assert parse(text.replace("\n", "\r\n")) == parse(text)


@given(st.lists(st.text("abcđếộ ,;", min_size=1, max_size=30).map(str.strip).filter(bool), min_size=1, max_size=6))
def test_parse_of_paragraphs_between_blank_lines_gives_each_back(paragraphs: list[str]) -> None:
    assert parse("\n\n".join(paragraphs)) == tuple(Paragraph(one) for one in paragraphs)


def test_parse_knows_each_mark() -> None:
    blocks = parse(
        "I. MỤC ĐÍCH\n1. Một\ntiếp theo\n1.2. Hai\na) Ba\n- Bốn\n\n# Nhỏ\n# BAN BÍ THƯ QUYẾT ĐỊNH\n"
        "Điều 1. Ban hành\n\n| A | B |\n|---|---|\n| 1 | 2 | 3 |\n\nV. I. Lênin viết.\nC. Mác nói."
    )
    assert blocks == (
        Heading("I. MỤC ĐÍCH"),
        Item("1.", "Một tiếp theo"),
        Item("1.2.", "Hai"),
        Item("a)", "Ba"),
        Item("-", "Bốn"),
        Heading("Nhỏ"),
        Heading("BAN BÍ THƯ QUYẾT ĐỊNH", centred=True),
        Paragraph("Ban hành", "Điều 1."),
        Table((("A", "B", ""), ("1", "2", "3")), blocks[8].widths),  # type: ignore[union-attr]
        Paragraph("V. I. Lênin viết. C. Mác nói."),
    )


@pytest.mark.clause("217/11.2")
def test_number_parts_of_a_draft_leave_room_and_small_numbers_get_a_zero() -> None:
    assert number_parts(None, "QĐ/TW") == {"before": "Số", "gap": True, "after": "-QĐ/TW"}
    assert number_parts(7, "QĐ/TW")["before"] == "Số 07-QĐ/TW"
    assert number_parts(379, "QĐ/TW")["before"] == "Số 379-QĐ/TW"


@pytest.mark.clause("217/11.3")
@given(st.dates())
def test_date_parts_write_zeros_before_days_below_ten_and_months_one_and_two(on: object) -> None:
    from datetime import date

    assert isinstance(on, date)
    (shown,) = date_parts("Hà Nội", on)
    found = re.fullmatch(r"Hà Nội, ngày (\d\d) tháng (\d+) năm (\d+)", shown or "")
    assert found and int(found[1]) == on.day and int(found[2]) == on.month and int(found[3]) == on.year
    assert len(found[2]) == (2 if on.month < 3 or on.month > 9 else 1)


def test_addressee_lines_get_dashes_commas_and_a_full_stop() -> None:
    assert addressee_lines(("- Các ban,", "UBND tỉnh (để phối hợp);", " Lưu VP./")) == [
        "- Các ban,",
        "- UBND tỉnh (để phối hợp),",
        "- Lưu VP./.",
    ]
    assert salutation_lines(("Văn phòng Trung ương (mẫu)",)) == ["Văn phòng Trung ương (mẫu)"]
    assert salutation_lines(("A", "B")) == ["- A,", "- B."]


def test_signer_lines_are_capitals_but_the_sample_mark_stays_small() -> None:
    assert signer_lines("T/M Ban Thường vụ", "Phó Bí thư") == ["T/M BAN THƯỜNG VỤ", "PHÓ BÍ THƯ"]
    assert capitals("Tỉnh ủy Lạc Giang (mẫu)") == "TỈNH ỦY LẠC GIANG (mẫu)"


@given(st.text(max_size=200))
def test_clean_leaves_no_invisible_sign_that_could_turn_the_order(text: str) -> None:
    assert not set(clean(text)) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\x00\n")
    assert max((len(word) for word in re.split("[ \u200b]", clean(text))), default=0) <= 40

"""Clauses, citations and the matrix."""

from __future__ import annotations

from pathlib import Path

import pytest

import antin
from antin.regulation import RuleViolation, clause, clauses
from antin.regulation.citations import citations, cited_in
from antin.regulation.matrix import matrix

CODE = Path(antin.__file__).parent
TESTS = Path(__file__).parent.parent


def test_every_clause_has_a_statement_in_both_languages() -> None:
    assert len(clauses()) == 231
    assert all(c.statement_vi and c.statement_en and c.kind for c in clauses().values())


def test_statement_answers_in_the_language_asked() -> None:
    assert clause("379/17.2").statement("en") != clause("379/17.2").statement("vi")


def test_unknown_clause_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        clause("379/" + "99")


def test_every_clause_cited_in_code_and_tests_exists() -> None:
    assert not matrix(CODE, TESTS).unknown


def test_citations_are_read_from_literals_and_not_from_docstrings() -> None:
    source = '"""379/1.1"""\nx = "379/17.2"\ny = "see 217/6.3.p2 and 379/23.2.đ"\nz = "1379/17.2"\n'
    assert list(cited_in(source)) == [("379/17.2", 2), ("217/6.3.p2", 3), ("379/23.2.đ", 3)]


def test_citations_are_read_from_dated_data_where_an_id_stands_alone(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.toml").write_text('clauses = ["217/8.1"]\n# "217/8.2"\nnote = "theo 217/8.2"\n')
    (tmp_path / "other.toml").write_text('article = "217/8.2"\n')
    assert citations(tmp_path) == {"217/8.1": ("data/a.toml:1",)}


def test_citations_name_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text('\nx = "379/17.2"\n')
    assert citations(tmp_path) == {"379/17.2": ("a.py:2",)}


def test_violation_fills_its_facts_and_survives_a_missing_one() -> None:
    assert "5 MB" in RuleViolation("379/5.4", "Tệp lớn hơn {limit}.", limit="5 MB").message()
    assert "{limit}" in RuleViolation("379/5.4", "Tệp lớn hơn {limit}.").message()

"""The matrix of tampered files: each row is a file, how it was made, and the verdict it must get (379/5.11, 379/13.4)."""

from __future__ import annotations

import pytest

from antin.signing.verdict import Verdict

from .matrix import of_bytes, of_formats, of_numbers, of_revisions, of_signers, of_time
from .matrix.case import Row
from .scene import House

ROWS: list[Row] = [
    *of_bytes.ROWS,
    *of_revisions.ROWS,
    *of_numbers.ROWS,
    *of_signers.ROWS,
    *of_time.ROWS,
    *of_formats.ROWS,
]


@pytest.mark.clause("379/5.11", "379/13.4")
@pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])
def test_file_of_the_matrix_gets_its_verdict(row: Row, house: House):
    report = row.make(house).report(house)
    reasons = [r.text() for part in (report, *report.signatures) for r in part.reasons]
    assert report.verdict is row.verdict, (report.sub_indication, reasons)
    assert not row.sub_indication or report.sub_indication == row.sub_indication, (report.sub_indication, reasons)
    assert reasons and row.says in " ".join(reasons)


def test_matrix_is_complete_and_names_each_row_once():
    assert len(ROWS) >= 60
    assert len({row.name for row in ROWS}) == len(ROWS)
    assert all(row.how and row.name for row in ROWS)
    assert sum(row.verdict is Verdict.VALID for row in ROWS) >= 4

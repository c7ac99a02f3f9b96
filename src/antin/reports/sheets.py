"""The figures as a table for a spreadsheet: UTF-8 with its mark, one line per counterpart, way and unit."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

from antin.reports.figures import CAME, SENT, Figures, Line
from antin.values import cell

HEAD = ("chieu", "theo", "ma", "ten")
NAMES = {
    "total": "tong",
    "urgent": "khan",
    "there": "da_den",
    "taken": "da_tiep_nhan",
    "completed": "hoan_thanh",
    "returned": "tra_lai",
    "recalled": "thu_hoi",
    "discarded": "huy_bo",
    "failed": "loi",
    "late": "gui_cham",
    "overdue": "qua_han",
}
COLUMNS = tuple(dict.fromkeys((*SENT, *CAME)))


def spreadsheet(found: Figures) -> bytes:
    """Comma-separated, first line the columns; a cell that a program would take for a formula is quoted as text."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([*HEAD, *(NAMES[name] for name in COLUMNS)])
    for direction, by, lines in _parts(found):
        for line in lines:
            cells = (direction, by, line.code, line.name)
            writer.writerow([*map(cell, cells), *(line.counts.get(name, "") for name in COLUMNS)])
    return ("\ufeff" + out.getvalue()).encode()


def _parts(found: Figures) -> Iterator[tuple[str, str, Iterable[Line]]]:
    yield "gui", "tong", [found.sent]
    yield "gui", "noi_nhan", found.recipients
    yield "gui", "kenh", found.sent_ways
    yield "gui", "don_vi", found.sending_units
    yield "nhan", "tong", [found.came]
    yield "nhan", "noi_gui", found.senders
    yield "nhan", "kenh", found.came_ways
    yield "nhan", "don_vi", found.receiving_units

"""A life is one table of (state, act, next state, whose act, what must be true first, clauses).

>>> door = life("door", ["open | shut | closed | person | | 379/14.p1", "closed | pull | open | person | unlocked | 379/14.p1"])
>>> door.step("open", "shut").to
'closed'
>>> door.acts("closed")
('pull',)

`—` as state means "not existing yet", `same` as next state means "unchanged". Several states or offices
are separated by commas, guards and clauses by spaces.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from antin.regulation import RuleViolation
from antin.values import N_, Office

ABSENT = "—"


@dataclass(frozen=True, slots=True)
class Step:
    """One row for one starting state."""

    state: str
    act: str
    to: str
    offices: tuple[Office, ...]
    guards: tuple[str, ...]
    clauses: tuple[str, ...]


@dataclass(frozen=True)
class Life:
    """A named table. `step` is its only question with an answer that may be "no"."""

    name: str
    rows: Mapping[tuple[str, str], Step]

    def step(self, state: str, act: str) -> Step:
        """The row for this act in this state; RuleViolation when the table has none."""
        row = self.rows.get((state or ABSENT, act))
        if row is not None:
            return row
        raise RuleViolation(
            self._clause_of(act),
            N_("Việc “{act}” không làm được khi văn bản đang ở trạng thái “{state}”."),
            N_("Tải lại trang để xem trạng thái hiện tại."),
            act=act,
            state=state,
            life=self.name,
        )

    def acts(self, state: str) -> tuple[str, ...]:
        """Acts that the table knows in this state, in table order."""
        return tuple(act for (at, act) in self.rows if at == (state or ABSENT))

    def states(self) -> tuple[str, ...]:
        """Every state, in order of first appearance, without the absent one."""
        seen = dict.fromkeys(s for row in self.rows.values() for s in (row.state, row.to))
        return tuple(s for s in seen if s != ABSENT)

    def _clause_of(self, act: str) -> str:
        cited = [row.clauses[0] for row in self.rows.values() if row.act == act and row.clauses]
        return cited[0] if cited else "379/14.p1"


def life(name: str, lines: Iterable[str]) -> Life:
    """Builds a table from its lines `states | act | to | offices | guards | clauses`; ValueError if malformed."""
    rows: dict[tuple[str, str], Step] = {}
    for line in lines:
        for step in _parse(line):
            key = (step.state, step.act)
            if key in rows:
                raise ValueError(f"{name}: {key} stands twice")
            rows[key] = step
    return Life(name, MappingProxyType(rows))


def _parse(line: str) -> Iterable[Step]:
    cells = [cell.strip() for cell in line.split("|")]
    if len(cells) != 6:
        raise ValueError(f"six cells expected: {line!r}")
    states, act, to, offices, guards, cited = cells
    for state in (s.strip() for s in states.split(",")):
        yield Step(
            state=state,
            act=act,
            to=state if to == "same" else to,
            offices=tuple(Office(o.strip()) for o in offices.split(",") if o.strip()),
            guards=tuple(guards.split()),
            clauses=tuple(cited.split()),
        )

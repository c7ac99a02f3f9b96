"""The frozen values of a comparison by eye: the pages that differ, as signed and as now."""

from __future__ import annotations

from dataclasses import dataclass

from antin.documents.rules.pictures import Region


@dataclass(frozen=True, slots=True)
class Side:
    """A page as a data: address, "" when there is no such page; boxes around what the other side has not."""

    src: str
    marks: tuple[Region, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    page: int
    sides: tuple[Side, Side]


@dataclass(frozen=True, slots=True)
class Seen:
    """`pairs`: the first pages that differ; `more`: numbers of the others; `drawn` False when nobody could draw the file."""

    pairs: tuple[Pair, ...] = ()
    more: tuple[int, ...] = ()
    looked_at_all: bool = True
    drawn: bool = True

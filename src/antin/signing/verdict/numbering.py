"""Which object numbers each revision of a PDF defines, and from where each number is referred to (ISO 32000-1 §7.5.4, §7.5.7).

Every table and every byte is looked at once, whatever the number of revisions; answers about one revision are look-ups.

A comparison of revisions trusts that a number which a revision brings was nothing before. Three ways to betray that are
known, and a file that uses one is `betrayed`, whatever its objects say:

- a number defined at or behind its table's /Size is taken for unknown, and later overwritten as if it were new
- a number referred to in what was signed, and defined only afterwards: a part left to be filled in
- sizes that shrink from one revision to the next, which makes known numbers unknown again
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from itertools import accumulate, chain
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.xref import ObjStreamRef

from antin.signing.verdict.references import references

Place = int | tuple[int, int] | None
"""Where something is written: the object's offset, or its object stream's offset and its index there; None: unknown."""


class Numbering:
    """The tables of one file. `data` are the bytes that `reader` reads."""

    def __init__(self, reader: PdfFileReader, data: bytes) -> None:
        self._reader, self._data = reader, data
        self._count = int(reader.xrefs.total_revisions)
        self._first: dict[int, int] = {}
        self.defined = [self._numbers_of(revision) for revision in range(self._count)]
        for revision, numbers in enumerate(self.defined):
            for number in numbers:
                self._first.setdefault(number, revision)

    def overwritten(self, revision: int) -> set[int]:
        """Numbers of this revision that an earlier one defined or freed."""
        return {number for number in self.defined[revision] if self._first[number] < revision}

    def fresh(self, revision: int) -> set[int]:
        return {number for number in self.defined[revision] if self._first[number] == revision}

    def size(self, revision: int) -> int:
        """One more than the highest number in scope, as the revision says of itself."""
        return int(self._reader.xrefs.get_xref_container_info(revision).size)

    def end(self, revision: int) -> int:
        """The byte at which the revision's table ends."""
        return int(self._reader.xrefs.get_xref_container_info(revision).end_location)

    def ends_behind_all(self, revision: int) -> bool:
        """True when every table up to this revision, and every object that one looks for, lies before the revision's end."""
        end = self.end(revision)
        return self._furthest[revision] < end and self._ends[revision] == end

    def is_referred_to(self, numbers: Iterable[int], revision: int) -> bool:
        """True when something up to this revision's end looks like a reference to one of the numbers."""
        end = self._ends[revision]
        return any(self._earliest.get(number, end) < end for number in numbers)

    def is_betrayed(self, since: int) -> bool:
        """True when the numbers of a revision after this one are not what a comparison would take them for."""
        return since + 1 < self._count and self._last_betrayed > since

    def is_sole(self, number: int, places: Iterable[Place]) -> bool:
        """True when the number is referred to once from each of these places and from nowhere else in the file."""
        expected = set(places)
        return None not in expected and self._origins(number) == Counter(expected)

    def place_of(self, reference: generic.Reference, revision: int) -> Place:
        """Where the object was written that this revision sees under the reference."""
        marker = self._reader.xrefs.get_historical_ref(reference, revision)
        if not isinstance(marker, ObjStreamRef):
            return marker
        stream = generic.Reference(marker.obj_stream_id, 0, self._reader)
        offset = self._reader.xrefs.get_historical_ref(stream, revision)
        return (offset, marker.ix_in_stream) if isinstance(offset, int) else None

    def is_container(self, number: int) -> bool:
        """True for an object stream or a cross-reference stream: what they hold is reached without any reference."""
        return number in self._containers

    def _tables(self, revision: int) -> Iterator[tuple[Any, Any]]:
        """(entries, facts) of the revision's table, and of the stream that a hybrid one has beside it."""
        xrefs = self._reader.xrefs
        data = xrefs.get_xref_data(revision)
        yield data, xrefs.get_xref_container_info(revision)
        if data.hybrid is not None:
            yield data.hybrid.xref_data, data.hybrid.meta_info

    def _numbers_of(self, revision: int) -> set[int]:
        return {
            number
            for data, _ in self._tables(revision)
            for number in (*data.standard_xrefs, *data.xrefs_in_objstm, *data.freed)
        }

    @cached_property
    def _furthest(self) -> list[int]:
        """By revision: the highest offset at which a table up to it looks for an object."""
        every = (
            [at for data, _ in self._tables(n) for _, at in data.standard_xrefs.values()] for n in range(self._count)
        )
        return list(accumulate((max(offsets, default=0) for offsets in every), max))

    @cached_property
    def _ends(self) -> list[int]:
        """By revision: the end of the last table up to it; the tables of linearised files do not come in order."""
        return list(accumulate((self.end(revision) for revision in range(self._count)), max))

    @cached_property
    def _containers(self) -> set[int]:
        every = [table for revision in range(self._count) for table in self._tables(revision)]
        holding = {number for data, _ in every for number in data.obj_streams_used}
        return holding | {int(facts.stream_ref.idnum) for _, facts in every if facts.stream_ref is not None}

    @cached_property
    def _last_betrayed(self) -> int:
        return next((revision for revision in range(self._count - 1, 0, -1) if self._betrayed(revision)), 0)

    def _betrayed(self, revision: int) -> bool:
        if self.size(revision) < self.size(revision - 1):
            return True
        if any(number >= self.size(self._first[number]) for number in self.overwritten(revision)):
            return True
        return self.is_referred_to(self.fresh(revision), revision - 1)

    @cached_property
    def _earliest(self) -> dict[int, int]:
        """By number: where it is first referred to; inside an object stream: before the end of the stream's revision."""
        found: dict[int, int] = {}
        for at, number in chain(self._in_the_open, ((end - 1, number) for end, _, number in self._in_object_streams)):
            if at < found.get(number, at + 1):
                found[number] = at
        return found

    def _origins(self, number: int) -> Counter[Place]:
        """How often the number is referred to from each place. Reads every reference: ask about few numbers."""
        found: Counter[Place] = Counter()
        for at in {at for at, mentioned in self._in_the_open if mentioned == number}:
            behind = bisect_right(self._starts, at)
            found[self._starts[behind - 1] if behind else None] += 1
        found.update(place for _, place, mentioned in self._in_object_streams if mentioned == number)
        return found

    @cached_property
    def _in_the_open(self) -> list[tuple[int, int]]:
        return list(references(self._data))

    @cached_property
    def _starts(self) -> list[int]:
        """Offsets at which objects and tables begin, in order: what stands before one belongs to the one before."""
        found: set[int] = set()
        for revision in range(self._count):
            for data, facts in self._tables(revision):
                found.update(at for _, at in data.standard_xrefs.values())
                found.add(int(facts.start_location))
        return sorted(found)

    @cached_property
    def _in_object_streams(self) -> list[tuple[int, Place, int]]:
        """(end of the revision, place, number) of every reference inside an object stream, each stream once."""
        return list(self._read_object_streams())

    def _read_object_streams(self) -> Iterator[tuple[int, Place, int]]:
        seen: set[Any] = set()
        for revision in range(self._count):
            resolver = self._reader.get_historical_resolver(revision)
            for number in sorted({n for data, _ in self._tables(revision) for n in data.obj_streams_used}):
                reference = generic.Reference(number, 0, self._reader)
                offset = self._reader.xrefs.get_historical_ref(reference, revision)
                if offset in seen or not isinstance(offset, int):
                    continue
                seen.add(offset)
                stream = resolver(reference)
                index_at = _indexed(stream)
                for at, mentioned in set(references(stream.data)):
                    index = index_at(at)
                    yield self.end(revision), None if index is None else (offset, index), mentioned


def _indexed(stream: Any) -> Callable[[int], int | None]:
    """By place in an object stream's data: the index of the object that stands there; None before the first (§7.5.7)."""
    first, count = int(stream["/First"]), int(stream["/N"])
    head = [int(word) for word in stream.data[:first].split()[: 2 * count]]
    begins = sorted((first + offset, index) for index, offset in enumerate(head[1::2]))
    offsets = [offset for offset, _ in begins]

    def index_at(place: int) -> int | None:
        behind = bisect_right(offsets, place)
        return begins[behind - 1][1] if behind else None

    return index_at

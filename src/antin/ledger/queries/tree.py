"""The stored tree: its size, its right edge, and hashes for proofs."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Max

from antin.ledger.models import Leaf, Tile
from antin.ledger.tree import TILE_WIDTH, Edge, edge_widths


def size_of() -> int:
    """How many leaves are stored."""
    last = Leaf.objects.aggregate(last=Max("leaf_index"))["last"]
    return 0 if last is None else last + 1


def edge_of(size: int) -> Edge:
    """The right edge of the stored tree of that size, from the last hashes of each level."""
    rows = []
    for level, width in enumerate(edge_widths(size)):
        end = size >> (8 * level)
        rows.append(_hashes(level, end - width, width))
    return Edge(size, rows)


def root_at(size: int) -> bytes | None:
    """The root that the stored tree had at that size; None when it never was as large."""
    return edge_of(size).root() if size <= size_of() else None


class StoredReader:
    """Hashes for proofs out of the tables, a tile at a time; keep it for one answer only."""

    def __init__(self) -> None:
        self._tiles: dict[tuple[int, int], list[bytes]] = {}

    def __call__(self, level: int, start: int, count: int) -> Sequence[bytes]:
        index, offset = divmod(start, TILE_WIDTH)
        key = (level, index)
        if key not in self._tiles:
            self._tiles[key] = _hashes(level, index * TILE_WIDTH, TILE_WIDTH)
        hashes = self._tiles[key][offset : offset + count]
        if len(hashes) != count:
            raise LookupError(f"hashes {start} to {start + count} of level {level} are not stored")
        return hashes


def _hashes(level: int, start: int, count: int) -> list[bytes]:
    """Up to `count` consecutive hashes of a level: leaf hashes, or roots of the full tiles one level below."""
    if count == 0:
        return []
    if level == 0:
        found = Leaf.objects.filter(leaf_index__gte=start, leaf_index__lt=start + count).order_by("leaf_index")
        return [bytes(value) for value in found.values_list("hash", flat=True)]
    tiles = Tile.objects.filter(level=level - 1, tile_index__gte=start, tile_index__lt=start + count)
    return [bytes(value) for value in tiles.order_by("tile_index").values_list("root", flat=True)]

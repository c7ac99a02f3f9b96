"""The Merkle tree of RFC 6962, section 2.1: hashes, proofs and their checks. Pure; SHA-256 throughout.

Proofs are made over a `Reader`, which gives hashes of complete subtrees the way tiles store them: level L of
a tiled tree holds the roots of complete subtrees of 256**L leaves.

>>> leaves = [leaf_hash(bytes([n])) for n in range(5)]
>>> root_of(leaves) == root_from_inclusion(leaves[3], 3, 5, inclusion_proof(reader_over(leaves), 3, 5))
True
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

HASH_BYTES = 32
TILE_HEIGHT = 8
TILE_WIDTH = 2**TILE_HEIGHT
EMPTY_ROOT = hashlib.sha256(b"").digest()

Reader = Callable[[int, int, int], Sequence[bytes]]
"""`read(level, start, count)`: that many hashes of complete subtrees of 256**level leaves, all within one tile."""


def leaf_hash(entry: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(hashes: Sequence[bytes]) -> bytes:
    """The tree's root over these nodes, leaves or complete subtrees of one size (the last may be smaller).

    Pairing neighbours and lifting an odd last one gives the same tree as splitting at powers of two.
    """
    if not hashes:
        return EMPTY_ROOT
    row = list(hashes)
    while len(row) > 1:
        odd = [row.pop()] if len(row) % 2 else []
        row = [node_hash(row[i], row[i + 1]) for i in range(0, len(row), 2)] + odd
    return row[0]


@dataclass(frozen=True)
class Tile:
    """A full tile: 256 hashes at a level, and their root, which stands at `index` in the level above."""

    level: int
    index: int
    hashes: tuple[bytes, ...]
    root: bytes


class Edge:
    """The right edge of a growing tree: the hashes of the last, unfilled tile of every level."""

    def __init__(self, size: int, levels: Sequence[Sequence[bytes]]) -> None:
        """`levels[L]` holds the hashes of level L's partial tile; ValueError when they don't fit the size."""
        if [len(row) for row in levels] != edge_widths(size):
            raise ValueError("the edge does not fit the size")
        self.size, self.levels = size, [list(row) for row in levels]

    def append(self, leaf: bytes) -> list[Tile]:
        """Adds one leaf hash; answers the tiles that became full, lowest first."""
        full: list[Tile] = []
        node, level, position = leaf, 0, self.size
        while True:
            if level == len(self.levels):
                self.levels.append([])
            row = self.levels[level]
            row.append(node)
            if len(row) < TILE_WIDTH:
                break
            tile = Tile(level, position // TILE_WIDTH, tuple(row), root_of(row))
            full.append(tile)
            self.levels[level] = []
            node, position, level = tile.root, tile.index, level + 1
        self.size += 1
        return full

    def root(self) -> bytes:
        """The root of the tree of `size` leaves."""
        carried: list[bytes] = []
        for row in self.levels:
            if row or carried:
                carried = [root_of([*row, *carried])]
        return carried[0] if carried else EMPTY_ROOT


def edge_widths(size: int) -> list[int]:
    """How many hashes the partial tile of each level holds, level 0 first (C2SP tlog-tiles, "Partial Tiles")."""
    widths = []
    while size:
        widths.append(size % TILE_WIDTH)
        size //= TILE_WIDTH
    return widths


def range_root(read: Reader, start: int, end: int) -> bytes:
    """MTH(D[start:end]) for a range that occurs in a tree: aligned, or the ragged right part."""
    width = end - start
    if width & (width - 1) == 0:
        return _complete(read, start, width)
    split = _split(width)
    return node_hash(_complete(read, start, split), range_root(read, start + split, end))


def inclusion_proof(read: Reader, index: int, size: int) -> list[bytes]:
    """PATH(index, D[size]): from the leaf's sibling up. IndexError when the tree has no such leaf."""
    if not 0 <= index < size:
        raise IndexError("no such leaf")
    proof: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            proof.append(range_root(read, middle, end))
            end = middle
        else:
            proof.append(range_root(read, start, middle))
            start = middle
    return proof[::-1]


def consistency_proof(read: Reader, old: int, new: int) -> list[bytes]:
    """PROOF(old, D[new]) of RFC 6962, section 2.1.2; empty for equal sizes. IndexError unless 0 < old <= new."""
    if not 0 < old <= new:
        raise IndexError("no such pair of sizes")
    proof: list[bytes] = []
    start, end, whole = 0, new, True
    while end != old:
        middle = start + _split(end - start)
        if old <= middle:
            proof.append(range_root(read, middle, end))
            end = middle
        else:
            proof.append(range_root(read, start, middle))
            start, whole = middle, False
    if not whole:
        proof.append(range_root(read, start, end))
    return proof[::-1]


def root_from_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes | None:
    """The root that the proof leads to, or None when it has the wrong length (RFC 9162, section 2.1.3.2)."""
    if not 0 <= index < size:
        return None
    node, position, last = leaf, index, size - 1
    for sibling in proof:
        if last == 0:
            return None
        if position & 1 or position == last:
            node = node_hash(sibling, node)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            node = node_hash(node, sibling)
        position, last = position >> 1, last >> 1
    return node if last == 0 else None


def consistent(old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the proof shows that the tree of `new` leaves begins with the tree of `old` (RFC 9162, 2.1.4.2)."""
    if not 0 < old <= new:
        return False
    if old == new:
        return old_root == new_root and not proof
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not path:
        return False
    position, last = old - 1, new - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    first = second = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if position & 1 or position == last:
            first, second = node_hash(sibling, first), node_hash(sibling, second)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            second = node_hash(second, sibling)
        position, last = position >> 1, last >> 1
    return last == 0 and first == old_root and second == new_root


def reader_over(leaves: Sequence[bytes]) -> Reader:
    """A reader over leaf hashes held in memory, for small trees."""

    def read(level: int, start: int, count: int) -> Sequence[bytes]:
        if level == 0:
            return leaves[start : start + count]
        return [root_of(read(level - 1, at * TILE_WIDTH, TILE_WIDTH)) for at in range(start, start + count)]

    return read


def _complete(read: Reader, start: int, width: int) -> bytes:
    """The root of a complete subtree: `width` is a power of two, `start` a multiple of it."""
    level, height = divmod(width.bit_length() - 1, TILE_HEIGHT)
    return root_of(read(level, start >> (TILE_HEIGHT * level), 1 << height))


def _split(width: int) -> int:
    """The largest power of two smaller than the width."""
    return 1 << ((width - 1).bit_length() - 1)

"""The file layout of a tiled log (C2SP tlog-tiles): paths of tiles and entry bundles, and the bundle's bytes. Pure.

>>> tile_path(0, 1234067, 256), tile_path(1, 0, 17), bundle_path(3, 9)
('tile/0/x001/x234/067', 'tile/1/000.p/17', 'tile/entries/003.p/9')
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from antin.ledger.tree import HASH_BYTES, TILE_WIDTH, edge_widths

MAX_ENTRY_BYTES = 2**16 - 1


def tile_path(level: int, index: int, width: int) -> str:
    return f"tile/{level}/{_numbered(index, width)}"


def bundle_path(index: int, width: int) -> str:
    return f"tile/entries/{_numbered(index, width)}"


def tiles_of(size: int) -> Iterator[tuple[int, int, int]]:
    """(level, index, width) of every tile of a tree of that size, the partial ones last in their level."""
    for level, partial in enumerate(edge_widths(size)):
        full = size >> (8 * (level + 1))
        yield from ((level, index, TILE_WIDTH) for index in range(full))
        if partial:
            yield level, full, partial


def join_bundle(entries: Iterable[bytes]) -> bytes:
    """Entries, each after its length in two bytes, big-endian. OverflowError for an entry beyond 65,535 bytes."""
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def split_bundle(data: bytes) -> list[bytes]:
    """The entries of a bundle. ValueError when the lengths don't come out."""
    entries, at = [], 0
    while at < len(data):
        length = int.from_bytes(data[at : at + 2], "big")
        entry = data[at + 2 : at + 2 + length]
        if len(entry) != length or at + 2 > len(data):
            raise ValueError("the bundle ends within an entry")
        entries.append(entry)
        at += 2 + length
    return entries


def split_tile(data: bytes) -> list[bytes]:
    """The hashes of a tile. ValueError when it isn't a whole number of them."""
    if len(data) % HASH_BYTES:
        raise ValueError("the tile ends within a hash")
    return [data[at : at + HASH_BYTES] for at in range(0, len(data), HASH_BYTES)]


def _numbered(index: int, width: int) -> str:
    digits = f"{index:03d}"
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    parts = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    path = "/".join([*(f"x{part}" for part in parts[:-1]), parts[-1]])
    return path if width == TILE_WIDTH else f"{path}.p/{width}"

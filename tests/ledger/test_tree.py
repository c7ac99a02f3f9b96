"""The tree against the recursive definitions of RFC 6962, and its checks against falsified proofs."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antin.ledger import tree
from antin.ledger.tiles import bundle_path, join_bundle, split_bundle, tile_path, tiles_of

from . import naive

SIZES = st.integers(1, 70) | st.sampled_from([127, 128, 255, 256, 257, 511, 512, 513, 600])


def entries_of(size: int) -> list[bytes]:
    return [str(n).encode() for n in range(size)]


def leaves_of(size: int) -> list[bytes]:
    return [tree.leaf_hash(entry) for entry in entries_of(size)]


def test_roots_of_the_reference_log_are_the_known_ones():
    """The eight-entry log used by Certificate Transparency implementations to compare themselves."""
    data = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
    leaves = [tree.leaf_hash(bytes.fromhex(text)) for text in data]
    assert tree.EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert tree.root_of(leaves[:1]).hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert tree.root_of(leaves).hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


@given(SIZES)
@settings(deadline=None)
def test_root_of_any_size_is_the_recursive_one(size: int):
    assert tree.root_of(leaves_of(size)) == naive.mth(entries_of(size))


@given(SIZES, st.data())
@settings(deadline=None)
def test_inclusion_proof_is_the_recursive_one_and_leads_to_the_root(size: int, data: st.DataObject):
    index = data.draw(st.integers(0, size - 1))
    entries, leaves = entries_of(size), leaves_of(size)
    proof = tree.inclusion_proof(tree.reader_over(leaves), index, size)
    assert proof == naive.path(index, entries)
    assert tree.root_from_inclusion(leaves[index], index, size, proof) == naive.mth(entries)


@given(SIZES, st.data())
@settings(deadline=None)
def test_consistency_proof_is_the_recursive_one_and_holds(size: int, data: st.DataObject):
    old = data.draw(st.integers(1, size))
    entries, leaves = entries_of(size), leaves_of(size)
    proof = tree.consistency_proof(tree.reader_over(leaves), old, size)
    assert proof == naive.proof(old, entries)
    assert tree.consistent(old, naive.mth(entries[:old]), size, naive.mth(entries), proof)


@given(st.integers(2, 70), st.data())
@settings(deadline=None)
def test_inclusion_proof_falsified_in_any_way_is_refused(size: int, data: st.DataObject):
    index = data.draw(st.integers(0, size - 1))
    leaves = leaves_of(size)
    root = tree.root_of(leaves)
    proof = tree.inclusion_proof(tree.reader_over(leaves), index, size)
    at = data.draw(st.integers(0, len(proof) - 1))
    other = data.draw(st.integers(0, size + 3).filter(lambda n: n != index))
    spoiled = [*proof[:at], hashlib.sha256(proof[at]).digest(), *proof[at + 1 :]]
    assert tree.root_from_inclusion(leaves[index], index, size, spoiled) != root
    assert tree.root_from_inclusion(leaves[index], index, size, proof[:-1]) != root
    assert tree.root_from_inclusion(leaves[index], index, size, [*proof, root]) != root
    assert tree.root_from_inclusion(tree.leaf_hash(b"another"), index, size, proof) != root
    assert tree.root_from_inclusion(leaves[index], other, size, proof) != root


@given(st.integers(2, 70), st.data())
@settings(deadline=None)
def test_consistency_of_a_rewritten_tree_is_refused(size: int, data: st.DataObject):
    old = data.draw(st.integers(1, size - 1))
    changed = data.draw(st.integers(0, old - 1))
    leaves = leaves_of(size)
    rewritten = [*leaves[:changed], tree.leaf_hash(b"rewritten"), *leaves[changed + 1 :]]
    proof = tree.consistency_proof(tree.reader_over(rewritten), old, size)
    assert not tree.consistent(old, tree.root_of(leaves[:old]), size, tree.root_of(rewritten), proof)
    honest = tree.consistency_proof(tree.reader_over(leaves), old, size)
    assert not tree.consistent(old, tree.root_of(leaves[:old]), size, tree.root_of(rewritten), honest)
    if honest:
        assert not tree.consistent(old, tree.root_of(leaves[:old]), size, tree.root_of(leaves), honest[:-1])


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 65_535, 65_536, 65_537, 66_100])
def test_edge_grown_leaf_by_leaf_gives_roots_and_tiles(size: int):
    leaves = [n.to_bytes(32, "big") for n in range(size)]
    edge, tiles = tree.Edge(0, []), []
    for leaf in leaves:
        tiles += edge.append(leaf)
    assert edge.root() == tree.root_of(leaves)
    assert [len(row) for row in edge.levels][: len(tree.edge_widths(size))] == tree.edge_widths(size)
    full = {(t.level, t.index) for t in tiles}
    assert full == {(level, index) for level, index, width in tiles_of(size) if width == 256}
    for tile in tiles:
        assert tile.root == tree.root_of(tile.hashes)


def test_tiles_of_the_specifications_example():
    """C2SP tlog-tiles, "Partial Tiles": a tree of 70,000, and one of 256."""
    listed = list(tiles_of(70_000))
    assert sum(1 for level, _, width in listed if level == 0 and width == 256) == 273
    assert [entry for entry in listed if entry[2] != 256] == [(0, 273, 112), (1, 1, 17), (2, 0, 1)]
    assert list(tiles_of(256)) == [(0, 0, 256), (1, 0, 1)]


def test_paths_follow_the_specification():
    assert tile_path(0, 1234067, 256) == "tile/0/x001/x234/067"
    assert tile_path(2, 5, 17) == "tile/2/005.p/17"
    assert bundle_path(999, 256) == "tile/entries/999"
    assert bundle_path(1000, 3) == "tile/entries/x001/000.p/3"


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_bundle_splits_into_what_was_joined(entries: list[bytes]):
    assert split_bundle(join_bundle(entries)) == entries


@given(st.binary(min_size=1, max_size=50))
def test_split_bundle_of_anything_joins_to_the_same_or_is_refused(data: bytes):
    try:
        entries = split_bundle(data)
    except ValueError:
        return
    assert join_bundle(entries) == data

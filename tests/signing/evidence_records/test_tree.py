"""Hash trees of RFC 4998: each leaf proves itself with a few hashes, and nothing else proves itself at all."""

from __future__ import annotations

import hashlib
from math import ceil, log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antin.signing.evidence_records.tree import build, root_of

DIGESTS = st.binary(min_size=32, max_size=32)
pytestmark = pytest.mark.clause("379/23.2.b")


@given(st.lists(DIGESTS, min_size=1, max_size=40, unique=True))
def test_every_leaf_leads_to_the_root_and_no_stranger_does(leaves: list[bytes]) -> None:
    root, reduced = build(leaves, "sha256")
    assert len(reduced) == len(leaves)
    for leaf, way in zip(leaves, reduced, strict=True):
        assert root_of(leaf, way, "sha256") == root
        assert sum(map(len, way)) <= ceil(log2(len(leaves))) + 1
        stranger = hashlib.sha256(leaf).digest()
        if way:
            with pytest.raises(ValueError, match="first group"):
                root_of(stranger, way, "sha256")
        else:
            assert root_of(stranger, way, "sha256") != root


@given(st.lists(DIGESTS, min_size=2, max_size=20, unique=True), st.data())
def test_one_changed_hash_leads_elsewhere(leaves: list[bytes], data: st.DataObject) -> None:
    root, reduced = build(leaves, "sha256")
    number = data.draw(st.integers(0, len(leaves) - 1))
    way = [list(group) for group in reduced[number]]
    places = [(g, h) for g, group in enumerate(way) for h, one in enumerate(group) if one != leaves[number]]
    group, place = data.draw(st.sampled_from(places))
    way[group][place] = hashlib.sha256(way[group][place]).digest()
    assert root_of(leaves[number], tuple(map(tuple, way)), "sha256") != root


def test_the_example_of_three_by_hand() -> None:
    one, two, three = (hashlib.sha256(word).digest() for word in (b"1", b"2", b"3"))
    root, reduced = build([one, two, three], "sha256")
    pair = hashlib.sha256(b"".join(sorted((one, two)))).digest()
    assert root == hashlib.sha256(b"".join(sorted((pair, three)))).digest()
    assert reduced == [
        (tuple(sorted((one, two))), (three,)),
        (tuple(sorted((one, two))), (three,)),
        (tuple(sorted((pair, three))),),
    ]


def test_no_leaf_or_one_twice_is_no_tree() -> None:
    for leaves in ([], [b"a" * 32, b"a" * 32]):
        with pytest.raises(ValueError, match="leaves"):
            build(leaves, "sha256")

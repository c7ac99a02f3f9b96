"""Hash trees of RFC 4998 §4: one timestamp over the root proves each object with the few hashes beside its way up.

A node is the hash of its children's hashes, put one behind the other in binary ascending order.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

Group = tuple[bytes, ...]
Reduced = tuple[Group, ...]


def build(leaves: Sequence[bytes], digest_name: str) -> tuple[bytes, list[Reduced]]:
    """(root, the reduced tree of each leaf in order); of one leaf it is the leaf itself and needs no tree.

    ValueError without leaves or for one that stands twice: RFC 4998 knows leaves by their value.
    """
    if not leaves or len(set(leaves)) != len(leaves):
        raise ValueError("an evidence record's tree needs leaves, each once")
    reduced: list[list[Group]] = [[] for _ in leaves]
    level = [(leaf, [number]) for number, leaf in enumerate(leaves)]
    while len(level) > 1:
        level = [_joined(level[at : at + 2], reduced, digest_name) for at in range(0, len(level), 2)]
    return level[0][0], [tuple(one) for one in reduced]


def root_of(leaf: bytes, reduced: Reduced, digest_name: str) -> bytes:
    """The root that the leaf leads to (RFC 4998 §4.3). ValueError when the first group does not hold it."""
    if not reduced:
        return leaf
    if leaf not in reduced[0]:
        raise ValueError("the object is not in the record's first group")
    value = leaf
    for number, group in enumerate(reduced):
        value = _node(group if number == 0 else (*group, value), digest_name)
    return value


def _joined(
    pair: list[tuple[bytes, list[int]]], reduced: list[list[Group]], digest_name: str
) -> tuple[bytes, list[int]]:
    if len(pair) == 1:  # an odd one goes up as it is
        return pair[0]
    (left, of_left), (right, of_right) = pair
    for numbers, own, other in ((of_left, left, right), (of_right, right, left)):
        for number in numbers:
            reduced[number].append((other,) if reduced[number] else tuple(sorted((own, other))))
    return _node((left, right), digest_name), of_left + of_right


def _node(children: Sequence[bytes], digest_name: str) -> bytes:
    return hashlib.new(digest_name, b"".join(sorted(children))).digest()

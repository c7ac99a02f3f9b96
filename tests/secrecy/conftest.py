"""The small world and the islands, with our reference cipher product installed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.exchange.conftest import house, issued, keys, nodes, pki, raised, shores
from tests.web.conftest import visit

from antin.vault import ports
from antin.vault.adapters.reference_product import ReferenceProduct
from world import authority, committed_world, world

__all__ = [
    "authority",
    "committed_world",
    "house",
    "issued",
    "keys",
    "nodes",
    "pki",
    "raised",
    "shores",
    "visit",
    "world",
]


@pytest.fixture
def product(tmp_path: Path) -> Iterator[ReferenceProduct]:
    """Installed here until the test ends."""
    before = ports.bound()
    installed = ReferenceProduct(tmp_path / "cipher")
    ports.bind(replace(before, product=installed))
    yield installed
    ports.bind(before)

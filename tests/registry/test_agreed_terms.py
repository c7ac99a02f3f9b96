"""Terms agreed with the sender stand in for signatures that are not there, and heal nothing else (379/12.2.c)."""

from __future__ import annotations

import pytest

from antin.registry import acts, queries
from antin.values import new_id
from world import PROVINCE_CLERK, World, refused

from .test_incoming import tampered

pytestmark = pytest.mark.clause("379/12.2.c", "217/4.1")
REFERENCE = "05-TT/VPTW, 02/03/2026"


def worth(world: World, pdf: bytes) -> tuple[object, str]:
    found = world.verified(pdf, terms_id=new_id(), terms_reference=REFERENCE)
    return found, queries.legal_effect(world.actor(PROVINCE_CLERK), found).verdict


def test_with_all_signatures_the_usual_verdict_stands(world: World) -> None:
    assert worth(world, world.original())[1] == "original_sealed"


@pytest.mark.clause("217/4.2", "217/10.1")
def test_terms_heal_nothing_that_is_changed_invalid_or_unreadable(world: World) -> None:
    on_its_way = world.pdf(world.signed())  # the field for the seal is there and empty
    for bad in (tampered(world.original()), on_its_way, tampered(on_its_way), b"%PDF-1.7 nothing", b""):
        found, verdict = worth(world, bad)
        assert verdict == "reference_only"
        with refused("217/10.1"):
            acts.register_incoming(actor=world.actor(PROVINCE_CLERK), document_id=found)

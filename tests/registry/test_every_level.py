"""The centre, a province, a board of it and a ward: people of each write in the name of their own body (379/2.2, 217/2.1)."""

from __future__ import annotations

import pytest

from antin.documents import acts, queries
from antin.identity import queries as identity
from world import CENTRE, DRAFTER, LEAD, PROVINCE, WARD, World, refused

BOARD = "A98.01.02"
DRAFTERS = {CENTRE: DRAFTER, PROVINCE: LEAD, BOARD: "hoa.ly", WARD: "thu.cao"}


@pytest.mark.clause("379/2.2", "217/2.1")
def test_each_level_drafts_for_itself_and_for_nobody_else(world: World) -> None:
    levels = {identity.organisation(world.organisation(code)).level for code in DRAFTERS}
    assert levels == {"central", "provincial", "grassroots"}
    for code, login in DRAFTERS.items():
        actor, body = world.actor(login), world.organisation(code)
        found = acts.create_draft(actor=actor, organisation_id=body, fields=world.fields())
        view = queries.document(actor, found)
        assert (view.owner_id, view.state) == (body, "draft")
        for other in set(DRAFTERS.values()) - {login}:
            with refused("379/4.4"):
                queries.document(world.actor(other), found)
            with refused("379/14.p1"):
                acts.create_draft(actor=world.actor(other), organisation_id=body, fields=world.fields())

import pytest
from antin.archive import acts, queries
from disposal import ARCHIVIST
from world import *
from .shelf import archived
from antin.vault import queries as vault


def test_x(world):
    case = archived(world, world.registered(world.original()))
    found = acts.build_package(actor=world.actor(ARCHIVIST), case_file_id=case, kind="AIP")
    p = queries.package(world.actor(ARCHIVIST), found)
    print(p)
    from antin.archive.models import Package

    open("/tmp/pk2.zip", "wb").write(vault.read(Package.objects.get().content_id))

"""The world with an authority of its own beside it, and the province's subscriber manager."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import cast
from uuid import UUID

import pytest

from antin.identity.acts import identity_digest
from antin.signing import ports
from antin.signing.adapters.embedded_authority import EmbeddedAuthority
from antin.signing.adapters.key_file import KeyFileSigner
from antin.signing.subscribers import requests
from world import World, authority, world

__all__ = ["authority", "world"]
MANAGER, SIGNS = "nga.dang", "son.ngo"


@pytest.fixture
def issuing(world: World) -> Iterator[World]:
    """The world whose installation may issue certificates itself."""
    usual = ports.bound()
    own = EmbeddedAuthority(world.authority.pki.home, cast(KeyFileSigner, usual.signer))
    ports.bind(replace(usual, authority=own))
    yield world
    ports.bind(usual)


def asked(world: World, login: str = SIGNS, *, renews: UUID | None = None, manager: str = MANAGER) -> UUID:
    """A request for a person's signing certificate, confirmed by a code."""
    holder = world.person(login)
    world.confirm(manager, "request_certificate", requests.request_digest(holder, "sign", renews))
    return requests.request_certificate(
        actor=world.actor(manager),
        holder_kind="person",
        holder_id=holder,
        purpose="sign",
        basis="Quyết định phân công (mẫu)",
        renews_id=renews,
    )


def confirmed(world: World, act: str, certificate_id: UUID) -> None:
    world.confirm(MANAGER, act, identity_digest(act, certificate=str(certificate_id)))

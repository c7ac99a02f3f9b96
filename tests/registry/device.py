"""The signatory's own device for the registry's tests: a certificate on record whose key the house does not hold."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from uuid import UUID

from cryptography.hazmat.primitives.serialization import load_pem_private_key

from antin.identity import queries as identity
from antin.registry import acts, queries
from antin.registry.views import OpenedTicket
from antin.signing import acts as signing
from antin.signing import ceremony, cms
from antin.signing.pki import Issued
from antin.values import Actor
from world import SIGNATORY, World

ORIGIN = "https://vptw.example"


@dataclass(frozen=True)
class Device:
    """Signs what it is shown, as the companion does: from the page itself, never a bare digest."""

    issued: Issued

    def value(self, world: World, ticket: OpenedTicket, login: str = SIGNATORY) -> bytes:
        task = queries.device_task(world.actor(login), queries.device_ticket(ticket.secret))  # type: ignore[arg-type]
        prepared = ceremony.Prepared(task.pdf, task.request.digest, b"")
        return self.over(prepared.pdf[: task.start] + prepared.pdf[task.end :], task.algorithm)

    def over(self, signed: bytes, algorithm: str) -> bytes:
        digest = hashlib.new(cms.digest_name(algorithm), signed).digest()
        ess = cms.identity_of(self.issued.certificate_der).ess_id
        key = load_pem_private_key(self.issued.key_pem, None)
        return cms.raw_sign(key, cms.signed_attributes(cms.DATA, digest, ess, algorithm), algorithm)  # type: ignore[arg-type]


def given(world: World, login: str = SIGNATORY, *, key: str = "p256") -> Device:
    """Puts the person's device certificate on record; each test run makes one key per person."""
    member = world.people[login]
    kept = world.authority.issued
    name = f"device-{login}-{key}"
    if name not in kept:
        code = identity.person(member.person_id).code
        kept[name] = world.authority.pki.issue_person(member.name, code, key=key)
    issued = kept[name]
    signing.note_certificate(
        actor=Actor.system(),
        holder_kind="person",
        holder_id=member.person_id,
        certificate_der=issued.certificate_der,
        chain_der=issued.chain_ders,
        key_ref="",
        purpose="sign",
    )
    return Device(issued)


def prepared(world: World, way: str = "device") -> UUID:
    """Checked, prepared for the device, confirmed."""
    found = world.checked()
    request = acts.prepare_signature(actor=world.actor(SIGNATORY), document_id=found, way=way)
    world.confirm(SIGNATORY, "sign", request.digest)
    return found


def opened(world: World, found: UUID) -> OpenedTicket:
    return acts.open_device_ticket(actor=world.actor(SIGNATORY), document_id=found, origin=ORIGIN)

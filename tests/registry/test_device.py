"""Signing with one's own device: a ticket for one answer, proven against the person, the page and the session."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.utils import timezone

from antin.documents import queries as documents
from antin.documents.facts import RenditionKind
from antin.identity import acts as identity
from antin.ledger import queries as ledger
from antin.registry import acts, queries, rules
from antin.registry.models import DeviceTicket, Number
from antin.registry.views import OpenedTicket
from antin.signing import cms
from antin.signing import queries as signing
from antin.signing.verdict import Policy
from antin.values import Actor, sha256_hex
from world import CLERK, SIGNATORY, World, refused

from . import device as devices
from .device import ORIGIN


def state(world: World, found: UUID) -> str:
    return documents.document(world.actor(SIGNATORY), found).state


def numbers() -> list[tuple[int, str]]:
    return list(Number.objects.values_list("number", "state"))


def take(world: World, ticket_id: UUID, login: str = SIGNATORY, *, origin: str = ORIGIN, **answer: bytes):  # type: ignore[no-untyped-def]
    return acts.take_device_signature(actor=world.actor(login), ticket_id=ticket_id, origin=origin, **answer)


@pytest.mark.clause("379/13.5", "379/5.11", "379/8.2")
@pytest.mark.parametrize("key", ["p256", "p384", "rsa2048"])
def test_device_signs_the_prepared_page_and_the_seal_follows(world: World, key: str) -> None:
    mine = devices.given(world, key=key)
    found = devices.prepared(world)
    ticket = devices.opened(world, found)
    view = take(world, ticket.id, value=mine.value(world, ticket))
    assert (view.state, view.number, numbers()) == ("signed", 1, [(1, "used")])
    signed = world.pdf(found)
    report = signing.validate(signed, policy=Policy(complete=False))
    assert report.is_valid and report.signatures[0].certificate_fingerprint == sha256_hex(mine.issued.certificate_der)
    assert report.signatures[0].level == "B-LT"
    entry = next(e for e in ledger.history(found) if e.act == "registry.document.signed")
    assert (entry.facts["way"], entry.facts["ticket"]) == ("device", str(ticket.id))
    world.confirm(CLERK, "seal", world.digest(found))
    assert acts.seal(actor=world.actor(CLERK), document_id=found).state == "sealed"


@pytest.mark.clause("379/13.5")
def test_ways_are_those_for_which_the_person_has_a_certificate(world: World) -> None:
    found = world.checked()
    signatory = world.actor(SIGNATORY)
    with refused("379/28.1"):
        acts.prepare_signature(actor=signatory, document_id=found, way="device")
    with refused("379/13.5"):
        acts.prepare_signature(actor=signatory, document_id=found, way="pigeon")
    assert acts.prepare_signature(actor=signatory, document_id=found).way == "house"
    devices.given(world)
    other = acts.prepare_signature(actor=signatory, document_id=found, way="device")
    assert (other.way, other.number) == ("device", 1)
    assert acts.prepare_signature(actor=signatory, document_id=found).id == other.id  # a reload changes no way
    assert Counter(s for _, s in numbers()) == {"reserved": 1}


@pytest.mark.clause("379/13.5", "379/5.7")
def test_house_does_not_sign_what_waits_for_the_device_nor_the_device_what_waits_for_the_house(world: World) -> None:
    devices.given(world)
    found = devices.prepared(world)
    with refused("379/13.5"):
        acts.sign(actor=world.actor(SIGNATORY), document_id=found)
    request = acts.prepare_signature(actor=world.actor(SIGNATORY), document_id=found, way="house")
    world.confirm(SIGNATORY, "sign", request.digest)
    with refused("379/13.5"):
        devices.opened(world, found)


@pytest.mark.clause("379/5.6", "379/12.2.b")
def test_ticket_needs_the_persons_confirmation_of_exactly_this_page(world: World) -> None:
    devices.given(world)
    found = world.checked()
    acts.prepare_signature(actor=world.actor(SIGNATORY), document_id=found, way="device")
    world.confirm(SIGNATORY, "sign", "0" * 64)
    with refused("379/5.6"):
        devices.opened(world, found)
    assert not DeviceTicket.objects.exists()


@pytest.mark.clause("379/5.6", "379/13.5")
def test_ticket_secret_is_kept_nowhere(world: World) -> None:
    devices.given(world)
    ticket = devices.opened(world, devices.prepared(world))
    with connection.cursor() as cursor:
        cursor.execute("select t::text from registry_device_ticket t union all select e::text from ledger_entry e")
        kept = " ".join(row[0] for row in cursor.fetchall())
    assert str(ticket.id) in kept
    assert ticket.secret not in kept and ticket.reading not in kept
    for secret, may_answer in ((ticket.secret, True), (ticket.reading, False)):
        found = queries.device_ticket(secret)
        assert found is not None and (found.id, found.may_answer) == (ticket.id, may_answer)
    assert queries.device_ticket(ticket.secret[:-1]) is None and queries.device_ticket("") is None


@pytest.mark.clause("379/5.6")
def test_ticket_that_does_not_fit_changes_nothing(world: World) -> None:
    mine = devices.given(world)
    found = devices.prepared(world)
    earlier = devices.opened(world, found)
    confirm_again(world, found)
    ticket = devices.opened(world, found)
    value, own = mine.value(world, ticket), world.actor(SIGNATORY)
    before = (state(world, found), numbers(), len(ledger.history(found)))

    def untouched(ticket_id: UUID, actor: Actor = own, origin: str = ORIGIN) -> None:
        with refused("379/5.6"):
            acts.take_device_signature(actor=actor, ticket_id=ticket_id, origin=origin, value=value)
        assert (state(world, found), numbers(), len(ledger.history(found))) == before

    untouched(earlier.id)
    untouched(ticket.id, replace(own, session="f" * 64))
    untouched(ticket.id, world.actor(CLERK))
    untouched(ticket.id, origin="https://elsewhere.example")
    until = DeviceTicket.objects.get(pk=ticket.id).expires_at
    DeviceTicket.objects.filter(pk=ticket.id).update(expires_at=timezone.now() - timedelta(seconds=1))
    untouched(ticket.id)
    DeviceTicket.objects.filter(pk=ticket.id).update(expires_at=until)
    take(world, ticket.id, value=value)
    before = (state(world, found), numbers(), len(ledger.history(found)))
    untouched(ticket.id)
    assert before[:2] == ("signed", [(1, "used")])


def confirm_again(world: World, found: UUID) -> None:
    request = world.request(found)
    world.confirm(SIGNATORY, "sign", request.digest)


@pytest.mark.clause("379/5.11")
def test_wrong_answer_uses_the_ticket_up_and_leaves_the_document_unsigned(world: World) -> None:
    mine = devices.given(world, key="rsa2048")
    found = devices.prepared(world)
    mistakes: list[Callable[[OpenedTicket], dict[str, bytes]]] = [
        lambda ticket: {"value": flipped(mine.value(world, ticket))},
        lambda ticket: {"value": b""},
        lambda ticket: {"value": of_another(world, "sign-").value(world, ticket)},
        lambda ticket: {"value": of_another(world, "seal-").value(world, ticket)},
        lambda ticket: {"value": mine.over(b"%PDF-1.7 another page", cms.RSA_PKCS1)},
        lambda ticket: {"cms": b"0\x80rubbish"},
    ]
    for count, mistake in enumerate(mistakes, 1):
        ticket = devices.opened(world, found)
        value = mine.value(world, ticket)
        with refused("379/5.11"):
            take(world, ticket.id, **mistake(ticket))
        assert (state(world, found), numbers()) == ("approved", [(1, "reserved")])
        assert documents.rendition_bytes(found, RenditionKind.SIGNED) is None
        assert Counter(e.act for e in ledger.history(found))["registry.ticket.refused"] == count
        with refused("379/5.6"):
            take(world, ticket.id, value=value)  # right now, but the ticket is gone
        confirm_again(world, found)
    ticket = devices.opened(world, found)
    assert take(world, ticket.id, value=mine.value(world, ticket)).state == "signed"


def flipped(value: bytes) -> bytes:
    return value[:-1] + bytes((value[-1] ^ 1,))


def of_another(world: World, kind: str) -> devices.Device:
    """A right signature by somebody else's key."""
    own = signing.certificate_for("person", world.person(SIGNATORY), "sign", key_here=True)
    assert own is not None
    others = (one for name, one in world.authority.issued.items() if name.startswith(kind))
    return devices.Device(next(one for one in others if one.certificate_der != own.der))


@pytest.mark.clause("379/11.5", "217/11.2")
def test_device_that_never_answers_gives_the_number_back(world: World) -> None:
    devices.given(world)
    found = devices.prepared(world)
    ticket = devices.opened(world, found)
    assert acts.lapse_due(timezone.now() + rules.REQUEST_LIFE + timedelta(seconds=1)) == 1
    assert (state(world, found), numbers()) == ("approved", [(1, "free")])
    assert DeviceTicket.objects.get(pk=ticket.id).state == "ended"
    again = acts.prepare_signature(actor=world.actor(SIGNATORY), document_id=found)
    assert again.number == 1


@pytest.mark.clause("379/11.5")
def test_account_suspended_in_between_signs_nothing(world: World) -> None:
    mine = devices.given(world)
    found = devices.prepared(world)
    ticket = devices.opened(world, found)
    value = mine.value(world, ticket)
    actor = world.actor(SIGNATORY)
    identity.suspend_account(actor=Actor.system(), account_id=world.people[SIGNATORY].account_id, reason="mất thẻ")
    with refused("379/5.6"):
        acts.take_device_signature(actor=actor, ticket_id=ticket.id, origin=ORIGIN, value=value)
    assert DeviceTicket.objects.get(pk=ticket.id).state == "open" and numbers() == [(1, "reserved")]


@pytest.mark.clause("379/9.2")
def test_certificate_suspended_in_between_signs_nothing(world: World) -> None:
    from antin.signing import acts as certificates

    mine = devices.given(world)
    found = devices.prepared(world)
    ticket = devices.opened(world, found)
    value = mine.value(world, ticket)
    held = signing.certificate_for("person", world.person(SIGNATORY), "sign", key_here=False)
    assert held is not None
    certificates.suspend_certificate(actor=Actor.system(), certificate_id=held.id, reason="mất thiết bị")
    with refused("379/9.2"):
        take(world, ticket.id, value=value)
    assert state(world, found) == "approved"

"""Signing by delegation: the delegate's own name, key and certificate, the capacity lent, both names kept (379/13.2)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from antin.documents import queries as documents
from antin.identity import acts as identity
from antin.identity import queries
from antin.identity.queries.organisations import today
from antin.ledger import queries as ledger
from antin.registry import acts
from antin.registry import models as registry_models
from antin.values import Office
from world import CENTRE, CLERK, SIGNATORY, World, refused

DELEGATE = "binh.tran"
CAPACITY = "K/T CHÁNH VĂN PHÒNG"


def lend(world: World) -> UUID:
    lent = identity.Lending(
        Office.SIGNATORY,
        world.organisation(CENTRE),
        world.person(DELEGATE),
        today(),
        today() + timedelta(days=3),
        basis="Giấy uỷ quyền mẫu số 05",
        reason="Đi công tác (mẫu)",
        capacity=CAPACITY,
    )
    world.confirm(SIGNATORY, "grant_delegation", lent.digest)
    return identity.grant_delegation(actor=world.actor(SIGNATORY), lending=lent)


def certify(world: World) -> None:
    member = world.people[DELEGATE]
    world._certify("sign", "person", member.person_id, member.name, queries.person(member.person_id).code)


def named_delegate(world: World, **changed: object) -> UUID:
    fields = {"signatory_id": world.person(DELEGATE), "approver_id": world.person(SIGNATORY)}
    document = world.approved(**{**fields, **changed})
    acts.check_form(actor=world.actor(CLERK), document_id=document)
    return document


@pytest.mark.django_db
@pytest.mark.clause("379/13.2", "379/5.7", "379/6.2.p2")
def test_delegate_signs_in_the_own_name_and_both_names_are_kept(world: World) -> None:
    certify(world)
    document = named_delegate(world, signing_capacity=CAPACITY)
    with refused("379/31.p1"):  # before anything was lent
        acts.prepare_signature(actor=world.actor(DELEGATE), document_id=document)
    lend(world)
    request = acts.prepare_signature(actor=world.actor(DELEGATE), document_id=document)
    world.confirm(DELEGATE, "sign", request.digest)
    signed = acts.sign(actor=world.actor(DELEGATE), document_id=document)
    assert (signed.state, signed.signer_name) == ("signed", world.people[DELEGATE].name)
    kept = registry_models.SignatureRequest.objects.get(document_id=document)
    assert (kept.signatory_id, kept.on_behalf_of) == (world.person(DELEGATE), world.person(SIGNATORY))
    entry = next(e for e in ledger.history(document) if e.act.endswith("document.signed"))
    assert entry.detail["in_place_of"]["name"] == world.people[SIGNATORY].name
    assert entry.person_id == world.person(DELEGATE)


@pytest.mark.django_db
@pytest.mark.clause("379/13.2")
def test_delegate_signs_with_the_capacity_lent_and_no_other(world: World) -> None:
    certify(world)
    lend(world)
    document = named_delegate(world, signing_capacity="T/L BAN BÍ THƯ")
    with refused("379/13.2"):
        acts.prepare_signature(actor=world.actor(DELEGATE), document_id=document)
    assert documents.facts(document).state == "approved"


@pytest.mark.django_db
@pytest.mark.clause("379/5.6", "379/9.2")
def test_what_was_prepared_is_not_signed_once_the_delegation_has_ended(world: World) -> None:
    certify(world)
    delegation = lend(world)
    document = named_delegate(world, signing_capacity=CAPACITY)
    request = acts.prepare_signature(actor=world.actor(DELEGATE), document_id=document)
    world.confirm(DELEGATE, "sign", request.digest)
    identity.end_delegation(actor=world.actor(SIGNATORY), delegation_id=delegation, reason="Về sớm")
    with refused("379/8.3"):
        acts.sign(actor=world.actor(DELEGATE), document_id=document)
    assert documents.facts(document).state == "approved"


@pytest.mark.django_db
@pytest.mark.clause("379/13.2", "379/5.7")
def test_delegate_never_signs_what_names_the_lender(world: World) -> None:
    certify(world)
    lend(world)
    document = world.checked()
    with refused("379/8.3"):
        acts.prepare_signature(actor=world.actor(DELEGATE), document_id=document)

"""Who owns the system is named to everybody, and who answers for it by mandate (379/2.1)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.conf import settings
from django.test import Client

from antin.cli import doctor
from antin.identity import acts
from antin.identity.queries import mandates
from antin.values import Office
from small_house import BASIS, SYSTEM, House, SignIn, clock, house, signed_in

__all__ = ["clock", "house", "signed_in"]
OWNER = "Văn phòng Tỉnh ủy Lạc Giang (mẫu)"

pytestmark = pytest.mark.clause("379/2.1")


@pytest.fixture
def titled() -> Iterator[None]:
    """The installation bears its owner's name, as `antin init --title` writes it."""
    before = settings.ANTIN
    settings.ANTIN = replace(before, title=OWNER)
    yield
    settings.ANTIN = before


def asked() -> tuple[bool, str]:
    return dict(doctor.CHECKS)["the owner of the system is named and answers for it (379/2.1)"](settings.ANTIN)


def test_pages_name_the_owner_and_who_answers_for_it(titled: None, house: House, signed_in: SignIn) -> None:
    assert f"Chủ quản hệ thống: {OWNER}" in Client().get("/vao").content.decode(), "before anybody signs in"
    house.enrol("an")
    client = signed_in("an")
    assert "Chưa giao ai chịu trách nhiệm." in client.get("/danh-ba").content.decode()
    owner = house.enrol("chu", Office.SYSTEM_OWNER)
    page = client.get("/danh-ba").content.decode()
    assert f"Chủ quản hệ thống: {OWNER}." in page
    assert f"Người chịu trách nhiệm: {owner.person.name}." in page
    assert "Chưa giao ai chịu trách nhiệm." not in page
    (mandate,) = mandates(owner.person_id)
    assert mandate.basis == BASIS, "it rests on a document"
    acts.end_mandate(actor=SYSTEM, mandate_id=mandate.id, reason="Chuyển công tác.")
    assert "Chưa giao ai chịu trách nhiệm." in client.get("/danh-ba").content.decode()


def test_doctor_says_when_nobody_is_named_or_nobody_answers(titled: None, house: House) -> None:
    good, said = asked()
    assert not good and "system_owner" in said
    owner = house.enrol("chu", Office.SYSTEM_OWNER)
    assert asked() == (True, f"{OWNER}: {owner.person.name}")
    settings.ANTIN = replace(settings.ANTIN, title="")
    good, said = asked()
    assert not good and "title" in said

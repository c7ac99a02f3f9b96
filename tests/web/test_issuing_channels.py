"""Before a document is issued its clerk reads by which way it goes to each recipient, and why (217/7)."""

from __future__ import annotations

import pytest

from antin.exchange import acts, directory
from antin.exchange.acts import OrganisationEntry
from antin.values import Actor
from world import CLERK, PROVINCE, World

from .conftest import Visit
from .reading import Words
from .test_english import left_in, source_words

pytestmark = [pytest.mark.django_db, pytest.mark.clause("217/7.1", "217/7.3", "217/7.4")]


def test_issuing_sheet_names_the_channel_of_each_recipient_with_its_reason(world: World, visit: Visit) -> None:
    directory.forget()
    issued, _ref = world.authority.certificate("exchange", "Tỉnh ủy Lạc Giang (mẫu)", PROVINCE)
    acts.found_partner(
        actor=Actor.system(),
        name="Tỉnh ủy Lạc Giang (mẫu)",
        url="https://127.0.0.1:1",
        node_certificate_der=issued.certificate_der,
        host_code=PROVINCE,
        organisations=[OrganisationEntry(PROVINCE, "Tỉnh ủy Lạc Giang (mẫu)", issued.certificate_der)],
    )
    document, clerk = world.sealed(recipients=(PROVINCE, "000.00.00.G22", "A00.99")), visit(CLERK)
    address = f"/phat-hanh/{document}/phat-hanh"
    said = clerk.get(address).content.decode()
    for words in (
        "Hai bên cùng trên mạng diện rộng của Đảng: gửi ngay.",
        "ở đây chưa nối Trục",
        "không có trong danh bạ liên thông",
        "/quy-dinh/217/7.3",
    ):
        assert words in said
    clerk.cookies["antin_lang"] = "en"
    page = clerk.get(address).content.decode()
    assert "it is not connected here" in page
    assert not left_in(Words(page), source_words())

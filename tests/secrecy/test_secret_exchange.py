"""What is Mật between two installations: enciphered for the recipient alone, nothing of it in clear on the way (379/22.2)."""

from __future__ import annotations

import base64
import logging
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.exchange.archipelago import Island, Sea
from tests.exchange.scene import RECIPIENT, SENDER, actor, pdf
from tests.secrecy import sweep

from antin.documents import queries
from antin.documents.models import Document
from antin.exchange.models import Dispatch, ParcelIn
from antin.exchange.ports import Answer, Request
from antin.registry import acts as registry
from antin.regulation import RuleViolation
from antin.values import Office, Secrecy, Validity
from antin.vault.adapters.reference_product import ReferenceProduct

ABSTRACT, BODY, FILE = "Về việc Hải đăng xanh (mẫu)", "Nội dung Cầu vồng tím.", "Rừng thông bạc.txt"
CONTENT, WHY = "Bên trong tệp: Trăng khuyết đỏ.", "Trả vì Mưa rào chiều."
MARKS = ("Hải đăng xanh", "Cầu vồng tím", "Rừng thông bạc", "Trăng khuyết đỏ", "Mưa rào chiều")

pytestmark = pytest.mark.clause("379/22.2", "217/5.1")
Raise = Callable[..., Sea]


@pytest.fixture
def pair(raised: Raise, tmp_path: Path) -> tuple[Island, Island]:
    """Two islands, each with a product of its own that knows the other's public key."""
    here, there = raised(SENDER, RECIPIENT).islands.values()
    for island in (here, there):
        island.product = ReferenceProduct(tmp_path / island.code)
    introduce(tmp_path, here, there)
    introduce(tmp_path, there, here)
    return here, there


def introduce(folder: Path, to: Island, other: Island) -> None:
    assert isinstance(other.product, ReferenceProduct)
    shown = base64.b64encode(other.product.public_key).decode()
    (folder / to.code / "peers" / f"{other.code}.pub").write_text(shown)


@pytest.fixture
def overheard(pair: tuple[Island, Island], monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Every request body and answer that went over the sea."""
    heard: list[bytes] = []
    deliver = Sea.deliver

    def listening(sea: Sea, origin: Island, target: Island, request: Request, body: bytes) -> Answer:
        answer = deliver(sea, origin, target, request, body)
        heard.extend((body, answer.body, request.path.encode()))
        return answer

    monkeypatch.setattr(Sea, "deliver", listening)
    return heard


def sent(here: Island, there: Island) -> None:
    with here.ashore():
        here.scene.issue(
            RECIPIENT,
            secrecy=Secrecy.CONFIDENTIAL,
            abstract=ABSTRACT,
            body=BODY,
            attachments=((FILE, "text/plain", CONTENT.encode()),),
        )
    for _ in range(3):
        for island in (here, there):
            island.clock.advance(1000)
            island.work()


def clerk(island: Island, *offices: Office):  # type: ignore[no-untyped-def]
    return actor(island.scene.organisations[island.code], *offices)


@pytest.mark.clause("379/4.3", "217/6.2")
def test_a_secret_document_arrives_whole_and_nothing_of_it_is_in_clear_anywhere(
    pair: tuple[Island, Island], overheard: list[bytes], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    here, there = pair
    sent(here, there)
    with here.ashore():
        assert Dispatch.objects.get().state == "arrived"
    with there.ashore():
        document = Document.objects.get(direction="incoming")
        reader = clerk(there, Office.CLERK, Office.CLEARED)
        view = queries.document(reader, document.id)
        assert (view.abstract, view.secrecy, view.validity) == (ABSTRACT, Secrecy.CONFIDENTIAL, Validity.IN_FORCE)
        assert queries.pdf(reader, document.id)[0] == pdf()
        (file,) = queries.attachments(reader, document.id)
        assert b"".join(queries.attachment_pieces(reader, file.id)[1]) == CONTENT.encode() and "thông" not in file.name
        for other in (
            clerk(there, Office.CLERK),
            clerk(there, Office.LEADER, Office.CLEARED),
            clerk(there, Office.CLEARED),
        ):
            with pytest.raises(RuleViolation) as no:
                queries.document(other, document.id)
            assert no.value.clause == "379/4.4"
            assert queries.listing(other, box="incoming").rows == ()
        registry.return_document(actor=reader, document_id=document.id, reason=WHY)
    for island in (there, here):
        island.clock.advance(1000)
        island.work()
    with here.ashore():
        assert Dispatch.objects.get().state == "returned"
    for island in pair:
        with island.ashore():
            assert sweep.in_columns(MARKS) == [], island.code
    assert sweep.in_files(MARKS) == []
    assert not sweep.in_bytes(MARKS, [*overheard, caplog.text.encode()])
    assert any(b"application/vnd.antin.enciphered" in body for body in overheard)


def test_without_a_product_at_the_recipient_it_is_refused_and_the_sender_reads_the_way(
    pair: tuple[Island, Island],
) -> None:
    here, there = pair
    there.product = None
    sent(here, there)
    with there.ashore():
        assert not ParcelIn.objects.exists()
    with here.ashore():
        dispatch = Dispatch.objects.get()
        assert dispatch.state == "failed" and "mật mã" in dispatch.reason


def test_to_whom_the_product_does_not_reach_nothing_secret_leaves(
    pair: tuple[Island, Island], overheard: list[bytes], tmp_path: Path
) -> None:
    here, there = pair
    (tmp_path / here.code / "peers" / f"{there.code}.pub").unlink()
    sent(here, there)
    with here.ashore():
        assert Dispatch.objects.get().state == "failed"
    assert not any(b"antin" in body and b"parts" in body for body in overheard)


def test_what_was_enciphered_for_another_is_not_taken(pair: tuple[Island, Island], tmp_path: Path) -> None:
    here, there = pair
    stranger = ReferenceProduct(tmp_path / "nguoi-khac")
    introduced = base64.b64encode(stranger.public_key).decode()
    (tmp_path / here.code / "peers" / f"{there.code}.pub").write_text(introduced)
    sent(here, there)
    with here.ashore():
        dispatch = Dispatch.objects.get()
        assert dispatch.state == "failed" and "không mở được" in dispatch.reason
    with there.ashore():
        assert not Document.objects.filter(direction="incoming").exists()

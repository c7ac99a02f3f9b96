"""Large attachments: piece by piece, resumed after a cut, once for several recipients, proven before they count."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connections
from hypothesis import given
from hypothesis import strategies as st
from tests.exchange.scene import RECIPIENT, SENDER, Scene, pdf
from tests.exchange.test_axis_large import _in_child

from antin.documents import queries as documents
from antin.exchange import ports, sender
from antin.exchange.apart import keeping
from antin.exchange.apart.rules import APART_LEAST, HEADER, INLINE_MOST, PIECE_BYTES, apart_of, positions
from antin.exchange.models import ApartContent, Dispatch, ParcelIn
from antin.exchange.ports import Answer, Channel, Destination, Request, Unreached
from antin.values import sha256_hex
from antin.vault.models import StoredContent

pytestmark = pytest.mark.clause("217/6.5", "217/13.1")

MB = 1024 * 1024
LARGE = 2 * PIECE_BYTES + 5 * MB


@dataclass
class Wire(Channel):
    """The real channel, with what went over it; it breaks when `breaks` says so, before a request or behind its answer."""

    inner: Channel
    breaks: Callable[[int, Request], bool] = lambda _number, _request: False
    sent: list[Request] = field(default_factory=list)

    def exchange(self, destination: Destination, request: Request) -> Answer:
        self.sent.append(request)
        if self.breaks(len(self.sent), request):
            raise Unreached("cut")
        return self.inner.exchange(destination, request)

    def pieces(self) -> list[str]:
        return [one.path.rsplit("/", 1)[1] for one in self.sent if one.method == "PUT" and "/blobs/" in one.path]


@pytest.fixture
def wire(scene: Scene) -> Wire:
    here = ports.bound()
    limits = replace(here.limits, body_bytes=40 * MB, parcel_bytes=100 * MB, receive_s=60.0, free_bytes_least=0)
    wire = Wire(scene.node.channel(connect_s=2.0, answer_s=60.0))
    ports.bind(replace(here, limits=limits, channel=wire))
    return wire


def large(salt: bytes = b"", size: int = LARGE) -> bytes:
    """Bytes that repeat in no piece."""
    return b"".join(sha256_hex(salt + bytes([n])).encode() * (MB // 64) for n in range(size // MB))


def attached(data: bytes, name: str = "so-lieu.bin") -> tuple[tuple[str, str, bytes], ...]:
    return ((name, "application/octet-stream", data),)


def arrived(scene: Scene, dispatch: Dispatch) -> list[str]:
    """Digests of the received copy's files; the delivery's end is told."""
    dispatch.refresh_from_db()
    assert (dispatch.state, dispatch.last_error) == ("arrived", "")
    kept = documents.attachments(scene.clerk(dispatch.recipient_code), scene.incoming(dispatch))
    return [one.digest for one in kept]


def again(dispatch: Dispatch) -> None:
    Dispatch.objects.filter(id=dispatch.id).update(next_attempt_at=ports.bound().clock.now())
    from antin.exchange.models import Partner

    Partner.objects.update(retry_at=None, failures=0)
    sender.send_due()


# which parts


@given(st.lists(st.integers(0, 40 * MB), min_size=2, max_size=30))
def test_apart_of_leaves_a_parcel_that_is_small_enough(sizes: list[int]) -> None:
    apart = apart_of(sizes)
    inline = [size for place, size in enumerate(sizes) if place not in apart]
    assert not {0, 1} & set(apart)
    assert all(size < APART_LEAST for size in inline[2:])
    assert sum(inline) <= max(INLINE_MOST, sum(sizes[:2]))
    assert positions(",".join(map(str, apart)), len(sizes)) == apart


@pytest.mark.parametrize("header", ["0", "1,2", "2,2", "3,2", "9", "2,", " 2", "2;3", "-1", "٢", "2,100", "x" * 500])
def test_positions_names_attachments_in_order_or_nothing(header: str) -> None:
    assert positions(header, 5) is None


# the way of one


def test_large_attachment_travels_apart_and_arrives_whole(scene: Scene, wire: Wire) -> None:
    data = large()
    dispatch = scene.queued(attachments=(*attached(data), ("nho.txt", "text/plain", b"nho")), data=pdf())
    assert dispatch.is_bulk
    sender.send_due()
    assert sorted(arrived(scene, dispatch)) == sorted([sha256_hex(data), sha256_hex(b"nho")])
    assert wire.pieces() == ["0", str(PIECE_BYTES), str(2 * PIECE_BYTES)]
    (parcel,) = (one for one in wire.sent if "/parcels/" in one.path)
    assert parcel.headers == ((HEADER, "2"),) and parcel.size < MB
    assert dispatch.moved_bytes == LARGE


def test_small_parcel_knows_nothing_of_it(scene: Scene, wire: Wire) -> None:
    dispatch = scene.queued(attachments=attached(b"nho"))
    sender.send_due()
    assert arrived(scene, dispatch) and not dispatch.is_bulk
    assert [(one.method, one.headers) for one in wire.sent] == [("PUT", ())]


@pytest.mark.parametrize("number", [1, 2, 3, 4, 5])
def test_cut_anywhere_goes_on_from_there(scene: Scene, wire: Wire, number: int) -> None:
    """Request 1 asks, 2 to 4 are pieces, 5 is the parcel."""
    data = large()
    dispatch = scene.queued(attachments=attached(data))
    wire.breaks = lambda at, _request: at == number
    sender.send_due()
    dispatch.refresh_from_db()
    assert (dispatch.state, dispatch.last_error) == ("sent", "cut")
    wire.sent.clear()
    wire.breaks = lambda _at, _request: False
    again(dispatch)
    assert arrived(scene, dispatch) == [sha256_hex(data)]
    assert wire.pieces() == [str(at) for at in (0, PIECE_BYTES, 2 * PIECE_BYTES)][max(0, number - 2) :]


def test_answer_lost_on_the_way_back_repeats_no_piece(scene: Scene, wire: Wire) -> None:
    data = large()
    dispatch = scene.queued(attachments=attached(data))
    real = wire.inner

    class Deaf(Wire):
        def exchange(self, destination: Destination, request: Request) -> Answer:
            answer = super().exchange(destination, request)
            if len(self.sent) == 3:
                raise Unreached("cut")
            return answer

    deaf = Deaf(real)
    ports.bind(replace(ports.bound(), channel=deaf))
    sender.send_due()
    again(dispatch)
    assert arrived(scene, dispatch) == [sha256_hex(data)]
    assert deaf.pieces() == ["0", str(PIECE_BYTES), str(2 * PIECE_BYTES)]


def test_two_recipients_there_get_it_from_one_journey(scene: Scene, wire: Wire) -> None:
    data = large()
    first = scene.queued(SENDER, RECIPIENT, attachments=attached(data))
    both = list(Dispatch.objects.filter(document_id=first.document_id))
    sender.send_due()
    assert [arrived(scene, one) for one in both] == [[sha256_hex(data)]] * 2
    assert len(wire.pieces()) == 3


def test_partner_without_that_door_gets_it_in_one_body(scene: Scene, wire: Wire) -> None:
    data = large()
    dispatch = scene.queued(attachments=attached(data))

    class Older(Wire):
        def exchange(self, destination: Destination, request: Request) -> Answer:
            answer = super().exchange(destination, request)
            return replace(answer, status=404, body=b"{}") if "/blobs/" in request.path else answer

    ports.bind(replace(ports.bound(), channel=Older(wire.inner)))
    sender.send_due()
    assert arrived(scene, dispatch) == [sha256_hex(data)]


@pytest.mark.parametrize("body", [b"{}", b"[]", b"x", b'{"have": -1}', b'{"have": true}', b'{"have": 99999999999}'])
def test_partner_that_answers_rubbish_is_undecided(scene: Scene, wire: Wire, body: bytes) -> None:
    dispatch = scene.queued(attachments=attached(large()))

    class Mad(Wire):
        def exchange(self, destination: Destination, request: Request) -> Answer:
            return Answer(200, body)

    ports.bind(replace(ports.bound(), channel=Mad(wire.inner)))
    sender.send_due()
    dispatch.refresh_from_db()
    assert dispatch.state == "sent" and "partner" in dispatch.last_error


def test_partner_that_never_moves_is_undecided(scene: Scene, wire: Wire) -> None:
    dispatch = scene.queued(attachments=attached(large()))

    class Stubborn(Wire):
        def exchange(self, destination: Destination, request: Request) -> Answer:
            self.sent.append(request)
            return Answer(200, b'{"have": 7}')

    ports.bind(replace(ports.bound(), channel=(stubborn := Stubborn(wire.inner))))
    sender.send_due()
    dispatch.refresh_from_db()
    assert dispatch.state == "sent" and len(stubborn.sent) < 20


# what lies there


def test_sweep_takes_what_was_used_and_what_nobody_came_back_for(scene: Scene, wire: Wire) -> None:
    dispatch = scene.queued(attachments=attached(large()))
    sender.send_due()
    assert arrived(scene, dispatch) and ApartContent.objects.count() == 1
    assert keeping.sweep_due() == 0
    now = ports.bound().clock.now()
    ApartContent.objects.update(used_at=now - timedelta(hours=2))
    owner = ApartContent.objects.get().id
    assert keeping.sweep_due() == 1
    assert not ApartContent.objects.exists()
    assert StoredContent.objects.filter(key__owner=owner, key__destroyed_at__isnull=True).count() == 0
    assert documents.attachments(scene.clerk(RECIPIENT), scene.incoming(dispatch))[0].size == LARGE


# hostile hands


def knock(scene: Scene, method: str, path: str, body: bytes = b"", **headers: str) -> Answer:
    channel = scene.partner_node.channel(connect_s=3.0, answer_s=20.0)
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    request = Request(
        method, f"/exchange/v1/{path}", "application/octet-stream", lambda: (body,), len(body), headers=named
    )
    return channel.exchange(scene.node.destination(scene.endpoint.url), request)


def have(answer: Answer) -> int:
    assert answer.status == 200
    return int(json.loads(answer.body)["have"])


def test_pieces_count_in_order_only_and_a_repeat_changes_nothing(scene: Scene, wire: Wire) -> None:
    digest = sha256_hex(b"motbaiba")
    assert have(knock(scene, "GET", f"blobs/{digest}")) == 0
    assert have(knock(scene, "PUT", f"blobs/{digest}/3", b"bai")) == 0
    assert have(knock(scene, "PUT", f"blobs/{digest}/0", b"mot")) == 3
    assert have(knock(scene, "PUT", f"blobs/{digest}/0", b"mot")) == 3
    assert have(knock(scene, "PUT", f"blobs/{digest}/3", b"")) == 3
    assert have(knock(scene, "GET", f"blobs/{digest}")) == 3
    assert ApartContent.objects.get().partner_id == scene.partner_id


@pytest.mark.parametrize(
    "path", ["blobs/xyz", "blobs/" + "A" * 64, "blobs/" + "a" * 64 + "/01", "blobs/" + "a" * 64 + "/-1"]
)
def test_odd_addresses_are_nothing(scene: Scene, wire: Wire, path: str) -> None:
    assert knock(scene, "PUT", path, b"x").status == 404
    assert not ApartContent.objects.exists()


def test_more_than_a_piece_or_than_fits_is_not_read(scene: Scene, wire: Wire) -> None:
    digest = "a" * 64
    assert knock(scene, "PUT", f"blobs/{digest}/0", bytes(PIECE_BYTES + 1)).status == 413
    assert knock(scene, "PUT", f"blobs/{digest}/{100 * MB}", b"x").status == 413
    ports.bind(replace(ports.bound(), limits=replace(ports.bound().limits, apart_bytes=10)))
    assert knock(scene, "PUT", f"blobs/{digest}/0", bytes(11)).status == 503
    assert not ApartContent.objects.exists()


def parcel_with(scene: Scene, data: bytes) -> tuple[UUID, bytes]:
    """A sound parcel of STRANGER with that attachment; its body without it."""
    parcel = scene.parcel(attachments=(data,))
    return parcel.parcel, parcel.body()[: -len(data)]


def put_parcel(scene: Scene, parcel: UUID, body: bytes, named: str) -> Answer:
    return knock(scene, "PUT", f"parcels/{parcel}", body, Antin_Apart=named)


def test_parcel_whose_part_is_not_there_waits(scene: Scene, wire: Wire) -> None:
    data = b"mot tep rieng"
    parcel, body = parcel_with(scene, data)
    assert put_parcel(scene, parcel, body, "2").status == 503
    assert not ParcelIn.objects.exists()
    knock(scene, "PUT", f"blobs/{sha256_hex(data)}/0", data[:4])
    assert put_parcel(scene, parcel, body, "2").status == 503
    knock(scene, "PUT", f"blobs/{sha256_hex(data)}/4", data[4:])
    assert put_parcel(scene, parcel, body, "2").status == 200
    assert ParcelIn.objects.get().state == "admitted"
    repeated = put_parcel(scene, parcel, body, "2")
    assert repeated.status == 200 and repeated.body == bytes(ParcelIn.objects.get().answer)


def test_bytes_that_are_not_what_their_digest_says_are_forgotten(scene: Scene, wire: Wire) -> None:
    data = b"mot tep rieng"
    parcel, body = parcel_with(scene, data)
    knock(scene, "PUT", f"blobs/{sha256_hex(data)}/0", b"x" * len(data))
    assert put_parcel(scene, parcel, body, "2").status == 503
    assert not ParcelIn.objects.exists() and not ApartContent.objects.exists()
    knock(scene, "PUT", f"blobs/{sha256_hex(data)}/0", data)
    assert put_parcel(scene, parcel, body, "2").status == 200


def test_what_another_partner_sent_is_nobody_elses(scene: Scene, wire: Wire) -> None:
    data = b"mot tep rieng"
    parcel, body = parcel_with(scene, data)
    now = ports.bound().clock.now()
    with_ours = ApartContent.objects.create(partner_id=scene.self_id, sha256=sha256_hex(data), touched_at=now)
    assert have(knock(scene, "GET", f"blobs/{sha256_hex(data)}")) == 0
    assert put_parcel(scene, parcel, body, "2").status == 503
    assert ApartContent.objects.get().id == with_ours.id


@pytest.mark.parametrize("named", ["0", "1", "3", "2,2", "x"])
def test_parcel_that_names_what_it_may_not_is_rubbish(scene: Scene, wire: Wire, named: str) -> None:
    parcel, body = parcel_with(scene, b"tep")
    assert put_parcel(scene, parcel, body, named).status == 400
    assert not ParcelIn.objects.exists()


def test_doubtful_parcel_keeps_its_large_part_in_quarantine(scene: Scene, wire: Wire) -> None:
    data = b"mot tep rieng"
    parcel = scene.parcel(attachments=(data,), document=b"not a PDF")
    knock(scene, "PUT", f"blobs/{sha256_hex(data)}/0", data)
    assert put_parcel(scene, parcel.parcel, parcel.body()[: -len(data)], "2").status == 422
    held = ParcelIn.objects.get()
    assert held.state == "quarantined"
    assert [StoredContent.objects.get(id=one).digest for one in held.contents][2] == sha256_hex(data)


# memory


def test_300_mb_move_in_steady_memory(scene: Scene, wire: Wire, tmp_path: Path) -> None:
    """Sender and receiver in one process: neither holds more than a few pieces."""
    limits = replace(ports.bound().limits, parcel_bytes=400 * MB)
    ports.bind(replace(ports.bound(), limits=limits, channel=wire.inner))  # the recorder would keep every piece
    data = os.urandom(MB) * 300
    digest = sha256_hex(data)
    dispatch = scene.queued(attachments=attached(data))
    del data
    swollen = _in_child(tmp_path, _sent_here(scene))
    assert arrived(scene, dispatch) == [digest]
    assert swollen < 80


def _sent_here(scene: Scene) -> Callable[[], object]:
    def send() -> None:
        from tests.exchange.conftest import _with_own_connections
        from tests.exchange.node import Endpoint

        from antin.exchange import directory, receiver
        from antin.exchange.models import Partner

        endpoint = Endpoint(_with_own_connections(receiver.application), scene.node)
        Partner.objects.filter(id=scene.self_id).update(url=endpoint.url)
        directory.forget()
        sender.send_due()
        connections.close_all()

    return send

"""The scene of the exchange with a simulated axis beside it, and a State body there whose words we choose."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import connection
from tests.exchange.scene import ABSTRACT, NAMES, RECIPIENT, SENDER, Scene, pdf
from tests.exchange.test_edxml_streamed import source

from antin.exchange import ports
from antin.exchange.adapters.axis_http import AxisHttp
from antin.exchange.axis import agencies, worker
from antin.exchange.axis.protocol import Credentials
from antin.exchange.axis.simulator.server import AxisServer
from antin.exchange.axis.simulator.store import Store, lay_out
from antin.exchange.edxml.dsig import Sealer
from antin.exchange.edxml.model import Business, Envelope, Organ, Reference, ResponseFor, Staff, Status, Trace
from antin.exchange.edxml.streamed import written
from antin.exchange.edxml.writer import write
from antin.exchange.follow import follow_once
from antin.exchange.models import AxisIn, AxisLine, AxisOut, Dispatch
from antin.ledger import acts as ledger

OURS, THEIRS = Credentials("van-phong", "bi-mat-mot"), Credentials("ubnd", "bi-mat-hai")
STATE, STATE_OLD, OTHER_STATE = "H98", "000.00.00.H98", "H98.05"
AGENCIES = [
    {"code": SENDER, "oldCode": "000.00.01.A99", "name": NAMES[SENDER]},
    {"code": RECIPIENT, "oldCode": "000.00.01.A98", "name": NAMES[RECIPIENT]},
    {"code": STATE, "oldCode": STATE_OLD, "name": "Ủy ban nhân dân tỉnh Lạc Giang (mẫu)"},
    {"code": OTHER_STATE, "oldCode": "000.05.00.H98", "name": "Sở Nội vụ Lạc Giang (mẫu)"},
]


@dataclass
class AxisScene:
    """Our installation, connected to the axis; what the State body sends is made by hand."""

    scene: Scene
    server: AxisServer
    at: datetime

    def work(self) -> None:
        """All that waits, both ways, until nothing moves any more."""
        for _ in range(20):
            while ledger.integrate():
                pass
            moved = follow_once() + worker.send_due() + worker.receive_due()
            if not moved:
                return
        raise AssertionError("no end")

    def issued(self, *recipients: str, **wishes: object) -> Dispatch:
        """A document of ours on its way to the State body, queued by following the ledger."""
        document_id = self.scene.issue(*(recipients or (STATE,)), **wishes)  # type: ignore[arg-type]
        while ledger.integrate():
            pass
        follow_once()
        return Dispatch.objects.filter(document_id=document_id).earliest("id")

    def theirs(self) -> AxisHttp:
        return AxisHttp(self.server.url, THEIRS, answer_s=5.0)

    def arrived(self, kind: str = "edoc") -> list[bytes]:
        """What lies at the axis for the State body."""
        client, found = self.theirs(), []
        for entry in client.received(kind):
            data = bytearray()
            client.get(entry.doc_id, most=1 << 30, sink=data.extend)
            found.append(bytes(data))
        return found

    def hand_in(self, data: bytes, kind: str = "edoc", sender: str = STATE) -> str:
        """The State body's software sends these bytes."""
        digest = hashlib.sha256(data).hexdigest()
        return self.theirs().send(sender=sender, kind=kind, size=len(data), sha256=digest, pieces=lambda: [data])

    def slip_in(self, data: bytes, *, kind: str = "edoc", sender: str = STATE, recipient: str = SENDER) -> str:
        """What the axis itself would not have taken lies there all the same."""
        from antin.exchange.axis.simulator.store import Message

        doc_id = f"doc-{len(self.server.store.messages)}"
        self.server.store.path(doc_id).write_bytes(data)
        self.server.store.messages[doc_id] = Message(
            doc_id, kind, sender, {recipient: "waiting"}, "2026/03/02 08:00:00"
        )
        return doc_id

    def letter(
        self,
        *,
        number: str = "15",
        by: Sealer | None = None,
        files: Iterable[tuple[str, bytes]] | None = None,
        recipients: tuple[str, ...] = (SENDER,),
        sender: str = STATE,
        at: datetime | None = None,
        business: Business | None = None,
        **fields: Any,
    ) -> bytes:
        """A document of the State body as its software writes it."""
        files = [("cong-van.pdf", pdf())] if files is None else list(files)
        message = Envelope(
            sender=Organ(sender, "Ủy ban nhân dân tỉnh Lạc Giang (mẫu)"),
            recipients=tuple(Organ(code, NAMES.get(code, "Ai đó")) for code in recipients),
            document_id=f"{sender},2026/03/02,{number}/CV",
            number=number,
            notation="CV",
            subject=ABSTRACT,
            type_name="Công văn",
            promulgated_on=datetime(2026, 3, 2, tzinfo=UTC).date(),
            traces=(Trace(sender, at or self.at),),
            references=tuple(Reference(str(n), name) for n, (name, _) in enumerate(files, 1)),
            business=business or Business(),
        )
        message = replace(message, **fields)
        return b"".join(written(message, [source(name, data, str(n)) for n, (name, data) in enumerate(files, 1)], by))

    def status(
        self,
        dispatch: Dispatch,
        code: str,
        *,
        after: int = 0,
        said: str = "",
        sender: str = STATE,
        about: Callable[[ResponseFor], ResponseFor] = lambda one: one,
    ) -> bytes:
        """What the State body says about a document of ours, `after` seconds."""
        day = datetime.strptime(dispatch.document_code.split(",")[1], "%Y/%m/%d").replace(tzinfo=UTC).date()
        response = ResponseFor(SENDER, dispatch.reference_number, day, dispatch.document_code)
        return write(
            Status(
                Organ(sender, "Ủy ban nhân dân tỉnh Lạc Giang (mẫu)"),
                about(response),
                code,
                self.at + timedelta(seconds=after),
                said,
                Staff("Văn phòng", "Lý Thị Mẫu Vân"),
            )
        )

    @property
    def ours(self) -> Credentials:
        return OURS

    def bring_back(self, doc_id: str) -> None:
        """What we sent comes to us, as if the State body had sent it: the bytes rewritten as little as that needs."""
        data = self.server.store.path(doc_id).read_bytes()
        head, rest = data[: 1 << 16], data[1 << 16 :]
        turned = head.replace(b">H98<", b">?<").replace(f">{SENDER}<".encode(), b">H98<")
        self.slip_in(turned.replace(b">?<", f">{SENDER}<".encode()) + rest)

    def taken_in(self) -> int:
        """How many documents came in here."""
        with connection.cursor() as cursor:
            cursor.execute("select count(*) from documents_document where direction = 'incoming'")
            return int(cursor.fetchone()[0])


def raise_axis(folder: Path) -> AxisServer:
    lay_out(
        folder,
        [
            {"id": OURS.system_id, "secret": OURS.secret, "codes": [SENDER, RECIPIENT]},
            {"id": THEIRS.system_id, "secret": THEIRS.secret, "codes": [STATE, OTHER_STATE]},
        ],
        AGENCIES,
    )
    return AxisServer(Store(folder)).start()


def connect(scene: Scene, server: AxisServer, *, settle_s: float = 0.0) -> AxisScene:
    """Binds the axis, reads its list of bodies."""
    here = ports.bound()
    limits = replace(here.limits, axis_settle_s=settle_s, axis_bytes=64 * 1024 * 1024, lease_s=2.0)
    ports.bind(replace(here, axis=AxisHttp(server.url, OURS, answer_s=2.0), limits=limits))
    assert worker.refresh_due() == len(AGENCIES)
    return AxisScene(scene, server, datetime.now(UTC).replace(microsecond=0))


__all__ = ["AGENCIES", "AxisIn", "AxisLine", "AxisOut", "AxisScene", "agencies", "connect", "raise_axis"]

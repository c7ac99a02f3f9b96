"""A body on the simulated axis whose own software is played here: it takes in what comes, tells its statuses, agrees to recalls.

Letters of its own lie as finished edXML files in `<home>/letters/<code>/`; each is sent once.
"""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread

from antin.exchange.axis.protocol import EDOC, STATUS
from antin.exchange.axis.simulator.store import NotTaken, Store
from antin.exchange.edxml import codes
from antin.exchange.edxml.model import BusinessKind, Envelope, Organ, ResponseFor, Staff, Status
from antin.exchange.edxml.streamed import taken
from antin.exchange.edxml.writer import write
from antin.values import reference_number
from antin.vault.spool import Spool

POLL_S = 0.3
STEPS = (codes.ARRIVED, codes.ACCEPTED, codes.FORWARDED, codes.IN_PROCESS)
STAFF = Staff(department="Văn phòng", staff="Lý Thị Mẫu Vân")
IN_MEMORY = 1024 * 1024


class Office:
    """One body; `pause_s` lies between the statuses it tells about a document."""

    def __init__(self, store: Store, code: str, *, pause_s: float) -> None:
        self._store = store
        self._code = store.code(code)
        self._system = next(
            name for name, row in store.systems.items() if self._code in {store.code(c) for c in row["codes"]}
        )
        self._pause_s = pause_s
        self._stop = Event()
        self._thread = Thread(target=self._work, name=f"office {code}", daemon=True)

    def start(self) -> Office:
        self._thread.start()
        return self

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(timeout=5)

    def _work(self) -> None:
        while not self._stop.wait(POLL_S):
            self._send_letters()
            for row in self._store.received(self._system, EDOC):
                if row["to"] == self._code:
                    self._take_in(row["docId"])
            for row in self._store.received(self._system, STATUS):
                self._store.update(self._system, row["docId"], "done")

    def _take_in(self, doc_id: str) -> None:
        with Spool(self._store.home / "spool", IN_MEMORY) as spool:
            with self._store.path(doc_id).open("rb") as file:
                while piece := file.read(1 << 20):
                    spool.write(piece)
            message = taken(spool).message
        self._store.update(self._system, doc_id, "done")
        if not isinstance(message, Envelope):
            return
        steps = (codes.RECALLED,) if message.business.kind is BusinessKind.RECALL else STEPS
        if message.business.kind is not BusinessKind.UPDATE:
            threading.Thread(target=self._tell, args=(message, steps), daemon=True).start()

    def _tell(self, about: Envelope, steps: tuple[str, ...]) -> None:
        for code in steps:
            if self._stop.wait(self._pause_s):
                return
            self.say(about, code)

    def say(self, about: Envelope, code: str) -> None:
        """One status about a document of somebody."""
        subject = about.business.document_id or about.document_id
        number: int | str = int(about.number) if about.number.isdecimal() else about.number
        data = write(
            Status(
                sender=Organ(self._code, self._name()),
                response_for=ResponseFor(
                    about.sender.organ_id, reference_number(number, about.notation), about.promulgated_on, subject
                ),
                code=code,
                at=datetime.now(UTC),
                description=codes.STATUS[code][1],
                staff=STAFF,
            )
        )
        self._hand_over(data, STATUS)

    def _send_letters(self) -> None:
        folder: Path = self._store.home / "letters" / self._code
        for path in sorted(folder.glob("*.edxml")):
            try:
                self._hand_over(path.read_bytes(), EDOC)
                path.rename(path.with_suffix(".sent"))
            except NotTaken as refused:
                path.rename(path.with_suffix(".refused"))
                path.with_suffix(".why").write_text(refused.text, encoding="utf-8")

    def _hand_over(self, data: bytes, kind: str) -> None:
        with Spool(self._store.home / "spool", IN_MEMORY) as spool:
            spool.write(data)
            self._store.take(self._system, self._code, kind, spool)

    def _name(self) -> str:
        return next(row["name"] for row in self._store.agencies if row["code"] == self._code)

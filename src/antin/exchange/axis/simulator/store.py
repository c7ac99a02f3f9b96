"""What the simulated axis holds: bodies, connected systems, and messages with their state at each recipient, in files.

systems.json   [{"id", "secret", "codes": […]}], mode 0600      agencies.json   [{"code", "oldCode", "name", "mail"}]
messages/<docId>.edxml and <docId>.json
"""

from __future__ import annotations

import json
import os
import threading
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from antin.exchange.axis.protocol import EDOC, STATUS
from antin.exchange.edxml.model import Envelope
from antin.exchange.edxml.streamed import taken
from antin.regulation import RemoteViolation
from antin.values import VIETNAM, new_id
from antin.vault.spool import Spool

WAITING = "waiting"
ENDED = ("done", "fail")


class NotTaken(Exception):
    """The axis' own refusal: a code and a sentence."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


@dataclass
class Message:
    """A message at the axis; `states`: recipient → waiting, processing, done, fail."""

    doc_id: str
    kind: str
    sender: str
    states: dict[str, str]
    created: str
    times: dict[str, str] = field(default_factory=dict)


class Store:
    """Everything the axis knows; one lock, for a demonstration's load."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.lock = threading.RLock()
        (home / "messages").mkdir(parents=True, exist_ok=True, mode=0o700)
        self.systems: dict[str, dict[str, Any]] = {row["id"]: row for row in self._read("systems.json")}
        self.agencies: list[dict[str, str]] = self._read("agencies.json")
        found = sorted((home / "messages").glob("*.json"), key=lambda path: path.stat().st_mtime_ns)
        self.messages = {path.stem: Message(**json.loads(path.read_text())) for path in found}

    def secret(self, system_id: str) -> str | None:
        system = self.systems.get(system_id)
        return system["secret"] if system else None

    def take(self, system_id: str, sender: str, kind: str, body: Spool) -> str:
        """Stores a message for its recipients; the id it has from now on. NotTaken when it can't be delivered."""
        if self.code(sender) not in self._own(system_id):
            raise NotTaken("15", "the sending body is not one of this system")
        try:
            read = taken(body).message
        except RemoteViolation as violation:
            raise NotTaken("18", violation.message()) from violation
        if (EDOC if isinstance(read, Envelope) else STATUS) != kind or self.code(read.sender.organ_id) != self.code(
            sender
        ):
            raise NotTaken("19", "the message is not what its headers say")
        to = (
            [organ.organ_id for organ in read.recipients]
            if isinstance(read, Envelope)
            else [read.response_for.organ_id or read.response_for.document_id.split(",")[0]]
        )
        unknown = [code for code in to if not self.code(code)]
        if unknown:
            raise NotTaken("20", f"no such body: {', '.join(unknown)}")
        doc_id = str(new_id())
        message = Message(doc_id, kind, self.code(sender), {self.code(c): WAITING for c in to}, _now())
        with self.lock:
            path = self.path(doc_id)
            with path.open("wb") as file:
                for start in range(0, body.size, 1 << 20):
                    file.write(body.at(start, 1 << 20))
            self.messages[doc_id] = message
            self._keep(message)
        return doc_id

    def received(self, system_id: str, kind: str) -> list[dict[str, str]]:
        """What waits for the bodies of a system, the oldest first."""
        own = self._own(system_id)
        with self.lock:
            return [
                {"docId": m.doc_id, "from": m.sender, "to": code, "status": state, "created_time": m.created}
                for m in self.messages.values()
                for code, state in m.states.items()
                if m.kind == kind and code in own and state not in ENDED
            ]

    def sent(self, system_id: str, kind: str, doc_id: str = "") -> list[dict[str, str]]:
        """What the bodies of a system sent, with its state at each recipient."""
        own = self._own(system_id)
        with self.lock:
            return [
                {"docId": m.doc_id, "from": m.sender, "to": code, "sendStatus": "done", "receiveStatus": state,
                 "sentTime": m.created, "receivedTime": m.times.get(code, "")}
                for m in self.messages.values()
                for code, state in m.states.items()
                if m.kind == kind and m.sender in own and doc_id in ("", m.doc_id)
            ]  # fmt: skip

    def content(self, system_id: str, doc_id: str) -> Path:
        """The bytes of a message, for its sender and its recipients."""
        message = self.messages.get(doc_id)
        if message is None or not self._own(system_id) & {message.sender, *message.states}:
            raise NotTaken("21", "no such message")
        return self.path(doc_id)

    def update(self, system_id: str, doc_id: str, status: str) -> None:
        with self.lock:
            message = self.messages.get(doc_id)
            mine = self._own(system_id) & set(message.states) if message else set()
            if message is None or not mine:
                raise NotTaken("21", "no such message")
            for code in mine:
                message.states[code] = status
                message.times[code] = _now()
            self._keep(message)

    def code(self, code: str) -> str:
        """The code a body is listed under, by either of its codes; "" when there is none."""
        return next((row["code"] for row in self.agencies if code and code in (row["code"], row.get("oldCode"))), "")

    def path(self, doc_id: str) -> Path:
        return self.home / "messages" / f"{doc_id}.edxml"

    def _own(self, system_id: str) -> set[str]:
        return {self.code(code) for code in self.systems.get(system_id, {}).get("codes", ())} - {""}

    def _keep(self, message: Message) -> None:
        path = self.home / "messages" / f"{message.doc_id}.json"
        draft = path.with_suffix(".new")
        draft.write_text(json.dumps(asdict(message)))
        draft.replace(path)

    def _read(self, name: str) -> list[Any]:
        path = self.home / name
        return json.loads(path.read_text(encoding="utf-8")) if path.exists() else []


def lay_out(home: Path, systems: list[dict[str, Any]], agencies: list[dict[str, str]]) -> None:
    """The files of a fresh axis; the secrets are readable by their owner alone."""
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name, rows in (("systems.json", systems), ("agencies.json", agencies)):
        handle = os.open(home / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(rows, file, ensure_ascii=False, indent=1)


def _now() -> str:
    return datetime.now(VIETNAM).strftime("%Y/%m/%d %H:%M:%S")

"""The simulated axis over HTTP: every request signed by a connected system, everything answered as the axis answers.

Faults on demand (`server.faults`): per verb, each for one request
    drop_before   nothing is done, nothing is answered        drop_after   it is done, nothing is answered
    rubbish       done, answered with a page                  busy         not done, 503
    refuse        not done, the axis' own no                  truncate     half of the body
    twice         a list with every entry twice               huge         an answer without end
    other         another message's bytes                     slow         a pause before it is done
"""

from __future__ import annotations

import hashlib
import json
from base64 import b64encode
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Condition, Event, Thread
from typing import Any

from antin.exchange.axis import protocol
from antin.exchange.axis.simulator.store import NotTaken, Store
from antin.vault.spool import Spool

BODY_MOST = 512 * 1024 * 1024
IN_MEMORY = 1024 * 1024
PIECE = 64 * 1024
SLOW_S = 3.0
BEFORE = ("drop_before", "busy", "refuse")
PAGE = b"<html><body>Proxy</body></html>"


class Handler(BaseHTTPRequestHandler):
    """One request; the store hangs on the server object."""

    protocol_version = "HTTP/1.1"
    server_version = "truc-mau"
    sys_version = ""
    timeout = 60
    server: AxisServer

    def do_GET(self) -> None:
        self._say(200, b"ok\n", "text/plain")

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if self.path not in protocol.VERBS or not length.isdigit() or int(length) > BODY_MOST:
            self.close_connection = True
            self._say(404 if self.path not in protocol.VERBS else 413, b"", "text/plain")
            return
        with Spool(self.server.store.home / "spool", IN_MEMORY) as body:
            digest = self._read(int(length), body)
            fault = self.server.fault(self.path)
            try:
                system = protocol.verify(self.headers, self.server.store.secret, digest, datetime.now(UTC))  # type: ignore[arg-type]
            except protocol.Unsigned as unsigned:
                self._say(401, str(unsigned).encode(), "text/plain")
                return
            with self.server.at_work():
                self._do(system, body, fault)

    def _do(self, system: str, body: Spool, fault: str) -> None:
        if fault == "slow":
            self.server.ended.wait(SLOW_S)
        if fault in BEFORE:
            self._fail(fault)
            return
        try:
            found = VERBS[self.path](self, system, body)
        except NotTaken as refused:
            self._json({"status": "FAIL", "ErrorCode": refused.code, "ErrorDesc": refused.text})
            return
        except (ValueError, KeyError, TypeError, AttributeError):
            self._say(400, b"", "text/plain")
            return
        if fault in ("drop_after", "rubbish", "huge"):
            self._fail(fault)
        elif isinstance(found, Path):
            self._file(found, fault)
        else:
            if fault == "twice" and isinstance(found.get("data"), list):
                found["data"] = found["data"] * 2
            self._json({"status": "OK", "ErrorCode": protocol.GOOD, "ErrorDesc": "", **found})

    def _fail(self, fault: str) -> None:
        self.close_connection = True
        if fault == "busy":
            self._say(503, b"", "text/plain")
        elif fault == "refuse":
            self._json({"status": "FAIL", "ErrorCode": "23", "ErrorDesc": "not now"})
        elif fault == "rubbish":
            self._say(200, PAGE, "text/html")
        elif fault == "huge":
            self.send_response(200)
            self.send_header("Content-Type", protocol.JSON)
            self.send_header("Connection", "close")
            self.end_headers()
            self._pour()

    def _pour(self) -> None:
        try:
            for _ in range(4096):
                self.wfile.write(b'{"data":' * 8192)
        except OSError:
            return

    def _send(self, system: str, body: Spool) -> dict[str, Any]:
        said = self.headers
        return {"DocId": self.server.store.take(system, said.get("from", ""), said.get("messagetype", ""), body)}

    def _list(self, system: str, body: Spool) -> dict[str, Any]:
        asked = _asked(body)
        if self.path == protocol.RECEIVED:
            return {"data": self.server.store.received(system, asked["messagetype"])}
        return {"data": self.server.store.sent(system, asked["messagetype"], str(asked.get("docId", "")))}

    def _get(self, system: str, body: Spool) -> Path:
        return self.server.store.content(system, str(_asked(body)["docId"]))

    def _update(self, system: str, body: Spool) -> dict[str, Any]:
        asked = _asked(body)
        if asked["status"] not in ("done", "fail", "processing"):
            raise NotTaken("22", "no such status")
        self.server.store.update(system, str(asked["docId"]), asked["status"])
        return {}

    def _agencies(self, _: str, __: Spool) -> dict[str, Any]:
        rows = self.server.store.agencies
        if self.path == protocol.NEW_CODES:
            return {"data": [{"code": r["code"], "code102": r.get("oldCode", "")} for r in rows]}
        return {"data": [{"id": str(n), "pid": "", **r} for n, r in enumerate(rows, 1)]}

    def _read(self, left: int, body: Spool) -> str:
        digest = hashlib.sha256()
        while left:
            piece = self.rfile.read(min(PIECE, left))
            if not piece:
                break
            digest.update(piece)
            body.write(piece)
            left -= len(piece)
        return b64encode(digest.digest()).decode()

    def _file(self, path: Path, fault: str) -> None:
        if fault == "other":
            path = next(one for one in sorted(path.parent.glob("*.edxml")) if one != path)
        size = path.stat().st_size
        self.send_response(200)
        self.send_header("Content-Type", protocol.BYTES)
        self.send_header("Content-Length", str(size))
        self.end_headers()
        left = size // 2 if fault == "truncate" else size
        with path.open("rb") as file:
            while left:
                piece = file.read(min(PIECE, left))
                self.wfile.write(piece)
                left -= len(piece)
        self.close_connection = fault == "truncate"

    def _json(self, said: dict[str, Any]) -> None:
        self._say(200, json.dumps(said, ensure_ascii=False).encode(), protocol.JSON)

    def _say(self, code: int, data: bytes, media_type: str) -> None:
        self.send_response(code)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Quiet; what matters is in the store."""


VERBS: dict[str, Callable[[Handler, str, Spool], Any]] = {
    protocol.SEND: Handler._send,
    protocol.GET: Handler._get,
    protocol.DONE: Handler._update,
    protocol.RECEIVED: Handler._list,
    protocol.SENT: Handler._list,
    protocol.AGENCIES: Handler._agencies,
    protocol.NEW_CODES: Handler._agencies,
}


class AxisServer(ThreadingHTTPServer):
    """Listens on the loopback interface; port 0 takes a free one. `asked` counts requests by verb."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(self, store: Store, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.store = store
        self.faults: defaultdict[str, deque[str]] = defaultdict(deque)
        self.asked: defaultdict[str, int] = defaultdict(int)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.ended = Event()
        self._resting, self._at_work = Condition(), 0

    def fault(self, verb: str) -> str:
        self.asked[verb] += 1
        waiting = self.faults[verb]
        return waiting.popleft() if waiting else ""

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients end connections in every way; nothing to report."""

    def start(self) -> AxisServer:
        """Serves in a background thread."""
        Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True, name="axis").start()
        return self

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Counts a request that is being done."""
        with self._resting:
            self._at_work += 1
        try:
            yield
        finally:
            with self._resting:
                self._at_work -= 1
                self._resting.notify_all()

    def at_rest(self, timeout_s: float) -> bool:
        """True once nothing is being done any more, also for askers that have left; False after that time."""
        with self._resting:
            return self._resting.wait_for(lambda: self._at_work == 0, timeout_s)

    def stop(self) -> None:
        self.ended.set()
        self.shutdown()
        self.server_close()


def _asked(body: Spool) -> dict[str, Any]:
    said = json.loads(body.at(0, 64 * 1024))
    if not isinstance(said, dict):
        raise ValueError("no object")
    return said

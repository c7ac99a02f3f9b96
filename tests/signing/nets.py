"""A net of the tests' own: names lead where the test says, and every address to one server on this machine."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpcore

PUBLIC = "93.184.215.14"


class Names:
    """A resolver: each name's answers in turn, the last one for ever."""

    def __init__(self, **answers: Sequence[Sequence[str]]) -> None:
        self._answers = {name.replace("_", "."): list(turns) for name, turns in answers.items()}
        self.asked: list[str] = []

    def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append(host)
        turns = self._answers.get(host)
        if turns is None:
            raise OSError("Name or service not known")
        return turns.pop(0) if len(turns) > 1 else turns[0]


class Wire(httpcore.NetworkBackend):
    """Notes each address that is connected to; those of `dead` refuse, behind all others sits the server."""

    def __init__(self, port: int, dead: Iterable[str] = ()) -> None:
        self._port = port
        self._dead = frozenset(dead)
        self.reached: list[str] = []

    def connect_tcp(self, host: str, port: int, timeout: float | None = None, *more: object, **named: object):  # type: ignore[no-untyped-def]
        self.reached.append(host)
        if host in self._dead:
            raise httpcore.ConnectError("refused")
        return httpcore.SyncBackend().connect_tcp("127.0.0.1", self._port, timeout)


Answer = Callable[[BaseHTTPRequestHandler], None]


@contextmanager
def serving(answer: Answer) -> Iterator[ThreadingHTTPServer]:
    """A server on loopback whose every request the test answers; `paths` has what was asked."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.server.paths.append(self.path)  # type: ignore[attr-defined]
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            # Whoever has had enough hangs up in the middle of an answer.
            try:
                answer(self)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        do_GET = do_POST  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.paths = []  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def says(body: bytes, status: int = 200, **headers: str) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    return answer

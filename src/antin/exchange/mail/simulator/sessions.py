"""What both simulated servers share: a listening thread, TLS from the first byte or by STARTTLS, faults on demand."""

from __future__ import annotations

import socketserver
import ssl
from abc import ABC, abstractmethod
from collections import deque
from threading import Event, Thread

from antin.exchange.mail.simulator.store import Store

SLOW_S = 3.0
LINE_MOST = 64 * 1024


class Cut(Exception):
    """The connection ends here, without a word."""


class MailServer(socketserver.ThreadingTCPServer):
    """Listens on the loopback interface; port 0 takes a free one. `faults`: one is taken by each session that reaches it."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(
        self,
        store: Store,
        handler: type[socketserver.StreamRequestHandler],
        context: ssl.SSLContext,
        *,
        port: int = 0,
        security: str = "tls",
    ) -> None:
        super().__init__(("127.0.0.1", port), handler)
        self.store, self.context, self.security = store, context, security
        self.faults: deque[str] = deque()
        self.port = self.server_address[1]
        self.ended = Event()

    def start(self) -> MailServer:
        Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True, name="mail").start()
        return self

    def stop(self) -> None:
        self.ended.set()
        self.shutdown()
        self.server_close()

    def fault(self, *names: str) -> str:
        """The next fault, when it is one of these."""
        return self.faults.popleft() if self.faults and self.faults[0] in names else ""

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients end connections in every way; nothing to report."""


class Session(socketserver.StreamRequestHandler, ABC):
    """Lines in, lines out; `secure` after TLS began."""

    server: MailServer
    timeout = 60
    secure = False

    def setup(self) -> None:
        if self.server.security == "tls":
            self.request = self.server.context.wrap_socket(self.request, server_side=True)
            self.secure = True
        super().setup()

    def begin_tls(self) -> None:
        """What was sent in clear ahead of the handshake is thrown away (RFC 3207, CVE-2011-0411)."""
        self.rfile.close()
        self.connection = self.request = self.server.context.wrap_socket(self.connection, server_side=True)
        self.rfile = self.connection.makefile("rb")
        self.wfile = socketserver._SocketWriter(self.connection)  # type: ignore[attr-defined]
        self.secure = True

    def say(self, line: str) -> None:
        self.wfile.write(line.encode("utf-8", "replace") + b"\r\n")

    def line(self) -> str:
        """One command; Cut at the end, or when a line has no end."""
        data = self.rfile.readline(LINE_MOST)
        if not data.endswith(b"\r\n"):
            raise Cut
        return data[:-2].decode("utf-8", "replace")

    def handle(self) -> None:
        try:
            self.talk()
        except (Cut, OSError):
            return

    @abstractmethod
    def talk(self) -> None:
        """Speaks the protocol until the session ends."""

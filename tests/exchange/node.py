"""Nodes for the tests: certificates of the demonstration authority, a real TLS server around a WSGI application."""

from __future__ import annotations

import socketserver
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from wsgiref.simple_server import ServerHandler, WSGIRequestHandler, WSGIServer

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from antin.exchange.adapters.party_network import PartyNetwork
from antin.exchange.deadlines import harden
from antin.exchange.ports import Destination
from antin.signing.pki.authority import DemoAuthority
from antin.values import sha256_hex


@dataclass(frozen=True)
class NodeFiles:
    """A node's certificate, key and the authority of its partners, as files."""

    certificate: Path
    key: Path
    authority: Path
    der: bytes

    @property
    def fingerprint(self) -> str:
        return sha256_hex(self.der)

    def channel(self, **limits: float) -> PartyNetwork:
        return PartyNetwork(self.certificate, self.key, self.authority, **limits)

    def destination(self, url: str) -> Destination:
        return Destination(url, frozenset({self.fingerprint}))


def make_node(pki: DemoAuthority, name: str, folder: Path) -> NodeFiles:
    """A fresh node certificate, issued as the installations' are."""
    issued = pki.issue_tls(name)
    folder.mkdir(parents=True, exist_ok=True)
    files = NodeFiles(folder / f"{name}.pem", folder / f"{name}.key", folder / "nodes.pem", issued.certificate_der)
    files.certificate.write_bytes(_pem(issued.certificate_der, issued.chain_ders[0]))
    files.key.write_bytes(issued.key_pem)
    files.authority.write_bytes(_pem(*issued.chain_ders))
    return files


def _pem(*ders: bytes) -> bytes:
    return b"".join(x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM) for der in ders)


class _Server(socketserver.ThreadingMixIn, WSGIServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64
    context: ssl.SSLContext

    def get_request(self) -> tuple[Any, Any]:
        raw, address = self.socket.accept()
        return self.context.wrap_socket(raw, server_side=True, do_handshake_on_connect=False), address

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Hostile clients end connections in every way; nothing to report."""


class _Handler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        return

    def handle(self) -> None:
        self.connection.do_handshake()
        self.close_connection = False
        while not self.close_connection:
            self.raw_requestline = self.rfile.readline(65537)
            if not self.raw_requestline or not self.parse_request():
                return
            self._answer()

    def _answer(self) -> None:
        environ = {**self.get_environ(), "gunicorn.socket": self.connection}
        length = int(environ.get("CONTENT_LENGTH") or 0)
        environ["wsgi.input"] = body = _Limited(self.rfile, length)
        handler = ServerHandler(body, self.wfile, self.get_stderr(), environ, multithread=True)  # type: ignore[arg-type]
        handler.http_version, handler.request_handler = "1.1", self  # type: ignore[attr-defined]
        seen: list[tuple[str, str]] = []

        def application(env: Any, start: Callable[..., Any]) -> Any:
            def keep(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
                seen.extend(headers)
                return start(status, [h for h in headers if h[0].lower() != "connection"], *rest)

            environ.update({k: v for k, v in env.items() if k.startswith("wsgi.")})
            environ["wsgi.input"] = body
            return self.server.get_app()({**env, "wsgi.input": body, "gunicorn.socket": self.connection}, keep)  # type: ignore[attr-defined]

        handler.run(application)
        if ("Connection", "close") in seen or body.left:
            self.close_connection = True


class _Limited:
    """The request's body: never reads past it."""

    def __init__(self, stream: Any, left: int) -> None:
        self.stream, self.left = stream, left

    def read(self, size: int = -1) -> bytes:
        wanted = self.left if size < 0 else min(size, self.left)
        data = self.stream.read(wanted) if wanted else b""
        self.left -= len(data)
        return data


class Endpoint:
    """The application on a port of its own under mutual TLS, until stopped."""

    def __init__(self, application: Callable[..., Any], files: NodeFiles) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(files.certificate, files.key)
        context.load_verify_locations(files.authority)
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.context = harden(context)
        self._server.set_app(application)
        self.url = f"https://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

"""Serves the demonstration authority over HTTP, without Django: `python -m antin.signing.pki.server --home DIR --port N`.

POST /tsa    application/timestamp-query   RFC 3161
POST /ocsp   application/ocsp-request      RFC 6960 (GET with base64 in the path too)
GET  /crl/issuing.crl  /crl/root.crl  /ca/root.cer  /ca/issuing.cer  /health
"""

from __future__ import annotations

import argparse
import base64
import binascii
import signal
import sys
from contextlib import closing, suppress
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import unquote

from antin.signing.pki.authority import DemoAuthority
from antin.signing.pki.journal import TokenJournal

MAX_BODY = 16_384
IDLE_S = 20.0
JOURNAL = Path("tsa/journal")
"""Below the authority's home: one line a token."""
CRL_LIFE = timedelta(hours=1)


class Handler(BaseHTTPRequestHandler):
    """One request of the three services; the authority hangs on the server object."""

    protocol_version = "HTTP/1.1"
    server_version = "an-tin-demo-ca"
    sys_version = ""
    timeout = IDLE_S
    wbufsize = -1
    disable_nagle_algorithm = True

    @property
    def authority(self) -> DemoAuthority:
        return self.server.authority  # type: ignore[attr-defined, no-any-return]

    def do_POST(self) -> None:
        body = self._body()
        if body is None:
            return
        if self.path == "/tsa":
            self._answer(self.authority.timestamps.answer(body), "application/timestamp-reply")
        elif self.path == "/ocsp":
            self._answer(self.authority.answer_status(body), "application/ocsp-response")
        else:
            self._refuse(404)

    def do_GET(self) -> None:
        folder, _, name = self.path.removeprefix("/").partition("/")
        try:
            if folder == "crl" and name in {"issuing.crl", "root.crl"}:
                self._answer(self.server.crl(name.removesuffix(".crl")), "application/pkix-crl")  # type: ignore[attr-defined]
            elif folder == "ca" and name.endswith(".cer"):
                self._answer(self.authority.published(name.removesuffix(".cer")), "application/pkix-cert")
            elif folder == "ocsp" and name:
                request = base64.b64decode(unquote(name), validate=True)
                self._answer(self.authority.answer_status(request), "application/ocsp-response")
            elif folder == "health":
                self._answer(b"ok\n", "text/plain")
            else:
                self._refuse(404)
        except KeyError:
            self._refuse(404)
        except binascii.Error:
            self._refuse(400)

    def _body(self) -> bytes | None:
        size = self.headers.get("Content-Length", "")
        if not size.isdigit():
            self._refuse(411)
            return None
        if int(size) > MAX_BODY:
            self._refuse(413)
            return None
        return self.rfile.read(int(size))

    def _answer(self, data: bytes, kind: str, code: int = 200) -> None:
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _refuse(self, code: int) -> None:
        self.close_connection = True
        self._answer(b"", "text/plain", code)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet: what matters, the tokens, is written to the journal."""


class PkiServer(ThreadingHTTPServer):
    """Listens on the loopback interface unless told otherwise; port 0 takes a free one."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, authority: DemoAuthority, port: int, host: str = "127.0.0.1") -> None:
        super().__init__((host, port), Handler)
        self.authority = authority
        self._crls: dict[str, tuple[object, bytes]] = {}

    def crl(self, issuer: str) -> bytes:
        """The revocation list, made again when a certificate was revoked or an hour has passed."""
        now = self.authority.clock.now()
        key = (len(self.authority.state().revoked), int(now.timestamp() // CRL_LIFE.total_seconds()))
        kept = self._crls.get(issuer)
        if kept is None or kept[0] != key:
            kept = (key, self.authority.crl(issuer))
            self._crls[issuer] = kept
        return kept[1]

    def start(self) -> PkiServer:
        """Serves in a background thread (for tests and for one-process worlds)."""
        Thread(target=self.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True, name="demo-ca").start()
        return self

    def stop(self) -> None:
        self.shutdown()
        self.server_close()


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m antin.signing.pki.server", description=__doc__)
    parser.add_argument("--home", type=Path, required=True, help="directory of the authority")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--create", action="store_true", help="make the authority when the directory has none")
    asked = parser.parse_args(arguments)
    if asked.create and not (asked.home / "authority.json").exists():
        DemoAuthority.create(asked.home, base_url=f"http://{asked.host}:{asked.port}")
    authority = DemoAuthority.open(asked.home)
    with closing(TokenJournal(asked.home / JOURNAL)) as journal:
        authority.timestamps.log_to(journal.note)
        server = PkiServer(authority, asked.port, asked.host)
        signal.signal(signal.SIGTERM, lambda *_: Thread(target=server.shutdown).start())
        with suppress(KeyboardInterrupt):
            server.serve_forever()
        server.server_close()
    return 0


if __name__ == "__main__":
    sys.exit(main())

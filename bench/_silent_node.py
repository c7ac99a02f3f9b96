"""A partner's node that takes every connection and every byte and never says a word."""

from __future__ import annotations

import socket
import ssl
import threading
from pathlib import Path


class SilentNode:
    """Listens from the moment it is made until `close`; TLS is answered with the node's own certificate."""

    def __init__(self, port: int, certificate: Path, key: Path) -> None:
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate, key)
        self._listener = socket.create_server(("127.0.0.1", port))
        self.heard = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                raw, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._swallow, args=(raw,), daemon=True).start()

    def _swallow(self, raw: socket.socket) -> None:
        try:
            with self._context.wrap_socket(raw, server_side=True) as heard:
                self.heard += 1
                while heard.recv(65536):
                    continue
        except OSError:
            return

"""Slow partners don't hold our threads: a watchdog ends the connection of whoever is past the deadline."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

HANDSHAKE_S = 10.0
SILENCE_S = 30.0
LOOK_EVERY_S = 0.5


class PatientSocket(ssl.SSLSocket):
    """A server's TLS socket whose blocking calls give up: after 10 s in the handshake, 30 s of silence later."""

    def do_handshake(self, block: bool = False) -> None:
        self.settimeout(HANDSHAKE_S)
        super().do_handshake(block)
        self.settimeout(SILENCE_S)

    def setblocking(self, flag: bool) -> None:
        self.settimeout(SILENCE_S if flag else 0.0)


def harden(context: ssl.SSLContext) -> ssl.SSLContext:
    """The receiving endpoint's context: TLS 1.3, a client certificate required, patient sockets."""
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.verify_mode = ssl.CERT_REQUIRED
    context.sslsocket_class = PatientSocket
    return context


class Watchdog:
    """Watches any number of sockets from one thread, started at first use (so after the server's fork)."""

    def __init__(self) -> None:
        self._watched: dict[int, tuple[float, socket.socket]] = {}
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    @contextmanager
    def within(self, sock: socket.socket | None, seconds: float) -> Iterator[None]:
        """Shuts the socket down unless the block ends in time; None is not watched."""
        if sock is None:
            yield
            return
        key = id(sock)
        with self._lock:
            self._watched[key] = (time.monotonic() + seconds, sock)
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._watch, name="deadlines", daemon=True)
                self._thread.start()
        try:
            yield
        finally:
            with self._lock:
                self._watched.pop(key, None)

    def _watch(self) -> None:
        while True:
            time.sleep(LOOK_EVERY_S)
            now = time.monotonic()
            with self._lock:
                late = [(key, sock) for key, (deadline, sock) in self._watched.items() if deadline < now]
                for key, _ in late:
                    del self._watched[key]
            for _, sock in late:
                _end(sock)


def _end(sock: socket.socket) -> None:
    try:
        socket.socket.shutdown(sock, socket.SHUT_RDWR)  # the plain socket below TLS: safe from another thread
    except OSError:
        return

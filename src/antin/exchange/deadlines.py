"""Slow partners don't hold our threads: a watchdog ends the connection of whoever is past the deadline."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from antin.sandbox import Deadlines

HANDSHAKE_S = 10.0
SILENCE_S = 30.0


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
    """Watches any number of sockets from one thread."""

    def __init__(self) -> None:
        self._deadlines = Deadlines()

    @contextmanager
    def within(self, sock: socket.socket | None, seconds: float) -> Iterator[None]:
        """Shuts the socket down unless the block ends in time; None is not watched."""
        if sock is None:
            yield
            return
        with self._deadlines.within(seconds, partial(_end, sock)):
            yield


def _end(sock: socket.socket) -> None:
    try:
        socket.socket.shutdown(sock, socket.SHUT_RDWR)  # the plain socket below TLS: safe from another thread
    except OSError:
        return

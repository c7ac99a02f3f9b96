"""The web's worker threads and slow clients: a head within 15 s, no silence longer than 30 s in a body or while an answer leaves.

A handful of threads serves everybody; without this, as many connections that send a byte now and then would keep all others
out. A proxy in front does the same; on a small site there is none.
"""

from __future__ import annotations

import socket
from contextlib import ExitStack, suppress
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

from antin.sandbox import Watchdog

HEAD_S, SILENCE_S = 15.0, 30.0


class PatientWorker(ThreadWorker):  # type: ignore[misc]
    """gunicorn's threads, which wait for a request's head and its body for so long and no longer."""

    watchdog = Watchdog()

    def handle(self, conn: Any) -> Any:
        with ExitStack() as conn.waiting:
            conn.waiting.enter_context(self.watchdog.within(conn.sock, HEAD_S))
            kept = super().handle(conn)
        if kept is False and not _says_more(conn.sock):
            _end(conn.sock)
        return kept

    def handle_request(self, req: Any, conn: Any) -> Any:
        """The head is here: what follows is bounded by silence alone, for large files take their time."""
        conn.waiting.close()
        conn.sock.settimeout(SILENCE_S)
        return super().handle_request(req, conn)


def _says_more(sock: socket.socket) -> bool:
    """True while unread bytes lie here: closing now would take the answer back on its way."""
    try:
        sock.settimeout(0)
        return bool(sock.recv(1, socket.MSG_PEEK))
    except OSError:
        return False


def _end(sock: socket.socket) -> None:
    """Both ways, here: else the one thread that accepts connections waits for the client to hang up."""
    with suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)

"""A TCP proxy between two installations that cuts, truncates and falls silent when it is told to."""

from __future__ import annotations

import socket
import struct
import threading
import time
from contextlib import suppress
from random import Random

READ_BYTES = 16 * 1024


class UnkindNetwork:
    """Forwards to one port of this machine; kind until told otherwise. Any thread may change its mood."""

    def __init__(self, target: int, random: Random) -> None:
        self._target = target
        self._random = random
        self._live: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._truncates_below = 0
        self._silent_until = 0.0
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = int(self._listener.getsockname()[1])
        self.cuts = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Every connection ends now, whatever is on its way."""
        with self._lock:
            live = list(self._live)
        for sock in live:
            self._reset(sock)

    def truncate(self, below: int) -> None:
        """Each new connection ends after some number of bytes below that, in either direction; 0 ends this."""
        self._truncates_below = below

    def fall_silent(self, seconds: float) -> None:
        """Nothing passes for so long; connections stay open."""
        self._silent_until = time.monotonic() + seconds

    def close(self) -> None:
        self._listener.close()
        self.cut()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
                far = socket.create_connection(("127.0.0.1", self._target), timeout=5)
            except OSError:
                if self._listener.fileno() < 0:
                    return
                near.close()  # nobody is behind it now
                continue
            far.settimeout(None)
            with self._lock:
                self._live |= {near, far}
            below = self._truncates_below
            most = self._random.randrange(1, below) if below else None
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self._pump, args=(source, sink, most), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket, most: int | None) -> None:
        passed = 0
        with suppress(OSError):
            while data := source.recv(READ_BYTES):
                while (left := self._silent_until - time.monotonic()) > 0:
                    time.sleep(min(left, 0.05))  # the silence itself, nothing that a test waits for
                data = data if most is None else data[: most - passed]
                sink.sendall(data)
                passed += len(data)
                if passed == most:
                    break
        self._reset(source)
        self._reset(sink)

    def _reset(self, sock: socket.socket) -> None:
        """Ends it as a broken wire does, not as a polite program."""
        with self._lock:
            if sock not in self._live:
                return
            self._live.discard(sock)
            self.cuts += 1
        with suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            socket.socket.shutdown(sock, socket.SHUT_RDWR)
            sock.close()

"""Connections that resolve a name once, check every answer by `reach`, and go to what was checked.

- check and connect use the same resolved address, so a name that answers differently the next time gains nothing
- TLS verifies the host name of the URL, not the address
- a connection carries a deadline for all that is done on it, however slowly the other side talks: resolving,
  connecting, handshake, head and body together
"""

from __future__ import annotations

import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import httpcore

from antin.signing.adapters.reach import Reach, as_literal

Resolve = Callable[[str, int], Sequence[str]]
"""Addresses of a host, best first; OSError when it has none."""


def addresses(host: str, port: int) -> Sequence[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]) for one in found))


class GuardedNetwork(httpcore.NetworkBackend):
    """Connects by `reach` alone. httpcore.ConnectError when nothing may be reached, ConnectTimeout when time is over."""

    def __init__(self, reach: Reach, total_s: float, resolve: Resolve, wire: httpcore.NetworkBackend) -> None:
        self._reach = reach
        self._total_s = total_s
        self._resolve = resolve
        self._wire = wire

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        deadline = _Deadline(self._total_s)
        if not self._reach.allows(host, port):
            raise httpcore.ConnectError(f"{host}:{port} is not on the list of allowed hosts")
        found = [host] if as_literal(host) else self._resolved(host, port, deadline.left(timeout))
        good = [address for address in found if self._reach.may_connect(host, port, address)]
        failed: Exception = httpcore.ConnectError(f"{host} leads to no address that may be reached: {', '.join(found)}")
        for tried, address in enumerate(good):
            # A share of the time for each, so that one that swallows packets leaves some to the next.
            share = deadline.left(timeout) / (len(good) - tried)
            try:
                return _Timed(self._wire.connect_tcp(address, port, share, local_address, socket_options), deadline)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
        raise failed

    def _resolved(self, host: str, port: int, within_s: float) -> Sequence[str]:
        """In a thread, for the system's resolver knows no deadline; it ends by itself when that gives up."""
        answer: queue.SimpleQueue[Sequence[str] | Exception] = queue.SimpleQueue()

        def ask() -> None:
            try:
                answer.put(self._resolve(host, port))
            except Exception as error:
                answer.put(error)

        threading.Thread(target=ask, name="resolve", daemon=True).start()
        try:
            found = answer.get(timeout=within_s)
        except queue.Empty:
            raise httpcore.ConnectTimeout(f"{host} was not resolved within {within_s:.1f} s") from None
        if isinstance(found, Exception):
            raise httpcore.ConnectError(f"{host}: {found}") from found
        return found


class _Deadline:
    def __init__(self, total_s: float) -> None:
        self._total_s = total_s
        self._until = time.monotonic() + total_s

    def left(self, at_most: float | None) -> float:
        """Seconds until the end, no more than told; httpcore.ReadTimeout when it has come."""
        left = self._until - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout(f"longer than {self._total_s:g} s")
        return left if at_most is None else min(left, at_most)


class _Timed(httpcore.NetworkStream):
    """A connection whose every step ends by the deadline."""

    def __init__(self, inner: httpcore.NetworkStream, deadline: _Deadline) -> None:
        self._inner = inner
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._deadline.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._deadline.left(timeout))

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        safe = self._inner.start_tls(ssl_context, server_hostname, self._deadline.left(timeout))
        return _Timed(safe, self._deadline)

    def close(self) -> None:
        self._inner.close()

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)

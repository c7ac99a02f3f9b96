"""The Party network: HTTP/1.1 over TLS 1.3 with certificates on both sides, persistent connections (217/3.2, 217/7.1).

A client of its own, small and suspicious: the node's certificate must be one the directory names, bytes go out in
order, exactly one answer with a stated length comes back, everything within a deadline. Redirects, chunked or
endless answers, and silence are all the same to it: Unreached.
"""

from __future__ import annotations

import hashlib
import re
import socket
import ssl
import threading
import time
from collections import defaultdict
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

from antin.exchange import faults
from antin.exchange.ports import Answer, Destination, Request, Unreached

CONNECT_S = 10.0
ANSWER_S = 60.0
BYTES_PER_S_LEAST = 50_000
WORKED_PER_S_LEAST = 10_000_000
IDLE_S = 30.0
HEAD_MAX = 16 * 1024
READ_BYTES = 32 * 1024
STATUS_LINE = re.compile(rb"HTTP/1\.[01] ([1-5][0-9]{2})(?: [^\r\n]*)?")


class PartyNetwork:
    """A channel for any number of threads; connections are kept and used again."""

    def __init__(
        self,
        certificate: Path,
        key: Path,
        authority: Path,
        *,
        connect_s: float = CONNECT_S,
        answer_s: float = ANSWER_S,
    ) -> None:
        self._files = (certificate, key, authority)
        self._connect_s = connect_s
        self._answer_s = answer_s
        self._idle: dict[str, list[_Connection]] = defaultdict(list)
        self._lock = threading.Lock()

    @cached_property
    def _context(self) -> ssl.SSLContext:
        """Read at the first connection, so that an installation without its node's keys yet can start."""
        return _context(*self._files)

    def exchange(self, destination: Destination, request: Request) -> Answer:
        kept = self._take(destination)
        if kept is not None:
            try:
                return self._use(kept, request)
            except _Stale:
                pass
        try:
            return self._use(self._connect(destination), request)
        except _Stale as stale:
            raise Unreached(str(stale)) from stale

    def _use(self, connection: _Connection, request: Request) -> Answer:
        patience_s = request.size / BYTES_PER_S_LEAST + request.work / WORKED_PER_S_LEAST
        deadline = time.monotonic() + self._answer_s + patience_s
        try:
            answer = connection.exchange(request, deadline)
        except (OSError, ValueError) as error:
            connection.close()
            if connection.is_reused and not connection.heard:
                raise _Stale(str(error)) from error
            raise Unreached(_short(error)) from error
        if connection.reusable:
            with self._lock:
                self._idle[connection.key].append(connection)
        else:
            connection.close()
        return answer

    def _take(self, destination: Destination) -> _Connection | None:
        """A kept connection to that node, the most recent first; long idle ones are closed."""
        while True:
            with self._lock:
                kept = self._idle[_key(destination)]
                connection = kept.pop() if kept else None
            if connection is None:
                return None
            if time.monotonic() - connection.used_at < IDLE_S:
                connection.is_reused = True
                return connection
            connection.close()

    def _connect(self, destination: Destination) -> _Connection:
        parts = urlsplit(destination.url)
        if parts.scheme != "https" or not parts.hostname:
            raise Unreached("the partner's address is not https")
        address = (parts.hostname, parts.port or 443)
        try:
            raw = socket.create_connection(address, timeout=self._connect_s)
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            tls = self._context.wrap_socket(raw, server_hostname=parts.hostname)
        except (OSError, ValueError) as error:
            raise Unreached(_short(error)) from error
        shown = hashlib.sha256(tls.getpeercert(binary_form=True) or b"").hexdigest()
        if shown not in destination.node_certificates:
            tls.close()
            raise Unreached("the node shows a certificate that the directory does not name")
        return _Connection(tls, _key(destination), parts.netloc)


class _Stale(Exception):
    """A kept connection was closed by the other side before it heard us."""


class _Connection:
    def __init__(self, sock: ssl.SSLSocket, key: str, host: str) -> None:
        self.key = key
        self.used_at = time.monotonic()
        self.is_reused = False
        self.reusable = False
        self.heard = False
        self._socket = sock
        self._host = host

    def exchange(self, request: Request, deadline: float) -> Answer:
        self.reusable = self.heard = False
        whole = self._send(request, deadline)
        answer = self._read(whole, deadline, request.most)
        self.used_at = time.monotonic()
        return answer

    def close(self) -> None:
        try:
            self._socket.close()
        except OSError:
            return

    def _send(self, request: Request, deadline: float) -> bool:
        """True when everything left; False when the other side stopped reading (its answer may say why)."""
        more = "".join(f"{name}: {value}\r\n" for name, value in request.headers)
        head = (
            f"{request.method} {request.path} HTTP/1.1\r\nHost: {self._host}\r\n"
            f"Content-Type: {request.media_type}\r\nContent-Length: {request.size}\r\nUser-Agent: antin\r\n{more}\r\n"
        )
        sent = 0
        pending = bytearray(head.encode("ascii"))
        try:
            for piece in request.pieces():
                pending += piece
                sent += len(piece)
                if len(pending) >= READ_BYTES:
                    self._send_all(pending, deadline)
                    faults.reach("send.half_sent")
                    pending.clear()
            self._send_all(pending, deadline)
        except (BrokenPipeError, ConnectionResetError, ssl.SSLError) as error:
            if isinstance(error, TimeoutError) or self.is_reused:
                raise
            return False
        faults.reach("send.sent")
        if sent != request.size:
            raise ValueError("the body is not as long as announced")
        return True

    def _send_all(self, data: bytearray, deadline: float) -> None:
        self._socket.settimeout(_left(deadline))
        self._socket.sendall(data)

    def _read(self, whole: bool, deadline: float, most: int) -> Answer:
        while True:
            status, headers, rest = self._read_head(deadline)
            if status >= 200:
                break
        length = headers.get("content-length", "")
        if "transfer-encoding" in headers or not length.isascii() or not length.isdigit() or int(length) > most:
            raise ValueError("the answer has no acceptable length")
        body = bytearray(rest)
        while len(body) < int(length):
            body += self._receive(deadline)
        if len(body) != int(length):
            raise ValueError("the answer is longer than announced")
        self.reusable = whole and headers.get("connection", "").lower() != "close"
        after = headers.get("retry-after", "")
        return Answer(status, bytes(body), whole, float(after) if after.isdigit() else None)

    def _read_head(self, deadline: float) -> tuple[int, dict[str, str], bytes]:
        data = bytearray()
        while (end := data.find(b"\r\n\r\n")) < 0:
            if len(data) > HEAD_MAX:
                raise ValueError("the answer's head is too long")
            data += self._receive(deadline)
        lines = bytes(data[:end]).split(b"\r\n")
        found = STATUS_LINE.fullmatch(lines[0])
        if found is None:
            raise ValueError("the answer is not HTTP")
        headers: dict[str, str] = {}
        for line in lines[1:]:
            name, colon, value = line.partition(b":")
            if not colon or name.lower().decode("latin-1") in headers:
                raise ValueError("the answer's head is malformed")
            headers[name.lower().decode("latin-1")] = value.strip().decode("latin-1")
        return int(found[1]), headers, bytes(data[end + 4 :])

    def _receive(self, deadline: float) -> bytes:
        self._socket.settimeout(_left(deadline))
        data = self._socket.recv(READ_BYTES)
        if not data:
            raise ConnectionError("closed before the answer was complete")
        self.heard = True
        return data


def _context(certificate: Path, key: Path, authority: Path) -> ssl.SSLContext:
    """Verifies against the nodes' authority only; the name in the certificate is not asked, its digest is."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.check_hostname = False
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_cert_chain(certificate, key)
    context.load_verify_locations(authority)
    return context


def _key(destination: Destination) -> str:
    return f"{destination.url} {' '.join(sorted(destination.node_certificates))}"


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError("no complete answer in time")
    return left


def _short(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:300]

"""Slow clients against the web's few threads: a real server, real sockets."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing

import pytest

from antin.house import patient, serve

pytestmark = pytest.mark.clause("379/4.5", "217/13.1")

THREADS = 2
GOOD = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"


def application(environ: dict[str, object], start_response: Callable[..., object]) -> Iterable[bytes]:
    """Reads the body and says how long it was."""
    data = environ["wsgi.input"].read()  # type: ignore[attr-defined]
    start_response("200 OK", [("Content-Length", str(len(str(len(data)))))])
    return [str(len(data)).encode()]


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    monkeypatch.setattr(patient, "HEAD_S", 0.5)
    monkeypatch.setattr(patient, "SILENCE_S", 0.5)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        found = probe.getsockname()[1]
    child = os.fork()
    if child == 0:
        options = {"bind": f"127.0.0.1:{found}", "worker_class": patient.PatientWorker, "threads": THREADS}
        try:
            serve._Server(application, serve._common("test") | options).run()
        finally:
            os._exit(0)
    yield found
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def connected(port: int) -> socket.socket:
    """A connection, once the server listens; nothing waits longer than 10 s in here."""
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=10)
        except ConnectionRefusedError:
            continue


def answer(sock: socket.socket) -> bytes:
    """Everything until the other side ends the connection."""
    whole = bytearray()
    try:
        while data := sock.recv(4096):
            whole += data
    except ConnectionResetError:
        pass
    return bytes(whole)


def asked(port: int, data: bytes = GOOD) -> bytes:
    with closing(connected(port)) as sock:
        sock.sendall(data)
        return answer(sock)


def test_good_request_is_answered(port: int) -> None:
    assert asked(port).startswith(b"HTTP/1.1 200")
    assert asked(port, GOOD.replace(b"\r\n\r\n", b"\r\nContent-Length: 3\r\n\r\nabc")).endswith(b"\r\n\r\n3")


@pytest.mark.parametrize(
    "begun",
    [b"GET / HTTP/1.1\r\nHos", b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nabc"],
    ids=["a head that never ends", "a body that falls silent"],
)
def test_the_slow_keep_nobody_out_and_come_to_an_end(port: int, begun: bytes) -> None:
    asked(port)
    slow = [connected(port) for _ in range(3 * THREADS)]
    for sock in slow:
        sock.sendall(begun)
    assert asked(port).startswith(b"HTTP/1.1 200")
    for sock in slow:
        assert b" 200 " not in answer(sock)
        sock.close()

"""Timestamp authorities of a test's own over HTTP: each answers, is slow, or is down, as the test says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

from antin.house import wiring
from antin.house.config import Config
from antin.identity import ports as identity_ports
from antin.signing.pki import DemoAuthority
from world import World


@dataclass
class Stamping:
    """One authority: `slow_s` before each answer, `up` False answers 503. `asked` counts the calls."""

    pki: DemoAuthority
    slow_s: float = 0.0
    up: bool = True
    asked: int = 0
    url: str = ""
    trickle: bool = False
    rubbish: bytes | None = None
    over: Event = field(default_factory=Event, repr=False)
    """Set at the end of the test: nobody is kept waiting any more."""
    server: ThreadingHTTPServer | None = field(default=None, repr=False)

    def start(self) -> None:
        stamping = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                query = self.rfile.read(int(self.headers["Content-Length"]))
                stamping.asked += 1
                stamping.over.wait(stamping.slow_s)
                if not stamping.up:
                    self.send_error(503)
                    return
                answer = stamping.pki.timestamps.answer(query) if stamping.rubbish is None else stamping.rubbish
                self.send_response(200)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                for part in [answer[i : i + 1] for i in range(len(answer))] if stamping.trickle else [answer]:
                    self.wfile.write(part)
                    self.wfile.flush()
                    stamping.over.wait(0.05 if stamping.trickle else 0)

            def log_message(self, format: str, *args: object) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/tsa"
        Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()


@contextmanager
def authorities(world: World, count: int = 1, *, wait_s: float = 0.5) -> Iterator[list[Stamping]]:
    """The house asks these instead of its own, in this order, each for `wait_s` at most."""
    usual = world.authority.config
    made = [Stamping(world.authority.pki) for _ in range(count)]
    for one in made:
        one.start()
    signing = replace(
        usual.signing,
        timestamp_urls=tuple(one.url for one in made),
        timestamp_wait_s=wait_s,
        timestamp_deadline_s=max(wait_s, 3.0),
    )
    _wired(world, replace(usual, signing=signing))
    try:
        yield made
    finally:
        for one in made:
            one.over.set()
            assert one.server is not None
            one.server.shutdown()
            one.server.server_close()
        _wired(world, usual)


def _wired(world: World, config: Config) -> None:
    """The house under that configuration, with the world's clock where it was."""
    world.authority.config = config
    identity = identity_ports.bound()
    wiring.wire(config)
    identity_ports.bind(identity)

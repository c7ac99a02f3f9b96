"""Several installations in one process: a database each, the real acts, the real wire, and a sea between them.

    with island.ashore():     everything inside happens at that installation: its database, its clock, its directory
    island.back_up() · island.restore()      its database as it was then
    sea.weather               what becomes of a request on its way: a Weather, drawn anew for each

The channel is the one in-process thing: it carries each request to the other's WSGI door as TLS would, with the
certificate of the node it comes from.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
from django.db import connections
from tests.exchange.node import NodeFiles
from tests.exchange.scene import NAMES, RECIPIENT, SENDER, STRANGER, OrganisationEntry, Scene

import flushing
from antin.exchange import acts, directory, ports, receiver, sender
from antin.exchange.follow import follow_once
from antin.exchange.ports import Answer, Destination, Limits, Request, Unreached
from antin.identity import acts as identity
from antin.ledger import acts as ledger
from antin.signing import acts as signing
from antin.signing.pki.authority import Issued
from antin.values import Actor, FixedClock
from antin.vault import ports as vault_ports

CODES = (SENDER, RECIPIENT, STRANGER)
AHEAD = timedelta(hours=1)
"""Islands live a little later than their certificates were made, so that clocks may go back without leaving them."""
STRATEGIES_SINCE = 150000
"""The server's version."""
SHORT = {SENDER: "tw", RECIPIENT: "lg", STRANGER: "sd"}


class Sunk(BaseException):
    """The process at work dies here, as by SIGKILL: nothing catches it."""


@dataclass(frozen=True, slots=True)
class Weather:
    """What becomes of one request: lost before or after its effect, carried twice, late, or the asker sinks."""

    lost: bool = False
    answer_lost: bool = False
    twice: bool = False
    late: bool = False
    sinks: bool = False


FAIR = Weather()


@dataclass
class Sea:
    """Carries requests between islands by address; `late` ones arrive when the tide comes."""

    islands: dict[str, Island] = field(default_factory=dict)
    weather: Callable[[Island, Island], Weather] = lambda _from, _to: FAIR
    cut: set[frozenset[str]] = field(default_factory=set)
    late: list[tuple[Island, Island, Request, bytes]] = field(default_factory=list)
    carried: int = 0

    def carry(self, origin: Island, url: str, request: Request) -> Answer:
        target = self.islands[url]
        body = b"".join(request.pieces())  # read at home: what leaves is what the sender holds
        now = self.weather(origin, target)
        if frozenset((origin.code, target.code)) in self.cut or now.lost:
            raise Unreached("TimeoutError: no complete answer in time")
        if now.late:
            self.late.append((origin, target, request, body))
            raise Unreached("TimeoutError: no complete answer in time")
        answer = self.deliver(origin, target, request, body)
        if now.twice:
            self.deliver(origin, target, request, body)
        if now.sinks:
            raise Sunk
        if now.answer_lost:
            raise Unreached("ConnectionError: closed before the answer was complete")
        return answer

    def deliver(self, origin: Island, target: Island, request: Request, body: bytes) -> Answer:
        self.carried += 1
        with target.ashore():
            return _knock(origin.node.der, request, body)

    def tide(self) -> None:
        """What was late arrives now, in an order of its own; nobody waits for its answers any more."""
        arriving, self.late = self.late, []
        for origin, target, request, body in arriving:
            if frozenset((origin.code, target.code)) not in self.cut:
                self.deliver(origin, target, request, body)


def _knock(der: bytes, request: Request, body: bytes) -> Answer:
    said: dict[str, Any] = {}
    environ = {
        "REQUEST_METHOD": request.method,
        "PATH_INFO": request.path,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
        "gunicorn.socket": _Peer(der),
    }

    def start(status: str, headers: list[tuple[str, str]]) -> None:
        said["status"], said["headers"] = int(status.split()[0]), dict(headers)

    data = b"".join(receiver.application(environ, start))
    after = said["headers"].get("Retry-After", "")
    return Answer(said["status"], data, retry_after_s=float(after) if after else None)


@dataclass
class _Peer:
    """The socket, as far as the door looks at it: whose certificate TLS has verified."""

    der: bytes

    def getpeercert(self, *, binary_form: bool) -> bytes:
        assert binary_form
        return self.der

    def shutdown(self, _how: int) -> None:
        raise AssertionError("nobody is that slow here")


@dataclass
class Ferry:
    """A channel of one island."""

    sea: Sea
    island: Island

    def exchange(self, destination: Destination, request: Request) -> Answer:
        return self.sea.carry(self.island, destination.url, request)


@dataclass
class Island:
    """One installation with one organisation and a clock of its own."""

    code: str
    node: NodeFiles
    database: str
    sea: Sea
    scene: Scene
    limits: Limits
    clock: FixedClock = field(default_factory=lambda: FixedClock(datetime.now(UTC) + AHEAD))
    product: vault_ports.CipherProduct | None = None
    mail: ports.Mail | None = None
    _wrapper: Any = None

    @property
    def url(self) -> str:
        return f"https://{SHORT[self.code]}.mau"

    @contextmanager
    def ashore(self) -> Iterator[None]:
        """Everything inside happens here."""
        before, bound, vault = connections["default"], ports.bound(), vault_ports.bound()
        connections["default"] = self._connection()
        ports.bind(self._ports(bound))
        vault_ports.bind(replace(vault, product=self.product))
        directory.forget()
        try:
            yield
        finally:
            connections["default"] = before
            ports.bind(bound)
            vault_ports.bind(vault)
            directory.forget()

    def work(self) -> None:
        """One round of the background process: what came to pass is followed, what is due is sent. A Sunk ends it."""
        with self.ashore():
            ledger.integrate()
            while follow_once():
                pass
            sender.send_due()
            sender.offer_again()

    def back_up(self) -> None:
        self._close()
        _administrate(f'drop database if exists "{self.database}_copy"')
        _copy(self.database, f"{self.database}_copy")

    def restore(self) -> None:
        """The database as it was backed up; whatever was done since is gone here, and only here."""
        self._close()
        drop(self.database)
        _copy(f"{self.database}_copy", self.database)

    def sink(self) -> None:
        """Nobody is there any more, and no backup of it; the next island of that name begins anew."""
        self._close()
        drop(f"{self.database}_copy")

    def _connection(self) -> Any:
        if self._wrapper is None:
            self._wrapper = connections.create_connection("default")
            self._wrapper.settings_dict = {**self._wrapper.settings_dict, "NAME": self.database}
        return self._wrapper

    def _close(self) -> None:
        if self._wrapper is not None:
            self._wrapper.close()

    def _ports(self, bound: ports.Ports) -> ports.Ports:
        return replace(
            bound,
            installation=SHORT[self.code],
            organisation_code=self.code,
            channel=Ferry(self.sea, self),
            clock=self.clock,
            limits=self.limits,
            mail=self.mail,
        )


def raise_islands(
    codes: tuple[str, ...], nodes: dict[str, NodeFiles], issued: dict[str, Issued], made: set[str]
) -> Sea:
    """Founds an installation for each code, each a partner of all others; under the bound ports of a `house`.

    `made` are the databases of islands that stand already.
    """
    sea = Sea()
    template = connections["default"].settings_dict["NAME"]
    for code in codes:
        node = nodes[code]
        scene = Scene(node, node, None, issued, home=code)  # type: ignore[arg-type]
        island = Island(code, node, f"{template}_{SHORT[code]}", sea, scene, Limits(directory_s=0.0, lease_s=30.0))
        _begin_anew(island, template, made)
        sea.islands[island.url] = island
    for island in sea.islands.values():
        with island.ashore():
            _found(island, issued)
    return sea


def _begin_anew(island: Island, template: str, made: set[str]) -> None:
    """Its database with nothing in it: made at its first raising, emptied afterwards, which takes a tenth of the time."""
    _leave(island.database)
    if island.database not in made:
        connections.close_all()
        _leave(template)
        drop(island.database)
        _copy(template, island.database)
        made.add(island.database)
    with island.ashore():
        flushing.empty(connections["default"])


def _found(island: Island, issued: dict[str, Issued]) -> None:
    system, code = Actor.system(), island.code
    organisation_id = identity.found_organisation(
        actor=system, name=NAMES[code], short_name=code, kind="organisation", level="central", place="Hà Nội",
        notation="VPTW", body_name=NAMES[code].upper(), codes={"party": code}, basis="Quyết định mẫu số 01",
    )  # fmt: skip
    island.scene.organisations[code] = organisation_id
    signing.note_certificate(
        actor=system, holder_kind="organisation", holder_id=organisation_id, purpose="exchange",
        certificate_der=issued[code].certificate_der, chain_der=issued[code].chain_ders, key_ref=f"exchange-{code}",
    )  # fmt: skip
    for other in island.sea.islands.values():
        acts.found_partner(
            actor=system,
            name=NAMES[other.code],
            url=other.url,
            node_certificate_der=other.node.der,
            host_code=other.code,
            organisations=[OrganisationEntry(other.code, NAMES[other.code], issued[other.code].certificate_der)],
            is_self=other is island,
        )


def drop(database: str) -> None:
    _leave(database)
    _administrate(f'drop database if exists "{database}"')


def _leave(database: str) -> None:
    """Ends our own connections there. PostgreSQL ends its housekeeping itself, which no role of ours may do, nor FORCE for it."""
    ours = f"datname = '{database}' and usename = current_user"
    _administrate(f"select pg_terminate_backend(pid) from pg_stat_activity where {ours}")


def _copy(template: str, database: str) -> None:
    """File by file, as every version did before 15 and later ones do when told: half the work of a copy by the log."""
    by_files = " strategy file_copy" if connections["default"].pg_version >= STRATEGIES_SINCE else ""
    _administrate(f'create database "{database}" template "{template}"{by_files}')


def _administrate(statement: str) -> None:
    """A statement about whole databases, on a connection of its own."""
    settings = connections["default"].settings_dict
    with psycopg.connect(
        host=settings["HOST"] or None,
        port=settings["PORT"] or None,
        user=settings["USER"] or None,
        password=settings["PASSWORD"] or None,
        dbname="postgres",
        autocommit=True,
    ) as own:
        own.execute(statement)  # type: ignore[arg-type]

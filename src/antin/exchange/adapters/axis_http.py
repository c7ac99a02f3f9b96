"""The national axis over HTTP: signed requests to one configured address, answers capped in size and time.

The address comes from the installation's configuration alone; redirects are not followed, nothing is taken from the
environment. What is not the axis' own clear answer is Unreached: whether it was done is then unknown.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TypeVar
from urllib.parse import urlsplit

import httpx

from antin.exchange.axis import protocol
from antin.exchange.axis.protocol import AgencyRow, AxisRefused, Credentials, Entry
from antin.exchange.ports import Unreached
from antin.regulation import RemoteViolation
from antin.values import Clock, SystemClock

ANSWER_S = 60.0
CONNECT_S = 10.0
BYTES_PER_S_LEAST = 200_000
ANSWER_MOST = 4 * 1024 * 1024
LIST_MOST = 64 * 1024 * 1024
PIECE = 64 * 1024
Said = TypeVar("Said")
Value = TypeVar("Value")


class AxisHttp:
    """The port `Axis`. ValueError for what is no address."""

    def __init__(
        self,
        url: str,
        credentials: Credentials,
        *,
        answer_s: float = ANSWER_S,
        connect_s: float = CONNECT_S,
        clock: Clock | None = None,
    ) -> None:
        if urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).hostname:
            raise ValueError(f"{url} is no address of an axis")
        self.url = url.rstrip("/")
        self._credentials = credentials
        self._answer_s = answer_s
        self._clock = clock or SystemClock()
        self._client = httpx.Client(
            timeout=httpx.Timeout(answer_s, connect=connect_s), follow_redirects=False, trust_env=False
        )

    def agencies(self) -> tuple[AgencyRow, ...]:
        """Every body the axis lists, with its code of QĐ 20/2020 in use and its older one."""
        listed = _read(protocol.agencies, self._ask(protocol.AGENCIES, {}, LIST_MOST))
        older = _read(protocol.new_codes, self._ask(protocol.NEW_CODES, {"level": "1"}, LIST_MOST))
        return tuple(AgencyRow(row.code, row.old_code or older.get(row.code, ""), row.name, row.mail) for row in listed)

    def send(self, *, sender: str, kind: str, size: int, sha256: str, pieces: Callable[[], Iterable[bytes]]) -> str:
        """Hands a message over; the axis' id of it."""
        said = {"from": sender, "servicetype": protocol.SERVICE, "messagetype": kind}
        deadline = self._deadline(size)
        with self._post(
            protocol.SEND, pieces(), size, protocol.digest_of_hex(sha256), protocol.BYTES, deadline, said
        ) as answer:
            return _read(protocol.doc_id, _said(_capped(answer, ANSWER_MOST, deadline)))

    def received(self, kind: str) -> tuple[Entry, ...]:
        """What waits for our bodies, and was not told done."""
        asked = {"servicetype": protocol.SERVICE, "messagetype": kind}
        return _read(protocol.entries, self._ask(protocol.RECEIVED, asked, LIST_MOST))

    def sent(self, kind: str, doc_id: str = "") -> tuple[Entry, ...]:
        """What our bodies sent, each recipient apart; `doc_id` asks for one message."""
        asked = {"servicetype": protocol.SERVICE, "messagetype": kind, **({"docId": doc_id} if doc_id else {})}
        return _read(protocol.entries, self._ask(protocol.SENT, asked, LIST_MOST))

    def get(self, doc_id: str, *, most: int, sink: Callable[[bytes], None]) -> int:
        """Writes the message's bytes into the sink; how many. RemoteViolation when there are more than `most`."""
        body = json.dumps({"filePath": "", "docId": doc_id}).encode()
        deadline, count = self._deadline(most), 0
        with self._post(protocol.GET, [body], len(body), protocol.digest_of(body), protocol.JSON, deadline) as answer:
            if protocol.JSON in answer.headers.get("content-type", ""):
                _said(_capped(answer, ANSWER_MOST, deadline))
                raise Unreached("an answer without the message")
            for piece in _pieces(answer, deadline):
                count += len(piece)
                if count > most:
                    raise protocol.too_large(most)
                sink(piece)
        return count

    def update_status(self, doc_id: str, status: str) -> None:
        """Tells the axis that a message was taken in (done) or can't be (fail)."""
        self._ask(protocol.DONE, {"status": status, "docId": doc_id}, ANSWER_MOST)

    def _ask(self, verb: str, asked: Mapping[str, str], most: int) -> dict[str, object]:
        body = json.dumps(asked).encode()
        deadline = self._deadline(most)
        with self._post(verb, [body], len(body), protocol.digest_of(body), protocol.JSON, deadline) as answer:
            return _said(_capped(answer, most, deadline))

    @contextmanager
    def _post(
        self,
        verb: str,
        pieces: Iterable[bytes],
        size: int,
        digest: str,
        media_type: str,
        deadline: float,
        more: Mapping[str, str] | None = None,
    ) -> Iterator[httpx.Response]:
        said = protocol.headers(self._credentials, digest, media_type, self._clock.now(), more)
        try:
            with self._client.stream(
                "POST",
                self.url + verb,
                content=_in_time(pieces, deadline),
                headers={**said, "Content-Length": str(size)},
            ) as answer:
                if answer.status_code != 200:
                    raise Unreached(f"HTTP {answer.status_code}")
                yield answer
        except (httpx.HTTPError, httpx.StreamError, OSError) as error:
            raise Unreached(f"{type(error).__name__}: {error}"[:300]) from error

    def _deadline(self, size: int) -> float:
        return time.monotonic() + self._answer_s + size / BYTES_PER_S_LEAST


def _said(data: bytes) -> dict[str, object]:
    return _read(protocol.answer, data)


def _read(reading: Callable[[Said], Value], said: Said) -> Value:
    """What the axis said; Unreached when it makes no sense."""
    try:
        return reading(said)
    except RemoteViolation as odd:
        raise Unreached(odd.message()) from odd


def _in_time(pieces: Iterable[bytes], deadline: float) -> Iterator[bytes]:
    for piece in pieces:
        if time.monotonic() > deadline:
            raise TimeoutError("the message did not leave in time")
        yield piece


def _pieces(answer: httpx.Response, deadline: float) -> Iterator[bytes]:
    for piece in answer.iter_raw(PIECE):
        if time.monotonic() > deadline:
            raise TimeoutError("no complete answer in time")
        yield piece


def _capped(answer: httpx.Response, most: int, deadline: float) -> bytes:
    data = bytearray()
    for piece in _pieces(answer, deadline):
        data += piece
        if len(data) > most:
            raise Unreached("an answer without end")
    return bytes(data)


__all__ = ["AxisHttp", "AxisRefused"]

"""Time stamps over HTTP (RFC 3161 §3.4): several authorities in order, strict answers, caps on size and time.

Each authority has a deadline of its own for the whole exchange, however slowly it talks, and at most `AT_ONCE` calls on
their way. One that failed is asked after the others for a while, so that a dead one does not cost its deadline each time.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from functools import partial

import httpx

from antin.regulation import Indeterminate
from antin.signing import cms, der, token
from antin.signing.adapters import guarded_client
from antin.signing.adapters.reach import Reach
from antin.values import N_, Clock, SystemClock

MAX_ANSWER = 65_536
MAX_DRIFT = timedelta(minutes=5)
AT_ONCE = 4
"""Calls on their way to one authority; public ones bear no more (they were measured at 2 to 131 s a call)."""
ASIDE_S = 60.0
"""For so long an authority that failed is asked last."""


class HttpTimestamper:
    """The port `Timestamper`. `urls` are asked in order until one gives a sound token, each for `timeout_s` at most.

    `internal`: those of their hosts that may lie in a private network (`Reach`).
    """

    def __init__(
        self,
        urls: Sequence[str],
        *,
        internal: Iterable[str] = (),
        timeout_s: float = 10.0,
        attempts: int = 2,
        clock: Clock | None = None,
        client: httpx.Client | None = None,
    ) -> None:
        self._urls = tuple(urls)
        self._deadline_s = timeout_s
        self._lines = {url: threading.BoundedSemaphore(AT_ONCE) for url in self._urls}
        self._aside: dict[str, float] = {}
        self._attempts = attempts
        self._clock = clock or SystemClock()
        self._client = client or guarded_client.client(
            Reach.of_urls(self._urls, internal), timeout_s=timeout_s, total_s=timeout_s
        )

    @property
    def longest_s(self) -> float:
        """Every authority for its whole deadline, each as often as they are asked."""
        return self._deadline_s * len(self._urls) * self._attempts

    def token(self, digest: bytes) -> bytes:
        tried: list[str] = []
        for _ in range(self._attempts):
            for url in self._in_order():
                try:
                    return within(self._deadline_s, self._lines[url], partial(self._ask, url, digest))
                except (httpx.HTTPError, ValueError, TimeoutError) as failed:
                    self._aside[url] = time.monotonic() + ASIDE_S
                    tried.append(f"{url}: {failed}")
        raise Indeterminate(
            "379/12.2.b",
            N_("Chưa lấy được dấu thời gian: không đơn vị cấp nào trả lời hợp lệ."),
            N_("Hệ thống sẽ thử lại; kiểm tra kết nối tới dịch vụ cấp dấu thời gian."),
            tried=tried,
        )

    def _in_order(self) -> list[str]:
        """As configured, those that failed a moment ago last."""
        now = time.monotonic()
        return sorted(self._urls, key=lambda url: self._aside.get(url, 0.0) > now)

    def _ask(self, url: str, digest: bytes) -> bytes:
        nonce = secrets.randbits(63) | 1 << 62
        imprint = der.sequence(cms.digest_id(digest), der.octets(digest))
        asked = der.sequence(der.integer(1), imprint, der.integer(nonce), der.TRUE)
        answer = post(self._client, url, asked, "application/timestamp-query", MAX_ANSWER)
        given = _granted(answer)
        facts = token.read(given)
        if not token.covers(facts, digest, cms.DIGEST_OF_SIZE[len(digest)]) or facts.nonce != nonce:
            raise ValueError("the token is for something else")
        if abs(facts.at - self._clock.now()) > MAX_DRIFT:
            raise ValueError("the authority's clock and ours differ by more than five minutes")
        if not token.is_signed(facts):
            raise ValueError("the token's own signature does not verify")
        return given


def within(deadline_s: float, line: threading.BoundedSemaphore, ask: Callable[[], bytes]) -> bytes:
    """The answer, or TimeoutError after the deadline: whoever trickles holds a thread of the line, never the caller."""
    until = time.monotonic() + deadline_s
    if not line.acquire(timeout=deadline_s):
        raise TimeoutError(f"{AT_ONCE} calls are waiting for it already")
    answer: list[bytes | BaseException] = []
    done = threading.Event()

    def run() -> None:
        try:
            answer.append(ask())
        except BaseException as failed:
            answer.append(failed)
        finally:
            line.release()
            done.set()

    threading.Thread(target=run, name="timestamp", daemon=True).start()
    if not done.wait(max(0.0, until - time.monotonic())):
        raise TimeoutError(f"no answer within {deadline_s:g} s")
    if isinstance(answer[0], BaseException):
        raise answer[0]
    return answer[0]


def post(client: httpx.Client, url: str, body: bytes, kind: str, limit: int) -> bytes:
    """POST with a cap on the answer; ValueError when it is longer or the state is not 200."""
    with client.stream("POST", url, content=body, headers={"Content-Type": kind}) as answer:
        return read_capped(answer, limit)


def read_capped(answer: httpx.Response, limit: int) -> bytes:
    if answer.status_code != 200:
        raise ValueError(f"HTTP {answer.status_code}")
    parts, size = [], 0
    for part in answer.iter_bytes():
        size += len(part)
        if size > limit:
            raise ValueError(f"answer longer than {limit} bytes")
        parts.append(part)
    return b"".join(parts)


def _granted(answer: bytes) -> bytes:
    outer = der.Reader(answer)
    body = outer.inside()
    status = body.inside().integer()
    if status not in (0, 1) or not body.more():
        raise ValueError(f"refused with status {status}")
    given = body.raw(der.SEQUENCE)
    body.finish()
    return given


def imprint(data: bytes) -> bytes:
    """The digest that a timestamp is asked for."""
    return hashlib.sha256(data).digest()

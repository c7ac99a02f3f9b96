"""An HTTP client over the guarded network: for addresses that come from outside.

One request a connection: each is resolved and checked anew, and the connection's deadline is the request's. No
redirect is followed, no proxy of the environment is used.

    with client(Reach.of(["ocsp.example.vn"]), timeout_s=5, total_s=10) as asking:
        asking.post("http://ocsp.example.vn/")
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager

import httpcore
import httpx

from antin.signing.adapters.guarded_network import GuardedNetwork, Resolve, addresses
from antin.signing.adapters.reach import Reach


def client(
    reach: Reach,
    *,
    timeout_s: float,
    total_s: float,
    resolve: Resolve | None = None,
    wire: httpcore.NetworkBackend | None = None,
    context: ssl.SSLContext | None = None,
) -> httpx.Client:
    """`timeout_s`: the longest silence, `total_s`: the longest request. `resolve` and `wire`: the net, for tests another."""
    network = GuardedNetwork(reach, total_s, resolve or addresses, wire or httpcore.SyncBackend())
    return httpx.Client(
        transport=_Transport(network, context or httpx.create_ssl_context(trust_env=False)),
        timeout=timeout_s,
        headers={"Connection": "close"},
        follow_redirects=False,
        trust_env=False,
    )


class _Transport(httpx.BaseTransport):
    """httpx over a connection pool of httpcore that keeps no connection: each request is resolved and checked anew."""

    def __init__(self, network: GuardedNetwork, context: ssl.SSLContext) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=context, max_keepalive_connections=0, network_backend=network, retries=0
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        asked = httpcore.Request(
            request.method,
            httpcore.URL(
                scheme=request.url.raw_scheme,
                host=request.url.raw_host,
                port=request.url.port,
                target=request.url.raw_path,
            ),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        with _told_as_httpx():
            answer = self._pool.handle_request(asked)
        return httpx.Response(answer.status, headers=answer.headers, stream=_Body(answer), extensions=answer.extensions)

    def close(self) -> None:
        self._pool.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        with _told_as_httpx():
            yield from self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()


@contextmanager
def _told_as_httpx() -> Iterator[None]:
    """Callers of an httpx client know httpx' errors alone."""
    try:
        yield
    except httpcore.TimeoutException as error:
        raise httpx.TimeoutException(str(error)) from error
    except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.UnsupportedProtocol) as error:
        raise httpx.TransportError(str(error)) from error

"""`antin serve`: web pages, API and the receiving endpoint, from one process that loads everything once.

The parent imports the product, then forks: the children share its memory. The receiving endpoint speaks TLS 1.3
with client certificates only; pages and API speak HTTP for a reverse proxy or the local machine.
"""

from __future__ import annotations

import gc
import os
import signal
import ssl
from collections.abc import Callable
from typing import Any

from gunicorn.app.base import BaseApplication

from antin.exchange import deadlines
from antin.house.config import Config

WEB_THREADS = 8
EXCHANGE_THREADS = 24
"""Of each process, more than one partner may hold (`Limits.per_partner`): a slow one leaves room for others."""
EXCHANGE_PROCESSES = min(2, os.cpu_count() or 1)


class _Server(BaseApplication):
    """Gunicorn configured in code: nothing is read from files or the environment."""

    def __init__(self, application: Callable[..., Any], options: dict[str, object]) -> None:
        self._application = application
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Callable[..., Any]:
        return self._application


def _common(name: str) -> dict[str, object]:
    return {
        "proc_name": name,
        "worker_class": "gthread",
        "workers": 1,
        "preload_app": True,
        "graceful_timeout": 5,
        "timeout": 60,
        "loglevel": "warning",
        "worker_tmp_dir": "/dev/shm" if os.path.isdir("/dev/shm") else None,  # noqa: S108, PTH112 (gunicorn's heartbeat file)
    }


def run_web(config: Config) -> None:
    """Serves pages and API until told to stop."""
    from antin.house.patient import PatientWorker
    from antin.house.wsgi import application

    options = _common(f"{config.name}-web")
    options |= {
        "bind": f"{config.web.host}:{config.web.port}",
        "worker_class": PatientWorker,
        "threads": WEB_THREADS,
        "keepalive": 15,
    }
    _Server(application, options).run()


def run_exchange(config: Config) -> None:
    """Serves the receiving endpoint under mutual TLS until told to stop."""
    from antin.exchange.receiver import application

    options = _common(f"{config.name}-exchange")
    options |= {
        "bind": f"{config.exchange.host}:{config.exchange.port}",
        "threads": EXCHANGE_THREADS,
        "workers": EXCHANGE_PROCESSES,
        "keepalive": 75,
        "timeout": 180,
        "certfile": str(config.path(config.exchange.node_certificate)),
        "keyfile": str(config.path(config.exchange.node_key)),
        "ca_certs": str(config.path(config.exchange.node_authority)),
        "cert_reqs": ssl.CERT_REQUIRED,
        "ssl_context": _mutual_tls,
        "do_handshake_on_connect": False,
    }
    _Server(application, options).run()


def _mutual_tls(_: object, default: Callable[[], ssl.SSLContext]) -> ssl.SSLContext:
    return deadlines.harden(default())


def run(config: Config, parts: dict[str, Callable[[Config], None]]) -> int:
    """Forks one child per part and waits; when one ends, the others are stopped. Answers the exit code."""
    gc.collect()
    gc.freeze()
    children: dict[int, str] = {}
    for name, part in parts.items():
        child = os.fork()
        if child == 0:
            _child(part, config)
        children[child] = name
    return _wait(children)


def _child(part: Callable[[Config], None], config: Config) -> None:
    code = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        part(config)
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    finally:
        os._exit(code)


def _wait(children: dict[int, str]) -> int:
    stopping = False

    def stop(*_: object) -> None:
        nonlocal stopping
        stopping = True
        for child in list(children):
            _signal(child, signal.SIGTERM)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    result = 0
    while children:
        try:
            ended, status = os.wait()
        except InterruptedError:
            continue
        if children.pop(ended, None) and not stopping:
            result = 1
            stop()
        elif status and stopping:
            result = result or 0
    return result


def _signal(child: int, number: int) -> None:
    try:
        os.kill(child, number)
    except ProcessLookupError:
        return

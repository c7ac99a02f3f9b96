"""The time-stamping authority as others reach it, and what a process that validates files holds in memory.

    memory  the sandbox's process and its copies while they judge signed and sealed files, at their highest
    tokens  over HTTP on persistent connections to the authority's own server, RSA-2048, each token in its journal;
            requests are made beforehand, one client process does nothing but send and read

Usage: python bench/services.py [--tokens 4000] [--connections 2] [--files 40] [--json]
"""

from __future__ import annotations

import argparse
import hashlib
import http.client
import json
import logging
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from _two_homes import await_port, free_port

import signing
from antin.signing import cms, der
from antin.signing.pki import DemoAuthority
from antin.signing.verdict import Policy, validate_sandboxed
from antin.signing.verdict.sandboxed import new_pool

TOKENS_PER_S, WORKER_MB = 1000.0, 150.0


def main() -> int:
    arguments = _arguments()
    logging.disable(logging.WARNING)
    home = Path(tempfile.mkdtemp(prefix="antin-bench-"))
    try:
        figures = {
            "name": "services",
            "worker_mb": _memory(home / "files", arguments.files),
            "tokens_per_s": _tokens(home / "authority", arguments.tokens, arguments.connections),
        }
    finally:
        shutil.rmtree(home, ignore_errors=True)
    print(json.dumps(figures) if arguments.json else _sentence(figures))
    return 0 if figures["tokens_per_s"] >= TOKENS_PER_S and figures["worker_mb"] <= WORKER_MB else 1


def _memory(home: Path, files: int) -> float:
    """The largest of the processes that judged, MB; they have ended and are counted as this process's children."""
    home.mkdir()
    bench = signing._set_up(home)
    sealed, pool = bench.sealed(), new_pool(workers=1)
    for _ in range(files):
        report = validate_sandboxed(sealed, trust=bench.ports.trust, policy=Policy(("person", "seal")), pool=pool)
        assert report.verdict == "valid", report
    pool.close()
    return round(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024, 1)


def _tokens(home: Path, count: int, connections: int) -> float:
    DemoAuthority.create(home)
    port = free_port()
    command = [sys.executable, "-m", "antin.signing.pki.server", "--home", str(home), "--port", str(port)]
    server = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        await_port(port)
        _ask(port, _requests(50))
        shares = [_requests(count // connections) for _ in range(connections)]
        threads = [threading.Thread(target=_ask, args=(port, share)) for share in shares]
        begun = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return round(sum(map(len, shares)) / (time.perf_counter() - begun), 1)
    finally:
        server.terminate()
        server.wait()


def _requests(count: int) -> list[bytes]:
    """Time-stamp requests (RFC 3161 §2.4.1) over SHA-256, with nonce, the certificate asked for."""
    made = []
    for _ in range(count):
        digest = hashlib.sha256(os.urandom(16)).digest()
        imprint = der.sequence(cms.digest_id(digest), der.octets(digest))
        made.append(der.sequence(der.integer(1), imprint, der.integer(int.from_bytes(os.urandom(8))), der.TRUE))
    return made


def _ask(port: int, requests: list[bytes]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    for request in requests:
        connection.request("POST", "/tsa", request, {"Content-Type": "application/timestamp-query"})
        answer = connection.getresponse().read()
        assert len(answer) > 1_000, answer
    connection.close()


def _sentence(figures: dict[str, object]) -> str:
    return (
        f"services: {figures['tokens_per_s']} timestamp tokens/s over HTTP (target {TOKENS_PER_S:.0f}/s); "
        f"a process that validates held {figures['worker_mb']} MB at most (target {WORKER_MB:.0f})"
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="timestamps over HTTP, memory of a validating process")
    parser.add_argument("--tokens", type=int, default=4000)
    parser.add_argument("--connections", type=int, default=2)
    parser.add_argument("--files", type=int, default=40)
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())

"""Our exchange against AS2: django-pyas2 in an environment of its own, and `bench/exchange.py`, in one run.

The same work: a 100 kB PDF that does not compress, RSA-2048, a signed receipt that the sender has verified and stored,
two installations with a durable PostgreSQL database each, everything on this machine. README.md tells what differs.
Both rates hold from building and signing the message to its receipt.

Usage: python bench/peers/as2.py [--messages 150] [--senders 1,2] [--ours 400] [--folder DIR] [--no-encryption] [--json]
`--folder` keeps the peer's environment for the next run.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from antin.house import postgres

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import _two_homes as two_homes  # noqa: E402 (found only now)

TARGET_TIMES = 12.0
SENDER, RECEIVER = "orga", "orgb"
WORKERS = 2


def main() -> int:
    arguments = _arguments()
    folder = Path(tempfile.mkdtemp(prefix="antin-bench-"))
    try:
        python = _environment_of_the_peer(arguments.folder or folder)
        peer = _peer(folder, python, arguments)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    ours = _ours(arguments.ours)
    best = max(peer, key=lambda one: one["messages_per_s"])
    figures = {
        "name": "as2",
        "peer": peer,
        "ours": ours,
        "times": round(ours["messages_per_s"] / best["messages_per_s"], 1),
        "times_cpu": round(min(one["cpu_ms"] for one in peer) / ours["cpu_ms"], 1),
    }
    print(json.dumps(figures) if arguments.json else _sentences(figures))
    return 0 if figures["times"] >= TARGET_TIMES and not ours["lost"] else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="our exchange against AS2")
    parser.add_argument("--messages", type=int, default=150, help="of each of the peer's senders")
    parser.add_argument("--senders", type=lambda text: [int(one) for one in text.split(",")], default="1,2")
    parser.add_argument("--ours", type=int, default=400, help="messages of our exchange")
    parser.add_argument("--folder", type=Path, help="where the peer's environment is made and kept")
    parser.add_argument("--no-encryption", action="store_true", help="the peer signs only")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def _sentences(figures: dict[str, Any]) -> str:
    said = [
        f"as2: django-pyas2, {one['senders']} senders: {one['messages_per_s']} messages/s, CPU sender "
        f"{one['sender_cpu_ms']} ms, receiver {one['receiver_cpu_ms']} ms a message; {one['received']} received"
        for one in figures["peer"]
    ]
    ours = figures["ours"]
    said.append(
        f"as2: ours: {ours['messages_per_s']} messages/s with building and signing ({ours['sending_per_s']} of the sending "
        f"alone), CPU {ours['cpu_ms']} ms a message of both sides; lost {ours['lost']}"
    )
    said.append(
        f"as2: ours is {figures['times']} times as fast (target {TARGET_TIMES:.0f}), with {figures['times_cpu']} times less CPU"
    )
    return "\n".join(said)


def _ours(messages: int) -> dict[str, Any]:
    """`bench/exchange.py` measures the sending alone: the time of queueing, where parcels are built and signed, is added."""
    command = [sys.executable, str(HERE.parent / "exchange.py"), "--json", "--messages", str(messages)]
    told = json.loads(subprocess.run(command, check=False, stdout=subprocess.PIPE, text=True).stdout)
    whole_s = told["seconds"] + messages * told["queue_cpu_ms"] / 1000
    return {
        "messages_per_s": round(told["received"] / whole_s, 1),
        "sending_per_s": told["messages_per_s"],
        "cpu_ms": round(told["queue_cpu_ms"] + told["sender_cpu_ms"] + told["receiver_cpu_ms"], 1),
        "lost": told["lost"],
    }


# the peer


def _environment_of_the_peer(folder: Path) -> Path:
    """Its interpreter; made at first use from the locked list, with the repair that it needs to start at all."""
    place = folder / "as2"
    python = place / "bin" / "python"
    if (place / "ready").exists():
        return python
    print("the peer's environment is being made", file=sys.stderr)
    subprocess.run([sys.executable, "-m", "venv", str(place)], check=True)
    install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
    subprocess.run([*install, "-r", HERE / "requirements.txt"], check=True, stdout=sys.stderr)
    _let_it_know_todays_openssl(place)
    (place / "ready").touch()
    return python


def _let_it_know_todays_openssl(place: Path) -> None:
    """oscrypto 1.3.0 takes one digit for each part of OpenSSL's version; Debian's is 3.0.22."""
    for name in ("_libcrypto_cffi.py", "_libcrypto_ctypes.py"):
        (path,) = place.glob(f"lib/python3*/site-packages/oscrypto/_openssl/{name}")
        text = path.read_text()
        path.write_text(text.replace(r"\\d\\.\\d\\.\\d[a-z]*", r"\\d+\\.\\d+\\.\\d+[a-z]*"))


def _peer(folder: Path, python: Path, arguments: argparse.Namespace) -> list[dict[str, Any]]:
    (folder / "page.pdf").write_bytes(two_homes.pdf())
    for name in (SENDER, RECEIVER):
        _make_key(folder, name)
    cluster = postgres.start(folder, extra_settings={"max_connections": "60"})
    try:
        port = two_homes.free_port()
        address = f"http://127.0.0.1:{port}/as2receive"
        places = {
            name: _place(folder, cluster, name, encrypt=not arguments.no_encryption) for name in (SENDER, RECEIVER)
        }
        roles = str(HERE / "_as2_roles.py")
        for name, partner in ((SENDER, RECEIVER), (RECEIVER, SENDER)):
            subprocess.run([python, roles, "found", partner, address], env=places[name], check=True)
        return [_sent(python, port, places, senders, arguments.messages) for senders in arguments.senders]
    finally:
        cluster.stop()
        postgres.remove(folder)


def _place(folder: Path, cluster: postgres.Cluster, name: str, *, encrypt: bool) -> dict[str, str]:
    """The environment variables of one of the peer's installations."""
    (folder / name).mkdir()
    database = f"as2_{name}"
    cluster.ensure_database(database)
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(HERE),
        "DJANGO_SETTINGS_MODULE": "_as2_site",
        "AS2_NAME": name,
        "AS2_PLACE": str(folder / name),
        "AS2_SOCKETS": str(cluster.sockets),
        "AS2_DATABASE": database,
        "AS2_ENCRYPT": "yes" if encrypt else "",
    }


def _make_key(folder: Path, name: str) -> None:
    """A self-signed certificate, as AS2 partners hand to each other."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    subject, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]), datetime.now(UTC)
    builder = x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
    dated = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=30))
    certificate = dated.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / f"{name}.crt").write_bytes(certificate)
    (folder / f"{name}.pem").write_bytes(secret + certificate)


def _sent(python: Path, port: int, places: dict[str, dict[str, str]], senders: int, messages: int) -> dict[str, Any]:
    command = [python, HERE / "_as2_roles.py", "send", str(messages)]
    with _serving(python, port, places[RECEIVER]) as spent:
        running = [
            subprocess.Popen(command, env=places[SENDER], stdout=subprocess.PIPE, text=True) for _ in range(senders)
        ]
        told = [json.loads(one.communicate()[0]) for one in running]
    received = sum(one["received"] for one in told)
    seconds = max(one["ended"] for one in told) - min(one["begun"] for one in told)
    sender_ms = sum(one["cpu_s"] for one in told) / received * 1000
    receiver_ms = spent[0] / (received + senders) * 1000
    return {
        "senders": senders,
        "messages_per_s": round(received / seconds, 1),
        "received": received,
        "sender_cpu_ms": round(sender_ms, 1),
        "receiver_cpu_ms": round(receiver_ms, 1),
        "cpu_ms": round(sender_ms + receiver_ms, 1),
    }


@contextmanager
def _serving(python: Path, port: int, place: dict[str, str]) -> Iterator[list[float]]:
    """The receiver under gunicorn; its CPU seconds stand in the list at the end."""
    command = [python, "-m", "gunicorn", "--workers", str(WORKERS), "--log-level", "warning", "--bind", f"127.0.0.1:{port}", "django.core.wsgi:get_wsgi_application()"]  # fmt: skip
    server = subprocess.Popen(command, env=place, start_new_session=True)
    spent: list[float] = []
    try:
        two_homes.await_port(port)
        yield spent
    finally:
        spent.append(two_homes.stop(server))


if __name__ == "__main__":
    raise SystemExit(main())

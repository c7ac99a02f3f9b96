"""The mail server of the demonstration world, and a body that only official mail reaches.

Folder `thu/` of the world's home: the simulator's own store (`antin mail-simulator`). Imports no wiring and no models.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
import ssl
from dataclasses import dataclass
from pathlib import Path

from antin.exchange.mail.simulator.store import lay_out
from antin.house.demo.cast import INSTALLATIONS
from antin.signing.pki import DemoAuthority

FOLDER = "thu"
PAUSE_S = 1.5


@dataclass(frozen=True)
class MailBody:
    """A body with a mail program and nothing else; the simulator plays who sits at it."""

    code: str
    name: str
    address: str


UNIVERSITY = MailBody("A97.05", "Đảng ủy Đại học Sơn Đoài (mẫu)", "van-thu@dai-hoc-son-doai.mau")


def address(installation: str) -> str:
    return f"van-thu@{installation}.mau"


def make(home: Path, authority: DemoAuthority) -> dict[str, str]:
    """The server's files, made once; the password of each installation's account, by name."""
    folder = home / FOLDER
    if not (folder / "accounts.json").exists():
        _make_server(folder, authority)
        issued = authority.issue_exchange(UNIVERSITY.name, UNIVERSITY.code)
        chain = "".join(map(ssl.DER_cert_to_PEM_cert, (issued.certificate_der, *issued.chain_ders)))
        _write_private(folder / "people" / f"{UNIVERSITY.address}.pem", issued.key_pem.decode() + chain)
        _write_private(
            folder / "body.json", json.dumps({"certificate": base64.b64encode(issued.certificate_der).decode()})
        )
        names = [*(address(spec.name) for spec in INSTALLATIONS), UNIVERSITY.address]
        lay_out(folder, [{"address": name, "password": secrets.token_urlsafe(24)} for name in names])
    known = {row["address"]: row["password"] for row in json.loads((folder / "accounts.json").read_text("utf-8"))}
    return {spec.name: known[address(spec.name)] for spec in INSTALLATIONS}


def certificate(home: Path) -> bytes:
    """The certificate by which the body's letters are known, in DER."""
    return base64.b64decode(json.loads((home / FOLDER / "body.json").read_text())["certificate"])


def command(home: Path, smtp: int, imap: int) -> list[str]:
    """How the server is started."""
    where = ["--home", str(home / FOLDER), "--smtp-port", str(smtp), "--imap-port", str(imap)]
    return ["-m", "antin.cli.main", "mail-simulator", *where, "--answers", UNIVERSITY.address, "--pause", str(PAUSE_S)]


def _make_server(folder: Path, authority: DemoAuthority) -> None:
    node = authority.issue_tls("thu", hosts=("localhost",))
    pems = [ssl.DER_cert_to_PEM_cert(der) for der in (node.certificate_der, *node.chain_ders)]
    _write_private(folder / "server.key", node.key_pem.decode())
    _write_private(folder / "server.pem", "".join(pems))
    _write_private(folder / "authority.pem", "".join(pems[1:]))


def _write_private(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)

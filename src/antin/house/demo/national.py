"""The simulated provider of national identity accounts of the demonstration world. Imports no wiring and no models.

Folder `dinh-danh/` of the world's home. Every sample person has an account there; its number is the person's code here.
"""

from __future__ import annotations

import json
import secrets
from pathlib import Path

from antin.house import config as configuration
from antin.house.demo.cast import INSTALLATIONS, OrganisationSpec
from antin.identity.simulator.provider import CLIENTS, LEVEL, PEOPLE, lay_out

FOLDER, KEY = "dinh-danh", "keys/national.key"
NAME = "VNeID (mẫu)"
COMES_BACK = "/vao/quoc-gia/ve"


def person_code(organisation: OrganisationSpec, number: int) -> str:
    """The person code of the `number`th of an organisation's people, from 1 on."""
    return f"{organisation.code.replace('.', '-')}-P{number:02d}"


def make(home: Path, ports: dict[str, int]) -> dict[str, str]:
    """The provider's files, made once; the secret of each installation, by name."""
    folder = home / FOLDER
    if not (folder / CLIENTS).exists():
        clients = [
            {
                "client_id": spec.name,
                "secret": secrets.token_urlsafe(32),
                "back": f"http://127.0.0.1:{ports[f'{spec.name}-web']}{COMES_BACK}",
            }
            for spec in INSTALLATIONS
        ]
        people = [
            {"subject": secrets.token_urlsafe(16), "name": person.name, "number": person_code(organisation, number)}
            for spec in INSTALLATIONS
            for organisation in spec.organisations
            for number, person in enumerate(organisation.people, 1)
        ]
        lay_out(folder, clients, people)
    known = json.loads((folder / CLIENTS).read_text(encoding="utf-8"))
    return {row["client_id"]: row["secret"] for row in known}


def accounts(home: Path) -> dict[str, str]:
    """What the provider calls each person, by the number it knows."""
    rows = json.loads((home / FOLDER / PEOPLE).read_text(encoding="utf-8"))
    return {row["number"]: row["subject"] for row in rows}


def settings(ports: dict[str, int], name: str) -> configuration.National:
    """How the installation of that name is connected."""
    issuer = f"http://127.0.0.1:{ports['national']}"
    return configuration.National(issuer=issuer, client_id=name, secret=KEY, name=NAME, levels=(LEVEL,))


def command(home: Path, port: int) -> list[str]:
    """How the provider is started."""
    return ["-m", "antin.cli.main", "identity-simulator", "--home", str(home / FOLDER), "--port", str(port)]

"""The simulated national axis of the demonstration world: who stands on it, and which secrets its systems share with it.

Folder `truc/` of the world's home: the axis' own store (`antin axis-simulator`). Imports no wiring and no models.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from pathlib import Path

from antin.exchange.axis.simulator.store import lay_out
from antin.house.demo.cast import INSTALLATIONS

FOLDER = "truc"
OWN_SYSTEM = "he-thong-nha-nuoc"
PAUSE_S = 1.5


@dataclass(frozen=True)
class StateBody:
    """A State body of the demonstration world; its software is played by the simulator."""

    code: str
    old_code: str
    name: str
    signer: str
    place: str


COMMITTEE = StateBody("H98", "000.00.00.H98", "Ủy ban nhân dân tỉnh Lạc Giang (mẫu)", "Trương Mẫu Hải", "Lạc Giang")
MINISTRY = StateBody("G98", "000.00.00.G98", "Bộ Số hóa (mẫu)", "Tạ Mẫu Thanh", "Hà Nội")
STATE_BODIES = (COMMITTEE, MINISTRY)


def make(home: Path) -> dict[str, str]:
    """The axis' files, made once; the secret of each installation, by name."""
    folder = home / FOLDER
    if not (folder / "systems.json").exists():
        systems: list[dict[str, object]] = [
            {
                "id": spec.name,
                "secret": secrets.token_urlsafe(32),
                "codes": [organisation.code for organisation in spec.organisations],
            }
            for spec in INSTALLATIONS
        ]
        state = {"id": OWN_SYSTEM, "secret": secrets.token_urlsafe(32), "codes": [b.code for b in STATE_BODIES]}
        bodies = [(o.code, o.old_code, o.name) for spec in INSTALLATIONS for o in spec.organisations]
        bodies += [(body.code, body.old_code, body.name) for body in STATE_BODIES]
        rows = [{"code": code, "oldCode": old, "name": name} for code, old, name in bodies]
        lay_out(folder, [*systems, state], rows)
    known = json.loads((folder / "systems.json").read_text(encoding="utf-8"))
    return {row["id"]: row["secret"] for row in known}


def command(home: Path, port: int) -> list[str]:
    """How the axis is started."""
    answers = [word for body in STATE_BODIES for word in ("--answers", body.code)]
    folder = ["--home", str(home / FOLDER), "--port", str(port)]
    return ["-m", "antin.cli.main", "axis-simulator", *folder, "--pause", str(PAUSE_S), *answers]

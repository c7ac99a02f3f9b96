"""A person with a device: a PKCS#12 file, or a SoftHSM token; an installation's door that answers over HTTP."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from antin.signing.pki import DemoAuthority, Issued

SOFTHSM = "/usr/lib/softhsm/libsofthsm2.so"
PIN = "246810"


@dataclass(frozen=True)
class Held:
    """What the person holds; `pkcs12` is protected by PIN."""

    issued: Issued
    pkcs12: Path

    @staticmethod
    def write(issued: Issued, folder: Path, name: str = "nguoi-ky.p12") -> Held:
        issued.write_pkcs12(folder / name, PIN.encode())
        return Held(issued, folder / name)


@pytest.fixture(scope="session")
def pki(tmp_path_factory: pytest.TempPathFactory) -> DemoAuthority:
    return DemoAuthority.create(tmp_path_factory.mktemp("signer") / "ca")


@pytest.fixture(scope="session")
def held(pki: DemoAuthority, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Held]:
    """One person per kind of key."""
    folder, made = tmp_path_factory.mktemp("held"), {}

    def of(kind: str) -> Held:
        if kind not in made:
            made[kind] = Held.write(pki.issue_person("Nguyễn Văn Mẫu", f"MAU-{kind}", key=kind), folder, f"{kind}.p12")
        return made[kind]

    return of


@pytest.fixture(scope="session")
def token(held: Callable[[str], Held], softhsm: Path) -> str:
    """A SoftHSM token with the three persons' keys, as `softhsm2-util --import` leaves them; its label."""
    for number, kind in enumerate(("rsa2048", "p256", "p384"), 1):
        put(softhsm, held(kind).issued, number)
    return "nguoi-ky"


def put(
    folder: Path, issued: Issued, number: int, label: str = "nguoi-ky", environment: dict[str, str] | None = None
) -> None:
    file = folder / f"{number}.pem"
    file.write_bytes(issued.key_pem)
    _tool(
        "--import",
        str(file),
        "--token",
        label,
        "--label",
        f"khoa{number}",
        "--id",
        f"0{number}",
        "--pin",
        PIN,
        environment=environment,
    )


def _tool(*arguments: str, environment: dict[str, str] | None = None) -> None:
    subprocess.run(["softhsm2-util", *arguments], check=True, capture_output=True, env=environment)

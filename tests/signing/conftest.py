"""One demonstration authority, its look-alike and a signed document for the whole session; time stands still."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import typst

from antin.signing.adapters.key_file import KeyFileSigner
from antin.signing.pki import DemoAuthority
from antin.values import FixedClock

from .scene import FOUNDED, NOW, House


@pytest.fixture(scope="session")
def plain_pdf(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """One page of a letter as PDF/A-2b."""
    source = tmp_path_factory.mktemp("page") / "page.typ"
    source.write_text(
        '#set page(paper: "a4")\n#set text(font: "Tinos", size: 14pt, lang: "vi")\n'
        "*TỈNH ỦY LẠC GIANG* (mẫu)\n\nSố 12-CV/TU\n\n#lorem(80)\n"
    )
    return typst.compile(source, pdf_standards=["a-2b"]) + b"\n"


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An authority with a person, a seal and an exchange certificate; copied for each house that changes it."""
    home = tmp_path_factory.mktemp("authority") / "ca"
    DemoAuthority.create(home, clock=FixedClock(FOUNDED), not_before=FOUNDED)
    return home


@pytest.fixture(scope="session")
def look_alike(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Another authority with exactly the same names and other keys."""
    home = tmp_path_factory.mktemp("false-authority") / "ca"
    DemoAuthority.create(home, clock=FixedClock(FOUNDED), not_before=FOUNDED)
    return home


@pytest.fixture(scope="session")
def new_house(plain_pdf: bytes, tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], House]:
    """Opens an own copy of an authority, at NOW."""

    def made(home: Path) -> House:
        place = tmp_path_factory.mktemp("house")
        shutil.copytree(home, place / "ca")
        clock = FixedClock(NOW)
        return House(
            DemoAuthority.open(place / "ca", clock=clock),
            clock,
            KeyFileSigner(place / "keys", lambda name: f"pass {name}".encode()),
            plain_pdf,
        )

    return made


@pytest.fixture(scope="session")
def shared(new_house: Callable[[Path], House], founded: Path) -> House:
    """The house of tests that change nothing: don't move its clock, don't revoke."""
    house = new_house(founded)
    house.person()
    house.seal()
    return house


@pytest.fixture(scope="session")
def signed(shared: House) -> bytes:
    """Signed by the person, B-LT, the seal awaited."""
    return shared.signed_by_person()


@pytest.fixture(scope="session")
def sealed(shared: House, signed: bytes) -> bytes:
    """Signed and sealed, B-LTA."""
    return shared.sealed(signed)


@pytest.fixture
def house(new_house: Callable[[Path], House], founded: Path, shared: House) -> Iterator[House]:
    """A house of one's own, with the shared person and seal (their keys are loaded already)."""
    mine = new_house(founded)
    for name in ("person", "seal"):
        mine.keep(name, shared.issued[name])
    state = shared.authority.home / "state.json"
    shutil.copy(state, mine.authority.home / "state.json")
    yield mine

"""The serif of official documents: three sources, pinned by folder, every face proven to hold Vietnamese.

In order: a configured folder with Times New Roman, Tinos (Debian's fonts-croscore), Noto Serif (a wheel).
Fonts of the system are never looked up by name: two versions of one family can be installed side by side,
and the older one lacks most Vietnamese letters.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import typst
from fontTools.ttLib import TTFont, TTLibError

DEBIAN_TINOS = Path("/usr/share/fonts/truetype/croscore")
MARKS = "\u0300\u0301\u0303\u0309\u0323"
SIGNS = "0123456789.,;:-–—/()*%&+=\"'“”‘’…§°"


def vietnamese_letters() -> str:
    """The 134 letters of Vietnamese beyond ASCII: every vowel with mark and tone, đ, in both cases."""
    vowels = ("a", "ă", "â", "e", "ê", "i", "o", "ô", "ơ", "u", "ư", "y")
    toned = {unicodedata.normalize("NFC", v + tone) for v in vowels for tone in ("", *MARKS)}
    small = {c for c in toned if not c.isascii()} | {"đ"}
    return "".join(sorted(small | {c.upper() for c in small}))


NEEDED = (
    vietnamese_letters() + MARKS + SIGNS + "".join(map(chr, range(0x41, 0x5B))) + "".join(map(chr, range(0x61, 0x7B)))
)


class FontError(RuntimeError):
    """No usable serif: says which folder was tried and what it lacks."""


@dataclass(frozen=True)
class Serif:
    """A checked family: `known` holds the code points that every one of its faces can show."""

    family: str
    folder: Path
    fonts: typst.Fonts
    known: frozenset[int]

    def missing(self, text: str) -> str:
        """The signs of the text that this family can't show, each once."""
        return "".join(sorted({c for c in text if ord(c) not in self.known and c != "\n"}))


def load(times_folder: Path | None = None) -> Serif:
    """The first source that is there; a configured folder that fails is an error, not a reason to go on."""
    if times_folder is not None:
        return _checked("Times New Roman", times_folder)
    tried: list[str] = []
    for family, folder in (("Tinos", DEBIAN_TINOS), ("Noto Serif", noto_folder())):
        try:
            return _checked(family, folder)
        except FontError as error:
            tried.append(str(error))
    raise FontError("no serif with all Vietnamese letters was found: " + "; ".join(tried))


def noto_folder() -> Path:
    """Where the wheel fontpkg-noto-serif keeps its files; a path that does not exist when it is missing."""
    found = find_spec("fontpkg_noto_serif")
    return Path(found.origin).parent / "files" if found and found.origin else Path("fontpkg_noto_serif")


def _checked(family: str, folder: Path) -> Serif:
    if not folder.is_dir():
        raise FontError(f"{family}: {folder} is no folder")
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder)])
    faces = [face for face in fonts.fonts() if face.family == family]
    if not {"normal", "italic"} <= {face.style for face in faces}:
        raise FontError(f"{family}: {folder} lacks an upright or an italic face")
    paths = sorted({Path(face.path) for face in faces if face.path})
    _require_bold(family, paths, {(face.style, face.weight) for face in faces})
    return Serif(family, folder, fonts, frozenset.intersection(*(_code_points(family, path) for path in paths)))


def _require_bold(family: str, paths: Iterable[Path], faces: set[tuple[str, int]]) -> None:
    """Bold is a face of its own or the weight axis of a variable font."""
    if {("normal", 700), ("italic", 700)} <= faces:
        return
    for path in paths:
        with TTFont(path, lazy=True) as font:
            if "fvar" not in font or not any(axis.axisTag == "wght" for axis in font["fvar"].axes):
                raise FontError(f"{family}: no bold face beside {path}")


def _code_points(family: str, path: Path) -> frozenset[int]:
    try:
        with TTFont(path, lazy=True) as font:
            known = frozenset(font.getBestCmap() or {})
    except (TTLibError, OSError) as error:
        raise FontError(f"{family}: {path} can't be read: {error}") from error
    lacking = [c for c in NEEDED if ord(c) not in known]
    if lacking:
        shown = " ".join(f"U+{ord(c):04X}" for c in lacking[:8])
        raise FontError(f"{family}: {path} lacks {len(lacking)} needed letters ({shown} …)")
    return known

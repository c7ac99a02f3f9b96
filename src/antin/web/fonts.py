"""The interface's fonts, cut at set-up from fonts that are installed: nothing binary stands in the repository.

    python -m antin.web.fonts [FOLDER]

be-vietnam-pro-400, -600   the interface (fontpkg-be-vietnam-pro, OFL)
antin-num-400, -600        its digits on one width, for columns, numbers and times
page-400, -700, -400i      pages and seals: Tinos of fonts-croscore, else Noto Serif (fontpkg-noto-serif, OFL)

Latin and Vietnamese letters only, woff2, about 80 kB together. What is there and made from the same sources is kept.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

from fontTools import subset
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

FOLDER = Path(__file__).parent / "static" / "antin" / "fonts"
CROSCORE = Path("/usr/share/fonts/truetype/croscore")
STAMP = "sources.txt"

LATIN = (*range(0x20, 0x7F), *range(0xA0, 0x100))
VIETNAMESE = (
    *(0x102, 0x103, 0x110, 0x111, 0x128, 0x129, 0x168, 0x169, 0x1A0, 0x1A1, 0x1AF, 0x1B0),
    *range(0x1EA0, 0x1EFA),
    *(0x300, 0x301, 0x303, 0x309, 0x323),
)
MARKS = (0x2013, 0x2014, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2026, 0x2039, 0x203A, 0x20AB, 0x2192, 0x2212, 0x2261)
LETTERS = frozenset((*LATIN, *VIETNAMESE, *MARKS))
DIGITS = frozenset(range(0x30, 0x3A))
NEEDED = frozenset((*range(0x20, 0x7F), *(c for c in VIETNAMESE if not 0x300 <= c <= 0x323)))


@dataclass(frozen=True)
class Cut:
    """One file to make: from which font, with which letters, changed how."""

    name: str
    source: Path
    letters: frozenset[int]
    change: Callable[[TTFont], None] | None = None


def build(folder: Path = FOLDER) -> list[Path]:
    """Makes the files that are missing or whose sources changed; answers all of them. ValueError for a letter missing."""
    cuts = list(_cuts())
    stamp = _stamp(cuts)
    targets = [folder / f"{cut.name}.woff2" for cut in cuts]
    kept = folder / STAMP
    if kept.exists() and kept.read_text() == stamp and all(target.exists() for target in targets):
        return targets
    folder.mkdir(parents=True, exist_ok=True)
    for cut, target in zip(cuts, targets, strict=True):
        _make(cut, target)
    kept.write_text(stamp)
    return targets


def _cuts() -> Iterable[Cut]:
    ui = Path(str(files("fontpkg_be_vietnam_pro") / "files"))
    for weight, face in ((400, "Regular"), (600, "SemiBold")):
        source = ui / f"BeVietnamPro-{face}.ttf"
        yield Cut(f"be-vietnam-pro-{weight}", source, LETTERS)
        yield Cut(f"antin-num-{weight}", source, DIGITS, _one_width)
    if (CROSCORE / "Tinos-Regular.ttf").exists():
        for name, face in (("400", "Regular"), ("700", "Bold"), ("400i", "Italic")):
            yield Cut(f"page-{name}", CROSCORE / f"Tinos-{face}.ttf", LETTERS)
        return
    serif = Path(str(files("fontpkg_noto_serif") / "files"))
    yield Cut("page-400", serif / "NotoSerif[wdth,wght].ttf", LETTERS, lambda font: _instance(font, 400))
    yield Cut("page-700", serif / "NotoSerif[wdth,wght].ttf", LETTERS, lambda font: _instance(font, 700))
    yield Cut("page-400i", serif / "NotoSerif-Italic[wdth,wght].ttf", LETTERS, lambda font: _instance(font, 400))


def _stamp(cuts: list[Cut]) -> str:
    """What the files were made from: the sources' digests and the cutter's version."""
    lines = [f"{cut.name} {hashlib.sha256(cut.source.read_bytes()).hexdigest()}" for cut in cuts]
    return "\n".join([f"fonttools {version('fonttools')}", *lines]) + "\n"


def _make(cut: Cut, target: Path) -> None:
    font = TTFont(cut.source)
    known = set(font.getBestCmap())
    missing = (NEEDED & cut.letters) - known
    if missing:
        raise ValueError(f"{cut.source.name} lacks {''.join(map(chr, sorted(missing)))}")
    if cut.change:
        cut.change(font)
    options = subset.Options()
    options.flavor, options.hinting, options.layout_features = "woff2", False, ["kern", "mark", "mkmk", "ccmp", "locl"]
    options.drop_tables += ["DSIG"]
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=cut.letters & known)
    cutter.subset(font)
    draft = target.with_suffix(".new")
    subset.save_font(font, str(draft), options)
    draft.replace(target)


def _instance(font: TTFont, weight: int) -> None:
    instantiateVariableFont(font, {"wght": weight, "wdth": 100}, inplace=True)


def _one_width(font: TTFont) -> None:
    """Every digit on the width of the widest, centred on it."""
    names = [font.getBestCmap()[code] for code in sorted(DIGITS)]
    widths, glyphs, table = font["hmtx"], font.getGlyphSet(), font["glyf"]
    width = max(widths[name][0] for name in names)
    drawn = {}
    for name in names:
        pen = TTGlyphPen(None)
        glyphs[name].draw(TransformPen(pen, (1, 0, 0, 1, (width - widths[name][0]) // 2, 0)))
        drawn[name] = pen.glyph()
    for name, glyph in drawn.items():
        table[name] = glyph
        glyph.recalcBounds(table)
        widths[name] = (width, glyph.xMin)


def main() -> None:
    made = build(Path(sys.argv[1])) if len(sys.argv) > 1 else build()
    total = sum(path.stat().st_size for path in made)
    sys.stdout.write(f"{len(made)} fonts, {total / 1000:.0f} kB\n")


if __name__ == "__main__":
    main()

"""The letters of stamps: a TrueType face cut down to the glyphs used, and glyph outlines for seals.

PDF/A wants every font embedded with true widths (ISO 19005-2 §6.2.11). A general subsetter takes some
250 ms a stamp; cutting six tables by hand takes one. The face is found by path, Tinos first (metrically
Times New Roman, which the form rules name), then the Noto Serif wheel.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from functools import cache, cached_property
from importlib.util import find_spec
from pathlib import Path

from fontTools.pens.basePen import BasePen
from fontTools.ttLib import TTFont

_COMPOSITE_MORE, _COMPOSITE_WORDS, _COMPOSITE_SCALE, _COMPOSITE_XY, _COMPOSITE_2X2 = 0x20, 0x01, 0x08, 0x40, 0x80
_COMPOSITE_INSTRUCTIONS = 0x100
LETTERS = "ẤẨẪẬẮẲẴẶẾỂỄỆỐỔỖỘỚỞỠỢỨỬỮỰỲỶỸỴĐđ"


class Face:
    """One static TrueType face, parsed once."""

    def __init__(self, path: Path) -> None:
        self._font = TTFont(path, lazy=True)
        self._glyf: bytes = self._font.reader["glyf"]
        self._loca: list[int] = list(self._font["loca"].locations)
        self._hmtx = self._font["hmtx"].metrics
        self._order = self._font.getGlyphOrder()
        self.cmap: dict[int, str] = self._font.getBestCmap()
        self.em: int = self._font["head"].unitsPerEm
        self.name = "".join(c for c in str(self._font["name"].getDebugName(6)) if c.isalnum() or c == "-")

    def has(self, text: str) -> bool:
        return all(ord(letter) in self.cmap for letter in text)

    def glyph(self, letter: str) -> int:
        """The glyph's number; 0 (the box) for a letter that the face lacks."""
        return int(self._font.getGlyphID(self.cmap.get(ord(letter), ".notdef")))

    def width(self, glyph: int) -> int:
        """Advance in units of the em."""
        return int(self._hmtx[self._order[glyph]][0])

    def measure(self, text: str, size: float) -> float:
        """Width of the text in points."""
        return sum(self.width(self.glyph(letter)) for letter in text) * size / self.em

    @cached_property
    def metrics(self) -> tuple[int, int, int, tuple[int, int, int, int]]:
        """Ascent, descent, cap height and box, in thousandths of the em."""
        head, hhea, os2 = self._font["head"], self._font["hhea"], self._font["OS/2"]
        box = (head.xMin, head.yMin, head.xMax, head.yMax)
        to = 1000 / self.em
        height = getattr(os2, "sCapHeight", 0) or hhea.ascent
        return (
            round(hhea.ascent * to),
            round(hhea.descent * to),
            round(height * to),
            tuple(round(v * to) for v in box),  # type: ignore[return-value]
        )

    def subset(self, glyphs: Iterable[int]) -> tuple[bytes, dict[int, int]]:
        """A font file with just these glyphs, and the new number of each."""
        order = self._closure(glyphs)
        numbers = {old: new for new, old in enumerate(order)}
        data = [self._cut(glyph, numbers) for glyph in order]
        offsets = [0]
        for glyph in data:
            offsets.append(offsets[-1] + len(glyph))
        metrics = [self._hmtx[self._order[glyph]] for glyph in order]
        raw = self._font.reader
        tables = {
            b"glyf": b"".join(data),
            b"head": raw["head"][:50] + struct.pack(">h", 1) + raw["head"][52:],
            b"hhea": raw["hhea"][:34] + struct.pack(">H", len(order)),
            b"hmtx": b"".join(struct.pack(">Hh", advance, bearing) for advance, bearing in metrics),
            b"loca": struct.pack(f">{len(offsets)}L", *offsets),
            b"maxp": raw["maxp"][:4] + struct.pack(">H", len(order)) + raw["maxp"][6:],
        }
        return _font_file(tables), numbers

    def _closure(self, glyphs: Iterable[int]) -> list[int]:
        order = [0]
        waiting = [*dict.fromkeys(glyphs)]
        while waiting:
            glyph = waiting.pop(0)
            if glyph not in order:
                order.append(glyph)
                waiting += [part for _, part, _ in _components(self._outline(glyph))]
        return order

    def _outline(self, glyph: int) -> bytes:
        return self._glyf[self._loca[glyph] : self._loca[glyph + 1]]

    def _cut(self, glyph: int, numbers: dict[int, int]) -> bytes:
        """The outline without hinting, parts renumbered, padded to four bytes."""
        data = self._outline(glyph)
        if not data:
            return b""
        if struct.unpack_from(">h", data)[0] >= 0:
            data = _without_instructions(data)
        else:
            cut = bytearray(data)
            parts = _components(data)
            for at, part, _ in parts:
                flags = struct.unpack_from(">H", cut, at)[0] & ~_COMPOSITE_INSTRUCTIONS
                struct.pack_into(">HH", cut, at, flags, numbers[part])
            data = bytes(cut[: parts[-1][2]])
        return data + bytes(-len(data) % 4)

    @cache  # noqa: B019 (faces live as long as the process)
    def path(self, letter: str) -> str:
        """The letter's outline as PDF operators in units of the em, without the fill."""
        pen = _OutlinePen(self._font.getGlyphSet())
        self._font.getGlyphSet()[self.cmap.get(ord(letter), ".notdef")].draw(pen)
        return " ".join(pen.operators)


class _OutlinePen(BasePen):
    """Writes PDF path operators; the base turns quadratic curves into cubic ones."""

    def __init__(self, glyphs: object) -> None:
        super().__init__(glyphs)
        self.operators: list[str] = []

    def _moveTo(self, point: tuple[float, float]) -> None:  # noqa: N802 (the base names them)
        self.operators.append(f"{round(point[0])} {round(point[1])} m")

    def _lineTo(self, point: tuple[float, float]) -> None:  # noqa: N802
        self.operators.append(f"{round(point[0])} {round(point[1])} l")

    def _curveToOne(self, *points: tuple[float, float]) -> None:  # noqa: N802
        self.operators.append(" ".join(f"{round(x)} {round(y)}" for x, y in points) + " c")

    def _closePath(self) -> None:  # noqa: N802
        self.operators.append("h")


def _without_instructions(data: bytes) -> bytes:
    contours = struct.unpack_from(">h", data)[0]
    at = 10 + 2 * contours
    length = struct.unpack_from(">H", data, at)[0]
    return data[:at] + b"\0\0" + data[at + 2 + length :]


def _components(data: bytes) -> list[tuple[int, int, int]]:
    """(offset, glyph, end) of every part of a composite outline; none for a simple one."""
    if not data or struct.unpack_from(">h", data)[0] >= 0:
        return []
    found, at, more = [], 10, True
    while more:
        flags, part = struct.unpack_from(">HH", data, at)
        end = at + 4 + (4 if flags & _COMPOSITE_WORDS else 2)
        end += 2 if flags & _COMPOSITE_SCALE else 4 if flags & _COMPOSITE_XY else 8 if flags & _COMPOSITE_2X2 else 0
        found.append((at, part, end))
        at, more = end, bool(flags & _COMPOSITE_MORE)
    return found


def _font_file(tables: dict[bytes, bytes]) -> bytes:
    """Assembles tables into a TrueType file (OpenType §"Organization of an OpenType Font")."""
    count = len(tables)
    power = 1 << (count.bit_length() - 1)
    header = struct.pack(">LHHHH", 0x00010000, count, power * 16, power.bit_length() - 1, (count - power) * 16)
    at = 12 + 16 * count
    directory, body = b"", b""
    for tag in sorted(tables):
        data = tables[tag]
        directory += struct.pack(">4sLLL", tag, _checksum(data), at + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    return header + directory + body


def _checksum(data: bytes) -> int:
    padded = data + bytes(-len(data) % 4)
    return sum(struct.unpack(f">{len(padded) // 4}L", padded)) & 0xFFFFFFFF


@cache
def face(*, bold: bool = False) -> Face:
    """The first face found that has every Vietnamese letter; RuntimeError when there is none."""
    for path in _candidates(bold=bold):
        if path.exists():
            found = Face(path)
            if found.has(LETTERS):
                return found
    raise RuntimeError("no TrueType face with all Vietnamese letters: install fonts-croscore")


def _candidates(*, bold: bool) -> list[Path]:
    style = "Bold" if bold else "Regular"
    places = [Path("/usr/share/fonts/truetype/croscore"), Path("/usr/local/share/fonts")]
    found = [place / f"Tinos-{style}.ttf" for place in places]
    wheel = find_spec("fontpkg_noto_serif")
    if wheel and wheel.origin:
        files = sorted(Path(wheel.origin).parent.rglob("*.ttf"))
        found += [path for path in files if style in path.name and "Italic" not in path.name] + files
    return found

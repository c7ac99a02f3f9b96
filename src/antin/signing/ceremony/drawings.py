"""Sample pictures drawn as vectors: a handwritten-looking signature and a round seal, both plainly marked MẪU.

Real installations put the person's own picture (blue, transparent PNG) and the body's own seal picture (red,
true size) in their place; these exist so that no real seal ever needs to appear in a demonstration.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from functools import lru_cache

from antin.signing.ceremony.typeface import Face, face

MM = 72 / 25.4
SEAL_SIZE = 36 * MM
BLUE = "0.05 0.18 0.62"
RED = "0.83 0.07 0.09"


@dataclass(frozen=True, slots=True)
class Drawing:
    """PDF path operators in a box of points, origin at the lower left; no fonts, no images, no transparency."""

    width: float
    height: float
    content: bytes


@lru_cache(maxsize=256)
def sample_signature(name: str) -> Drawing:
    """A flourish that looks handwritten, always the same for one name."""
    dice = hashlib.sha256(name.encode()).digest()
    width, height = 120.0, 46.0
    strokes = [_letter(dice), _waves(dice, width), _underline(dice, width)]
    content = f"q {BLUE} RG 1 J 1 j 1.5 w {strokes[0]} S 1.1 w {strokes[1]} S 0.9 w {strokes[2]} S Q"
    return Drawing(width, height, content.encode())


def _unit(dice: bytes, at: int) -> float:
    return dice[at % 32] / 255


def _letter(dice: bytes) -> str:
    """The tall first letter: two crossing loops."""
    x, lean = 6 + 6 * _unit(dice, 0), 6 + 8 * _unit(dice, 1)
    top = 38 + 6 * _unit(dice, 2)
    return (
        f"{x:.1f} 10 m {x + lean:.1f} {top:.1f} {x + 20:.1f} {top + 2:.1f} {x + 12:.1f} 18 c "
        f"{x + 6:.1f} 2 {x - 6:.1f} 8 {x + 16:.1f} 22 c {x + 26:.1f} 30 {x + 30:.1f} {top - 8:.1f} {x + 20:.1f} 14 c"
    )


def _waves(dice: bytes, width: float) -> str:
    """Small letters: a row of arches that grow flatter."""
    x, y = 30.0, 15.0
    parts = [f"{x:.1f} {y:.1f} m"]
    for step in range(7):
        span = (7 + 6 * _unit(dice, 3 + step)) * (width - 40) / 80
        rise = (6 + 16 * _unit(dice, 12 + step)) * (1 - step / 11)
        parts.append(
            f"{x + span * 0.2:.1f} {y + rise:.1f} {x + span * 0.8:.1f} {y + rise * 0.9:.1f} {x + span:.1f} {y - 2:.1f} c"
        )
        x, y = x + span, y - 2 + 3 * _unit(dice, 20 + step)
    return " ".join(parts)


def _underline(dice: bytes, width: float) -> str:
    y = 6 + 4 * _unit(dice, 28)
    return f"{width * 0.95:.1f} {y + 10:.1f} m {width * 0.7:.1f} {y - 6:.1f} {width * 0.3:.1f} {y - 5:.1f} 18 {y:.1f} c"


@lru_cache(maxsize=256)
def sample_seal(organisation: str) -> Drawing:
    """A red round seal of 36 mm: name along the rim, star, MẪU across the middle."""
    bold = face(bold=True)
    size = SEAL_SIZE
    centre = size / 2
    parts = [f"q {RED} RG {RED} rg 1 0 0 1 {centre:.2f} {centre:.2f} cm"]
    for radius, width in ((centre - 1.2, 1.8), (centre - 4.2, 0.6), (centre - 17.5, 0.6)):
        parts.append(f"{width} w {_circle(radius)} S")
    parts.append(_along(bold, organisation.upper(), centre - 13.6, 9.2))
    parts.append(_along(bold, "KHÔNG DÙNG CHÍNH THỨC", centre - 13.6, 6.0, below=True))
    parts.append(f"{_star(10.5, 13)} f")
    parts.append(_across(bold, "MẪU", 15.0, -14.0))
    parts.append("Q")
    return Drawing(size, size, "\n".join(parts).encode())


def _circle(radius: float) -> str:
    k = 0.5523 * radius
    r = f"{radius:.2f}"
    return (
        f"{r} 0 m {r} {k:.2f} {k:.2f} {r} 0 {r} c -{k:.2f} {r} -{r} {k:.2f} -{r} 0 c "
        f"-{r} -{k:.2f} -{k:.2f} -{r} 0 -{r} c {k:.2f} -{r} {r} -{k:.2f} {r} 0 c h"
    )


def _star(radius: float, up: float) -> str:
    points = []
    for corner in range(10):
        reach = radius if corner % 2 == 0 else radius * 0.382
        angle = math.pi / 2 + corner * math.pi / 5
        points.append(f"{reach * math.cos(angle):.2f} {up + reach * math.sin(angle):.2f}")
    return f"{points[0]} m " + " ".join(f"{point} l" for point in points[1:]) + " h"


def _along(letters: Face, text: str, radius: float, size: float, *, below: bool = False) -> str:
    """The text along the rim, centred at the top, or at the bottom and readable from below."""
    room = math.radians(200 if not below else 120)
    size = min(size, room * radius / max(letters.measure(text, 1.0) * 1.08, 0.1))
    radius = radius + (9.2 - size) / 2 if not below else radius + size * 0.72
    turn = 1.08 * size / letters.em / radius
    total = sum(letters.width(letters.glyph(c)) for c in text) * turn
    angle = math.pi / 2 + total / 2 if not below else -math.pi / 2 - total / 2
    parts = []
    for letter in text:
        half = letters.width(letters.glyph(letter)) * turn / 2
        angle += half if below else -half
        parts.append(_placed(letters, letter, size, radius, angle, below=below))
        angle += half if below else -half
    return "\n".join(parts)


def _placed(letters: Face, letter: str, size: float, radius: float, angle: float, *, below: bool) -> str:
    path = letters.path(letter)
    if not path:
        return ""
    lean = angle - math.pi / 2 if not below else angle + math.pi / 2
    scale = size / letters.em
    cos, sin = math.cos(lean), math.sin(lean)
    half = letters.width(letters.glyph(letter)) / 2 * scale
    x, y = radius * math.cos(angle) - half * cos, radius * math.sin(angle) - half * sin
    matrix = f"{scale * cos:.6f} {scale * sin:.6f} {-scale * sin:.6f} {scale * cos:.6f} {x:.2f} {y:.2f} cm"
    return f"q {matrix} {path} f Q"


def _across(letters: Face, text: str, size: float, y: float) -> str:
    x = -letters.measure(text, size) / 2
    scale = size / letters.em
    parts = []
    for letter in text:
        parts.append(f"q {scale:.6f} 0 0 {scale:.6f} {x:.2f} {y:.2f} cm {letters.path(letter)} f Q")
        x += letters.width(letters.glyph(letter)) * scale
    return "\n".join(parts)

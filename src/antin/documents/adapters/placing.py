"""Boxes on a page: the two places of the signature block, and questions of geometry."""

from __future__ import annotations

from collections.abc import Sequence

from antin.documents.ports import Anchor

Box = tuple[float, float, float, float]

# Points inside the signer's column (13/24 of the text width): left edge, width, height; the seal covers the left
# quarter of the signature and leaves the position above it readable.
SIGNATURE = (84.0, 150.0, 62.0)
SEAL = (20.0, 98.0)
GAP = 14.0


def anchors_at(page: int, left: float, top: float) -> dict[str, Anchor]:
    """Both boxes from the top left corner (PDF points) of the room between position and name."""
    shift, width, height = SIGNATURE
    seal_shift, side = SEAL
    y2 = top - GAP
    seal_top = top - 2
    return {
        "signature": {"page": page, "box": _rounded(left + shift, y2 - height, left + shift + width, y2)},
        "seal": {"page": page, "box": _rounded(left + seal_shift, seal_top - side, left + seal_shift + side, seal_top)},
    }


def centre(box: Sequence[float]) -> float:
    return (box[0] + box[2]) / 2


def overlaps(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _rounded(*corners: float) -> list[float]:
    return [round(value, 2) for value in corners]

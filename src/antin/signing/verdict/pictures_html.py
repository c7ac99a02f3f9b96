"""Pictures of a changed file inside the report's HTML page: as signed on the left, as now on the right, differences outlined."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from antin.signing.verdict.seen import Pair, Seen, Side
from antin.values import N_

_TITLE, _PAGE = N_("Lúc ký và hiện nay"), N_("Trang {n}")
_SIDES = (N_("lúc ký"), N_("hiện nay"))
_OUTLINED = N_("Chỗ khác nhau có khung: nét đứt là lúc ký, nét liền là hiện nay.")
_SAME = N_("Không có gì nhìn thấy được thay đổi từ khi ký.")
_LONG = N_("Tệp dài: chỉ những trang đầu được so.")
_UNDRAWN = N_("Không vẽ được trang của tệp này để so.")
_MORE = N_("Còn trang khác cũng thay đổi: {pages}")
_NONE = N_("Không có trang {n}.")
STYLE = (
    ".pair{display:grid;grid-template-columns:1fr 1fr;gap:1rem;margin:1rem 0}figure{margin:0;break-inside:avoid}"
    ".sheet{position:relative;border:1px solid #999}.sheet img{display:block;width:100%}"
    ".sheet svg{position:absolute;inset:0;width:100%;height:100%}"
    "rect{fill:none;stroke:#a83a08;stroke-width:2.4;vector-effect:non-scaling-stroke;stroke-dasharray:6 3}"
    ".now rect{stroke:#19633f;stroke-dasharray:none}"
)
Both = Callable[..., str]
"""A sentence of ours with its facts, escaped, in the languages of the report."""


def section(seen: Seen, both: Both) -> str:
    """Nothing in it comes from the file but pictures (data: addresses) and numbers."""
    return f"<h2>{both(_TITLE)}</h2>" + "".join(_parts(seen, both))


def _parts(seen: Seen, both: Both) -> Iterator[str]:
    if not seen.drawn:
        yield f"<p>{both(_UNDRAWN)}</p>"
        return
    differs = bool(seen.pairs or seen.more)
    yield f"<p>{both(_OUTLINED if differs else _SAME)}{'' if seen.looked_at_all else ' ' + both(_LONG)}</p>"
    for pair in seen.pairs:
        yield f'<div class="pair">{_figure(pair, 0, both)}{_figure(pair, 1, both)}</div>'
    if seen.more:
        yield f"<p>{both(_MORE, pages=', '.join(map(str, seen.more)))}</p>"


def _figure(pair: Pair, number: int, both: Both) -> str:
    side, told = pair.sides[number], f"{both(_PAGE, n=str(pair.page))}, {both(_SIDES[number])}"
    if not side.src:
        return f"<figure><figcaption>{told}</figcaption><p>{both(_NONE, n=str(pair.page))}</p></figure>"
    sheet = f'<img src="{side.src}" alt="">{_marks(side)}'
    kind = "sheet now" if number else "sheet"
    return f'<figure><figcaption>{told}</figcaption><div class="{kind}">{sheet}</div></figure>'


def _marks(side: Side) -> str:
    """Boxes are shares of the page; a little room is left around what differs."""
    boxes = "".join(
        f'<rect x="{one.x * 1000 - 5:.1f}" y="{one.y * 1000 - 4:.1f}" '
        f'width="{one.w * 1000 + 10:.1f}" height="{one.h * 1000 + 8:.1f}" rx="3"/>'
        for one in side.marks
    )
    return f'<svg viewBox="0 0 1000 1000" preserveAspectRatio="none" aria-hidden="true">{boxes}</svg>'

"""A route template in words: who sits in each step, how many must agree, in which order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from antin.documents.route_templates import Seat, TemplateStep


def seat(name: str) -> str:
    """A person's name; or an office, in the language of the page, and the body it is held in."""
    office, parted, body = name.partition(" · ")
    return f"{_(office)} · {body}" if parted else name


def steps(found: Sequence[TemplateStep], names: Mapping[Seat, str]) -> list[str]:
    """One sentence a step, in order."""
    return [_step(one, names, beside=n > 0 and one.order == found[n - 1].order) for n, one in enumerate(found)]


def _step(one: TemplateStep, names: Mapping[Seat, str], *, beside: bool) -> str:
    said = "; ".join(seat(names.get(place, "")) for place in one.seats)
    notes = [_("ký nháy") if one.kind == "initial" else _("góp ý, thẩm định")]
    if len(one.seats) > 1 or one.quorum > 1:
        notes.append(_("cần %(n)d ý kiến") % {"n": one.quorum})
    if beside:
        notes.append(_("song song với bước trước"))
    if not one.obligatory:
        notes.append(_("không bắt buộc"))
    return f"{said} ({', '.join(notes)})"

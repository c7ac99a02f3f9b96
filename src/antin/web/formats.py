"""How dates, times, numbers and deadlines are written (ui.md §6): 20/11/2026, 08:42, 1.847, "còn 2 ngày".

Instants are shown on Vietnam's clock; the zone itself only in evidence (217/13.2).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from antin.rulebook import queries as rulebook
from antin.values import SystemClock, iso, to_vietnam

NBSP = "\N{NO-BREAK SPACE}"


def language() -> str:
    """The language of the page, "vi" or "en"."""
    return get_language() or "vi"


def now() -> datetime:
    """This instant on Vietnam's clock."""
    return to_vietnam(SystemClock().now())


def day(value: date | datetime | None) -> str:
    """20/11/2026; an empty text for nothing."""
    if value is None:
        return ""
    local = to_vietnam(value).date() if isinstance(value, datetime) else value
    return f"{local.day:02d}/{local.month:02d}/{local.year:04d}"


def clock(value: datetime | None, *, seconds: bool = False) -> str:
    """08:42, or 08:42:10."""
    return to_vietnam(value).strftime("%H:%M:%S" if seconds else "%H:%M") if value else ""


def when(value: datetime | None, *, seconds: bool = False) -> str:
    """Time alone for today, day and month before it within the year, the whole date otherwise."""
    if value is None:
        return ""
    local, today = to_vietnam(value), now().date()
    if local.date() == today:
        return clock(value, seconds=seconds)
    written = f"{local.day:02d}/{local.month:02d}" if local.year == today.year else day(value)
    return f"{written}{NBSP}{clock(value, seconds=seconds)}"


def instant(value: datetime | None) -> str:
    """20/11/2026 08:42:10, for facts and signatures."""
    return f"{day(value)} {clock(value, seconds=True)}" if value else ""


def machine(value: date | datetime | None) -> str:
    """For `datetime` attributes and evidence: ISO 8601 with the zone."""
    if isinstance(value, datetime):
        return iso(value)
    return value.isoformat() if value else ""


def number(value: int | float | None) -> str:
    """1.847 and 96,4 in Vietnamese, 1,847 and 96.4 in English."""
    if value is None:
        return ""
    written = f"{value:,}" if isinstance(value, int) else f"{value:,.1f}"
    return written if get_language() == "en" else written.translate(str.maketrans(",.", ".,"))


def count(value: int, most: int = 1000) -> str:
    """A counter; beyond what is worth counting it reads "1.000+"."""
    return f"{number(most)}+" if value >= most else number(value)


def size(value: int) -> str:
    """Bytes as people read them: 640 B, 84 kB, 3,1 MB."""
    if value < 1000:
        return f"{value}{NBSP}B"
    if value < 1_000_000:
        return f"{number(round(value / 1000))}{NBSP}kB"
    return f"{number(value / 1_000_000)}{NBSP}MB"


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline in words; `kind` is "q" (quiet), "warn" (one working day or less) or "bad" (past)."""

    kind: str
    text: str


def due(value: date | datetime | None, *, done: bool = False) -> Due | None:
    """ "hôm nay 16:00", "còn 2 ngày", "quá hạn 6 ngày" in working days, never hours and minutes (217/11.13)."""
    if value is None:
        return None
    if done:
        return Due("q", day(value))
    today, at = now(), to_vietnam(value) if isinstance(value, datetime) else None
    on = at.date() if at else value
    if (at and at < today) or on < today.date():
        late = rulebook.working_days_between(on, today.date())
        late_words = ngettext("quá hạn %(n)d ngày", "quá hạn %(n)d ngày", late) % {"n": late}
        return Due("bad", late_words if late else _("quá hạn hôm nay"))
    if on == today.date():
        return Due("warn", _("hôm nay %(time)s") % {"time": clock(at)} if at else _("hôm nay"))
    left = rulebook.working_days_between(today.date(), on)
    words = ngettext("còn %(n)d ngày", "còn %(n)d ngày", left) % {"n": left}
    return Due("warn" if left <= 1 else "q", words)


def joined(text: str) -> str:
    """Compounds of headings kept whole by a no-break space, so that no word splits at the end of a line."""
    for word in ("điện tử", "tổ chức", "cơ quan", "văn bản", "ký số", "xử lý", "kế hoạch", "báo cáo"):
        text = text.replace(word, word.replace(" ", NBSP))
    return text

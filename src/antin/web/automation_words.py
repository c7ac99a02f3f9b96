"""A rule and what it did, in words: every proposal says why it is made (379/27.4)."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from antin.automation.facts import Terms
from antin.exchange import queries as exchange
from antin.identity import queries as identity
from antin.regulation import RuleViolation
from antin.rulebook import queries as rulebook
from antin.values import N_, Urgency
from antin.web import formats, words

WAYS = {
    "route:propose": N_("đề nghị giao việc, lãnh đạo quyết định"),
    "route:run": N_("tự giao việc"),
    "remind:run": N_("tự nhắc hạn người được giao việc"),
}
RULE_STATES = {
    "drafted": N_("dự thảo, chưa chạy"),
    "enabled": N_("đang chạy"),
    "paused": N_("tạm dừng"),
}
RUN_STATES = {
    "done": N_("đã làm"),
    "failed": N_("lỗi, không làm"),
    "undone": N_("đã hoàn tác"),
    "proposed": N_("chờ người quyết định"),
    "carried_out": N_("đã chấp nhận"),
    "declined": N_("không chấp nhận"),
    "lapsed": N_("hết hiệu lực"),
}
LIGHTS: Mapping[str, str] = {
    "enabled": "ok", "done": "ok", "carried_out": "ok", "failed": "bad", "undone": "bad", "paused": "warn", "proposed": "warn",
}  # fmt: skip


def way(terms: Terms) -> str:
    """What the rule does, and how far."""
    return _(WAYS[f"{terms.kind}:{terms.mode}"])


def state(key: str) -> str:
    return _({**RULE_STATES, **RUN_STATES}[key])


def light(key: str) -> str:
    """The kind of tag of a state."""
    return LIGHTS.get(key, "")


def conditions(terms: Terms) -> list[str]:
    """Each condition in words, as it stands in the rule: what had to hold, and so the reason of what it did."""
    said = [
        (_("nơi gửi: %(names)s"), _senders(terms.senders)),
        (_("thể loại: %(names)s"), [_type(code) for code in terms.types]),
        (_("trích yếu có: %(names)s"), [f"“{word}”" for word in terms.words]),
        (_("độ khẩn: %(names)s"), [_urgency(one) for one in terms.urgencies]),
        (_("hồ sơ thuộc đề mục: %(names)s"), list(terms.classes)),
    ]
    return [text % {"names": "; ".join(names)} for text, names in said if names]


def deed(terms: Terms, lead_name: str) -> str:
    """What the rule does when it fits."""
    days = ngettext("%(num)s ngày làm việc", "%(num)s ngày làm việc", terms.days) % {"num": terms.days}
    if terms.kind == "remind":
        return _("Nhắc người được giao việc khi còn %(days)s đến hạn.") % {"days": days}
    return _("Giao %(name)s chủ trì, hạn %(days)s.") % {"name": lead_name, "days": days}


def _senders(codes: tuple[str, ...]) -> list[str]:
    known = sender_names()
    others = exchange.recipient_names([code for code in codes if code not in known])
    return [known.get(code) or others.get(code, code) for code in codes]


def sender_names() -> dict[str, str]:
    """Bodies of this installation by their Party code."""
    return {one.code: one.name for one in identity.organisations() if one.code}


def _type(code: str) -> str:
    try:
        return words.type_choice(rulebook.document_type(code))
    except RuleViolation:
        return code


def _urgency(key: str) -> str:
    known = {one.value for one in Urgency}
    return rulebook.urgency_label(Urgency(key), formats.language()) if key in known else key

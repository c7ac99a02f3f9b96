"""The template environment: autoescape always, undefined names are errors, gettext, our filters and components."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext, ngettext, pgettext
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from antin.regulation import clause
from antin.rulebook import queries as rulebook
from antin.values import Urgency
from antin.web import formats, words

HTMX = "django_htmx/htmx-2.min.js"


def environment(**options: Any) -> Environment:
    """Called by Django's template engine. Extensions: i18n (`_`, `{% trans %}`) and nothing else."""
    given = {**options, "undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    given.pop("autoescape", None)
    env = Environment(**given, autoescape=True, extensions=["jinja2.ext.i18n"])
    env.install_gettext_callables(gettext, ngettext, newstyle=True, pgettext=pgettext)  # type: ignore[attr-defined]
    env.policies["ext.i18n.trimmed"] = True
    env.globals |= {"static": asset, "url": reverse, "due_words": formats.due, "now": formats.now, "htmx": HTMX}
    env.globals |= {"Urgency": Urgency, "words": words, "clause": clause}
    env.globals |= {"urgency_label": rulebook.urgency_label, "secrecy_label": rulebook.secrecy_label}
    env.filters |= {
        "day": formats.day,
        "clock": formats.clock,
        "when": formats.when,
        "instant": formats.instant,
        "iso": formats.machine,
        "due": formats.due,
        "moment": formats.when,
        "machine": formats.machine,
        "number": formats.number,
        "count_words": formats.count,
        "size": formats.size,
        "joined": formats.joined,
        "title_of": words.title_of,
        "paragraphs": paragraphs,
    }
    return env


def paragraphs(text: str) -> Markup:
    """Plain text as paragraphs: a blank line parts them, a line feed stays one."""
    parts = [part.strip() for part in text.replace("\r\n", "\n").split("\n\n") if part.strip()]
    return Markup("").join(
        Markup("<p>{}</p>").format(Markup("<br>").join(line for line in part.split("\n"))) for part in parts
    )


def asset(path: str) -> str:
    """The address of a static file, with the digest of its content so that it may be cached and still change."""
    mark = _digest(path)
    return f"{static(path)}?v={mark}" if mark else static(path)


@cache
def _digest(path: str) -> str:
    found = finders.find(path)
    return hashlib.sha256(Path(found).read_bytes()).hexdigest()[:10] if isinstance(found, str) else ""

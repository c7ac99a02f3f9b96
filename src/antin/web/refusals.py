"""A refusal as people read it: the clause's plain statement, the reason, the next step (379/5.1).

Views let a RuleViolation rise (the middleware shows a page, or a toast to htmx), or show it on their own form:

    document_id, refused = attempt(lambda: documents.create_draft(actor=..., ...))
    if refused:
        return page(request, "drafts/edit.html", {"form": typed, "refused": refused}, status=refused.status)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from antin.regulation import Indeterminate, RuleViolation, clauses
from antin.regulation.errors import Violation
from antin.values import N_
from antin.web import route_words, table_words, words

Result = TypeVar("Result")
UNPROCESSABLE, NOT_FOUND, LOCKED, TOO_MANY, UNAVAILABLE = 422, 404, 423, 429, 503
NOT_VISIBLE = "379/4.4"
IMPOUNDED = "379/21.3"
NEVER_HINDERED = "379/5.1"
"""Stands for the rule where a refusal brings none of its own: nobody is turned away without one and a way forward."""
ASK = N_("Đọc quy định được nêu; nếu vẫn vướng, hỏi quản trị kèm mã tra cứu.")


@dataclass(frozen=True, slots=True)
class Refusal:
    """`statement` is the regulation in our own words, `reason` what happened here."""

    clause: str
    statement: str
    reason: str
    next_step: str
    status: int
    undecided: bool = False


def refusal(violation: Violation) -> Refusal:
    """The violation in the language of the page."""
    language = get_language() or "vi"
    named = violation.clause if violation.clause in clauses() else NEVER_HINDERED
    return Refusal(
        clause=named,
        statement=clauses()[named].statement(language),
        reason=_filled(violation.reason, violation),
        next_step=_filled(violation.next_step or ASK, violation),
        status=status_of(violation),
        undecided=isinstance(violation, Indeterminate),
    )


def no_such_page() -> RuleViolation:
    """For whom a page does not exist: the same answer as for an address that nothing stands at (379/4.4)."""
    return RuleViolation(NOT_VISIBLE, N_("Không có trang này."), N_("Về trang đầu."))


def status_of(violation: Violation) -> int:
    """404 for what one may not know of, 423 for what is impounded, 503 for what cannot be decided yet, 422 otherwise."""
    if isinstance(violation, Indeterminate):
        return UNAVAILABLE
    return {NOT_VISIBLE: NOT_FOUND, IMPOUNDED: LOCKED}.get(violation.clause, UNPROCESSABLE)


def attempt(act: Callable[[], Result]) -> tuple[Result | None, Refusal | None]:
    """The act's result, or its refusal for the page to show. What one may not know of still rises as "not found"."""
    try:
        return act(), None
    except (RuleViolation, Indeterminate) as violation:
        if status_of(violation) in (NOT_FOUND, LOCKED):
            raise
        return None, refusal(violation)


def described(violation: Violation, request: HttpRequest) -> dict[str, str]:
    """For the API."""
    said = refusal(violation)
    return {
        "clause": said.clause,
        "statement": said.statement,
        "reason": said.reason,
        "next_step": said.next_step,
    }


def _filled(text: str, violation: Violation) -> str:
    """Translated first, filled afterwards: the message's id is the text with its `{names}`."""
    return words.told(text, _facts_in_words(violation))


def _facts_in_words(violation: Violation) -> Mapping[str, object]:
    """Facts that are codes or messages themselves, in words; names and numbers stay as they are."""
    given = violation.facts
    said = {name: IN_WORDS[name](str(value)) for name, value in given.items() if name in IN_WORDS and value}
    if "life" in given and "state" in given:
        said["state"] = table_words.state(str(given["life"]), str(given["state"]))
    return {**given, **said}


def _each(word: Callable[[str], str]) -> Callable[[str], str]:
    """For several of them, parted by commas."""
    return lambda text: ", ".join(word(one) for one in text.split(", "))


IN_WORDS: Mapping[str, Callable[[str], str]] = {
    "act": table_words.act,
    "verdict": words.verdict,
    "office": _each(lambda one: _(words.office(one))),
    "missing": _each(words.signature),
    "name": _,
    "who": lambda text: "; ".join(route_words.seat(one) for one in text.split("; ")),
    "unit": _,
}

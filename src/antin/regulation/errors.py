"""What can go wrong, by whose doing; each carries evidence.

RuleViolation     ours: a clause forbids it, here is what to do instead; nothing changed
RemoteViolation   the peer's: answered with a refusal
Indeterminate     cannot decide yet: never valid, never invalid
"""

from __future__ import annotations

from collections.abc import Mapping


class Violation(Exception):
    """A clause, a reason in Vietnamese (marked for translation) with `{names}`, and the next step."""

    def __init__(self, clause: str, reason: str, next_step: str = "", **facts: object) -> None:
        self.clause = clause
        self.reason = reason
        self.next_step = next_step
        self.facts: Mapping[str, object] = facts
        super().__init__(self.message())

    def message(self) -> str:
        """Reason, next step and clause in the source language."""
        parts = [_filled(self.reason, self.facts), _filled(self.next_step, self.facts), self.clause]
        return " ".join(part for part in parts if part)


class RuleViolation(Violation):
    """Refused by a rule of ours."""


class RemoteViolation(Violation):
    """The other side broke the protocol or the law of exchange."""


class Indeterminate(Violation):
    """Undecided for want of a datum; `next_step` says when or how to try again."""


def _filled(text: str, facts: Mapping[str, object]) -> str:
    try:
        return text.format(**facts)
    except (KeyError, IndexError, ValueError):
        return text

"""Refusals that a person reads: a sentence in Vietnamese, marked for translation, and what fills its `{names}`."""

from __future__ import annotations

from collections.abc import Callable


class Told(Exception):
    """Why it does not go on."""

    def __init__(self, sentence: str, **facts: object) -> None:
        super().__init__(sentence.format(**facts))
        self._sentence, self._facts = sentence, facts

    def text(self, words: Callable[[str], str]) -> str:
        """In the person's language: translated first, filled afterwards."""
        return words(self._sentence).format(**self._facts)

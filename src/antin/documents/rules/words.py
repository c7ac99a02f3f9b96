"""Search in Vietnamese: what is indexed of a document, and what a query asks for.

A word is indexed twice, as typed and folded (no diacritics, đ as d), so one index serves both habits: "dang"
finds đảng, đang and dâng; "đảng" finds only đảng. Old and new tone placement (hoà, hòa) are one spelling.
Neighbouring words are indexed joined, so a quoted phrase is a plain AND. Only abstract and metadata are
indexed; content never is (379/4.5).

>>> query_of('kế hoạch "chuyển đổi số"').lexemes
('kế', 'hoạch', 'chuyển_đổi', 'đổi_số')
>>> reference_key("379-QĐ/TW"), query_of("379 qđ tw").fragment
('379-qd-tw', '379-qd-tw')
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from antin.values import fold, nfc

QUERY_LIMIT = 200
FRAGMENT_LEAST = 3  # shorter ones give a trigram index nothing to hold on to
_WORD = re.compile(r"\w+")
_PHRASE = re.compile(r'"([^"]*)"|([^"]+)')
_APART = re.compile(r"[\W_]+")
_TONES = {
    pair[0] + vowel: first + pair[1]
    for first, vowel, pairs in (
        ("o", "a", ("òà", "óá", "ỏả", "õã", "ọạ")),
        ("o", "e", ("òè", "óé", "ỏẻ", "õẽ", "ọẹ")),
        ("u", "y", ("ùỳ", "úý", "ủỷ", "ũỹ", "ụỵ")),
    )
    for pair in pairs
}
_TONE = re.compile("|".join(_TONES))


@dataclass(frozen=True, slots=True)
class WordQuery:
    """Lexemes that must all be there; `fragment` is a piece of a reference number, or empty."""

    lexemes: tuple[str, ...]
    fragment: str

    def folded(self) -> WordQuery:
        """The same query without diacritics."""
        return WordQuery(tuple(dict.fromkeys(fold(lexeme) for lexeme in self.lexemes)), self.fragment)


def index_words(texts: Iterable[str]) -> list[str]:
    """Every lexeme of a document, sorted and distinct."""
    lexemes: set[str] = set()
    for words in (_words(part) for part in texts):
        for form in (words, [fold(word) for word in words]):
            lexemes.update(form)
            lexemes.update(_joined(form))
    return sorted(lexemes)


def query_of(typed: str) -> WordQuery:
    """What the typed text asks for; quoted parts as phrases, the rest word by word."""
    lexemes: list[str] = []
    for phrase, loose in _PHRASE.findall(typed[:QUERY_LIMIT]):
        words = _words(phrase or loose)
        lexemes += list(_joined(words)) if phrase and len(words) > 1 else words
    number = '"' not in typed and any(c.isdigit() for c in typed)
    key = reference_key(typed) if number else ""
    return WordQuery(tuple(dict.fromkeys(lexemes)), key if len(key) >= FRAGMENT_LEAST else "")


def reference_key(reference: str) -> str:
    """A reference number as it is compared: folded, every separator a hyphen."""
    return _APART.sub("-", fold(nfc(reference))).strip("-")[:100]


def _words(typed: str) -> list[str]:
    spelt = _TONE.sub(lambda m: _TONES[m.group()], nfc(typed).lower())
    return [word[:60] for word in _WORD.findall(spelt.replace("_", " "))]


def _joined(words: list[str]) -> Iterator[str]:
    return (f"{a}_{b}" for a, b in pairwise(words))

"""The frozen values of a comparison of two revisions (379/17.3)."""

from __future__ import annotations

from dataclasses import dataclass

from antin.documents.facts import RevisionView


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text, changed against the other side or not."""

    text: str
    changed: bool = False


@dataclass(frozen=True, slots=True)
class DifferenceRow:
    """One line of a side-by-side comparison: kind "same", "changed", "added" or "removed"; line numbers from 1."""

    kind: str
    left_line: int | None
    left: tuple[Span, ...]
    right_line: int | None
    right: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class FieldDifference:
    """One field that differs between two revisions, both values word by word."""

    name: str
    left: tuple[Span, ...]
    right: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed from revision `left` to revision `right`, for a page with two columns."""

    left: RevisionView
    right: RevisionView
    fields: tuple[FieldDifference, ...] = ()
    lines: tuple[DifferenceRow, ...] = ()
    attachments_added: tuple[str, ...] = ()
    attachments_removed: tuple[str, ...] = ()

"""What a later version of a PDF object has in common with the earlier one, as it is written."""

from __future__ import annotations

from collections.abc import Iterator, Set
from typing import Any

from pyhanko.pdf_utils import generic


class NotListed(Exception):
    """Something that the quick look does not judge."""


def grown(old: Any, new: Any) -> list[Any]:
    """What a list gained at its end; NotListed when anything before it is not as it was."""
    kept = [number(entry) for entry in old]
    now = [number(entry) for entry in new]
    if None in kept or None in now or now[: len(kept)] != kept or len(set(now)) != len(now):
        raise NotListed("a list that did more than grow")
    return list(new)[len(kept) :]


def number(entry: Any) -> int | None:
    """The object's number when the entry is a reference."""
    return int(entry.idnum) if isinstance(entry, generic.IndirectObject) and entry.generation == 0 else None


def numbers(value: Any) -> Iterator[int]:
    """Numbers of all references inside a value written in place."""
    if isinstance(value, generic.IndirectObject):
        yield int(value.idnum)
    elif isinstance(value, generic.DictionaryObject):
        for key in value:
            yield from numbers(value.raw_get(key))
    elif isinstance(value, generic.ArrayObject):
        for position in range(len(value)):
            yield from numbers(value.raw_get(position))


def equal_but(old: Any, new: Any, except_for: Set[str]) -> None:
    """NotListed when two dictionaries differ in any other entry."""
    for key in {*old, *new} - except_for:
        if key not in old or key not in new or not same(old.raw_get(key), new.raw_get(key)):
            raise NotListed(f"{key} differs")


def same(old: Any, new: Any) -> bool:
    """Alike as written: same kind, same content, references to the same numbers."""
    if type(old) is not type(new):
        return False
    if isinstance(old, generic.IndirectObject):
        return (old.idnum, old.generation) == (new.idnum, new.generation)
    if isinstance(old, generic.StreamObject):
        return False
    if isinstance(old, generic.DictionaryObject):
        return old.keys() == new.keys() and all(same(old.raw_get(k), new.raw_get(k)) for k in old)
    if isinstance(old, generic.ArrayObject):
        pairs = ((old.raw_get(n), new.raw_get(n)) for n in range(len(old)))
        return len(old) == len(new) and all(same(a, b) for a, b in pairs)
    if isinstance(old, generic.TextStringObject | generic.ByteStringObject):
        return bool(old.original_bytes == new.original_bytes)
    return bool(old == new)

"""The journal of timestamp tokens as a part of a backup set: its files one after the other, each behind a line of name and size.

Without it a restored ledger would still prove that tokens were given, but nobody could say which (ADR 12). Pure but for the files.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from antin.continuity.manifest import NotOurs

PART = "tokens.sealed"
NAME = re.compile(r"tokens-[0-9]{8}\.log")
HEAD = re.compile(rb"(tokens-[0-9]{8}\.log) ([0-9]{1,15})\n")
HEAD_MAX = 64
READ_BYTES = 256 * 1024


def packed(folder: Path) -> Iterator[bytes]:
    """Every file of the journal up to where it ends now: the authority goes on writing meanwhile."""
    for path in sorted(one for one in folder.glob("tokens-*.log") if NAME.fullmatch(one.name)):
        left = path.stat().st_size
        yield f"{path.name} {left}\n".encode()
        with path.open("rb") as file:
            while left and (data := file.read(min(left, READ_BYTES))):
                left -= len(data)
                yield data


def laid_out(pieces: Iterable[bytes], folder: Path) -> int:
    """Writes the files into the folder, which is made; how many. NotOurs for anything but what `packed` makes."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    source, count = _Source(pieces), 0
    while (head := source.line()) is not None:
        found = HEAD.fullmatch(head)
        if found is None:
            raise NotOurs("the journal of tokens is not in form")
        target = folder / found[1].decode()
        with target.open("xb") as file:
            target.chmod(0o600)
            for data in source.exactly(int(found[2])):
                file.write(data)
        count += 1
    return count


class _Source:
    """Reads lines and stretches of known length off a stream of pieces."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._held = bytearray()

    def line(self) -> bytes | None:
        """The next line with its end, None at the end of everything."""
        while b"\n" not in self._held[:HEAD_MAX] and len(self._held) < HEAD_MAX and self._more():
            pass
        if not self._held:
            return None
        end = self._held.find(b"\n", 0, HEAD_MAX) + 1
        line = bytes(self._held[: end or HEAD_MAX])
        del self._held[: len(line)]
        return line

    def exactly(self, size: int) -> Iterator[bytes]:
        while size:
            if not self._held and not self._more():
                raise NotOurs("the journal of tokens ends early")
            data = bytes(self._held[:size])
            del self._held[: len(data)]
            size -= len(data)
            yield data

    def _more(self) -> bool:
        piece = next(self._pieces, None)
        self._held += piece or b""
        return piece is not None

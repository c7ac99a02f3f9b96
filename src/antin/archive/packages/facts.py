"""What goes into a package: frozen values, and bytes that are only asked for when their turn comes.

Instants are aware; digests are SHA-256 in lower-case hexadecimal here and in upper case in the package, as in the reference one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from antin.archive.packages import codes
from antin.values import Secrecy

Fields = tuple[tuple[str, str], ...]
"""Names and values of a description, in the circular's order."""


@dataclass(frozen=True, slots=True)
class Body:
    """An organisation by the name and the code that it goes by."""

    name: str
    code: str


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, in PREMIS's words; `entry` is the ledger's number of it, None for what was done just now.

    `what` says it in Vietnamese; `by` names who did it, "" for the system.
    """

    kind: str
    at: datetime
    what: str
    by: str = ""
    entry: int | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A file of the package: its name without a folder, its media type, its bytes in pieces, read once.

    `size` in bytes as far as it is known before; beyond 2 GiB it has to be.
    """

    name: str
    media_type: str
    pieces: Callable[[], Iterable[bytes]]
    size: int = 0


@dataclass(frozen=True, slots=True)
class DocumentPart:
    """One document: its description, its bytes as they were received or signed, its proof bundle, whence and when (379/24.3)."""

    ordinal: int
    code: str
    fields: Fields
    files: tuple[Part, ...]
    proof: Part
    history: tuple[Event, ...]
    origin: Fields


@dataclass(frozen=True, slots=True)
class PackageFacts:
    """The package as a whole. `kind`: AIP to another archive, DIP for use; `fields` describe the case file (AIP) or the
    request (DIP); `system` names the product and its version."""

    id: UUID
    kind: str
    at: datetime
    keeper: Body
    title: str
    fields: Fields
    history: tuple[Event, ...]
    system: tuple[str, str]

    @property
    def objid(self) -> str:
        return f"urn:uuid:{self.id}" if self.kind == codes.AIP else f"uuid-{self.id}"

    @property
    def folder(self) -> str:
        return self.objid.replace(":", "_")

    def own_id(self, name: str, prefix: str = "ID") -> str:
        """An identifier inside the package's XML: the same for the same name in the same package."""
        return f"{prefix}-{uuid5(self.id, name)}"


@dataclass(frozen=True, slots=True)
class Written:
    """A file that stands in the package: its path below the package's folder."""

    path: str
    media_type: str
    sha256: str
    size: int


def mode_of(secrecy: Secrecy) -> str:
    """How open it is: nothing of an archive that opens by right is open to all (379/23.2.d)."""
    return codes.MODE_CONDITIONAL if secrecy is Secrecy.OPEN else codes.MODE_SECRET

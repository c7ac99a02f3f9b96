"""A package's bytes, piece by piece: the documents one after the other, then what tells of them, METS at the very end.

Memory holds one document's bundle at most and a line for every file that was written. Equal facts give equal bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import quote

from antin.archive.packages import codes, descriptions, mets, premis
from antin.archive.packages.facts import DocumentPart, PackageFacts, Part, Written
from antin.archive.packages.premis import Kept
from antin.archive.packages.readme import README
from antin.archive.packages.zipping import Zip

XML_TYPE, ZIP_TYPE, TEXT_TYPE = "text/xml", "application/zip", "text/plain"


def pieces(package: PackageFacts, documents: Iterable[DocumentPart]) -> Iterator[bytes]:
    """The whole ZIP; each document is asked for when its turn comes."""
    made = _Package(package)
    for document in documents:
        yield from made.document(document)
    yield from made.metadata()


@dataclass
class _Package:
    facts: PackageFacts
    data: list[Written] = field(default_factory=list)
    described: list[Written] = field(default_factory=list)
    proofs: list[Written] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._zip = Zip(self.facts.at)

    def document(self, document: DocumentPart) -> Iterator[bytes]:
        files: list[Written] = []
        for part in document.files:
            yield from self._add(f"{codes.REPRESENTATION}/data/{part.name}", part, files)
        described = Part(f"EAD_doc_{document.code}.xml", XML_TYPE, lambda: [descriptions.written(document.fields)])
        yield from self._add(f"{codes.REPRESENTATION}/metadata/descriptive/{described.name}", described, self.described)
        yield from self._add(f"{codes.PROOFS}/{document.proof.name}", document.proof, self.proofs)
        self.data += files
        self.kept.append(Kept.of(document, files))

    def metadata(self) -> Iterator[bytes]:
        """Descriptions, preservation, the representation's METS, and METS over all of it."""
        readme: list[Written] = []
        yield from self._put("documentation/README.txt", README.encode(), readme, TEXT_TYPE)
        described: list[Written] = []
        yield from self._put(codes.EAD, descriptions.written(self.facts.fields), described)
        preserved: list[Written] = []
        told = premis.written(self.facts, self.kept)
        yield from self._put(codes.PREMIS, told, preserved)
        kept_below: list[Written] = []
        if self.facts.kind == codes.AIP:
            yield from self._put(codes.REPRESENTATION_PREMIS, told, kept_below)
        below = mets.Level(
            codes.REPRESENTATION,
            _from(codes.REPRESENTATION, self.described),
            _from(codes.REPRESENTATION, kept_below),
            [("Data", _from(codes.REPRESENTATION, self.data))],
        )
        pointed: list[Written] = []
        pointer = f"{codes.REPRESENTATION}/{codes.METS}"
        yield from self._put(pointer, mets.written(self.facts, below), pointed)
        groups = [("Representations/rep1", pointed), ("Documentation", _from("", [*readme, *self.proofs]))]
        whole = mets.Level("", described, preserved, groups, pointer)
        yield from self._put(codes.METS, mets.written(self.facts, whole), [])
        yield from self._zip.end()

    def _put(self, path: str, data: bytes, into: list[Written], media_type: str = XML_TYPE) -> Iterator[bytes]:
        yield from self._add(path, Part("", media_type, lambda: [data]), into)

    def _add(self, path: str, part: Part, into: list[Written]) -> Iterator[bytes]:
        yield from self._zip.add(f"{self.facts.folder}/{path}", part.pieces(), part.size)
        into.append(Written(path, part.media_type, self._zip.sha256, self._zip.size))


def _from(folder: str, files: Iterable[Written]) -> list[Written]:
    """The same files by their addresses as a METS in that folder gives them."""
    start = len(folder) + 1 if folder else 0
    return [Written(quote(one.path[start:]), one.media_type, one.sha256, one.size) for one in files]

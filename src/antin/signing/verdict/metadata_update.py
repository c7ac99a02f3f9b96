"""The file's own metadata, rewritten by many programs with every signature: the dictionary /Info and the XMP stream.

Both may change within a revision that nothing else is held against, for a reader shows neither on a page. The object is
left to the full comparison unless it is nothing but metadata:

- it keeps its number, and the trailer's /Info or the catalogue's /Metadata refers to it
- nothing else does: not one reference anywhere in the file, in any version of any object, in the open or compressed;
  otherwise a page's content, a picture or a signature's appearance could be the same object
- it is no object stream and no cross-reference stream, whose contents are reached without a reference
- /Info is a plain dictionary of which only /ModDate and /Producer differ, and these are strings
- the stream was and is well-formed XMP, and says so, and is written in the file
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import HistoricalResolver, PdfFileReader
from pyhanko.sign.diff_analysis import MetadataUpdateRule, SuspiciousModification

from antin.signing.verdict.numbering import Numbering, Place
from antin.signing.verdict.sameness import NotListed, equal_but, number, numbers

_INFO_KEYS = {"/ModDate", "/Producer"}
_STREAM_KEYS = {"/Type", "/Subtype", "/Length", "/Filter"}


class MetadataUpdate:
    """Of one file; where its metadata are referred to from is looked at once, whatever the number of revisions."""

    def __init__(self, reader: PdfFileReader, numbering: Numbering) -> None:
        self._reader, self._numbering = reader, numbering
        self._belongs_to_trailer = cache(lambda info: self._is_only(info, self._trailers(info)))
        self._belongs_to_catalogue = cache(lambda stream: self._is_only(stream, self._catalogues(stream)))

    def rewritten(self, old: HistoricalResolver, new: HistoricalResolver, overwritten: set[int]) -> set[int]:
        """Which of the overwritten numbers are metadata and nothing else; NotListed when it is not clear."""
        info, stream = number(_entry(old.trailer_view, "/Info")), number(_entry(old(old.root_ref), "/Metadata"))
        found = set()
        if info is not None and info in overwritten:
            if info != number(_entry(new.trailer_view, "/Info")) or not self._belongs_to_trailer(info):
                raise NotListed("/Info is more than that")
            _check_info(old(_reference(info, old)), new(_reference(info, new)))
            found.add(info)
        if stream is not None and stream in overwritten:
            if stream != number(_entry(new(new.root_ref), "/Metadata")) or not self._belongs_to_catalogue(stream):
                raise NotListed("/Metadata is more than that")
            _check_stream(_reference(stream, old))
            _check_stream(_reference(stream, new))
            found.add(stream)
        return found

    def _is_only(self, wanted: int, places: list[Place]) -> bool:
        return not self._numbering.is_container(wanted) and self._numbering.is_sole(wanted, places)

    def _trailers(self, info: int) -> list[Place]:
        """Where the trailers stand that name this number, each under /Info alone."""
        found: list[Place] = []
        for revision, resolver in enumerate(self._revisions()):
            if _names(resolver.trailer_view, info, "/Info"):
                found.append(int(self._reader.xrefs.get_xref_container_info(revision).start_location))
        return found

    def _catalogues(self, stream: int) -> list[Place]:
        """Where the catalogues stand that name this number, each under /Metadata alone."""
        return [
            self._numbering.place_of(resolver.root_ref, revision)
            for revision, resolver in enumerate(self._revisions())
            if _names(resolver(resolver.root_ref), stream, "/Metadata")
        ]

    def _revisions(self) -> Iterator[HistoricalResolver]:
        return map(self._reader.get_historical_resolver, range(self._reader.xrefs.total_revisions))


def _names(dictionary: Any, wanted: int, key: str) -> bool:
    """True when the dictionary refers to the number under this key; NotListed when it does so elsewhere."""
    mentioned = list(numbers(dictionary)).count(wanted)
    if mentioned != int(number(_entry(dictionary, key)) == wanted):
        raise NotListed(f"{key} under another name")
    return bool(mentioned)


def _check_info(old: Any, new: Any) -> None:
    if type(old) is not generic.DictionaryObject or type(new) is not generic.DictionaryObject:
        raise NotListed("/Info is no dictionary")
    equal_but(old, new, _INFO_KEYS)
    texts = (generic.TextStringObject, generic.ByteStringObject)
    if not all(isinstance(one.raw_get(key), texts) for one in (old, new) for key in _INFO_KEYS & set(one)):
        raise NotListed("/Info with more than texts")


def _check_stream(reference: generic.Reference) -> None:
    stream = reference.get_object()
    if type(stream) is not generic.StreamObject or not set(stream) <= _STREAM_KEYS or list(numbers(stream)):
        raise NotListed("/Metadata is no plain stream")
    if (stream["/Type"], stream["/Subtype"]) != ("/Metadata", "/XML"):
        raise NotListed("/Metadata of another type")
    try:
        MetadataUpdateRule.is_well_formed_xml(reference)
    except (SuspiciousModification, PdfError) as broken:
        raise NotListed("/Metadata can't be read") from broken


def _entry(dictionary: Any, key: str) -> Any:
    return dictionary.raw_get(key) if key in dictionary else None


def _reference(wanted: int, resolver: HistoricalResolver) -> generic.Reference:
    return generic.Reference(wanted, 0, resolver)

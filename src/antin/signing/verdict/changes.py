"""What later revisions of a PDF did to what was signed: nothing, archival data, further signatures, or something else.

The library's comparison maps every object of the signed revision and costs some 15 ms a page. Nearly every signed
document only ever gets what the ceremony adds, so `quick` looks at exactly that first, by an allow-list:

- an overwritten object may be the catalogue (only /DSS, /AcroForm appear or move), the form, its list of fields, a
  page (only /Annots grows), the list of annotations of a page, an empty signature field being filled, the store
- everything else that a revision brings must be new: a number that no earlier revision defined or referred to
- lists only grow, and only by signature fields without actions or children
- an object of an earlier revision may not lie behind that revision's end

Whatever is not on the list is not refused but left to the library's comparison (`full`), which is right about the
unusual. `quick` never answers less than `full` would; a test compares them on altered documents.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import HistoricalResolver, PdfFileReader
from pyhanko.sign.diff_analysis import DEFAULT_DIFF_POLICY, DiffResult, ModificationLevel
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

from antin.signing.verdict.references import references

NONE, ARCHIVAL, FORMS, OTHER = "none", "archival", "forms", "other"
RANK = (NONE, ARCHIVAL, FORMS, OTHER)
_LEVELS = {
    ModificationLevel.NONE: NONE,
    ModificationLevel.LTA_UPDATES: ARCHIVAL,
    ModificationLevel.FORM_FILLING: FORMS,
}
_FIELD_KEYS = {"/FT", "/T", "/TU", "/Type", "/Subtype", "/F", "/Rect", "/P", "/V", "/AP", "/Lock", "/SV", "/Ff"}
_STORE_KEYS = {"/Type", "/Certs", "/OCSPs", "/CRLs"}
_TRAILER_KEYS = {"/Size", "/Prev", "/ID", "/Length", "/Filter", "/W", "/Index", "/Type", "/DecodeParms"}


def since(embedded: EmbeddedPdfSignature, quick: Quick) -> str:
    """The worst that was done after this signature, by what it permits itself."""
    locked = embedded.fieldmdp is not None
    level = quick.level(int(embedded.signed_revision))
    if level is None or (locked and level == FORMS):
        level = full(embedded)
    if asks_to_redraw(embedded):
        return OTHER
    permitted = embedded.docmdp_level
    return OTHER if permitted is not None and RANK.index(level) > permitted.value else level


def asks_to_redraw(embedded: EmbeddedPdfSignature) -> bool:
    """True when a later form tells programs to draw its fields anew (the library counts that as filling in)."""
    then = embedded.reader.get_historical_resolver(int(embedded.signed_revision))
    before, now = then(then.root_ref), embedded.reader.root
    return needs_appearances(now) and not needs_appearances(before)


def needs_appearances(root: Any) -> bool:
    """True when the catalogue's form tells programs to draw its fields anew."""
    return "/AcroForm" in root and bool(root["/AcroForm"].get("/NeedAppearances", False))


def full(embedded: EmbeddedPdfSignature) -> str:
    """The library's answer."""
    result = embedded.evaluate_modifications(DEFAULT_DIFF_POLICY)
    return _LEVELS.get(result.modification_level, OTHER) if isinstance(result, DiffResult) else OTHER


def between(reader: PdfFileReader, revision: int) -> str:
    """The library's answer about everything since a revision that nobody signed, as for an approval signature."""
    result = DEFAULT_DIFF_POLICY.review_file(reader, revision)
    return _LEVELS.get(result.modification_level, OTHER) if isinstance(result, DiffResult) else OTHER


class NotListed(Exception):
    """Something that `quick` does not judge."""


class Quick:
    """The allow-list over one file; each revision is looked at once, whatever the number of signatures."""

    def __init__(self, reader: PdfFileReader, data: bytes) -> None:
        self._reader = reader
        self._data = data
        self._steps: dict[int, str | None] = {}
        self._references: list[tuple[int, int]] | None = None
        self._defined: list[set[int]] = []
        for revision in range(reader.xrefs.total_revisions):
            section = reader.xrefs.get_xref_data(revision)
            self._defined.append({*section.standard_xrefs, *section.xrefs_in_objstm, *section.freed})

    def level(self, signed: int) -> str | None:
        """The worst of all revisions after the signed one; None when one of them is not on the list."""
        worst = NONE
        for revision in range(signed + 1, self._reader.xrefs.total_revisions):
            if revision not in self._steps:
                self._steps[revision] = self._step(revision)
            level = self._steps[revision]
            if level is None:
                return None
            worst = max(worst, level, key=RANK.index)
        return worst

    def _step(self, revision: int) -> str | None:
        try:
            self._check_numbers(revision)
            return _Step(self._reader, revision, self._overwritten(revision)).level()
        except (NotListed, KeyError, TypeError, AttributeError, ValueError, IndexError):
            return None

    def _overwritten(self, revision: int) -> set[int]:
        return {number for number in self._defined[revision] if any(number in d for d in self._defined[:revision])}

    def _check_numbers(self, revision: int) -> None:
        """Plain sections only; what is new was neither defined nor referred to before; what is old lies before."""
        section = self._reader.xrefs.get_xref_data(revision)
        if section.freed or section.hybrid is not None or any(section.higher_generation_refs()):
            raise NotListed("freed or renumbered objects")
        end = self._end(revision - 1)
        for earlier in range(revision):
            offsets = self._reader.xrefs.get_xref_data(earlier).standard_xrefs.values()
            if any(offset >= end for _, offset in offsets):
                raise NotListed("an object behind its revision")
        fresh = self._defined[revision] - self._overwritten(revision)
        size = int(self._reader.xrefs.get_xref_container_info(revision - 1).size)
        if any(number < size for number in fresh):
            raise NotListed("a number that could have been taken")
        if any(number in fresh for at, number in self._referred() if at < end):
            raise NotListed("referred to before it existed")

    def _end(self, revision: int) -> int:
        return int(self._reader.xrefs.get_xref_container_info(revision).end_location)

    def _referred(self) -> list[tuple[int, int]]:
        """(place, number) of everything that looks like a reference, in the open and inside object streams."""
        if self._references is None:
            found = list(references(self._data))
            for revision in range(self._reader.xrefs.total_revisions):
                for reference in self._reader.xrefs.object_streams_used_in(revision):
                    stream = self._reader.get_historical_resolver(revision)(reference)
                    place = self._end(revision) - 1
                    found += [(place, number) for _, number in references(stream.data)]
            self._references = found
        return self._references


class _Step:
    """One revision against the one before."""

    def __init__(self, reader: PdfFileReader, revision: int, overwritten: set[int]) -> None:
        self._old: HistoricalResolver = reader.get_historical_resolver(revision - 1)
        self._new: HistoricalResolver = reader.get_historical_resolver(revision)
        self._waiting = set(overwritten)
        self._level = ARCHIVAL

    def level(self) -> str:
        self._trailer()
        # Through the resolvers: the trailer's own view would answer with today's catalogue for every revision.
        old_root, new_root = self._old(self._old.root_ref), self._new(self._new.root_ref)
        self._catalogue(old_root, new_root)
        self._done(self._old.root_ref.idnum)
        for old, new in zip(_pages(old_root), _pages(new_root), strict=False):
            if not self._waiting:
                break
            self._page(old, new)
        if self._waiting:
            raise NotListed(f"objects {sorted(self._waiting)[:5]}")
        return self._level

    def _done(self, number: int | None) -> None:
        self._waiting.discard(number)  # type: ignore[arg-type]

    def _trailer(self) -> None:
        old, new = self._old.trailer_view, self._new.trailer_view
        for key in {*old, *new} - _TRAILER_KEYS:
            if key not in old or key not in new or not _same(old.raw_get(key), new.raw_get(key)):
                raise NotListed(f"trailer {key}")

    def _catalogue(self, old: Any, new: Any) -> None:
        _equal_but(old, new, {"/DSS", "/AcroForm"})
        if "/DSS" in old and "/DSS" not in new:
            raise NotListed("/DSS taken away")
        if "/DSS" in new:
            self._store(old, new)
        if "/AcroForm" in old:
            self._form(old, new)
        elif "/AcroForm" in new:
            self._new_fields((), new["/AcroForm"]["/Fields"])
            if set(new["/AcroForm"]) - {"/Fields", "/SigFlags"}:
                raise NotListed("a form with more than fields")

    def _store(self, old: Any, new: Any) -> None:
        """The security store holds data for verifiers only: lists of its own, written in place."""
        store = new["/DSS"]
        if not set(store) <= _STORE_KEYS:
            raise NotListed("unusual store")
        lists = [store.raw_get(key) for key in store if key != "/Type"]
        if not all(isinstance(entry, generic.ArrayObject) for entry in lists):
            raise NotListed("lists of the store elsewhere")
        if "/DSS" in old:
            if not _same(old.raw_get("/DSS"), new.raw_get("/DSS")) or not set(old["/DSS"]) <= _STORE_KEYS:
                raise NotListed("another store")
            self._done(_number(old.raw_get("/DSS")))

    def _form(self, old: Any, new: Any) -> None:
        before, after = old.raw_get("/AcroForm"), new.raw_get("/AcroForm")
        if _number(before) != _number(after):
            raise NotListed("another form")
        self._done(_number(before))
        old_form, new_form = old["/AcroForm"], new["/AcroForm"]
        _equal_but(old_form, new_form, {"/Fields", "/SigFlags"})
        before, after = old_form.raw_get("/Fields"), new_form.raw_get("/Fields")
        if _number(before) != _number(after):
            raise NotListed("another list of fields")
        self._done(_number(before))
        old_fields, new_fields = old_form["/Fields"], new_form["/Fields"]
        self._new_fields(old_fields, new_fields)
        for reference in old_fields:
            if _number(reference) in self._waiting:
                self._filled(self._old(reference.reference), self._new(reference.reference))
                self._done(_number(reference))

    def _new_fields(self, old: Any, new: Any) -> None:
        """The list only grew, by signature fields; a visible one, or one that is no timestamp, is more than archival."""
        for reference in _grown(old, new):
            field = self._new(reference.reference)
            _check_field(field)
            invisible = [float(v) for v in field["/Rect"]] in ([0.0] * 4, [-9999.0] * 4)
            if not invisible or "/V" not in field or field["/V"].get("/Type") != "/DocTimeStamp":
                self._level = FORMS

    def _filled(self, old: Any, new: Any) -> None:
        """An empty signature field got its value and its picture, both new objects."""
        if "/V" in old or "/V" not in new:
            raise NotListed("a field that was not empty")
        _check_field(new)
        _equal_but(old, new, {"/V", "/AP"})
        for key in ("/V", "/AP"):
            for number in _numbers(new.raw_get(key)) if key in new else ():
                if self._existed(number):
                    raise NotListed("value or picture from elsewhere")
        self._level = FORMS

    def _existed(self, number: int) -> bool:
        return number < int(self._old.reader.xrefs.get_xref_container_info(self._old.revision).size)

    def _page(self, old: Any, new: Any) -> None:
        number = _number(old)
        if number != _number(new):
            raise NotListed("another page")
        old_page, new_page = old.get_object(), new.get_object()
        before = old_page.raw_get("/Annots") if "/Annots" in old_page else None
        after = new_page.raw_get("/Annots") if "/Annots" in new_page else None
        if number in self._waiting:
            _equal_but(old_page, new_page, {"/Annots"})
            self._done(number)
        if before is None and after is None:
            return
        if before is not None and _number(before) != _number(after):
            raise NotListed("another list of annotations")
        if number is not None and _number(after) is None and _same(before, after):
            return
        for reference in _grown(() if before is None else old_page["/Annots"], new_page["/Annots"]):
            _check_field(self._new(reference.reference))
        self._done(_number(before))


def _pages(root: Any) -> Iterator[Any]:
    """References of the pages in order. NotListed for a tree that is too deep or bears something else."""
    waiting = [(root.raw_get("/Pages"), 0)]
    while waiting:
        reference, depth = waiting.pop()
        node = reference.get_object()
        if depth > 32:
            raise NotListed("page tree")
        if node["/Type"] == "/Page":
            yield reference
        else:
            waiting += [(kid, depth + 1) for kid in reversed(list(node["/Kids"]))]


def _check_field(field: Any) -> None:
    if field["/FT"] != "/Sig" or field["/Subtype"] != "/Widget" or not set(field) <= _FIELD_KEYS:
        raise NotListed("not a plain signature field")


def _grown(old: Any, new: Any) -> list[Any]:
    """What a list gained at its end; NotListed when anything before it is not as it was."""
    kept = [_number(entry) for entry in old]
    now = [_number(entry) for entry in new]
    if None in kept or None in now or now[: len(kept)] != kept or len(set(now)) != len(now):
        raise NotListed("a list that did more than grow")
    return list(new)[len(kept) :]


def _number(entry: Any) -> int | None:
    """The object's number when the entry is a reference."""
    return int(entry.idnum) if isinstance(entry, generic.IndirectObject) and entry.generation == 0 else None


def _numbers(value: Any) -> Iterator[int]:
    """Numbers of all references inside a value written in place."""
    if isinstance(value, generic.IndirectObject):
        yield int(value.idnum)
    elif isinstance(value, generic.DictionaryObject):
        for key in value:
            yield from _numbers(value.raw_get(key))
    elif isinstance(value, generic.ArrayObject):
        for position in range(len(value)):
            yield from _numbers(value.raw_get(position))


def _equal_but(old: Any, new: Any, except_for: set[str]) -> None:
    for key in {*old, *new} - except_for:
        if key not in old or key not in new or not _same(old.raw_get(key), new.raw_get(key)):
            raise NotListed(f"{key} differs")


def _same(old: Any, new: Any) -> bool:
    """Alike as written: same kind, same content, references to the same numbers."""
    if type(old) is not type(new):
        return False
    if isinstance(old, generic.IndirectObject):
        return (old.idnum, old.generation) == (new.idnum, new.generation)
    if isinstance(old, generic.StreamObject):
        return False
    if isinstance(old, generic.DictionaryObject):
        return old.keys() == new.keys() and all(_same(old.raw_get(k), new.raw_get(k)) for k in old)
    if isinstance(old, generic.ArrayObject):
        pairs = ((old.raw_get(n), new.raw_get(n)) for n in range(len(old)))
        return len(old) == len(new) and all(_same(a, b) for a, b in pairs)
    if isinstance(old, generic.TextStringObject | generic.ByteStringObject):
        return bool(old.original_bytes == new.original_bytes)
    return bool(old == new)

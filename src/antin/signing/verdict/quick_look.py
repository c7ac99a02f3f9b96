"""The allow-list of what a later revision of a signed PDF may do, looked at without the library's comparison.

- an overwritten object may be the catalogue (only /DSS, /AcroForm appear or move), the form, its list of fields, a
  page (only /Annots grows), the list of annotations of a page, an empty signature field being filled, the store, and
  the file's own metadata (`metadata_update`)
- everything else that a revision brings must be new: a number that no earlier revision defined or referred to
- lists only grow, and only by signature fields without actions or children
- an object of an earlier revision may not lie behind that revision's end
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import HistoricalResolver, PdfFileReader

from antin.signing.verdict.levels import ARCHIVAL, FORMS, NONE, RANK
from antin.signing.verdict.metadata_update import MetadataUpdate
from antin.signing.verdict.numbering import Numbering
from antin.signing.verdict.sameness import NotListed, equal_but, grown, number, numbers, same

_FIELD_KEYS = {"/FT", "/T", "/TU", "/Type", "/Subtype", "/F", "/Rect", "/P", "/V", "/AP", "/Lock", "/SV", "/Ff"}
_STORE_KEYS = {"/Type", "/Certs", "/OCSPs", "/CRLs"}
_TRAILER_KEYS = {"/Size", "/Prev", "/ID", "/Length", "/Filter", "/W", "/Index", "/Type", "/DecodeParms"}


class Quick:
    """The allow-list over one file; each revision is looked at once, whatever the number of signatures."""

    def __init__(self, reader: PdfFileReader, data: bytes) -> None:
        self._reader = reader
        self._numbering = Numbering(reader, data)
        self._metadata = MetadataUpdate(reader, self._numbering)
        self._steps: dict[int, _Step | None] = {}
        self._worst: dict[int, str | None] = {int(reader.xrefs.total_revisions) - 1: NONE}

    def level(self, signed: int) -> str | None:
        """The worst of all revisions after the signed one; None when one of them is not on the list."""
        for revision in range(min(self._worst), signed, -1):
            worst, step = self._worst[revision], None
            if worst is not None:
                step = self._step(revision)
            self._worst[revision - 1] = max(worst, step.level, key=RANK.index) if worst and step else None
        return self._worst[signed]

    def keeps_metadata(self, signed: int) -> bool:
        """True when each revision after this one is on the list and leaves the file's own metadata as they were."""
        steps = [self._step(revision) for revision in range(signed + 1, self._reader.xrefs.total_revisions)]
        return all(step is not None and not step.rewrites_metadata for step in steps)

    def is_betrayed(self, signed: int) -> bool:
        """True when no comparison of later revisions can be trusted (`numbering`)."""
        return self._numbering.is_betrayed(signed)

    def _step(self, revision: int) -> _Step | None:
        if revision not in self._steps:
            try:
                self._check_numbers(revision)
                overwritten = self._numbering.overwritten(revision)
                self._steps[revision] = _Step(self._reader, revision, overwritten, self._metadata)
            except (NotListed, KeyError, TypeError, AttributeError, ValueError, IndexError):
                self._steps[revision] = None
        return self._steps[revision]

    def _check_numbers(self, revision: int) -> None:
        """Plain sections only; what is new was neither defined nor referred to before; what is old lies before."""
        section = self._reader.xrefs.get_xref_data(revision)
        if section.freed or section.hybrid is not None or any(section.higher_generation_refs()):
            raise NotListed("freed or renumbered objects")
        if not self._numbering.ends_behind_all(revision - 1):
            raise NotListed("an object behind its revision")
        fresh = self._numbering.fresh(revision)
        size = self._numbering.size(revision - 1)
        if any(number < size for number in fresh):
            raise NotListed("a number that could have been taken")
        if self._numbering.is_referred_to(fresh, revision - 1):
            raise NotListed("referred to before it existed")


class _Step:
    """One revision against the one before. NotListed when it did something else than the list allows."""

    def __init__(self, reader: PdfFileReader, revision: int, overwritten: set[int], metadata: MetadataUpdate) -> None:
        self._old: HistoricalResolver = reader.get_historical_resolver(revision - 1)
        self._new: HistoricalResolver = reader.get_historical_resolver(revision)
        self._waiting = set(overwritten)
        self.level = ARCHIVAL
        self._trailer()
        # Through the resolvers: the trailer's own view would answer with today's catalogue for every revision.
        old_root, new_root = self._old(self._old.root_ref), self._new(self._new.root_ref)
        self._catalogue(old_root, new_root)
        self._done(self._old.root_ref.idnum)
        rewritten = metadata.rewritten(self._old, self._new, self._waiting)
        self.rewrites_metadata = bool(rewritten)
        self._waiting -= rewritten
        for old, new in zip(_pages(old_root), _pages(new_root), strict=False):
            if not self._waiting:
                break
            self._page(old, new)
        if self._waiting:
            raise NotListed(f"objects {sorted(self._waiting)[:5]}")

    def _done(self, done: int | None) -> None:
        self._waiting.discard(done)  # type: ignore[arg-type]

    def _trailer(self) -> None:
        old, new = self._old.trailer_view, self._new.trailer_view
        for key in {*old, *new} - _TRAILER_KEYS:
            if key not in old or key not in new or not same(old.raw_get(key), new.raw_get(key)):
                raise NotListed(f"trailer {key}")

    def _catalogue(self, old: Any, new: Any) -> None:
        equal_but(old, new, {"/DSS", "/AcroForm"})
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
            if not same(old.raw_get("/DSS"), new.raw_get("/DSS")) or not set(old["/DSS"]) <= _STORE_KEYS:
                raise NotListed("another store")
            self._done(number(old.raw_get("/DSS")))

    def _form(self, old: Any, new: Any) -> None:
        before, after = old.raw_get("/AcroForm"), new.raw_get("/AcroForm")
        if number(before) != number(after):
            raise NotListed("another form")
        self._done(number(before))
        old_form, new_form = old["/AcroForm"], new["/AcroForm"]
        equal_but(old_form, new_form, {"/Fields", "/SigFlags"})
        before, after = old_form.raw_get("/Fields"), new_form.raw_get("/Fields")
        if number(before) != number(after):
            raise NotListed("another list of fields")
        self._done(number(before))
        old_fields, new_fields = old_form["/Fields"], new_form["/Fields"]
        self._new_fields(old_fields, new_fields)
        for reference in old_fields:
            if number(reference) in self._waiting:
                self._filled(self._old(reference.reference), self._new(reference.reference))
                self._done(number(reference))

    def _new_fields(self, old: Any, new: Any) -> None:
        """The list only grew, by signature fields; a visible one, or one that is no timestamp, is more than archival."""
        for reference in grown(old, new):
            field = self._new(reference.reference)
            _check_field(field)
            invisible = [float(v) for v in field["/Rect"]] in ([0.0] * 4, [-9999.0] * 4)
            if not invisible or "/V" not in field or field["/V"].get("/Type") != "/DocTimeStamp":
                self.level = FORMS

    def _filled(self, old: Any, new: Any) -> None:
        """An empty signature field got its value and its picture, both new objects."""
        if "/V" in old or "/V" not in new:
            raise NotListed("a field that was not empty")
        _check_field(new)
        equal_but(old, new, {"/V", "/AP"})
        for key in ("/V", "/AP"):
            for mentioned in numbers(new.raw_get(key)) if key in new else ():
                if self._existed(mentioned):
                    raise NotListed("value or picture from elsewhere")
        self.level = FORMS

    def _existed(self, mentioned: int) -> bool:
        return mentioned < int(self._old.reader.xrefs.get_xref_container_info(self._old.revision).size)

    def _page(self, old: Any, new: Any) -> None:
        page = number(old)
        if page != number(new):
            raise NotListed("another page")
        old_page, new_page = old.get_object(), new.get_object()
        before = old_page.raw_get("/Annots") if "/Annots" in old_page else None
        after = new_page.raw_get("/Annots") if "/Annots" in new_page else None
        if page in self._waiting:
            equal_but(old_page, new_page, {"/Annots"})
            self._done(page)
        if before is None and after is None:
            return
        if before is not None and number(before) != number(after):
            raise NotListed("another list of annotations")
        if page is not None and number(after) is None and same(before, after):
            return
        for reference in grown(() if before is None else old_page["/Annots"], new_page["/Annots"]):
            _check_field(self._new(reference.reference))
        self._done(number(before))


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

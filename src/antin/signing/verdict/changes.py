"""What later revisions of a PDF did to what was signed: nothing, archival data, further signatures, or something else.

The library's comparison maps every object of the signed revision and costs some 15 ms a page, once for each later
revision and each signature. Nearly every signed document only ever gets what the ceremony adds, so the quick look
(`quick_look`) looks for exactly that first, by an allow-list, and at each revision once.

Whatever is not on the list is not refused but left to the library's comparison (`full`), which is right about the
unusual. The quick look never answers less than `full` would; a test compares them on altered documents. Where the
numbers of the objects themselves can't be trusted (`numbering`), neither is asked.
"""

from __future__ import annotations

from typing import Any

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import DEFAULT_DIFF_POLICY, DiffResult, ModificationLevel
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

from antin.signing.verdict.levels import ARCHIVAL, FORMS, NONE, OTHER, RANK
from antin.signing.verdict.quick_look import Quick

__all__ = [
    "ARCHIVAL",
    "FORMS",
    "NONE",
    "OTHER",
    "RANK",
    "Quick",
    "after",
    "asks_to_redraw",
    "full",
    "needs_appearances",
    "since",
]

_LEVELS = {
    ModificationLevel.NONE: NONE,
    ModificationLevel.LTA_UPDATES: ARCHIVAL,
    ModificationLevel.FORM_FILLING: FORMS,
}


def since(embedded: EmbeddedPdfSignature, quick: Quick) -> str:
    """The worst that was done after this signature, by what it permits itself."""
    if quick.is_betrayed(int(embedded.signed_revision)):
        return OTHER
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


def after(reader: PdfFileReader, data: bytes, revision: int) -> str:
    """The worst that was done since a revision that nobody signed, as for an approval signature."""
    quick = Quick(reader, data)
    if quick.is_betrayed(revision):
        return OTHER
    level = quick.level(revision)
    if level is not None:
        return level
    result = DEFAULT_DIFF_POLICY.review_file(reader, revision)
    return _LEVELS.get(result.modification_level, OTHER) if isinstance(result, DiffResult) else OTHER

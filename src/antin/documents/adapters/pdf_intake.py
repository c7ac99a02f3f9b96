"""The door for PDF files: no file is opened anywhere before it went through `check` (379/5.4)."""

from __future__ import annotations

from dataclasses import dataclass

from antin.documents.adapters.pdf_process import PdfProcess, process, refusal

LIMIT_BYTES = 50 * 1024 * 1024
MAX_PAGES = 2000


@dataclass(frozen=True, slots=True)
class PdfFacts:
    """What an accepted file is. `pdfa` tells what it claims (`pdfa_level` like "2b"), not that it conforms."""

    pages: int
    size: int
    signed: bool
    pdfa: bool
    pdfa_level: str
    version: str
    width_pt: float
    height_pt: float


def check(
    data: bytes,
    *,
    limit_bytes: int = LIMIT_BYTES,
    max_pages: int = MAX_PAGES,
    using: PdfProcess | None = None,
    source: str = "",
) -> PdfFacts:
    """Facts of an acceptable PDF; RuleViolation naming the limit or the finding.

    Refused: larger than the limit, not a PDF, encrypted, broken, scripts, commands that open, submit or run,
    embedded files, XFA, media, too many pages, pages of no paper's size, files that can't be examined in time.
    `source` names a partner whose small files may share a copy of the sandbox for a moment.
    """
    if not data:
        raise refusal("empty")
    if len(data) > limit_bytes:
        raise refusal("too_large", size_mb=_megabytes(len(data)), limit_mb=_megabytes(limit_bytes))
    if b"%PDF-" not in data[:1024]:
        raise refusal("not_pdf")
    facts = (using or process()).check(data, max_pages=max_pages, source=source)
    return PdfFacts(
        pages=int(facts["pages"]),
        size=len(data),
        signed=bool(facts["signed"]),
        pdfa=bool(facts["pdfa"]),
        pdfa_level=str(facts["pdfa"]),
        version=str(facts["version"]),
        width_pt=float(facts["width"]),
        height_pt=float(facts["height"]),
    )


def _megabytes(size: int) -> str:
    return f"{size / 1024 / 1024:.1f}".rstrip("0").rstrip(".").replace(".", ",")

"""The PDF side: which signatures there are, what each covers, what was changed after it. pyHanko reads and compares.

Stricter than the reader: the gap of a byte range must hold exactly the signature's own hexadecimal string, the
range must begin at 0, and signature kinds that are not known are reported, not skipped.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.decode_limits import DecodePurpose
from pyhanko.pdf_utils.form_tools import enumerate_fields_in
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel

from antin.signing import hex_strings, pdf_names
from antin.signing.revocation import Evidence
from antin.signing.verdict import changes
from antin.signing.verdict.digests import NAMES, Digests

hex_strings.install()
pdf_names.install()

MAX_SIGNATURES = 64
PADES = SigSeedSubFilter.PADES.value
KINDS = {PADES: "signature", SigSeedSubFilter.ADOBE_PKCS7_DETACHED.value: "signature", "/ETSI.RFC3161": "timestamp"}


class Unreadable(ValueError):
    """The file can't be taken for a signed PDF."""


@dataclass(frozen=True)
class Found:
    """One filled signature field. `encapsulated`: the signature may hold the content that it signs.

    `covers`: so many bytes from the file's beginning are what was signed, the signature itself among them; 0 for a hole.
    """

    field: str
    kind: str
    sub_filter: str
    revision: int
    contents: bytes
    digest: dict[str, bytes]
    coverage: str
    changes: str
    locks: bool
    reason: str
    claimed_at: datetime | None
    encapsulated: bool = False
    covers: int = 0


@dataclass(frozen=True)
class SignedPdf:
    """Everything read of the file. `tail`: what stands behind the last signature that it does not cover, as `changes`
    counts; status data added after a signature (PAdES B-LT) is archival and needs no cover, for it is signed itself."""

    found: tuple[Found, ...]
    empty_fields: tuple[str, ...]
    other_fields: bool
    hybrid: bool
    evidence: Evidence
    tail: str = changes.NONE


def open_pdf(data: bytes) -> SignedPdf:
    """Reads the file strictly; Unreadable, or whatever the reader raises, when that is not possible."""
    if b"%PDF-" not in data[:1024]:
        raise Unreadable("%PDF-")
    reader = _Reader(io.BytesIO(data), strict=True)
    if reader.encrypted:
        raise Unreadable("encrypted")
    hybrid = bool(reader.xrefs.hybrid_xrefs_present)
    if hybrid:
        reader = _Reader(io.BytesIO(data), strict=False)
    filled, empty, other = _fields(reader)
    quick, digests = changes.Quick(reader, data), Digests(data)
    signatures = [_embedded(reader, field, name, data, quick, digests) for name, field in filled]
    signatures.sort(key=lambda found: found.revision)
    if len({found.revision for found in signatures}) != len(signatures):
        raise Unreadable("two signatures in one revision")
    tail = _tail(reader, data, quick, signatures[-1]) if signatures else changes.NONE
    return SignedPdf(tuple(signatures), tuple(empty), other, hybrid, _evidence(reader), tail)


class _Reader(PdfFileReader):
    """Reads what stands at one place of the file once, in however many revisions it is looked at.

    The library keeps only what belongs to the newest revision, and parses the others' catalogues, forms and pages for
    every question anew. Whoever looks at a revision gets copies (`HistoricalResolver`), so nothing is shared by it.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        self._read: dict[tuple[int, int, int, bool, bool], Any] = {}
        super().__init__(*args, **options)

    def _read_object(self, ref: Any, marker: Any, never_decrypt: bool = False, as_metadata_stream: bool = False) -> Any:
        if not isinstance(marker, int):
            return super()._read_object(ref, marker, never_decrypt, as_metadata_stream)
        key = (ref.idnum, ref.generation, marker, never_decrypt, as_metadata_stream)
        if key not in self._read:
            self._read[key] = super()._read_object(ref, marker, never_decrypt, as_metadata_stream)
        return self._read[key]


_END = re.compile(rb"\s*(?:<<(?:(?!obj|startxref).)*>>)?\s*startxref\s+\d+\s+%%EOF(?:\r\n|\r|\n)?", re.DOTALL)


def _tail(reader: PdfFileReader, data: bytes, quick: changes.Quick, last: Found) -> str:
    """Strictly by the allow-list: nothing but what the quick look knows, not even metadata, and nothing behind the last
    revision (of which the reader's end leaves the trailer dictionary and the last lines)."""
    if last.coverage == "file":
        return changes.NONE
    end = int(reader.xrefs.get_xref_container_info(reader.xrefs.total_revisions - 1).end_location)
    if last.coverage != "revision" or not _END.fullmatch(data, end) or not quick.keeps_metadata(last.revision):
        return changes.OTHER
    return quick.level(last.revision) or changes.OTHER


def _fields(reader: PdfFileReader) -> tuple[list[tuple[str, Any]], list[str], bool]:
    """Filled and empty signature fields, and whether there is any other field or an XFA form."""
    form = _entry(reader.root, "/AcroForm", None)
    if form is None:
        return [], [], False
    filled: list[tuple[str, Any]] = []
    empty: list[str] = []
    listed = _entry(form, "/Fields", generic.ArrayObject())
    for name, value, reference in enumerate_fields_in(listed, refs_seen=set(), target_field_type="/Sig"):
        if value is None:
            empty.append(str(name))
        else:
            filled.append((str(name), reference.get_object()))
    if len(filled) > MAX_SIGNATURES or len({name for name, _ in filled}) != len(filled):
        raise Unreadable("too many signatures, or two of one name")
    return filled, empty, "/XFA" in form or _count(listed) != len(filled) + len(empty)


def _entry(dictionary: Any, key: str, default: Any) -> Any:
    """The entry with references followed (`get` of the reader's dictionaries does not follow them)."""
    try:
        return dictionary[key]
    except KeyError:
        return default


def _count(listed: Any, depth: int = 0) -> int:
    """Terminal fields, whatever their type."""
    total = 0
    for reference in listed:
        field = reference.get_object()
        kids = [k for k in _entry(field, "/Kids", ()) if "/T" in k.get_object()] if depth < 8 else []
        total += _count(kids, depth + 1) if kids else 1
    return total


def _embedded(
    reader: PdfFileReader, field: Any, name: str, data: bytes, quick: changes.Quick, digests: Digests
) -> Found:
    value = field.raw_get("/V").get_object()
    sub_filter = str(_entry(value, "/SubFilter", ""))
    kind = KINDS.get(sub_filter, "")
    embedded = EmbeddedPdfSignature(reader, field, name)
    contiguous = _range_is_sound(embedded.byte_range, data, embedded.pkcs7_content)
    covered = embedded.evaluate_signature_coverage()
    embedded.coverage = covered  # type: ignore[assignment]
    coverage = _COVERAGE.get(covered, "partial") if contiguous else "partial"
    return Found(
        field=name,
        kind=kind if (kind == "timestamp") == (_entry(value, "/Type", "") == "/DocTimeStamp") else "",
        sub_filter=sub_filter,
        revision=int(embedded.signed_revision),
        contents=bytes(embedded.pkcs7_content),
        digest=_digests(embedded, digests) if contiguous else {},
        coverage=coverage,
        changes=changes.since(embedded, quick) if coverage != "partial" else "other",
        locks=embedded.docmdp_level == MDPPerm.NO_CHANGES,
        reason=str(_entry(value, "/Reason", "")),
        claimed_at=_claimed(embedded),
        covers=int(embedded.byte_range[2]) + int(embedded.byte_range[3]) if coverage != "partial" else 0,
    )


def _digests(embedded: EmbeddedPdfSignature, digests: Digests) -> dict[str, bytes]:
    """SHA-256 alone serves nearly every file; the longer ones are computed only when named."""
    _, first, second, rest = (int(v) for v in embedded.byte_range)
    names = NAMES[:1] if embedded.external_md_algorithm == "sha256" else NAMES
    return {name: digests.over(name, first, second, rest) for name in names}


_COVERAGE = {
    SignatureCoverageLevel.ENTIRE_FILE: "file",
    SignatureCoverageLevel.ENTIRE_REVISION: "revision",
}


def _range_is_sound(byte_range: Any, data: bytes, contents: bytes) -> bool:
    """[0 a b c]: begins at the first byte, and between a and b stands `<hex>` of this very signature, nothing else."""
    if len(byte_range) != 4:
        return False
    start, first, second, rest = (int(v) for v in byte_range)
    if start != 0 or first <= 0 or second <= first + 1 or rest <= 0 or second + rest > len(data):
        return False
    # Digits all in one case: a digit written otherwise afterwards would not change the value, but is a change.
    return data[first:second] in (b"<%b>" % digits for digits in _written(contents))


def _written(contents: bytes) -> tuple[bytes, bytes]:
    lower = contents.hex().encode()
    return lower, lower.upper()


def _claimed(embedded: EmbeddedPdfSignature) -> datetime | None:
    try:
        at = embedded.self_reported_timestamp
    except (ValueError, KeyError):
        return None
    return at if at is not None and at.tzinfo is not None else None


def _evidence(reader: PdfFileReader) -> Evidence:
    """Status data and certificates of the document's security store, as they lie there: who uses one parses it."""
    store = _entry(reader.root, "/DSS", None)
    if store is None:
        return Evidence()
    return Evidence(
        ocsps=_streams(store, "/OCSPs", DecodePurpose.OCSP_RESPONSE),
        crls=_streams(store, "/CRLs", DecodePurpose.CRL),
        certificates=_streams(store, "/Certs", DecodePurpose.CERTIFICATE),
    )


def _streams(store: Any, key: str, purpose: DecodePurpose) -> tuple[bytes, ...]:
    listed = _entry(store, key, generic.ArrayObject())
    return tuple(reference.get_object().read_data(purpose) for reference in listed)

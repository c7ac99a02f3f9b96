"""A file that went out and came back signed by another program: exactly one signature more, the expected one, nothing else.

    judge(handed_out, came_back, certificate) -> Fault        run inside the sandbox; NONE when all of this holds:

- the file handed out is the beginning of what came back, byte for byte
- every revision since then adds signature fields and data for verifiers, nothing that a reader of the page would see
- one signature was made, by the expected certificate's key, right, over the whole of its revision; timestamps may follow
- what was handed out empty is still empty, and the new signature does not forbid to fill it (the seal is to come)
"""

from __future__ import annotations

import io
from enum import StrEnum
from typing import Any

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

from antin.signing.signed_data import Flaw, flaw_of, open_signed_data, signer_of
from antin.signing.verdict import changes
from antin.signing.verdict.document import PADES, Found, Unreadable, open_pdf


class Fault(StrEnum):
    """Why the file is not taken."""

    NONE = ""
    OTHER_FILE = "other_file"
    UNREADABLE = "unreadable"
    COUNT = "count"
    CHANGED = "changed"
    PARTIAL = "partial"
    SIGNER = "signer"
    WRONG = "wrong"
    WEAK = "weak"
    LOCKED = "locked"


def judge(handed_out: bytes, came_back: bytes, certificate: bytes) -> Fault:
    """The first fault found, or NONE. It never raises for bad input."""
    if len(came_back) <= len(handed_out) or not came_back.startswith(handed_out):
        return Fault.OTHER_FILE
    try:
        return _judged(handed_out, came_back, certificate)
    except MemoryError:
        raise
    except (Exception, RecursionError):  # parsers raise what they like at hostile bytes
        return Fault.UNREADABLE


def _judged(handed_out: bytes, came_back: bytes, certificate: bytes) -> Fault:
    before, after = open_pdf(handed_out), open_pdf(came_back)
    if before.found or after.other_fields:
        raise Unreadable("signed before, or a form")
    signatures = [found for found in after.found if found.kind != "timestamp"]
    if len(signatures) != 1:
        return Fault.COUNT
    (signature,) = signatures
    if signature.coverage == "partial" or not signature.kind:
        return Fault.PARTIAL
    reader = _reader(came_back)
    if before.empty_fields and _locks(reader, signature.field):
        return Fault.LOCKED
    if after.empty_fields != before.empty_fields or _worst(reader, handed_out, came_back) not in _TAKEN:
        return Fault.CHANGED
    if signature.changes not in (changes.NONE, changes.ARCHIVAL) or after.tail not in (changes.NONE, changes.ARCHIVAL):
        return Fault.CHANGED
    return _wrong(signature, certificate)


_TAKEN = (changes.ARCHIVAL, changes.FORMS)


def _reader(data: bytes) -> PdfFileReader:
    return PdfFileReader(io.BytesIO(data), strict=True)


def _worst(reader: PdfFileReader, handed_out: bytes, came_back: bytes) -> str:
    """The worst that any revision did since the file was handed out."""
    last = _reader(handed_out).xrefs.total_revisions - 1
    if _needs_redraw(reader, last):
        return changes.OTHER
    return changes.after(reader, came_back, last)


def _needs_redraw(reader: PdfFileReader, last: int) -> bool:
    then = reader.get_historical_resolver(last)
    return changes.needs_appearances(reader.root) and not changes.needs_appearances(then(then.root_ref))


def _wrong(signature: Found, certificate: bytes) -> Fault:
    signed = open_signed_data(signature.contents)
    if signed.content is not None:
        return Fault.WRONG
    if signer_of(signed, (certificate,)) != certificate:
        return Fault.SIGNER
    digest = signature.digest.get(signed.digest_name, b"")
    flaw = flaw_of(signed, certificate, digest, ess_needed=signature.sub_filter == PADES)
    if flaw is Flaw.NO_CERTIFICATE:
        return Fault.SIGNER
    return {Flaw.NONE: Fault.NONE, Flaw.WEAK: Fault.WEAK}.get(flaw, Fault.WRONG)


def _locks(reader: PdfFileReader, name: str) -> bool:
    """The signature certifies the document or locks fields: both belong to the seal, the last signature."""
    embedded: Any = next(one for one in _embedded(reader) if one.field_name == name)
    return embedded.docmdp_level is not None or embedded.fieldmdp is not None


def _embedded(reader: PdfFileReader) -> list[EmbeddedPdfSignature]:
    return list(reader.embedded_regular_signatures)

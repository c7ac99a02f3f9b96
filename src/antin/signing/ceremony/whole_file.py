"""Signing in another program, the whole file there and back: what is handed out, and what may come back (379/5.11).

The page goes out with no place for the person's signature, for such programs make their own; only the seal's empty
field stands in it, so that sealing later adds no field behind a signature.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign.fields import append_signature_field

from antin.regulation import RuleViolation
from antin.signing.ceremony.increment import Increment
from antin.signing.ceremony.preparation import (
    FIELD_NAMES,
    Place,
    Prepared,
    check_certificate,
    field_spec,
    kept_state,
)
from antin.signing.certificates import HeldCertificate
from antin.values import N_


def hand_out(pdf: bytes, *, certificate: HeldCertificate, at: datetime, seal: Place | None) -> Prepared:
    """The page for another program. `digest` is the whole file's SHA-256; its empty place is the end of the file.

    RuleViolation when the certificate does not fit (379/5.7, 379/9.2) or the PDF can't carry a signature (379/13.1).
    """
    check_certificate(certificate, "person", at)
    try:
        writer = Increment(pdf)
        if seal is not None:
            append_signature_field(writer, field_spec(f"{FIELD_NAMES['seal']}1", "seal", seal))
        data = writer.written() if seal is not None else pdf
    except (PdfError, ValueError, KeyError, IndexError) as broken:
        raise RuleViolation(
            "379/13.1",
            N_("Tệp PDF này không ký được: {why}."),
            N_("Dàn trang lại văn bản rồi ký lại."),
            why=str(broken),
        ) from broken
    digest = hashlib.sha256(data).hexdigest()
    place = (len(data), len(data))
    return Prepared(data, digest, kept_state(data, digest, place, "", "person", certificate, at))

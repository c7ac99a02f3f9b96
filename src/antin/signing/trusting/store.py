"""The trust by which the installation judges: what lies in its trust folder, with the terms on record and what was adopted besides."""

from __future__ import annotations

from dataclasses import replace

from antin.signing import certificates
from antin.signing.models import TrustedCertificate
from antin.signing.trust import Term, Trust


def on_record(base: Trust) -> Trust:
    """`base`, what the trust folder holds, with anchors, terms and known certificates as they stand at this moment; one question
    to the database.

    What was ended stays an anchor for the time before. In the folder and not on record yet: trusted without bounds. Terms
    that stand in the folder's own file go before those on record.
    """
    rows = list(TrustedCertificate.objects.order_by("adopted_at", "id"))
    if not rows:
        return base
    anchors = [bytes(row.der) for row in rows if certificates.is_self_issued(bytes(row.der))]
    known = [bytes(row.der) for row in rows if row.state == "trusted"]
    told = {fingerprint for fingerprint, _term in base.terms}
    terms = tuple(
        (row.fingerprint, Term(row.domain, row.since, row.until)) for row in rows if row.fingerprint not in told
    )
    return replace(
        base,
        anchors=tuple(dict.fromkeys((*base.anchors, *anchors))),
        known=tuple(dict.fromkeys(der for der in (*base.known, *known) if der not in anchors)),
        terms=(*base.terms, *terms),
    )

"""The archive timestamp renewed: a further one over all that is there, with what a verifier needs of the former
(ETSI EN 319 142-1 §5.5; 379/23.2.b). Only appended: the file as it was is the beginning of the file that comes out.
"""

from __future__ import annotations

from typing import Any

from pyhanko.sign.fields import enumerate_sig_fields

from antin.signing import signed_data
from antin.signing.ceremony.increment import Increment
from antin.signing.ceremony.long_term import add_archive_timestamp, add_revocation
from antin.signing.ports import RevocationSource, Timestamper
from antin.signing.trust import Trust


def renewed(
    pdf: bytes, *, timestamper: Timestamper, revocation: RevocationSource, trust: Trust, digest_name: str = "sha256"
) -> bytes:
    """The file with a fresh state of the former authority, a new document timestamp, and the new authority's state.

    RuleViolation (379/9.2) when the former authority is revoked, Indeterminate when an authority or a state can't be had.
    ValueError when nothing in the file is signed. Network inside.
    """
    former = authorities(pdf)
    known = add_revocation(pdf, revocation=revocation, trust=trust, again=former)
    stamped = add_archive_timestamp(known, timestamper=timestamper, digest_name=digest_name)
    return add_revocation(stamped, revocation=revocation, trust=trust)


def authorities(pdf: bytes) -> frozenset[bytes]:
    """Certificates (DER) in the newest document timestamp, or in every signature's own token when there is none."""
    filled = [value.get_object() for _, value, _ in enumerate_sig_fields(Increment(pdf), filled_status=True)]
    if not filled:
        raise ValueError("nothing is signed in this file")
    stamps = [value for value in filled if value["/Type"] == "/DocTimeStamp"]
    newest = max(stamps, key=lambda value: _end(value), default=None)
    if newest is not None:
        return frozenset(signed_data.open_signed_data(_contents(newest)).certificates)
    tokens = [token for value in filled for token in signed_data.open_signed_data(_contents(value)).tokens]
    return frozenset(c for token in tokens for c in signed_data.open_signed_data(token).certificates)


def _end(value: Any) -> int:
    """Where the signed range ends."""
    return int(value["/ByteRange"][2]) + int(value["/ByteRange"][3])


def _contents(value: object) -> bytes:
    raw: bytes = value.raw_get("/Contents").original_bytes  # type: ignore[attr-defined]
    return raw

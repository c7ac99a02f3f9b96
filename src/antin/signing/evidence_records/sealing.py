"""A token with the certificates of authorities and what is known of their state, inside its own SignedData (RFC 4998 §5.2).

The next archive timestamp hashes the whole token, so this status data is as well proven as the token itself. The state of
the authority before is told in the token that renews it: whether its key was lost meanwhile is then on record.
"""

from __future__ import annotations

from antin.signing import ber, certificates, cms, der
from antin.signing.ceremony.long_term import status_data
from antin.signing.ports import RevocationSource
from antin.signing.revocation import CertificateStatus, State
from antin.signing.signed_data import open_signed_data
from antin.signing.trust import Trust
from antin.signing.verdict.proven_time import HARMLESS


def sealed(token: bytes, *, revocation: RevocationSource, trust: Trust, former: tuple[bytes, ...] = ()) -> bytes:
    """The token with its authority's certificates, those of the `former` authorities, and their present state; DER.

    RuleViolation (379/9.2) when one is revoked, Indeterminate when its state can't be had. A former authority whose
    certificate was given up in good order is no hindrance: what it stamped before stands (RFC 3161 §4).
    """
    signed = open_signed_data(token)
    pool = _with_issuers((*signed.certificates, *former), trust)
    earlier = [c for c in former if c not in signed.certificates]
    given_up = {c: answer for c in earlier if (answer := _given_up(c, pool, revocation, trust)) is not None}
    asked = tuple(c for c in pool if c not in given_up)
    answers = [*given_up.values(), *status_data(asked, pool, revocation=revocation, trust=trust)]
    crls = tuple(dict.fromkeys(a.crl for a in answers if a.crl))
    ocsps = tuple(dict.fromkeys(a.ocsp for a in answers if a.ocsp))
    return _written(token, pool, crls, ocsps)


def _given_up(
    certificate: bytes, pool: tuple[bytes, ...], revocation: RevocationSource, trust: Trust
) -> CertificateStatus | None:
    issuer = certificates.find_issuer(certificate, (*pool, *trust.pool))
    if issuer is None or certificates.is_self_issued(certificate):
        return None
    status = revocation.status(certificate, issuer, pool)
    return status if status.state is State.REVOKED and status.reason in HARMLESS else None


def _with_issuers(found: tuple[bytes, ...], trust: Trust) -> tuple[bytes, ...]:
    pool = list(found)
    for certificate in pool:
        issuer = certificates.find_issuer(certificate, trust.known)
        if issuer is not None and issuer not in pool:
            pool.append(issuer)
    return tuple(pool)


def _outermost(token: bytes) -> der.Reader:
    try:
        return der.Reader(token).inside()
    except ValueError:
        return der.Reader(ber.to_der(token)).inside()


def _written(token: bytes, pool: tuple[bytes, ...], crls: tuple[bytes, ...], ocsps: tuple[bytes, ...]) -> bytes:
    info = _outermost(token)
    kind = info.raw(der.OID)
    body = info.inside(0xA0).inside()
    body.integer()
    digests, content = body.raw(der.SET), body.raw(der.SEQUENCE)
    for tag in (0xA0, 0xA1):
        if body.peek() == tag:
            body.raw(tag)
    signers = body.raw(der.SET)
    others = (der.tlv(0xA1, der.oid(cms.OCSP_RESPONSE) + one) for one in ocsps)
    states = b"".join(sorted((*crls, *others)))
    return der.sequence(
        kind,
        der.explicit(
            0,
            der.sequence(
                der.integer(5 if ocsps else 3),  # RFC 5652 §5.1: 5 where status data is of another kind than lists
                digests,
                content,
                der.tlv(0xA0, b"".join(sorted(pool))),
                der.tlv(0xA1, states) if states else b"",
                signers,
            ),
        ),
    )

"""What is told of a signature whatever its format: certificate, chain, role, and why a chain does not hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from antin.signing import certificates
from antin.signing.certificates import CertificateFacts
from antin.signing.path import BadPath, Path, Why
from antin.signing.trust import Trust
from antin.signing.verdict import words
from antin.signing.verdict.document import Found
from antin.signing.verdict.report import Reason, SignatureFacts, Verdict
from antin.values import iso

QUIRK, SKEW = timedelta(hours=7), timedelta(seconds=60)
_DEFINITE = {Why.REVOKED, Why.REVOKED_CA, Why.EXPIRED, Why.NOT_YET_VALID}


def base_of(found: Found, role: str) -> SignatureFacts:
    """What the file itself tells of the signature, undecided."""
    return SignatureFacts(
        field=found.field,
        role=role,
        verdict=Verdict.INDETERMINATE,
        sub_indication="",
        reasons=(),
        capacity=found.reason,
        claimed_at=found.claimed_at,
        coverage=found.coverage,
        changes=found.changes,
        locks=found.locks,
        covers=found.covers,
    )


def described(base: SignatureFacts, signer: bytes, chain: Path | None) -> SignatureFacts:
    """With the signer's certificate and, once found, the chain to the anchor."""
    facts = certificates.facts(signer)
    told = replace(
        base,
        signer_name=facts.subject_name,
        signer_organisation=facts.organisation,
        certificate_serial=facts.serial_hex,
        certificate_issuer=facts.issuer_name,
        certificate_not_before=facts.not_before,
        certificate_not_after=facts.not_after,
        certificate_fingerprint=facts.fingerprint,
        is_sample=facts.is_sample,
    )
    if chain is None:
        return told
    anchor = certificates.facts(chain.anchor)
    return replace(
        told,
        status_at_signing=str(chain.status.state),
        status_known_at=chain.status.known_at,
        anchor=anchor.subject_name,
        anchor_fingerprint=anchor.fingerprint,
        chain=tuple(certificates.facts(one).fingerprint for one in chain.certificates),
    )


def decided(base: SignatureFacts, verdict: Verdict, sub_indication: str, *reasons: Reason) -> SignatureFacts:
    """With its verdict and why."""
    return replace(base, verdict=verdict, sub_indication=str(sub_indication), reasons=reasons)


_SIGNING_ONLY_BY_OTHERS = {
    "1.3.6.1.5.5.7.3.1",
    "1.3.6.1.5.5.7.3.2",
    "1.3.6.1.5.5.7.3.3",
    "1.3.6.1.5.5.7.3.8",
    "1.3.6.1.5.5.7.3.9",
}


def role_of(facts: CertificateFacts, trust: Trust) -> str:
    """person, seal, or "" for a certificate that may not sign documents at all (379/5.7)."""
    if facts.is_authority or not {"digital_signature", "content_commitment"} & facts.usages:
        return ""
    if facts.extended_usages and facts.extended_usages <= _SIGNING_ONLY_BY_OTHERS:
        return ""
    return trust.role_of(facts)


def notes(base: SignatureFacts) -> list[Reason]:
    """What a person should know of a valid signature: an odd clock, an open seal, a sample."""
    found = []
    if base.claimed_at is not None and base.signed_at is not None:
        off = abs(base.claimed_at - base.signed_at)
        if abs(off - QUIRK) < timedelta(hours=1):
            found.append(Reason(words.CLOCK_QUIRK, weight="warning"))
        elif off > max(SKEW, timedelta(minutes=30)):
            found.append(Reason(words.CLOCK_OFF, weight="warning"))
    if base.role == "seal" and not base.locks:
        found.append(Reason(words.UNLOCKED, weight="note"))
    if base.is_sample:
        found.append(Reason(words.SAMPLE, weight="note"))
    return found


def bad_chain(
    base: SignatureFacts, bad: BadPath, signer: bytes, moment: datetime, reasons: list[Reason]
) -> SignatureFacts:
    """Without an acceptable chain. Definite only against a proven time; a false issuer always is."""
    name = certificates.facts(signer).subject_name
    facts = {"name": bad.detail or name, "at": iso(moment)}
    reason = Reason(words.PATHS[bad.why], facts)
    if bad.why in (Why.REVOKED, Why.REVOKED_CA) and bad.status and bad.status.revoked_at:
        base = replace(base, status_at_signing="revoked", status_known_at=bad.status.known_at)
        reason = Reason(words.REVOKED_SINCE, {**facts, "since": iso(bad.status.revoked_at)})
    if bad.term is not None:
        reason = Reason(words.TERMS[bad.term], {"name": name, "anchor": bad.detail, "at": iso(moment)})
    if bad.why is Why.CERTIFICATE_CHAIN_GENERAL_FAILURE:
        return decided(base, Verdict.INVALID, bad.why, *reasons, Reason(words.FORGED_ISSUER))
    definite = bad.why in _DEFINITE and base.signed_at is not None
    verdict = Verdict.INVALID if definite else Verdict.INDETERMINATE
    return decided(base, verdict, bad.why, *reasons, reason)

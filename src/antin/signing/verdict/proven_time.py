"""The times that are proven: document timestamps, newest first, each judging the ones under it; tokens and their authorities."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise

from antin.signing import certificates, path, revocation, token
from antin.signing.path import BadPath, Path, Why
from antin.signing.revocation import Evidence, State
from antin.signing.signed_data import Flaw, SignedData
from antin.signing.trust import Trust
from antin.signing.verdict import words
from antin.signing.verdict.describing import SKEW, base_of, decided, described
from antin.signing.verdict.document import Found, SignedPdf
from antin.signing.verdict.report import Reason, SignatureFacts, Verdict

# RFC 3161 §4: revoked for one of these reasons, tokens made before remain good; for any other none does.
HARMLESS = {"superseded", "cessationOfOperation", "affiliationChanged"}


@dataclass(frozen=True)
class Scene:
    """What a judgement draws on. `inside`: the part of the evidence that the file itself carries."""

    trust: Trust
    evidence: Evidence
    inside: Evidence
    at: datetime


def judge_timestamps(
    document: SignedPdf, scene: Scene
) -> tuple[tuple[SignatureFacts, ...], list[tuple[int, datetime]]]:
    """Facts of every document timestamp (oldest first), and (revision, instant) of the accepted ones."""
    facts: list[SignatureFacts] = []
    proven: list[tuple[int, datetime]] = []
    for found in reversed([f for f in document.found if f.kind == "timestamp"]):
        judged = _judge(found, scene, proof_of(proven, found.revision))
        facts.append(judged)
        if judged.verdict is Verdict.VALID and judged.signed_at is not None:
            proven.append((found.revision, judged.signed_at))
    return tuple(reversed(facts)), proven


def proof_of(proven: Iterable[tuple[int, datetime]], revision: int) -> datetime | None:
    """The earliest proven instant that covers this revision."""
    return min((at for later, at in proven if later > revision), default=None)


def _judge(found: Found, scene: Scene, proof: datetime | None) -> SignatureFacts:
    base = base_of(found, "timestamp")
    try:
        facts = token.read(found.contents)
    except ValueError:
        return decided(base, Verdict.INVALID, Flaw.FORMAT, Reason(words.FLAWS[Flaw.FORMAT]))
    if found.coverage == "partial":
        return decided(base, Verdict.INVALID, Flaw.FORMAT, Reason(words.BAD_RANGE))
    if not token.covers(facts, found.digest.get(facts.digest_name, b""), facts.digest_name):
        return decided(base, Verdict.INVALID, Flaw.HASH, Reason(words.FLAWS[Flaw.HASH]))
    why, chain = token_trust(facts, scene, proof)
    if chain is None:
        verdict = Verdict.INVALID if why in (Flaw.CRYPTO, Flaw.HASH) else Verdict.INDETERMINATE
        return decided(base, verdict, why, Reason(words.BAD_TIMESTAMP, {"why": why}))
    told = replace(described(base, chain.certificates[0], chain), signed_at=facts.at, intact=True)
    if not is_orderly(facts.signed, scene):
        return decided(told, Verdict.INDETERMINATE, Flaw.FORMAT, Reason(words.IRREGULAR))
    return decided(told, Verdict.VALID, "")


def is_orderly(signed: SignedData, scene: Scene) -> bool:
    """What no signature protects must still add up: the frame as prescribed, every certificate carried verifiable."""
    pool = (*signed.certificates, *scene.evidence.certificates, *scene.trust.pool)
    carried = Evidence(signed.ocsps, signed.crls, signed.certificates)
    return (
        signed.regular
        and all(
            certificate in scene.trust.pool or certificates.is_signed_by_one_of(certificate, pool)
            for certificate in signed.certificates
        )
        and (not (signed.ocsps or signed.crls) or revocation.every_one_speaks(carried, tuple(dict.fromkeys(pool))))
    )


def token_trust(facts: token.TokenFacts, scene: Scene, proof: datetime | None) -> tuple[str, Path | None]:
    """Sub-indication and path of a token. `proof`: when it is known to have existed; None: only now.

    The authority is judged at its own instant with what was learnt since. Its certificates must still have been alive
    when the token is known to have existed: a timestamp renewed too late proves nothing (ETSI EN 319 102-1 §5.6.2.3).
    A revocation by then, for any reason but an orderly one, undoes every token (RFC 3161 §4).
    """
    others = (*facts.signed.certificates, *scene.evidence.certificates)
    flaw, signer = token.flaw(facts, (*others, *scene.trust.pool))
    if flaw is not Flaw.NONE or signer is None:
        return flaw, None
    try:
        chain = path.find(signer, others, scene.trust, scene.evidence, facts.at)
    except BadPath as bad:
        return bad.why, None
    if facts.at > (proof or scene.at) + SKEW:
        return "TIMESTAMP_ORDER_FAILURE", None
    existed = proof or scene.at
    if any(certificates.facts(c).not_after < existed for c in chain.certificates):
        return "OUT_OF_BOUNDS_NO_POE", None
    for child, issuer in pairwise(chain.certificates):
        status = revocation.judge(child, issuer, scene.evidence, existed)
        if status.state is State.REVOKED and status.reason not in HARMLESS:
            return Why.REVOKED, None
    return "", chain

"""The judgement: newest timestamp first, each giving the time at which the older ones are judged."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime

from antin.signing import certificates, cms, path, token
from antin.signing.path import BadPath, Why
from antin.signing.revocation import Evidence
from antin.signing.signed_data import Flaw, SignedData, flaw_of, open_signed_data, signer_of
from antin.signing.trust import Trust
from antin.signing.verdict import words
from antin.signing.verdict.concluding import conclude
from antin.signing.verdict.describing import bad_chain, base_of, decided, described, notes, role_of
from antin.signing.verdict.document import PADES, Found, SignedPdf, open_pdf
from antin.signing.verdict.holding import hold_of
from antin.signing.verdict.proven_time import Scene, is_orderly, judge_timestamps, proof_of, token_trust
from antin.signing.verdict.report import LIMITS, Policy, Reason, Report, SignatureFacts, Verdict

MAX_SIZE = 256 * 1024 * 1024


def validate(
    pdf: bytes,
    *,
    at: datetime | None = None,
    trust: Trust,
    policy: Policy | None = None,
    evidence: Evidence | None = None,
) -> Report:
    """A report on the bytes; it never raises, whatever they are. `evidence` is status data from elsewhere."""
    moment = at or datetime.now(UTC)
    asked = policy or Policy()
    digest = hashlib.sha256(pdf).hexdigest()
    if len(pdf) > MAX_SIZE:
        return _unreadable(Reason(words.TOO_LARGE, {"limit": str(MAX_SIZE >> 20)}), digest, moment, asked)
    try:
        return judge(open_pdf(pdf), digest=digest, at=moment, trust=trust, policy=asked, evidence=evidence)
    except MemoryError:
        return out_of_limits(digest, moment, asked)
    except (Exception, RecursionError) as broken:  # parsers raise what they like; all of it means "not a signed PDF"
        why = type(broken).__name__
        return _unreadable(Reason(words.UNREADABLE, {"why": f"{why}: {broken}"[:200]}), digest, moment, asked)


def judge(
    document: SignedPdf,
    *,
    digest: str,
    at: datetime,
    trust: Trust,
    policy: Policy,
    evidence: Evidence | None = None,
    kind: str = "pdf",
) -> Report:
    """The report on what was read of a file, with the status data it carries and those given."""
    given = document.evidence + trust.evidence + (evidence or Evidence())
    scene = Scene(trust, given, document.evidence, at)
    timestamps, proven = judge_timestamps(document, scene)
    signatures = _judge_signatures(document, scene, proven)
    hold = hold_of(document, scene)
    return replace(conclude(document, signatures, timestamps, digest, at, policy, hold), kind=kind)


def out_of_limits(digest: str, at: datetime, policy: Policy, kind: str = "pdf") -> Report:
    """Neither valid nor invalid: time or memory did not suffice to read the file."""
    return Report(Verdict.INDETERMINATE, LIMITS, (Reason(words.OUT_OF_LIMITS),), (), digest, at, policy.name, kind=kind)


def _unreadable(reason: Reason, digest: str, at: datetime, policy: Policy) -> Report:
    return Report(Verdict.INVALID, Flaw.FORMAT, (reason,), (), digest, at, policy.name)


def _judge_signatures(
    document: SignedPdf, scene: Scene, proven: list[tuple[int, datetime]]
) -> tuple[SignatureFacts, ...]:
    return tuple(
        _judge_signature(found, scene, proof_of(proven, found.revision))
        for found in document.found
        if found.kind != "timestamp"
    )


def _judge_signature(found: Found, scene: Scene, proof: datetime | None) -> SignatureFacts:
    base = base_of(found, "")
    if not found.kind:
        return decided(base, Verdict.INVALID, Flaw.FORMAT, Reason(words.UNKNOWN_KIND, {"kind": found.sub_filter}))
    try:
        signed = open_signed_data(found.contents)
    except ValueError:
        return decided(base, Verdict.INVALID, Flaw.FORMAT, Reason(words.FLAWS[Flaw.FORMAT]))
    signer = signer_of(signed, (*scene.evidence.certificates, *scene.trust.pool))
    if signer is None:
        flaw = Flaw.NO_CERTIFICATE
        return decided(base, Verdict.INDETERMINATE, flaw, Reason(words.FLAWS[flaw]))
    facts = certificates.facts(signer)
    base = replace(
        described(base, signer, None),
        role=role_of(facts, scene.trust),
        algorithm=f"{facts.key}, {signed.digest_name.upper()}",
        digest_name=signed.digest_name,
        signed_digest=found.digest.get(signed.digest_name, b"").hex(),
        signature_value=b64encode(signed.signature).decode(),
    )
    broken = _broken(found, signed, signer)
    if broken is not None:
        return decided(base, *broken)
    base = replace(base, intact=True)
    if not base.role:
        reason = Reason(words.WRONG_PURPOSE, {"name": facts.subject_name})
        return decided(base, Verdict.INVALID, Why.CHAIN_CONSTRAINTS_FAILURE, reason)
    return _judge_time_and_chain(base, found, signed, signer, scene, proof)


def _broken(found: Found, signed: SignedData, signer: bytes) -> tuple[Verdict, str, Reason] | None:
    """What cryptography or the byte range holds against the signature; None when nothing does."""
    if found.coverage == "partial":
        return Verdict.INVALID, Flaw.FORMAT, Reason(words.BAD_RANGE)
    if (signed.content is not None and not found.encapsulated) or signed.content_type != cms.DATA:
        return Verdict.INVALID, Flaw.FORMAT, Reason(words.FLAWS[Flaw.FORMAT])
    digest = found.digest.get(signed.digest_name, b"")
    flaw = flaw_of(signed, signer, digest, ess_needed=found.sub_filter == PADES)
    if flaw is Flaw.NONE:
        return None
    verdict = Verdict.INDETERMINATE if flaw in (Flaw.WEAK, Flaw.NO_CERTIFICATE) else Verdict.INVALID
    return verdict, flaw, Reason(words.FLAWS[flaw])


def _judge_time_and_chain(
    base: SignatureFacts, found: Found, signed: SignedData, signer: bytes, scene: Scene, proof: datetime | None
) -> SignatureFacts:
    signed_at, authority, why = _signing_time(signed, scene, proof)
    reasons: list[Reason] = []
    if signed_at is None:
        text = Reason(words.BAD_TIMESTAMP, {"why": why}) if why else Reason(words.NO_TIMESTAMP)
        reasons.append(text)
    moment = signed_at or proof or scene.at
    others = (*signed.certificates, *scene.evidence.certificates)
    try:
        chain = path.find(signer, others, scene.trust, scene.evidence, moment)
    except BadPath as bad:
        return bad_chain(replace(base, signed_at=signed_at), bad, signer, moment, reasons)
    base = replace(
        described(base, signer, chain),
        signed_at=signed_at,
        timestamp_authority=authority,
        level=_level(signed_at, proof, found, signed, signer, scene),
    )
    if signed_at is None:
        return decided(base, Verdict.INDETERMINATE, "SIG_CONSTRAINTS_FAILURE", *reasons)
    if found.changes == "other":
        return decided(base, Verdict.CHANGED, Flaw.HASH, Reason(words.MODIFIED))
    # Under a document timestamp or a later signature nothing of this can have been touched since.
    if proof is None and not _all_orderly(signed, scene):
        return decided(base, Verdict.INDETERMINATE, Flaw.FORMAT, Reason(words.IRREGULAR))
    return decided(base, Verdict.VALID, "", *notes(base))


def _all_orderly(signed: SignedData, scene: Scene) -> bool:
    inner = [open_signed_data(data) for data in signed.tokens]
    kinds = {kind for kind, _ in signed.unsigned}
    return kinds <= {cms.SIGNATURE_TIMESTAMP} and all(is_orderly(one, scene) for one in (signed, *inner))


def _signing_time(signed: SignedData, scene: Scene, proof: datetime | None) -> tuple[datetime | None, str, str]:
    """Instant, authority's name and, without an instant, why. Proven by the signature's own timestamp alone or by
    a document timestamp over it."""
    why = ""
    digest = hashlib.sha256(signed.signature).digest()
    for data in signed.tokens[:4]:
        try:
            facts = token.read(data)
        except ValueError:
            why = Flaw.FORMAT
            continue
        stamped = digest if facts.digest_name == "sha256" else _digest(facts.digest_name, signed.signature)
        if not token.covers(facts, stamped, facts.digest_name):
            why = Flaw.HASH
            continue
        why, chain = token_trust(facts, scene, proof)
        if chain is not None:
            return facts.at, certificates.facts(chain.certificates[0]).subject_name, ""
    # Without an own timestamp a document timestamp over it proves the time as well (ETSI EN 319 142-1 §5.5).
    if not signed.tokens and proof is not None:
        return proof, "", ""
    return None, "", str(why)


def _digest(name: str, data: bytes) -> bytes:
    return hashlib.new(name, data).digest() if name in {"sha384", "sha512"} else b""


def _level(
    signed_at: datetime | None, proof: datetime | None, found: Found, signed: SignedData, signer: bytes, scene: Scene
) -> str:
    """B-B, B-T, B-LT when the file itself carries the status data, B-LTA when a document timestamp covers it."""
    if signed_at is None:
        return "B-B"
    inside = scene.inside
    try:
        path.find(signer, (*signed.certificates, *inside.certificates), scene.trust, inside, signed_at)
    except BadPath:
        return "B-T"
    return "B-LTA" if proof is not None else "B-LT"

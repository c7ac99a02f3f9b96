"""The report as ETSI TS 119 102-2 prescribes it for exchange between programs (namespace of version 1.2.1).

One SignatureValidationReport per signature. The document policy stands above single signatures: when it fails, no
signature is reported as passed. Certificates are named by digest, not enclosed.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from lxml import etree

from antin.signing.verdict.report import LIMITS, NO_SIGNATURE, Report, SignatureFacts, Verdict

VR = "http://uri.etsi.org/19102/v1.2.1#"
XADES = "http://uri.etsi.org/01903/v1.3.2#"
DS = "http://www.w3.org/2000/09/xmldsig#"
_MAPS = {"vr": VR, "XAdES": XADES, "ds": DS}
_URN = "urn:etsi:019102"
_OWN = "urn:x-antin"
_MAIN = {
    Verdict.VALID: "passed",
    Verdict.INVALID: "failed",
    Verdict.CHANGED: "failed",
    Verdict.INDETERMINATE: "indeterminate",
}
_DIGESTS = {
    "sha256": "http://www.w3.org/2001/04/xmlenc#sha256",
    "sha384": "http://www.w3.org/2001/04/xmldsig-more#sha384",
    "sha512": "http://www.w3.org/2001/04/xmlenc#sha512",
    "sha1": f"{DS}sha1",
}
_PROCESSES = {"B-B": "Basic", "B-T": "LTVM", "B-LT": "LTVM", "B-LTA": "LTA"}


def as_xml(report: Report) -> bytes:
    """The vr:ValidationReport, UTF-8 with declaration."""
    root = etree.Element(f"{{{VR}}}ValidationReport", nsmap=_MAPS)
    for number, one in enumerate(report.signatures, 1):
        _signature(_in(root, "SignatureValidationReport"), report, one, number)
    if not report.signatures:
        bare = _in(root, "SignatureValidationReport")
        _policy(_in(bare, "ValidationConstraintsEvaluationReport"), report, ())
        _times(bare, report, None)
        _status(_in(bare, "SignatureValidationStatus"), report.verdict, report.sub_indication, total=True)
    fingerprints = _certificates(report)
    if fingerprints:
        _objects(_in(root, "SignatureValidationObjects"), fingerprints)
    etree.cleanup_namespaces(root, keep_ns_prefixes=["vr"])
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _in(parent: Any, name: str, text: str | None = None, **attributes: str) -> Any:
    made = etree.SubElement(parent, f"{{{VR}}}{name}", attributes)
    made.text = text
    return made


def _signature(place: Any, report: Report, one: SignatureFacts, number: int) -> None:
    _identifier(_in(place, "SignatureIdentifier", id=f"S-{number}"), one)
    _policy(_in(place, "ValidationConstraintsEvaluationReport"), report, _constraints(one))
    _times(place, report, one.signed_at)
    if one.signed_digest:
        _digest(_in(place, "SignersDocument"), one.digest_name, bytes.fromhex(one.signed_digest))
    _attributes(place, one)
    if one.certificate_fingerprint:
        who = _in(place, "SignerInformation")
        _in(who, "SignerCertificate", VOReference=f"C-{one.certificate_fingerprint}")
        _in(who, "Signer", _printable(one.signer_name))
    process = _in(place, "SignatureValidationProcess")
    _in(process, "SignatureValidationProcessID", f"{_URN}:validationprocess:{_PROCESSES.get(one.level, 'Basic')}")
    by_document = one.verdict is Verdict.VALID
    verdict, sub = (report.verdict, report.sub_indication) if by_document else (one.verdict, one.sub_indication)
    status = _in(place, "SignatureValidationStatus")
    _status(status, verdict, sub, total=True)
    _associated(status, one)


def _identifier(place: Any, one: SignatureFacts) -> None:
    if one.signed_digest:
        _digest(place, one.digest_name, bytes.fromhex(one.signed_digest))
    if one.signature_value:
        etree.SubElement(place, f"{{{DS}}}SignatureValue").text = one.signature_value
    _in(place, "HashOnly", "false")
    _in(place, "DocHashOnly", "false")


def _digest(place: Any, name: str, value: bytes) -> None:
    both = _in(place, "DigestAlgAndValue")
    etree.SubElement(both, f"{{{DS}}}DigestMethod", {"Algorithm": _DIGESTS.get(name, f"{_OWN}:digest:{name}")})
    etree.SubElement(both, f"{{{DS}}}DigestValue").text = b64encode(value).decode()


def _policy(place: Any, report: Report, constraints: Iterable[tuple[str, Verdict]]) -> None:
    policy = _in(place, "SignatureValidationPolicy")
    identifier = _in(policy, "SignaturePolicyIdentifier")
    etree.SubElement(identifier, f"{{{XADES}}}SignaturePolicyImplied")
    _in(policy, "PolicyName", report.policy)
    for name, verdict in (*constraints, ("DOCUMENT_POLICY", report.verdict)):
        one = _in(place, "ValidationConstraint")
        _in(one, "ValidationConstraintIdentifier", f"{_OWN}:constraint:{name}")
        _in(_in(one, "ConstraintStatus"), "Status", f"{_URN}:constraintStatus:applied")
        _status(_in(one, "ValidationStatus"), verdict, "", total=False)


def _constraints(one: SignatureFacts) -> Iterator[tuple[str, Verdict]]:
    """What is known of each rule; a rule that was not reached is not listed."""
    yield "INTEGRITY", Verdict.VALID if one.intact else one.verdict
    yield "COVERAGE", Verdict.INVALID if one.coverage == "partial" else Verdict.VALID
    if not one.intact:
        return
    yield "MODIFICATIONS", Verdict.INVALID if one.changes == "other" else Verdict.VALID
    yield "PURPOSE", Verdict.VALID if one.role else Verdict.INVALID
    yield "PROVEN_TIME", Verdict.VALID if one.signed_at else Verdict.INDETERMINATE
    yield "CHAIN", Verdict.VALID if one.chain else one.verdict
    states = {"good": Verdict.VALID, "revoked": Verdict.INVALID}
    yield "CERTIFICATE_STATUS", states.get(one.status_at_signing, Verdict.INDETERMINATE)


def _times(place: Any, report: Report, signed_at: datetime | None) -> None:
    times = _in(place, "ValidationTimeInfo")
    _in(times, "ValidationTime", _instant(report.at))
    best = _in(times, "BestSignatureTime")
    _in(best, "POETime", _instant(signed_at or report.at))
    _in(best, "TypeOfProof", f"{_URN}:poetype:validation")


def _attributes(place: Any, one: SignatureFacts) -> None:
    if one.claimed_at is None and not one.capacity:
        return
    attributes = _in(place, "SignatureAttributes")
    if one.claimed_at is not None:
        _in(_in(attributes, "SigningTime"), "Time", _instant(one.claimed_at))
    if one.capacity:
        _in(_in(attributes, "Reason"), "ReasonElement", _printable(one.capacity))


def _status(place: Any, verdict: Verdict, sub_indication: str, *, total: bool) -> None:
    main = _MAIN[verdict]
    prefix = "total-" if total and verdict is not Verdict.INDETERMINATE else ""
    _in(place, "MainIndication", f"{_URN}:mainindication:{prefix}{main}")
    if sub_indication:
        owner = _OWN if sub_indication in (LIMITS, NO_SIGNATURE) else _URN
        _in(place, "SubIndication", f"{owner}:subindication:{sub_indication}")


def _associated(place: Any, one: SignatureFacts) -> None:
    if not one.certificate_fingerprint:
        return
    data = _in(place, "AssociatedValidationReportData")
    if one.chain:
        _in(data, "TrustAnchor", VOReference=f"C-{one.chain[-1]}")
    chain = _in(data, "CertificateChain")
    _in(chain, "SigningCertificate", VOReference=f"C-{one.certificate_fingerprint}")
    for fingerprint in one.chain[1:-1]:
        _in(chain, "IntermediateCertificate", VOReference=f"C-{fingerprint}")
    if one.chain:
        _in(chain, "TrustAnchor", VOReference=f"C-{one.chain[-1]}")
    if one.digest_name:
        crypto = _in(data, "CryptoInformation")
        _in(crypto, "ValidationObjectId", VOReference=f"C-{one.certificate_fingerprint}")
        _in(crypto, "Algorithm", _DIGESTS.get(one.digest_name, f"{_OWN}:digest:{one.digest_name}"))
        _in(crypto, "SecureAlgorithm", "true" if one.digest_name in {"sha256", "sha384", "sha512"} else "false")


def _certificates(report: Report) -> tuple[str, ...]:
    every = (f for one in report.signatures for f in (one.certificate_fingerprint, *one.chain) if f)
    return tuple(dict.fromkeys(every))


def _objects(place: Any, fingerprints: Iterable[str]) -> None:
    for fingerprint in fingerprints:
        one = _in(place, "ValidationObject", id=f"C-{fingerprint}")
        _in(one, "ObjectType", f"{_URN}:validationObject:certificate")
        _digest(_in(one, "ValidationObjectRepresentation"), "sha256", bytes.fromhex(fingerprint))


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _printable(text: str) -> str:
    """XML 1.0 can't hold control characters, and these come from a stranger's file."""
    return "".join(c for c in text if c.isprintable())

"""Status answers of the demonstration authority: revocation lists (RFC 5280 §5) and OCSP (RFC 6960)."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import ocsp

from antin.signing import der
from antin.signing.pki.profiles import Issuer

MAX_REQUEST = 16_384


@dataclass
class State:
    """Serials (hexadecimal) issued, with their subject, and revoked, with instant and reason."""

    issued: dict[str, str] = field(default_factory=dict)
    revoked: dict[str, tuple[datetime, str]] = field(default_factory=dict)

    def to_json(self) -> str:
        revoked = {serial: [at.isoformat(), reason] for serial, (at, reason) in self.revoked.items()}
        return json.dumps({"issued": self.issued, "revoked": revoked}, ensure_ascii=False)

    @staticmethod
    def from_json(text: str) -> State:
        data = json.loads(text)
        revoked = {s: (datetime.fromisoformat(at), reason) for s, (at, reason) in data["revoked"].items()}
        return State(data["issued"], revoked)


def revocation_list(issuer: Issuer, state: State, at: datetime, span: timedelta) -> bytes:
    """A complete CRL in DER, good for `span` from `at`."""
    identifier = issuer.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.certificate.subject)
        .last_update(at)
        .next_update(at + span)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), critical=False)
        .add_extension(x509.CRLNumber(int(at.timestamp() * 1000)), critical=False)
    )
    for serial, (since, reason) in state.revoked.items():
        if since > at:
            continue
        entry = (
            x509.RevokedCertificateBuilder()
            .serial_number(int(serial, 16))
            .revocation_date(since)
            .add_extension(x509.CRLReason(x509.ReasonFlags(reason)), critical=False)
        )
        builder = builder.add_revoked_certificate(entry.build())
    return builder.sign(issuer.key, hashes.SHA256()).public_bytes(Encoding.DER)


def answer(
    request: bytes, issuer: x509.Certificate, responder: Issuer, state: State, at: datetime, span: timedelta
) -> bytes:
    """One OCSP answer. A certificate we never issued is *unknown*; another issuer's gets *unauthorized*."""
    try:
        if len(request) > MAX_REQUEST:
            raise ValueError("too long")
        asked = ocsp.load_der_ocsp_request(request)
        nonce = _nonce(asked)
    except (ValueError, NotImplementedError):
        return _refusal(ocsp.OCSPResponseStatus.MALFORMED_REQUEST)
    if not _is_ours(asked, issuer):
        return _refusal(ocsp.OCSPResponseStatus.UNAUTHORIZED)
    given, since, reason = _status_of(f"{asked.serial_number:x}", state, at)
    builder = ocsp.OCSPResponseBuilder().add_response_by_hash(
        issuer_name_hash=asked.issuer_name_hash,
        issuer_key_hash=asked.issuer_key_hash,
        serial_number=asked.serial_number,
        algorithm=asked.hash_algorithm,
        cert_status=given,
        this_update=at,
        next_update=at + span,
        revocation_time=since,
        revocation_reason=reason,
    )
    builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, responder.certificate)
    builder = builder.certificates([responder.certificate])
    if nonce is not None:
        builder = builder.add_extension(nonce, critical=False)
    return builder.sign(responder.key, hashes.SHA256()).public_bytes(Encoding.DER)


def _status_of(
    serial: str, state: State, at: datetime
) -> tuple[ocsp.OCSPCertStatus, datetime | None, x509.ReasonFlags | None]:
    revoked = state.revoked.get(serial)
    if revoked and revoked[0] <= at:
        return ocsp.OCSPCertStatus.REVOKED, revoked[0], x509.ReasonFlags(revoked[1])
    if serial in state.issued:
        return ocsp.OCSPCertStatus.GOOD, None, None
    return ocsp.OCSPCertStatus.UNKNOWN, None, None


def _nonce(asked: ocsp.OCSPRequest) -> x509.OCSPNonce | None:
    try:
        nonce = asked.extensions.get_extension_for_class(x509.OCSPNonce).value
    except x509.ExtensionNotFound:
        return None
    if not 1 <= len(nonce.nonce) <= 128:
        raise ValueError("nonce of 1 to 128 bytes (RFC 9654)")
    return nonce


def _is_ours(asked: ocsp.OCSPRequest, issuer: x509.Certificate) -> bool:
    algorithm = asked.hash_algorithm
    return asked.issuer_name_hash == _digest(
        algorithm, issuer.subject.public_bytes()
    ) and asked.issuer_key_hash == _digest(algorithm, _key_bits(issuer))


def _key_bits(certificate: x509.Certificate) -> bytes:
    """Content of the subjectPublicKey bit string, without its count of unused bits."""
    info = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    fields = der.Reader(info).inside()
    fields.raw(der.SEQUENCE)
    return fields.content(der.BIT_STRING)[1:]


def _digest(algorithm: hashes.HashAlgorithm, data: bytes) -> bytes:
    digest = hashes.Hash(algorithm)
    digest.update(data)
    return digest.finalize()


def _refusal(kind: ocsp.OCSPResponseStatus) -> bytes:
    return ocsp.OCSPResponseBuilder.build_unsuccessful(kind).public_bytes(Encoding.DER)

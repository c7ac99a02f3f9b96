"""A certificate that somebody wants to be trusted, read from a file: one, an authority's, strong enough."""

from __future__ import annotations

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from antin.regulation import RuleViolation
from antin.signing import certificates
from antin.values import N_

MAX_FILE = 64 * 1024
RSA_LEAST = 2048
CURVES = {"secp256r1", "secp384r1", "secp521r1"}


def authority(file: bytes) -> bytes:
    """DER of the one certificate in the file (PEM or DER). RuleViolation 379/7.p1 when it may not stand in the store."""
    try:
        parsed = _one(file)
        der = parsed.public_bytes(Encoding.DER)
        facts = certificates.facts(der)
        is_strong = _is_strong(parsed)
    except (ValueError, TypeError, UnsupportedAlgorithm) as wrong:
        raise RuleViolation(
            "379/7.p1",
            N_("Không đọc được chứng thư: cần đúng một chứng thư, PEM hoặc DER."),
            N_("Lấy lại tệp từ đơn vị chứng thực."),
        ) from wrong
    if not facts.is_authority:
        raise RuleViolation(
            "379/7.p1",
            N_("Đây không phải là chứng thư của đơn vị chứng thực."),
            N_("Chọn chứng thư gốc hoặc chứng thư trung gian."),
        )
    if not is_strong:
        raise RuleViolation(
            "379/7.p1",
            N_("Khoá của đơn vị chứng thực này quá yếu."),
            N_("Chỉ nhận RSA từ 2048 bit, hoặc ECDSA P-256, P-384, P-521."),
        )
    return der


def _one(file: bytes) -> x509.Certificate:
    if len(file) > MAX_FILE:
        raise ValueError("too large")
    if b"-----BEGIN" in file:
        (found,) = x509.load_pem_x509_certificates(file)
        return found
    return x509.load_der_x509_certificate(file)


def _is_strong(parsed: x509.Certificate) -> bool:
    key = parsed.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        return key.key_size >= RSA_LEAST
    return isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name in CURVES

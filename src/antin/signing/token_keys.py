"""Signing with a private key of an open PKCS#11 session, by the algorithms of `cms`.

The token hashes RSA itself (CKM_SHA256_RSA_PKCS); for ECDSA, PSS, and where a token lacks that mechanism, the digest is
made here and the token signs it raw.
"""

from __future__ import annotations

import hashlib
from typing import Any

import pkcs11
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from pkcs11.exceptions import MechanismInvalid

from antin.signing.cms import ALGORITHMS, RSA_PKCS1, digest_name

# DigestInfo of SHA-256 without the digest (RFC 8017 §9.2, note 1).
_DIGEST_INFO = bytes.fromhex("3031300d060960864801650304020105000420")


def signed_by(key: Any, data: bytes, algorithm: str) -> bytes:
    """The raw signature over the data by a private key of an open session; ValueError when they do not match."""
    curve = key.key_type == pkcs11.KeyType.EC
    if algorithm not in ALGORITHMS or curve != algorithm.startswith("ecdsa-"):
        raise ValueError(f"this key does not sign by {algorithm}")
    if algorithm == RSA_PKCS1:
        return _rsa(key, data)
    if curve:
        digest = hashlib.new(digest_name(algorithm), data).digest()
        raw = bytes(key.sign(digest, mechanism=pkcs11.Mechanism.ECDSA))
        half = len(raw) // 2
        return encode_dss_signature(int.from_bytes(raw[:half], "big"), int.from_bytes(raw[half:], "big"))
    digest = hashlib.sha256(data).digest()
    parameters = (pkcs11.Mechanism.SHA256, pkcs11.MGF.SHA256, 32)
    return bytes(key.sign(digest, mechanism=pkcs11.Mechanism.RSA_PKCS_PSS, mechanism_param=parameters))


def _rsa(key: Any, data: bytes) -> bytes:
    try:
        return bytes(key.sign(data, mechanism=pkcs11.Mechanism.SHA256_RSA_PKCS))
    except MechanismInvalid:
        info = _DIGEST_INFO + hashlib.sha256(data).digest()
        return bytes(key.sign(info, mechanism=pkcs11.Mechanism.RSA_PKCS))

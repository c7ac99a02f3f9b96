"""Keys in a PKCS#11 token or HSM (379/13.5): one session kept open, keys found once by label.

SoftHSM in tests, official tokens and HSMs in use. The token hashes RSA itself (CKM_SHA256_RSA_PKCS); for ECDSA and
where a token lacks that mechanism the digest is made here and the token signs it raw.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from threading import Lock
from typing import Any

import pkcs11
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from pkcs11.exceptions import MechanismInvalid, NoSuchKey, PKCS11Error

from antin.signing.cms import ALGORITHMS, RSA_PKCS1, digest_name

# DigestInfo of SHA-256 without the digest (RFC 8017 §9.2, note 1).
_DIGEST_INFO = bytes.fromhex("3031300d060960864801650304020105000420")


class Pkcs11Signer:
    """The port `Signer` over one token; `pin()` is asked when a session is opened, never kept."""

    def __init__(self, library: str, token_label: str, pin: Callable[[], str]) -> None:
        self._library = library
        self._label = token_label
        self._pin = pin
        self._session: Any = None
        self._keys: dict[str, Any] = {}
        # A PKCS#11 session carries one operation at a time.
        self._lock = Lock()

    def sign(self, key_ref: str, data: bytes, algorithm: str) -> bytes:
        with self._lock:
            try:
                return self._signed(key_ref, data, algorithm)
            except (NoSuchKey, MechanismInvalid, ValueError, LookupError):
                raise
            except PKCS11Error:
                # The token was pulled out or the session ended: one fresh session, then the error stands.
                self.close()
                return self._signed(key_ref, data, algorithm)

    def close(self) -> None:
        """Ends the session; the next signature opens another."""
        session, self._session = self._session, None
        self._keys.clear()
        if session is not None:
            try:
                session.close()
            except PKCS11Error:
                return

    def _signed(self, key_ref: str, data: bytes, algorithm: str) -> bytes:
        key = self._key(key_ref)
        curve = key.key_type == pkcs11.KeyType.EC
        if algorithm not in ALGORITHMS or curve != algorithm.startswith("ecdsa-"):
            raise ValueError(f"this key does not sign by {algorithm}")
        if algorithm == RSA_PKCS1:
            return self._rsa(key, data)
        if curve:
            digest = hashlib.new(digest_name(algorithm), data).digest()
            raw = bytes(key.sign(digest, mechanism=pkcs11.Mechanism.ECDSA))
            half = len(raw) // 2
            return encode_dss_signature(int.from_bytes(raw[:half], "big"), int.from_bytes(raw[half:], "big"))
        digest = hashlib.sha256(data).digest()
        parameters = (pkcs11.Mechanism.SHA256, pkcs11.MGF.SHA256, 32)
        return bytes(key.sign(digest, mechanism=pkcs11.Mechanism.RSA_PKCS_PSS, mechanism_param=parameters))

    def _rsa(self, key: Any, data: bytes) -> bytes:
        try:
            return bytes(key.sign(data, mechanism=pkcs11.Mechanism.SHA256_RSA_PKCS))
        except MechanismInvalid:
            info = _DIGEST_INFO + hashlib.sha256(data).digest()
            return bytes(key.sign(info, mechanism=pkcs11.Mechanism.RSA_PKCS))

    def _key(self, key_ref: str) -> Any:
        if self._session is None:
            token = pkcs11.lib(self._library).get_token(token_label=self._label)
            self._session = token.open(user_pin=self._pin())
        if key_ref not in self._keys:
            try:
                found = self._session.get_key(object_class=pkcs11.ObjectClass.PRIVATE_KEY, label=key_ref)
            except NoSuchKey as missing:
                raise LookupError(f"no key {key_ref!r} in the token") from missing
            self._keys[key_ref] = found
        return self._keys[key_ref]

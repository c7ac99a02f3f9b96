"""One-time-code secrets as the database holds them: AES-256-GCM under a key that is not in the database.

django-allauth stores what `encrypt` answers; by default that is the secret itself. Form: `v1.` and base64 of
nonce (12 bytes) ‖ ciphertext ‖ tag. The key is HKDF-SHA256 of the installation's secret (379/4.5, 379/5.9).
"""

from __future__ import annotations

import base64
import os

from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from antin.identity import ports

FORM = "v1."
NONCE_BYTES = 12
PURPOSE = b"antin one-time-code secrets"
MIN_SECRET_CHARS = 32


class SealedSecretsAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """django-allauth's adapter with secrets sealed."""

    def encrypt(self, text: str) -> str:
        nonce = os.urandom(NONCE_BYTES)
        sealed = _key().encrypt(nonce, text.encode(), PURPOSE)
        return FORM + base64.b64encode(nonce + sealed).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """ValueError for a text that was not sealed here, InvalidTag for one that was changed."""
        if not encrypted_text.startswith(FORM):
            raise ValueError("a one-time-code secret must be sealed")
        raw = base64.b64decode(encrypted_text.removeprefix(FORM), validate=True)
        return _key().decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], PURPOSE).decode()


def _key() -> AESGCM:
    secret = ports.bound().totp_secret
    if len(secret) < MIN_SECRET_CHARS:
        raise RuntimeError("the secret that seals one-time-code secrets is too short")
    return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(secret.encode()))

"""One-time-code secrets are sealed before they reach the database (AES-256-GCM, key file outside it)."""

from __future__ import annotations

import base64
import hashlib
import os
from functools import cache
from pathlib import Path

from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

CONTEXT = b"antin totp secret v1"
NONCE = 12


@cache
def _cipher(path: str) -> AESGCM:
    return AESGCM(hashlib.sha256(CONTEXT + Path(path).read_bytes()).digest())


def _own_cipher() -> AESGCM:
    return _cipher(str(settings.ANTIN.path("keys/totp.key")))


class SealedSecretsAdapter(DefaultMFAAdapter):
    """Allauth stores secrets in clear by default; here both directions go through the installation's key."""

    def encrypt(self, text: str) -> str:
        nonce = os.urandom(NONCE)
        return base64.b64encode(nonce + _own_cipher().encrypt(nonce, text.encode(), CONTEXT)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        data = base64.b64decode(encrypted_text)
        return _own_cipher().decrypt(data[:NONCE], data[NONCE:], CONTEXT).decode()

    def get_totp_issuer(self) -> str:
        return settings.ANTIN.title or "Ấn Tín"

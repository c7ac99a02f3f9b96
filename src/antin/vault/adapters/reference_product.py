"""A cipher product of our own for tests and demonstrations: sound primitives, but approved by nobody (379/22.2).

It is no product of the cipher branch and says so wherever it is named. Storage: AES-256-GCM under a key derived for
each context (HKDF-SHA256). Transport: X25519 with a fresh key per message, HKDF-SHA256, AES-256-GCM; the recipient's
public key, both keys of the exchange and the context are bound in. Who sent it is proven by the organisation's
signature on the parcel, not here.

    <folder>/storage.key  <folder>/own.key   0600, made at the first start
    <folder>/own.pub                         to be handed to partners
    <folder>/peers/<organisation code>.pub   theirs, compared by two people before they are put here
"""

from __future__ import annotations

import base64
import os
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from antin.values import N_
from antin.vault.ports import CipherRefused

KEPT, SENT = b"antin-mau/luu/1\n", b"antin-mau/gui/1\n"
KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12


class ReferenceProduct:
    """Keys in a folder of their own; every method is safe to call from any thread."""

    name = "antin-mau"
    title = N_("Sản phẩm mẫu của Ấn Tín, không được ngành cơ yếu chứng nhận, chỉ để thử nghiệm.")
    is_certified = False

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        (folder / "peers").mkdir(exist_ok=True, mode=0o700)
        self._storage = _key(folder / "storage.key")
        self._own = X25519PrivateKey.from_private_bytes(_key(folder / "own.key"))
        (folder / "own.pub").write_text(base64.b64encode(self.public_key).decode() + "\n", encoding="ascii")

    @property
    def public_key(self) -> bytes:
        return self._own.public_key().public_bytes_raw()

    def seal(self, data: bytes, context: bytes) -> bytes:
        """For keeping here, bound to the context."""
        nonce = os.urandom(NONCE_BYTES)
        return KEPT + nonce + AESGCM(_derived(self._storage, context)).encrypt(nonce, data, KEPT + context)

    def open(self, sealed: bytes, context: bytes) -> bytes:
        """CipherRefused for altered bytes, another context, or another installation's keys."""
        body = _body(sealed, KEPT)
        return _decrypted(_derived(self._storage, context), body, KEPT + context)

    def reaches(self, recipient: str) -> bool:
        """True when that organisation's key is here."""
        return self._peer(recipient).is_file()

    def seal_for(self, data: bytes, recipient: str, context: bytes) -> bytes:
        """For one organisation alone, bound to the context. CipherRefused for one that is not reached."""
        try:
            theirs = base64.b64decode(self._peer(recipient).read_text(encoding="ascii"), validate=False)
            public = X25519PublicKey.from_public_bytes(theirs)
        except (OSError, ValueError) as error:
            raise CipherRefused(f"no key of {recipient}") from error
        fresh = X25519PrivateKey.generate()
        shown, nonce = fresh.public_key().public_bytes_raw(), os.urandom(NONCE_BYTES)
        key = _derived(fresh.exchange(public), shown + theirs + context)
        return SENT + shown + nonce + AESGCM(key).encrypt(nonce, data, SENT + context)

    def open_sent(self, sealed: bytes, context: bytes) -> bytes:
        """What was sealed for us. CipherRefused otherwise."""
        body = _body(sealed, SENT)
        shown, rest = body[:KEY_BYTES], body[KEY_BYTES:]
        try:
            agreed = self._own.exchange(X25519PublicKey.from_public_bytes(shown))
        except ValueError as error:
            raise CipherRefused("not sealed for this installation") from error
        return _decrypted(_derived(agreed, shown + self.public_key + context), rest, SENT + context)

    def _peer(self, code: str) -> Path:
        safe = "".join(c for c in code if c.isalnum() or c in ".-")
        return self._folder / "peers" / f"{safe}.pub"


def _key(path: Path) -> bytes:
    """The key of that file, made when there is none; readable by its owner alone."""
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(os.urandom(KEY_BYTES))
    except FileExistsError:
        pass
    data = path.read_bytes()
    if len(data) != KEY_BYTES:
        raise ValueError(f"{path} is no key of {KEY_BYTES} bytes")
    return data


def _derived(secret: bytes, context: bytes) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=b"antin reference cipher product 1" + context).derive(secret)


def _body(sealed: bytes, magic: bytes) -> bytes:
    if not sealed.startswith(magic):
        raise CipherRefused("not of this product")
    return sealed[len(magic) :]


def _decrypted(key: bytes, body: bytes, aad: bytes) -> bytes:
    try:
        return AESGCM(key).decrypt(body[:NONCE_BYTES], body[NONCE_BYTES:], aad)
    except (InvalidTag, ValueError) as error:
        raise CipherRefused("altered, or sealed for something else") from error

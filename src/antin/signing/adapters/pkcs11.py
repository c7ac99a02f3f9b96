"""Keys in a PKCS#11 token or HSM (379/13.5): one session kept open, keys found once by label.

SoftHSM in tests, official tokens and HSMs in use.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Any

import pkcs11
from pkcs11.exceptions import MechanismInvalid, NoSuchKey, PKCS11Error

from antin.signing.token_keys import signed_by


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
        return signed_by(self._key(key_ref), data, algorithm)

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

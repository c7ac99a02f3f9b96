"""Where the person's key is: a PKCS#12 file or a PKCS#11 token. Opened with the PIN for one signature, then shut again.

    source.sign(pin, certificate, data, algorithm) -> bytes     WrongPin, or NotHere when that certificate's key is not there

The token is opened anew for every signature although a session could be kept: the PIN is then checked by the token
itself each time, and no other program finds the token open.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol, cast

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12
from cryptography.x509 import load_der_x509_certificate

from antin.signer.telling import Told
from antin.signing.cms import PrivateKey, raw_sign
from antin.values import N_

MAX_FILE = 1024 * 1024


class WrongPin(Exception):
    """The PIN does not open the key."""


class NotHere(Told):
    """No key of the certificate that was asked for, or no token; the sentence says which."""


class KeySource(Protocol):
    def sign(self, pin: str, certificate: bytes, data: bytes, algorithm: str) -> bytes:
        """The raw signature over the data by the key of exactly this certificate (DER)."""


class Pkcs12File:
    """A key in a `.p12` or `.pfx` file; its password is the PIN."""

    def __init__(self, path: Path | str) -> None:
        self._path = Path(path)

    def sign(self, pin: str, certificate: bytes, data: bytes, algorithm: str) -> bytes:
        with self._path.open("rb") as file:
            kept = file.read(MAX_FILE)
        try:
            found = load_pkcs12(kept, pin.encode())
        except ValueError as wrong:
            raise WrongPin from wrong
        held = found.cert.certificate.public_bytes(Encoding.DER) if found.cert else b""
        if held != certificate or found.key is None:
            raise NotHere(N_("Tệp {name} chứa chứng thư khác với chứng thư đã đăng ký."), name=self._path.name)
        return raw_sign(cast(PrivateKey, found.key), data, algorithm)


class Token:
    """A key in a token; found by its certificate, or by the public key where the token keeps no certificate."""

    def __init__(self, library: str, label: str = "") -> None:
        self._library = library
        self._label = label

    def sign(self, pin: str, certificate: bytes, data: bytes, algorithm: str) -> bytes:
        from pkcs11 import exceptions  # only here: whoever signs with a file needs no such library

        from antin.signing.token_keys import signed_by

        try:
            token = self._token(_library(self._library))
            with token.open(user_pin=pin) as session:
                return signed_by(_key(session, certificate), data, algorithm)
        except (exceptions.PinIncorrect, exceptions.PinLenRange, exceptions.PinInvalid) as wrong:
            raise WrongPin from wrong
        except exceptions.PinLocked as locked:
            raise NotHere(N_("Thiết bị đã tự khoá vì sai mã PIN nhiều lần.")) from locked
        except exceptions.PKCS11Error as broken:
            raise NotHere(N_("Thiết bị ký không trả lời ({why})."), why=type(broken).__name__) from broken

    def _token(self, library: Any) -> Any:
        found = [token for token in library.get_tokens() if not self._label or token.label == self._label]
        if len(found) != 1:
            raise NotHere(
                N_("Thấy {n} thiết bị ký phù hợp; cắm đúng một thiết bị, hoặc nêu tên bằng --token."), n=len(found)
            )
        return found[0]


def _library(path: str) -> Any:
    import pkcs11

    try:
        return pkcs11.lib(path)
    except (pkcs11.PKCS11Error, RuntimeError, OSError) as broken:
        raise NotHere(N_("Không mở được thư viện {name} của thiết bị ký."), name=Path(path).name) from broken


def _key(session: Any, certificate: bytes) -> Any:
    """The private key of this certificate: they share the identifier of the object; else the public key decides."""
    from pkcs11 import Attribute, ObjectClass

    def found(kind: Any, **also: Any) -> list[Any]:
        # Read to the end: a search left open blocks the session.
        return list(session.get_objects({Attribute.CLASS: kind} | {Attribute[name]: v for name, v in also.items()}))

    named = [held for held in found(ObjectClass.CERTIFICATE) if held[Attribute.VALUE] == certificate]
    named += [key for key in found(ObjectClass.PUBLIC_KEY) if _same_public_key(key, certificate)]
    for one in named:
        for key in found(ObjectClass.PRIVATE_KEY, ID=one[Attribute.ID]):
            return key
    raise NotHere(N_("Thiết bị không có khoá của chứng thư đã đăng ký."))


def _same_public_key(key: Any, certificate: bytes) -> bool:
    from pkcs11 import KeyType
    from pkcs11.util.ec import encode_ec_public_key
    from pkcs11.util.rsa import encode_rsa_public_key

    public = load_der_x509_certificate(certificate).public_key()
    if key.key_type == KeyType.RSA and isinstance(public, rsa.RSAPublicKey):
        return bool(encode_rsa_public_key(key) == public.public_bytes(Encoding.DER, PublicFormat.PKCS1))
    if key.key_type == KeyType.EC and isinstance(public, ec.EllipticCurvePublicKey):
        info = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return bool(encode_ec_public_key(key) == info)
    return False

"""Signatures on messages: an organisation's exchange key over bytes, XMLDSig over XML (QCVN 102:2016 envelopes).

sign_detached(data, organisation_id) -> bytes        RSA PKCS#1 v1.5 or ECDSA over SHA-256, key loaded once
sign_by_each(data, organisation_id) -> pairs         the same by every key in its time, while one follows another
verify_detached(data, signature, certificate) -> bool
sign_xml(xml, organisation_id) -> bytes              enveloped, C14N 1.1, rsa-sha256, X509Data
verify_xml(xml, certificates) -> VerifiedXml         only what was signed is handed back; SHA-1 is legacy, never authentic
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree
from signxml import (  # type: ignore[attr-defined]
    CanonicalizationMethod,
    DigestAlgorithm,
    SignatureConstructionMethod,
    SignatureMethod,
    XMLSigner,
)

from antin.regulation import RuleViolation
from antin.signing import certificates, cms, ports, queries, rules
from antin.signing.xml_signatures import VerifiedXml, XmlVerdict, safely, verify_xml
from antin.values import N_

__all__ = [
    "VerifiedXml",
    "XmlVerdict",
    "exchange_certificates",
    "safely",
    "sign_by_each",
    "sign_detached",
    "sign_xml",
    "verify_detached",
    "verify_xml",
]

FRESH_S = 5.0
_METHODS = {
    cms.RSA_PKCS1: SignatureMethod.RSA_SHA256,
    cms.ECDSA: SignatureMethod.ECDSA_SHA256,
    cms.ECDSA_384: SignatureMethod.ECDSA_SHA384,
    cms.ECDSA_512: SignatureMethod.ECDSA_SHA512,
}
_held: dict[UUID, tuple[float, Holder]] = {}


@dataclass(frozen=True, slots=True)
class Holder:
    """An organisation's usable exchange certificate: DER, the name of its key, how it signs."""

    certificate: bytes
    key_ref: str
    algorithm: str
    not_after: float


def sign_detached(data: bytes, organisation_id: UUID) -> bytes:
    """The organisation's raw signature over the data; RuleViolation (379/5.7) when it has no usable exchange key."""
    holder = exchange_holder(organisation_id)
    return ports.bound().signer.sign(holder.key_ref, data, holder.algorithm)


def sign_by_each(data: bytes, organisation_id: UUID) -> tuple[tuple[bytes, bytes], ...]:
    """(certificate, signature) for each exchange key of the organisation that is in use and in its time, the newest first.

    RuleViolation (379/5.7) when there is none.
    """
    certificates_here = exchange_certificates(organisation_id, key_here=True)
    if not certificates_here:
        exchange_holder(organisation_id)
    held = {view.der: view.key_ref for view in queries.certificates_of("organisation", organisation_id)}
    signer = ports.bound().signer
    return tuple((der, signer.sign(held[der], data, cms.algorithm_of(der))) for der in certificates_here)


def exchange_certificates(organisation_id: UUID, *, key_here: bool = False) -> tuple[bytes, ...]:
    """The exchange certificates in use and in their time, the newest first; with `key_here` only those we can sign with."""
    now = ports.bound().clock.now()
    return tuple(
        view.der
        for view in queries.certificates_of("organisation", organisation_id)
        if view.purpose == rules.EXCHANGE
        and view.state == rules.ACTIVE
        and view.not_before <= now <= view.not_after
        and (view.key_ref or not key_here)
    )


def exchange_holder(organisation_id: UUID) -> Holder:
    """The certificate in use, asked anew every few seconds so that a suspension takes hold at once."""
    kept = _held.get(organisation_id)
    if kept is not None and kept[0] > time.monotonic() and kept[1].not_after > time.time():
        return kept[1]
    holder = _look_up(organisation_id)
    _held[organisation_id] = (time.monotonic() + FRESH_S, holder)
    return holder


def forget(organisation_id: UUID | None = None) -> None:
    """Drops what is kept; called after a certificate changed."""
    if organisation_id is None:
        _held.clear()
    else:
        _held.pop(organisation_id, None)


def _look_up(organisation_id: UUID) -> Holder:
    found = queries.certificate_for("organisation", organisation_id, rules.EXCHANGE)
    if found is None or not found.key_ref:
        raise RuleViolation(
            "379/5.7",
            N_("Cơ quan chưa có chứng thư số dùng để trao đổi văn bản."),
            N_("Đề nghị người quản lý thuê bao ghi nhận chứng thư trao đổi."),
        )
    return Holder(found.der, found.key_ref, cms.algorithm_of(found.der), found.not_after.timestamp())


def exchange_certificate(organisation_id: UUID) -> bytes | None:
    """The DER of the certificate in use for exchange; None when there is none."""
    try:
        return exchange_holder(organisation_id).certificate
    except RuleViolation:
        return None


def verify_detached(data: bytes, signature: bytes, certificate_der: bytes) -> bool:
    """True when the certificate's key made the signature over the data. Whether to trust it is the caller's matter."""
    try:
        return cms.raw_verify(certificate_der, signature, data, cms.algorithm_of(certificate_der))
    except (ValueError, TypeError):
        return False


class _PortKey:
    """Lets the XML library sign through the port: it calls `sign` of what it takes for a key."""

    def __init__(self, holder: Holder) -> None:
        self._holder = holder
        self.key_size: int = certificates.load(holder.certificate).public_key().key_size  # type: ignore[union-attr]

    def sign(self, data: bytes, *_: object, **__: object) -> bytes:
        return ports.bound().signer.sign(self._holder.key_ref, data, self._holder.algorithm)


class _Signer(XMLSigner):
    """signxml with the key behind the port."""

    def __init__(self, holder: Holder) -> None:
        super().__init__(
            method=SignatureConstructionMethod.enveloped,
            signature_algorithm=_METHODS[holder.algorithm],
            digest_algorithm=DigestAlgorithm.SHA256,
            c14n_algorithm=CanonicalizationMethod.CANONICAL_XML_1_1,
        )


def sign_xml(document: Any, organisation_id: UUID) -> bytes:
    """The XML (bytes or element) with an enveloped signature by the organisation, as bytes."""
    holder = exchange_holder(organisation_id)
    root = safely(document) if isinstance(document, bytes) else document
    pem = certificates.load(holder.certificate).public_bytes(Encoding.PEM).decode()
    signed = _Signer(holder).sign(root, key=_PortKey(holder), cert=pem)  # type: ignore[arg-type]
    return etree.tostring(signed, xml_declaration=True, encoding="UTF-8")

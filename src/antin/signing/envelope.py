"""Signatures on messages: an organisation's exchange key over bytes, XMLDSig over XML (QCVN 102:2016 envelopes).

sign_detached(data, organisation_id) -> bytes        RSA PKCS#1 v1.5 or ECDSA over SHA-256, key loaded once
verify_detached(data, signature, certificate) -> bool
sign_xml(xml, organisation_id) -> bytes              enveloped, C14N 1.1, rsa-sha256, X509Data
verify_xml(xml, certificates) -> VerifiedXml         only what was signed is handed back; SHA-1 is legacy, never authentic
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree
from signxml import (  # type: ignore[attr-defined]
    CanonicalizationMethod,
    DigestAlgorithm,
    SignatureConfiguration,
    SignatureConstructionMethod,
    SignatureMethod,
    XMLSigner,
    XMLVerifier,
)
from signxml.exceptions import InvalidInput, SignXMLException

from antin.regulation import RuleViolation
from antin.signing import certificates, cms, ports, queries, rules
from antin.values import N_

DS = "http://www.w3.org/2000/09/xmldsig#"
MAX_XML = 64 * 1024 * 1024
FRESH_S = 5.0
_METHODS = {cms.RSA_PKCS1: SignatureMethod.RSA_SHA256, cms.ECDSA: SignatureMethod.ECDSA_SHA256}
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


class XmlVerdict(StrEnum):
    """`legacy`: right, but by SHA-1 or an old transform, so it authenticates nothing."""

    AUTHENTIC = "authentic"
    LEGACY = "legacy"
    FORGED = "forged"
    UNSIGNED = "unsigned"


@dataclass(frozen=True, slots=True)
class VerifiedXml:
    """`signed`: the element as it was signed, to be used in place of the document; None unless right."""

    verdict: XmlVerdict
    certificate: bytes | None = None
    signed: Any = None
    why: str = ""


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


def safely(data: bytes) -> Any:
    """Parses without DTD, entities, network or huge trees; ValueError otherwise."""
    if len(data) > MAX_XML:
        raise ValueError("too large")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as broken:
        raise ValueError(str(broken)) from broken
    if root.getroottree().docinfo.doctype:
        raise ValueError("a document type declaration is not allowed")
    return root


_STRICT = SignatureConfiguration(
    require_x509=True,
    expect_references=1,
    signature_methods=frozenset(
        {
            SignatureMethod.RSA_SHA256,
            SignatureMethod.RSA_SHA384,
            SignatureMethod.RSA_SHA512,
            SignatureMethod.ECDSA_SHA256,
            SignatureMethod.ECDSA_SHA384,
            SignatureMethod.SHA256_RSA_MGF1,
        }
    ),
    digest_algorithms=frozenset({DigestAlgorithm.SHA256, DigestAlgorithm.SHA384, DigestAlgorithm.SHA512}),
)


def verify_xml(document: bytes, expected: tuple[bytes, ...]) -> VerifiedXml:
    """Checks the one signature of an XML document against the certificates expected of its sender (DER)."""
    try:
        root = safely(document)
    except ValueError as broken:
        return VerifiedXml(XmlVerdict.FORGED, why=str(broken))
    found = root.findall(f".//{{{DS}}}Signature") + ([root] if root.tag == f"{{{DS}}}Signature" else [])
    if not found:
        return VerifiedXml(XmlVerdict.UNSIGNED)
    if len(found) > 1:
        return VerifiedXml(XmlVerdict.FORGED, why="more than one signature")
    if _is_legacy(found[0]):
        return VerifiedXml(XmlVerdict.LEGACY, why="SHA-1")
    why = ""
    for certificate in expected:
        try:
            result = XMLVerifier().verify(root, x509_cert=certificates.load(certificate), expect_config=_STRICT)
        except (
            SignXMLException,
            InvalidInput,
            InvalidSignature,
            ValueError,
            etree.LxmlError,
            x509.InvalidVersion,
        ) as bad:
            why = str(bad)
            continue
        return VerifiedXml(XmlVerdict.AUTHENTIC, certificate, result.signed_xml)
    return VerifiedXml(XmlVerdict.FORGED, why=why)


_LEGACY = ("#rsa-sha1", "#sha1", "#dsa-sha1", "TR/xml-exc-c14n#")


def _is_legacy(signature: Any) -> bool:
    """SHA-1 anywhere, or the misspelt exclusive transform of older senders."""
    return any(
        str(element.get("Algorithm", "")).endswith(_LEGACY)
        for element in signature.iter("{*}SignatureMethod", "{*}DigestMethod", "{*}Transform")
    )

"""Signatures that stand in files of their own, and signed XML, made by the scene's keys."""

from __future__ import annotations

import hashlib
from typing import Any

from cryptography.hazmat.primitives.serialization import load_pem_private_key
from lxml import etree
from signxml import CanonicalizationMethod, DigestAlgorithm, SignatureMethod, XMLSigner
from signxml.xades import XAdESSigner

from antin.signing import certificates, cms

from .scene import House

XML = (
    '<edXML xmlns="http://www.e-doc.vn/Schema/"><edXMLHeader Id="h"><DocumentId>000.00</DocumentId></edXMLHeader>'
    '<edXMLBody Id="b"><p>Kính gửi</p></edXMLBody></edXML>'
).encode()


def loose(house: House, data: bytes, *, signer: str = "person", inside: bool = False, token: bool = True) -> bytes:
    """A CMS signature over the data: with a timestamp, and the data inside when wanted."""
    held = house.issued[signer]
    identity = cms.identity_of(held.certificate_der)
    attributes = cms.signed_attributes(cms.DATA, hashlib.sha256(data).digest(), identity.ess_id, identity.algorithm)
    value = house.signer.sign(signer, attributes, identity.algorithm)
    return cms.signed_data(
        identity,
        attributes,
        value,
        (held.certificate_der, *held.chain_ders[:1]),
        content=data if inside else None,
        token=house.authority.timestamps.token(hashlib.sha256(value).digest()) if token else None,
    )


def exchange_key(house: House) -> str:
    """The name of an exchange certificate of the house."""
    if "exchange" not in house.issued:
        house.keep("exchange", house.authority.issue_exchange("Cơ quan mẫu", "A99.02"))
    return "exchange"


def signed_xml(
    house: House, xml: bytes = XML, *, signer: str = "", advanced: bool = False, legacy: bool = False, **wishes: Any
) -> bytes:
    """The XML with an enveloped signature: XMLDSig, or XAdES when `advanced`; by SHA-1 when `legacy`."""
    held = house.issued[signer or exchange_key(house)]
    kind = XAdESSigner if advanced else (_OldSigner if legacy else XMLSigner)
    made = kind(
        signature_algorithm=SignatureMethod.RSA_SHA1 if legacy else SignatureMethod.RSA_SHA256,
        digest_algorithm=DigestAlgorithm.SHA1 if legacy else DigestAlgorithm.SHA256,
        c14n_algorithm=CanonicalizationMethod.CANONICAL_XML_1_0,
    ).sign(
        etree.fromstring(xml),
        key=load_pem_private_key(held.key_pem, None),
        cert=[certificates.load(c) for c in (held.certificate_der, *held.chain_ders[:1])],
        **wishes,
    )
    return etree.tostring(made, xml_declaration=True, encoding="UTF-8")


class _OldSigner(XMLSigner):
    """Signs as programs did before SHA-1 was given up."""

    def check_deprecated_methods(self) -> None:
        pass

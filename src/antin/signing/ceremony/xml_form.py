"""The XML side: an enveloped XAdES signature with canonical XML 1.1, first without its value, then with it.

ETSI EN 319 132-1: SigningTime and SigningCertificateV2 are signed (B-B), a SignatureTimeStamp over the canonical
ds:SignatureValue makes B-T, CertificateValues and RevocationValues beside it B-LT. Written directly, never with exclusive
canonicalisation: that gives SignedProperties another digest than verifiers compute.
"""

from __future__ import annotations

import hashlib
import secrets
from base64 import b64decode, b64encode
from datetime import UTC, datetime
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from lxml import etree

from antin.signing import certificates, cms
from antin.signing.revocation import Evidence
from antin.signing.xml_signatures import DS, XADES, safely, signatures_in

C14N_11: Final = "http://www.w3.org/2006/12/xml-c14n11"
SIGNED_PROPERTIES: Final = "http://uri.etsi.org/01903#SignedProperties"
_XML: Final = "{http://www.w3.org/XML/1998/namespace}"
_DIGESTS: Final = {
    "sha256": "http://www.w3.org/2001/04/xmlenc#sha256",
    "sha384": "http://www.w3.org/2001/04/xmldsig-more#sha384",
    "sha512": "http://www.w3.org/2001/04/xmlenc#sha512",
}
_METHODS: Final = {
    cms.RSA_PKCS1: "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
    cms.RSA_PSS: "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1",
    cms.ECDSA: "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
    cms.ECDSA_384: "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384",
    cms.ECDSA_512: "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512",
}


def unfinished(document: bytes, carried: tuple[bytes, ...], algorithm: str, at: datetime) -> bytes:
    """The document with everything of the signature but its value; ValueError when it can't be signed."""
    root = safely(document)
    if signatures_in(root):
        raise ValueError("signed already")
    # Programs disagree about the canonical form of what is inherited from, or stands beside, the root.
    if any(str(name).startswith(_XML) for name in root.attrib):
        raise ValueError("xml: attributes on the root")
    if any(isinstance(one, etree._ProcessingInstruction) for one in _beside(root)):
        raise ValueError("processing instructions beside the root")
    name = cms.digest_name(algorithm)
    whole = hashlib.new(name, canonical(root)).digest()
    ident = secrets.token_hex(8)
    signature = etree.SubElement(root, f"{{{DS}}}Signature", {"Id": f"ky-{ident}"}, nsmap={"ds": DS})
    info = _child(signature, "SignedInfo")
    _child(info, "CanonicalizationMethod", Algorithm=C14N_11)
    _child(info, "SignatureMethod", Algorithm=_METHODS[algorithm])
    _reference(info, name, whole, "", (f"{DS}enveloped-signature", C14N_11))
    _child(signature, "SignatureValue", Id=f"gia-tri-{ident}")
    data = _child(_child(signature, "KeyInfo"), "X509Data")
    for certificate in carried:
        _child(data, "X509Certificate").text = b64encode(certificate).decode()
    properties = _properties(signature, ident, carried[0], at)
    _reference(info, name, hashlib.new(name, canonical(properties)).digest(), f"#dac-tinh-{ident}", (C14N_11,))
    return _written(root)


def _beside(root: Any) -> list[Any]:
    return [*root.itersiblings(), *root.itersiblings(preceding=True)]


def _child(parent: Any, tag: str, namespace: str = DS, **attributes: str) -> Any:
    return etree.SubElement(parent, f"{{{namespace}}}{tag}", attributes)


def _reference(info: Any, name: str, digest: bytes, uri: str, transforms: tuple[str, ...]) -> None:
    kind = {"Type": SIGNED_PROPERTIES} if uri else {}
    reference = _child(info, "Reference", URI=uri, **kind)
    listed = _child(reference, "Transforms")
    for transform in transforms:
        _child(listed, "Transform", Algorithm=transform)
    _child(reference, "DigestMethod", Algorithm=_DIGESTS[name])
    _child(reference, "DigestValue").text = b64encode(digest).decode()


def _properties(signature: Any, ident: str, certificate: bytes, at: datetime) -> Any:
    """SignedProperties of EN 319 132-1: when, and by which certificate."""
    qualifying = etree.SubElement(
        _child(signature, "Object"),
        f"{{{XADES}}}QualifyingProperties",
        {"Target": f"#ky-{ident}"},
        nsmap={"xades": XADES},
    )
    properties = _child(qualifying, "SignedProperties", XADES, Id=f"dac-tinh-{ident}")
    signed = _child(properties, "SignedSignatureProperties", XADES)
    _child(signed, "SigningTime", XADES).text = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    cert = _child(_child(signed, "SigningCertificateV2", XADES), "Cert", XADES)
    digest = _child(cert, "CertDigest", XADES)
    _child(digest, "DigestMethod", Algorithm=_DIGESTS["sha256"])
    _child(digest, "DigestValue").text = b64encode(hashlib.sha256(certificate).digest()).decode()
    return properties


def canonical(element: Any) -> bytes:
    """Canonical XML 1.1 of an element without comments; as 1.0 here, for no xml: attribute is inherited."""
    return bytes(etree.tostring(element, method="c14n", with_comments=False, exclusive=False))


def signed_info(prepared: bytes) -> bytes:
    """The bytes that the key signs."""
    return canonical(_signature(safely(prepared)).find(f"{{{DS}}}SignedInfo"))


def stamped(prepared: bytes, value: bytes) -> bytes:
    """What a signature timestamp covers: the canonical ds:SignatureValue (EN 319 132-1 §5.3)."""
    root = safely(prepared)
    return canonical(_valued(root, value))


def finished(prepared: bytes, value: bytes, token: bytes | None, status: Evidence) -> bytes:
    """The signed document; with a token and status data B-T and B-LT."""
    root = safely(prepared)
    _valued(root, value)
    qualifying = _signature(root).find(f"{{{DS}}}Object/{{{XADES}}}QualifyingProperties")
    if token is not None:
        unsigned = _child(_child(qualifying, "UnsignedProperties", XADES), "UnsignedSignatureProperties", XADES)
        stamp = _child(unsigned, "SignatureTimeStamp", XADES)
        _child(stamp, "CanonicalizationMethod", Algorithm=C14N_11)
        _child(stamp, "EncapsulatedTimeStamp", XADES).text = b64encode(token).decode()
        _add_status(unsigned, status)
    return _written(root)


def _add_status(unsigned: Any, status: Evidence) -> None:
    if status.certificates:
        values = _child(unsigned, "CertificateValues", XADES)
        for certificate in status.certificates:
            _child(values, "EncapsulatedX509Certificate", XADES).text = b64encode(certificate).decode()
    if status.crls or status.ocsps:
        values = _child(unsigned, "RevocationValues", XADES)
        for kind, one, held in (("CRLValues", "CRLValue", status.crls), ("OCSPValues", "OCSPValue", status.ocsps)):
            listed = _child(values, kind, XADES) if held else None
            for data in held:
                _child(listed, f"Encapsulated{one}", XADES).text = b64encode(data).decode()


def _signature(root: Any) -> Any:
    (found,) = signatures_in(root)
    return found


def _valued(root: Any, value: bytes) -> Any:
    """ds:SignatureValue with the value in it; ECDSA as r and s side by side (RFC 4050, XML Signature 1.1 §6.4.3)."""
    signature = _signature(root)
    method = signature.find(f"{{{DS}}}SignedInfo/{{{DS}}}SignatureMethod").get("Algorithm")
    if "ecdsa" in method:
        certificate = signature.findtext(f"{{{DS}}}KeyInfo/{{{DS}}}X509Data/{{{DS}}}X509Certificate")
        value = _side_by_side(value, certificate)
    element = signature.find(f"{{{DS}}}SignatureValue")
    element.text = b64encode(value).decode()
    return element


def _side_by_side(value: bytes, certificate: str) -> bytes:
    size = (certificates.load(b64decode(certificate)).public_key().key_size + 7) // 8  # type: ignore[union-attr]
    return b"".join(number.to_bytes(size, "big") for number in decode_dss_signature(value))


def _written(root: Any) -> bytes:
    return bytes(etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8"))

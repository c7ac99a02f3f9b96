"""The one signature of an XML document (XMLDSig, XAdES): where it stands, what it covers, whether it is right.

verify_xml(xml, certificates) -> VerifiedXml         only what was signed is handed back; SHA-1 is legacy, never authentic

Nothing about trust: the certificates are those of a known sender, or of the signature itself to be judged afterwards.
"""

from __future__ import annotations

from base64 import b64decode
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from lxml import etree
from signxml import DigestAlgorithm, SignatureConfiguration, SignatureMethod, XMLVerifier  # type: ignore[attr-defined]
from signxml.exceptions import InvalidInput, SignXMLException
from signxml.xades import XAdESSignatureConfiguration, XAdESVerifier

from antin.signing import certificates

DS = "http://www.w3.org/2000/09/xmldsig#"
XADES = "http://uri.etsi.org/01903/v1.3.2#"
MAX_XML = 64 * 1024 * 1024
MAX_REFERENCES = 3
_LEGACY = ("#rsa-sha1", "#sha1", "#dsa-sha1", "TR/xml-exc-c14n#")
# Whatever else a transform can do, it can leave content out of what is signed.
_TRANSFORMS = {
    f"{DS}enveloped-signature",
    "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
    "http://www.w3.org/2006/12/xml-c14n11",
    "http://www.w3.org/2001/10/xml-exc-c14n#",
}
_ALLOWED = {
    "require_x509": True,
    "signature_methods": frozenset(
        {
            SignatureMethod.RSA_SHA256,
            SignatureMethod.RSA_SHA384,
            SignatureMethod.RSA_SHA512,
            SignatureMethod.ECDSA_SHA256,
            SignatureMethod.ECDSA_SHA384,
            SignatureMethod.SHA256_RSA_MGF1,
        }
    ),
    "digest_algorithms": frozenset({DigestAlgorithm.SHA256, DigestAlgorithm.SHA384, DigestAlgorithm.SHA512}),
}
_BROKEN = (
    SignXMLException,
    InvalidInput,
    InvalidSignature,
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    etree.LxmlError,
    x509.InvalidVersion,
)


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


def safely(data: bytes) -> Any:
    """Parses without DTD, entities, network or huge trees; ValueError otherwise.

    Nor with a processing instruction beside the root: a signature over the whole document covers it (XMLDSig §4.4.3.2),
    and the library's digest, which begins at the root, does not: one added afterwards would go unseen.
    """
    if len(data) > MAX_XML:
        raise ValueError("too large")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as broken:
        raise ValueError(str(broken)) from broken
    if root.getroottree().docinfo.doctype:
        raise ValueError("a document type declaration is not allowed")
    if any(one.tag is etree.PI for one in (*root.itersiblings(preceding=True), *root.itersiblings())):
        raise ValueError("a processing instruction beside the root element is not allowed")
    return root


def signatures_in(root: Any) -> list[Any]:
    """Every signature element of the document."""
    return [*root.iter(f"{{{DS}}}Signature")]


def verify_xml(document: bytes, expected: tuple[bytes, ...]) -> VerifiedXml:
    """Checks the one signature of an XML document against the certificates expected of its sender (DER)."""
    try:
        root = safely(document)
    except ValueError as broken:
        return VerifiedXml(XmlVerdict.FORGED, why=str(broken))
    found = signatures_in(root)
    if not found:
        return VerifiedXml(XmlVerdict.UNSIGNED)
    if len(found) > 1:
        return VerifiedXml(XmlVerdict.FORGED, why="more than one signature")
    if is_legacy(found[0]):
        return VerifiedXml(XmlVerdict.LEGACY, why="SHA-1")
    why = ""
    for certificate in expected:
        try:
            result = XMLVerifier().verify(
                root,
                x509_cert=certificates.load(certificate),
                expect_config=SignatureConfiguration(expect_references=1, **_ALLOWED),  # type: ignore[arg-type]
            )
        except _BROKEN as bad:
            why = str(bad)
            continue
        return VerifiedXml(XmlVerdict.AUTHENTIC, certificate, result.signed_xml)  # type: ignore[union-attr]
    return VerifiedXml(XmlVerdict.FORGED, why=why)


def is_legacy(signature: Any) -> bool:
    """SHA-1 anywhere, or the misspelt exclusive transform of older senders."""
    return any(
        str(element.get("Algorithm", "")).endswith(_LEGACY)
        for element in signature.iter("{*}SignatureMethod", "{*}DigestMethod", "{*}Transform")
    )


def embedded_certificates(signature: Any, limit: int = 8) -> tuple[bytes, ...]:
    """The certificates that the signature carries, DER; ValueError when one can't be read."""
    texts = signature.findall(f"{{{DS}}}KeyInfo/{{{DS}}}X509Data/{{{DS}}}X509Certificate")[:limit]
    return tuple(b64decode("".join((element.text or "").split()), validate=True) for element in texts)


def covers_document(root: Any, signature: Any) -> bool:
    """Every reference is to the whole document, or to the signature's own parts, by transforms that leave nothing out.

    Refused so: a reference to one element of several (wrapping), to an Id given twice, to a file elsewhere.
    """
    references = signature.findall(f"{{{DS}}}SignedInfo/{{{DS}}}Reference")
    if not 1 <= len(references) <= MAX_REFERENCES:
        return False
    whole = 0
    for reference in references:
        transforms = {str(t.get("Algorithm")) for t in reference.iter(f"{{{DS}}}Transform")}
        target = _target(root, reference.get("URI"))
        if not transforms <= _TRANSFORMS or target is None:
            return False
        whole += target is root
        if target is not root and signature not in target.iterancestors():
            return False
    return whole == 1


def _target(root: Any, uri: str | None) -> Any:
    """The element that a reference names, when it is one and in this document."""
    if uri == "":
        return root
    if not uri or not uri.startswith("#"):
        return None
    named = [e for e in root.iter(etree.Element) if uri[1:] in (e.get("Id"), e.get("ID"), e.get("id"))]
    return named[0] if len(named) == 1 else None


def check_value(root: Any, signature: Any, certificate: bytes) -> str:
    """Why the signature is not this certificate's over this document; "" when it is."""
    count = len(signature.findall(f"{{{DS}}}SignedInfo/{{{DS}}}Reference"))
    advanced = next(signature.iter(f"{{{XADES}}}SignedProperties"), None) is not None
    verifier, config = (
        (XAdESVerifier, XAdESSignatureConfiguration)
        if advanced and count > 1
        else (XMLVerifier, SignatureConfiguration)
    )
    try:
        verifier().verify(
            root,
            x509_cert=certificates.load(certificate),
            expect_config=config(expect_references=count, **_ALLOWED),  # type: ignore[arg-type]
        )
    except _BROKEN as bad:
        return f"{type(bad).__name__}: {bad}"[:200]
    return ""

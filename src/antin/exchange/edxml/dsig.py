"""The envelope's signature (XMLDSig): made over canonical bytes that stream by, checked over canonical bytes that stream by.

Made: enveloped, exclusive canonical form, SHA-256, RSA or ECDSA, the certificate inside. Checked: exactly one signature, no
transform that could leave content out, the whole message covered, a current algorithm. Four answers and one more:

valid     right, and by a key that belongs to the sender: the caller's judgement of `Checked.certificate`
unproven  right, but nobody here can say whose key it is
invalid   not right
legacy    by SHA-1, or not in XMLDSig's namespace: it authenticates nothing, whatever it says
absent    none
"""

from __future__ import annotations

import hashlib
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable
from copy import deepcopy
from dataclasses import dataclass
from enum import StrEnum

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from lxml import etree

from antin.signing import certificates, cms
from antin.signing import xml_signatures as xml

DS = xml.DS
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
ENVELOPED = f"{DS}enveloped-signature"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
DIGESTS = {
    SHA256: "sha256",
    "http://www.w3.org/2001/04/xmldsig-more#sha384": "sha384",
    "http://www.w3.org/2001/04/xmlenc#sha512": "sha512",
}
METHODS = {
    cms.RSA_PKCS1: "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
    cms.ECDSA: "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
    cms.ECDSA_384: "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384",
    cms.ECDSA_512: "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512",
}
OTHER_PREFIXES = f"{{{EXCLUSIVE}}}InclusiveNamespaces"


class SignatureVerdict(StrEnum):
    VALID = "valid"
    UNPROVEN = "unproven"
    INVALID = "invalid"
    LEGACY = "legacy"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Sealer:
    """Who signs: the certificate in DER, and its key's signature over bytes (by `cms.algorithm_of` the certificate)."""

    certificate: bytes
    sign: Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True)
class Checked:
    """UNPROVEN with the certificate that is right, for the caller to judge; `carried` are those beside it, DER."""

    verdict: SignatureVerdict
    certificate: bytes = b""
    carried: tuple[bytes, ...] = ()
    why: str = ""


def canonical(element: etree._Element, method: str = EXCLUSIVE, prefixes: tuple[str, ...] = ()) -> bytes:
    return bytes(
        etree.tostring(
            element,
            method="c14n",
            exclusive=method == EXCLUSIVE,
            with_comments=False,
            inclusive_ns_prefixes=list(prefixes) or None,
        )
    )


def signature(digest: bytes, sealer: Sealer) -> bytes:
    """The Signature element over a message of that digest, to stand where it changes nothing around it."""
    algorithm = cms.algorithm_of(sealer.certificate)
    info = (
        f'<SignedInfo xmlns="{DS}"><CanonicalizationMethod Algorithm="{EXCLUSIVE}"></CanonicalizationMethod>'
        f'<SignatureMethod Algorithm="{METHODS[algorithm]}"></SignatureMethod><Reference URI=""><Transforms>'
        f'<Transform Algorithm="{ENVELOPED}"></Transform><Transform Algorithm="{EXCLUSIVE}"></Transform></Transforms>'
        f'<DigestMethod Algorithm="{SHA256}"></DigestMethod><DigestValue>{_text(digest)}</DigestValue></Reference>'
        "</SignedInfo>"
    ).encode()
    value = sealer.sign(info)
    if algorithm != cms.RSA_PKCS1:
        value = _fixed(value, sealer.certificate)
    inside = info.replace(f' xmlns="{DS}"'.encode(), b"", 1)
    head, tail = (
        f'<Signature xmlns="{DS}">'.encode(),
        f"<SignatureValue>{_text(value)}</SignatureValue><KeyInfo><X509Data>",
    )
    certificate = f"<X509Certificate>{_text(sealer.certificate)}</X509Certificate></X509Data></KeyInfo></Signature>"
    return head + inside + (tail + certificate).encode()


def check(root: etree._Element, streamed: Callable[[bytes], Iterable[bytes]]) -> Checked:
    """Judges the one signature of a message; `streamed` runs what was cut out into canonical bytes of the message."""
    found = xml.signatures_in(root)
    if not found:
        strange = any(etree.QName(e).localname == "Signature" for e in root.iter(etree.Element))
        return Checked(SignatureVerdict.LEGACY if strange else SignatureVerdict.ABSENT)
    if len(found) > 1:
        return Checked(SignatureVerdict.INVALID, why="more than one signature")
    if xml.is_legacy(found[0]):
        return Checked(SignatureVerdict.LEGACY)
    try:
        return _checked(root, found[0], streamed)
    except (ValueError, KeyError, TypeError, AttributeError, etree.LxmlError, x509.InvalidVersion) as broken:
        return Checked(SignatureVerdict.INVALID, why=f"{type(broken).__name__}: {broken}"[:200])


def _checked(root: etree._Element, found: etree._Element, streamed: Callable[[bytes], Iterable[bytes]]) -> Checked:
    if not xml.covers_document(root, found):
        return Checked(SignatureVerdict.INVALID, why="the signature does not cover the whole message")
    for reference in found.findall(f"{{{DS}}}SignedInfo/{{{DS}}}Reference"):
        if _digest(root, found, reference, streamed) != _bytes(reference.findtext(f"{{{DS}}}DigestValue")):
            return Checked(SignatureVerdict.INVALID, why="the digest is another one")
    carried = xml.embedded_certificates(found)
    info = found.find(f"{{{DS}}}SignedInfo")
    method = info.find(f"{{{DS}}}CanonicalizationMethod")
    data = canonical(info, method.get("Algorithm"), _prefixes(method))
    algorithm = next(a for a, uri in METHODS.items() if uri == info.find(f"{{{DS}}}SignatureMethod").get("Algorithm"))
    value = _bytes(found.findtext(f"{{{DS}}}SignatureValue"))
    for certificate in carried:
        given = value if algorithm == cms.RSA_PKCS1 else _der(value)
        if cms.raw_verify(certificate, given, data, algorithm):
            return Checked(SignatureVerdict.UNPROVEN, certificate, carried)
    return Checked(SignatureVerdict.INVALID, why="no certificate in it made the signature")


def _digest(
    root: etree._Element, found: etree._Element, reference: etree._Element, streamed: Callable[[bytes], Iterable[bytes]]
) -> bytes:
    digest = hashlib.new(DIGESTS[reference.find(f"{{{DS}}}DigestMethod").get("Algorithm")])
    transforms = reference.findall(f"{{{DS}}}Transforms/{{{DS}}}Transform")
    last = next((t for t in reversed(transforms) if t.get("Algorithm") != ENVELOPED), None)
    method, prefixes = (last.get("Algorithm"), _prefixes(last)) if last is not None else ("", ())
    uri = reference.get("URI")
    target = (
        root
        if not uri
        else next(e for e in root.iter(etree.Element) if uri[1:] in (e.get("Id"), e.get("ID"), e.get("id")))
    )
    if target is not root:
        digest.update(canonical(target, method, prefixes))
        return digest.digest()
    if ENVELOPED not in {t.get("Algorithm") for t in transforms}:
        raise ValueError("the signature would have to cover itself")
    for piece in streamed(canonical(_without(root, found), method, prefixes)):
        digest.update(piece)
    return digest.digest()


def _without(root: etree._Element, found: etree._Element) -> etree._Element:
    """A copy of the message without its signature; the text behind it stays."""
    place = list(root.iter()).index(found)
    copied = deepcopy(root)
    twin = list(copied.iter())[place]
    parent, before = twin.getparent(), twin.getprevious()
    if twin.tail and before is not None:
        before.tail = (before.tail or "") + twin.tail
    elif twin.tail:
        parent.text = (parent.text or "") + twin.tail
    parent.remove(twin)
    return copied


def _prefixes(element: etree._Element) -> tuple[str, ...]:
    listed = element.find(OTHER_PREFIXES)
    return tuple(str(listed.get("PrefixList", "")).split()) if listed is not None else ()


def _fixed(der: bytes, certificate: bytes) -> bytes:
    """ECDSA as XMLDSig writes it: r and s, each as long as the curve (RFC 4050)."""
    length = (certificates.load(certificate).public_key().key_size + 7) // 8  # type: ignore[union-attr]
    return b"".join(part.to_bytes(length) for part in decode_dss_signature(der))


def _der(value: bytes) -> bytes:
    half = len(value) // 2
    return encode_dss_signature(int.from_bytes(value[:half]), int.from_bytes(value[half:]))


def _text(data: bytes) -> str:
    return b64encode(data).decode()


def _bytes(text: str | None) -> bytes:
    return b64decode("".join((text or "").split()), validate=True)

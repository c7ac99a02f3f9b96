"""What an XAdES signature carries beside what it signs (ETSI EN 319 132-1): timestamps over its value, status data."""

from __future__ import annotations

import hashlib
from base64 import b64decode
from datetime import datetime
from typing import Any, Final

from lxml import etree

from antin.signing import certificates, revocation, token
from antin.signing.path import Path
from antin.signing.revocation import Evidence
from antin.signing.signed_data import HASHES, Flaw
from antin.signing.verdict.proven_time import Scene, is_orderly, token_trust
from antin.signing.xml_signatures import DS, XADES

MAX_TOKENS = 4
MAX_ENTRIES = 64
_CANONICAL: Final = {
    "http://www.w3.org/TR/2001/REC-xml-c14n-20010315": False,
    "http://www.w3.org/2006/12/xml-c14n11": False,
    "http://www.w3.org/2001/10/xml-exc-c14n#": True,
}


def status_data(signature: Any) -> Evidence:
    """Certificates, lists and answers of the unsigned properties; ValueError when one is no base64."""
    return Evidence(
        ocsps=_decoded(signature, "EncapsulatedOCSPValue"),
        crls=_decoded(signature, "EncapsulatedCRLValue"),
        certificates=_decoded(signature, "EncapsulatedX509Certificate"),
    )


def _decoded(signature: Any, tag: str) -> tuple[bytes, ...]:
    texts = [element.text or "" for element in signature.iter(f"{{{XADES}}}{tag}")][:MAX_ENTRIES]
    return tuple(b64decode("".join(text.split()), validate=True) for text in texts)


def stamps(signature: Any) -> list[Any]:
    """The timestamps over the signature's value."""
    return [*signature.iter(f"{{{XADES}}}SignatureTimeStamp")][:MAX_TOKENS]


def proven_by(signature: Any, scene: Scene) -> tuple[datetime | None, Path | None, str]:
    """Instant and authority's path of the first sound timestamp; else why none of them proves a time."""
    why: str = ""
    for stamp in stamps(signature):
        try:
            facts = token.read(_token(stamp))
            digest = hashlib.new(facts.digest_name, _covered(signature, stamp)).digest()
        except ValueError:
            why = Flaw.FORMAT
            continue
        if facts.digest_name not in HASHES or not token.covers(facts, digest, facts.digest_name):
            why = Flaw.HASH
            continue
        why, chain = token_trust(facts, scene, None)
        if chain is not None and is_orderly(facts.signed, scene):
            return facts.at, chain, ""
        why = why or Flaw.FORMAT
    return None, None, str(why)


def _token(stamp: Any) -> bytes:
    return b64decode("".join((stamp.findtext(f"{{{XADES}}}EncapsulatedTimeStamp") or "").split()), validate=True)


def _covered(signature: Any, stamp: Any) -> bytes:
    """The canonical ds:SignatureValue, by the method that the timestamp names."""
    method = stamp.find(f"{{{DS}}}CanonicalizationMethod")
    name = "" if method is None else method.get("Algorithm", "")
    if name not in _CANONICAL:
        raise ValueError("canonicalisation of the timestamp")
    value = signature.find(f"{{{DS}}}SignatureValue")
    return bytes(etree.tostring(value, method="c14n", exclusive=_CANONICAL[name], with_comments=False))


def is_untouched(carried: Evidence, scene: Scene) -> bool:
    """Nothing of this is protected by the signature, so each piece must be rightly signed itself."""
    pool = tuple(dict.fromkeys((*carried.certificates, *scene.evidence.certificates, *scene.trust.pool)))
    return revocation.every_one_speaks(carried, pool) and all(
        one in scene.trust.pool or certificates.is_signed_by_one_of(one, pool) for one in carried.certificates
    )

"""The XML of a package as plain values. Runs in the sandbox for files from outside; every parse goes through `safe_xml`.

RemoteViolation for XML that is refused; the values are whatever the file says and are judged by `checking`.
"""

from __future__ import annotations

from typing import Any

from lxml import etree

from antin.archive.packages import codes
from antin.sandbox import safe_xml

MOST_BYTES = 48 * 1024 * 1024
LIMITS = safe_xml.Limits(size_bytes=MOST_BYTES, elements=900_000, attributes=1_200_000, attribute_chars=20_000)
DESCRIPTION_LIMITS = safe_xml.Limits(size_bytes=1024 * 1024, elements=2_000, attributes=2_000)
MOST_TEXT = 2_000


def mets(data: bytes) -> dict[str, Any]:
    """What a METS says of itself, and every file it refers to: href, digest, algorithm, size, and what it is there for."""
    root = safe_xml.parse(data, LIMITS).root
    if root.tag != f"{{{codes.METS_NS}}}mets":
        return {"is_mets": False}
    header = root.find(f"{{{codes.METS_NS}}}metsHdr")
    return {
        "is_mets": True,
        "objid": _attribute(root, "OBJID"),
        "label": _attribute(root, "LABEL"),
        "kind": "" if header is None else _attribute(header, f"{{{codes.CSIP_NS}}}OAISPACKAGETYPE"),
        "refs": [_reference(one) for one in root.iter(f"{{{codes.METS_NS}}}mdRef")]
        + [_file(one) for one in root.iter(f"{{{codes.METS_NS}}}file")],
        "pointers": [_href(one) for one in root.iter(f"{{{codes.METS_NS}}}mptr")],
    }


def premis(data: bytes) -> dict[str, Any]:
    """Each file that PREMIS knows: by which names, with which digests; how many events and agents there are."""
    root = safe_xml.parse(data, LIMITS).root
    if root.tag != f"{{{codes.PREMIS_NS}}}premis":
        return {"is_premis": False}
    objects = [_object(one) for one in root.iter(f"{{{codes.PREMIS_NS}}}object")]
    return {
        "is_premis": True,
        "objects": [one for one in objects if one["digests"]],
        "events": len(root.findall(f"{{{codes.PREMIS_NS}}}event")),
    }


def description(data: bytes) -> dict[str, Any]:
    """The fields of a `<simpledc>` in whatever order and namespace."""
    root = safe_xml.parse(data, DESCRIPTION_LIMITS).root
    fields = [[etree.QName(one).localname, _text(one)] for one in root.iterdescendants() if len(one) == 0]
    return {"root": etree.QName(root).localname, "fields": fields}


def _file(element: etree._Element) -> dict[str, str]:
    located = element.find(f"{{{codes.METS_NS}}}FLocat")
    return {**_facts(element), "href": "" if located is None else _href(located), "for": "file"}


def _reference(element: etree._Element) -> dict[str, str]:
    return {**_facts(element), "href": _href(element), "for": _attribute(element, "MDTYPE") or "OTHER"}


def _facts(element: etree._Element) -> dict[str, str]:
    return {
        "digest": _attribute(element, "CHECKSUM"),
        "algorithm": _attribute(element, "CHECKSUMTYPE"),
        "size": _attribute(element, "SIZE"),
    }


def _href(element: etree._Element) -> str:
    return _attribute(element, f"{{{codes.XLINK_NS}}}href")


def _attribute(element: etree._Element, name: str) -> str:
    return (element.get(name) or "")[:MOST_TEXT]


def _text(element: etree._Element) -> str:
    return (element.text or "").strip()[:MOST_TEXT]


def _object(element: etree._Element) -> dict[str, Any]:
    named = [
        f"{{{codes.PREMIS_NS}}}{name}" for name in ("objectIdentifierValue", "originalName", "contentLocationValue")
    ]
    digests = [
        [_text_of(fixity, "messageDigestAlgorithm"), _text_of(fixity, "messageDigest")]
        for fixity in element.iter(f"{{{codes.PREMIS_NS}}}fixity")
    ]
    return {"names": [_text(one) for one in element.iter(*named)], "digests": digests}


def _text_of(element: etree._Element, name: str) -> str:
    found = element.find(f"{{{codes.PREMIS_NS}}}{name}")
    return "" if found is None else _text(found)


READERS = {"mets": mets, "premis": premis, "description": description}

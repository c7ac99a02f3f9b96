"""The one door for XML from outside: everything is capped before libxml2 sees a byte.

* UTF-8 only, at most `Limits.size_bytes`; a byte-order mark is dropped, junk before `<?xml` up to 16 bytes is reported
* no DOCTYPE, no entity declarations, no processing instructions
* caps on elements, attributes, depth and length of attribute values
* no network, no DTD, no entity expansion, `huge_tree` off: a text node over 10 MB is refused (lxml's own limit)

Whatever breaks a rule is a RemoteViolation: the sender's doing, answered with a refusal (379/5.4, 217/10.1).
"""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from antin.regulation import RemoteViolation
from antin.values import N_

HOSTILE = "379/5.4"
BROKEN = "217/10.1"
JUNK_ALLOWED_BYTES = 16
BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a document may hold. The defaults fit an edXML file with attachments inside."""

    size_bytes: int = 64 * 1024 * 1024
    elements: int = 20_000
    attributes: int = 10_000
    depth: int = 32
    attribute_chars: int = 4_096


DEFAULT = Limits()


@dataclass(frozen=True, slots=True)
class Parsed:
    """The root element, and how many bytes of junk stood before the document."""

    root: etree._Element
    junk_bytes: int = 0


def parse(data: bytes, limits: Limits = DEFAULT) -> Parsed:
    """The parsed document. RemoteViolation with the rule that was broken otherwise."""
    if len(data) > limits.size_bytes:
        raise _refused(HOSTILE, N_("Tệp XML lớn hơn giới hạn {limit} byte."), limit=limits.size_bytes)
    clean, junk = _without_prefix(data)
    _check_text(clean)
    _check_counts(clean, limits)
    try:
        root = etree.fromstring(clean, _parser())
    except etree.XMLSyntaxError as error:
        raise _refused(BROKEN, N_("XML không đúng cú pháp: {detail}"), detail=_short(error)) from None
    _check_tree(root, limits)
    return Parsed(root, junk)


def _parser() -> etree.XMLParser:
    """A fresh parser: lxml's parsers are not to be shared between threads that feed hostile input."""
    return etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        recover=False,
        collect_ids=False,
        remove_comments=True,
    )


def _without_prefix(data: bytes) -> tuple[bytes, int]:
    """The document without byte-order mark and leading junk, and the number of junk bytes dropped."""
    clean = data.removeprefix(BOM)
    start = clean.find(b"<")
    if start < 0:
        raise _refused(BROKEN, N_("Tệp không phải là XML."))
    before = clean[:start]
    if not before.strip():
        return clean[start:], 0
    if start > JUNK_ALLOWED_BYTES or not clean.startswith(b"<?xml", start):
        raise _refused(BROKEN, N_("Tệp không phải là XML."))
    return clean[start:], start


def _check_text(data: bytes) -> None:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        raise _refused(BROKEN, N_("XML phải viết bằng UTF-8.")) from None
    if b"\x00" in data:
        raise _refused(HOSTILE, N_("XML chứa ký tự không được phép."))
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise _refused(HOSTILE, N_("XML không được có DTD hay thực thể."))


def _check_counts(data: bytes, limits: Limits) -> None:
    """Cheap upper bounds before a tree is built: tags by `<`, attributes by their opening quotes."""
    if data.count(b"<") > 2 * limits.elements + 64:
        raise _refused(HOSTILE, N_("XML có quá {limit} phần tử."), limit=limits.elements)
    if data.count(b'"') + data.count(b"'") > 2 * limits.attributes + 256:
        raise _refused(HOSTILE, N_("XML có quá {limit} thuộc tính."), limit=limits.attributes)


def _check_tree(root: etree._Element, limits: Limits) -> None:
    if root.getroottree().docinfo.internalDTD is not None:
        raise _refused(HOSTILE, N_("XML không được có DTD hay thực thể."))
    if any(True for _ in root.itersiblings(preceding=True)) or any(True for _ in root.itersiblings()):
        raise _refused(HOSTILE, N_("XML không được có chỉ thị xử lý."))
    elements = attributes = depth = 0
    for event, node in etree.iterwalk(root, events=("start", "end", "pi", "comment")):
        if event == "end":
            depth -= 1
            continue
        if event != "start" or not isinstance(node.tag, str):
            raise _refused(HOSTILE, N_("XML không được có chỉ thị xử lý."))
        depth += 1
        elements += 1
        attributes += len(node.attrib)
        if depth > limits.depth:
            raise _refused(HOSTILE, N_("XML lồng quá {limit} tầng."), limit=limits.depth)
        if elements > limits.elements:
            raise _refused(HOSTILE, N_("XML có quá {limit} phần tử."), limit=limits.elements)
        if attributes > limits.attributes or any(len(v) > limits.attribute_chars for v in node.attrib.values()):
            raise _refused(HOSTILE, N_("XML có thuộc tính vượt giới hạn."))


def _short(error: etree.XMLSyntaxError) -> str:
    return str(error).splitlines()[0][:200] if str(error) else "?"


def _refused(clause: str, reason: str, **facts: object) -> RemoteViolation:
    return RemoteViolation(clause, reason, N_("Gửi lại tệp đúng quy chuẩn QCVN 102:2016."), **facts)

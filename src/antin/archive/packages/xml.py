"""XML as it is written: elements, text without signs that XML does not know, one form of bytes."""

from __future__ import annotations

import re

from lxml import etree

from antin.values import nfc

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def text_of(value: str) -> str:
    """The text as it can stand in XML."""
    return _NOT_XML.sub("", nfc(value))


def child(parent: etree._Element, name: str, text: str = "", **attributes: str) -> etree._Element:
    """A new last element in the parent's namespace."""
    namespace = etree.QName(parent).namespace
    made = etree.SubElement(parent, f"{{{namespace}}}{name}" if namespace else name, attrib=attributes)
    if text:
        made.text = text_of(text)
    return made


def written(root: etree._Element) -> bytes:
    """UTF-8 with a declaration, indented."""
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)

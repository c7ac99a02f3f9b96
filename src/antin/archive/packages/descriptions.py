"""The circular's own descriptions: `<simpledc>` with one element a field. Empty fields are left out."""

from __future__ import annotations

from lxml import etree

from antin.archive.packages import codes, xml
from antin.archive.packages.facts import Fields

MOST_CHARS = {
    "title": 1000,
    "subject": 500,
    "organName": 200,
    "codeNotation": 30,
    "codeNumber": 11,
    "description": 2000,
}
"""How long the circular lets a field be, where ours could be longer."""


def written(fields: Fields) -> bytes:
    root = etree.Element(codes.DESCRIPTION_ROOT)
    for name, value in fields:
        if value:
            xml.child(root, name, value[: MOST_CHARS.get(name, 2000)])
    return xml.written(root)

"""PREMIS 3.0: every file with its digest, every document whence and when it came, what happened, who did it (379/24.3)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from lxml import etree

from antin.archive.packages import codes, xml
from antin.archive.packages.facts import DocumentPart, Event, PackageFacts, Written
from antin.values import iso

SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Kept:
    """What PREMIS keeps of a document once its bytes have been written: no bytes."""

    code: str
    origin: tuple[tuple[str, str], ...]
    history: tuple[Event, ...]
    files: tuple[Written, ...]

    @staticmethod
    def of(document: DocumentPart, files: Iterable[Written]) -> Kept:
        return Kept(document.code, document.origin, document.history, tuple(files))


@dataclass
class _Agents:
    """Each who did something, once, in the order of first mention."""

    package: PackageFacts
    names: dict[str, str] = field(default_factory=dict)

    def id_of(self, name: str) -> str:
        return self.names.setdefault(name or SYSTEM, self.package.own_id(f"agent {name or SYSTEM}"))


def written(package: PackageFacts, documents: Iterable[Kept]) -> bytes:
    """All of it: the package, each document and its files; then their events; then the agents."""
    kept, agents = list(documents), _Agents(package)
    root = etree.Element(
        f"{{{codes.PREMIS_NS}}}premis",
        attrib={"version": "3.0"},
        nsmap={None: codes.PREMIS_NS, "xsi": codes.XSI_NS},
    )
    _entity(root, package.objid, package.title, (("keeper", f"{package.keeper.name} ({package.keeper.code})"),))
    for one in kept:
        _entity(root, one.code, one.code, one.origin)
        for file in one.files:
            _file(root, file)
    for at, event in enumerate(package.history):
        _event(root, event, package.own_id(f"event package {at}"), agents, (package.objid,))
    for one in kept:
        for at, event in enumerate(one.history):
            about = (one.code, *(file.path for file in one.files))
            _event(root, event, package.own_id(f"event {one.code} {at}"), agents, about)
    for name, own_id in agents.names.items():
        _agent(root, package, name, own_id)
    return xml.written(root)


def _object(root: etree._Element, kind: str, identifier: str) -> etree._Element:
    made = xml.child(root, "object", **{f"{{{codes.XSI_NS}}}type": kind})
    _identifier(made, "objectIdentifier", identifier)
    return made


def _identifier(parent: etree._Element, name: str, value: str) -> None:
    made = xml.child(parent, name)
    xml.child(made, f"{name}Type", "local")
    xml.child(made, f"{name}Value", value)


def _entity(root: etree._Element, identifier: str, name: str, properties: Iterable[tuple[str, str]]) -> None:
    made = _object(root, "intellectualEntity", identifier)
    for kind, value in properties:
        if value:
            held = xml.child(made, "significantProperties")
            xml.child(held, "significantPropertiesType", kind)
            xml.child(held, "significantPropertiesValue", value)
    xml.child(made, "originalName", name)


def _file(root: etree._Element, file: Written) -> None:
    made = _object(root, "file", file.path)
    held = xml.child(made, "objectCharacteristics")
    fixity = xml.child(held, "fixity")
    xml.child(fixity, "messageDigestAlgorithm", "SHA-256")
    xml.child(fixity, "messageDigest", file.sha256.upper())
    xml.child(held, "size", str(file.size))
    xml.child(xml.child(xml.child(held, "format"), "formatDesignation"), "formatName", file.media_type)
    xml.child(made, "originalName", file.path.rsplit("/", 1)[-1])


def _event(root: etree._Element, event: Event, own_id: str, agents: _Agents, about: Iterable[str]) -> None:
    made = xml.child(root, "event")
    _identifier(made, "eventIdentifier", own_id)
    xml.child(made, "eventType", event.kind)
    xml.child(made, "eventDateTime", iso(event.at))
    told = event.what if event.entry is None else f"{event.what} (mục nhật ký {event.entry})"
    xml.child(xml.child(made, "eventDetailInformation"), "eventDetail", told)
    xml.child(xml.child(made, "eventOutcomeInformation"), "eventOutcome", "success")
    _identifier(made, "linkingAgentIdentifier", agents.id_of(event.by))
    for one in about:
        _identifier(made, "linkingObjectIdentifier", one)


def _agent(root: etree._Element, package: PackageFacts, name: str, own_id: str) -> None:
    made = xml.child(root, "agent")
    _identifier(made, "agentIdentifier", own_id)
    xml.child(made, "agentName", package.system[0] if name == SYSTEM else name)
    xml.child(made, "agentType", "software" if name == SYSTEM else "person")
    if name == SYSTEM:
        xml.child(made, "agentVersion", package.system[1])

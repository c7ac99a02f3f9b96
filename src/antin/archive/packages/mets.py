"""METS of the package and of its representation, as E-ARK CSIP has it: every file named with its size and digest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lxml import etree

from antin.archive.packages import codes, xml
from antin.archive.packages.facts import PackageFacts, Written
from antin.values import iso

XML_TYPE = "text/xml"


@dataclass(frozen=True, slots=True)
class Level:
    """What one METS tells of. Paths are those of its own folder; `pointer` names the METS below it, if there is one."""

    name: str
    descriptions: Sequence[Written]
    preservation: Sequence[Written]
    groups: Sequence[tuple[str, Sequence[Written]]]
    pointer: str = ""


def written(package: PackageFacts, level: Level) -> bytes:
    nsmap = {None: codes.METS_NS, "csip": codes.CSIP_NS, "xlink": codes.XLINK_NS, "xsi": codes.XSI_NS}
    root = etree.Element(f"{{{codes.METS_NS}}}mets", nsmap=nsmap)
    root.set("OBJID", package.objid if not level.name else level.name)
    root.set("LABEL", xml.text_of(package.title))
    root.set("TYPE", codes.TYPES[package.kind])
    root.set("PROFILE", codes.PROFILES[package.kind])
    root.set(f"{{{codes.CSIP_NS}}}CONTENTINFORMATIONTYPE", "MIXED")
    _header(root, package)
    described = [_described(root, package, level, one) for one in level.descriptions]
    preserved = _preserved(root, package, level)
    files = _files(root, package, level)
    _structure(root, package, level, described, preserved, files)
    return xml.written(root)


def _header(root: etree._Element, package: PackageFacts) -> None:
    made = xml.child(root, "metsHdr", CREATEDATE=iso(package.at), RECORDSTATUS="NEW")
    made.set(f"{{{codes.CSIP_NS}}}OAISPACKAGETYPE", package.kind)
    software = xml.child(made, "agent", ROLE="CREATOR", TYPE="OTHER", OTHERTYPE="SOFTWARE")
    xml.child(software, "name", package.system[0])
    _note(software, package.system[1], "SOFTWARE VERSION")
    keeper = xml.child(made, "agent", ROLE="ARCHIVIST", TYPE="ORGANIZATION")
    xml.child(keeper, "name", package.keeper.name)
    _note(keeper, package.keeper.code, "IDENTIFICATIONCODE")


def _note(agent: etree._Element, text: str, kind: str) -> None:
    xml.child(agent, "note", text or "-").set(f"{{{codes.CSIP_NS}}}NOTETYPE", kind)


def _described(root: etree._Element, package: PackageFacts, level: Level, file: Written) -> str:
    own_id = package.own_id(f"dmd {level.name} {file.path}")
    section = xml.child(root, "dmdSec", ID=own_id, CREATED=iso(package.at), STATUS="CURRENT")
    _reference(section, package, file, MDTYPE="OTHER", OTHERMDTYPE=codes.DESCRIPTION_ROOT)
    return own_id


def _preserved(root: etree._Element, package: PackageFacts, level: Level) -> list[str]:
    if not level.preservation:
        return []
    section, found = xml.child(root, "amdSec"), []
    for file in level.preservation:
        found.append(package.own_id(f"amd {level.name} {file.path}"))
        made = xml.child(section, "digiprovMD", ID=found[-1], CREATED=iso(package.at), STATUS="CURRENT")
        _reference(made, package, file, MDTYPE="PREMIS")
    return found


def _reference(section: etree._Element, package: PackageFacts, file: Written, **kinds: str) -> None:
    made = xml.child(section, "mdRef", LOCTYPE="URL", **kinds)
    _located(made, file.path)
    _facts(made, package, file)


def _located(element: etree._Element, path: str) -> None:
    element.set(f"{{{codes.XLINK_NS}}}type", "simple")
    element.set(f"{{{codes.XLINK_NS}}}href", path)


def _facts(element: etree._Element, package: PackageFacts, file: Written) -> None:
    element.set("MIMETYPE", file.media_type)
    element.set("SIZE", str(file.size))
    element.set("CREATED", iso(package.at))
    element.set("CHECKSUM", file.sha256.upper())
    element.set("CHECKSUMTYPE", "SHA-256")


def _files(root: etree._Element, package: PackageFacts, level: Level) -> list[tuple[str, list[str]]]:
    """Ids of the files, by the use of their group."""
    section = xml.child(root, "fileSec", ID=package.own_id(f"files {level.name}"))
    found = []
    for use, files in level.groups:
        group, ids = xml.child(section, "fileGrp", ID=package.own_id(f"group {level.name} {use}"), USE=use), []
        for file in files:
            ids.append(package.own_id(f"file {level.name} {file.path}"))
            made = xml.child(group, "file", ID=ids[-1])
            _facts(made, package, file)
            _located(xml.child(made, "FLocat", LOCTYPE="URL"), file.path)
        found.append((use, ids))
    return found


def _structure(
    root: etree._Element,
    package: PackageFacts,
    level: Level,
    described: Iterable[str],
    preserved: Iterable[str],
    files: Iterable[tuple[str, list[str]]],
) -> None:
    made = xml.child(root, "structMap", ID=package.own_id(f"map {level.name}"), TYPE="PHYSICAL", LABEL="CSIP")
    whole = xml.child(made, "div", ID=package.own_id(f"div {level.name}"), LABEL=level.name or package.objid)
    held = {"DMDID": " ".join(described), "ADMID": " ".join(preserved)}
    named = {name: ids for name, ids in held.items() if ids}
    xml.child(whole, "div", ID=package.own_id(f"div {level.name} metadata"), LABEL="Metadata", **named)
    for use, ids in files:
        part = xml.child(whole, "div", ID=package.own_id(f"div {level.name} {use}"), LABEL=use)
        if level.pointer and use.startswith("Representations"):
            pointer = xml.child(part, "mptr", LOCTYPE="URL")
            _located(pointer, level.pointer)
            pointer.set(f"{{{codes.XLINK_NS}}}title", package.own_id(f"group {level.name} {use}"))
            continue
        for one in ids:
            xml.child(part, "fptr", FILEID=one)

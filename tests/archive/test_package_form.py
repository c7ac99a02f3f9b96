"""The form of a package, checked with nothing of ours: zipfile, hashlib, lxml; and our checker against packages of anybody."""

from __future__ import annotations

import hashlib
import io
import json
import random
import struct
import subprocess
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from lxml import etree

from antin.archive.packages import opening
from antin.archive.packages.checking import check
from antin.archive.packages.codes import type_code
from antin.archive.packages.sandboxed import new_pool, read_in
from antin.archive.packages.writing import pieces
from antin.cli.main import main

from .made import AT, DATA, FOLDER, Files, altered, codes_of, documents, facts, files_of, judged, made, renamed, zipped

METS = "{http://www.loc.gov/METS/}"
XLINK = "{http://www.w3.org/1999/xlink}"
PREMIS = "{http://www.loc.gov/premis/v3}"
ROOT, BELOW = f"{FOLDER}/METS.xml", f"{FOLDER}/representations/rep1/METS.xml"
PREMIS_FILE = f"{FOLDER}/metadata/preservation/PREMIS.xml"
EAD = f"{FOLDER}/metadata/descriptive/EAD.xml"
FIRST = f"{DATA}/0000001-van-ban.pdf"

pytestmark = pytest.mark.clause("379/23.2.c")


def digests_in(mets: bytes, base: str) -> dict[str, str]:
    """What a METS says of files, read without the product."""
    root = etree.fromstring(mets)
    assert root.tag == f"{METS}mets"
    found = {}
    for element in [*root.iter(f"{METS}mdRef"), *root.iter(f"{METS}file")]:
        assert element.get("CHECKSUMTYPE") == "SHA-256"
        located = element if element.tag == f"{METS}mdRef" else element[0]
        found[base + located.get(f"{XLINK}href")] = element.get("CHECKSUM")
    return found


@pytest.mark.parametrize("kind", ["AIP", "DIP"])
def test_every_file_is_named_with_its_digest_and_every_xml_is_well_formed(kind: str) -> None:
    files = files_of(made(kind))
    folder = facts(kind).folder
    named = digests_in(files[f"{folder}/METS.xml"], f"{folder}/")
    named |= digests_in(files[f"{folder}/representations/rep1/METS.xml"], f"{folder}/representations/rep1/")
    assert set(named) == set(files) - {f"{folder}/METS.xml"}
    for name, digest in named.items():
        assert hashlib.sha256(files[name]).hexdigest().upper() == digest, name
    for name in files:
        if name.endswith(".xml"):
            etree.fromstring(files[name], etree.XMLParser(resolve_entities=False))
    root = etree.fromstring(files[f"{folder}/METS.xml"])
    assert (root.get("OBJID"), root.get("TYPE")) == (facts(kind).objid, {"AIP": "Mixed", "DIP": "MIXED"}[kind])
    assert (f"{folder}/representations/rep1/metadata/preservation/PREMIS_rep1.xml" in files) is (kind == "AIP")
    ids = [one.get("ID") for one in root.iter() if one.get("ID")]
    assert len(ids) == len(set(ids)), "an identifier stands once in a METS"
    pointed = {ref for one in root.iter() for name in ("DMDID", "ADMID", "FILEID") for ref in one.get(name, "").split()}
    assert pointed <= set(ids)


@pytest.mark.clause("379/24.3")
def test_premis_tells_whence_when_and_what_of_each_document() -> None:
    files = files_of(made())
    root = etree.fromstring(files[PREMIS_FILE])
    assert (root.tag, root.get("version")) == (f"{PREMIS}premis", "3.0")
    told = dict(
        zip(
            [one.text for one in root.iter(f"{PREMIS}originalName")],
            [one.text for one in root.iter(f"{PREMIS}messageDigest")],
            strict=False,
        )
    )
    assert told and root.find(f".//{PREMIS}significantPropertiesValue") is not None
    digests = {one.text for one in root.iter(f"{PREMIS}messageDigest")}
    assert digests == {hashlib.sha256(files[f"{DATA}/000000{n}-van-ban.pdf"]).hexdigest().upper() for n in (1, 2)}
    kinds = [one.text for one in root.iter(f"{PREMIS}eventType")]
    assert kinds == ["accession", "transfer", "transfer"]
    agents = {one.text for one in root.iter(f"{PREMIS}agentName")}
    assert agents == {"Mai Mẫu Quý", "Ấn Tín"}
    linked = {one.text for one in root.iter(f"{PREMIS}linkingAgentIdentifierValue")}
    assert linked == {one.text for one in root.iter(f"{PREMIS}agentIdentifierValue")}


def test_the_same_facts_at_the_same_instant_give_the_same_bytes() -> None:
    assert made() == made()
    later = b"".join(pieces(facts(at=AT + timedelta(seconds=2)), documents()))
    assert later != made()


def test_unzip_and_zip_tools_of_others_read_it(tmp_path: Path) -> None:
    file = tmp_path / "goi.zip"
    file.write_bytes(made())
    tested = subprocess.run(["unzip", "-tq", str(file)], capture_output=True, text=True, check=False)
    assert tested.returncode == 0, tested.stdout
    with zipfile.ZipFile(file) as opened:
        assert opened.testzip() is None


def test_memory_stays_flat_over_hundreds_of_documents() -> None:
    """300 documents, 75 MiB that do not compress: nothing like that much is ever held."""

    def noise(ordinal: int) -> Iterator[bytes]:
        chance = random.Random(ordinal)
        return (chance.randbytes(64 * 1024) for _ in range(4))

    tracemalloc.start()
    try:
        size = sum(len(piece) for piece in pieces(facts(), documents(300, noise)))
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert size > 75 * 1024 * 1024
    assert most < 12 * 1024 * 1024, most


def test_a_package_is_good_and_says_what_is_in_it() -> None:
    report = judged(made())
    assert (report.verdict, report.findings) == ("good", ())
    assert (report.kind, report.objid, report.document_count) == ("AIP", facts().objid, 2)
    assert report.sha256 == hashlib.sha256(made()).hexdigest()
    assert judged(made("DIP")).verdict == "good"


def test_types_of_documents_have_the_codes_of_the_circular() -> None:
    assert [type_code(one) for one in ("Nghị quyết", "công văn", "Bản vẽ", "Điều lệ Đảng")] == ["01", "22", "31", "32"]


# what is wrong with a package, and what the check calls it


def without_mets_digest(files: Files) -> None:
    digest = hashlib.sha256(files[FIRST]).hexdigest().upper().encode()
    renamed(files, BELOW, files[BELOW].replace(b'CHECKSUM="' + digest + b'" ', b""))


def with_md5(files: Files) -> None:
    renamed(files, BELOW, files[BELOW].replace(b'CHECKSUMTYPE="SHA-256"', b'CHECKSUMTYPE="MD5"', 1))


def with_entity(files: Files) -> None:
    renamed(files, EAD, b'<!DOCTYPE simpledc [<!ENTITY a "&#97;">]><simpledc><title>&a;</title></simpledc>')


def with_outside_file(files: Files) -> None:
    files[ROOT] = files[ROOT].replace(b'xlink:href="documentation/README.txt"', b'xlink:href="../../etc/passwd"')


def with_fetched_file(files: Files) -> None:
    files[ROOT] = files[ROOT].replace(b'"documentation/README.txt"', b'"http://example.org/README.txt"')


def with_other_premis(files: Files) -> None:
    digest = hashlib.sha256(files[FIRST]).hexdigest().upper().encode()
    for name in (PREMIS_FILE, PREMIS_FILE.replace("metadata", "representations/rep1/metadata", 1)):
        name = name.replace("rep1/metadata/preservation/PREMIS.xml", "rep1/metadata/preservation/PREMIS_rep1.xml")
        renamed(files, name, files[name].replace(digest, b"0" * 64))


def without_premis(files: Files) -> None:
    root = etree.fromstring(files[BELOW])
    for section in root.findall(f"{METS}amdSec"):
        root.remove(section)
    del files[f"{FOLDER}/representations/rep1/metadata/preservation/PREMIS_rep1.xml"], files[PREMIS_FILE]
    renamed(files, BELOW, etree.tostring(root))
    whole = etree.fromstring(files[ROOT])
    for section in whole.findall(f"{METS}amdSec"):
        whole.remove(section)
    files[ROOT] = etree.tostring(whole)


CHANGED: dict[str, tuple[Callable[[Files], object], str, str]] = {
    "a byte of a document": (lambda f: f.update({FIRST: f[FIRST][:-1] + b"9"}), "changed", "bad"),
    "a longer document": (lambda f: f.update({FIRST: f[FIRST] + b"9"}), "size", "bad"),
    "a missing document": (lambda f: f.pop(FIRST), "missing", "bad"),
    "a file more": (lambda f: f.update({f"{DATA}/them.pdf": b"x"}), "surplus", "bad"),
    "a file beside the folder": (lambda f: f.update({"khac.txt": b"x"}), "outside_folder", "bad"),
    "no METS": (lambda f: f.pop(ROOT), "no_mets", "bad"),
    "another METS": (lambda f: f.update({ROOT: f[ROOT].replace(b"loc.gov/METS", b"loc.gov/METZ")}), "not_mets", "bad"),
    "METS cut short": (lambda f: f.update({ROOT: f[ROOT][:-20]}), "bad_xml", "bad"),
    "no OBJID": (lambda f: f.update({ROOT: f[ROOT].replace(b"OBJID=", b"LOST=")}), "no_objid", "bad"),
    "no kind": (lambda f: f.update({ROOT: f[ROOT].replace(b'TYPE="AIP"', b'TYPE="AIX"')}), "no_kind", "bad"),
    "no PREMIS": (without_premis, "no_premis", "bad"),
    "PREMIS of another file": (with_other_premis, "premis_differs", "bad"),
    "PREMIS of another version": (
        lambda f: renamed(f, PREMIS_FILE, f[PREMIS_FILE].replace(b"premis/v3", b"premis/v2")),
        "not_premis",
        "bad",
    ),
    "no digest": (without_mets_digest, "no_digest", "bad"),
    "a weak digest": (with_md5, "weak_digest", "undecided"),
    "an entity": (with_entity, "bad_xml", "bad"),
    "a reference out of it": (with_outside_file, "refers_out", "bad"),
    "a reference to the network": (with_fetched_file, "refers_out", "bad"),
    "another description": (lambda f: renamed(f, EAD, b"<ead><title>x</title></ead>"), "not_description", "bad"),
    "a field less": (lambda f: renamed(f, EAD, f[EAD].replace(b"maintenance", b"keeping")), "no_field", "good"),
    "an unknown code": (
        lambda f: renamed(f, EAD, f[EAD].replace(b"<mode>02", b"<mode>77")),
        "bad_code",
        "good",
    ),
}


@pytest.mark.parametrize("name", CHANGED)
def test_what_is_wrong_is_found_and_named(name: str) -> None:
    change, code, verdict = CHANGED[name]
    report = judged(altered(change))
    assert code in codes_of(report), report.findings
    assert report.verdict == verdict
    assert all(one.text() and "{" not in one.text() for one in report.findings)


def test_each_single_changed_byte_of_a_document_is_found() -> None:
    files = files_of(made())
    for at in range(len(files[FIRST])):
        data = bytearray(files[FIRST])
        data[at] ^= 1
        assert "changed" in codes_of(judged(zipped({**files, FIRST: bytes(data)}))), at


# ZIPs that somebody made to do harm


def entry(name: str, data: bytes = b"x", **given: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        made_of = zipfile.ZipInfo(name)
        for field, value in given.items():
            setattr(made_of, field, value)
        target.writestr(made_of, data)
    return out.getvalue()


def twice() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        target.writestr("a/METS.xml", b"<a/>")
        target.writestr("a/mets.XML", b"<b/>")
    return out.getvalue()


def bomb() -> bytes:
    return zipped({"a/METS.xml": b"<a/>", "a/data": bytes(400 * 1024 * 1024)})


def overlapping() -> bytes:
    """Two entries of the directory over the same bytes."""
    one = zipped({"a/METS.xml": b"<a/>", "a/data": b"x" * 100})
    with zipfile.ZipFile(io.BytesIO(one)) as opened:
        first, second = opened.infolist()
    at = one.rfind(b"PK\x01\x02")
    return one[: at + 42] + struct.pack("<L", first.header_offset) + one[at + 46 :] if second else one


def many(count: int) -> bytes:
    """An end of directory that promises more than anybody wants to load."""
    whole = bytearray(entry("a/METS.xml"))
    at = whole.rfind(b"PK\x05\x06")
    struct.pack_into("<HH", whole, at + 8, 0xFFFF, 0xFFFF)
    end = bytes(whole[at:])
    record = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, count * 46, 0)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, at, 1)
    return bytes(whole[:at]) + record + locator + end


def broken_stream(name: str) -> bytes:
    """A package whose file of that name cannot be unpacked; the directory is as it was."""
    whole = bytearray(made())
    at = whole.find(name.encode()) + len(name)
    whole[at + 4 : at + 12] = bytes(8)
    return bytes(whole)


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "not_zip"),
    "no zip": (lambda: b"%PDF-1.7" * 100, "not_zip"),
    "cut short": (lambda: made()[:-30], "not_zip"),
    "up and out": (lambda: entry("../METS.xml"), "unsafe_name"),
    "up in the middle": (lambda: entry("a/../../b"), "unsafe_name"),
    "from the root": (lambda: entry("/etc/passwd"), "unsafe_name"),
    "a drive": (lambda: entry("C:/a"), "unsafe_name"),
    "backslashes": (lambda: entry("a\\..\\b"), "unsafe_name"),
    "a line in the name": (lambda: entry("a\nb"), "unsafe_name"),
    "right to left": (lambda: entry("a\u202efdp.exe"), "unsafe_name"),
    "a name without end": (lambda: entry("a" * 5000), "unsafe_name"),
    "a link": (lambda: entry("a/METS.xml", b"/etc/passwd", external_attr=0o120777 << 16), "link"),
    "a device": (lambda: entry("a/METS.xml", external_attr=0o020666 << 16), "link"),
    "a name twice": (twice, "twice"),
    "a bomb": (bomb, "bomb"),
    "overlapping entries": (overlapping, "overlap"),
    "a million files": (lambda: many(1_000_000), "limits"),
    "an unknown method": (lambda: entry("a/METS.xml", compress_type=zipfile.ZIP_LZMA), "method"),
    "a broken stream": (lambda: broken_stream(FIRST), "damaged"),
    "a broken METS": (lambda: broken_stream(ROOT), "damaged"),
    "a broken PREMIS": (lambda: broken_stream(PREMIS_FILE), "damaged"),
}


@pytest.mark.clause("379/5.4")
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_zip_is_refused_without_being_unpacked(name: str) -> None:
    make, code = HOSTILE[name]
    data = make()
    tracemalloc.start()
    try:
        report = judged(data)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert code in codes_of(report), report.findings
    assert report.verdict != "good"
    assert most < 16 * 1024 * 1024 + 2 * len(data), most


def test_an_encrypted_entry_is_refused() -> None:
    whole = bytearray(entry("a/METS.xml"))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        whole[whole.find(mark) + place] |= 1
    assert codes_of(judged(bytes(whole))) == {"encrypted"}


@pytest.mark.clause("379/5.4")
def test_more_files_than_a_package_has_cannot_be_decided(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "MOST_FILES", 5)
    report = judged(made())
    assert (report.verdict, codes_of(report)) == ("undecided", {"limits"})


@pytest.mark.clause("379/5.4")
def test_the_sandbox_reads_what_the_same_process_reads() -> None:
    pool = new_pool()
    try:
        for data in (made(), altered(with_entity), altered(lambda f: f.pop(FIRST))):
            assert check(io.BytesIO(data), read_in(pool, "package")) == judged(data)
    finally:
        pool.close()


@pytest.mark.parametrize(
    ("data", "code", "verdict"),
    [
        (made, 0, "good"),
        (lambda: altered(lambda f: f.pop(FIRST)), 1, "bad"),
        (lambda: altered(with_md5), 3, "undecided"),
    ],
)
def test_the_command_answers_in_words_json_and_exit_codes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], data: Callable[[], bytes], code: int, verdict: str
) -> None:
    file = tmp_path / "goi.zip"
    file.write_bytes(data())
    assert main(["package", "check", str(file), "--json"]) == code
    told = json.loads(capsys.readouterr().out)
    assert (told["verdict"], told["sha256"]) == (verdict, hashlib.sha256(file.read_bytes()).hexdigest())
    assert main(["package", "check", str(file)]) == code
    assert hashlib.sha256(file.read_bytes()).hexdigest() in capsys.readouterr().out
    assert main(["validate", str(file), "--trust", str(tmp_path)]) == code, "validate knows a package by its content"


def test_the_command_says_when_there_is_no_such_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["package", "check", str(tmp_path / "none.zip")]) == 2
    assert "none.zip" in capsys.readouterr().out

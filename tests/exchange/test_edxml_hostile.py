"""Hostile XML and attachments: refused with a reason, in bounded time and memory."""

from __future__ import annotations

import base64
import io
import struct
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antin.exchange.command import REFUSED, SOUND, WRONG_USE, check_file
from antin.exchange.edxml import attachments
from antin.exchange.edxml.model import Envelope
from antin.exchange.edxml.reader import read
from antin.regulation import RemoteViolation
from antin.sandbox import safe_xml

GOOD = (Path(__file__).parent / "data" / "van-ban-moi.edxml").read_text(encoding="utf-8")
NS = "http://www.mic.gov.vn/TBT/QCVN_102_2016"
BOMB = '<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;&x;">]>'


def _with(old: str, new: str, count: int = 1) -> bytes:
    assert old in GOOD
    return GOOD.replace(old, new, count).encode()


HOSTILE_XML: dict[str, Callable[[], bytes]] = {
    "entities": lambda: _with("<edXML xmlns", f"{BOMB}<edXML xmlns"),
    "external DTD": lambda: _with("<edXML xmlns", '<!DOCTYPE edXML SYSTEM "http://127.0.0.1/x.dtd"><edXML xmlns'),
    "external entity": lambda: _with(
        "<edXML xmlns", '<!DOCTYPE a [<!ENTITY f SYSTEM "file:///etc/passwd">]><edXML xmlns'
    ).replace(b"12</edXML:CodeNumber>", b"&f;</edXML:CodeNumber>"),
    "undefined entity": lambda: _with("Văn phòng mẫu", "&nothing;"),
    "processing instruction": lambda: _with("<edXML xmlns", '<?xml-stylesheet href="x.xsl"?><edXML xmlns'),
    "inner instruction": lambda: _with("<edXML:Subject>", "<edXML:Subject><?php x ?>"),
    "trailing instruction": lambda: GOOD.encode() + b"<?x y?>",
    "deep": lambda: _with("Văn phòng mẫu", "<a>" * 200_000 + "</a>" * 200_000),
    "not so deep": lambda: _with("Văn phòng mẫu", "<a>" * 40 + "</a>" * 40),
    "wide": lambda: _with("Văn phòng mẫu", "<a/>" * 300_000),
    "many attributes": lambda: _with(
        "<edXML:Subject>", "<edXML:Subject " + " ".join(f'a{i}=""' for i in range(60_000)) + ">"
    ),
    "long attribute": lambda: _with("<edXML:Subject>", f'<edXML:Subject a="{"x" * 30_000_000}">'),
    "long text": lambda: _with("JVBERi0xLjcK", "A" * 12_000_000),
    "too large": lambda: GOOD.encode() + b" " * (safe_xml.DEFAULT.size_bytes + 1),
    "utf-16": lambda: GOOD.encode("utf-16"),
    "latin-1": lambda: GOOD.encode("latin-1", "xmlcharrefreplace").replace(b"UTF-8", b"latin-1") + b"<!-- \xff -->",
    "null byte": lambda: _with("Văn phòng mẫu", "V\x00P"),
    "empty": lambda: b"",
    "not xml": lambda: b"%PDF-1.7\n",
    "truncated": lambda: GOOD.encode()[:900],
    "undeclared prefix": lambda: _with("<edXML:Reference>", '<edXML:Reference xlink:href="cid:1">'),
    "other namespace": lambda: GOOD.replace(NS, "http://www.go.vn/eDoc").encode(),
    "no namespace": lambda: b"<edXML><edXMLEnvelope/></edXML>",
    "other root": lambda: f'<EdXMLEnvelope xmlns="{NS}"/>'.encode(),
    "junk in front": lambda: b"x" * 40 + GOOD.encode(),
    "no sender code": lambda: _with("<edXML:OrganId>A99.01</edXML:OrganId><edXML:OrganName>", "<edXML:OrganName>"),
    "sender called null": lambda: _with("A99.01", "null"),
    "recipient twice": lambda: _with(
        "<edXML:Code>", "<edXML:To><edXML:OrganId>A99.02</edXML:OrganId></edXML:To><edXML:Code>"
    ),
    "subject twice": lambda: _with("<edXML:OtherInfo>", "<edXML:Subject>khác</edXML:Subject><edXML:OtherInfo>"),
    "second document id": lambda: _with("<edXML:OtherInfo>", "<DocumentId>khác</DocumentId><edXML:OtherInfo>"),
    "no subject": lambda: _with("Về việc gửi, nhận văn bản điện tử", ""),
    "long code": lambda: _with("A99.02", "A" * 36),
    "endless subject": lambda: _with("Về việc", "v" * 5_000),
    "no such day": lambda: _with("2026/03/02</edXML:PromulgationDate>", "2026/02/30</edXML:PromulgationDate>"),
    "unknown business": lambda: _with("<edXML:BussinessDocType>0", "<edXML:BussinessDocType>9"),
    "content id twice": lambda: _with(
        "</edXML:edXMLManifest>",
        "<Reference><ContentId>cid:1</ContentId><AttachmentName>a</AttachmentName></Reference></edXML:edXMLManifest>",
    ),
    "path in a name": lambda: GOOD.replace("cong-van.pdf", "../../etc/passwd").encode(),
    "not base64": lambda: _with("JVBERi0xLjcK", "JVBE!i0xLjcK"),
}


@pytest.mark.clause("379/5.4", "217/10.1")
@pytest.mark.parametrize("name", HOSTILE_XML)
def test_read_hostile_message_is_refused_with_reason(name: str) -> None:
    data = HOSTILE_XML[name]()
    started = time.perf_counter()
    with pytest.raises(RemoteViolation) as refusal:
        read(data)
    assert refusal.value.reason
    assert refusal.value.clause in {"379/5.4", "217/10.1", "217/7.3"}
    assert time.perf_counter() - started < 5


def test_read_junk_and_byte_order_mark_in_front_is_noted() -> None:
    assert isinstance(read(b"\xef\xbb\xbf" + GOOD.encode()), Envelope)
    found = read(b"1212" + GOOD.encode())
    assert [note.code for note in found.notes] == ["junk"]


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_read_mutated_message_is_read_or_refused_never_crashes(data: st.DataObject) -> None:
    raw = bytearray(GOOD.encode())
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(raw) - 1))
        raw[at : at + data.draw(st.integers(0, 12))] = data.draw(st.binary(max_size=12))
    try:
        read(bytes(raw))
    except RemoteViolation as refusal:
        assert refusal.message()


def _zip(*entries: tuple[str, bytes], kind: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", kind) as archive:
        for name, data in entries:
            archive.writestr(zipfile.ZipInfo(name), data, compress_type=kind)
    return buffer.getvalue()


def _renamed_in_directory() -> bytes:
    raw = _zip(("aaaa.pdf", b"x"))
    at = raw.rindex(b"aaaa.pdf")
    return raw[:at] + b"bbbb.pdf" + raw[at + 8 :]


def _declares_less() -> bytes:
    raw = bytearray(_zip(("a.pdf", b"y" * 5000)))
    central = raw.rindex(b"PK\x01\x02")
    struct.pack_into("<I", raw, central + 24, 10)
    return bytes(raw)


def _encrypted_flag() -> bytes:
    raw = bytearray(_zip(("a.pdf", b"y" * 50)))
    struct.pack_into("<H", raw, raw.rindex(b"PK\x01\x02") + 8, 1)
    struct.pack_into("<H", raw, 6, 1)
    return bytes(raw)


HOSTILE_ZIPS: dict[str, Callable[[], bytes]] = {
    "two entries": lambda: _zip(("a.pdf", b"1"), ("b.pdf", b"2")),
    "no entry": lambda: _zip(),
    "same name twice": lambda: _zip(("a.pdf", b"1"), ("a.pdf", b"2")),
    "bomb": lambda: _zip(("a.pdf", b"\0" * 60_000_000)),
    "steep": lambda: _zip(("a.pdf", b"\0" * 30_000_000)),
    "path": lambda: _zip(("../a.pdf", b"1")),
    "absolute": lambda: _zip(("/etc/passwd", b"1")),
    "backslash": lambda: _zip(("..\\a.pdf", b"1")),
    "folder": lambda: _zip(("a/", b"")),
    "zip in zip": lambda: _zip(("a.pdf", _zip(("b.pdf", b"1")))),
    "other compression": lambda: _zip(("a.pdf", b"1" * 100), kind=zipfile.ZIP_BZIP2),
    "two names": _renamed_in_directory,
    "declares less": _declares_less,
    "encrypted": _encrypted_flag,
    "truncated": lambda: _zip(("a.pdf", b"1" * 1000))[:-30],
    "trailing bytes": lambda: _zip(("a.pdf", b"1")) + b"tail",
    "bad checksum": lambda: _zip(("a.pdf", b"hello hello"), kind=zipfile.ZIP_STORED).replace(
        b"hello hello", b"jello hello"
    ),
    "only magic": lambda: b"PK\x03\x04",
}


@pytest.mark.clause("379/5.4")
@pytest.mark.parametrize("name", HOSTILE_ZIPS)
def test_unpack_hostile_zip_is_refused(name: str) -> None:
    started = time.perf_counter()
    with pytest.raises(RemoteViolation):
        attachments.unpack("cong-van.pdf", base64.b64encode(HOSTILE_ZIPS[name]()).decode())
    assert time.perf_counter() - started < 3


def test_unpack_oversized_base64_is_refused_before_decoding() -> None:
    with pytest.raises(RemoteViolation):
        attachments.unpack("a.pdf", "A" * 2_000, attachments.Limits(one_bytes=1_000))


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=4_000).filter(lambda data: not data.startswith(attachments.ZIP_MAGICS)))
def test_unpack_packed_bytes_are_the_same(data: bytes) -> None:
    assert attachments.unpack("a.pdf", attachments.pack("a.pdf", data)) == (data, True)
    assert attachments.unpack("a.pdf", base64.b64encode(data).decode()) == (data, False)


def test_unpack_office_file_in_zip_is_admitted() -> None:
    word = _zip(("word/document.xml", b"<w/>"))
    text = base64.b64encode(_zip(("0b1c.docx", word))).decode()
    assert attachments.unpack("du-thao.docx", text) == (word, True)


def test_pack_same_name_and_id_gives_same_text(tmp_path: Path) -> None:
    from uuid import UUID

    texts = {attachments.pack("a.pdf", b"xyz", entry_id=UUID(int=7)) for _ in range(2)}
    assert len(texts) == 1


def test_check_file_tells_by_exit_code(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.edxml", tmp_path / "bad.edxml"
    good.write_text(GOOD, encoding="utf-8")
    bad.write_bytes(HOSTILE_XML["entities"]())
    assert check_file(good)[0] == SOUND
    assert check_file(bad)[0] == REFUSED
    assert "379/5.4" in check_file(bad, json=True)[1]
    assert check_file(tmp_path / "absent.edxml")[0] == WRONG_USE

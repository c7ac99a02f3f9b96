"""Large envelopes piece by piece: written, signed, read and checked as the whole-file ways do, without their memory."""

from __future__ import annotations

import io
import os
import random
import subprocess
import sys
import zlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from signxml import CanonicalizationMethod, DigestAlgorithm, SignatureMethod, XMLSigner
from tests.exchange.strategies import envelopes
from tests.exchange.test_edxml_hostile import GOOD, HOSTILE_XML
from tests.exchange.test_edxml_round_trip import NEGATIVE, SAMPLES

from antin.exchange.edxml.dsig import Sealer, SignatureVerdict
from antin.exchange.edxml.model import Envelope, Organ, Reference, Trace
from antin.exchange.edxml.reader import read
from antin.exchange.edxml.streamed import Source, check_signature, taken, written
from antin.regulation import RemoteViolation
from antin.signing.pki.authority import DemoAuthority, Issued
from antin.signing.xml_signatures import XmlVerdict, verify_xml
from antin.values import new_id, sha256_hex
from antin.vault.spool import Spool

pytestmark = pytest.mark.clause("217/7.3")


@pytest.fixture(scope="module")
def certificates(pki: DemoAuthority) -> dict[str, Issued]:
    return {key: pki.issue_exchange("Sở Mẫu", "H98.05", key=key) for key in ("rsa2048", "p256")}


def sealer(issued: Issued) -> Sealer:
    key = serialization.load_pem_private_key(issued.key_pem, None)

    def sign(data: bytes) -> bytes:
        if isinstance(key, rsa.RSAPrivateKey):
            return key.sign(data, padding.PKCS1v15(), hashes.SHA256())
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        return key.sign(data, ec.ECDSA(hashes.SHA256()))

    return Sealer(issued.certificate_der, sign)


def spooled(data: bytes, *, memory: int = 1024) -> Spool:
    spool = Spool(Path(os.environ.get("TMPDIR", "/tmp")), memory)
    for start in range(0, len(data), 997):
        spool.write(data[start : start + 997])
    return spool


def source(name: str, data: bytes, content_id: str = "1") -> Source:
    return Source(
        content_id, name, "application/pdf", len(data), zlib.crc32(data), new_id(), lambda: [data[:9], data[9:]]
    )


ENVELOPE = Envelope(
    sender=Organ("H98.05", "Sở Mẫu"),
    recipients=(Organ("A99.01", "Văn phòng mẫu"),),
    document_id="H98.05,2026/03/02,7/CV",
    number="7",
    notation="CV",
    subject="Về việc <mẫu> & “thử”",
    traces=(Trace("H98.05", datetime(2026, 3, 2, 8, tzinfo=UTC)),),
    references=(Reference("1", "a.pdf"), Reference("2", "b.bin")),
)


def envelope(*sources: Source, by: Sealer | None = None) -> bytes:
    return b"".join(written(ENVELOPE, sources, by))


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(envelopes(), st.lists(st.binary(max_size=300), max_size=3))
def test_written_message_is_read_back_the_same_both_ways(message: Envelope, files: list[bytes]) -> None:
    message = replace(message, attachments=())
    data = b"".join(written(message, [source(f"{n}.pdf", d, str(n)) for n, d in enumerate(files)]))
    whole, streamed = read(data), taken(spooled(data))
    assert isinstance(whole, Envelope)
    assert replace(whole, attachments=()) == message
    assert [one.data for one in whole.attachments] == files
    assert [b"".join(one.pieces()) for one in streamed.files] == files
    assert [one.sha256 for one in streamed.files] == [sha256_hex(d) for d in files]


@pytest.mark.parametrize("key", ["rsa2048", "p256"])
def test_signature_of_ours_holds_by_another_reading(certificates: dict[str, Issued], key: str) -> None:
    issued = certificates[key]
    data = envelope(source("a.pdf", b"%PDF-1.7 " + os.urandom(5_000)), source("b.bin", b"2", "2"), by=sealer(issued))
    assert verify_xml(data, (issued.certificate_der,)).verdict is XmlVerdict.AUTHENTIC
    checked = check_signature(taken(spooled(data)))
    assert checked.why == ""
    assert (checked.verdict, checked.certificate) == (SignatureVerdict.UNPROVEN, issued.certificate_der)


@pytest.mark.parametrize("method", list(CanonicalizationMethod))
@pytest.mark.parametrize("line_end", [b"\n", b"\r\n", b"\r"])
def test_signature_of_others_is_judged_as_the_whole_file_reading_does(
    certificates: dict[str, Issued], method: CanonicalizationMethod, line_end: bytes
) -> None:
    issued = certificates["rsa2048"]
    plain = GOOD.encode().replace(b"JVBERi0xLjcK", b"JVBE" + b"Ri0x\nLjcK")
    signer = XMLSigner(
        signature_algorithm=SignatureMethod.RSA_SHA256, digest_algorithm=DigestAlgorithm.SHA256, c14n_algorithm=method
    )
    root = etree.fromstring(plain)
    header = root.find(".//{*}edXMLHeader")
    etree.SubElement(header, "{http://www.w3.org/2000/09/xmldsig#}Signature", Id="placeholder")
    signed = signer.sign(
        root,
        key=serialization.load_pem_private_key(issued.key_pem, None),
        cert=[x509.load_der_x509_certificate(issued.certificate_der)],
    )
    data = etree.tostring(signed).replace(b"\n", line_end)
    whole = verify_xml(data, (issued.certificate_der,)).verdict
    streamed = check_signature(taken(spooled(data))).verdict
    with_comments = "omments" in method.value
    assert whole is (XmlVerdict.AUTHENTIC)
    assert streamed is (SignatureVerdict.INVALID if with_comments else SignatureVerdict.UNPROVEN)


def _changes(data: bytes) -> Iterator[tuple[str, bytes]]:
    text = data.index(b"ContentTransferEncoded>") + 60
    yield "attachment", data[:text] + (b"A" if data[text : text + 1] != b"A" else b"B") + data[text + 1 :]
    yield "space in an attachment", data[:text] + b"\n" + data[text:]
    yield "subject", data.replace("“thử”".encode(), "“thật”".encode())
    yield "recipient", data.replace(b"A99.01", b"A99.02")
    digest = data.index(b"<DigestValue>") + 20
    yield "digest", data[:digest] + (b"A" if data[digest : digest + 1] != b"A" else b"B") + data[digest + 1 :]
    yield "no reference", data.replace(b'URI=""', b'URI="#elsewhere"')
    start, end = data.index(b"<Signature "), data.index(b"</Signature>") + 12
    yield "twice", data[:start] + data[start:end] + data[start:]
    yield (
        "filtered",
        data.replace(
            b'<Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#">',
            b'<Transform Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116">',
        ),
    )


def test_signature_over_something_else_never_counts(certificates: dict[str, Issued]) -> None:
    data = envelope(source("a.pdf", os.urandom(3_000)), by=sealer(certificates["rsa2048"]))
    for name, changed in _changes(data):
        assert changed != data, name
        try:
            found = taken(spooled(changed))
        except RemoteViolation:
            continue
        assert check_signature(found).verdict is SignatureVerdict.INVALID, name


def test_signature_of_the_old_kind_authenticates_nothing(certificates: dict[str, Issued]) -> None:
    data = envelope(source("a.pdf", b"1"), by=sealer(certificates["rsa2048"]))
    old = data.replace(b"xmldsig-more#rsa-sha256", b"x").replace(
        b'"http://www.w3.org/2001/04/x"', b'"http://www.w3.org/2000/09/xmldsig#rsa-sha1"'
    )
    assert check_signature(taken(spooled(old))).verdict is SignatureVerdict.LEGACY
    assert check_signature(taken(spooled(envelope(source("a.pdf", b"1"))))).verdict is SignatureVerdict.ABSENT


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample envelopes are not at hand")
@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*/*.edxml")), ids=lambda p: f"{p.parent.name}/{p.name}")
def test_streamed_reading_of_samples_is_the_whole_reading(path: Path) -> None:
    data = path.read_bytes()
    if path.name in NEGATIVE:
        with pytest.raises(RemoteViolation):
            taken(spooled(data))
        return
    whole, found = read(data), taken(spooled(data))
    if isinstance(whole, Envelope):
        assert isinstance(found.message, Envelope)
        assert replace(whole, attachments=()) == replace(found.message, attachments=())
        assert [a.data for a in whole.attachments] == [b"".join(f.pieces()) for f in found.files]
        assert check_signature(found).verdict in (SignatureVerdict.LEGACY, SignatureVerdict.ABSENT)
    else:
        assert whole == found.message


@pytest.mark.clause("379/5.4")
@pytest.mark.parametrize("name", sorted(HOSTILE_XML))
def test_streamed_reading_refuses_what_is_hostile(name: str) -> None:
    data = HOSTILE_XML[name]()
    if name in ("long text",):  # base64 of that length is no longer hostile here
        assert taken(spooled(data)).files
        return
    with pytest.raises(RemoteViolation):
        taken(spooled(data))


HIDDEN = {
    "in a comment": "<!-- <ContentTransferEncoded>AAAA</ContentTransferEncoded> -->",
    "in character data": "<edXML:Content><![CDATA[<ContentTransferEncoded>AAAA</ContentTransferEncoded>]]></edXML:Content>",
    "in another place": "<edXML:Content><edXML:ContentTransferEncoded>AAAA</edXML:ContentTransferEncoded></edXML:Content>",
    "not base64": None,
    "an entity": None,
}


@pytest.mark.clause("379/5.4")
@pytest.mark.parametrize("name", HIDDEN)
def test_streamed_reading_cuts_only_what_xml_understands_as_an_attachment(name: str) -> None:
    hidden = HIDDEN[name]
    if hidden is not None:
        text = GOOD.replace("<edXML:OtherInfo>", f"{hidden}<edXML:OtherInfo>", 1)
    else:
        text = GOOD.replace("JVBERi0xLjcK", "JVBERi0x*LjcK" if name == "not base64" else "JVBERi0x&#10;LjcK")
    assert text != GOOD
    with pytest.raises(RemoteViolation):
        taken(spooled(text.encode()))


def test_streamed_reading_finds_tags_wherever_pieces_end() -> None:
    dice = random.Random(3)
    data = envelope(source("a.pdf", os.urandom(400_000)), source("b.bin", os.urandom(700_000), "2"))
    for _ in range(6):
        pad = dice.randrange(150_000, 250_000)
        padded = data.replace(b"<AttachmentEncoded>", b"<AttachmentEncoded>" + b" " * pad)
        assert [one.size for one in taken(spooled(padded)).files] == [400_000, 700_000]


def test_spool_reads_anywhere() -> None:
    data = os.urandom(300_000)
    for memory in (1_000, 1_000_000):
        spool = spooled(data, memory=memory)
        reader, twin = spool.opened(), io.BytesIO(data)
        dice = random.Random(1)
        for _ in range(200):
            at, size = dice.randrange(310_000), dice.randrange(70_000)
            assert spool.at(at, size) == data[at : at + size]
            reader.seek(at)
            twin.seek(at)
            assert reader.read(size) == twin.read(size)
        assert spool.read(300_000) == data


LARGE = """
import hashlib, resource, sys, zlib
from pathlib import Path
from antin.values import new_id
from antin.exchange.edxml import streamed
from antin.exchange.edxml.dsig import Sealer
from antin.vault.spool import Spool
from tests.exchange.test_edxml_streamed import ENVELOPE, sealer
from antin.signing.pki.authority import Issued
certificate, key, folder, size = *map(Path, sys.argv[1:4]), int(sys.argv[4])
block = hashlib.sha256(b"x").digest() * 2048
def pieces():
    for n in range(size // len(block)):
        yield block
source = lambda n: streamed.Source(str(n), f"tep-{n}.bin", "application/octet-stream", size // len(block) * len(block), streamed.crc32(pieces()), new_id(), pieces)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
sources = [source(n) for n in (1, 2)]
with Spool(folder, 1024 * 1024) as spool:
    for piece in streamed.written(ENVELOPE, sources, sealer(Issued(certificate.read_bytes(), key.read_bytes(), ()))):
        spool.write(piece)
    found = streamed.taken(spool)
    assert len(found.files) == 2 and found.files[0].size == sources[0].size
    assert streamed.check_signature(found).verdict == "unproven"
    assert sum(len(p) for p in found.files[1].pieces()) == sources[1].size
    print(spool.size, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


def test_envelope_of_300_mb_swells_no_memory(certificates: dict[str, Issued], tmp_path: Path) -> None:
    issued = certificates["rsa2048"]
    (tmp_path / "c").write_bytes(issued.certificate_der)
    (tmp_path / "k").write_bytes(issued.key_pem)
    arguments = [tmp_path / "c", tmp_path / "k", tmp_path, str(112 * 1024 * 1024)]
    done = subprocess.run(
        [sys.executable, "-c", LARGE, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert done.returncode == 0, done.stderr
    size, swollen_mb = map(int, done.stdout.split())
    assert size > 300_000_000
    assert swollen_mb < 40, swollen_mb

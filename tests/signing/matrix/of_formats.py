"""Odd structures: hybrid references, forms, certification levels, locked files, names given twice, other formats."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable

import pikepdf
from asn1crypto import keys
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter, append_signature_field
from pyhanko_certvalidator.registry import SimpleCertificateStore

from antin.signing import ceremony
from antin.signing.verdict import Verdict

from .. import loose, tamper, test_changes
from ..scene import NOW, SIGNATURE_BOX, House
from .case import Case, Row, alone, altered_alone, archived, with_list

INVALID, INDETERMINATE, VALID, CHANGED = Verdict.INVALID, Verdict.INDETERMINATE, Verdict.VALID, Verdict.CHANGED
CONSTRAINTS, HASH, FORMAT = "SIG_CONSTRAINTS_FAILURE", "HASH_FAILURE", "FORMAT_FAILURE"


def by_library(
    house: House, pdf: bytes, *, permission: MDPPerm | None = None, field: str = "First", strict: bool = True
) -> bytes:
    """The person's signature by another program, certifying with this permission when one is given."""
    held = house.issued["person"]
    key = load_pem_private_key(held.key_pem, None).private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    known = SimpleCertificateStore()
    known.register_multiple([asn1_x509.Certificate.load(one) for one in held.chain_ders[:1]])
    signer = signers.SimpleSigner(
        signing_cert=asn1_x509.Certificate.load(held.certificate_der),
        signing_key=keys.PrivateKeyInfo.load(key),
        cert_registry=known,
    )
    asked = signers.PdfSignatureMetadata(
        field_name=field,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        certify=permission is not None,
        docmdp_permissions=permission or MDPPerm.FILL_FORMS,
    )
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf), strict=strict)
    return bytes(signers.sign_pdf(writer, asked, signer=signer).getvalue())


def with_text_field(house: House) -> bytes:
    """A page with a form: one text field, empty."""

    def add(writer: IncrementalPdfFileWriter) -> None:
        append_signature_field(writer, SigFieldSpec("First"))
        tamper.text_field(writer)

    return tamper.update(house.pdf, add)


def filled(data: bytes) -> bytes:
    """The text field filled in afterwards."""

    def fill(writer: IncrementalPdfFileWriter) -> None:
        field = next(f for f in (r.get_object() for r in writer.root["/AcroForm"]["/Fields"]) if f["/FT"] == "/Tx")
        field[pdf_name("/V")] = pdf_string("380")
        writer.update_container(field)

    return tamper.update(data, fill)


def certified(permission: MDPPerm, then: Callable[[House, bytes], bytes] | None = None) -> Callable[[House], Case]:
    """Certified by another program, archived, and something done between the two."""

    def make(house: House) -> Case:
        data = by_library(house, house.pdf, permission=permission)
        return with_list(house, archived(house, then(house, data) if then else data))

    return make


def form(permission: MDPPerm | None) -> Callable[[House], Case]:
    """A form signed while empty, then filled."""

    def make(house: House) -> Case:
        data = by_library(house, with_text_field(house), permission=permission)
        return with_list(house, archived(house, filled(data)))

    return make


def second(house: House, data: bytes) -> bytes:
    """Another signature by a program that does not ask whether it may."""
    prepared = ceremony.prepare(
        data, role="person", page=1, box=SIGNATURE_BOX, certificate=house.person(), field="Second", first=False,
        appearance=ceremony.Appearance(("Ký thêm",)), at=NOW,
    )  # fmt: skip
    return ceremony.sign(prepared, house.signer, house.authority.timestamps)


def annotated(_house: House, data: bytes) -> bytes:
    return tamper.update(data, annotation)


def annotation(writer: IncrementalPdfFileWriter) -> None:
    page = writer.root["/Pages"]["/Kids"][0]
    page[pdf_name("/Annots")] = generic.ArrayObject([*page.get("/Annots", ())])
    writer.update_container(page)
    tamper.annotation(writer)


def hybrid(house: House) -> Case:
    """Hybrid-reference file of older office programs (ISO 32000-1, 7.5.8.4): a table and, beside it, a stream."""
    data = test_changes.handmade(contents=b"4 0 R", extra=(b"<</Hidden true>>",))
    start = int(data.rsplit(b"startxref\n", 1)[1].split(b"\n")[0])
    at = data.index(b"5 0 obj")
    row = struct.pack(">BIB", 1, at, 0)
    stream = b"6 0 obj\n<</Type/XRef/Size 7/W[1 4 1]/Index[5 1]/Root 1 0 R/Length %d>>stream\n%b\nendstream\nendobj\n"
    stream %= (len(row), row)
    table = data[start : data.index(b"trailer")].replace(b"%010d 00000 n" % at, b"0000000000 65535 f")
    body = data[:start] + stream
    tail = b"trailer<</Root 1 0 R/Size 7/XRefStm %d>>\nstartxref\n%d\n%%%%EOF\n" % (start, len(body))
    signed = by_library(house, body + table + tail, strict=False)
    return with_list(house, signed)


def locked(house: House) -> Case:
    """A password put on the signed file."""
    output = io.BytesIO()
    with pikepdf.open(io.BytesIO(alone(house))) as pdf:
        pdf.save(output, encryption=pikepdf.Encryption(owner="o", user="u"))
    return Case(output.getvalue())


def xfa(house: House) -> Case:
    """A dynamic form inside before the signing."""

    def add(writer: IncrementalPdfFileWriter) -> None:
        append_signature_field(writer, SigFieldSpec("First"))
        writer.root["/AcroForm"][pdf_name("/XFA")] = writer.add_object(generic.StreamObject(stream_data=b"<xdp/>"))
        writer.update_container(writer.root["/AcroForm"])

    return with_list(house, archived(house, by_library(house, tamper.update(house.pdf, add))))


def named_twice(writer: IncrementalPdfFileWriter) -> None:
    fields = writer.root["/AcroForm"]["/Fields"]
    copy = generic.DictionaryObject({k: fields[0].raw_get(k) for k in fields[0]})
    fields.append(writer.add_object(copy))
    writer.update_container(fields)


def unknown_kind(house: House) -> Case:
    """A signature of a kind that nobody checks any more."""
    data = alone(house).replace(b"/ETSI.CAdES.detached", b"/adbe.x509.rsa_sha1 ", 1)
    return Case(data)


def posing(house: House) -> Case:
    """A timestamp that calls itself a signature."""
    return Case(alone(house).replace(b"/DocTimeStamp", b"/Sig         ", 1))


LETTER = b"letter"
ROWS = [
    Row("structure: hybrid references", hybrid.__doc__ or "", hybrid, INDETERMINATE, CONSTRAINTS, "tham chiếu kép"),
    Row("structure: password", locked.__doc__ or "", locked, INVALID, FORMAT),
    Row("structure: dynamic form", xfa.__doc__ or "", xfa, INDETERMINATE, CONSTRAINTS, "biểu mẫu"),
    Row("structure: one field twice", "the signed field listed a second time under its name", altered_alone(lambda d: tamper.update(d, named_twice)), INVALID, FORMAT),
    Row("structure: unknown kind of signature", unknown_kind.__doc__ or "", unknown_kind, INVALID),
    Row("structure: timestamp posing as a signature", posing.__doc__ or "", posing, INVALID),
    Row("certified: untouched", "DocMDP 1, then an archive timestamp", certified(MDPPerm.NO_CHANGES), VALID),
    Row("certified: second signature forbidden", "DocMDP 1, then another signature", certified(MDPPerm.NO_CHANGES, second), CHANGED, HASH),
    Row("certified: second signature allowed", "DocMDP 2, then another signature", certified(MDPPerm.FILL_FORMS, second), VALID),
    Row("certified: annotation", "DocMDP 2, then an annotation", certified(MDPPerm.FILL_FORMS, annotated), CHANGED, HASH),
    Row("form: filling forbidden", "DocMDP 1, then the text field filled", form(MDPPerm.NO_CHANGES), CHANGED, HASH),
    Row("form: filling allowed", "DocMDP 2, then the text field filled: what it says is not signed", form(MDPPerm.FILL_FORMS), INDETERMINATE, CONSTRAINTS, "biểu mẫu"),
    Row("form: filled after an ordinary signature", "no certification, then the text field filled", form(None), INDETERMINATE, CONSTRAINTS),
    Row("loose: over its file", "a CMS signature beside its file", lambda h: with_list(h, loose.loose(h, LETTER), content=LETTER), VALID),
    Row("loose: over another file", "a CMS signature beside another file", lambda h: with_list(h, loose.loose(h, LETTER), content=b"other"), INVALID, HASH),
    Row("loose: its file missing", "a CMS signature alone", lambda h: with_list(h, loose.loose(h, LETTER)), INDETERMINATE, "SIGNED_DATA_NOT_FOUND"),
    Row("envelope: as signed", "edXML with XMLDSig", lambda h: with_list(h, loose.signed_xml(h)), VALID),
    Row("envelope: altered", "a word of the body altered", lambda h: with_list(h, loose.signed_xml(h).replace(b"000.00", b"000.01")), INVALID, HASH),
    Row("envelope: part signed", "only the body signed", lambda h: with_list(h, loose.signed_xml(h, reference_uri="b")), INVALID, FORMAT),
    Row("envelope: unsigned", "no signature", lambda h: with_list(h, loose.XML), INVALID, "NO_SIGNATURE"),
    Row("envelope: old kind", "rsa-sha1", lambda h: with_list(h, loose.signed_xml(h, legacy=True)), INDETERMINATE, "CRYPTO_CONSTRAINTS_FAILURE"),
]  # fmt: skip

"""Handed out whole, signed by another program, sent back: taken when one expected signature was added and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import tsp
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, timestamps

from antin.regulation import RuleViolation
from antin.signing import ceremony, signed_data, verdict
from antin.signing.ceremony import Prepared
from antin.signing.ceremony.whole_file import FAULTS
from antin.signing.verdict import Fault, Policy

from . import tamper, whole_files
from .scene import NOW, SEAL_BOX, House
from .test_ceremony import pdfsig


def handed(house: House, *, seal: bool = True) -> Prepared:
    place = ceremony.Place(1, SEAL_BOX) if seal else None
    return ceremony.hand_out(house.pdf, certificate=house.person(), at=NOW, seal=place)


def program(house: House, pdf: bytes, name: str = "person", **wishes: Any) -> bytes:
    return whole_files.program(house.issued[name], pdf, **wishes)


def other_text(writer: IncrementalPdfFileWriter) -> None:
    """The page shows something else."""
    page = writer.root["/Pages"]["/Kids"][0].get_object()
    page["/Contents"] = writer.add_object(generic.StreamObject(stream_data=b"BT /F1 12 Tf 72 720 Td (KHAC) Tj ET"))
    writer.mark_update(page.container_ref)


def text_field(writer: IncrementalPdfFileWriter) -> None:
    form = writer.root["/AcroForm"]
    field = generic.DictionaryObject({
        generic.pdf_name("/FT"): generic.pdf_name("/Tx"), generic.pdf_name("/T"): generic.pdf_string("them")
    })  # fmt: skip
    form["/Fields"].append(writer.add_object(field))
    writer.update_container(form["/Fields"])


def seal_field_gone(writer: IncrementalPdfFileWriter) -> None:
    form = writer.root["/AcroForm"]
    form["/Fields"] = generic.ArrayObject()
    writer.update_container(form)


@pytest.mark.clause("379/5.11", "379/8.2", "379/13.5")
@pytest.mark.parametrize(
    ("name", "wishes"),
    [
        ("plain pkcs7", {"subfilter": fields.SigSeedSubFilter.ADOBE_PKCS7_DETACHED}),
        ("PAdES", {"subfilter": fields.SigSeedSubFilter.PADES}),
        ("SHA-512, reason", {"md_algorithm": "sha512", "reason": "Ký ban hành", "location": "Lạc Giang"}),
    ],
)
def test_what_another_program_signed_is_taken_and_sealed(
    shared: House, tmp_path: Path, name: str, wishes: dict[str, object]
):
    out = handed(shared)
    back = program(shared, out.pdf, **wishes)
    signed = ceremony.take_back(out, back, ports=shared.ports)
    assert signed.startswith(back)
    report = verdict.validate(signed, at=NOW, trust=shared.trust, policy=Policy(complete=False))
    assert report.is_valid and len(report.signatures) == 1, report.reasons
    sealed = shared.sealed(signed)
    both = verdict.validate(sealed, at=NOW, trust=shared.trust, policy=Policy(required=("person", "seal")))
    assert both.is_valid, both.reasons
    assert pdfsig(sealed, tmp_path).count("Signature is Valid.") >= 2


@pytest.mark.clause("379/5.11")
def test_signature_with_its_own_timestamp_gets_no_second_one(shared: House):
    class Stamper(timestamps.TimeStamper):
        """The demonstration authority as the program's timestamp authority."""

        async def async_request_tsa_response(self, req):  # type: ignore[no-untyped-def]
            return tsp.TimeStampResp.load(shared.authority.timestamps.answer(req.dump()))

    out = handed(shared, seal=False)
    issued_back = program(shared, out.pdf, stamper=Stamper())
    signed = ceremony.take_back(out, issued_back, ports=shared.ports)
    assert signed.count(b"/ETSI.RFC3161") == 1  # the archive timestamp alone, for no seal is to come
    assert verdict.validate(signed, at=NOW, trust=shared.trust).is_valid


TAMPERED: dict[str, tuple[Fault, Callable[[House, bytes], bytes]]] = {
    "not signed at all": (Fault.OTHER_FILE, lambda house, out: out),
    "only an empty revision more": (
        Fault.COUNT,
        lambda house, out: tamper.update(out, lambda writer: writer.update_root()),
    ),
    "another document": (Fault.OTHER_FILE, lambda house, out: program(house, house.pdf)),
    "one byte of the page": (Fault.OTHER_FILE, lambda house, out: tamper.flip(program(house, out), 700)),
    "the signer's colleague": (Fault.SIGNER, lambda house, out: program(house, out, "seal")),
    "two signatures": (Fault.COUNT, lambda house, out: program(house, program(house, out), field="ChuKyHai")),
    "a note before signing": (Fault.CHANGED, lambda house, out: program(house, out, before=tamper.annotation)),
    "a note after signing": (Fault.CHANGED, lambda house, out: tamper.update(program(house, out), tamper.annotation)),
    "other text before signing": (Fault.CHANGED, lambda house, out: program(house, out, before=other_text)),
    "other text after signing": (Fault.CHANGED, lambda house, out: tamper.update(program(house, out), other_text)),
    "a script": (Fault.CHANGED, lambda house, out: program(house, out, before=tamper.open_action)),
    "a revision with a note, then a signature": (
        Fault.CHANGED,
        lambda house, out: program(house, tamper.update(out, tamper.annotation)),
    ),
    "a field of text": (Fault.UNREADABLE, lambda house, out: program(house, tamper.update(out, text_field))),
    "the seal's field signed by the person": (Fault.LOCKED, lambda house, out: program(house, out, field="Seal1")),
    "the seal's field taken away": (
        Fault.CHANGED,
        lambda house, out: program(house, tamper.update(out, seal_field_gone)),
    ),
    "certified, no change allowed": (
        Fault.LOCKED,
        lambda house, out: program(house, out, certify=True, docmdp_permissions=fields.MDPPerm.NO_CHANGES),
    ),
    "certified, filling in allowed": (
        Fault.LOCKED,
        lambda house, out: program(house, out, certify=True, docmdp_permissions=fields.MDPPerm.FILL_FORMS),
    ),
    "SHA-1": (Fault.WEAK, lambda house, out: program(house, out, md_algorithm="sha1")),
    "a byte of the signature": (
        Fault.WRONG,
        lambda house, out: _flip_value(program(house, out)),
    ),
    "something behind the end": (Fault.CHANGED, lambda house, out: program(house, out) + b"\n% hidden\n"),
    "a page more": (Fault.CHANGED, lambda house, out: program(house, out, before=tamper.extra_page)),
    "a file attached": (Fault.CHANGED, lambda house, out: program(house, out, before=tamper.attachment)),
    "the signature moved": (Fault.CHANGED, lambda house, out: tamper.update(program(house, out), tamper.move_widget)),
    "cut off": (Fault.UNREADABLE, lambda house, out: program(house, out)[:-400]),
    "rubbish behind": (Fault.UNREADABLE, lambda house, out: out + b"\0" * 100_000),
}


def _flip_value(signed: bytes) -> bytes:
    start = signed.rindex(b"/Contents <") + len(b"/Contents <")
    held = bytes.fromhex(signed[start : signed.index(b">", start)].decode())
    value = signed_data.open_signed_data(held).signature
    at = start + 2 * held.index(value) + 20
    return signed[:at] + (b"0" if signed[at : at + 1] != b"0" else b"1") + signed[at + 1 :]


@pytest.mark.clause("379/5.11")
@pytest.mark.parametrize("what", TAMPERED)
def test_anything_else_is_refused_with_its_reason(shared: House, what: str):
    fault, tampered = TAMPERED[what]
    out = handed(shared)
    with pytest.raises(RuleViolation) as caught:
        ceremony.take_back(out, tampered(shared, out.pdf), ports=shared.ports)
    assert (caught.value.clause, caught.value.reason) == ("379/5.11", FAULTS[fault])

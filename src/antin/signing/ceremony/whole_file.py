"""Signing in another program, the whole file there and back: what is handed out, and what may come back (379/5.11).

The page goes out with no place for the person's signature, for such programs make their own; only the seal's empty
field stands in it, so that sealing later adds no field behind a signature.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject, NumberObject, pdf_name
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign.fields import append_signature_field

from antin.regulation import RuleViolation
from antin.signing.ceremony.embedding import check_status, finish
from antin.signing.ceremony.increment import Increment
from antin.signing.ceremony.preparation import (
    FIELD_NAMES,
    Place,
    Prepared,
    check_certificate,
    field_spec,
    kept_state,
    read_state,
)
from antin.signing.certificates import HeldCertificate
from antin.signing.ports import Ports, bound
from antin.signing.verdict import Fault, returned_fault
from antin.values import N_

SIGNED_APPEND_ONLY = 3
MAX_ADDED = 16 * 1024 * 1024
"""What another program may add: a signature, its picture, its data for verifiers."""


def hand_out(pdf: bytes, *, certificate: HeldCertificate, at: datetime, seal: Place | None) -> Prepared:
    """The page for another program. `digest` is the whole file's SHA-256; its empty place is the end of the file.

    RuleViolation when the certificate does not fit (379/5.7, 379/9.2) or the PDF can't carry a signature (379/13.1).
    """
    check_certificate(certificate, "person", at)
    try:
        writer = Increment(pdf)
        if seal is not None:
            append_signature_field(writer, field_spec(f"{FIELD_NAMES['seal']}1", "seal", seal))
        _flag(writer)
        data = writer.written()
    except (PdfError, ValueError, KeyError, IndexError) as broken:
        raise RuleViolation(
            "379/13.1",
            N_("Tệp PDF này không ký được: {why}."),
            N_("Dàn trang lại văn bản rồi ký lại."),
            why=str(broken),
        ) from broken
    digest = hashlib.sha256(data).hexdigest()
    place = (len(data), len(data))
    return Prepared(data, digest, kept_state(data, digest, place, "", "person", certificate, at))


def _flag(writer: Increment) -> None:
    """The form and its flags as they will be once signed: the other program then changes nothing but its own field."""
    if "/AcroForm" not in writer.root:
        empty = DictionaryObject({pdf_name("/Fields"): ArrayObject()})
        writer.root[pdf_name("/AcroForm")] = writer.add_object(empty)
        writer.update_root()
    form = writer.root["/AcroForm"]
    form[pdf_name("/SigFlags")] = NumberObject(SIGNED_APPEND_ONLY)
    writer.update_container(form)


def take_back(prepared: Prepared, came_back: bytes, *, ports: Ports | None = None) -> bytes:
    """The signed file, proven, with what it lacks: time, certificate states (B-LT, B-LTA when no seal is to come).

    RuleViolation as `prove_back`. Not a byte of it is changed: a missing timestamp is added as a document timestamp.
    Network inside.
    """
    return finish(prove_back(prepared, came_back, ports=ports), own=False, ports=ports)


def prove_back(prepared: Prepared, came_back: bytes, *, ports: Ports | None = None) -> bytes:
    """The file as it came back, proven; time and certificate states may be missing still (`finish`).

    RuleViolation (379/5.11) unless it is the file handed out with exactly one signature more, by the expected
    certificate; judged in the sandbox.
    """
    house, state = ports or bound(), read_state(prepared)
    if len(came_back) > len(prepared.pdf) + MAX_ADDED:
        raise _refused(Fault.CHANGED)
    fault = returned_fault(prepared.pdf, came_back, state.certificates[0])
    if fault is not Fault.NONE:
        raise _refused(fault)
    check_status(state, house.revocation)
    return came_back


def _refused(fault: Fault) -> RuleViolation:
    return RuleViolation(
        "379/5.11",
        FAULTS[fault],
        N_("Tải lại tệp đã chuẩn bị, ký bằng đúng chứng thư của mình, không sửa gì khác, rồi gửi lại."),
    )


FAULTS = {
    Fault.OTHER_FILE: N_("Tệp gửi lên không phải tệp đã chuẩn bị để ký, hoặc chưa được ký."),
    Fault.UNREADABLE: N_("Không đọc được tệp gửi lên như một tệp PDF đã ký."),
    Fault.COUNT: N_("Tệp gửi lên phải có đúng một chữ ký số mới."),
    Fault.CHANGED: N_("Tệp gửi lên có thay đổi khác ngoài chữ ký số."),
    Fault.PARTIAL: N_("Chữ ký số trong tệp gửi lên không bao trọn văn bản."),
    Fault.SIGNER: N_("Chữ ký số trong tệp gửi lên không phải của chứng thư đã đăng ký cho người ký này."),
    Fault.WRONG: N_("Chữ ký số trong tệp gửi lên không đúng."),
    Fault.WEAK: N_("Chữ ký số trong tệp gửi lên dùng thuật toán yếu (ví dụ SHA-1), không được nhận."),
    Fault.LOCKED: N_("Chữ ký số trong tệp gửi lên khoá văn bản, nên không đóng dấu được nữa."),
}

"""First step: fields, appearance, the empty place for the signature, and the digest that will be signed."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast

from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign.fields import (
    FieldMDPAction,
    FieldMDPSpec,
    MDPPerm,
    SigFieldSpec,
    SigSeedSubFilter,
    append_signature_field,
    enumerate_sig_fields,
)
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigMDPSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import SignatureObject

from antin.regulation import RuleViolation
from antin.signing import certificates, cms, rules
from antin.signing.ceremony.appearance import Appearance, Box, Stamp
from antin.signing.ceremony.drawings import SEAL_SIZE
from antin.signing.ceremony.increment import Increment
from antin.signing.certificates import HeldCertificate
from antin.values import N_, to_vietnam

Role = Literal["person", "seal"]
FIELD_NAMES = {"person": "Signature", "seal": "Seal"}
FIELD_LABELS = {"person": "Chữ ký số của người có thẩm quyền", "seal": "Chữ ký số của cơ quan (con dấu)"}
TOKEN_ROOM = 8192
LOCK = FieldMDPSpec(FieldMDPAction.ALL)


@dataclass(frozen=True, slots=True)
class Place:
    """A page, counted from 1, and a box (x1, y1, x2, y2) in points from the lower left."""

    page: int
    box: Box


@dataclass(frozen=True, slots=True)
class Prepared:
    """A PDF with an empty place for the signature. `digest`: hexadecimal SHA-256 of everything around that place."""

    pdf: bytes
    digest: str
    state: bytes


@dataclass(frozen=True, slots=True)
class ToBeSigned:
    """What the key signs: the CAdES signed attributes (DER), by this algorithm, for this certificate."""

    data: bytes
    algorithm: str
    certificate: bytes


def prepare(
    pdf: bytes,
    *,
    role: Role,
    page: int,
    box: Box,
    certificate: HeldCertificate,
    appearance: Appearance,
    at: datetime,
    first: bool,
    seal: Place | None = None,
    field: str = "",
    algorithm: str = "",
) -> Prepared:
    """The document ready to be signed by this certificate.

    `first` creates the fields: the signer's own at `page` and `box`, and one for the seal at `seal` (left out for
    bodies without seal). The seal's field locks the whole document once signed. RuleViolation when the
    certificate does not fit (379/5.7, 379/9.2) or the PDF can't carry a signature (379/13.1).
    """
    check_certificate(certificate, role, at)
    name = field or f"{FIELD_NAMES[role]}1"
    try:
        writer = Increment(pdf)
        if first or not _has_field(writer, name):
            places = {name: (role, Place(page, box))}
            if first and seal is not None and role == "person":
                places[f"{FIELD_NAMES['seal']}1"] = ("seal", seal)
            for field_name, (field_role, place) in places.items():
                in_words = field_name == name and appearance.true_size is None
                append_signature_field(writer, field_spec(field_name, field_role, place, in_words=in_words))
        return _write(writer, name, role, certificate, appearance, at, algorithm)
    except (PdfError, ValueError, KeyError, IndexError) as broken:
        raise RuleViolation(
            "379/13.1",
            N_("Tệp PDF này không ký được: {why}."),
            N_("Dàn trang lại văn bản rồi ký lại."),
            why=str(broken),
        ) from broken


def check_certificate(certificate: HeldCertificate, role: str, at: datetime) -> None:
    """RuleViolation (379/5.7, 379/9.2, 379/28.1) unless the certificate may sign in this role at this instant."""
    facts = certificates.facts(certificate.der)
    rules.certificate_may_sign(
        role=role,
        purpose=facts.purpose,
        usages=facts.usages,
        not_before=facts.not_before,
        not_after=facts.not_after,
        at=at,
        name=facts.subject_name,
    )


def _has_field(writer: Increment, name: str) -> bool:
    return any(found == name for found, _, _ in enumerate_sig_fields(writer, filled_status=False))


def field_spec(name: str, role: str, place: Place, *, in_words: bool = False) -> SigFieldSpec:
    """The empty field of a role; the seal's locks the document once it is filled. ValueError for a page below 1.

    A seal's picture has its own size whatever the box; a seal `in_words`, as on a digitised page, keeps to the box.
    """
    if place.page < 1:  # the library would count from the back
        raise ValueError(f"page {place.page}")
    box = place.box if role == "person" or in_words else _true_size(place.box)
    lock = LOCK if role == "seal" else None
    return SigFieldSpec(
        sig_field_name=name,
        on_page=place.page - 1,
        box=cast("tuple[int, int, int, int]", box),
        field_mdp_spec=lock,
        doc_mdp_update_value=MDPPerm.NO_CHANGES if lock else None,
        readable_field_name=FIELD_LABELS[role],
    )


def _true_size(box: Box) -> Box:
    """The seal's own size around the centre of the box: a seal is never scaled (NĐ 30/2020, Appendix I)."""
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    half = SEAL_SIZE / 2
    return (x - half, y - half, x + half, y + half)


def _write(
    writer: Increment,
    name: str,
    role: Role,
    certificate: HeldCertificate,
    appearance: Appearance,
    at: datetime,
    algorithm: str,
) -> Prepared:
    facts = certificates.facts(certificate.der)
    carried = carried_with(certificate)
    placeholder = SignatureObject(
        timestamp=to_vietnam(at),
        subfilter=SigSeedSubFilter.PADES,
        name=facts.subject_name,
        reason=appearance.reason or None,
        bytes_reserved=2 * (sum(map(len, carried)) + TOKEN_ROOM + 1500),
    )
    lock = SigMDPSetup("sha256", field_lock=LOCK, docmdp_perms=MDPPerm.NO_CHANGES) if role == "seal" else None
    steps = PdfCMSEmbedder().write_cms(name, writer, existing_fields_only=True)
    next(steps)
    steps.send(SigObjSetup(placeholder, mdp_setup=lock, appearance_setup=Stamp(appearance)))  # type: ignore[arg-type]
    digest, output = steps.send(SigIOSetup("sha256"))
    data = output.getvalue()
    signed, place = digest.document_digest.hex(), (digest.reserved_region_start, digest.reserved_region_end)
    return Prepared(data, signed, kept_state(data, signed, place, name, role, certificate, at, algorithm))


def carried_with(certificate: HeldCertificate) -> tuple[bytes, ...]:
    """The certificates that go into the signature: the signer's first, no root."""
    return (certificate.der, *(c for c in certificate.chain if not certificates.is_self_issued(c)))


def kept_state(
    pdf: bytes,
    digest: str,
    place: tuple[int, int],
    field: str,
    role: str,
    certificate: HeldCertificate,
    at: datetime,
    algorithm: str = "",
) -> bytes:
    """What `restore` needs beside the PDF, as JSON."""
    kept = {
        "v": 1,
        "field": field,
        "role": role,
        "at": at.isoformat(),
        "place": list(place),
        "digest": digest,
        "pdf": hashlib.sha256(pdf).hexdigest(),
        "certificates": [base64.b64encode(c).decode() for c in carried_with(certificate)],
        "algorithm": algorithm or cms.algorithm_of(certificate.der),
        "key_ref": certificate.key_ref,
    }
    return json.dumps(kept, sort_keys=True).encode()


@dataclass(frozen=True, slots=True)
class State:
    """`Prepared.state`, read. `start`, `end`: offsets of the empty place with its `<` and `>`; `digest`: SHA-256."""

    field: str
    role: str
    at: datetime
    start: int
    end: int
    digest: bytes
    certificates: tuple[bytes, ...]
    algorithm: str
    key_ref: str


def read_state(prepared: Prepared) -> State:
    """ValueError when the state is not the one of this PDF."""
    kept = json.loads(prepared.state)
    if kept["v"] != 1 or kept["pdf"] != hashlib.sha256(prepared.pdf).hexdigest() or kept["digest"] != prepared.digest:
        raise ValueError("the kept state belongs to another PDF")
    return State(
        field=kept["field"],
        role=kept["role"],
        at=datetime.fromisoformat(kept["at"]),
        start=kept["place"][0],
        end=kept["place"][1],
        digest=bytes.fromhex(kept["digest"]),
        certificates=tuple(base64.b64decode(c) for c in kept["certificates"]),
        algorithm=kept["algorithm"],
        key_ref=kept["key_ref"],
    )


def restore(pdf: bytes, state: bytes) -> Prepared:
    """The prepared document from what was kept of it; ValueError when the two do not belong together."""
    prepared = Prepared(pdf, json.loads(state)["digest"], state)
    read_state(prepared)
    return prepared


def range_digest(prepared: Prepared, name: str) -> bytes:
    """The digest, by name, of everything around the empty place: what the message-digest attribute holds."""
    state = read_state(prepared)
    if name == "sha256":
        return state.digest
    digest = hashlib.new(name, prepared.pdf[: state.start])
    digest.update(prepared.pdf[state.end :])
    return digest.digest()


def to_be_signed(prepared: Prepared) -> ToBeSigned:
    """The bytes for the key."""
    state = read_state(prepared)
    identity = cms.identity_of(state.certificates[0])
    digest = range_digest(prepared, cms.digest_name(state.algorithm))
    attributes = cms.signed_attributes(cms.DATA, digest, identity.ess_id, state.algorithm)
    return ToBeSigned(attributes, state.algorithm, state.certificates[0])

"""Any file on the same path: prepare → sign elsewhere → embed. A CMS beside the file (CAdES), or a signature in the XML (XAdES).

    prepared = prepare_file(data, form="cms", certificate=…, at=…)      or form="xml"
    asked = file_to_be_signed(prepared)                                 for a key file, a token, a device
    proven = prove_file(prepared, value)
    signed = embed_file(prepared, proven, token, status)                B-B; with a token B-T; with status data B-LT
    signed = complete_file(prepared)                                    the whole way with the bound ports: B-LT

ETSI EN 319 122-1 (CAdES) and EN 319 132-1 (XAdES), baseline. `PreparedFile` survives a crash: keep `data` and `state`.
"""

from __future__ import annotations

import hashlib
import json
from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, cast

from antin.regulation import RuleViolation
from antin.signing import cms, signed_data
from antin.signing.ceremony import xml_form
from antin.signing.ceremony.embedding import ProvenSignature, check_status, must_be_made_by
from antin.signing.ceremony.long_term import status_data
from antin.signing.ceremony.preparation import Role, State, ToBeSigned, carried_with, check_certificate
from antin.signing.certificates import HeldCertificate
from antin.signing.ports import Ports, bound, in_force
from antin.signing.revocation import Evidence
from antin.values import N_

Form = Literal["cms", "xml"]
CMS: Final = "cms"
XML: Final = "xml"


@dataclass(frozen=True, slots=True)
class PreparedFile:
    """`data`: the file, for XML with the unfinished signature in it; `digest`: hexadecimal SHA-256 of `data`."""

    form: Form
    data: bytes
    digest: str
    state: bytes


def prepare_file(
    data: bytes, *, form: Form, certificate: HeldCertificate, at: datetime, role: Role = "person", algorithm: str = ""
) -> PreparedFile:
    """The file ready to be signed by this certificate at the claimed instant.

    RuleViolation when the certificate does not fit (379/5.7, 379/9.2) or the XML can't carry a signature (379/13.1).
    """
    check_certificate(certificate, role, at)
    chosen, carried = algorithm or cms.algorithm_of(certificate.der), carried_with(certificate)
    if form == XML:
        data = _laid_out(data, carried, chosen, at)
    kept = {
        "v": 1,
        "form": form,
        "role": role,
        "at": at.isoformat(),
        "digest": hashlib.sha256(data).hexdigest(),
        "certificates": [b64encode(c).decode() for c in carried],
        "algorithm": chosen,
        "key_ref": certificate.key_ref,
    }
    return PreparedFile(form, data, str(kept["digest"]), json.dumps(kept, sort_keys=True).encode())


def _laid_out(data: bytes, carried: tuple[bytes, ...], algorithm: str, at: datetime) -> bytes:
    try:
        return xml_form.unfinished(data, carried, algorithm, at)
    except ValueError as broken:
        raise RuleViolation(
            "379/13.1", N_("Tệp XML này không ký được: {why}."), N_("Kiểm tra lại tệp rồi ký lại."), why=str(broken)
        ) from broken


def restore_file(data: bytes, state: bytes) -> PreparedFile:
    """From what was kept; ValueError when the two do not belong together."""
    kept = json.loads(state)
    prepared = PreparedFile(cast(Form, kept["form"]), data, kept["digest"], state)
    _read(prepared)
    return prepared


def _read(prepared: PreparedFile) -> State:
    kept = json.loads(prepared.state)
    if kept["v"] != 1 or not kept["digest"] == prepared.digest == hashlib.sha256(prepared.data).hexdigest():
        raise ValueError("the kept state belongs to another file")
    return State(
        field="",
        role=kept["role"],
        at=datetime.fromisoformat(kept["at"]),
        start=len(prepared.data),
        end=len(prepared.data),
        digest=bytes.fromhex(kept["digest"]),
        certificates=tuple(b64decode(c) for c in kept["certificates"]),
        algorithm=kept["algorithm"],
        key_ref=kept["key_ref"],
    )


def file_to_be_signed(prepared: PreparedFile) -> ToBeSigned:
    """What the key signs: the signed attributes in DER, or the canonical form of ds:SignedInfo."""
    state = _read(prepared)
    if prepared.form == XML:
        return ToBeSigned(xml_form.signed_info(prepared.data), state.algorithm, state.certificates[0])
    return ToBeSigned(_attributes(prepared, state), state.algorithm, state.certificates[0])


def _attributes(prepared: PreparedFile, state: State) -> bytes:
    digest = hashlib.new(cms.digest_name(state.algorithm), prepared.data).digest()
    ess_id = cms.identity_of(state.certificates[0]).ess_id
    return cms.signed_attributes(cms.DATA, digest, ess_id, state.algorithm, at=state.at)


def prove_file(prepared: PreparedFile, value: bytes) -> ProvenSignature:
    """Accepts a value made elsewhere; RuleViolation (379/5.11) when the certificate's key did not make it."""
    must_be_made_by(file_to_be_signed(prepared), value)
    return ProvenSignature(prepared.digest, value)


def stamped_part(prepared: PreparedFile, signature: ProvenSignature) -> bytes:
    """What the signature timestamp is made over: the value, in XML the canonical form of its element."""
    return xml_form.stamped(prepared.data, signature.value) if prepared.form == XML else signature.value


def embed_file(
    prepared: PreparedFile, signature: ProvenSignature, token: bytes | None = None, status: Evidence | None = None
) -> bytes:
    """The detached CMS in DER, or the XML with its signature; ValueError if the two do not belong together."""
    if signature.digest != prepared.digest:
        raise ValueError("this signature was made for another file")
    state, known = _read(prepared), status or Evidence()
    if prepared.form == XML:
        return xml_form.finished(prepared.data, signature.value, token, known)
    carried = tuple(dict.fromkeys((*state.certificates, *known.certificates)))
    return cms.signed_data(
        cms.identity_of(state.certificates[0]),
        _attributes(prepared, state),
        signature.value,
        carried,
        token=token,
        algorithm=state.algorithm,
        crls=known.crls,
        ocsps=known.ocsps,
    )


def complete_file(prepared: PreparedFile, *, key_ref: str = "", ports: Ports | None = None) -> bytes:
    """The whole way at once with a key that the house holds: B-LT. Network inside."""
    house, state = ports or bound(), _read(prepared)
    check_status(state, house.revocation)
    asked = file_to_be_signed(prepared)
    value = house.signer.sign(key_ref or state.key_ref, asked.data, asked.algorithm)
    return complete_proven_file(prepared, prove_file(prepared, value), ports=house)


def complete_proven_file(prepared: PreparedFile, signature: ProvenSignature, *, ports: Ports | None = None) -> bytes:
    """`complete_file` for a value that was made elsewhere. Network inside."""
    house, state = ports or in_force(), _read(prepared)
    check_status(state, house.revocation)
    token = house.timestamper.token(hashlib.sha256(stamped_part(prepared, signature)).digest())
    pool = tuple(dict.fromkeys((*state.certificates, *signed_data.open_signed_data(token).certificates)))
    answers = status_data(pool, pool, revocation=house.revocation, trust=house.trust)
    known = Evidence(
        ocsps=tuple(dict.fromkeys(a.ocsp for a in answers if a.ocsp)),
        crls=tuple(dict.fromkeys(a.crl for a in answers if a.crl)),
        certificates=pool,
    )
    return embed_file(prepared, signature, token, known)

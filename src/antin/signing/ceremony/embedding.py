"""Second and third step: the signature value, proven against the certificate, put into its place with a timestamp."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime

from antin.regulation import Indeterminate, RuleViolation
from antin.signing import certificates, cms, revocation
from antin.signing.ceremony import foreign_cms
from antin.signing.ceremony.long_term import (
    add_archive_timestamp,
    add_revocation,
    awaits_signature,
    is_timestamped,
    must_stand,
)
from antin.signing.ceremony.preparation import Prepared, State, ToBeSigned, read_state, to_be_signed
from antin.signing.ceremony.signature_time import add_timestamp, fill
from antin.signing.ports import Ports, RevocationSource, Signer, Timestamper, bound, in_force
from antin.signing.signed_data import SignedData
from antin.values import N_, iso


@dataclass(frozen=True, slots=True)
class ProvenSignature:
    """A signature value that was checked against the certificate; made by `prove` and `prove_cms` only.

    `foreign`: the CMS around it, when it was made elsewhere with attributes of its own.
    """

    digest: str
    value: bytes
    foreign: SignedData | None = None


def prove(prepared: Prepared, value: bytes) -> ProvenSignature:
    """Accepts a value made elsewhere; RuleViolation (379/5.11) when the certificate's key did not make it."""
    must_be_made_by(to_be_signed(prepared), value)
    return ProvenSignature(prepared.digest, value)


def must_be_made_by(asked: ToBeSigned, value: bytes) -> None:
    """RuleViolation (379/5.11) unless the certificate's key made this value over exactly these bytes."""
    if not cms.raw_verify(asked.certificate, value, asked.data, asked.algorithm):
        raise RuleViolation(
            "379/5.11",
            N_("Giá trị chữ ký không khớp với chứng thư số của người ký."),
            N_("Kiểm tra thiết bị ký và chứng thư, rồi ký lại."),
        )


def prove_cms(prepared: Prepared, data: bytes) -> ProvenSignature:
    """Accepts a detached CMS made elsewhere; RuleViolation (379/5.11) unless it is the expected signer's over this page."""
    signed = foreign_cms.read(prepared, data)
    return ProvenSignature(prepared.digest, signed.signature, signed)


def embed(prepared: Prepared, signature: ProvenSignature, token: bytes | None) -> bytes:
    """The signed PDF: B-T with a token over the value, B-B without. ValueError if the two do not belong together."""
    if signature.digest != prepared.digest:
        raise ValueError("this signature was made for another document")
    state = read_state(prepared)
    return fill(prepared.pdf, state.start, state.end, _container(prepared, state, signature, token))


def _container(prepared: Prepared, state: State, signature: ProvenSignature, token: bytes | None) -> bytes:
    if signature.foreign is not None:
        return foreign_cms.rewritten(signature.foreign, state.certificates, token)
    asked = to_be_signed(prepared)
    return cms.signed_data(
        cms.identity_of(state.certificates[0]),
        asked.data,
        signature.value,
        state.certificates,
        token=token,
        algorithm=state.algorithm,
    )


def sign(
    prepared: Prepared,
    signer: Signer,
    timestamper: Timestamper | None,
    *,
    key_ref: str = "",
    revocation: RevocationSource | None = None,
) -> bytes:
    """Signs with a key that the house holds: status first (379/9.2), then value, timestamp, embedding: B-T."""
    state = read_state(prepared)
    if revocation is not None:
        check_status(state, revocation)
    asked = to_be_signed(prepared)
    proven = prove(prepared, signer.sign(key_ref or state.key_ref, asked.data, asked.algorithm))
    return _stamped(prepared, proven, timestamper)


def _stamped(prepared: Prepared, proven: ProvenSignature, timestamper: Timestamper | None) -> bytes:
    token = timestamper.token(hashlib.sha256(proven.value).digest()) if timestamper else None
    return embed(prepared, proven, token)


def check_status(state: State, source: RevocationSource) -> None:
    """The certificate must be in force right before signing (NĐ 68/2024 Article 29): revoked or unknown stops it."""
    leaf = state.certificates[0]
    issuer = certificates.find_issuer(leaf, state.certificates)
    status = source.status(leaf, issuer, state.certificates) if issuer else revocation.UNKNOWN
    name = certificates.facts(leaf).subject_name
    if status.state is revocation.State.REVOKED:
        raise RuleViolation(
            "379/9.2",
            N_("Chứng thư số của “{name}” đã bị thu hồi từ {since}."),
            N_("Đề nghị người quản lý thuê bao cấp chứng thư mới."),
            name=name,
            since=iso(status.revoked_at) if status.revoked_at else "",
        )
    if status.state is revocation.State.UNKNOWN:
        raise Indeterminate(
            "379/9.2",
            N_("Chưa xác định được trạng thái chứng thư số của “{name}”."),
            N_("Kiểm tra kết nối tới dịch vụ chứng thực rồi ký lại."),
            name=name,
        )


def complete(prepared: Prepared, *, key_ref: str = "", ports: Ports | None = None) -> bytes:
    """The whole way at once. While a seal is awaited it ends at B-LT, with the last signature at B-LTA. Network inside."""
    house = ports or in_force()
    return lengthened(
        sign(prepared, house.signer, house.timestamper, key_ref=key_ref, revocation=house.revocation), house
    )


def complete_proven(prepared: Prepared, proven: ProvenSignature, *, ports: Ports | None = None) -> bytes:
    """`complete` for a signature that was made elsewhere. Network inside."""
    house = ports or in_force()
    check_status(read_state(prepared), house.revocation)
    return lengthened(_stamped(prepared, proven, house.timestamper), house)


def untimed(prepared: Prepared, *, key_ref: str = "", ports: Ports | None = None) -> bytes:
    """Signed by a key that the house holds, its timestamp still wanted (B-B); `finish` adds what is missing.

    Asks for the certificate's state first (379/9.2), for nothing else: no timestamp authority can hold it up.
    """
    house = ports or bound()
    return sign(prepared, house.signer, None, key_ref=key_ref, revocation=house.revocation)


def untimed_proven(prepared: Prepared, proven: ProvenSignature, *, ports: Ports | None = None) -> bytes:
    """`untimed` for a signature that was made elsewhere."""
    check_status(read_state(prepared), (ports or bound()).revocation)
    return embed(prepared, proven, None)


def finish(
    signed: bytes, *, own: bool = True, timestamper: Timestamper | None = None, ports: Ports | None = None
) -> bytes:
    """What a signed page lacks: the timestamp of its newest signature, B-LT, B-LTA when nobody else is to sign (379/12.2.b).

    `own` is False for a file that another program signed: not a byte of it is changed. Indeterminate while an authority
    or a certificate's state can't be had: ask again later. RuleViolation (379/9.2) when a certificate is revoked; no
    authority is asked for a token then. Network inside.
    """
    house = ports or in_force()
    asked = timestamper or house.timestamper
    if is_timestamped(signed):
        timed = signed
    else:
        must_stand(signed, revocation=house.revocation, trust=house.trust)
        timed = add_timestamp(signed, timestamper=asked, own=own)
    return lengthened(timed, replace(house, timestamper=asked))


def lengthened(signed: bytes, house: Ports) -> bytes:
    """B-LT for a signed page, B-LTA when nobody else is to sign."""
    signed = add_revocation(signed, revocation=house.revocation, trust=house.trust)
    if not awaits_signature(signed):
        signed = add_archive_timestamp(signed, timestamper=house.timestamper)
    return signed


def signing_time(prepared: Prepared) -> datetime:
    """The instant claimed on the page."""
    return read_state(prepared).at

"""Fourth step: what a verifier needs in years to come is put into the file (ETSI EN 319 142-1 §5.4: B-LT, B-LTA)."""

from __future__ import annotations

import secrets
from typing import cast

from asn1crypto import crl as asn1_crl
from asn1crypto import ocsp as asn1_ocsp
from asn1crypto import x509 as asn1_x509
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigObjSetup
from pyhanko.sign.signers.pdf_byterange import DocumentTimestamp
from pyhanko.sign.validation.dss import DocumentSecurityStore

from antin.regulation import Indeterminate, RuleViolation
from antin.signing import certificates, signed_data
from antin.signing.ceremony.increment import Increment
from antin.signing.ports import RevocationSource, Timestamper
from antin.signing.revocation import CertificateStatus, State
from antin.signing.trust import Trust
from antin.values import N_, iso

TOKEN_ROOM = 2 * 8192
MAX_CERTIFICATES = 64


def add_revocation(
    pdf: bytes, *, revocation: RevocationSource, trust: Trust, again: frozenset[bytes] = frozenset()
) -> bytes:
    """Adds status data for every certificate of every signature not covered yet, as an incremental update.

    `again`: certificates whose state is asked for anew although the file has an answer from earlier.

    RuleViolation (379/9.2) when one of them is revoked, Indeterminate when its state can't be had.
    """
    writer = Increment(pdf)
    pool = _carried(writer, trust)
    known = _known_in_dss(writer) - again
    answers = status_data(tuple(c for c in pool if c not in known), pool, revocation=revocation, trust=trust)
    if not answers:
        return pdf
    issuers = {issuer for c in pool if (issuer := certificates.find_issuer(c, (*pool, *trust.pool)))}
    DocumentSecurityStore.supply_dss_in_writer(
        writer,
        None,
        certs=[asn1_x509.Certificate.load(c) for c in dict.fromkeys((*pool, *sorted(issuers)))],
        ocsps=[asn1_ocsp.OCSPResponse.load(a.ocsp) for a in answers if a.ocsp],
        crls=[asn1_crl.CertificateList.load(c) for c in dict.fromkeys(a.crl for a in answers if a.crl)],
    )
    return writer.written()


def must_stand(pdf: bytes, *, revocation: RevocationSource, trust: Trust) -> None:
    """No token is worth asking for while a certificate of the page is revoked or nobody can say so; raises as
    `add_revocation`, which asks again for the answers that go into the file."""
    writer = Increment(pdf)
    pool = _carried(writer, trust)
    known = _known_in_dss(writer)
    status_data(tuple(c for c in pool if c not in known), pool, revocation=revocation, trust=trust)


def status_data(
    wanted: tuple[bytes, ...], pool: tuple[bytes, ...], *, revocation: RevocationSource, trust: Trust
) -> list[CertificateStatus]:
    """The state of each certificate that has an issuer; RuleViolation when one is revoked, Indeterminate when not known."""
    answers = []
    for certificate in wanted:
        issuer = certificates.find_issuer(certificate, (*pool, *trust.pool))
        if issuer is not None and not certificates.is_self_issued(certificate):
            answers.append(_asked(certificate, issuer, pool, revocation))
    return answers


def _asked(
    certificate: bytes, issuer: bytes, pool: tuple[bytes, ...], revocation: RevocationSource
) -> CertificateStatus:
    status = revocation.status(certificate, issuer, pool)
    name = certificates.facts(certificate).subject_name
    if status.state is State.REVOKED:
        raise RuleViolation(
            "379/9.2",
            N_("Chứng thư số của “{name}” đã bị thu hồi từ {since}."),
            N_("Đề nghị người quản lý thuê bao cấp chứng thư mới."),
            name=name,
            since=iso(status.revoked_at) if status.revoked_at else "",
        )
    if status.state is State.UNKNOWN:
        raise Indeterminate(
            "379/9.2",
            N_("Chưa lấy được dữ liệu trạng thái của chứng thư “{name}”."),
            N_("Kiểm tra kết nối tới dịch vụ chứng thực; hệ thống sẽ thử lại."),
            name=name,
        )
    return status


def _carried(writer: Increment, trust: Trust) -> tuple[bytes, ...]:
    """Certificates inside the signatures and their tokens, and the known ones that issued them."""
    found: list[bytes] = []
    for _, value, _ in enumerate_sig_fields(writer, filled_status=True):
        signed = signed_data.open_signed_data(_contents(value.get_object()))
        found += signed.certificates
        if signed.token is not None:
            found += signed_data.open_signed_data(signed.token).certificates
    for certificate in found:
        issuer = certificates.find_issuer(certificate, trust.known)
        if issuer is not None and issuer not in found:
            found.append(issuer)
    unique = tuple(dict.fromkeys(found))
    if len(unique) > MAX_CERTIFICATES:
        raise ValueError(f"more than {MAX_CERTIFICATES} certificates")
    return unique


def _contents(signature: object) -> bytes:
    value = signature.raw_get("/Contents")  # type: ignore[attr-defined]
    return cast(bytes, value.original_bytes)


def _known_in_dss(writer: Increment) -> frozenset[bytes]:
    """Certificates whose status an earlier step put there already."""
    try:
        dss = DocumentSecurityStore.read_dss(writer)
    except ValueError:
        return frozenset()
    return frozenset(certificate.dump() for certificate in dss.load_certs())


def is_timestamped(pdf: bytes) -> bool:
    """True when every signature carries a timestamp of its own, or a document timestamp lies over all of them."""
    filled = [value.get_object() for _, value, _ in enumerate_sig_fields(Increment(pdf), filled_status=True)]
    if any(value["/Type"] == "/DocTimeStamp" for value in filled):
        return True
    return all(signed_data.open_signed_data(_contents(value)).token is not None for value in filled)


def awaits_signature(pdf: bytes) -> bool:
    """True while a signature field is still empty, such as the seal's after the person has signed."""
    return any(True for _ in enumerate_sig_fields(Increment(pdf), filled_status=False))


def add_archive_timestamp(pdf: bytes, *, timestamper: Timestamper, digest_name: str = "sha256") -> bytes:
    """A document timestamp over everything before it; the only change that a sealed document still admits."""
    writer = Increment(pdf)
    steps = PdfCMSEmbedder().write_cms(f"Timestamp{secrets.token_hex(4)}", writer)
    next(steps)
    steps.send(SigObjSetup(DocumentTimestamp(bytes_reserved=TOKEN_ROOM)))
    digest, output = steps.send(SigIOSetup(digest_name))
    given = timestamper.token(digest.document_digest)
    steps.send(given)
    return cast(bytes, output.getvalue())

"""A whole CMS made elsewhere (RFC 5652, CAdES) over the prepared page: judged, then written anew around its own signature.

Tokens and middleware often make a finished CMS rather than a bare value. What its signer signed, the attributes and
the value, is taken over byte for byte; certificates and timestamp are ours to add, for no signature protects them.
"""

from __future__ import annotations

from antin.regulation import RuleViolation
from antin.signing import cms, der, signed_data
from antin.signing.ceremony.preparation import Prepared, range_digest, read_state
from antin.signing.signed_data import Flaw, SignedData
from antin.values import N_

MAX_CMS = 64 * 1024


def read(prepared: Prepared, data: bytes) -> SignedData:
    """The CMS, when the expected certificate's key signed exactly this page; RuleViolation (379/5.11) otherwise."""
    certificate = read_state(prepared).certificates[0]
    try:
        signed = signed_data.open_signed_data(data[:MAX_CMS])
        flaw = _flaw(prepared, signed, certificate)
    except ValueError:
        flaw = Flaw.FORMAT
    if flaw is not Flaw.NONE:
        raise RuleViolation(
            "379/5.11",
            N_(
                "Chữ ký do thiết bị tạo không đúng ({why}): không phải của chứng thư đã đăng ký, hoặc không ký đúng trang này."
            ),
            N_("Kiểm tra thiết bị ký và chứng thư, rồi ký lại."),
            why=str(flaw),
        )
    return signed


def _flaw(prepared: Prepared, signed: SignedData, certificate: bytes) -> Flaw:
    if signed.content is not None or signed.content_type != cms.DATA or not signed.regular:
        return Flaw.FORMAT
    if signed.signer != cms.issuer_and_serial(certificate):
        return Flaw.NO_CERTIFICATE
    if signed.digest_name not in signed_data.HASHES:
        return Flaw.WEAK
    return signed_data.flaw_of(signed, certificate, range_digest(prepared, signed.digest_name))


def rewritten(signed: SignedData, certificates: tuple[bytes, ...], token: bytes | None) -> bytes:
    """The ContentInfo in DER with these certificates and this timestamp token around the same signature."""
    unsigned = b"" if token is None else der.explicit(1, cms.attribute(cms.SIGNATURE_TIMESTAMP, token))
    signer = der.sequence(
        der.integer(1),
        signed.signer,
        signed.digest_algorithm,
        b"\xa0" + signed.attributes[1:],
        signed.algorithm,
        der.octets(signed.signature),
        unsigned,
    )
    body = der.sequence(
        der.integer(1),
        der.tlv(der.SET, signed.digest_algorithm),
        der.sequence(der.oid(cms.DATA)),
        der.explicit(0, b"".join(sorted(certificates))),
        der.tlv(der.SET, signer),
    )
    return der.sequence(der.oid(cms.SIGNED_DATA), der.explicit(0, body))

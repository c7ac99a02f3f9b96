"""Another signing program: signs a PDF in a field of its own, visibly, as it likes."""

from __future__ import annotations

import io
from collections.abc import Callable

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers, timestamps
from pyhanko_certvalidator.registry import SimpleCertificateStore

from antin.signing.pki import Issued

from .scene import SIGNATURE_BOX

BOX = tuple(int(edge) for edge in SIGNATURE_BOX)


def program(
    issued: Issued,
    pdf: bytes,
    field: str = "ChuKySo",
    before: Callable[[IncrementalPdfFileWriter], object] = lambda writer: None,
    stamper: timestamps.TimeStamper | None = None,
    **wishes: object,
) -> bytes:
    """The signed file. `before` changes something in the same revision; `wishes` as the library's signature metadata."""
    key = load_pem_private_key(issued.key_pem, None).private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    store = SimpleCertificateStore()
    store.register_multiple([asn1_x509.Certificate.load(c) for c in issued.chain_ders])
    signer = signers.SimpleSigner(
        asn1_x509.Certificate.load(issued.certificate_der), asn1_keys.PrivateKeyInfo.load(key), store
    )
    wishes.setdefault("md_algorithm", "sha256")
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    before(writer)
    own = None if field == "Seal1" else fields.SigFieldSpec(field, on_page=0, box=BOX)  # type: ignore[arg-type]
    made = signers.PdfSigner(
        signers.PdfSignatureMetadata(field_name=field, **wishes),  # type: ignore[arg-type]
        signer,
        timestamper=stamper,
        new_field_spec=own,
    ).sign_pdf(writer)
    return bytes(made.getvalue())

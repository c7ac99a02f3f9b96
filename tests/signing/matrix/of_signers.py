"""Who signed: foreign authorities, wrong purposes, weak algorithms, broken chains, swapped signatures and seals."""

from __future__ import annotations

from collections.abc import Callable

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.x509.oid import ExtendedKeyUsageOID

from antin.signing import ceremony, cms, der
from antin.signing.pki import Issued
from antin.signing.pki.profiles import Issuer
from antin.signing.trust import Trust
from antin.signing.verdict import Verdict

from .. import tamper, test_changes
from ..scene import House
from . import signers
from .case import BOTH, Case, Row, alone, archived, sealed, with_list

INVALID, INDETERMINATE, VALID = Verdict.INVALID, Verdict.INDETERMINATE, Verdict.VALID
WEAK, CHAIN, NO_CHAIN = "CRYPTO_CONSTRAINTS_FAILURE", "CHAIN_CONSTRAINTS_FAILURE", "NO_CERTIFICATE_CHAIN_FOUND"
FORGED, CONSTRAINTS, HASH = "CERTIFICATE_CHAIN_GENERAL_FAILURE", "SIG_CONSTRAINTS_FAILURE", "HASH_FAILURE"
OTHER_NAME = "Nơi khác"


def foreign_signer(name: str) -> Callable[[House], Case]:
    def make(house: House) -> Case:
        return Case(signers.elsewhere(house.pdf, name).signed_by_person(with_seal=False))

    return make


def foreign_anchor(name: str) -> Callable[[House], Case]:
    def make(house: House) -> Case:
        return Case(sealed(house), trust=signers.elsewhere(house.pdf, name).trust, required=BOTH)

    return make


def foreign_seal(house: House) -> Case:
    """Our person's signature, sealed by the seal of an authority with our names."""
    other = signers.elsewhere(house.pdf)
    return Case(
        ceremony.complete(house.prepare_seal(house.signed_by_person(), other.seal()), ports=other.ports), required=BOTH
    )


def seal_of_another_body(house: House) -> Case:
    """Our person's signature, sealed by another organisation of the same authority."""
    seal = signers.kept(
        house, "seal-2", house.authority.issue_seal("Huyện ủy Khác (mẫu)", "A99.03", not_before=signers.BEGUN)
    )
    return Case(house.sealed(house.signed_by_person(), seal), required=BOTH)


def seal_replaced(house: House) -> Case:
    """The seal's signature in the sealed document replaced by one of another organisation."""
    other = seal_of_another_body(house).data
    return Case(_transplanted(other, sealed(house), 1), required=BOTH)


def transplanted(house: House) -> Case:
    """The person's signature taken from another document of the same person."""
    other = house.signed_by_person(with_seal=False, pdf=test_changes.handmade(contents=b"4 0 R"))
    return Case(_transplanted(other, alone(house), 0))


def _transplanted(source: bytes, target: bytes, number: int) -> bytes:
    start, end = tamper.places(source)[number]
    digits = source[start:end].rstrip(b"0")
    first, last = tamper.places(target)[number]
    return target[:first] + digits.ljust(last - first, b"0") + target[last:]


def by(issue: Callable[[House], Issued], *options: str, **wishes: bool) -> Callable[[House], Case]:
    """Signed by another program with what `issue` answers, archived so that the time is proven."""

    def make(house: House) -> Case:
        return with_list(house, archived(house, signers.by_openssl(house, issue(house), *options, **wishes)))

    return make


def person(house: House) -> Issued:
    return house.issued["person"]


def odd(*usages: str, **wishes: object) -> Callable[[House], Issued]:
    return lambda house: signers.odd(house, *usages, **wishes)  # type: ignore[arg-type]


def issuing_itself(house: House) -> Issued:
    top = house.authority.issuing
    pem = (house.authority.home / "issuing" / "key.pem").read_bytes()
    return Issued(top.certificate.public_bytes(signers.Encoding.DER), pem, (house.authority.root_der,))


def stamps_itself(house: House) -> Issued:
    pem = (house.authority.home / "tsa" / "key.pem").read_bytes()
    return Issued(house.authority.published("tsa"), pem, house.issued["person"].chain_ders)


def self_signed(house: House) -> Issued:
    """A certificate with the person's names, issued by nobody."""
    made = signers.odd(house)
    me = signers.as_issuer(made)
    return signers.odd(house, issuer=Issuer("issuing", made.certificate, me.key))


def by_a_person(house: House) -> Issued:
    """Issued by the person's own key, which may not issue."""
    return signers.odd(house, issuer=signers.as_issuer(house.issued["person"]))


def below_the_last_authority(house: House) -> Issued:
    """Issued by an authority below the one that may have none below (path length 0)."""
    middle = signers.odd(house, authority=True)
    made = signers.odd(house, issuer=signers.as_issuer(middle))
    return Issued(made.certificate_der, made.key_pem, (middle.certificate_der, *middle.chain_ders))


def below_a_pinned_authority_by_sha_1(house: House) -> Case:
    """The issuing authority's own certificate is signed by SHA-1, as those of the first generation, and pinned by file."""
    case, held = by(person)(house), house.authority.issuing.certificate
    old = _by_sha_1(held, house.authority._issuer("root").key)
    return Case(case.data, evidence=case.evidence, trust=Trust(house.trust.anchors, (old,), house.trust.crls))


def certified_by_sha_1(house: House) -> Issued:
    """The signer's certificate is signed by SHA-1."""
    made = signers.odd(house)
    return Issued(_by_sha_1(made.certificate, house.authority.issuing.key), made.key_pem, made.chain_ders)


def _by_sha_1(certificate: x509.Certificate, key: cms.PrivateKey) -> bytes:
    """The library no longer signs so; the same certificate with the older algorithm named and used."""
    strong, weak = der.oid("1.2.840.113549.1.1.11"), der.oid("1.2.840.113549.1.1.5")
    body = certificate.tbs_certificate_bytes.replace(strong, weak)
    value = key.sign(body, padding.PKCS1v15(), hashes.SHA1())  # type: ignore[union-attr, call-arg]
    return der.sequence(body, der.sequence(weak, der.NULL), der.tlv(der.BIT_STRING, b"\0" + value))


def without_intermediates(house: House) -> Case:
    """Only the signer's certificate is carried, and the verifier knows the root alone."""
    case = by(person)(house)
    return Case(case.data, evidence=case.evidence, trust=Trust(house.trust.anchors, (), house.trust.crls))


def seal_alone(house: House) -> Case:
    return Case(house.sealed(house.pdf), required=BOTH)


def person_in_the_seals_place(house: House) -> Case:
    with signers.lawless():
        prepared = house.prepare_seal(house.signed_by_person(), house.person())
        return Case(ceremony.complete(prepared, ports=house.ports), required=BOTH)


def ekus(*oids: x509.ObjectIdentifier) -> tuple[tuple[x509.ExtensionType, bool], ...]:
    return ((x509.ExtendedKeyUsage(oids), False),)


STRANGE = (x509.UnrecognizedExtension(x509.ObjectIdentifier("2.999.1"), b"\x05\x00"), True)

ROWS = [
    Row("signer: authority with our names", "signed under a look-alike authority", foreign_signer("Ấn Tín trình diễn"), INVALID, FORGED, "mạo danh"),
    Row("signer: another authority", "signed under an authority that is not trusted", foreign_signer(OTHER_NAME), INDETERMINATE, NO_CHAIN),
    Row("anchor: with our names", "judged by the anchors of a look-alike authority", foreign_anchor("Ấn Tín trình diễn"), INVALID, FORGED),
    Row("anchor: another", "judged by the anchors of another authority", foreign_anchor(OTHER_NAME), INDETERMINATE, NO_CHAIN),
    Row("seal: under an authority with our names", foreign_seal.__doc__ or "", foreign_seal, INVALID, FORGED),
    Row("seal: of another organisation", seal_of_another_body.__doc__ or "", seal_of_another_body, VALID, "", "đối chiếu"),
    Row("seal: replaced", seal_replaced.__doc__ or "", seal_replaced, INVALID),
    Row("seal: without a person", "sealed, never signed", seal_alone, INVALID, CONSTRAINTS, "người có thẩm quyền"),
    Row("seal: by a person's key", "a person's certificate in the seal's place", person_in_the_seals_place, INVALID, CONSTRAINTS, "con dấu"),
    Row("signature of another document", transplanted.__doc__ or "", transplanted, INVALID, HASH),
    Row("purpose: exchange", "signed by an exchange certificate", by(lambda h: h.authority.issue_exchange("Cơ quan mẫu", "A99.02")), INVALID, CHAIN),
    Row("purpose: TLS", "signed by a server's certificate", by(lambda h: h.authority.issue_tls("node", key="rsa2048")), INVALID, CHAIN),
    Row("purpose: code signing", "extended key usage codeSigning alone", by(odd(more=ekus(ExtendedKeyUsageOID.CODE_SIGNING))), INVALID, CHAIN),
    Row("purpose: encipherment", "key usage keyEncipherment alone", by(odd("key_encipherment")), INVALID, CHAIN),
    Row("purpose: issuing", "signed by the issuing authority's own key", by(issuing_itself), INVALID, CHAIN),
    Row("purpose: time stamps", "signed by the time-stamping authority's key", by(stamps_itself), INVALID, CHAIN),
    Row("purpose: content commitment alone", "key usage nonRepudiation alone, as older official certificates", by(odd("content_commitment")), VALID),
    Row("chain: self-signed", self_signed.__doc__ or "", by(self_signed), INDETERMINATE, NO_CHAIN),
    Row("chain: issued by a person", by_a_person.__doc__ or "", by(by_a_person, carry=True), INDETERMINATE, CHAIN),
    Row("chain: too long", below_the_last_authority.__doc__ or "", by(below_the_last_authority, carry=True), INDETERMINATE, CHAIN),
    Row("chain: unknown critical extension", "a critical extension that nobody knows", by(odd(more=(STRANGE,))), INDETERMINATE, CHAIN),
    Row("chain: leaf only, intermediates known", "only the signer's certificate carried", by(person), VALID),
    Row("chain: leaf only, intermediates unknown", without_intermediates.__doc__ or "", without_intermediates, INDETERMINATE, NO_CHAIN),
    Row("weak: RSA of 1024 bits", "the signer's key has 1024 bits", by(odd(key="rsa1024")), INDETERMINATE, WEAK),
    Row("weak: SHA-1", "the digest is SHA-1", by(person, "-md", "sha1"), INDETERMINATE, WEAK),
    Row("weak: MD5", "the digest is MD5", by(person, "-md", "md5"), INDETERMINATE, WEAK),
    Row("weak: certificate by SHA-1", "the signer's certificate is signed by SHA-1", by(certified_by_sha_1), INDETERMINATE, WEAK),
    Row("old: pinned authority by SHA-1", below_a_pinned_authority_by_sha_1.__doc__ or "", below_a_pinned_authority_by_sha_1, VALID),
    Row("strong: SHA-512", "the digest is SHA-512", by(person, "-md", "sha512"), VALID),
    Row("strong: RSASSA-PSS", "padding PSS", by(person, "-md", "sha256", "-keyopt", "rsa_padding_mode:pss"), VALID),
    Row("form: BER of indefinite length", "as older official programs write it", by(person, "-md", "sha256", ber=True), VALID),
    Row("form: no digest of the certificate in PAdES", "signing-certificate-v2 missing", by(person, "-md", "sha256", older=False), INDETERMINATE, "NO_SIGNING_CERTIFICATE_FOUND"),
    Row("form: no certificate carried", "the signer's certificate is nowhere", by(odd(), "-md", "sha256", "-nocerts"), INDETERMINATE, "NO_SIGNING_CERTIFICATE_FOUND"),
    Row("form: no signed attributes", "the bare signature of RFC 5652 without attributes", by(person, "-md", "sha256", "-noattr"), INVALID, "FORMAT_FAILURE"),
]  # fmt: skip

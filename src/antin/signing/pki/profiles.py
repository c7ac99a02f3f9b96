"""Certificate profiles of the demonstration authority (RFC 5280), each plainly marked as a sample."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

from antin.signing.cms import PrivateKey

MARK: Final = "MẪU – KHÔNG DÙNG CHÍNH THỨC / sample, not official"
# 2.999 is the arc set aside for examples (ITU-T X.660), so these can never clash with official policies.
POLICY: Final = "2.999.379.1"
TIMESTAMP_POLICY: Final = "2.999.379.3161"
PURPOSES: Final = {"sign": f"{POLICY}.1", "seal": f"{POLICY}.2", "exchange": f"{POLICY}.3"}


@dataclass(frozen=True)
class Addresses:
    """Where the authority's answers are found; `base` such as `http://127.0.0.1:8318`."""

    base: str

    @property
    def ocsp(self) -> str:
        return f"{self.base}/ocsp"

    @property
    def tsa(self) -> str:
        return f"{self.base}/tsa"

    def crl(self, issuer: str) -> str:
        return f"{self.base}/crl/{issuer}.crl"

    def certificate(self, issuer: str) -> str:
        return f"{self.base}/ca/{issuer}.cer"


_CURVES: dict[str, type[ec.EllipticCurve]] = {"p256": ec.SECP256R1, "p384": ec.SECP384R1}


@dataclass(frozen=True)
class Issuer:
    """Who signs: name as published (`root`, `issuing`), certificate, key."""

    name: str
    certificate: x509.Certificate
    key: PrivateKey


def new_key(kind: str) -> PrivateKey:
    """A fresh key: `rsa2048`, `rsa3072`, `p256` or `p384`."""
    if kind in _CURVES:
        return ec.generate_private_key(_CURVES[kind]())
    return rsa.generate_private_key(65537, int(kind.removeprefix("rsa")))


def subject(common_name: str, *, organisation: str = "", code: str = "", locality: str = "") -> x509.Name:
    """A Vietnamese subject name in UTF-8 that carries the sample mark; `code` becomes the UID."""
    parts = [(NameOID.COUNTRY_NAME, "VN"), (NameOID.LOCALITY_NAME, locality), (NameOID.ORGANIZATION_NAME, organisation)]
    parts += [(NameOID.ORGANIZATIONAL_UNIT_NAME, MARK), (NameOID.COMMON_NAME, common_name), (NameOID.USER_ID, code)]
    return x509.Name([x509.NameAttribute(oid, _cut(text)) for oid, text in parts if text])


def _cut(text: str) -> str:
    """At most 64 bytes of UTF-8: the library counts the upper bound of RFC 5280, Appendix A, in bytes."""
    data = text.encode()
    return text if len(data) <= 64 else data[:61].decode(errors="ignore").rstrip() + "…"


def _usage(*named: str) -> x509.KeyUsage:
    every = (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    )
    return x509.KeyUsage(**{name: name in named for name in every})


def build(
    name: x509.Name, key: PrivateKey, issuer: Issuer | None, not_before: datetime, not_after: datetime
) -> x509.CertificateBuilder:
    """A builder with names, validity, a 120-bit random serial and the key identifiers."""
    holder = issuer.certificate if issuer else None
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(holder.subject if holder else name)
        .public_key(key.public_key())
        .serial_number(secrets.randbits(119) | 1 << 119)
        .not_valid_before(not_before)
        .not_valid_after(not_after)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    if holder is None:
        return builder
    identifier = holder.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return builder.add_extension(
        x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), critical=False
    )


def as_authority(builder: x509.CertificateBuilder, path_length: int) -> x509.CertificateBuilder:
    return builder.add_extension(x509.BasicConstraints(ca=True, path_length=path_length), critical=True).add_extension(
        _usage("key_cert_sign", "crl_sign"), critical=True
    )


def as_leaf(builder: x509.CertificateBuilder, *usages: str) -> x509.CertificateBuilder:
    return builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True).add_extension(
        _usage(*usages), critical=True
    )


def for_purpose(builder: x509.CertificateBuilder, purpose: str) -> x509.CertificateBuilder:
    """Key usage and policy of a signing, seal or exchange certificate (379/5.7: one purpose each)."""
    usages = ("digital_signature",) if purpose == "exchange" else ("digital_signature", "content_commitment")
    notice = x509.UserNotice(notice_reference=None, explicit_text=MARK)
    policies = [
        x509.PolicyInformation(x509.ObjectIdentifier(PURPOSES[purpose]), [notice]),
        x509.PolicyInformation(x509.ObjectIdentifier(POLICY), None),
    ]
    return as_leaf(builder, *usages).add_extension(x509.CertificatePolicies(policies), critical=False)


def for_timestamps(builder: x509.CertificateBuilder) -> x509.CertificateBuilder:
    usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
    return as_leaf(builder, "digital_signature", "content_commitment").add_extension(usage, critical=True)


def for_status_answers(builder: x509.CertificateBuilder) -> x509.CertificateBuilder:
    usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING])
    return (
        as_leaf(builder, "digital_signature")
        .add_extension(usage, critical=False)
        .add_extension(x509.OCSPNoCheck(), critical=False)
    )


def for_tls(builder: x509.CertificateBuilder, hosts: tuple[str, ...]) -> x509.CertificateBuilder:
    """A node certificate for both ends of mutual TLS."""
    usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH])
    names = x509.SubjectAlternativeName([_general_name(host) for host in hosts])
    return (
        as_leaf(builder, "digital_signature", "key_encipherment")
        .add_extension(usage, critical=False)
        .add_extension(names, critical=False)
    )


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def with_addresses(builder: x509.CertificateBuilder, issuer: Issuer, addresses: Addresses) -> x509.CertificateBuilder:
    """Where to ask for the status: CRL always, OCSP for what the issuing authority made."""
    point = x509.DistributionPoint([x509.UniformResourceIdentifier(addresses.crl(issuer.name))], None, None, None)
    access = [(AuthorityInformationAccessOID.CA_ISSUERS, addresses.certificate(issuer.name))]
    if issuer.name != "root":
        access.insert(0, (AuthorityInformationAccessOID.OCSP, addresses.ocsp))
    described = [x509.AccessDescription(kind, x509.UniformResourceIdentifier(url)) for kind, url in access]
    return builder.add_extension(x509.CRLDistributionPoints([point]), critical=False).add_extension(
        x509.AuthorityInformationAccess(described), critical=False
    )


def finish(builder: x509.CertificateBuilder, key: PrivateKey) -> x509.Certificate:
    return builder.sign(key, hashes.SHA256())

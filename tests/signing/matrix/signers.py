"""Signers that ought not to be: odd certificates, foreign authorities, programs that ask nobody's leave."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from unittest import mock

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from antin.signing.adapters.key_file import KeyFileSigner
from antin.signing.ceremony import embedding, preparation
from antin.signing.certificates import Certificate
from antin.signing.pki import DemoAuthority, Issued, TimestampAuthority, profiles
from antin.signing.pki.profiles import Issuer
from antin.values import FixedClock

from .. import test_verdict_foreign as foreign
from ..scene import BODY, FOUNDED, NOW, PERSON, House, run

DAY = timedelta(days=1)
BEGUN, ENDED = NOW - 60 * DAY, NOW + 900 * DAY


@contextmanager
def lawless() -> Iterator[None]:
    """The ceremony as a program without our rules would hold it."""
    with mock.patch.object(preparation, "check_certificate", lambda *_: None):
        yield


@cache
def elsewhere(pdf: bytes, name: str = "Ấn Tín trình diễn") -> House:
    """Another authority, by default with exactly our names, with a person and a seal."""
    place = Path(tempfile.mkdtemp(prefix="antin-elsewhere-"))
    DemoAuthority.create(place / "ca", clock=FixedClock(FOUNDED), not_before=FOUNDED, name=name)
    clock = FixedClock(NOW)
    keys = KeyFileSigner(place / "keys", lambda key: f"pass {key}".encode())
    return House(DemoAuthority.open(place / "ca", clock=clock), clock, keys, pdf)


def odd(
    house: House,
    *usages: str,
    key: str = "rsa2048",
    begun: datetime = BEGUN,
    ended: datetime = ENDED,
    issuer: Issuer | None = None,
    more: tuple[tuple[x509.ExtensionType, bool], ...] = (),
    authority: bool = False,
) -> Issued:
    """A person's certificate with wishes that the authority itself would not grant."""
    top = issuer or house.authority.issuing
    secret = profiles.new_key(key)
    name = profiles.subject(PERSON, organisation=BODY, code="MAU-0001")
    builder = profiles.build(name, secret, top, begun, ended)
    builder = (
        profiles.as_authority(builder, 0)
        if authority
        else profiles.as_leaf(builder, *(usages or ("digital_signature", "content_commitment")))
    )
    for extension, critical in more:
        builder = builder.add_extension(extension, critical=critical)
    builder = profiles.with_addresses(builder, top, house.authority.addresses)
    made = builder.sign(top.key, hashes.SHA256())
    pem = secret.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    chain = (top.certificate.public_bytes(Encoding.DER), house.authority.root_der)
    return Issued(made.public_bytes(Encoding.DER), pem, chain)


def as_issuer(issued: Issued) -> Issuer:
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    return Issuer("issuing", issued.certificate, load_pem_private_key(issued.key_pem, None))  # type: ignore[arg-type]


def by_openssl(
    house: House, signer: Issued, *options: str, older: bool = True, ber: bool = False, carry: bool = False
) -> bytes:
    """The signer's CMS, with his chain when `carry`, made by `openssl cms` over a page that our person was to sign."""
    prepared = house.prepare_person(with_seal=False)
    hole = preparation.read_state(prepared)
    pdf = prepared.pdf.replace(foreign.MODERN, foreign.OLDER) if older else prepared.pdf
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        (place / "content").write_bytes(pdf[: hole.start] + pdf[hole.end :])
        (place / "key.pem").write_bytes(signer.key_pem)
        signer.write(place, "signer")
        _, _, rest = (place / "signer.chain.pem").read_text().partition("-----END CERTIFICATE-----\n")
        (place / "above.pem").write_text(rest)
        above = ("-certfile", place / "above.pem") if carry else ()
        done = run(
            "openssl", "cms", "-sign", "-binary", "-in", place / "content", "-signer", place / "signer.chain.pem",
            "-inkey", place / "key.pem", "-outform", "DER", "-out", place / "cms", *(options or ("-md", "sha256")), *above,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        made = (place / "cms").read_bytes()
    return embedding.fill(pdf, hole.start, hole.end, foreign.indefinite(made) if ber else made)


def stamps_by(house: House, issued: Issued) -> TimestampAuthority:
    """A time-stamping authority that works with this certificate, whatever it was made for."""
    return TimestampAuthority(
        as_issuer(issued).key, (issued.certificate_der, *issued.chain_ders[:1]), clock=house.clock
    )


def kept(house: House, name: str, issued: Issued) -> Certificate:
    return house.keep(name, issued)

"""Keys at the person's: opened by the PIN for one signature, only for the certificate on record."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest

from antin.cli.english import english
from antin.signer.keys import KeySource, NotHere, Pkcs12File, Token, WrongPin
from antin.signing import cms

from .conftest import PIN, SOFTHSM, Held

Person = Callable[[str], Held]


@pytest.fixture(params=["file", "token"])
def source_of(request: pytest.FixtureRequest, held: Person) -> Callable[[str], KeySource]:
    if request.param == "file":
        return lambda kind: Pkcs12File(held(kind).pkcs12)
    label = request.getfixturevalue("token")
    return lambda _kind: Token(SOFTHSM, label)


@pytest.mark.clause("379/13.5")
@pytest.mark.parametrize(
    ("kind", "algorithm"),
    [("rsa2048", cms.RSA_PKCS1), ("rsa2048", cms.RSA_PSS), ("p256", cms.ECDSA), ("p384", cms.ECDSA_384)],
)
def test_key_signs_what_its_certificate_verifies(
    source_of: Callable[[str], KeySource], held: Person, kind: str, algorithm: str
) -> None:
    certificate = held(kind).issued.certificate_der
    value = source_of(kind).sign(PIN, certificate, b"data", algorithm)
    assert cms.raw_verify(certificate, value, b"data", algorithm)
    assert not cms.raw_verify(certificate, value, b"date", algorithm)


@pytest.mark.clause("379/13.5", "379/5.6")
def test_wrong_pin_opens_nothing_and_the_right_one_still_does(
    source_of: Callable[[str], KeySource], held: Person
) -> None:
    source, certificate = source_of("p256"), held("p256").issued.certificate_der
    for pin in ("000000", "", "24681"):
        with pytest.raises(WrongPin):
            source.sign(pin, certificate, b"data", cms.ECDSA)
    assert source.sign(PIN, certificate, b"data", cms.ECDSA)


@pytest.mark.clause("379/5.7")
def test_another_certificate_than_the_one_on_record_is_not_signed_for(
    source_of: Callable[[str], KeySource], held: Person, pki
) -> None:  # type: ignore[no-untyped-def]
    stranger = pki.issue_person("Người Lạ", "MAU-LA", key="p256").certificate_der
    with pytest.raises(NotHere):
        source_of("p256").sign(PIN, stranger, b"data", cms.ECDSA)


def test_no_token_or_no_library_is_said_plainly(token: str, held: Person) -> None:
    certificate = held("p256").issued.certificate_der
    with pytest.raises(NotHere, match="Thấy 0 thiết bị"):
        Token(SOFTHSM, "another").sign(PIN, certificate, b"data", cms.ECDSA)
    with pytest.raises(NotHere, match="thư viện"):
        Token("/nowhere/lib.so").sign(PIN, certificate, b"data", cms.ECDSA)


def test_refusals_are_told_in_the_persons_language(token: str, held: Person) -> None:
    with pytest.raises(NotHere) as caught:
        Token(SOFTHSM, "another").sign(PIN, held("p256").issued.certificate_der, b"data", cms.ECDSA)
    assert caught.value.text(english()).startswith("0 fitting signing devices found")


def test_companion_starts_without_django_and_database() -> None:
    probe = (
        "import sys, antin.cli.signer; "
        "print([m for m in ('django', 'psycopg', 'pyhanko', 'httpx', 'lxml', 'pkcs11') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout.strip() == "[]"

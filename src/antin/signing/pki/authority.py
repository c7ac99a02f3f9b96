"""The demonstration authority in a directory, and what it issues.

    home/authority.json            addresses, when made
    home/root/{key.pem,root.cer}   the root's key is needed to create the authority only (keep it offline)
    home/issuing, home/tsa, home/ocsp   keys (0600) and certificates
    home/state.json                serials issued and revoked; written under a lock, read again when it changed
    home/trust/                    what a verifier needs: root.pem, issuing.cer, root.crl

>>> authority = DemoAuthority.create(home, base_url="http://127.0.0.1:8318")     # doctest: +SKIP
>>> authority.issue_person("Nguyễn Văn Mẫu", "MAU-0001").write(keys, "mau-0001") # doctest: +SKIP
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import cast

from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates

from antin.signing.cms import PrivateKey
from antin.signing.pki import profiles, status
from antin.signing.pki.profiles import Addresses, Issuer
from antin.signing.pki.timestamps import TimestampAuthority
from antin.values import Clock, SystemClock

DAY = timedelta(days=1)
YEAR = 365 * DAY


@dataclass(frozen=True)
class Issued:
    """A certificate just made: DER, unencrypted PKCS#8 PEM of its key, chain up to the root (issuing, root)."""

    certificate_der: bytes
    key_pem: bytes
    chain_ders: tuple[bytes, ...]

    @property
    def certificate(self) -> x509.Certificate:
        return x509.load_der_x509_certificate(self.certificate_der)

    @property
    def serial_hex(self) -> str:
        return f"{self.certificate.serial_number:x}"

    def write_pkcs12(self, path: Path | str, password: bytes) -> None:
        """Key and certificate as the person's own key file (0600)."""
        key = load_pem_private_key(self.key_pem, None)
        data = serialize_key_and_certificates(
            None, cast(PrivateKey, key), self.certificate, None, BestAvailableEncryption(password)
        )
        _write_secret(Path(path), data)

    def write(self, directory: Path | str, name: str, *, passphrase: bytes | None = None) -> Path:
        """Writes `name.key.pem` (0600), `name.cer` and `name.chain.pem` into the directory; answers the key's path."""
        place = Path(directory)
        place.mkdir(parents=True, exist_ok=True)
        key = load_pem_private_key(self.key_pem, None)
        path = place / f"{name}.key.pem"
        _write_secret(path, _pem(key, passphrase))  # type: ignore[arg-type]
        (place / f"{name}.cer").write_bytes(self.certificate_der)
        pem = [
            x509.load_der_x509_certificate(c).public_bytes(Encoding.PEM)
            for c in (self.certificate_der, *self.chain_ders)
        ]
        (place / f"{name}.chain.pem").write_bytes(b"".join(pem))
        return path


class DemoAuthority:
    """Opened on its home directory. Every method that makes something reads the injected clock."""

    def __init__(self, home: Path | str, *, clock: Clock | None = None) -> None:
        self.home = Path(home)
        self.clock = clock or SystemClock()
        settings = json.loads((self.home / "authority.json").read_text())
        self.addresses = Addresses(settings["base_url"])
        self.issuing = self._issuer("issuing")
        self.root_der = (self.home / "root" / "root.cer").read_bytes()
        self._seen: tuple[int, status.State] = (0, status.State())

    # making and opening

    @classmethod
    def create(
        cls,
        home: Path | str,
        *,
        base_url: str = "http://127.0.0.1:8318",
        name: str = "Ấn Tín trình diễn",
        clock: Clock | None = None,
        not_before: datetime | None = None,
    ) -> DemoAuthority:
        """Makes the authority in a new directory; FileExistsError when there is one already."""
        place = Path(home)
        if (place / "authority.json").exists():
            raise FileExistsError(f"{place} holds an authority already")
        place.mkdir(parents=True, exist_ok=True)
        place.chmod(0o700)
        begun = not_before or (clock or SystemClock()).now() - timedelta(minutes=5)
        _found(place, Addresses(base_url), name, begun.astimezone(UTC).replace(microsecond=0))
        _write_text(place / "authority.json", json.dumps({"base_url": base_url, "name": name}))
        return cls(place, clock=clock)

    @classmethod
    def open(cls, home: Path | str, *, clock: Clock | None = None) -> DemoAuthority:
        """Opens what `create` made; FileNotFoundError when there is none."""
        return cls(home, clock=clock)

    def _issuer(self, name: str) -> Issuer:
        certificate = x509.load_der_x509_certificate((self.home / name / f"{name}.cer").read_bytes())
        return Issuer(name, certificate, _load_key(self.home / name / "key.pem"))

    # issuing

    def issue_person(self, name: str, code: str, *, organisation: str = "", **wishes: object) -> Issued:
        """A person's signing certificate (379/8.2). Wishes: key, not_before, not_after, locality."""
        return self._issue("sign", name, code, organisation, **wishes)  # type: ignore[arg-type]

    def issue_seal(self, organisation: str, code: str, **wishes: object) -> Issued:
        """An organisation's seal certificate (379/8.4)."""
        return self._issue("seal", organisation, code, organisation, **wishes)  # type: ignore[arg-type]

    def issue_exchange(self, organisation: str, code: str, **wishes: object) -> Issued:
        """An organisation's certificate for messages and receipts; it may not sign documents (379/5.7)."""
        return self._issue("exchange", organisation, code, organisation, **wishes)  # type: ignore[arg-type]

    def _issue(
        self,
        purpose: str,
        name: str,
        code: str,
        organisation: str,
        *,
        key: str = "rsa2048",
        not_before: datetime | None = None,
        not_after: datetime | None = None,
        locality: str = "",
    ) -> Issued:
        holder = profiles.subject(name, organisation=organisation, code=code, locality=locality)
        secret = profiles.new_key(key)
        builder = profiles.build(holder, secret, self.issuing, *self._period(not_before, not_after, 3 * YEAR))
        return self._sign(profiles.for_purpose(builder, purpose), secret)

    def issue_tls(self, name: str, *, hosts: tuple[str, ...] = ("localhost", "127.0.0.1"), key: str = "p256") -> Issued:
        """A node certificate for mutual TLS: server and client in one."""
        secret = profiles.new_key(key)
        holder = profiles.subject(name, code=name)
        builder = profiles.build(holder, secret, self.issuing, *self._period(None, None, YEAR))
        return self._sign(profiles.for_tls(builder, hosts), secret)

    def _period(
        self, not_before: datetime | None, not_after: datetime | None, span: timedelta
    ) -> tuple[datetime, datetime]:
        begun = not_before or max(
            self.clock.now() - timedelta(minutes=1), self.issuing.certificate.not_valid_before_utc
        )
        return begun, not_after or min(begun + span, self.issuing.certificate.not_valid_after_utc)

    def _sign(self, builder: x509.CertificateBuilder, secret: PrivateKey) -> Issued:
        addressed = profiles.with_addresses(builder, self.issuing, self.addresses)
        certificate = profiles.finish(addressed, self.issuing.key)
        with self._state() as state:
            state.issued[f"{certificate.serial_number:x}"] = certificate.subject.rfc4514_string()
        chain = (self.issuing.certificate.public_bytes(Encoding.DER), self.root_der)
        return Issued(certificate.public_bytes(Encoding.DER), _pem(secret, None), chain)

    def renew_timestamps(self, *, key: str = "p256") -> bytes:
        """A new key and certificate (DER) for the time stamps, for ten years or as long as the issuing authority lives.

        Tokens given before remain good under the former certificate, which is kept beside as `former-SERIAL.cer`.
        """
        former = self._issuer("tsa").certificate
        (self.home / "tsa" / f"former-{former.serial_number:x}.cer").write_bytes(former.public_bytes(Encoding.DER))
        name = json.loads((self.home / "authority.json").read_text())["name"]
        begun, _ = self._period(None, None, 10 * YEAR)
        common_name = f"MẪU – {name}: dấu thời gian"
        made = _certify(self.home, self.issuing, "tsa", common_name, name, self.addresses, begun, 10, key)
        with self._state() as state:
            state.issued[f"{made.certificate.serial_number:x}"] = made.certificate.subject.rfc4514_string()
        self.__dict__.pop("timestamps", None)
        return made.certificate.public_bytes(Encoding.DER)

    # status

    def revoke(self, certificate_der: bytes, *, at: datetime | None = None, reason: str = "keyCompromise") -> None:
        """Revokes what we issued, from `at` (now by default); KeyError when the serial is not ours."""
        serial = f"{x509.load_der_x509_certificate(certificate_der).serial_number:x}"
        with self._state() as state:
            if serial not in state.issued:
                raise KeyError(serial)
            state.revoked[serial] = (at or self.clock.now(), reason)

    def crl(self, issuer: str = "issuing", *, at: datetime | None = None) -> bytes:
        """The revocation list in DER; the root's was made with its key when the authority was created."""
        if issuer == "root":
            return (self.home / "trust" / "root.crl").read_bytes()
        return status.revocation_list(self.issuing, self.state(), at or self.clock.now(), DAY)

    def answer_status(self, request: bytes, *, at: datetime | None = None) -> bytes:
        """The OCSP answer (RFC 6960) in DER, signed by the delegated responder; malformed requests are told so."""
        return status.answer(
            request, self.issuing.certificate, self.responder, self.state(), at or self.clock.now(), DAY
        )

    @cached_property
    def responder(self) -> Issuer:
        return self._issuer("ocsp")

    @cached_property
    def timestamps(self) -> TimestampAuthority:
        """The time-stamping authority with its key loaded once."""
        signer = self._issuer("tsa")
        chain = (
            signer.certificate.public_bytes(Encoding.DER),
            self.issuing.certificate.public_bytes(Encoding.DER),
        )
        return TimestampAuthority(signer.key, chain, clock=self.clock)

    def published(self, name: str) -> bytes:
        """A CA certificate by its published name (`root`, `issuing`, `tsa`, `ocsp`); KeyError when there is none."""
        if name not in {"root", "issuing", "tsa", "ocsp"}:
            raise KeyError(name)
        return (self.home / name / f"{name}.cer").read_bytes()

    @property
    def trust_dir(self) -> Path:
        """What a verifier needs, in a directory of its own."""
        return self.home / "trust"

    def state(self) -> status.State:
        """Serials issued and revoked, read again only when the file changed."""
        path = self.home / "state.json"
        changed = path.stat().st_mtime_ns
        if changed != self._seen[0]:
            self._seen = (changed, status.State.from_json(path.read_text()))
        return self._seen[1]

    @contextmanager
    def _state(self) -> Iterator[status.State]:
        path = self.home / "state.json"
        with (self.home / "state.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            state = status.State.from_json(path.read_text())
            yield state
            _write_text(path, state.to_json())


def _found(home: Path, addresses: Addresses, name: str, begun: datetime) -> None:
    """Root, issuing authority, time stamps and status answers, each with key and certificate."""
    root_key = profiles.new_key("rsa3072")
    root_name = profiles.subject(f"MẪU – {name}: CA gốc", organisation=name)
    root = profiles.finish(
        profiles.as_authority(profiles.build(root_name, root_key, None, begun, begun + 20 * YEAR), 1), root_key
    )
    top = Issuer("root", root, root_key)
    _keep(home, top)
    issuing = _certify(home, top, "issuing", f"MẪU – {name}: CA cấp phát", name, addresses, begun, 15)
    stamps = _certify(home, issuing, "tsa", f"MẪU – {name}: dấu thời gian", name, addresses, begun, 10)
    _certify(home, issuing, "ocsp", f"MẪU – {name}: trạng thái chứng thư", name, addresses, begun, 10)
    trust = home / "trust"
    trust.mkdir(exist_ok=True)
    (trust / "root.pem").write_bytes(root.public_bytes(Encoding.PEM))
    (trust / "issuing.cer").write_bytes(issuing.certificate.public_bytes(Encoding.DER))
    (trust / "root.crl").write_bytes(status.revocation_list(top, status.State(), begun, 20 * YEAR))
    issued = {f"{stamps.certificate.serial_number:x}": stamps.certificate.subject.rfc4514_string()}
    _write_text(home / "state.json", status.State(issued).to_json())


def _certify(
    home: Path,
    issuer: Issuer,
    role: str,
    common_name: str,
    name: str,
    addresses: Addresses,
    begun: datetime,
    years: int,
    kind: str = "",
) -> Issuer:
    key = profiles.new_key(kind or {"issuing": "rsa3072", "tsa": "rsa2048", "ocsp": "p256"}[role])
    holder = profiles.subject(common_name, organisation=name)
    until = min(begun + years * YEAR, issuer.certificate.not_valid_after_utc)
    builder = profiles.build(holder, key, issuer, begun, until)
    if role == "issuing":
        builder = profiles.as_authority(builder, 0)
    elif role == "tsa":
        builder = profiles.for_timestamps(builder)
    else:
        builder = profiles.for_status_answers(builder)
    if role != "ocsp":
        builder = profiles.with_addresses(builder, issuer, addresses)
    made = Issuer(role, profiles.finish(builder, issuer.key), key)
    _keep(home, made)
    return made


def _keep(home: Path, issuer: Issuer) -> None:
    place = home / issuer.name
    place.mkdir(exist_ok=True)
    place.chmod(0o700)
    _write_secret(place / "key.pem", _pem(issuer.key, None))
    (place / f"{issuer.name}.cer").write_bytes(issuer.certificate.public_bytes(Encoding.DER))


def _pem(key: PrivateKey, passphrase: bytes | None) -> bytes:
    hidden: KeySerializationEncryption = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, hidden)


def _load_key(path: Path) -> PrivateKey:
    # Our own file in our own 0700 directory: the primality check of an RSA key costs up to 0.5 s and adds nothing.
    return load_pem_private_key(path.read_bytes(), None, unsafe_skip_rsa_key_validation=True)  # type: ignore[return-value]


def _write_secret(path: Path, data: bytes) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)


def _write_text(path: Path, text: str) -> None:
    part = path.with_suffix(".part")
    part.write_text(text)
    part.replace(path)

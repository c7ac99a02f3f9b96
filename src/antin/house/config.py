"""One installation's configuration: `antin.toml` in its home folder, mode 0600.

The home holds everything an installation owns besides its database: `keys/` (0600 each), `blobs/` (ciphertext),
`trust/` (anchors), `antin.toml`. `$ANTIN_HOME` names it. No secret stands in the file itself.
"""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

HOME_VARIABLE = "ANTIN_HOME"
CONFIG_NAME = "antin.toml"


@dataclass(frozen=True)
class Web:
    host: str = "127.0.0.1"
    port: int = 8000
    base_url: str = "http://127.0.0.1:8000"
    trusted_proxies: tuple[str, ...] = ()
    """Addresses or networks of the proxies in front: only what they add to X-Forwarded-For is believed."""


@dataclass(frozen=True)
class Exchange:
    """The receiving endpoint under mutual TLS, and how partners reach it."""

    host: str = "127.0.0.1"
    port: int = 8443
    url: str = "https://127.0.0.1:8443"
    node_certificate: str = "keys/node.pem"
    node_key: str = "keys/node.key"
    node_authority: str = "trust/nodes.pem"


@dataclass(frozen=True)
class Axis:
    """The connection to the national axis (217/7.3): its address, our system's id there, the file of the shared secret.

    Without an address there is none. The secret is text in a file of mode 0600, never in this configuration.
    """

    url: str = ""
    system_id: str = ""
    secret: str = "keys/axis.key"


@dataclass(frozen=True)
class National:
    """The provider of national identity accounts (379/11.3), over OpenID Connect: no issuer, none.

    `secret`: the file (0600) of what the provider gave for `client_id`. `number_claim`: where it tells the personal
    identification number. `levels`: the values of `acr` that are enough. `authority`: a PEM file of who vouches for its
    servers' certificates, "" for the system's list. The address it sends people back to is `web.base_url`/vao/quoc-gia/ve.
    """

    issuer: str = ""
    client_id: str = ""
    secret: str = "keys/national.key"
    name: str = "VNeID"
    scopes: tuple[str, ...] = ("openid",)
    number_claim: str = "personal_number"
    levels: tuple[str, ...] = ("2",)
    authority: str = ""


@dataclass(frozen=True)
class Mail:
    """The account of official mail (217/7.2): no address, no account. Passwords stand in a file of mode 0600, never here.

    `security` is tls (from the first byte) or starttls; there is no third. `authority`: a PEM file of who vouches for the
    servers' certificates, "" for the system's list. `decryption`: a PEM file (0600) with the key and certificate that
    others encrypt for, "" for none.
    """

    address: str = ""
    user: str = ""
    secret: str = "keys/mail.key"
    smtp_host: str = ""
    smtp_port: int = 465
    smtp_security: str = "tls"
    imap_host: str = ""
    imap_port: int = 993
    imap_security: str = "tls"
    authority: str = ""
    decryption: str = ""
    done_folder: str = "Antin"
    aside_folder: str = "Antin-khac"


@dataclass(frozen=True)
class Signing:
    timestamp_urls: tuple[str, ...] = ()
    """Timestamp authorities, asked in this order."""
    timestamp_wait_s: float = 5.0
    """How long each is waited for while a person waits; then the signature stands without its timestamp."""
    timestamp_deadline_s: float = 180.0
    """How long the worker waits for each when it completes timestamps afterwards."""
    archive_margin_days: float = 365
    """So long before the end of what proves it a stored file's archive timestamp is renewed."""
    revocation_hosts: tuple[str, ...] = ()
    """Who may be asked for certificate states, as host or host:port; nobody else is, whatever a certificate says."""
    revocation_rewrite: Mapping[str, str] = field(default_factory=dict)
    """Beginnings of such addresses, and what is asked in their place."""
    internal_hosts: tuple[str, ...] = ()
    """Those of the hosts above, and of the timestamp authorities, that may lie in a private network."""
    trust: str = "trust/signing"
    authority: str = ""
    """The folder of an authority of one's own, for trials (`python -m antin.signing.pki.server`); "" for none."""
    token_journal: str = ""
    """The folder of that authority's journal of timestamp tokens; the one installation that names it keeps them in its ledger."""
    device_port: int = 8970
    """Where pages look for the companion on the user's own computer (docs/signer.md)."""


@dataclass(frozen=True)
class Cipher:
    """The installed cipher product: the name of its entry point in the group `antin.cipher_product`, "" for none.

    "antin-mau" is our own reference product, for tests and demonstrations only: nobody has certified it.
    """

    product: str = ""
    folder: str = "keys/cipher"


@dataclass(frozen=True)
class Backup:
    """Folders on media of their own, at least two for an archive; none means no backup is made. Hours and days."""

    targets: tuple[str, ...] = ()
    every_hours: float = 24
    keep_days: float = 30
    prove_days: float = 7


@dataclass(frozen=True)
class Demo:
    """Only in a demonstration world: people offered on the sign-in page, and the sample mark on every page."""

    people: str = ""
    sample: bool = False


@dataclass(frozen=True)
class Config:
    home: Path
    name: str = "antin"
    title: str = ""
    database_url: str = ""
    own_database: bool = False
    organisation: str = ""
    times_new_roman: str = ""
    web: Web = field(default_factory=Web)
    exchange: Exchange = field(default_factory=Exchange)
    axis: Axis = field(default_factory=Axis)
    mail: Mail = field(default_factory=Mail)
    national: National = field(default_factory=National)
    signing: Signing = field(default_factory=Signing)
    cipher: Cipher = field(default_factory=Cipher)
    backup: Backup = field(default_factory=Backup)
    demo: Demo = field(default_factory=Demo)

    def path(self, relative: str) -> Path:
        """A path of the configuration, relative to the home unless absolute."""
        return self.home / relative


def home() -> Path | None:
    """The folder `$ANTIN_HOME` names, or None."""
    named = os.environ.get(HOME_VARIABLE)
    return Path(named).absolute() if named else None


def load(folder: Path) -> Config:
    """Reads `antin.toml`. FileNotFoundError without one; TypeError for a key that means nothing."""
    with (folder / CONFIG_NAME).open("rb") as file:
        raw = tomllib.load(file)
    parts = {
        "web": Web(**_tuples(raw.pop("web", {}))),
        "exchange": Exchange(**raw.pop("exchange", {})),
        "axis": Axis(**raw.pop("axis", {})),
        "mail": Mail(**raw.pop("mail", {})),
        "national": National(**_tuples(raw.pop("national", {}))),
        "signing": Signing(**_tuples(raw.pop("signing", {}))),
        "cipher": Cipher(**raw.pop("cipher", {})),
        "backup": Backup(**_tuples(raw.pop("backup", {}))),
        "demo": Demo(**raw.pop("demo", {})),
    }
    return Config(home=folder, **raw, **parts)


def save(config: Config) -> Path:
    """Writes `antin.toml` atomically, readable by its owner alone."""
    config.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    target = config.home / CONFIG_NAME
    draft = target.with_suffix(".new")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(_toml(config))
    draft.replace(target)
    return target


def _tuples(table: dict[str, object]) -> dict[str, object]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in table.items()}


def _toml(config: Config) -> str:
    values = asdict(config)
    values.pop("home")
    plain = [line(key, value) for key, value in values.items() if not isinstance(value, dict)]
    for name, table in values.items():
        if isinstance(table, dict):
            plain += ["", f"[{name}]", *(line(key, value) for key, value in table.items())]
    return "\n".join(plain) + "\n"


def line(key: str, value: object) -> str:
    """One TOML assignment; a mapping becomes an inline table of strings."""
    if isinstance(value, Mapping):
        return f"{key} = {{{', '.join(line(_toml_value(name), one) for name, one in value.items())}}}"
    return f"{key} = {_toml_value(value)}"


def _toml_value(value: object) -> str:
    """JSON's spelling of strings, numbers, booleans and lists is TOML's as well."""
    return json.dumps(value, ensure_ascii=False)

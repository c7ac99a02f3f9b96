"""Every port gets its adapter here and nowhere else."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from importlib.metadata import entry_points
from pathlib import Path

import antin.archive.ports
import antin.continuity.ports
import antin.conversion.ports
import antin.documents.ports
import antin.exchange.ports
import antin.identity.ports
import antin.ledger.ports
import antin.signing.ports
import antin.vault.ports
from antin.archive.adapters.handover import HandOverSheet
from antin.continuity.adapters.directory_target import DirectoryTarget
from antin.continuity.adapters.postgres_tools import PostgresTools
from antin.conversion.adapters.paper import PaperPrinter
from antin.documents.adapters.page_images import PdfiumPages
from antin.documents.adapters.typst_layout import TypstLayout
from antin.exchange.adapters.axis_http import AxisHttp
from antin.exchange.adapters.mail_servers import Account, MailServers
from antin.exchange.adapters.party_network import PartyNetwork
from antin.exchange.adapters.told_deliveries import ToldDeliveries
from antin.exchange.adapters.told_receipts import ToldReceipts
from antin.exchange.axis.protocol import Credentials
from antin.house import postgres
from antin.house.config import Config
from antin.house.rehearsal import RestoreElsewhere
from antin.house.secrets import ledger_key, passphrases, read_secret
from antin.identity.adapters.openid_connect import OpenIdConnect, Provider
from antin.signing.adapters.embedded_authority import EmbeddedAuthority
from antin.signing.adapters.http_revocation import HttpRevocation
from antin.signing.adapters.http_timestamper import HttpTimestamper
from antin.signing.adapters.key_file import KeyFileSigner
from antin.signing.imported_lists import ImportedLists
from antin.signing.trust import Trust
from antin.signing.trusting import store
from antin.values import SystemClock
from antin.vault.adapters.directory_store import DirectoryStore
from antin.vault.adapters.file_key_keeper import FileKeyKeeper
from antin.vault.adapters.reference_product import ReferenceProduct
from antin.vault.secrecy import WordsOfDocuments

COMES_BACK = "/vao/quoc-gia/ve"
"""Where the provider of national accounts sends people back to."""
SYSTEM = "Ấn Tín"
"""The name of the information system, as a paper copy gives it (379/16.3.b)."""


def wire(config: Config) -> None:
    """Binds the adapters of one installation. Called once per process, after Django has loaded every room."""
    keeper = FileKeyKeeper(config.path("keys/vault.key"))
    store = DirectoryStore(config.path("blobs"))
    antin.vault.ports.bind(antin.vault.ports.Ports(store=store, keeper=keeper, product=_cipher_product(config)))
    antin.ledger.ports.bind(
        antin.ledger.ports.Ports(
            log_name=config.name,
            signing_key=ledger_key(config.path("keys/ledger.key")),
            words=WordsOfDocuments(),
        )
    )
    antin.documents.ports.bind(
        antin.documents.ports.Ports(
            layout=TypstLayout(Path(config.times_new_roman) if config.times_new_roman else None), images=PdfiumPages()
        )
    )
    antin.conversion.ports.bind(
        antin.conversion.ports.Ports(
            printer=PaperPrinter(Path(config.times_new_roman) if config.times_new_roman else None),
            deliveries=ToldDeliveries(),
            system=SYSTEM,
            base_url=config.web.base_url,
        )
    )
    antin.archive.ports.bind(
        antin.archive.ports.Ports(
            receipts=ToldReceipts(),
            printer=HandOverSheet(Path(config.times_new_roman) if config.times_new_roman else None),
            spool=config.path("spool"),
            system=SYSTEM,
        )
    )
    antin.identity.ports.bind(
        antin.identity.ports.Ports(totp_secret=read_secret(config.path("keys/totp.key")), national=_national(config))
    )
    antin.signing.ports.bind(_signing(config))
    antin.exchange.ports.bind(_exchange(config))
    antin.continuity.ports.bind(_continuity(config, keeper, store))


def _cipher_product(config: Config) -> antin.vault.ports.CipherProduct | None:
    """The product named in the configuration; LookupError when it is not installed: better no start than no cipher."""
    if not config.cipher.product:
        return None
    folder = config.path(config.cipher.folder)
    if config.cipher.product == ReferenceProduct.name:
        return ReferenceProduct(folder)
    found = next(iter(entry_points(group="antin.cipher_product", name=config.cipher.product)), None)
    if found is None:
        raise LookupError(f"cipher product {config.cipher.product} is not installed")
    product: antin.vault.ports.CipherProduct = found.load()(folder)
    return product


def _signing(config: Config) -> antin.signing.ports.Ports:
    said, trust = config.signing, config.path(config.signing.trust)
    urls, internal, lists = list(said.timestamp_urls), said.internal_hosts, ImportedLists(trust)
    signer = KeyFileSigner(config.path("keys/signers"), passphrase=passphrases(config))
    own = config.path(said.authority) if said.authority else None
    return antin.signing.ports.Ports(
        signer=signer,
        authority=EmbeddedAuthority(own, signer) if own else None,
        token_journal=config.path(said.token_journal) if said.token_journal else None,
        timestamper=HttpTimestamper(urls, internal=internal, timeout_s=said.timestamp_wait_s, attempts=1),
        revocation=HttpRevocation(
            said.revocation_hosts, internal=internal, rewrite=said.revocation_rewrite, imported=lists
        ),
        trust=replace(Trust.from_dir(trust), crls=lists()),
        clock=SystemClock(),
        patient=HttpTimestamper(urls, internal=internal, timeout_s=said.timestamp_deadline_s),
        archive_margin=timedelta(days=said.archive_margin_days),
        on_record=store.on_record,
        lists=lists,
    )


def _exchange(config: Config) -> antin.exchange.ports.Ports:
    node = (config.exchange.node_certificate, config.exchange.node_key, config.exchange.node_authority)
    return antin.exchange.ports.Ports(
        installation=config.name,
        organisation_code=config.organisation,
        url=config.exchange.url,
        spool=config.path("spool"),
        channel=PartyNetwork(*(config.path(part) for part in node)),
        axis=_axis(config),
        mail=_mail(config),
    )


def _national(config: Config) -> OpenIdConnect | None:
    """The provider of national identity accounts, where the configuration names one; its secret is a file of its own (0600)."""
    said = config.national
    if not said.issuer:
        return None
    provider = Provider(
        name=said.name,
        issuer=said.issuer,
        client_id=said.client_id,
        secret=read_secret(config.path(said.secret)),
        back=f"{config.web.base_url.rstrip('/')}{COMES_BACK}",
        number_claim=said.number_claim,
        levels=said.levels,
        scopes=said.scopes,
        authority=str(config.path(said.authority)) if said.authority else "",
    )
    return OpenIdConnect(provider, SystemClock())


def _axis(config: Config) -> antin.exchange.ports.Axis | None:
    """The national axis, where the configuration names one; the secret is read from its own file (0600)."""
    if not config.axis.url:
        return None
    return AxisHttp(config.axis.url, Credentials(config.axis.system_id, read_secret(config.path(config.axis.secret))))


def _mail(config: Config) -> antin.exchange.ports.Mail | None:
    """The account of official mail, where the configuration names one; its files must be readable by their owner alone."""
    said = config.mail
    if not said.address:
        return None
    account = Account(
        address=said.address,
        user=said.user or said.address,
        secret=read_secret(config.path(said.secret)),
        smtp_host=said.smtp_host,
        smtp_port=said.smtp_port,
        smtp_security=said.smtp_security,
        imap_host=said.imap_host,
        imap_port=said.imap_port,
        imap_security=said.imap_security,
        authority=str(config.path(said.authority)) if said.authority else "",
        done_folder=said.done_folder,
        aside_folder=said.aside_folder,
    )
    decryption = config.path(said.decryption) if said.decryption else None
    if decryption is not None:
        read_secret(decryption)
    return MailServers(account, decryption)


def _continuity(config: Config, keeper: FileKeyKeeper, store: DirectoryStore) -> antin.continuity.ports.Ports:
    return antin.continuity.ports.Ports(
        installation=config.name,
        home=config.home,
        database_url=config.database_url,
        signing_key=ledger_key(config.path("keys/ledger.key")),
        keeper=keeper,
        store=store,
        tools=PostgresTools(postgres.find_binaries()),
        rehearsal=RestoreElsewhere(config.path("keys")),
        targets=tuple(DirectoryTarget(config.path(folder)) for folder in config.backup.targets),
        every=timedelta(hours=config.backup.every_hours),
        keep=timedelta(days=config.backup.keep_days),
        prove_every=timedelta(days=config.backup.prove_days),
        token_journal=config.path(config.signing.token_journal) if config.signing.token_journal else None,
    )

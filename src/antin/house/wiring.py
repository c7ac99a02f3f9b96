"""Every port gets its adapter here and nowhere else."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

import antin.documents.ports
import antin.ledger.ports
import antin.vault.ports
from antin.house.config import Config
from antin.vault.adapters.directory_store import DirectoryStore
from antin.vault.adapters.file_key_keeper import FileKeyKeeper


def wire(config: Config) -> None:
    """Binds the adapters of one installation. Called once per process, after Django has loaded every room."""
    antin.vault.ports.bind(
        antin.vault.ports.Ports(
            store=DirectoryStore(config.path("blobs")), keeper=FileKeyKeeper(config.path("keys/vault.key"))
        )
    )
    antin.ledger.ports.bind(antin.ledger.ports.Ports(log_name=config.name, signing_key=_ledger_key(config)))


def _ledger_key(config: Config) -> Ed25519PrivateKey:
    key = load_pem_private_key(config.path("keys/ledger.key").read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise TypeError("keys/ledger.key must hold an Ed25519 key")
    return key

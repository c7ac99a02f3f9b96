"""From a backup set to an installation's home: proven, opened, laid out. Nothing is believed before its digest held.

Works without Django until the database is back; then `continuity.acts.begin_restored` compares and ends what ended.
"""

from __future__ import annotations

import hashlib
import io
import shutil
import tarfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg

from antin.continuity import manifest, token_journal
from antin.continuity.adapters.directory_target import DirectoryTarget
from antin.continuity.adapters.postgres_tools import PostgresTools
from antin.continuity.manifest import Manifest, NotOurs, Part
from antin.house import config as configuration
from antin.house import install, postgres
from antin.house.secrets import ledger_key
from antin.vault import apart
from antin.vault.adapters.directory_store import DirectoryStore
from antin.vault.adapters.file_key_keeper import FileKeyKeeper

MARK = "restoring"
"""Stands in the home until the comparison is done: broken off in between, nothing starts there."""
JOURNAL = "token-journal"
MOST_HOME_BYTES = 64 * 1024 * 1024


class CannotRestore(Exception):
    """The restore was not begun or is of no use; the text says why and nothing was overwritten."""


@dataclass(frozen=True)
class Laid:
    """A restored home whose database still waits for its comparison; `cluster` is ours to stop."""

    config: configuration.Config
    manifest: Manifest
    cluster: postgres.Cluster | None


def lay_out(set_folder: Path, keys: Path, home: Path, database_url: str = "") -> Laid:
    """A new home with the set's database, contents and configuration, under the keys kept apart.

    CannotRestore for a home that is not empty, a database that is not, a set that is not genuine or not whole;
    KeyRefused when the keys no longer open it.
    """
    if home.exists() and any(home.iterdir()):
        raise CannotRestore(f"{home} is not empty")
    target = DirectoryTarget(set_folder.parent.parent)
    made = genuine(target, set_folder.name, keys)
    key = apart.key_of(FileKeyKeeper(keys / "vault.key"), made.set_id, made.wrapped_key)
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    (home / MARK).touch(mode=0o600)
    _home_files(home, b"".join(key.unseal("home", target.read(set_folder.name, "home.sealed"))))
    shutil.copytree(keys, home / "keys", dirs_exist_ok=True)
    _copy_objects(target, set_folder.name, home)
    kept = replace(configuration.load(home), home=home)
    if token_journal.PART in {part.name for part in made.parts}:
        kept = _with_journal(kept, key.unseal("tokens", target.read(set_folder.name, token_journal.PART)))
    with ExitStack() as unless_done:
        cluster = None if database_url else postgres.start(home)
        if cluster:
            unless_done.callback(cluster.stop)
        url = database_url or (cluster.ensure_database(f"antin_{kept.name.replace('-', '_')}") if cluster else "")
        _must_be_empty(url)
        config = install.create(replace(kept, database_url=url, own_database=cluster is not None))
        pieces = key.unseal("database", target.read(set_folder.name, "database.sealed"))
        PostgresTools(postgres.find_binaries()).restore(url, pieces)
        unless_done.pop_all()
    return Laid(config, made, cluster)


def genuine(target: DirectoryTarget, set_name: str, keys: Path) -> Manifest:
    """The set's catalogue, signed by this installation, every part of it whole. CannotRestore otherwise."""
    try:
        data = b"".join(target.read(set_name, "manifest.json"))
        signature = b"".join(target.read(set_name, "manifest.sig"))
        made = manifest.opened(data, signature, ledger_key(keys / "ledger.key").public_key())
        for part in made.parts:
            _whole(target.read(set_name, part.name), part)
    except (OSError, NotOurs) as error:
        raise CannotRestore(f"{set_name}: {error}") from error
    return made


def _whole(pieces: Iterator[bytes], part: Part) -> None:
    digest, size = hashlib.sha256(), 0
    for piece in pieces:
        digest.update(piece)
        size += len(piece)
    if (size, digest.hexdigest()) != (part.size, part.digest):
        raise NotOurs(f"{part.name} is not what was written")


def _home_files(home: Path, whole: bytes) -> None:
    if len(whole) > MOST_HOME_BYTES:
        raise CannotRestore("the configuration in the set is too large to be one")
    with tarfile.open(fileobj=io.BytesIO(whole)) as archive:
        archive.extractall(home, filter="data")
    (home / configuration.CONFIG_NAME).chmod(0o600)


def _with_journal(config: configuration.Config, pieces: Iterator[bytes]) -> configuration.Config:
    """The journal of tokens where the configuration has it, in the new home when that place is gone; one that still lives
    elsewhere, with its authority, knows more than the set and is left alone."""
    place = config.path(config.signing.token_journal or JOURNAL)
    if place.is_dir() and any(place.iterdir()):
        return config
    if not (config.signing.token_journal and place.is_relative_to(config.home)):
        config = replace(config, signing=replace(config.signing, token_journal=JOURNAL))
    try:
        token_journal.laid_out(pieces, config.path(config.signing.token_journal))
    except (NotOurs, OSError) as error:
        raise CannotRestore(str(error)) from error
    return config


def _copy_objects(target: DirectoryTarget, set_name: str, home: Path) -> None:
    (home / "blobs").mkdir(mode=0o700, exist_ok=True)
    there, here = target.objects, DirectoryStore(home / "blobs")
    for name in b"".join(target.read(set_name, "objects.txt")).decode("ascii").split():
        try:
            kept = here.put(there.get(name))
        except FileNotFoundError:
            raise CannotRestore(f"object {name} is missing in the backup") from None
        if kept != name:
            here.delete(kept)
            raise CannotRestore(f"object {name} in the backup is damaged")


def _must_be_empty(url: str) -> None:
    with psycopg.connect(url) as connection:
        row = connection.execute("select count(*) from pg_tables where schemaname = 'public'").fetchone()
        if row and row[0]:
            raise CannotRestore("the database to restore into is not empty")

"""An exported log: checked by us, by a second implementation and by Go; every falsification refused."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection

from antin.ledger import acts, command, note, ports, queries
from antin.ledger.bundle import BundleParts
from antin.ledger.tiles import join_bundle, split_bundle
from antin.ledger.verify import verify_export
from antin.values import Actor, canonical_json, new_id

from . import naive
from .places import append, append_many

GO_LIBRARY = Path("/usr/share/gocode/src/golang.org/x/mod/sumdb/tlog")
ORACLE = Path(__file__).with_name("oracle") / "main.go"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker) -> Path:
    """A log of 530 entries in several turns, exported once for the module; the database stays as it was."""
    folder, before = tmp_path_factory.mktemp("log"), ports.bound()
    ports.bind(ports.Ports("so.example", KEY))
    with django_db_blocker.unblock():
        connection.set_autocommit(False)
        try:
            document = new_id()
            for count in (1, 255, 1, 20, 250):
                append_many(count)
                append(document)
                acts.integrate_here()
            acts.export(folder)
            for entry in queries.evidence(document):
                (folder / f"{entry.id}.entry").write_bytes(entry.payload)
                (folder / f"{entry.id}.tlog-proof").write_text(entry.proof or "", encoding="utf-8")
        finally:
            connection.rollback()
            connection.set_autocommit(True)
            ports.bind(before)
    return folder

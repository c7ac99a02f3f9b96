"""A sequencer as a process of its own, to be killed: `sequencer_process.py CONNINFO SEED_HEX LOG_NAME`."""

from __future__ import annotations

import sys
import time

import django
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from psycopg.conninfo import conninfo_to_dict


def main(address: str, seed: str, log_name: str) -> None:
    parts = conninfo_to_dict(address)
    database = {"NAME": parts["dbname"], "USER": parts["user"], "HOST": parts["host"]}
    settings.configure(
        INSTALLED_APPS=["antin.ledger"],
        DATABASES={"default": {"ENGINE": "django.db.backends.postgresql", **database}},
        USE_TZ=True,
    )
    django.setup()
    from antin.ledger import acts, ports

    ports.bind(ports.Ports(log_name, Ed25519PrivateKey.from_private_bytes(bytes.fromhex(seed))))
    print("ready", flush=True)
    while True:
        if not acts.integrate():
            time.sleep(0.01)


if __name__ == "__main__":
    main(*sys.argv[1:])

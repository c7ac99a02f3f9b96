"""`antin ledger verify|export|key`: proofs for an outsider; only `export` and `key` need the installation."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from antin.cli.django_setup import installation
from antin.ledger.bundle import verify_bundle
from antin.ledger.command import verify

INDETERMINATE = 3


def options(parser: argparse.ArgumentParser, _: str) -> None:
    parts = parser.add_subparsers(dest="part", required=True, metavar="verify|export|key")
    check = parts.add_parser("verify", help="verify an exported ledger (folder) or a proof bundle (zip), offline")
    check.add_argument("path", type=Path)
    check.add_argument("--key", help="the log's public key, got by another way")
    check.add_argument("--json", action="store_true")
    export = parts.add_parser("export", help="write the ledger with its proofs into a folder")
    export.add_argument("path", type=Path)
    export.add_argument("--home", help="the installation's folder (else $ANTIN_HOME)")
    key = parts.add_parser("key", help="print the log's public key, to be published by a second way")
    key.add_argument("--home", help="the installation's folder (else $ANTIN_HOME)")


def run(arguments: argparse.Namespace) -> int:
    return {"verify": _verify, "export": _export, "key": _key}[arguments.part](arguments)


def _verify(arguments: argparse.Namespace) -> int:
    code, text = verify(arguments.path, arguments.json, vkey=arguments.key)
    if code == 0 and arguments.path.is_file():
        code, text = _with_signatures(arguments.path, arguments.json, text)
    print(text)
    return code


def _with_signatures(path: Path, as_json: bool, text: str) -> tuple[int, str]:
    """A bundle holds its document and anchors: the signatures are judged as well, by those anchors."""
    from antin.signing.command import validate_file  # only a bundle needs the PDF machinery

    bundle = verify_bundle(path)
    with tempfile.TemporaryDirectory() as folder:
        document, anchors = Path(folder) / "document.pdf", Path(folder) / "anchors"
        anchors.mkdir()
        document.write_bytes(bundle.document)
        (anchors / "anchors.pem").write_bytes(bundle.anchors_pem)
        code, report = validate_file(document, trust_dir=anchors, format="json" if as_json else "text")
    if not as_json:
        return code, f"{text}\n{report.rstrip()}"
    return code, json.dumps({**json.loads(text), "signatures": json.loads(report)}, ensure_ascii=False, indent=1)


def _export(arguments: argparse.Namespace) -> int:
    installation(arguments.home)
    from antin.ledger import acts
    from antin.values import Actor

    while acts.integrate():
        pass
    try:
        view = acts.export(arguments.path, actor=Actor.system())
    except LookupError as empty:
        print(empty, file=sys.stderr)
        return INDETERMINATE
    print(view)
    return 0


def _key(arguments: argparse.Namespace) -> int:
    installation(arguments.home)
    from antin.ledger import queries

    print(queries.log_key())
    return 0

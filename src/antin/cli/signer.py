"""`antin signer`: signs on this computer what an installation prepared, with a token or a key file. See docs/signer.md."""

from __future__ import annotations

import argparse
import ssl
import sys
from pathlib import Path

from antin.cli.english import english
from antin.signer.door import Door, Origin
from antin.signer.keys import KeySource, Pkcs12File, Token
from antin.signer.listening import Companion, Server
from antin.signer.pages import Speech
from antin.signer.terminal import WRONG_USE, secret, sign_once

PORT = 8970


def options(parser: argparse.ArgumentParser, _: str) -> None:
    parser.add_argument(
        "--origin",
        action="append",
        required=True,
        help="an installation that may ask, such as https://vanban.example.vn",
    )
    key = parser.add_mutually_exclusive_group(required=True)
    key.add_argument(
        "--pkcs12", type=Path, metavar="FILE", help="key and certificate in a .p12 file; its password is the PIN"
    )
    key.add_argument("--pkcs11", metavar="LIBRARY", help="the token's PKCS#11 library")
    parser.add_argument("--token", default="", metavar="LABEL", help="which token, when several are plugged in")
    parser.add_argument("--port", type=int, default=PORT, help=f"where pages find this companion (default {PORT})")
    parser.add_argument("--once", action="store_true", help="no server: ask for one ticket here, sign, end")
    parser.add_argument(
        "--authority", type=Path, metavar="FILE", help="certificates that the installation's TLS leads to"
    )
    parser.add_argument("--lang", choices=["vi", "en"], default="vi")


def run(arguments: argparse.Namespace) -> int:
    speech = Speech(english() if arguments.lang == "en" else str, arguments.lang)
    try:
        origins = tuple(Origin.of(text) for text in arguments.origin)
        context = ssl.create_default_context(cafile=arguments.authority)
    except (OSError, ValueError) as wrong:
        print(wrong, file=sys.stderr)
        return WRONG_USE
    source: KeySource = Pkcs12File(arguments.pkcs12) if arguments.pkcs12 else Token(arguments.pkcs11, arguments.token)
    if not arguments.once:
        return _serve(Companion(source, origins, speech, context), arguments.port)
    try:
        door = Door(origins[0], secret("Ticket: ").strip(), context, arguments.lang)
    except ValueError as wrong:
        print(wrong, file=sys.stderr)
        return WRONG_USE
    return sign_once(door, source, speech.words)


def _serve(companion: Companion, port: int) -> int:
    try:
        server = Server(companion, port)
    except OSError as taken:
        print(f"port {port}: {taken.strerror}", file=sys.stderr)
        return WRONG_USE
    print(f"{server.guards.own} · {', '.join(origin.text for origin in companion.origins)}", flush=True)
    try:
        server.serve_forever(0.2)
    except KeyboardInterrupt:
        return 0
    finally:
        server.server_close()
    return 0

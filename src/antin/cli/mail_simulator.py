"""`antin mail-simulator`: a mail server of our own (SMTP and IMAP over TLS) for trials of official mail. Never for real mail."""

from __future__ import annotations

import argparse
import signal
import ssl
import sys
from contextlib import suppress
from pathlib import Path
from threading import Thread

from antin.exchange.mail.simulator.imap import ImapSession
from antin.exchange.mail.simulator.office import Office
from antin.exchange.mail.simulator.sessions import MailServer
from antin.exchange.mail.simulator.smtp import SmtpSession
from antin.exchange.mail.simulator.store import Store

WRONG_USE = 2


def options(parser: argparse.ArgumentParser, _: str) -> None:
    parser.add_argument("--home", type=Path, required=True, help="folder with accounts.json, server.pem and server.key")
    parser.add_argument("--smtp-port", type=int, required=True)
    parser.add_argument("--imap-port", type=int, required=True)
    parser.add_argument(
        "--answers", action="append", default=[], metavar="ADDRESS", help="who sits there is played here"
    )
    parser.add_argument("--pause", type=float, default=1.5, metavar="S", help="before each answer")
    parser.add_argument("--security", choices=("tls", "starttls"), default="tls")
    parser.add_argument(
        "--fault", action="append", default=[], metavar="SERVER=FAULT", help="such as smtp=cut_after, once"
    )


def run(arguments: argparse.Namespace) -> int:
    if not (arguments.home / "accounts.json").exists():
        print(f"{arguments.home}: no accounts.json there", file=sys.stderr)
        return WRONG_USE
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(arguments.home / "server.pem", arguments.home / "server.key")
    store = Store(arguments.home)
    smtp = MailServer(store, SmtpSession, context, port=arguments.smtp_port, security=arguments.security)
    imap = MailServer(store, ImapSession, context, port=arguments.imap_port, security=arguments.security)
    for one in arguments.fault:
        name, _, fault = one.partition("=")
        {"smtp": smtp, "imap": imap}[name].faults.append(fault)
    smtp.start()
    offices = [Office(store, one, pause_s=arguments.pause).start() for one in arguments.answers]
    signal.signal(signal.SIGTERM, lambda *_: Thread(target=imap.shutdown).start())
    print(f"smtp {smtp.port} imap {imap.port}", flush=True)
    with suppress(KeyboardInterrupt):
        imap.serve_forever(poll_interval=0.2)
    for office in offices:
        office.stop()
    smtp.stop()
    imap.server_close()
    return 0

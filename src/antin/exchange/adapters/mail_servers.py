"""Official mail over SMTP submission (RFC 6409) and IMAP4rev1 (RFC 9051, RFC 6851): TLS always, the server's name verified.

Addresses come from the installation's configuration alone. A server's final no about a letter (5yz to RCPT or DATA) is
MailRefused; whatever else is not its clear yes is Unreached: the same letter comes again, its receiver knows it by its id.
"""

from __future__ import annotations

import imaplib
import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key, pkcs7

from antin.exchange.ports import Lying, MailRefused, Unreached

ANSWER_S = 60.0
TLS, STARTTLS = "tls", "starttls"
_ATTRIBUTES = re.compile(rb"\bUID (\d+)\b|\bRFC822\.SIZE (\d+)\b", re.ASCII)
_ODD = (imaplib.IMAP4.error, OSError, EOFError, ValueError, IndexError, TypeError, AttributeError)


@dataclass(frozen=True, slots=True)
class Account:
    """Where the account is and how it is opened; `security` is tls or starttls, `authority` a PEM file, "" the system's."""

    address: str
    user: str
    secret: str = field(repr=False)
    smtp_host: str
    smtp_port: int
    smtp_security: str
    imap_host: str
    imap_port: int
    imap_security: str
    authority: str = ""
    done_folder: str = "Antin"
    aside_folder: str = "Antin-khac"


class MailServers:
    """The port `Mail`. `decryption` is a PEM file with an RSA key and its certificate, None for none. ValueError for a misfit."""

    def __init__(self, account: Account, decryption: Path | None = None, *, answer_s: float = ANSWER_S) -> None:
        if {account.smtp_security, account.imap_security} - {TLS, STARTTLS}:
            raise ValueError("mail security is tls or starttls")
        self.address = account.address
        self._account, self._answer_s = account, answer_s
        self._context = ssl.create_default_context(cafile=account.authority or None)
        self._context.minimum_version = ssl.TLSVersion.TLSv1_2
        self._decryption = _decryption(decryption) if decryption is not None else None

    def submit(self, recipient: str, data: bytes) -> None:
        account = self._account
        try:
            with self._smtp() as server:
                server.login(account.user, account.secret)
                _accepted(server.mail(account.address, [f"size={len(data)}"] if server.has_extn("size") else []))
                _taken(server.rcpt(recipient))
                _taken(server.data(data))
        except (smtplib.SMTPException, OSError, ValueError) as error:
            raise Unreached(_said(error)) from error

    def probe(self) -> None:
        try:
            with self._smtp() as server:
                server.login(self._account.user, self._account.secret)
        except (smtplib.SMTPException, OSError, ValueError) as error:
            raise Unreached(_said(error)) from error

    @contextmanager
    def box(self) -> Iterator[Box]:
        account = self._account
        with _as_unreached():
            server = self._imap()
        try:
            with _as_unreached():
                server.login(account.user, account.secret)
                box = Box(server, account)
            yield box
        finally:
            with suppress(*_ODD):
                server.logout()

    def decrypt(self, der: bytes) -> bytes:
        if self._decryption is None:
            raise ValueError("no key to decrypt with")
        key, certificate = self._decryption
        try:
            return pkcs7.pkcs7_decrypt_der(der, certificate, key, [])
        except Exception as odd:  # the library's binding raises what it likes for hostile bytes
            raise ValueError(f"not decrypted: {type(odd).__name__}") from odd

    def _smtp(self) -> smtplib.SMTP:
        account = self._account
        if account.smtp_security == TLS:
            return smtplib.SMTP_SSL(account.smtp_host, account.smtp_port, timeout=self._answer_s, context=self._context)
        server = smtplib.SMTP(account.smtp_host, account.smtp_port, timeout=self._answer_s)
        with ExitStack() as undone:
            undone.callback(server.close)
            server.starttls(context=self._context)
            undone.pop_all()
        return server

    def _imap(self) -> imaplib.IMAP4:
        account = self._account
        if account.imap_security == TLS:
            return imaplib.IMAP4_SSL(
                account.imap_host, account.imap_port, ssl_context=self._context, timeout=self._answer_s
            )
        server = imaplib.IMAP4(account.imap_host, account.imap_port, timeout=self._answer_s)
        with ExitStack() as undone:
            undone.callback(server.shutdown)
            server.starttls(ssl_context=self._context)
            undone.pop_all()
        return server


class Box:
    """The port `Mailbox`, one session."""

    def __init__(self, server: imaplib.IMAP4, account: Account) -> None:
        self._server, self._account = server, account
        _ok(server.select("INBOX"))
        values = server.response("UIDVALIDITY")[1]
        self.validity = int(values[-1] or b"")

    def waiting(self) -> tuple[Lying, ...]:
        with _as_unreached():
            uids = [int(one) for one in (_ok(self._uid("SEARCH", "UNDELETED"))[0] or b"").split()]
            found: dict[int, int] = {}
            for at in range(0, len(uids), 200):
                listed = ",".join(map(str, uids[at : at + 200]))
                for line in _ok(self._uid("FETCH", listed, "(UID RFC822.SIZE)")):
                    uid, size = _attributes(line if isinstance(line, bytes) else b"")
                    if uid is not None and size is not None:
                        found[uid] = size
            return tuple(Lying(uid, found[uid]) for uid in sorted(uids) if uid in found)

    def fetch(self, uid: int, most: int) -> bytes:
        with _as_unreached():
            for line in _ok(self._uid("FETCH", str(uid), "(UID BODY.PEEK[])")):
                if isinstance(line, tuple) and len(line[1]) <= most:
                    data: bytes = line[1]
                    return data
        raise Unreached("the mailbox did not give the letter")

    def put_away(self, uid: int, *, aside: bool) -> None:
        """MOVE where the server has it; else a copy, and the letter marked as deleted and gone (UIDPLUS) or passed over."""
        folder = self._account.aside_folder if aside else self._account.done_folder
        with _as_unreached():
            self._server.create(folder)  # says no when it is there already
            if "MOVE" in self._server.capabilities:
                _ok(self._uid("MOVE", str(uid), folder))
                return
            _ok(self._uid("COPY", str(uid), folder))
            _ok(self._uid("STORE", str(uid), "+FLAGS.SILENT", r"(\Deleted)"))
            if "UIDPLUS" in self._server.capabilities:
                _ok(self._uid("EXPUNGE", str(uid)))

    def _uid(self, command: str, *arguments: str) -> tuple[str, list[Any]]:
        return self._server.uid(command, *arguments)


def _attributes(line: bytes) -> tuple[int | None, int | None]:
    uid = size = None
    for one, other in _ATTRIBUTES.findall(line):
        uid, size = int(one) if one else uid, int(other) if other else size
    return uid, size


def _ok(answer: tuple[str, list[Any]]) -> list[Any]:
    if answer[0] != "OK":
        raise imaplib.IMAP4.error(f"the mailbox said {answer[0]}")
    return answer[1]


def _accepted(answer: tuple[int, bytes]) -> None:
    """About the account or the connection: never the letter's fault."""
    if answer[0] != 250:
        raise smtplib.SMTPResponseException(answer[0], answer[1])


def _taken(answer: tuple[int, bytes]) -> None:
    code, text = answer
    if code in (250, 251):
        return
    if 500 <= code < 600:
        raise MailRefused(code, text.decode("utf-8", "replace"))
    raise smtplib.SMTPResponseException(code, text)


@contextmanager
def _as_unreached() -> Iterator[None]:
    try:
        yield
    except _ODD as error:
        raise Unreached(_said(error)) from error


def _said(error: Exception) -> str:
    """What went wrong, without the words of a login, which servers repeat."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return "SMTPAuthenticationError"
    return f"{type(error).__name__}: {error}"[:300]


def _decryption(path: Path) -> tuple[rsa.RSAPrivateKey, x509.Certificate]:
    data = path.read_bytes()
    key = load_pem_private_key(data, None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise ValueError(f"{path} must hold an RSA key")
    return key, x509.load_pem_x509_certificate(data)


__all__ = ["Account", "MailRefused", "MailServers"]

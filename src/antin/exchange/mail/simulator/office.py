"""Somebody at an ordinary mail program, for trials: reads what comes to one address, answers a document by a signed letter.

Key, certificate and chain lie in `<home>/people/<address>.pem`. The answer quotes the digest line, as a person's would.
"""

from __future__ import annotations

import re
import threading
from datetime import UTC, datetime
from threading import Event, Thread
from uuid import uuid4

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from antin.exchange.mail import mime
from antin.exchange.mail.signed import Signer, multipart
from antin.exchange.mail.simulator.store import INBOX, Store
from antin.regulation import RemoteViolation
from antin.signing import cms

POLL_S = 0.5
READ = "Da-doc"
ANSWER = "Đã nhận văn bản, xin cảm ơn.\n\n> SHA-256:\n> {digest}"
_DIGEST = re.compile(rb"SHA-256:\r?\n([0-9a-f]{64})")


class Office:
    """One address; `pause_s` before each answer."""

    def __init__(self, store: Store, address: str, *, pause_s: float) -> None:
        self._store, self._address, self._pause_s = store, address, pause_s
        self._signer = _signer((store.home / "people" / f"{address}.pem").read_bytes())
        self._stop = Event()
        self._thread = Thread(target=self._work, name=f"office {address}", daemon=True)

    def start(self) -> Office:
        self._thread.start()
        return self

    def stop(self) -> None:
        self._stop.set()
        if self._thread is not threading.current_thread():
            self._thread.join(timeout=5)

    def _work(self) -> None:
        while not self._stop.wait(POLL_S):
            self.read_all()

    def read_all(self) -> None:
        """Reads and answers what lies there now."""
        for uid, data in self._store.letters(self._address, INBOX):
            self._stop.wait(self._pause_s)
            answer = self._answer(data)
            if answer is not None:
                self._store.deliver(self._address, [mime.address_of(data)], answer)
            self._store.add(self._address, READ, data)
            self._store.remove(self._address, INBOX, uid)

    def _answer(self, data: bytes) -> bytes | None:
        """None for a letter that brings no document, or comes from nobody here."""
        try:
            texts = [one.data for one in mime.files_of(data) if one.media_type == "text/plain"]
        except RemoteViolation:
            return None
        digest = next((found.group(1).decode() for text in texts if (found := _DIGEST.search(text))), "")
        sender, message_id = mime.address_of(data), mime.text_header(data, "Message-ID")
        if not digest or sender not in self._store.accounts or not mime.is_message_id(message_id):
            return None
        head = mime.headers(
            [
                ("From", self._address),
                ("To", sender),
                ("Subject", f"Trả lời: {mime.text_header(data, 'Subject')}"),
                ("Message-ID", f"<{uuid4()}@{self._address.partition('@')[2]}>"),
                ("In-Reply-To", message_id),
                ("MIME-Version", "1.0"),
            ]
        )
        entity = mime.written(ANSWER.format(digest=digest), [])
        return head + multipart(entity, self._signer, datetime.now(UTC), f"tra-loi-{uuid4().hex}")


def _signer(pem: bytes) -> Signer:
    key = load_pem_private_key(pem, None)
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise TypeError("a key that signs is expected")
    own, *chain = (one.public_bytes(Encoding.DER) for one in x509.load_pem_x509_certificates(pem))
    return Signer(own, tuple(chain), lambda data, algorithm: cms.raw_sign(key, data, algorithm))

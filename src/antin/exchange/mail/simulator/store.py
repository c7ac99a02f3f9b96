"""What the simulated mail server keeps: accounts, and for each its folders with one file for each letter.

accounts.json   [{"address", "password"}]; "bounces": true takes letters and answers with a report (RFC 3464)
boxes/<address>/<folder>/<uid>.eml   and  uidvalidity, uidnext, <uid>.deleted beside them
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from threading import RLock

INBOX = "INBOX"
_FOLDER = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,60}")
REPORT = """\
From: Mail Delivery System <mailer-daemon@{domain}>
To: {sender}
Date: {date}
Message-ID: <{number}@{domain}>
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Auto-Submitted: auto-replied
Content-Type: multipart/report; report-type=delivery-status; boundary="=report"

--=report
Content-Type: text/plain

The letter could not be delivered.

--=report
Content-Type: message/delivery-status

Reporting-MTA: dns; {domain}

Final-Recipient: rfc822; {recipient}
Action: failed
Status: 5.2.2
Diagnostic-Code: smtp; 552 5.2.2 mailbox full

--=report
Content-Type: text/rfc822-headers

{headers}

--=report--
"""


class Store:
    """The folder; every method under one lock, for any number of sessions."""

    def __init__(self, home: Path) -> None:
        self.home, self.lock = home, RLock()
        self.accounts = {one["address"]: one for one in json.loads((home / "accounts.json").read_text("utf-8"))}

    def knows(self, user: str, password: str) -> bool:
        return user in self.accounts and self.accounts[user]["password"] == password

    def deliver(self, sender: str, recipients: list[str], data: bytes) -> None:
        with self.lock:
            for recipient in recipients:
                if self.accounts[recipient].get("bounces"):
                    self.add(sender, INBOX, self._report(sender, recipient, data))
                else:
                    self.add(recipient, INBOX, data)

    def add(self, address: str, folder: str, data: bytes) -> int:
        with self.lock:
            place = self.folder(address, folder)
            uid = int((place / "uidnext").read_text())
            draft = place / f"{uid}.new"
            draft.write_bytes(data)
            draft.rename(place / f"{uid}.eml")
            (place / "uidnext").write_text(str(uid + 1))
            return uid

    def folder(self, address: str, name: str) -> Path:
        """Made when it is not there; ValueError for a name that could lead elsewhere."""
        if not _FOLDER.fullmatch(name):
            raise ValueError("no such folder")
        place = self.home / "boxes" / address / name
        with self.lock:
            if not place.exists():
                place.mkdir(parents=True)
                (place / "uidnext").write_text("1")
                (place / "uidvalidity").write_text(str(int(datetime.now(UTC).timestamp())))
        return place

    def exists(self, address: str, name: str) -> bool:
        return bool(_FOLDER.fullmatch(name)) and (self.home / "boxes" / address / name).exists()

    def letters(self, address: str, name: str) -> list[tuple[int, bytes]]:
        """UID and bytes of each letter, in order."""
        with self.lock:
            return [(uid, (self.folder(address, name) / f"{uid}.eml").read_bytes()) for uid in self.uids(address, name)]

    def uids(self, address: str, name: str, *, deleted: bool | None = None) -> list[int]:
        place = self.folder(address, name)
        found: Iterator[int] = (int(one.stem) for one in place.glob("*.eml"))
        return sorted(u for u in found if deleted is None or (place / f"{u}.deleted").exists() == deleted)

    def remove(self, address: str, name: str, uid: int) -> None:
        with self.lock:
            for kind in ("eml", "deleted"):
                (self.folder(address, name) / f"{uid}.{kind}").unlink(missing_ok=True)

    def renumber(self, address: str, name: str = INBOX) -> None:
        """The server was rebuilt: another UIDVALIDITY, other UIDs."""
        with self.lock:
            place = self.folder(address, name)
            kept = [data for _, data in self.letters(address, name)]
            validity = int((place / "uidvalidity").read_text())
            shutil.rmtree(place)
            (self.folder(address, name) / "uidvalidity").write_text(str(validity + 1))
            for data in kept:
                self.add(address, name, data)

    def _report(self, sender: str, recipient: str, data: bytes) -> bytes:
        headers = data.partition(b"\r\n\r\n")[0].decode("ascii", "replace").replace("\r\n", "\n")
        said = REPORT.format(
            domain=recipient.partition("@")[2],
            sender=sender,
            recipient=recipient,
            headers=headers,
            date=format_datetime(datetime.now(UTC)),
            number=datetime.now(UTC).timestamp(),
        )
        return said.replace("\n", "\r\n").encode("ascii", "replace")


def lay_out(home: Path, accounts: list[dict[str, object]]) -> None:
    """Writes the accounts of a new store."""
    home.mkdir(parents=True, exist_ok=True)
    (home / "accounts.json").write_text(json.dumps(accounts, ensure_ascii=False), "utf-8")

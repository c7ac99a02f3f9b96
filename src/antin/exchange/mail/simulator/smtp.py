"""The simulated submission server (RFC 6409): signed in over TLS, a sender of one's own, known recipients, clean lines.

Faults: cut_before, cut_after (the letter's last byte: taken, nothing answered), busy (450), refuse (554 after the letter),
no_such (550 to RCPT), rubbish, slow.
"""

from __future__ import annotations

import re
from base64 import b64decode

from antin.exchange.mail.simulator.sessions import SLOW_S, Cut, Session

SIZE_MOST = 40 * 1024 * 1024
_PATH = re.compile(r"(?:FROM|TO):<([^<>\s]*)>(?: .*)?", re.IGNORECASE)


class SmtpSession(Session):
    def talk(self) -> None:
        self.user, self.sender, self.recipients = "", "", []
        self.say("220 thu.mau ESMTP")
        while True:
            verb, _, rest = self.line().partition(" ")
            verb = verb.upper()
            if verb == "QUIT":
                self.say("221 2.0.0 Bye")
                return
            if verb == "STARTTLS" and not self.secure:
                self.say("220 2.0.0 Ready")
                self.begin_tls()
                continue
            self.say(self._answer(verb, rest))

    def _answer(self, verb: str, rest: str) -> str:
        if verb in ("EHLO", "HELO"):
            return self._greeting()
        if verb in ("NOOP", "RSET"):
            self.sender, self.recipients = "", []
            return "250 2.0.0 OK"
        if verb == "AUTH":
            return self._auth(rest)
        if not self.user:
            return "530 5.7.0 Authentication required"
        return {"MAIL": self._mail, "RCPT": self._rcpt, "DATA": self._data}.get(verb, lambda _: "502 5.5.1 No")(rest)

    def _greeting(self) -> str:
        extras = [f"SIZE {SIZE_MOST}", "ENHANCEDSTATUSCODES", "AUTH PLAIN LOGIN" if self.secure else "STARTTLS"]
        for one in ("thu.mau", *extras[:-1]):
            self.say(f"250-{one}")
        return f"250 {extras[-1]}"

    def _auth(self, rest: str) -> str:
        if not self.secure:
            return "538 5.7.11 Encryption required"
        way, _, first = rest.partition(" ")
        try:
            if way.upper() == "PLAIN":
                _, user, password = b64decode(first or self._ask("")).decode().split("\0")
            else:
                user = b64decode(first or self._ask("VXNlcm5hbWU6")).decode()
                password = b64decode(self._ask("UGFzc3dvcmQ6")).decode()
        except ValueError:
            return "501 5.5.2 Cannot decode"
        if not self.server.store.knows(user, password):
            return "535 5.7.8 Authentication failed"
        self.user = user
        return "235 2.7.0 OK"

    def _ask(self, challenge: str) -> str:
        self.say(f"334 {challenge}")
        return self.line()

    def _mail(self, rest: str) -> str:
        found = _PATH.fullmatch(rest)
        if self.server.fault("busy"):
            return "450 4.3.2 Busy, come again"
        if found is None or found.group(1) != self.user:
            return "553 5.7.1 Sender address rejected: not owned by user"
        self.sender, self.recipients = self.user, []
        return "250 2.1.0 OK"

    def _rcpt(self, rest: str) -> str:
        found = _PATH.fullmatch(rest)
        if found is None or found.group(1) not in self.server.store.accounts or self.server.fault("no_such"):
            return "550 5.1.1 User unknown"
        self.recipients.append(found.group(1))
        return "250 2.1.5 OK"

    def _data(self, _: str) -> str:
        if not self.recipients:
            return "503 5.5.1 RCPT first"
        self.say("354 End with a dot")
        data = self._letter()
        fault = self.server.fault("cut_before", "cut_after", "refuse", "rubbish", "slow")
        if fault == "cut_before":
            raise Cut
        if fault == "slow":
            self.server.ended.wait(SLOW_S)
        if fault == "refuse":
            return "554 5.7.1 Rejected as spam"
        if _is_unclean(data):
            return "550 5.6.0 Bare line ends, long lines or 8 bit: rejected"
        if len(data) > SIZE_MOST:
            return "552 5.3.4 Too large"
        self.server.store.deliver(self.sender, self.recipients, data)
        if fault == "cut_after":
            raise Cut
        return "<html>502 Bad Gateway</html>" if fault == "rubbish" else "250 2.0.0 Queued"

    def _letter(self) -> bytes:
        lines = []
        while True:
            line = self.rfile.readline(1 << 20)
            if not line:
                raise Cut
            if line == b".\r\n":
                return b"".join(lines)
            lines.append(line.removeprefix(b"."))


def _is_unclean(data: bytes) -> bool:
    rest = data.replace(b"\r\n", b"")
    long = any(len(line) > 998 for line in data.split(b"\r\n"))
    return b"\r" in rest or b"\n" in rest or long or any(byte > 127 for byte in rest)

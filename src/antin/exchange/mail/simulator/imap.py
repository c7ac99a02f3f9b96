"""The simulated mailbox (IMAP4rev1, RFC 9051): the commands that a fetching program needs, answered as servers answer them.

Faults: rubbish (no protocol at all), cut (in the middle of a letter), huge (a literal without end), slow, no (NO to a command).
`extras` are the extensions offered: with MOVE and UIDPLUS as most have, or without.
"""

from __future__ import annotations

import re
from pathlib import Path

from antin.exchange.mail.simulator.sessions import SLOW_S, Cut, Session
from antin.exchange.mail.simulator.store import INBOX

_WORD = re.compile(r'"((?:[^"\\]|\\.)*)"|\(([^()]*)\)|(\S+)')
EXTRAS = ("UIDPLUS", "MOVE")


class ImapSession(Session):
    extras: tuple[str, ...] = EXTRAS

    def talk(self) -> None:
        self.user, self.folder = "", ""
        self.say("* OK thu.mau ready")
        while True:
            tag, _, rest = self.line().partition(" ")
            verb, *words = _words(rest)
            verb = verb.upper()
            fault = self.server.fault("rubbish", "slow", "no") if verb == "UID" else ""
            if fault == "rubbish":
                self.wfile.write(b"<html>\x00\xff</html>\r\n" * 3)
                raise Cut
            if fault == "slow":
                self.server.ended.wait(SLOW_S)
            if verb == "LOGOUT":
                self.say("* BYE")
                self.say(f"{tag} OK done")
                return
            if verb == "STARTTLS" and not self.secure:
                self.say(f"{tag} OK begin")
                self.begin_tls()
                continue
            said = "NO not now" if fault == "no" else self._answer(verb, words)
            self.say(f"{tag} {said}")

    def _answer(self, verb: str, words: list[str]) -> str:
        if verb in ("CAPABILITY", "NOOP"):
            if verb == "CAPABILITY":
                self.say("* CAPABILITY IMAP4rev1 " + " ".join((*self.extras, *(() if self.secure else ("STARTTLS",)))))
            return "OK done"
        if verb == "LOGIN":
            if not self.secure or len(words) != 2 or not self.server.store.knows(*words):
                return "NO [AUTHENTICATIONFAILED] no"
            self.user = words[0]
            return "OK signed in"
        if not self.user:
            return "BAD sign in first"
        if verb == "CREATE" and words:
            if self.server.store.exists(self.user, words[0]) or words[0] == INBOX:
                return "NO [ALREADYEXISTS] it is there"
            self.server.store.folder(self.user, words[0])
            return "OK made"
        if verb == "SELECT" and words:
            return self._select(words[0])
        if verb == "UID" and self.folder and words:
            with self.server.store.lock:
                return self._uid(words[0].upper(), words[1:])
        return "BAD unknown"

    def _select(self, name: str) -> str:
        if name != INBOX and not self.server.store.exists(self.user, name):
            return "NO [NONEXISTENT] no"
        self.folder = name
        place = self._place()
        self.say(f"* {len(self._uids())} EXISTS")
        self.say("* FLAGS (\\Seen \\Deleted)")
        self.say(f"* OK [UIDVALIDITY {(place / 'uidvalidity').read_text()}] valid")
        self.say(f"* OK [UIDNEXT {(place / 'uidnext').read_text()}] next")
        return "OK [READ-WRITE] selected"

    def _uid(self, verb: str, words: list[str]) -> str:
        if verb == "SEARCH":
            deleted = False if "UNDELETED" in words else None
            self.say("* SEARCH " + " ".join(map(str, self.server.store.uids(self.user, self.folder, deleted=deleted))))
            return "OK done"
        chosen = [uid for uid in _set(words[0]) if uid in self._uids()] if words else []
        act = {
            "FETCH": self._fetch,
            "MOVE": self._move,
            "COPY": self._copy,
            "STORE": self._store,
            "EXPUNGE": self._expunge,
        }
        if verb not in act or (
            verb in ("MOVE", "EXPUNGE") and {"MOVE": "MOVE", "EXPUNGE": "UIDPLUS"}[verb] not in self.extras
        ):
            return "BAD unknown"
        return act[verb](chosen, words[1:])

    def _fetch(self, chosen: list[int], words: list[str]) -> str:
        every = self._uids()
        for uid in chosen:
            data = (self._place() / f"{uid}.eml").read_bytes()
            head = f"* {every.index(uid) + 1} FETCH (UID {uid}"
            if "BODY.PEEK[]" not in words[0].upper():
                self.say(f"{head} RFC822.SIZE {len(data)})")
                continue
            fault = self.server.fault("cut", "huge")
            self.say(f"{head} BODY[] {{{10**9 if fault == 'huge' else len(data)}}}")
            if fault:
                self.wfile.write(data[: len(data) // 2])
                raise Cut
            self.wfile.write(data + b")\r\n")
        return "OK done"

    def _move(self, chosen: list[int], words: list[str]) -> str:
        said = self._copy(chosen, words)
        return self._expunge(chosen, []) if said.startswith("OK") else said

    def _copy(self, chosen: list[int], words: list[str]) -> str:
        if not words or not self.server.store.exists(self.user, words[0]):
            return "NO [TRYCREATE] no such folder"
        for uid in chosen:
            self.server.store.add(self.user, words[0], (self._place() / f"{uid}.eml").read_bytes())
        return "OK copied"

    def _store(self, chosen: list[int], words: list[str]) -> str:
        for uid in chosen:
            if "\\Deleted" in " ".join(words):
                (self._place() / f"{uid}.deleted").touch()
        return "OK stored"

    def _expunge(self, chosen: list[int], _: list[str]) -> str:
        for uid in chosen:
            self.say(f"* {self._uids().index(uid) + 1} EXPUNGE")
            self.server.store.remove(self.user, self.folder, uid)
        return "OK done"

    def _uids(self) -> list[int]:
        return self.server.store.uids(self.user, self.folder)

    def _place(self) -> Path:
        return self.server.store.folder(self.user, self.folder)


def _words(text: str) -> list[str]:
    return [
        re.sub(r"\\(.)", r"\1", quoted) if quoted or (not listed and not bare) else listed or bare
        for quoted, listed, bare in _WORD.findall(text)
    ] or [""]


def _set(text: str) -> list[int]:
    return [int(one) for one in text.split(",") if one.isdigit()]

"""The sample people at work in one process: signed in as at the door, confirming with their own one-time codes."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from antin.house.demo.clock import EarlierClock
from antin.identity import acts as identity
from antin.identity import demo, queries
from antin.regulation import RuleViolation
from antin.values import Actor, Method

ADDRESS, WINDOW = "127.0.0.1", "Ấn Tín, văn bản mẫu"


@dataclass(frozen=True)
class Person:
    """One line of `people.json`, with the ids that this installation knows the person by."""

    login: str
    password: str
    person_id: UUID
    account_id: UUID
    organisation_id: UUID


@dataclass
class Staff:
    """Everyone by login name. Sessions are real ones, opened on first need and ended by `leave`."""

    clock: EarlierClock
    people: dict[str, Person]
    sessions: dict[str, HttpRequest] = field(default_factory=dict)
    actors: dict[str, Actor] = field(default_factory=dict)

    @staticmethod
    def of(people: Path, clock: EarlierClock) -> Staff:
        return Staff(clock, {row["login"]: _known(row) for row in json.loads(people.read_text(encoding="utf-8"))})

    def person_id(self, login: str) -> UUID:
        return self.people[login].person_id

    def actor(self, login: str) -> Actor:
        """The acting person with the mandates in force, in a session of the person's own."""
        if login not in self.actors:
            request = self.sessions[login] = self._signed_in(self.people[login])
            key = request.session.session_key or ""
            self.actors[login] = queries.actor_for(request.user, session_key=key, method=Method.PASSWORD_TOTP)  # type: ignore[arg-type]
        return self.actors[login]

    def confirm(self, login: str, act: str, digest: str) -> Actor:
        """Answers the step-up challenge of this act on this digest; the act itself spends it."""
        actor = self.actor(login)
        challenge = identity.open_challenge(actor=actor, act=act, digest=digest)
        identity.answer_challenge(actor=actor, challenge_id=challenge.id, code=self._code(login))
        return actor

    def leave(self) -> None:
        """Everyone signs out: no session that nobody holds stays open."""
        for login, request in self.sessions.items():
            identity.sign_out(request=request, actor=self.actors[login], account_id=self.people[login].account_id)
        self.sessions.clear()
        self.actors.clear()

    def _signed_in(self, person: Person) -> HttpRequest:
        request = _request()
        identity.begin_sign_in(login=person.login, password=person.password, door=identity.Door.of(request))
        identity.finish_sign_in(request=request, account_id=person.account_id, code=self._code(person.login))
        return request

    def _code(self, login: str) -> str:
        """An unspent code of the time being played; on to the next half minute when this one's are spent."""
        while True:
            try:
                return demo.fresh_code(self.people[login].account_id)
            except RuleViolation:
                self.clock.leap()


def _known(row: dict[str, str]) -> Person:
    organisation = queries.organisation_by_code(row["organisation_code"])
    assert organisation is not None, row["organisation_code"]
    found = next(person for person in queries.people_in(organisation.id) if person.name == row["name"])
    return Person(row["login"], row["password"], found.id, queries.account_of(found.id).id, organisation.id)


def _request() -> HttpRequest:
    """What the door sees of a browser: where it calls from, what it calls itself, an empty session."""
    request = HttpRequest()
    request.META |= {"REMOTE_ADDR": ADDRESS, "HTTP_USER_AGENT": WINDOW}
    request.session = import_module(settings.SESSION_ENGINE).SessionStore()
    request.user = AnonymousUser()
    return request

"""Treats one arrival of the demonstration world as its people have: taken in, passed on, worked on, or returned.

As at the desk, each step asks first whether it was done, so an interrupted seeding is taken further.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from antin.casework import acts as casework
from antin.casework import queries as casework_queries
from antin.casework.views import AssignmentView
from antin.documents import queries
from antin.documents.facts import DocumentView
from antin.house.demo.office import FATES, Incoming
from antin.house.demo.staff import Staff
from antin.registry import acts as registry

LOOK_EVERY_S = 0.3
ARRIVAL_TIMEOUT_S = 40


class NotArrivedError(RuntimeError):
    """A sample document that was issued is not here yet; the next start goes on waiting for it."""


@dataclass
class Counter:
    """One arrival; `treat` takes it to where it is to stay."""

    staff: Staff
    item: Incoming
    document_id: UUID

    @staticmethod
    def awaited(staff: Staff, item: Incoming, deadline: float) -> Counter:
        """The arrival, waited for until `deadline` (monotonic seconds). NotArrivedError when it stays away."""
        while (found := _found(staff, item)) is None:
            if time.monotonic() > deadline:
                raise NotArrivedError(f"{item.abstract} at {item.organisation}")
            time.sleep(LOOK_EVERY_S)
        return Counter(staff, item, found)

    def treat(self) -> None:
        if self.item.until == "returned":
            self._return()
            return
        steps = (self._register, self._assign, self._take_up, self._report, self._complete)
        for step in steps[: max(0, FATES.index(self.item.until) - 1)]:
            step()

    def _view(self) -> DocumentView:
        return queries.facts(self.document_id)

    def _return(self) -> None:
        if self._view().state == "arrived":
            actor = self.staff.actor(self.item.clerk)
            registry.return_document(actor=actor, document_id=self.document_id, reason=self.item.words)

    def _register(self) -> None:
        """Checks the signatures, takes the arrival number, passes the document to its leader."""
        actor, leader = self.staff.actor(self.item.clerk), self.staff.person_id(self.item.leader)
        if self._view().state == "arrived":
            registry.verify(actor=actor, document_id=self.document_id)
        if self._view().state == "verified":
            registry.register_incoming(actor=actor, document_id=self.document_id, forward_to=leader)
        if self._view().state == "registered":
            registry.forward(actor=actor, document_id=self.document_id, to_person=leader)

    # work

    def _assign(self) -> None:
        if not self._pieces():
            casework.assign(
                actor=self.staff.actor(self.item.leader),
                document_id=self.document_id,
                lead=self.staff.person_id(self.item.lead),
                supporting=[self.staff.person_id(login) for login in self.item.supporting],
                due_on=self.item.due_on,
                text=self.item.words,
            )

    def _take_up(self) -> None:
        for login, piece in self._of("assigned"):
            casework.take_up(actor=self.staff.actor(login), assignment_id=piece.id)

    def _report(self) -> None:
        for login, piece in self._of("accepted"):
            text = (self.item.reports or {})[login]
            casework.report_result(actor=self.staff.actor(login), assignment_id=piece.id, text=text)

    def _complete(self) -> None:
        actor = self.staff.actor(self.item.leader)
        for _, piece in self._of("reported"):
            casework.settle_result(actor=actor, assignment_id=piece.id, outcome="accept")
        if self._view().state == "in_process":
            casework.complete(actor=actor, document_id=self.document_id)

    def _pieces(self) -> tuple[AssignmentView, ...]:
        return casework_queries.assignments(self.staff.actor(self.item.clerk), self.document_id)

    def _of(self, state: str) -> Iterable[tuple[str, AssignmentView]]:
        """Pieces of work in that state, each with the login name of the one who holds it."""
        workers = {self.staff.person_id(login): login for login in (self.item.lead, *self.item.supporting)}
        return [(workers[piece.person_id], piece) for piece in self._pieces() if piece.state == state]


def _found(staff: Staff, item: Incoming) -> UUID | None:
    rows = queries.listing(
        staff.actor(item.clerk), box="incoming", limit=200, owner_id=staff.people[item.clerk].organisation_id
    ).rows
    return next((row.id for row in rows if row.abstract == item.abstract), None)

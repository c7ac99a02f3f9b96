"""One document walked at random by everybody, through the real acts: the tables decide, refusals change nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from antin.documents import acts, lifecycle, queries
from antin.documents.facts import DocumentView, RouteStep
from antin.ledger import queries as ledger
from antin.regulation import RuleViolation, clauses
from antin.values import Actor, Office

from .conftest import PDF, World, make_world

WHO = ("drafter", "drafter2", "reviewer", "reviewer2", "head", "leader", "clerk", "keeper", "auditor", "stranger")
who = st.sampled_from(WHO)
CARRIED = (
    "check_form",
    "prepare_signature",
    "sign(last)",
    "seal(last)",
    "issue",
    "refer_defect",
    "settle_defect(abandon)",
)
CLERKS = (
    "verify",
    "register_incoming",
    "return_document",
    "forward",
    "assign",
    "take_up",
    "complete",
    "reopen",
    "discard",
)


class _Walk(RuleBasedStateMachine):
    """What both directions share: one step, its outcome, and what never changes by a refusal."""

    world: World
    document_id: UUID
    life: str

    reached: set[str]

    def tried(self, act: str, do: Callable[[], Any], *, entries: int, life: str | None = None) -> bool:
        """Runs the act; True when it was admitted. The table must have the row, a refusal must leave no trace."""
        before, noted = queries.facts(self.document_id), self.entries()
        try:
            do()
        except RuleViolation as refusal:
            assert refusal.clause in clauses()
            assert refusal.next_step
            assert queries.facts(self.document_id) == before
            assert self.entries() == noted
            return False
        after = queries.facts(self.document_id)
        table, column = lifecycle.LIVES[life or self.life], "state" if (life or self.life) == self.life else life
        step = table.step(getattr(before, str(column)), act)
        assert getattr(after, str(column)) == step.to
        assert self.entries() == noted + entries
        self.reached.update((after.state, after.validity))
        return True

    def entries(self) -> int:
        return len(ledger.history(self.document_id, limit=500))

    def facts(self) -> DocumentView:
        return queries.facts(self.document_id)

    def advance(self, actor: Actor, act: str, life: str, **more: Any) -> bool:
        return self.tried(
            act,
            lambda: acts.advance(actor=actor, document_id=self.document_id, act=act, life=life, **more),
            entries=0,
            life=life,
        )


class Outgoing(_Walk):
    life = "outgoing"

    @initialize()
    def begin(self) -> None:
        self.document_id = self.world.draft()
        self.frozen: tuple[str, object, object] | None = None
        self.signed = False

    @rule(name=who, word=st.integers(0, 3), fresh=st.booleans())
    def revise(self, name: str, word: int, fresh: bool) -> None:
        expected = self.facts().revision - (0 if fresh else 1)
        fields = self.world.fields(abstract=f"Bản {word}")
        noted = self.entries()
        before = self.facts()
        try:
            acts.revise_draft(
                actor=getattr(self.world, name),
                document_id=self.document_id,
                fields=fields,
                expected_revision=expected,
                reason="sửa",
            )
        except RuleViolation:
            assert self.facts() == before
            return
        assert before.state == "draft"
        assert self.entries() - noted == self.facts().revision - before.revision <= 1

    @rule(name=who)
    def attach(self, name: str) -> None:
        actor, before = getattr(self.world, name), self.facts()
        file = {"name": "a.txt", "media_type": "text/plain", "data": b"x"}
        if self.tried(
            "revise_draft", lambda: acts.attach(actor=actor, document_id=self.document_id, **file), entries=1
        ):
            assert self.facts().attachment_count == before.attachment_count + 1

    @rule(name=who, reviewed=st.booleans())
    def submit(self, name: str, reviewed: bool) -> None:
        actor = getattr(self.world, name)
        route = (RouteStep(1, (self.world.reviewer.person_id,)),) if reviewed else ()
        self.tried("submit", lambda: acts.submit(actor=actor, document_id=self.document_id, route=route), entries=1)

    @rule(name=who, kind=st.sampled_from(["consent", "opinion", "initial"]))
    def endorse(self, name: str, kind: str) -> None:
        actor, now = getattr(self.world, name), self.facts()
        if self.tried(
            "endorse",
            lambda: acts.endorse(
                actor=actor, document_id=self.document_id, kind=kind, text="Đồng ý", revision=now.revision
            ),
            entries=1,
        ):
            assert name == "reviewer"
            assert kind != "consent" or self.facts().route_complete

    @rule(name=who)
    def approve(self, name: str) -> None:
        actor, now = getattr(self.world, name), self.facts()
        self.world.step_up(actor, "approve", now.digest)
        if self.tried(
            "approve",
            lambda: acts.approve(actor=actor, document_id=self.document_id, revision=now.revision, digest=now.digest),
            entries=1,
        ):
            assert now.route_complete
            assert actor.person_id != now.drafter_id  # I06
            self.frozen = (now.digest, self.text(), self.files())

    @rule(name=who, act=st.sampled_from([acts.send_back, acts.abandon]), reason=st.sampled_from(["", "lý do"]))
    def step_back(self, name: str, act: Callable[..., None], reason: str) -> None:
        actor = getattr(self.world, name)
        if self.tried(
            act.__name__,
            lambda: act(actor=actor, document_id=self.document_id, reason=reason),
            entries=1,
        ):
            assert reason
            assert not self.signed
            if self.facts().state == "draft":
                self.frozen = None

    @rule(name=who, act=st.sampled_from(CARRIED))
    def carry(self, name: str, act: str) -> None:
        before = self.facts()
        if self.advance(getattr(self.world, name), act, "outgoing") and act == "sign(last)":
            assert self.frozen is not None
            assert before.state == "approved"
            self.signed = True
            acts.keep_rendition(document_id=self.document_id, kind="signed", data=PDF, pages=1)

    @rule(name=who, act=st.sampled_from(["issue", "recall", "apply_change(replace)", "apply_change(correct)"]))
    def change_force(self, name: str, act: str) -> None:
        if act == "issue" and self.facts().state != "issued":
            return  # the registry asks for it within its own `issue` only
        self.advance(getattr(self.world, name), act, "validity")

    @rule()
    def onward(self) -> None:
        """The next step by the right person, so that walks get far."""
        now = self.facts()
        if now.state == "draft":
            self.submit("drafter", reviewed=True)
        elif now.state == "in_review":
            self.approve("leader") if now.route_complete else self.endorse("reviewer", "consent")
        elif now.state == "approved":
            self.carry("leader" if now.form_checked else "clerk", "sign(last)" if now.form_checked else "check_form")
        elif now.state in ("signed", "sealed"):
            self.carry(*(("keeper", "seal(last)") if now.state == "signed" else ("clerk", "issue")))
        elif now.state == "issued":
            self.change_force("clerk", "issue")

    @invariant()
    def frozen_content_never_changes(self) -> None:
        if hasattr(self, "document_id") and self.frozen is not None:  # I01
            assert (self.facts().digest, self.text(), self.files()) == self.frozen

    @invariant()
    def force_only_with_issue(self) -> None:
        if hasattr(self, "document_id"):  # I08
            now = self.facts()
            assert now.validity == "" or now.state == "issued"
            assert now.state not in ("signed", "sealed", "issued") or self.signed

    def text(self) -> object:
        return queries.fields(self.world.drafter, self.document_id)

    def files(self) -> object:
        return queries.attachments(self.world.drafter, self.document_id)


class Incoming(_Walk):
    life = "incoming"

    @initialize()
    def begin(self) -> None:
        self.document_id = self.world.arrived()
        self.digest = queries.rendition_bytes(self.document_id, "received")

    @rule(name=who, act=st.sampled_from(CLERKS), as_assignee=st.booleans())
    def carry(self, name: str, act: str, as_assignee: bool) -> None:
        before = self.facts()
        more = {"as_office": Office.ASSIGNEE} if as_assignee and act in ("take_up", "complete") else {}
        if self.advance(getattr(self.world, name), act, "incoming", **more):
            assert before.state != "discarded"
            if act in lifecycle.IN_USE_ACTS:
                assert before.validity == "in_force"

    @rule()
    def onward(self) -> None:
        """The next step by the right person, so that walks get far."""
        steps = {"arrived": "verify", "verified": "register_incoming", "registered": "forward", "forwarded": "take_up"}
        act = steps.get(self.facts().state, "complete")
        self.carry("clerk" if act not in ("take_up", "complete") else "leader", act, as_assignee=True)

    @rule(notice=st.sampled_from(["recall", "replace", "invalidate"]))
    def notice(self, notice: str) -> None:
        self.advance(Actor.peer("mẫu"), f"apply_notice({notice})", "validity")

    @rule(name=who)
    def grant(self, name: str) -> None:
        person_id = getattr(self.world, name).person_id
        acts.grant_access(document_id=self.document_id, person_id=person_id, why="assignee")

    @invariant()
    def received_bytes_stay(self) -> None:
        if hasattr(self, "document_id"):
            assert queries.rendition_bytes(self.document_id, "received") == self.digest


@pytest.mark.django_db
@pytest.mark.clause("379/17.2", "379/17.1", "379/19.1", "379/13.1", "379/13.3")
def test_outgoing_walk_at_random_holds_the_invariants() -> None:
    reached = _run(Outgoing, examples=20, steps=30)
    assert {"draft", "in_review", "approved", "signed", "sealed", "issued", "in_force"} <= reached


@pytest.mark.django_db
@pytest.mark.clause("217/10.2", "217/10.2.p2", "379/19.1")
def test_incoming_walk_at_random_holds_the_invariants() -> None:
    reached = _run(Incoming, examples=20, steps=30)
    assert {"verified", "registered", "in_process", "discarded", "recalled"} <= reached


def _run(machine: type[_Walk], *, examples: int, steps: int) -> set[str]:
    world = make_world()
    bound = type(machine.__name__, (machine,), {"world": world, "reached": set()})
    run_state_machine_as_test(
        bound,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
    return bound.reached

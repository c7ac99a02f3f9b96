"""A world with a rule that may be drafted, reviewed, approved and met, each step by its own person."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from tests.secrecy.conftest import product

from antin.automation import acts, follow, queries
from antin.automation.facts import Terms
from antin.automation.models import Run
from antin.ledger import acts as ledger
from antin.values import Office
from world import CENTRE, LEAD, PROVINCE, PROVINCE_LEADER, SUPPORTER, World, authority, committed_world, world

__all__ = ["authority", "committed_world", "product", "world"]

ADMINISTRATOR, SECURITY = "quan.tri.tw", SUPPORTER


class Machine:
    """The province's rule: what the centre sends about digital change goes to one specialist within five days."""

    def __init__(self, world: World, administrator: str = ADMINISTRATOR) -> None:
        self.world, self.administrator = world, administrator
        world.confer(administrator, Office.ADMINISTRATOR, organisation=PROVINCE)

    def terms(self, **changed: object) -> Terms:
        terms = Terms(
            title="Văn bản chuyển đổi số của Trung ương",
            kind="route",
            mode="run",
            overseer_id=self.world.person(PROVINCE_LEADER),
            level=2,
            days=5,
            lead=self.world.person(LEAD),
            senders=(CENTRE,),
            words=("chuyển đổi số",),
        )
        return replace(terms, **changed)  # type: ignore[arg-type]

    def drafted(self, rule_id: UUID | None = None, **changed: object) -> UUID:
        return acts.configure_automation(
            actor=self.world.actor(self.administrator),
            organisation_id=self.world.organisation(PROVINCE),
            terms=self.terms(**changed),
            rule_id=rule_id,
        )

    def digest(self, rule: UUID) -> str:
        return queries.automation(self.world.actor(PROVINCE_LEADER), rule).digest

    def reviewed(self, rule: UUID) -> UUID:
        self.world.confirm(SECURITY, "review_automation", self.digest(rule))
        acts.review_automation(
            actor=self.world.actor(SECURITY),
            rule_id=rule,
            findings="Đã xem điều kiện, giới hạn, nhật ký (mẫu).",
            next_on=self.world.today() + timedelta(days=180),
        )
        return rule

    def approve(self, rule: UUID) -> UUID:
        self.world.confirm(PROVINCE_LEADER, "approve_automation", self.digest(rule))
        acts.approve_automation(actor=self.world.actor(PROVINCE_LEADER), rule_id=rule)
        return rule

    def enabled(self, **changed: object) -> UUID:
        return self.approve(self.reviewed(self.drafted(**changed)))

    def registered(self, **changed: object) -> UUID:
        """A document of the centre in the province's register, passed on to nobody yet."""
        return self.world.registered(self.world.original(), forward_to=None, **changed)

    def state(self, rule: UUID) -> str:
        return queries.automation(self.world.actor(PROVINCE_LEADER), rule).state

    @staticmethod
    def follow() -> None:
        while ledger.integrate():
            pass
        while follow.follow_once():
            pass

    @staticmethod
    def runs(rule: UUID) -> list[Run]:
        return list(Run.objects.filter(rule_id=rule).order_by("at", "pk"))

    def met(self, rule: UUID, **changed: object) -> tuple[UUID, Run]:
        """A document is registered and the rule meets it: the document, and what came of it."""
        found = self.registered(**changed)
        self.follow()
        return found, Run.objects.get(rule_id=rule, document_id=found)


@pytest.fixture
def machine(world: World) -> Machine:
    return Machine(world)

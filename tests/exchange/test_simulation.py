"""Installations in bad weather: after every storm nothing is lost, nothing doubled, and both sides say the same.

Each seed is one storm: documents are issued and go on at their receivers while requests are lost before or after
their effect, carried twice, arrive late and out of order, islands are cut off, senders die in the middle, clocks
differ, and installations are put back to a backup. Then the sea lies still, partners compare, and the books must
agree. The same storms every time, and a few that nobody has sailed through before: a seed is its test's name.
`ANTIN_STORMS=2000 pytest tests/exchange/test_simulation.py` takes that many, `ANTIN_STORM=<seed>` one alone.
"""

from __future__ import annotations

import os
import random
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from uuid import UUID

import pytest
from tests.exchange.archipelago import CODES, Island, Sea, Sunk, Weather
from tests.exchange.scene import RECIPIENT, SENDER

from antin.documents.models import Document
from antin.exchange import acts
from antin.exchange.models import Dispatch, Evidence, ParcelIn, ParcelOut, Partner, StatementIn, StatementOut
from antin.exchange.rules import CODE_OF_ACT
from antin.regulation import Indeterminate
from antin.rulebook import queries as rulebook
from antin.values import Actor

KNOWN, FRESH, ROUNDS = 200, 4, 6
STEPS = (
    "registry.document.registered",
    "registry.document.forwarded",
    "casework.work.taken_up",
    "casework.document.completed",
)
STATE_OF_CODE = {"": "arrived", "03": "accepted", "04": "forwarded", "05": "in_process", "06": "completed"}
ORDER = list(STATE_OF_CODE.values())
CALM_ROUNDS = 12

pytestmark = pytest.mark.clause("217/13.1", "217/6.2", "217/6.4")


@dataclass
class Storm:
    """One seed's dice, and what it has done so far."""

    sea: Sea
    dice: Random
    issued: list[tuple[Island, UUID, UUID]] = field(default_factory=list)
    restored: list[str] = field(default_factory=list)

    @property
    def islands(self) -> list[Island]:
        return list(self.sea.islands.values())

    def blow(self) -> None:
        """One round: somebody acts, something befalls somebody, everybody works."""
        self._somebody_acts()
        self._something_happens()
        for island in self.dice.sample(self.islands, len(self.islands)):
            island.clock.advance(self.dice.choice((1, 30, 90)))
            with suppress(Sunk):
                island.work()
        if self.dice.random() < 0.5:
            self.dice.shuffle(self.sea.late)
            self.sea.tide()

    def weather(self, _origin: Island, _target: Island) -> Weather:
        roll = self.dice.random()
        return Weather(
            lost=roll < 0.12,
            answer_lost=0.12 <= roll < 0.24,
            twice=0.24 <= roll < 0.34,
            late=0.34 <= roll < 0.44,
            sinks=0.44 <= roll < 0.50,
        )

    def _somebody_acts(self) -> None:
        island = self.dice.choice(self.islands)
        other = self.dice.choice([one for one in self.islands if one is not island])
        with island.ashore():
            document_id = island.scene.issue(other.code, enter=False)
            acts.queue_dispatches(actor=Actor.system(), document_id=document_id)
            self.issued.append((island, document_id, ParcelOut.objects.get(dispatch__document_id=document_id).id))
        for receiver in self.islands:
            self._goes_on(receiver)

    def _goes_on(self, island: Island) -> None:
        """Received documents are worked on, each by its next step."""
        with island.ashore():
            for row in ParcelIn.objects.filter(state="admitted"):
                if self.dice.random() < 0.4:
                    codes = [CODE_OF_ACT[act] for act in STEPS]
                    done = codes.index(row.last_code) + 1 if row.last_code else 0
                    if done < len(STEPS):
                        island.scene.enter(STEPS[done], row.document_id, code=island.code)

    def _something_happens(self) -> None:
        roll, island = self.dice.random(), self.dice.choice(self.islands)
        pair = frozenset(one.code for one in self.dice.sample(self.islands, 2))
        if roll < 0.2:
            self.sea.cut.add(pair)
        elif roll < 0.5:
            self.sea.cut.clear()
        elif roll < 0.6:
            island.clock.at += timedelta(seconds=self.dice.choice((-200, 200)))
        elif roll < 0.8 and not self.restored:
            island.back_up()
            self.restored.append(island.code)
        elif roll < 0.95 and self.restored == [island.code]:
            self._restore(island)

    def _restore(self, island: Island) -> None:
        """Back to the backup. Its own documents issued since never were, so nobody is asked about them."""
        island.restore()
        self.restored.append("restored")
        with island.ashore():
            known = set(Document.objects.values_list("id", flat=True))
        self.issued = [one for one in self.issued if one[0] is not island or one[1] in known]

    def calm(self) -> None:
        """The sea lies still: everything on its way arrives, partners compare, whatever is owed is sent."""
        self.sea.weather = lambda _from, _to: Weather()
        self.sea.cut.clear()
        for round_ in range(CALM_ROUNDS):
            self.sea.tide()
            for island in self.islands:
                island.clock.advance(20 * 60)
                island.work()
                if round_ in (2, 6):
                    self._compare(island)
            if round_ > 7 and not any(owing(island) for island in self.islands):
                return

    def _compare(self, island: Island) -> None:
        with island.ashore():
            for partner_id in Partner.objects.filter(is_self=False).values_list("id", flat=True):
                with suppress(Indeterminate):
                    acts.reconcile_partner(actor=Actor.system(), partner_id=partner_id, through=rulebook.today())


def owing(island: Island) -> int:
    with island.ashore():
        waiting = Dispatch.objects.filter(state__in=("queued", "sent")).count()
        return waiting + StatementOut.objects.filter(state="queued").count()


def seeds() -> list[int]:
    """Fresh ones are drawn from the id of the run, for every worker must collect the same ones."""
    if "ANTIN_STORM" in os.environ:
        return [int(os.environ["ANTIN_STORM"])]
    known = range(int(os.environ.get("ANTIN_STORMS", KNOWN)))
    dice = Random(os.environ.get("PYTEST_XDIST_TESTRUNUID") or secrets.token_hex())
    return [*known, *(dice.randrange(1_000_000, 1_000_000_000) for _ in range(FRESH))]


@pytest.mark.parametrize("seed", seeds())
def test_after_the_storm_the_books_agree(raised: Callable[..., Sea], seed: int) -> None:
    dice = Random(seed)
    random.seed(seed)  # the pauses of the senders too
    codes = CODES if seed % 3 == 2 else (SENDER, RECIPIENT)
    storm = Storm(raised(*codes), dice)
    storm.sea.weather = storm.weather
    for island in storm.islands:
        island.clock.advance(dice.choice((0, 60, 240)))
    for _ in range(ROUNDS):
        storm.blow()
    storm.calm()
    assert not any(owing(island) for island in storm.islands)
    nothing_lost(storm)
    nothing_doubled(storm)
    both_say_the_same(storm)


def nothing_lost(storm: Storm) -> None:
    """Every parcel still known to its sender stands in its receiver's inbox, with the bytes that were signed."""
    for island, document_id, parcel in storm.issued:
        with island.ashore():
            row = ParcelOut.objects.select_related("dispatch").get(dispatch__document_id=document_id)
            code, manifest = row.dispatch.recipient_code, bytes(row.manifest)
        with of(storm, code).ashore():
            assert bytes(ParcelIn.objects.get(parcel=parcel).manifest) == manifest


def nothing_doubled(storm: Storm) -> None:
    """As many documents as parcels at every receiver, one for each."""
    for island in storm.islands:
        with island.ashore():
            copies = list(ParcelIn.objects.values_list("document_id", flat=True))
            assert len(copies) == len(set(copies))
            assert set(copies) == set(Document.objects.filter(direction="incoming").values_list("id", flat=True))
            heard = list(StatementIn.objects.values_list("statement", flat=True))
            assert len(heard) == len(set(heard))


def both_say_the_same(storm: Storm) -> None:
    """Where the sender says a copy stands is where its receiver has brought it; the newest receipt is the one given.

    A receiver put back to a backup may stand behind what it had told before; never the other way round.
    """
    for island, document_id, parcel in storm.issued:
        with island.ashore():
            dispatch = Dispatch.objects.get(document_id=document_id)
            receipts = {bytes(e.message) for e in Evidence.objects.filter(dispatch=dispatch, side="theirs")}
        with of(storm, dispatch.recipient_code).ashore():
            taken = ParcelIn.objects.get(parcel=parcel)
            last = StatementOut.objects.filter(parcel=parcel).order_by("-sequence").first()
        here, there = ORDER.index(dispatch.state), ORDER.index(STATE_OF_CODE[last.code if last else ""])
        set_back = storm.restored == [dispatch.recipient_code, "restored"]
        assert here == there or (set_back and here > there), (dispatch.times, dispatch.sequence_seen, storm.restored)
        assert bytes(taken.answer) in receipts


def of(storm: Storm, code: str) -> Island:
    return next(island for island in storm.islands if island.code == code)

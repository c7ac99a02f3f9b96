"""`antin demo --check`: the whole journey of a document through the public doors of two installations, step by step.

Nothing here reaches into a database or a room: people sign in, fill forms and read pages and the API, exactly as in
a browser. Each step either holds or ends the run with what was found instead.
"""

# ruff: noqa: T201 (it speaks to whoever runs it)

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from antin.house.demo import afterwards, by_mail, by_the_axis, scenes
from antin.house.demo import world as worlds


@dataclass
class Outcome:
    """One step: what was proven, whether it held, how long it took, what was seen."""

    step: str
    held: bool
    seconds: float
    seen: str = ""


@dataclass
class Journey:
    """The steps so far; `prove` runs one more, unless an earlier one failed."""

    quiet: bool
    outcomes: list[Outcome] = field(default_factory=list)

    @property
    def held(self) -> bool:
        return bool(self.outcomes) and all(outcome.held for outcome in self.outcomes)

    def prove(self, step: str, scene: Callable[[], str]) -> bool:
        begun = time.monotonic()
        try:
            seen, held = scene(), True
        except Exception as error:  # whatever goes wrong in a scene is that step's answer
            seen, held = f"{type(error).__name__}: {error}", False
        outcome = Outcome(step, held, round(time.monotonic() - begun, 2), seen)
        self.outcomes.append(outcome)
        if not self.quiet:
            print(
                f"{'ok  ' if held else 'FAIL'} {outcome.seconds:6.2f} s  {step}{': ' + seen if seen else ''}",
                flush=True,
            )
        return held


def prove(home: Path, *, keep: Path | None, as_json: bool) -> int:
    """Starts a fresh world in `home`, runs every scene, stops it. Answers the exit code: 0 only when all held."""
    journey = Journey(quiet=as_json)
    begun = time.monotonic()
    world = worlds.start(home, seed=False)
    journey.outcomes.append(Outcome("the world is up", True, round(time.monotonic() - begun, 2)))
    if not as_json:
        print(f"ok   {journey.outcomes[0].seconds:6.2f} s  the world is up", flush=True)
    stage = scenes.Stage(world, keep=keep)
    try:
        for step, scene in (*scenes.SCENES, *by_the_axis.SCENES, *by_mail.SCENES, *afterwards.SCENES):
            if not journey.prove(step, lambda scene=scene: scene(stage)):  # type: ignore[misc]
                print(world.processes.tail("trung-uong"), world.processes.tail("lac-giang"), file=sys.stderr)
                break
    finally:
        stage.close()
        world.stop()
    if as_json:
        print(
            json.dumps(
                {"held": journey.held, "steps": [asdict(o) for o in journey.outcomes]}, ensure_ascii=False, indent=1
            )
        )
    return 0 if journey.held else 1

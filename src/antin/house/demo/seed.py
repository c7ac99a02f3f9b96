"""Lays sample documents on the desks of one founded installation, through the rooms' real acts alone.

Runs once, in a process of its own beside the serving installations: python -m antin.house.demo.seed
What is issued here travels by the exchange; what the other installation sends is waited for and treated. A run that
was broken off leaves nothing harmful: the next one finds what is done and goes on. The mark `seeded` ends it for good.
"""

from __future__ import annotations

import os
import time
from datetime import timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "antin.house.settings")
django.setup()

from django.conf import settings  # noqa: E402

from antin.house.demo import machine, shelves  # noqa: E402
from antin.house.demo.clock import live_behind  # noqa: E402
from antin.house.demo.counter import ARRIVAL_TIMEOUT_S, Counter  # noqa: E402
from antin.house.demo.desk import Desk  # noqa: E402
from antin.house.demo.office import office  # noqa: E402
from antin.house.demo.staff import Staff  # noqa: E402
from antin.rulebook import queries as rulebook  # noqa: E402

SEEDED = "seeded"
PLAYED = timedelta(minutes=30)


def main() -> int:
    house = settings.ANTIN
    staff = Staff.of(house.path(house.demo.people), live_behind(PLAYED))
    machine.lay(staff, house.name)
    day = office(house.name, rulebook.today())
    for item in day.outgoing:
        Desk.laid(staff, item).bring()
    deadline = time.monotonic() + ARRIVAL_TIMEOUT_S
    for arrival in day.incoming:
        Counter.awaited(staff, arrival, deadline).treat()
    shelves.lay(staff, house.name)
    staff.leave()
    house.path(SEEDED).touch()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

"""The background process: sequencer, followers, sender and timed jobs, one thread each, all restartable.

Nothing here decides: each part claims its work from the database and may be killed at any instant.
"""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable

from django.db import close_old_connections, connection

from antin.archive import acts as archive
from antin.automation import follow as automation_follow
from antin.continuity import acts as continuity
from antin.continuity import endings
from antin.exchange import acts as exchange
from antin.exchange import follow as exchange_follow
from antin.exchange import sender
from antin.exchange.apart import keeping as apart
from antin.exchange.axis import worker as axis
from antin.exchange.mail import worker as mail
from antin.exchange.sheets import asking as sheets
from antin.ledger import acts as ledger
from antin.registry import acts as registry
from antin.signing import follow as signing_follow
from antin.signing import token_batches
from antin.signing.archival import follow as archival_follow
from antin.signing.archival import renewing, surveying
from antin.signing.evidence_records import heads
from antin.signing.subscribers import watching
from antin.signing.trusting import acts as trusting

log = logging.getLogger("antin.worker")

INTEGRATE_EVERY_S = 0.1
FOLLOW_EVERY_S = 0.2
JOBS_EVERY_S = 30.0
REMIND_EVERY_S = 120.0
AFTER_FAILURE_S = 2.0
TIMESTAMPS_EVERY_S = 2.0
AXIS_EVERY_S = 0.5
TOKENS_EVERY_S = 1.0
AXIS_FETCH_EVERY_S = 5.0
MAIL_FETCH_EVERY_S = 15.0
TIMESTAMP_WORKERS = 2
"""Each may wait minutes for an authority; they ask for different documents."""


def run() -> None:
    """Runs every part until SIGTERM or SIGINT."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    threads = [
        threading.Thread(target=_repeat, args=(stop, name, part, pause), name=name, daemon=True)
        for name, part, pause in (
            ("sequencer", ledger.integrate, INTEGRATE_EVERY_S),
            ("exchange follower", exchange_follow.follow_once, FOLLOW_EVERY_S),
            ("signing follower", signing_follow.follow_once, FOLLOW_EVERY_S),
            ("automation follower", automation_follow.follow_once, FOLLOW_EVERY_S),
            ("reminders", automation_follow.remind_due, REMIND_EVERY_S),
            ("archive follower", archival_follow.follow_once, FOLLOW_EVERY_S),
            ("archive survey", surveying.survey_due, JOBS_EVERY_S),
            ("archive timestamps", renewing.renew_due, JOBS_EVERY_S),
            ("heads stamped", heads.stamp_due, JOBS_EVERY_S),
            ("heads renewed", heads.renew_due, JOBS_EVERY_S),
            ("trust folder", trusting.follow_folder, JOBS_EVERY_S),
            ("posts of subscribers", watching.suspend_without_post, JOBS_EVERY_S),
            ("revocations", watching.note_revocations, JOBS_EVERY_S),
            ("own timestamps", token_batches.enter_due, TOKENS_EVERY_S),
            ("timed jobs", registry.lapse_due, JOBS_EVERY_S),
            *((f"timestamps {n}", registry.attach_due, TIMESTAMPS_EVERY_S) for n in range(1, TIMESTAMP_WORKERS + 1)),
            ("send clocks", exchange.watch_clocks, JOBS_EVERY_S),
            ("comparison with partners", exchange.reconcile_due, JOBS_EVERY_S),
            ("parcels offered again", sender.offer_again, JOBS_EVERY_S),
            ("partners' sheets", sheets.refresh_due, JOBS_EVERY_S),
            ("pieces kept apart", apart.sweep_due, JOBS_EVERY_S),
            ("axis, out", axis.send_due, AXIS_EVERY_S),
            ("axis, in", axis.receive_due, AXIS_FETCH_EVERY_S),
            ("axis, bodies", axis.refresh_due, JOBS_EVERY_S),
            ("mail, out", mail.send_due, AXIS_EVERY_S),
            ("mail, in", mail.receive_due, MAIL_FETCH_EVERY_S),
            ("mail, unanswered", mail.watch_due, JOBS_EVERY_S),
            ("readings", ledger.flush_readings, JOBS_EVERY_S),
            ("endings", endings.follow_once, FOLLOW_EVERY_S),
            ("traces of the destroyed", archive.purge_due, JOBS_EVERY_S),
            ("backups", continuity.back_up_due, JOBS_EVERY_S),
            ("backups proven", continuity.prove_due, JOBS_EVERY_S),
        )
    ]
    threads.append(threading.Thread(target=_send, args=(stop,), name="sender", daemon=True))
    for thread in threads:
        thread.start()
    while not stop.wait(1.0):
        pass
    for thread in threads:
        thread.join(timeout=10)


def _repeat(stop: threading.Event, name: str, part: Callable[[], object], pause_s: float) -> None:
    """Calls the part again and again; busy parts are called again at once, failures are logged and waited out."""
    while not stop.is_set():
        try:
            busy = bool(part())
        except Exception:
            log.exception("%s failed; trying again", name)
            connection.close()
            stop.wait(AFTER_FAILURE_S)
            continue
        close_old_connections()
        if not busy:
            stop.wait(pause_s)


def _send(stop: threading.Event) -> None:
    while not stop.is_set():
        try:
            sender.run(stop)
        except Exception:
            log.exception("sender failed; starting again")
            connection.close()
            stop.wait(AFTER_FAILURE_S)

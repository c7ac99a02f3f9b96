"""What is late is ended, what is in time is left alone, in whatever order deadlines come."""

from __future__ import annotations

import threading
import time

from antin.sandbox import Deadlines

PATIENCE_S = 10.0


def test_what_is_late_is_ended_at_its_deadline():
    ended, started = threading.Event(), time.monotonic()
    with Deadlines().within(0.05, ended.set):
        assert ended.wait(PATIENCE_S)
    assert time.monotonic() - started >= 0.05


def test_an_earlier_deadline_that_comes_later_is_kept_first():
    watch, late, early = Deadlines(), threading.Event(), threading.Event()
    with watch.within(PATIENCE_S, late.set), watch.within(0.05, early.set):
        assert early.wait(PATIENCE_S / 2)
        assert not late.is_set()


def test_what_ended_in_time_is_left_alone_and_the_next_one_is_watched():
    watch, done, late = Deadlines(), threading.Event(), threading.Event()
    with watch.within(0.05, done.set):
        pass
    with watch.within(0.1, late.set):
        assert late.wait(PATIENCE_S)
    assert not done.is_set()


def test_many_at_once_are_each_ended_once():
    watch, ended = Deadlines(), []
    arrived = threading.Semaphore(0)

    def end(number: int) -> None:
        ended.append(number)
        arrived.release()

    def work(number: int) -> None:
        with watch.within(0.01 * (number % 5), lambda: end(number)):
            all_ended.wait(PATIENCE_S)

    all_ended = threading.Event()
    workers = [threading.Thread(target=work, args=(number,)) for number in range(20)]
    for worker in workers:
        worker.start()
    assert all(arrived.acquire(timeout=PATIENCE_S) for _ in workers)
    all_ended.set()
    for worker in workers:
        worker.join(PATIENCE_S)
    assert sorted(ended) == list(range(20))

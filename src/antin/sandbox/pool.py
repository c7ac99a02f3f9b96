"""The asking side of the sandbox: a few workers, started when needed and ended when one takes too long."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from typing import IO, Any, cast

from antin.sandbox import framing
from antin.sandbox.deadlines import Deadlines


class Unanswered(Exception):
    """No answer within the limits of time and memory, or the worker ended before it answered."""


class _Rested(Unanswered):
    """The worker had gone to rest for want of questions just as this one came."""


class Worker:
    """One child process and the conversation with it; not for two threads at once."""

    def __init__(self, module: str, deadlines: Deadlines) -> None:
        self._deadlines = deadlines
        environment = {
            "PATH": "/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        }
        self.child = subprocess.Popen(
            [sys.executable, "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env=environment,
            start_new_session=True,
        )
        self.source = ""

    @property
    def fit(self) -> bool:
        return self.child.poll() is None

    def ask(
        self, task: str, blobs: tuple[bytes, ...], options: dict[str, Any], timeout_s: float
    ) -> tuple[dict[str, Any], bytes]:
        """Head and bytes of the answer; Unanswered when the child died or was ended by the time limit."""
        question = {"task": task, "options": options, "sizes": [len(blob) for blob in blobs], "source": self.source}
        sending, receiving = self._pipes()
        try:
            with self._deadlines.within(timeout_s, self._kill):
                framing.write(cast("Any", sending), question, *blobs)
                return framing.read_answer(cast("Any", receiving))
        except (OSError, ValueError) as error:
            raise Unanswered(task) from error

    def end(self) -> None:
        self._kill()
        for pipe in self._pipes():
            with contextlib.suppress(OSError):  # a killed child leaves a broken pipe
                pipe.close()
        self.child.wait()

    def rested(self) -> bool:
        """Ends it after a question that it did not answer; True when it had ended of itself, in good order."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.child.wait(0.2)
        in_order = self.child.poll() == 0
        self.end()
        return in_order

    def _kill(self) -> None:
        """The worker and the copy of it that is at work: both are in a session of their own."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.child.pid, signal.SIGKILL)

    def _pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        sending, receiving = self.child.stdin, self.child.stdout
        assert sending is not None and receiving is not None
        return sending, receiving


class Pool:
    """A small set of workers of one module. Thread-safe; a forked process needs a pool of its own."""

    def __init__(self, module: str, *, workers: int, timeout_s: float) -> None:
        self.module = module
        self.timeout_s = timeout_s
        self.free: list[Worker] = []
        self._deadlines = Deadlines()
        self._lock = threading.Lock()
        self._places = threading.BoundedSemaphore(workers)

    def ask(
        self, task: str, blobs: tuple[bytes, ...], options: dict[str, Any], *, source: str = ""
    ) -> tuple[dict[str, Any], bytes]:
        """Head and bytes of the answer; Unanswered beyond the limits, or when every worker stays busy that long.

        `source` names who gave the files: small ones of the same source may be read by the same copy.
        """
        if not self._places.acquire(timeout=self.timeout_s):
            raise Unanswered("busy")
        try:
            try:
                return self._ask(self.fit_worker(source), task, blobs, options)
            except _Rested:
                return self._ask(self._new(source), task, blobs, options)
        finally:
            self._places.release()

    def _ask(
        self, worker: Worker, task: str, blobs: tuple[bytes, ...], options: dict[str, Any]
    ) -> tuple[dict[str, Any], bytes]:
        try:
            answer = worker.ask(task, blobs, options, self.timeout_s)
        except Unanswered as silent:
            if worker.rested():
                raise _Rested(task) from silent
            raise
        except BaseException:
            worker.end()
            raise
        with self._lock:
            self.free.append(worker)
        return answer

    def fit_worker(self, source: str = "") -> Worker:
        """A living worker, best the one that last heard this source, taken out of the free ones or started."""
        with self._lock:
            same = next((at for at, worker in enumerate(self.free) if worker.source == source), -1)
            worker = self.free.pop(same) if self.free else None
        if worker is not None and not worker.fit:
            worker.end()
            worker = None
        if worker is None:
            return self._new(source)
        worker.source = source
        return worker

    def _new(self, source: str) -> Worker:
        worker = Worker(self.module, self._deadlines)
        worker.source = source
        return worker

    def close(self) -> None:
        """Ends every idle worker."""
        with self._lock:
            idle, self.free = self.free, []
        for worker in idle:
            worker.end()

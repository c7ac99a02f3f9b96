"""Foreign files are parsed in another process: little memory, little time, no file to write,
no secret to read, nothing kept.

A room names the module of its worker and asks it through a `Pool`; the module ends in `serve(answer, Limits(…))`.
Each question is answered by a fresh copy of a process that has only ever loaded its libraries, so what one file
does to the parser is gone before the next; small files of one named source may share a copy for a moment (`copies`).
Answers are data (JSON and bytes), never objects.
"""

from antin.sandbox.copies import Answer, Limits
from antin.sandbox.deadlines import Deadlines, Watchdog
from antin.sandbox.pool import Pool, Unanswered
from antin.sandbox.worker import serve

__all__ = ["Answer", "Deadlines", "Limits", "Pool", "Unanswered", "Watchdog", "serve"]

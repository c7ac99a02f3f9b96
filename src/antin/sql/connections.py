"""The connection of a thread that works without web requests."""

from __future__ import annotations

import threading
import time

from django.db import close_old_connections, connection

TRUSTED_S = 1.0

_used = threading.local()


def renew_connection() -> None:
    """Django's `close_old_connections` between two pieces of work, except for a connection that worked a moment ago.

    A check whether it still lives costs a round trip of its own; what broke within the second shows as any error does.
    """
    now = time.monotonic()
    if now - getattr(_used, "at", -TRUSTED_S) >= TRUSTED_S or connection.errors_occurred:
        close_old_connections()
    _used.at = now

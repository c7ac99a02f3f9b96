"""How often one address may ask for something costly. Kept in this process's memory only, nowhere written down."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque
from ipaddress import IPv6Address, ip_address, ip_network

MAX_ADDRESSES = 10_000


class Pace:
    """At most `most` times within `period_s` seconds for each address; each server process counts for itself."""

    def __init__(self, most: int, period_s: float) -> None:
        self.most = most
        self.period_s = period_s
        self._asked: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = threading.Lock()

    def admits(self, address: str, *, now_s: float | None = None) -> bool:
        """Counts the question and says whether it is within the limit; a refused one does not count."""
        now = time.monotonic() if now_s is None else now_s
        key = neighbourhood(address)
        with self._lock:
            times = self._asked.setdefault(key, deque(maxlen=self.most))
            self._asked.move_to_end(key)
            while len(self._asked) > MAX_ADDRESSES:
                self._asked.popitem(last=False)
            if len(times) == self.most and now - times[0] < self.period_s:
                return False
            times.append(now)
            return True

    def forget(self) -> None:
        """Everybody may begin anew."""
        with self._lock:
            self._asked.clear()


def neighbourhood(address: str) -> str:
    """What counts as one address: of IPv6 the network of 64 bits, which one subscriber has to himself."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    return str(ip_network((found, 64), strict=False)) if isinstance(found, IPv6Address) else str(found)

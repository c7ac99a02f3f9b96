"""One-time codes (RFC 6238, SHA-1, 6 digits, 30 s) as a person's authenticator app shows them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from dataclasses import dataclass, field

STEP_S = 30


def code_at(secret: str, counter: int) -> str:
    """The code of one time step (RFC 4226 §5.3 truncation)."""
    digest = hmac.new(base64.b32decode(secret), counter.to_bytes(8, "big"), hashlib.sha1).digest()
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"


@dataclass
class Authenticator:
    """An app that never shows the same code twice: each step counts once, one step early or late is admitted."""

    secret: str
    used: set[int] = field(default_factory=set)

    def fresh(self) -> str:
        """An unused code; waits for the next step when the three admitted ones are spent."""
        while True:
            now = int(time.time() // STEP_S)
            for counter in (now - 1, now, now + 1):
                if counter not in self.used and (counter != now - 1 or time.time() % STEP_S < STEP_S - 4):
                    self.used.add(counter)
                    return code_at(self.secret, counter)
            time.sleep(STEP_S - time.time() % STEP_S + 0.2)

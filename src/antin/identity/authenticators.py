"""One-time codes (RFC 6238) on django-allauth's authenticators, each time step once per account in the database.

django-allauth remembers used codes in the cache of one process, so a second worker would take the same code again;
here a unique row (account, step) decides.
"""

from __future__ import annotations

import hmac
import re
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.utils import decrypt

from antin.identity import ports
from antin.identity.models import Account, TotpUse

PERIOD_S = 30
TOLERANCE = 1
LAPSING_S = 8
"""A code with less time than this left is not shown to anybody: it has to be typed, sent and judged yet."""
CODE = re.compile(r"[0-9]{6}\Z")
BASE32_SECRET = re.compile(r"[A-Z2-7]{32}\Z")
MAX_CODE_CHARS = 16

__all__ = ["accept", "activate", "bound", "end", "fresh_code", "generate_totp_secret", "seconds_to_next", "secret_fits"]


def bound(account_id: UUID) -> bool:
    """True when the account has a one-time-code app."""
    return Authenticator.objects.filter(user_id=account_id, type=Authenticator.Type.TOTP).exists()


def secret_fits(secret: str) -> bool:
    """20 bytes in base32, as the apps read it."""
    return bool(BASE32_SECRET.match(secret))


def activate(account: Account, secret: str) -> UUID:
    """Binds the secret, sealed; answers the account's id. One app per account: the former one must have ended."""
    TOTP.activate(account, secret)
    return account.id


def end(account_id: UUID) -> int:
    """Takes the account's app away; answers how many there were."""
    count, _ = Authenticator.objects.filter(user_id=account_id, type=Authenticator.Type.TOTP).delete()
    return count


def matches(secret: str, code: str) -> int | None:
    """The time step whose code this is, among the admitted ones; None otherwise. Spends nothing."""
    given = _digits(code)
    now = _step()
    if given is None:
        return None
    found = None
    for counter in range(now - TOLERANCE, now + TOLERANCE + 1):
        if hmac.compare_digest(given, _code(secret, counter)):
            found = counter
    return found


def accept(account_id: UUID, code: str) -> bool:
    """True once per time step: the code is right and nobody showed it before, in whichever process."""
    authenticator = Authenticator.objects.filter(user_id=account_id, type=Authenticator.Type.TOTP).first()
    if authenticator is None:
        return False
    counter = matches(decrypt(authenticator.data["secret"]), code)
    if counter is None or not spend(account_id, counter):
        return False
    authenticator.record_usage()
    return True


def spend(account_id: UUID, counter: int) -> bool:
    """Marks the time step as used by the account; False when it was already."""
    _, first_time = TotpUse.objects.get_or_create(
        account_id=account_id, counter=counter, defaults={"used_at": ports.bound().clock.now()}
    )
    return first_time


def fresh_code(account_id: UUID) -> str | None:
    """A code that would be accepted now, the oldest first so that later ones remain; None when all are spent."""
    authenticator = Authenticator.objects.filter(user_id=account_id, type=Authenticator.Type.TOTP).first()
    if authenticator is None:
        return None
    now, into = divmod(int(ports.bound().clock.now().timestamp()), PERIOD_S)  # one reading: a step may end between two
    used = set(TotpUse.objects.filter(account_id=account_id, counter__gte=now - 1).values_list("counter", flat=True))
    for counter in range(now - TOLERANCE, now + TOLERANCE + 1):
        about_to_lapse = counter < now and PERIOD_S - into < LAPSING_S
        if counter not in used and not about_to_lapse:
            return _code(decrypt(authenticator.data["secret"]), counter)
    return None


def seconds_to_next() -> int:
    """Until the next time step begins."""
    return PERIOD_S - int(ports.bound().clock.now().timestamp()) % PERIOD_S


def _step() -> int:
    return int(ports.bound().clock.now().timestamp()) // PERIOD_S


def _code(secret: str, counter: int) -> str:
    return str(format_hotp_value(hotp_value(secret, counter)))


def _digits(code: str) -> str | None:
    """Six digits; blanks that apps show between them are taken away. Only ASCII digits count."""
    if len(code) > MAX_CODE_CHARS:
        return None
    bare = "".join(code.split())
    return bare if CODE.match(bare) else None

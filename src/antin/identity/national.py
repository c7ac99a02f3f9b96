"""Sign-in by the national identity account: what is asked of its provider, and what a true answer says (379/11.3).

The provider speaks OpenID Connect Core 1.0 (code flow, PKCE of RFC 7636). Nothing here is kept between question and answer:
`Asked` lies in the browser's own session.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Protocol

SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class Asked:
    """One question to the provider. `state` ties the answer to this browser, `nonce` to this question; `verifier` proves,
    when the code is exchanged, that both came from here. `at`: seconds since 1970.
    """

    state: str
    nonce: str
    verifier: str
    at: float

    @staticmethod
    def anew(at: datetime) -> Asked:
        return Asked(*(secrets.token_urlsafe(SECRET_BYTES) for _ in range(3)), at.timestamp())

    def is_answered_by(self, state: str) -> bool:
        return hmac.compare_digest(self.state.encode(), state.encode())

    def kept(self) -> dict[str, str | float]:
        """As it lies in a session; `Asked(**kept)` is the same again."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Statement:
    """What the provider says of the person: a name of the account that means nothing elsewhere, the personal identification
    number, the level at which it knows the person, and when it last saw proof.
    """

    issuer: str
    subject: str
    number: str
    level: str
    proven_at: datetime


class NationalIdentity(Protocol):
    """The port. Statements are believed only with the provider's signature, for this installation and this question."""

    @property
    def name(self) -> str:
        """As people know it, for buttons: "VNeID"."""

    @property
    def levels(self) -> tuple[str, ...]:
        """The levels at which a person is known well enough to work with documents."""

    def question(self, asked: Asked) -> str:
        """The address at which the person proves who it is. Indeterminate while the provider does not answer."""

    def statement(self, asked: Asked, code: str) -> Statement:
        """What the code stands for. RemoteViolation for an answer that is not believed, Indeterminate for none."""

"""Who acts, in which office, proven how.

An `Actor` is built once per request (or per system run) by `identity` and handed to every act, so rooms
below `identity` can ask it without knowing people (379/12.2.b, 379/13.3).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from uuid import UUID


class Office(StrEnum):
    """Offices of the law of the house; a mandate confers one of them in one organisation."""

    DRAFTER = "drafter"
    REVIEWER = "reviewer"
    APPROVER = "approver"
    SIGNATORY = "signatory"
    CLERK = "clerk"
    SEAL_KEEPER = "seal_keeper"
    LEADER = "leader"
    ASSIGNEE = "assignee"
    ARCHIVIST = "archivist"
    APPRAISER = "appraiser"
    CONVERTER = "converter"
    EXECUTOR = "executor"
    IMPOUNDING_AUTHORITY = "impounding_authority"
    OFFICE_HEAD = "office_head"
    OVERSEER = "overseer"
    CLEARED = "cleared"
    """Admitted to what is Mật there: a clearance, given and ended as any mandate; it does no act by itself (379/22.2)."""
    SYSTEM_OWNER = "system_owner"
    IDENTITY_OFFICER = "identity_officer"
    SUBSCRIBER_MANAGER = "subscriber_manager"
    SECURITY_OFFICER = "security_officer"
    EXCHANGE_OPERATOR = "exchange_operator"
    COMPETENT_AUTHORITY = "competent_authority"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"
    PERSON = "person"
    VISITOR = "visitor"
    SYSTEM = "system"
    PEER = "peer"


class Method(StrEnum):
    """How an actor was authenticated; only the strong ones carry legal acts (379/12.2.b)."""

    PASSWORD_TOTP = "password_totp"
    PASSKEY = "passkey"
    CERTIFICATE = "certificate"
    NATIONAL_IDENTITY = "national_identity"
    PASSWORD = "password"
    INSTALLATION_KEY = "installation_key"
    ORGANISATION_SIGNATURE = "organisation_signature"

    @property
    def is_strong(self) -> bool:
        return self is not Method.PASSWORD


class Ground(StrEnum):
    """Why someone acts in another's place."""

    DELEGATION = "delegation"
    ABSENCE = "absence"


@dataclass(frozen=True, slots=True)
class Behalf:
    """In whose place, and why: an office lent in writing, or a stated absence; days of Vietnam (379/6.2.p2)."""

    person_id: UUID
    name: str
    ground: Ground
    ground_id: UUID
    since: date
    until: date


@dataclass(frozen=True, slots=True)
class MandateView:
    """One mandate in force: an office in an organisation, with the words that sign there.

    `lent` names whose office it is when it is held by delegation; then `open_only` keeps what is secret out of it.
    """

    office: Office
    organisation_id: UUID
    position: str = ""
    capacity: str = ""
    document_types: frozenset[str] = frozenset()
    lent: Behalf | None = None
    open_only: bool = False


@dataclass(frozen=True, slots=True)
class Actor:
    """The acting person, system or peer. `session` is a commitment, never the session key itself.

    `stands_in` are the absent whose seats in reviews are the actor's meanwhile. Within an act, `on_behalf_of` and
    `behalf` say in whose place it is done; outside of one they are empty.
    """

    person_id: UUID | None
    name: str
    method: Method
    mandates: tuple[MandateView, ...] = ()
    session: str = ""
    on_behalf_of: UUID | None = None
    office: Office = Office.PERSON
    organisation_id: UUID | None = None
    stands_in: tuple[Behalf, ...] = ()
    behalf: Behalf | None = None

    def in_place_of(self, behalf: Behalf | None) -> Actor:
        """The same actor with the person named in whose place the act is done; unchanged for None."""
        return self if behalf is None else replace(self, on_behalf_of=behalf.person_id, behalf=behalf)

    def holds(self, office: Office, organisation_id: UUID | None) -> bool:
        """True when a mandate of this office in exactly this organisation is among those in force."""
        return any(m.office is office and m.organisation_id == organisation_id for m in self.mandates)

    def organisations(self, *offices: Office) -> frozenset[UUID]:
        """Organisations where the actor holds any of the offices (any office at all when none is named)."""
        return frozenset(m.organisation_id for m in self.mandates if not offices or m.office in offices)

    @staticmethod
    def system(name: str = "system") -> Actor:
        """The installation itself, by its own key (379/27.1)."""
        return Actor(person_id=None, name=name, method=Method.INSTALLATION_KEY, office=Office.SYSTEM)

    @staticmethod
    def peer(name: str, organisation_id: UUID | None = None) -> Actor:
        """A partner installation, by its organisation's signature (217/6.2)."""
        return Actor(
            person_id=None,
            name=name,
            method=Method.ORGANISATION_SIGNATURE,
            office=Office.PEER,
            organisation_id=organisation_id,
        )

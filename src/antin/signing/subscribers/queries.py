"""Certificates, requests and holders as the subscriber manager sees them: of their own bodies and everything below (379/10.1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db.models import Count, Q
from django.db.models.functions import TruncMonth

from antin.identity import queries as identity
from antin.ledger import queries as ledger
from antin.regulation import RuleViolation
from antin.rulebook import queries as rulebook
from antin.signing import certificates, ports, rules
from antin.signing.models import Certificate, CertificateRequest
from antin.signing.queries import CertificateView, view
from antin.values import N_, VIETNAM, Actor, Office, to_vietnam

MAX_ROWS = 500
PAGE = 100
EVENTS = (
    "signing.certificate.asked",
    "signing.certificate.request_refused",
    "signing.certificate.noted",
    "signing.certificate.suspended",
    "signing.certificate.resumed",
    "signing.certificate.revocation_asked",
    "signing.certificate.revoked",
)


@dataclass(frozen=True, slots=True)
class SubscriberRow:
    """A certificate with its holder: `post` is the person's position or empty; `shown_state` tells expiry as well."""

    certificate: CertificateView
    holder_name: str
    post: str
    organisation_name: str
    key: str
    shown_state: str
    days_left: int


@dataclass(frozen=True, slots=True)
class RequestRow:
    id: UUID
    holder_kind: str
    holder_id: UUID
    holder_name: str
    organisation_id: UUID
    organisation_name: str
    purpose: str
    renews_id: UUID | None
    state: str
    basis: str
    asked_by_name: str
    asked_at: datetime
    settled_by_name: str
    settled_at: datetime | None
    reason: str
    certificate_id: UUID | None


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who should have a certificate for this purpose and has none in use."""

    kind: str
    id: UUID
    name: str
    post: str
    organisation_name: str
    purpose: str


@dataclass(frozen=True, slots=True)
class EventRow:
    """One line of the quarterly report; `actor_name` is empty when the system acted."""

    at: datetime
    act: str
    holder_name: str
    organisation_name: str
    purpose: str
    serial: str
    actor_name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Quarter:
    """What happened from `first` up to but without `until`; `standing`: certificates by shown state now (379/9.2).

    `earlier`: something happened before it; `later`: the next one has begun.
    """

    first: date
    until: date
    earlier: bool
    later: bool
    counts: dict[str, int]
    events: tuple[EventRow, ...]
    standing: dict[str, int]
    ending: int


def scope(actor: Actor) -> frozenset[UUID]:
    """Bodies whose subscribers this person manages or audits, with everything below; RuleViolation 379/4.4 for others."""
    held = actor.organisations(*rules.SUBSCRIBER_READERS)
    if not held:
        raise RuleViolation("379/4.4", N_("Không có trang này."), N_("Về trang đầu."))
    return identity.with_all_below(held)


def manages(actor: Actor) -> bool:
    return bool(actor.organisations(Office.SUBSCRIBER_MANAGER))


def inventory(
    actor: Actor, shown: str = "", month: date | None = None, after: UUID | None = None
) -> tuple[SubscriberRow, ...]:
    """Certificates of these bodies and their people, the first to end first, a page of them; `after` ends the page before.

    `shown`: only those in this shown state, "" for all that are in use or may be again; `month`: only those that end then.
    """
    rows = Certificate.objects.filter(organisation_id__in=scope(actor)).filter(_showing(shown))
    if month is not None:
        begin, end = _month(month)
        rows = rows.filter(not_after__gte=begin, not_after__lt=end)
    last = Certificate.objects.filter(pk=after).first() if after else None
    if last is not None:
        rows = rows.filter(Q(not_after__gt=last.not_after) | Q(not_after=last.not_after, id__gt=last.id))
    return _with_holders([view(row) for row in rows.order_by("not_after", "id")[:PAGE]])


def counts(actor: Actor) -> dict[str, int]:
    """How many there are in each shown state."""
    rows = Certificate.objects.filter(organisation_id__in=scope(actor))
    return {shown: rows.filter(_showing(shown)).count() for shown in rules.SHOWN_STATES}


def calendar(actor: Actor) -> tuple[tuple[date, int], ...]:
    """How many of those in use end in which month of Vietnam's calendar; first days of months."""
    rows = Certificate.objects.filter(organisation_id__in=scope(actor)).filter(_showing(""))
    months = rows.annotate(month=TruncMonth("not_after", tzinfo=VIETNAM)).values("month").annotate(n=Count("id"))
    return tuple((row["month"].date(), row["n"]) for row in months.order_by("month"))


def _showing(shown: str) -> Q:
    """The SQL twin of `rules.shown_state`."""
    now = ports.bound().clock.now()
    alive, ending = Q(not_after__gte=now), Q(not_after__lte=now + rules.ENDING)
    return {
        "": alive & ~Q(state="revoked"),
        "active": alive & ~ending & Q(state=rules.ACTIVE),
        "ending": alive & ending & Q(state=rules.ACTIVE),
        "suspended": alive & Q(state="suspended"),
        "revocation_asked": Q(state="revocation_asked"),
        "revoked": Q(state="revoked"),
        "expired": Q(not_after__lt=now, state__in=[rules.ACTIVE, "suspended"]),
    }[shown]


def _month(first: date) -> tuple[datetime, datetime]:
    following = (first.replace(day=1) + timedelta(days=32)).replace(day=1)
    begin, end = (datetime.combine(day, time.min, VIETNAM) for day in (first.replace(day=1), following))
    return begin, end


def one(actor: Actor, certificate_id: UUID) -> SubscriberRow:
    row = Certificate.objects.filter(pk=certificate_id, organisation_id__in=scope(actor)).first()
    if row is None:
        raise RuleViolation("379/4.4", N_("Không có chứng thư số này trong danh mục."), N_("Kiểm tra lại danh mục."))
    return _with_holders([view(row)])[0]


def requests(actor: Actor, *, open_only: bool = False) -> tuple[RequestRow, ...]:
    """Newest first."""
    rows = CertificateRequest.objects.filter(organisation_id__in=scope(actor)).order_by("-asked_at", "-id")
    return _requests(list((rows.filter(state="asked") if open_only else rows)[:MAX_ROWS]))


def request(actor: Actor, request_id: UUID) -> RequestRow:
    row = CertificateRequest.objects.filter(pk=request_id, organisation_id__in=scope(actor)).first()
    if row is None:
        raise RuleViolation("379/4.4", N_("Không có đề nghị này."), N_("Kiểm tra lại danh mục."))
    return _requests([row])[0]


def without_certificate(actor: Actor) -> tuple[Holder, ...]:
    """Signatories and bodies with a seal that have no usable certificate and no open request."""
    bodies, now = scope(actor), ports.bound().clock.now()
    usable = Certificate.objects.filter(state=rules.ACTIVE, not_before__lte=now, not_after__gte=now)
    have = set(usable.values_list("holder_id", "purpose"))
    have |= set(CertificateRequest.objects.filter(state="asked").values_list("holder_id", "purpose"))
    found = []
    for body in (one for one in identity.organisations() if one.id in bodies):
        if body.has_seal and (body.id, rules.SEAL) not in have:
            found.append(Holder("organisation", body.id, body.name, "", body.name, rules.SEAL))
        for person in identity.people_with(Office.SIGNATORY, body.id):
            if (person.id, rules.SIGN) not in have:
                found.append(Holder("person", person.id, person.name, person.position, body.name, rules.SIGN))
    return tuple(found)


def holder(actor: Actor, kind: str, holder_id: UUID, purpose: str) -> Holder:
    """The one a request is about to be made for; RuleViolation 379/4.4 outside one's bodies."""
    try:
        if kind == "person":
            person = identity.person(holder_id)
            body_id, name, post = person.organisation_id, person.name, person.position
        else:
            body_id, name, post = holder_id, identity.organisation(holder_id).name, ""
        inside = body_id in scope(actor) and rules.HOLDERS.get(purpose) == kind
    except LookupError:
        inside = False
    if not inside:
        raise RuleViolation("379/4.4", N_("Không có chủ thể này."), N_("Chọn chủ thể trong danh sách."))
    return Holder(kind, holder_id, name, post, identity.organisation(body_id).name, purpose)


def quarter(actor: Actor, named: str) -> Quarter:
    """The quarterly report "2026-4" on these bodies, from the ledger (379/9.2, 379/10.1)."""
    bodies = scope(actor)
    today = rulebook.today()
    first, until = rules.quarter_of(named, today)
    begin, end = (datetime.combine(day, time.min, VIETNAM) for day in (first, until))
    since, earlier = _entries(bodies, begin)
    entries = [e for e in since if e.at < end]
    ends = Certificate.objects.filter(organisation_id__in=bodies).filter(_showing(""))
    following = rules.quarter_of(f"{until.year}-{(until.month + 2) // 3}", until)[1]
    return Quarter(
        first=first,
        until=until,
        earlier=earlier,
        later=until <= today,
        counts={act: sum(e.act == act for e in entries) for act in EVENTS},
        events=_events(entries),
        standing=counts(actor),
        ending=ends.filter(not_after__gte=end, not_after__lt=datetime.combine(following, time.min, VIETNAM)).count(),
    )


def _entries(bodies: frozenset[UUID], begin: datetime) -> tuple[list[ledger.EntryRow], bool]:
    """Oldest first, from this instant on, page by page; and whether there are older ones."""
    found: list[ledger.EntryRow] = []
    before: int | None = None
    while True:
        page = ledger.recent(acts=EVENTS, organisation_ids=bodies, before=before, limit=200)
        fitting = [e for e in page if e.at >= begin]
        found += fitting
        older = len(fitting) < len(page)
        if not page or older or len(found) >= 20 * MAX_ROWS:
            return found[::-1], older or bool(page)
        before = page[-1].id


def _events(entries: list[ledger.EntryRow]) -> tuple[EventRow, ...]:
    people = identity.people({UUID(str(e.facts["holder"])) for e in entries})
    bodies = {body.id: body.name for body in identity.organisations()}
    return tuple(
        EventRow(
            at=e.at,
            act=e.act,
            holder_name=people[holder_id].name if holder_id in people else bodies.get(holder_id, ""),
            organisation_name=bodies.get(e.organisation_id, "") if e.organisation_id else "",
            purpose=str(e.facts["purpose"]),
            serial=str(e.facts.get("serial", "")),
            actor_name=e.actor_name if e.person_id else "",
            reason=e.reason,
        )
        for e in entries
        for holder_id in (UUID(str(e.facts["holder"])),)
    )


def _with_holders(found: list[CertificateView]) -> tuple[SubscriberRow, ...]:
    people = identity.people({one.holder_id for one in found if one.holder_kind == "person"})
    bodies = {body.id: body for body in identity.organisations()}
    now = ports.bound().clock.now()
    rows = []
    for one in found:
        person = people.get(one.holder_id) if one.holder_kind == "person" else None
        body = bodies.get(one.organisation_id)
        days = (to_vietnam(one.not_after).date() - to_vietnam(now).date()).days
        rows.append(
            SubscriberRow(
                certificate=one,
                holder_name=person.name if person else body.name if body else one.subject_name,
                post=person.position if person else "",
                organisation_name=body.name if body else "",
                key=certificates.facts(one.der).key,
                shown_state=rules.shown_state(one.state, one.not_after, now),
                days_left=days,
            )
        )
    return tuple(rows)


def _requests(found: list[CertificateRequest]) -> tuple[RequestRow, ...]:
    people = identity.people({one.holder_id for one in found if one.holder_kind == "person"})
    bodies = {body.id: body.name for body in identity.organisations()}
    return tuple(
        RequestRow(
            id=row.id,
            holder_kind=row.holder_kind,
            holder_id=row.holder_id,
            holder_name=people[row.holder_id].name if row.holder_id in people else bodies.get(row.holder_id, ""),
            organisation_id=row.organisation_id,
            organisation_name=bodies.get(row.organisation_id, ""),
            purpose=row.purpose,
            renews_id=row.renews_id,
            state=row.state,
            basis=row.basis,
            asked_by_name=row.asked_by_name,
            asked_at=row.asked_at,
            settled_by_name=row.settled_by_name,
            settled_at=row.settled_at,
            reason=row.reason,
            certificate_id=row.certificate_id,
        )
        for row in found
    )

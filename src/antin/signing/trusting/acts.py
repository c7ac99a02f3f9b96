"""An authority is taken into the trust store or leaves it; each is an entry of the ledger (379/7.p1, 379/9.1, 379/5.3).

A person of the security office does it with a step-up and with the fingerprint as another source tells it. What lies in
the trust folder was put there by whoever runs the machine: it is taken on record by the system as soon as it is seen.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from antin.identity import acts as identity_acts
from antin.identity.rules import require_any_office
from antin.ledger import acts as ledger
from antin.regulation import RuleViolation
from antin.signing import certificates, ports
from antin.signing.lifecycle import TRUST
from antin.signing.models import TrustedCertificate
from antin.signing.rules import reason_given
from antin.signing.trust import Term
from antin.signing.trusting import reading, rules
from antin.sql import insert_once
from antin.steps import Step
from antin.values import N_, Actor, Office

FOLDER = N_("Có trong thư mục tin cậy của điểm cài đặt.")
LEFT_FOLDER = N_("Không còn trong thư mục tin cậy của điểm cài đặt.")
SYSTEM = Actor.system("signing")


def adoption_digest(fingerprint: str, domain: str, since: datetime | None) -> str:
    """What the challenge "adopt_trust" is bound to."""
    told = since.isoformat() if since else ""
    return identity_acts.identity_digest("adopt_trust", fingerprint=fingerprint, domain=domain, since=told)


def end_digest(trust_id: UUID) -> str:
    """What the challenge "end_trust" is bound to."""
    return identity_acts.identity_digest("end_trust", trust=str(trust_id))


def proposed(*, actor: Actor, file: bytes, domain: str, basis: str) -> bytes:
    """The certificate (DER) that `adopt_trust` would take, before it is compared and confirmed; RuleViolation as there."""
    _officer(actor, TRUST.step("", "adopt_trust(person)"))
    reason_given(basis)
    rules.known_domain(domain)
    return reading.authority(file)


@transaction.atomic
def adopt_trust(*, actor: Actor, file: bytes, domain: str, since: datetime | None, basis: str, compared: str) -> UUID:
    """Takes one certificate (PEM or DER) into the trust store; the id of its line.

    `compared`: its SHA-256 as a second source tells it, in any spelling. `since`: signatures made before are not carried by
    it; None: without bound. Spends the challenge "adopt_trust" over `adoption_digest`. RuleViolation when the fingerprint is
    another, the certificate is no authority's, or it is trusted already.
    """
    der, step = proposed(actor=actor, file=file, domain=domain, basis=basis), TRUST.step("", "adopt_trust(person)")
    facts = certificates.facts(der)
    rules.fingerprint_compared(facts.fingerprint, compared)
    identity_acts.spend_challenge(
        actor=actor, act="adopt_trust", digest=adoption_digest(facts.fingerprint, domain, since)
    )
    return _adopt(actor, step, der, Term(domain, since), basis.strip(), in_folder=False)


@transaction.atomic
def end_trust(*, actor: Actor, trust_id: UUID, until: datetime, basis: str) -> None:
    """From `until` on nothing new is carried by it; what was signed before stays as it was.

    Spends the challenge "end_trust" over `end_digest`. RuleViolation for an end in the future, or before its beginning.
    """
    row = _locked(trust_id)
    step = TRUST.step(row.state, "end_trust(person)")
    _officer(actor, step)
    reason_given(basis)
    rules.end_fits(row.since, until, ports.bound().clock.now())
    identity_acts.spend_challenge(actor=actor, act="end_trust", digest=end_digest(trust_id))
    row.in_folder = False  # whatever lies there: this is a person's decision now
    _end(actor, step, row, until, basis.strip())


def follow_folder() -> int:
    """Takes on record what lies in the trust folder, ends what has left it; what a person ended stays ended. Answers 0."""
    trust = ports.bound().trust
    lying = {certificates.facts(der).fingerprint: der for der in trust.pool}
    with transaction.atomic():
        rows = list(TrustedCertificate.objects.select_for_update().order_by("adopted_at", "id"))
        newest = {row.fingerprint: row for row in rows}
        lines = {key: rules.Line(row.state == "trusted", row.in_folder) for key, row in newest.items()}
        came, went = rules.folder_changes(lying.keys(), lines)
        for fingerprint in sorted(came):
            der, step = lying[fingerprint], TRUST.step("", "adopt_trust(folder)")
            _adopt(SYSTEM, step, der, _term(fingerprint, der), FOLDER, in_folder=True)
        for row in (newest[fingerprint] for fingerprint in sorted(went)):
            _end(SYSTEM, TRUST.step(row.state, "end_trust(folder)"), row, ports.bound().clock.now(), LEFT_FOLDER)
    return 0


def _term(fingerprint: str, der: bytes) -> Term:
    told = next((term for key, term in ports.bound().trust.terms if key == fingerprint), None)
    return told or Term(rules.domain_in_folder(is_sample=certificates.facts(der).is_sample))


def _adopt(actor: Actor, step: Step, der: bytes, term: Term, basis: str, *, in_folder: bool) -> UUID:
    row = TrustedCertificate(
        fingerprint=certificates.facts(der).fingerprint,
        der=der,
        domain=term.domain,
        state=step.to,
        since=term.since,
        until=term.until,
        in_folder=in_folder,
        basis=basis,
        adopted_by=actor.person_id,
        adopted_by_name=actor.name,
        adopted_at=ports.bound().clock.now(),
    )
    if not insert_once(row):
        raise RuleViolation("379/7.p1", N_("Chứng thư này đã có trong kho tin cậy."), N_("Không cần ghi nhận lại."))
    _entry("signing.trust.adopted", actor, step, row, basis)
    return row.id


def _end(actor: Actor, step: Step, row: TrustedCertificate, until: datetime, basis: str) -> None:
    row.state, row.until, row.ended_basis = step.to, until, basis
    row.ended_by_name, row.ended_at = actor.name, ports.bound().clock.now()
    row.save(update_fields=["state", "until", "in_folder", "ended_basis", "ended_by_name", "ended_at"])
    _entry("signing.trust.ended", actor, step, row, basis)


def _entry(act: str, actor: Actor, step: Step, row: TrustedCertificate, basis: str) -> None:
    bounds = {"since": row.since, "until": row.until}
    ledger.append(
        act,
        actor,
        object_kind="trust",
        object_id=row.id,
        facts={
            "fingerprint": row.fingerprint,
            "domain": row.domain,
            "anchor": certificates.is_self_issued(bytes(row.der)),
            **{name: instant.isoformat() for name, instant in bounds.items() if instant is not None},
        },
        detail={"subject_name": certificates.facts(bytes(row.der)).subject_name},
        reason=basis,
        clause=step.clauses[0],
    )


def _officer(actor: Actor, step: Step) -> Office:
    return require_any_office(actor, step.offices)


def _locked(trust_id: UUID) -> TrustedCertificate:
    row = TrustedCertificate.objects.select_for_update().filter(id=trust_id).first()
    if row is None:
        raise RuleViolation("379/4.4", N_("Không có chứng thư này trong kho tin cậy."), N_("Mở lại kho tin cậy."))
    return row

"""Certificates on record and kept reports, on PostgreSQL with real identities and a real ledger."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction

from antin.identity import acts as identity_acts
from antin.ledger import acts as ledger_acts
from antin.ledger import queries as ledger
from antin.regulation import RuleViolation
from antin.signing import acts, envelope, follow, ports, queries
from antin.signing.models import Certificate
from antin.signing.verdict import Verdict
from antin.values import Actor, MandateView, Method, Office, new_id

from .scene import BODY, PERSON, House

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system()


@dataclass(frozen=True)
class Body:
    """A body with one person and its subscriber manager."""

    organisation_id: UUID
    person_id: UUID
    account_id: UUID
    manager: Actor


@pytest.fixture
def bound(house: House) -> Iterator[House]:
    before = list(ports._bound)
    ports.bind(house.ports)
    envelope.forget()
    yield house
    ports._bound[:] = before


@pytest.fixture
def body(db: None) -> Body:
    organisation = identity_acts.found_organisation(
        actor=SYSTEM,
        name=BODY,
        name_en="Sample committee",
        short_name="Tỉnh ủy",
        kind="organisation",
        level="provincial",
        place="Lạc Giang",
        notation="TU",
        body_name="TỈNH ỦY LẠC GIANG",
        codes={"party": "A99.02"},
        basis="MAU-01",
    )
    account = identity_acts.enrol_person(
        actor=SYSTEM, name=PERSON, organisation_id=organisation, login="mau", position="Phó Bí thư", code="MAU-0001"
    )
    manager = Actor(
        new_id(),
        "Quản lý thuê bao mẫu",
        Method.PASSWORD_TOTP,
        (MandateView(Office.SUBSCRIBER_MANAGER, organisation),),
    )
    return Body(organisation, account.person_id, account.id, manager)


def note(house: House, body: Body, name: str = "person", **wishes: object):
    issued = house.issued[name]
    given = {
        "actor": body.manager,
        "holder_kind": "person" if name.startswith("person") else "organisation",
        "holder_id": body.person_id if name.startswith("person") else body.organisation_id,
        "certificate_der": issued.certificate_der,
        "chain_der": issued.chain_ders,
        "key_ref": name,
        "purpose": {"p": "sign", "s": "seal", "e": "exchange"}[name[0]],
        **wishes,
    }
    return acts.note_certificate(**given)  # type: ignore[arg-type]


def refused(clause: str):
    return pytest.raises(RuleViolation, match=clause.replace(".", r"\."))


@pytest.mark.clause("379/11.2", "379/10.1")
def test_note_certificate_makes_it_usable_and_writes_one_entry(bound: House, body: Body):
    view = note(bound, body)
    assert queries.certificate_for("person", body.person_id, "sign") == view
    assert view.state == "active"
    assert view.chain == bound.issued["person"].chain_ders
    (entry,) = ledger.history(view.id)
    assert (entry.act, entry.facts["serial"], entry.facts["purpose"]) == (
        "signing.certificate.noted",
        view.serial_hex,
        "sign",
    )
    assert entry.detail["subject_name"] == PERSON


def test_note_certificate_by_somebody_else_is_refused(bound: House, body: Body):
    with refused("379/31.p1"):
        note(bound, body, actor=Actor(new_id(), "Người khác", Method.PASSWORD_TOTP))
    stranger = Actor(new_id(), "X", Method.PASSWORD_TOTP, (MandateView(Office.SUBSCRIBER_MANAGER, new_id()),))
    with refused("379/31.p1"):
        note(bound, body, actor=stranger)
    assert not ledger.recent(acts=("signing.certificate.noted",))


@pytest.mark.clause("379/11.2")
def test_note_certificate_twice_is_refused(bound: House, body: Body):
    note(bound, body)
    with refused("379/11.2"):
        note(bound, body)


@pytest.mark.clause("379/5.7")
def test_note_certificate_for_another_purpose_is_refused(bound: House, body: Body):
    for wrong in (
        {"purpose": "seal"},
        {"holder_kind": "organisation", "holder_id": body.organisation_id, "purpose": "seal"},
    ):
        with refused("379/5.7"):
            note(bound, body, **wrong)


@pytest.mark.clause("379/11.2")
def test_note_certificate_with_another_persons_code_is_refused(bound: House, body: Body):
    bound.keep("person2", bound.authority.issue_person("Người khác", "MAU-9999"))
    with refused("379/11.2"):
        note(bound, body, "person2")


@pytest.mark.clause("379/5.11")
def test_note_certificate_with_a_key_that_is_not_its_own_is_refused(bound: House, body: Body):
    for wrong in ("seal", "no-such-key"):
        with refused("379/5.11"):
            note(bound, body, key_ref=wrong)


@pytest.mark.clause("379/7.p1", "379/9.1")
def test_note_certificate_from_an_untrusted_authority_is_refused(bound: House, body: Body, new_house, look_alike):
    other = new_house(look_alike)
    bound.keep("person3", other.authority.issue_person(PERSON, "MAU-0001"))
    with refused("379/7.p1"):
        note(bound, body, "person3")


def test_note_certificate_that_can_not_be_read_is_refused(bound: House, body: Body):
    with refused("379/7.p1"):
        note(bound, body, certificate_der=b"0\x00")


@pytest.mark.clause("379/9.2")
def test_suspended_certificate_is_unusable_at_once(bound: House, body: Body):
    view = note(bound, body)
    after = acts.suspend_certificate(actor=body.manager, certificate_id=view.id, reason="Chuyển công tác")
    assert after.state == "suspended"
    assert queries.certificate_for("person", body.person_id, "sign") is None
    with refused("379/9.2"):
        queries.require_fit(after, purpose="sign", holder_kind="person", holder_id=body.person_id, at=bound.clock.now())
    assert ledger.history(view.id)[0].act == "signing.certificate.suspended"


def test_suspend_without_reason_or_twice_is_refused(bound: House, body: Body):
    view = note(bound, body)
    with refused("379/9.2"):
        acts.suspend_certificate(actor=body.manager, certificate_id=view.id, reason="  ")
    acts.suspend_certificate(actor=body.manager, certificate_id=view.id, reason="Lý do")
    with refused("379/9.2"):
        acts.suspend_certificate(actor=body.manager, certificate_id=view.id, reason="Lý do")


@pytest.mark.clause("379/9.2")
def test_resume_needs_a_step_up_and_is_never_ones_own(bound: House, body: Body):
    view = note(bound, body)
    acts.suspend_certificate(actor=body.manager, certificate_id=view.id, reason="Lý do")
    with refused("379/5.6"):
        acts.resume_certificate(actor=body.manager, certificate_id=view.id, reason="Đã xác nhận chức vụ")
    own = Actor(body.person_id, PERSON, Method.PASSWORD_TOTP, body.manager.mandates)
    with refused("379/9.2"):
        acts.resume_certificate(actor=own, certificate_id=view.id, reason="Đã xác nhận chức vụ")
    with refused("379/31.p1"):
        acts.resume_certificate(actor=SYSTEM, certificate_id=view.id, reason="Hệ thống không được làm")


@pytest.mark.clause("379/5.11", "379/9.2")
def test_note_revocation_believes_only_a_verified_answer(bound: House, body: Body):
    view = note(bound, body)
    with refused("379/9.2"):
        acts.note_revocation(actor=SYSTEM, certificate_id=view.id)
    since = bound.clock.now() - timedelta(hours=1)
    bound.authority.revoke(view.der, at=since)
    after = acts.note_revocation(actor=SYSTEM, certificate_id=view.id)
    assert (after.state, after.revoked_at, after.reason) == ("revoked", since, "keyCompromise")
    assert ledger.history(view.id)[0].facts["since"] == since.isoformat()
    with refused("379/9.2"):
        acts.suspend_certificate(actor=body.manager, certificate_id=view.id, reason="Lý do")


def test_certificate_for_prefers_the_newest_and_ignores_the_expired(bound: House, body: Body):
    note(bound, body)
    bound.keep("person4", bound.authority.issue_person(PERSON, "MAU-0001"))
    newer = note(bound, body, "person4")
    assert queries.certificate_for("person", body.person_id, "sign") == newer
    assert queries.certificate_for("person", body.person_id, "sign", at=newer.not_after + timedelta(days=1)) is None
    assert len(queries.certificates_of("person", body.person_id)) == 2
    assert len(queries.inventory(frozenset({body.organisation_id}))) == 2


def test_database_refuses_a_certificate_of_the_wrong_kind(bound: House, body: Body):
    view = note(bound, body)
    for wrong in ({"state": "lost"}, {"purpose": "seal"}, {"state": "revoked"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Certificate.objects.filter(id=view.id).update(**wrong)


def test_unknown_certificate_is_refused(db: None):
    with refused("379/10.1"):
        queries.certificate(new_id())


# following identity


@pytest.mark.clause("379/9.2", "379/11.5")
@pytest.mark.parametrize(("office", "state"), [(Office.SIGNATORY, "suspended"), (Office.DRAFTER, "active")])
def test_end_of_the_signatorys_mandate_suspends_the_persons_certificates(
    bound: House, body: Body, office: Office, state: str
):
    view = note(bound, body)
    mandate = identity_acts.confer_mandate(
        actor=SYSTEM, person_id=body.person_id, organisation_id=body.organisation_id, office=office, basis="MAU-02"
    )
    identity_acts.end_mandate(actor=SYSTEM, mandate_id=mandate, reason="Chuyển công tác")
    ledger_acts.integrate()
    while follow.follow_once():
        pass
    assert queries.certificate(view.id).state == state
    assert follow.follow_once() == 0


# reports


@pytest.mark.clause("379/13.4", "217/10.1")
def test_validate_signatures_keeps_the_report_and_writes_one_entry(bound: House, body: Body, sealed: bytes):
    document = new_id()
    made = acts.validate_signatures(actor=SYSTEM, document_id=document, pdf=sealed)
    assert made.report.verdict is Verdict.VALID
    assert queries.latest_report(document) == made
    (entry,) = ledger.history(document)
    assert (entry.act, entry.facts["verdict"], entry.facts["digest"]) == (
        "signing.report.made",
        "valid",
        made.report.digest,
    )


def test_validate_signatures_inside_another_act_leaves_the_entry_to_it(bound: House, sealed: bytes):
    document = new_id()
    acts.validate_signatures(actor=SYSTEM, document_id=document, pdf=sealed[:-9], entry=False)
    assert not ledger.history(document)
    newest = acts.validate_signatures(actor=SYSTEM, document_id=document, pdf=sealed, entry=False)
    assert queries.latest_report(document) == newest
    assert [r.verdict for r in queries.reports(document)] == ["valid", "invalid"]
    assert queries.latest_report(new_id()) is None


# exchange


def test_sign_detached_uses_the_exchange_certificate_until_it_is_suspended(bound: House, body: Body):
    bound.keep("exchange", bound.authority.issue_exchange(BODY, "A99.02"))
    with refused("379/5.7"):
        envelope.sign_detached(b"data", body.organisation_id)
    view = note(bound, body, "exchange")
    assert envelope.exchange_certificate(body.organisation_id) == view.der
    signature = envelope.sign_detached(b"data", body.organisation_id)
    assert envelope.verify_detached(b"data", signature, view.der)
    assert not envelope.verify_detached(b"date", signature, view.der)
    acts.suspend_certificate(actor=body.manager, certificate_id=view.id, reason="Lý do")
    with refused("379/5.7"):
        envelope.sign_detached(b"data", body.organisation_id)
    assert envelope.exchange_certificate(body.organisation_id) is None

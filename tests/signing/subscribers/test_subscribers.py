"""Asked, issued, imported, renewed, suspended, revoked, reported: each by the person whose work it is (379/10.1, 379/9.2)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

from antin.identity import acts as identity
from antin.identity import queries as people
from antin.ledger import acts as ledger_acts
from antin.ledger import queries as ledger
from antin.regulation import RuleViolation
from antin.signing import acts, follow, queries, rules
from antin.signing.models import Certificate
from antin.signing.subscribers import queries as subscribers
from antin.signing.subscribers import requests, watching
from antin.values import Actor, Office
from world import CENTRE, CLERK, PROVINCE, World, refused

from .conftest import MANAGER, SIGNS, asked, confirmed


@pytest.mark.clause("379/10.1", "379/9.1")
def test_asked_for_and_issued_here_the_certificate_signs_at_once(issuing: World) -> None:
    request = asked(issuing)
    noted = requests.issue_requested(actor=issuing.actor(MANAGER), request_id=request)
    assert noted.state == "active" and noted.key_ref
    assert queries.certificate_for("person", issuing.person(SIGNS), "sign", key_here=True) == noted
    row = subscribers.request(issuing.actor(MANAGER), request)
    assert (row.state, row.certificate_id, row.settled_by_name) == ("granted", noted.id, "Đặng Mẫu Nga")
    (entry,) = ledger.history(request)
    assert entry.act == "signing.certificate.asked" and entry.reason == "Quyết định phân công (mẫu)"


@pytest.mark.clause("379/9.1")
def test_without_an_authority_here_nothing_is_issued(world: World) -> None:
    with refused("379/9.1"):
        requests.issue_requested(actor=world.actor(MANAGER), request_id=asked(world))


@pytest.mark.clause("379/10.1", "379/7.p1")
@pytest.mark.parametrize("form", ["der", "pem", "p7b"])
def test_what_the_certification_service_sent_is_taken_in_with_the_key_at_the_holders(world: World, form: str) -> None:
    person = people.person(world.person(SIGNS))
    made = world.authority.pki.issue_person(person.name, person.code, key="p256")
    chain = [x509.load_der_x509_certificate(one) for one in (*made.chain_ders, made.certificate_der)]
    file = {
        "der": made.certificate_der,
        "pem": b"".join(one.public_bytes(Encoding.PEM) for one in chain),
        "p7b": pkcs7.serialize_certificates(chain, Encoding.DER),
    }[form]
    noted = requests.import_requested(actor=world.actor(MANAGER), request_id=asked(world), file=file)
    assert noted.der == made.certificate_der and noted.key_ref == "" and noted.state == "active"


@pytest.mark.clause("379/7.p1", "379/11.2")
def test_a_file_that_is_no_certificate_or_anothers_leaves_the_request_open(world: World) -> None:
    request, manager = asked(world), world.actor(MANAGER)
    other = world.authority.pki.issue_person("Người Khác (mẫu)", "MAU-9")
    for file, clause in (
        (b"", "379/7.p1"),
        (b"\x30\x80" * 40, "379/7.p1"),
        (b"x" * (requests.MAX_FILE + 1), "379/7.p1"),
        (other.certificate_der, "379/11.2"),
    ):
        with refused(clause):
            requests.import_requested(actor=manager, request_id=request, file=file)
    assert subscribers.request(manager, request).state == "asked"


@pytest.mark.clause("379/10.1")
def test_refused_it_is_kept_with_its_reason_and_may_be_asked_anew(world: World) -> None:
    request = asked(world)
    with refused("379/10.1"):
        asked(world)
    with refused("379/9.2"):
        requests.refuse_request(actor=world.actor(MANAGER), request_id=request, reason=" ")
    requests.refuse_request(actor=world.actor(MANAGER), request_id=request, reason="Hồ sơ thiếu (mẫu)")
    row = subscribers.request(world.actor(MANAGER), request)
    assert (row.state, row.reason) == ("refused", "Hồ sơ thiếu (mẫu)")
    with pytest.raises(RuleViolation):
        requests.refuse_request(actor=world.actor(MANAGER), request_id=request, reason="lần nữa")
    assert asked(world) != request


@pytest.mark.clause("379/10.1", "379/5.6", "379/31.p1")
def test_who_may_ask_for_whom(world: World) -> None:
    holder = world.person(SIGNS)
    given = {"holder_kind": "person", "holder_id": holder, "purpose": "sign", "basis": "mẫu"}
    with refused("379/31.p1"):
        requests.request_certificate(actor=world.actor(CLERK), **given)  # type: ignore[arg-type]
    with refused("379/31.p1"):  # the centre's manager, for the province
        requests.request_certificate(actor=world.actor("dung.pham"), **given)  # type: ignore[arg-type]
    with pytest.raises(RuleViolation):  # no code
        requests.request_certificate(actor=world.actor(MANAGER), **given)  # type: ignore[arg-type]
    with refused("379/10.1"):  # no office to sign
        asked(world, "minh.bui")
    with refused("379/5.7"):
        requests.request_certificate(actor=world.actor(MANAGER), **{**given, "purpose": "seal"})  # type: ignore[arg-type]
    with refused("379/11.2"):
        requests.request_certificate(actor=world.actor(MANAGER), **{**given, "holder_id": uuid4()})  # type: ignore[arg-type]
    world.confer(MANAGER, Office.SIGNATORY)
    with refused("379/10.1"):
        asked(world, MANAGER)


@pytest.mark.clause("379/10.1")
def test_a_renewal_follows_the_same_holder_and_the_newer_one_is_used(issuing: World) -> None:
    old = queries.certificate_for("person", issuing.person(SIGNS), "sign")
    other = queries.certificate_for("organisation", issuing.organisation(PROVINCE), "seal")
    assert old is not None and other is not None
    with refused("379/10.1"):
        asked(issuing, renews=other.id)
    new = requests.issue_requested(actor=issuing.actor(MANAGER), request_id=asked(issuing, renews=old.id))
    assert queries.certificate(old.id).state == "active", "it stays good until its end"
    assert {c.id for c in queries.certificates_of("person", issuing.person(SIGNS))} >= {old.id, new.id}


@pytest.mark.clause("379/9.2", "379/10.1")
def test_revoked_here_it_is_unusable_at_once_and_the_services_answer_is_noted(issuing: World) -> None:
    noted = requests.issue_requested(actor=issuing.actor(MANAGER), request_id=asked(issuing))
    with refused("379/9.2"):
        watching.revoke(actor=issuing.actor(MANAGER), certificate_id=noted.id, code="whim", reason="mẫu")
    confirmed(issuing, "ask_revocation", noted.id)
    state = watching.revoke(
        actor=issuing.actor(MANAGER), certificate_id=noted.id, code="affiliationChanged", reason="Chuyển công tác (mẫu)"
    )
    assert state == "revoked"
    found = queries.certificate(noted.id)
    assert found.revoked_at is not None and found.reason == "affiliationChanged"


@pytest.mark.clause("379/9.2")
def test_a_revocation_that_another_authority_confirms_later_is_noted_then(world: World) -> None:
    held = queries.certificate_for("person", world.person(SIGNS), "sign")
    assert held is not None
    confirmed(world, "ask_revocation", held.id)
    state = watching.revoke(
        actor=world.actor(MANAGER), certificate_id=held.id, code="keyCompromise", reason="Mất thiết bị (mẫu)"
    )
    assert state == "revocation_asked" and watching.note_revocations() == 0
    assert queries.certificate(held.id).state == "revocation_asked", "never believed before the service says so"
    try:
        world.authority.pki.revoke(held.der)
        watching.note_revocations()
        assert queries.certificate(held.id).state == "revoked"
    finally:
        world.authority.renew(held.key_ref)


@pytest.mark.clause("379/9.2", "379/11.5")
def test_a_mandate_ended_by_act_or_by_its_date_suspends_the_certificates(world: World) -> None:
    person = world.person(SIGNS)
    assert watching.suspend_without_post() == 0
    held = queries.certificate_for("person", person, "sign")
    assert held is not None
    mandate = next(m for m in people.mandates(person) if m.office is Office.SIGNATORY)
    identity.end_mandate(actor=Actor.system(), mandate_id=mandate.id, reason="Thôi nhiệm vụ (mẫu)")
    while ledger_acts.integrate():
        pass
    while follow.follow_once():
        pass
    assert queries.certificate(held.id).state == "suspended"
    confirmed(world, "resume_certificate", held.id)
    acts.resume_certificate(actor=world.actor(MANAGER), certificate_id=held.id, reason="Nhầm (mẫu)")
    assert watching.suspend_without_post() >= 1 and queries.certificate(held.id).state == "suspended"
    assert watching.suspend_without_post() == 0
    (newest, *_rest) = ledger.history(held.id)
    assert newest.act == "signing.certificate.suspended" and newest.actor_name == "signing"


@pytest.mark.clause("379/10.1", "379/4.4")
def test_the_inventory_is_of_ones_own_bodies_and_below(world: World) -> None:
    manager = world.actor(MANAGER)
    names = {row.organisation_name for row in subscribers.inventory(manager)}
    assert "Đảng ủy phường An Mẫu (mẫu)" in names and "Văn phòng Trung ương (mẫu)" not in names
    centre = queries.certificates_of("organisation", world.organisation(CENTRE))[0]
    with refused("379/4.4"):
        subscribers.one(manager, centre.id)
    with refused("379/4.4"):
        subscribers.inventory(world.actor(CLERK))
    row = subscribers.one(world.actor("dung.pham"), centre.id)
    assert (row.holder_name, row.key, row.shown_state) == ("Văn phòng Trung ương (mẫu)", "RSA 2048", "active")


@pytest.mark.clause("379/10.1")
def test_who_should_have_a_certificate_and_has_none_is_listed(world: World) -> None:
    assert not [h for h in subscribers.without_certificate(world.actor(MANAGER)) if h.id == world.person(SIGNS)]
    for held in queries.certificates_of("person", world.person(SIGNS)):
        acts.suspend_certificate(actor=world.actor(MANAGER), certificate_id=held.id, reason="mẫu")
    found = subscribers.without_certificate(world.actor(MANAGER))
    assert [(h.name, h.purpose) for h in found if h.id == world.person(SIGNS)] == [("Ngô Mẫu Sơn", "sign")]
    asked(world)
    assert not [h for h in subscribers.without_certificate(world.actor(MANAGER)) if h.id == world.person(SIGNS)]


@pytest.mark.clause("379/9.2", "379/10.1")
def test_the_quarterly_report_tells_what_the_ledger_holds(issuing: World) -> None:
    manager = issuing.actor(MANAGER)
    noted = requests.issue_requested(actor=manager, request_id=asked(issuing))
    acts.suspend_certificate(actor=manager, certificate_id=noted.id, reason="Nghỉ dài ngày (mẫu)")
    found = subscribers.quarter(manager, "")
    assert found.counts["signing.certificate.asked"] == found.counts["signing.certificate.suspended"] == 1
    assert found.events[-1].reason == "Nghỉ dài ngày (mẫu)" and found.events[-1].holder_name == "Ngô Mẫu Sơn"
    assert found.standing["suspended"] == 1
    assert not subscribers.quarter(manager, "2001-1").events
    assert (found.earlier, found.later) == (False, False), "nothing before it, and the next one has not begun"
    past, future = subscribers.quarter(manager, "2001-1"), subscribers.quarter(manager, "2999-4")
    assert (past.earlier, past.later, future.earlier, future.later) == (False, True, True, False)
    assert not subscribers.quarter(issuing.actor("dung.pham"), "").counts["signing.certificate.suspended"]


@pytest.mark.parametrize(
    ("named", "first", "until"),
    [
        ("2026-1", date(2026, 1, 1), date(2026, 4, 1)),
        ("2026-4", date(2026, 10, 1), date(2027, 1, 1)),
        ("", date(2026, 4, 1), date(2026, 7, 1)),
        ("2026-5", date(2026, 4, 1), date(2026, 7, 1)),
        ("9999-1", date(2026, 4, 1), date(2026, 7, 1)),
        ("٢٠٢٦-1", date(2026, 4, 1), date(2026, 7, 1)),
    ],
)
def test_quarter_of_reads_its_name_or_takes_the_present_one(named: str, first: date, until: date) -> None:
    assert rules.quarter_of(named, date(2026, 6, 30)) == (first, until)


def test_shown_state_reckons_the_end() -> None:
    now = datetime(2026, 6, 1, tzinfo=UTC)
    day = timedelta(days=1)
    assert rules.shown_state("active", now - day, now) == rules.shown_state("suspended", now - day, now) == "expired"
    assert rules.shown_state("revoked", now - day, now) == "revoked"
    assert rules.shown_state("active", now + 60 * day, now) == "ending"
    assert rules.shown_state("active", now + 61 * day, now) == "active"


@pytest.mark.clause("379/10.1")
def test_the_inventory_is_paged_by_month_and_state_and_counts_the_same(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    manager = world.actor(MANAGER)
    held = queries.certificate_for("person", world.person(SIGNS), "sign")
    assert held is not None
    acts.suspend_certificate(actor=manager, certificate_id=held.id, reason="mẫu")
    whole = subscribers.inventory(manager)
    monkeypatch.setattr(subscribers, "PAGE", 2)
    walked: list[UUID] = []
    while rows := subscribers.inventory(manager, after=walked[-1] if walked else None):
        walked += [row.certificate.id for row in rows]
    monkeypatch.undo()
    assert walked == [row.certificate.id for row in whole] and len(walked) > 4
    for shown in rules.SHOWN_STATES:
        found = subscribers.inventory(manager, shown)
        assert {row.shown_state for row in found} <= {shown} and len(found) == subscribers.counts(manager)[shown]
    assert [row.certificate.id for row in subscribers.inventory(manager, "suspended")] == [held.id]
    months = subscribers.calendar(manager)
    assert sum(n for _first, n in months) == len(whole)
    for first, n in months:
        assert len(subscribers.inventory(manager, month=first)) == n


@pytest.mark.clause("379/10.1")
@pytest.mark.parametrize("days", [-1, 0, 59, 61, 400])
@pytest.mark.parametrize("state", ["active", "suspended", "revocation_asked"])
def test_the_database_and_the_rule_agree_on_what_is_shown(world: World, state: str, days: int) -> None:
    manager = world.actor(MANAGER)
    held = queries.certificate_for("person", world.person(SIGNS), "sign")
    assert held is not None
    until = datetime.now(UTC) + timedelta(days=days, minutes=5)
    Certificate.objects.filter(pk=held.id).update(state=state, not_after=until)
    shown = rules.shown_state(state, until, datetime.now(UTC))
    for one in rules.SHOWN_STATES:
        found = {row.certificate.id for row in subscribers.inventory(manager, one)}
        assert (held.id in found) == (one == shown), one

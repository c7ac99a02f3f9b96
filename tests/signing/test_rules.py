"""Which certificate fits which purpose, over every combination; and the table of a certificate's life."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from antin.regulation import RuleViolation, clauses
from antin.signing import rules
from antin.signing.lifecycle import CERTIFICATE
from antin.signing.rules import CertificateFact, certificate_fit

NOW = datetime(2026, 3, 2, tzinfo=UTC)
DAY = timedelta(days=1)
ME, OTHER = UUID(int=1), UUID(int=2)
STATES = CERTIFICATE.states()
BOTH = frozenset({"digital_signature", "content_commitment"})


def fact(**changes: object) -> CertificateFact:
    given = {
        "holder_kind": "person",
        "holder_id": ME,
        "purpose": "sign",
        "state": "active",
        "not_before": NOW - DAY,
        "not_after": NOW + DAY,
        "usages": BOTH,
        "own_purpose": "sign",
        "name": "Mẫu",
        **changes,
    }
    return CertificateFact(**given)  # type: ignore[arg-type]


def fits(certificate: CertificateFact, at: datetime = NOW, **asked: object) -> str:
    """ "" when it fits, else the clause that refuses."""
    wanted = {"purpose": "sign", "holder_kind": "person", "holder_id": ME, **asked}
    try:
        certificate_fit(certificate, at=at, **wanted)  # type: ignore[arg-type]
    except RuleViolation as refused:
        assert refused.message()
        return refused.clause
    return ""


@pytest.mark.clause("379/5.7", "379/9.2", "379/28.1")
def test_certificate_fit_only_for_holder_purpose_state_usage_and_time_together():
    for state, purpose, own, kind, when in itertools.product(
        STATES, rules.PURPOSES, ("", *rules.PURPOSES), ("person", "organisation"), (-2, 0, 2)
    ):
        certificate = fact(state=state, purpose=purpose, own_purpose=own, holder_kind=kind)
        answer = fits(certificate, NOW + when * DAY)
        right = (state, purpose, kind, when) == ("active", "sign", "person", 0) and own in ("", "sign")
        assert (answer == "") is right, (state, purpose, own, kind, when, answer)


@pytest.mark.parametrize(
    ("changes", "clause"),
    [
        ({"holder_id": OTHER}, "379/5.7"),
        ({"purpose": "seal"}, "379/5.7"),
        ({"own_purpose": "exchange"}, "379/5.7"),
        ({"usages": frozenset({"key_encipherment"})}, "379/5.7"),
        ({"usages": frozenset()}, "379/5.7"),
        ({"state": "suspended"}, "379/9.2"),
        ({"not_after": NOW - DAY}, "379/9.2"),
        ({"not_before": NOW + DAY}, "379/28.1"),
    ],
)
def test_certificate_that_does_not_fit_is_refused_by_its_clause(changes: dict[str, object], clause: str):
    assert fits(fact(**changes)) == clause


def test_official_certificate_with_non_repudiation_alone_fits():
    assert fits(fact(own_purpose="", usages=frozenset({"content_commitment"}))) == ""


def test_exchange_needs_digital_signature():
    body = {"holder_kind": "organisation", "purpose": "exchange", "own_purpose": ""}
    asked = {"purpose": "exchange", "holder_kind": "organisation"}
    assert fits(fact(**body), **asked) == ""
    assert fits(fact(**body, usages=frozenset({"content_commitment"})), **asked) == "379/5.7"


def test_life_of_a_certificate_refuses_what_is_not_in_its_table():
    known = set(CERTIFICATE.rows)
    acts = {act for _, act in known}
    for state, act in itertools.product(("", *STATES), acts):
        if (state or "—", act) in known:
            assert CERTIFICATE.step(state, act).to in STATES
        else:
            with pytest.raises(RuleViolation):
                CERTIFICATE.step(state, act)
    assert CERTIFICATE.acts("revoked") == ()


def test_every_clause_cited_by_the_table_exists():
    cited = {clause for row in CERTIFICATE.rows.values() for clause in row.clauses}
    assert cited <= set(clauses())


@pytest.mark.parametrize("reason", ["", "  ", "\n"])
def test_reason_must_be_given(reason: str):
    with pytest.raises(RuleViolation):
        rules.reason_given(reason)
    rules.reason_given("Chuyển công tác")


@pytest.mark.clause("379/23.2.b")
def test_proof_end_is_the_first_of_certificate_and_algorithms() -> None:
    certificate = datetime(2036, 1, 1, tzinfo=UTC)
    assert rules.proof_end(certificate, [None, None]) == certificate
    assert rules.proof_end(certificate, [date(2030, 12, 31), None]) == datetime(
        2030, 12, 31, 16, 59, 59, 999999, tzinfo=UTC
    )
    assert rules.proof_end(certificate, [date(2040, 1, 1)]) == certificate
    assert rules.proof_end(certificate, [date.min, None]).year == 1970


@pytest.mark.clause("379/23.2.b", "379/24.3")
def test_digest_for_renewal_is_the_first_that_lasts() -> None:
    until = datetime(2031, 1, 1, tzinfo=UTC)
    assert rules.digest_for_renewal(dict.fromkeys(rules.DIGESTS), until) == "sha256"
    ends = {"sha256": date(2030, 1, 1), "sha384": None, "sha512": None}
    assert rules.digest_for_renewal(ends, until) == "sha384"
    assert rules.digest_for_renewal(dict.fromkeys(rules.DIGESTS, date.min), until) == "sha512"


@pytest.mark.clause("379/17.2")
@pytest.mark.parametrize("longer", [b"other", b"stor", b"stored", b""])
def test_begins_with_refuses_what_is_not_an_addition(longer: bytes) -> None:
    with pytest.raises(RuleViolation):
        rules.begins_with(b"stored", longer)
    rules.begins_with(b"stored", b"stored and more")

"""The tables of the lives, walked as they stand: no database, every combination that can be reached."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace

import pytest

from antin.documents import lifecycle, rules
from antin.documents.facts import Direction, DocumentView
from antin.regulation import RuleViolation, clauses
from antin.steps import Life
from antin.values import Custody, Secrecy, Urgency, Validity, new_id

TABLES = (*lifecycle.LIVES.values(), lifecycle.IMPOUNDMENT)


@pytest.mark.parametrize("table", TABLES, ids=lambda t: t.name)
def test_table_rows_cite_clauses_that_exist(table: Life) -> None:
    cited = {clause for row in table.rows.values() for clause in row.clauses}
    assert cited <= set(clauses())
    assert all(row.clauses and row.offices for row in table.rows.values())


@pytest.mark.parametrize("table", TABLES, ids=lambda t: t.name)
def test_step_not_in_table_is_refused_with_a_clause(table: Life) -> None:
    acts = {row.act for row in table.rows.values()}
    for state, act in itertools.product(table.states(), sorted(acts)):
        if (state, act) not in table.rows:
            with pytest.raises(RuleViolation) as refused:
                table.step(state, act)
            assert refused.value.clause in clauses()
            assert refused.value.next_step


@pytest.mark.clause("379/17.2")
def test_text_changes_only_before_approval() -> None:
    writing = {row.state for row in lifecycle.OUTGOING.rows.values() if row.act == "revise_draft"}
    assert writing == {"draft"}
    back = {
        row.act for row in lifecycle.OUTGOING.rows.values() if row.to == "draft" and row.state not in ("—", "draft")
    }
    assert back == {"send_back"}
    signed_on = {"signed", "sealed", "issued", "abandoned"}
    assert not [r for r in lifecycle.OUTGOING.rows.values() if r.state in signed_on and r.to not in signed_on]


@pytest.mark.clause("379/19.1")
def test_validity_never_returns_to_in_force() -> None:
    for row in lifecycle.VALIDITY.rows.values():
        assert row.to != "in_force" or row.state in ("—", "in_force")


@pytest.mark.clause("379/19.6")
def test_lives_name_only_states_the_values_know() -> None:
    assert set(lifecycle.VALIDITY.states()) | {""} == set(Validity)
    assert set(lifecycle.CUSTODY.states()) == set(Custody)
    assert not set(lifecycle.OUTGOING.states()) & set(lifecycle.INCOMING.states())


@dataclass(frozen=True)
class Combined:
    """One combination of the lives of one document, with what the guards ask about."""

    state: str
    validity: str
    custody: str
    impounded: bool
    form_checked: bool


def _facts(at: Combined, direction: Direction) -> DocumentView:
    return DocumentView(
        id=new_id(),
        direction=direction,
        state=at.state,
        validity=Validity(at.validity),
        custody=Custody(at.custody),
        owner_id=new_id(),
        type_code="quyet_dinh",
        type_name="",
        abstract="",
        urgency=Urgency.ROUTINE,
        secrecy=Secrecy.OPEN,
        form_checked=at.form_checked,
        impounded=at.impounded,
    )


def _moves(at: Combined, direction: Direction) -> list[tuple[str, str, Combined]]:
    """Every act that tables and guards allow here; facts other rooms prove are taken as given."""
    moves: list[tuple[str, str, Combined]] = []
    for name, table in lifecycle.LIVES.items():
        if name in ("outgoing", "incoming") and name != direction:
            continue
        current = at.state if name == direction else getattr(at, name)
        for act in table.acts(current):
            if not _coupled(at, name, act, direction):
                continue
            try:
                facts = _facts(at, direction)
                rules.ask_guards(facts, name, act)
                step = table.step(current, act)
                rules.ask_row(facts, step.guards)
            except RuleViolation:
                continue
            moves.append((name, act, _after(at, name, act, step.to, direction)))
    moves += [("impoundment", "impound", replace(at, impounded=True))]
    if at.impounded:
        moves += [("impoundment", "lift_impoundment", replace(at, impounded=False))]
    return moves


def _coupled(at: Combined, name: str, act: str, direction: Direction) -> bool:
    """What other rooms hold together: force begins with issue or arrival, the archive takes what has ended."""
    if name == "validity" and act in ("issue", "receive_parcel", "certify_digitised"):
        return act == "issue" and direction is Direction.OUTGOING and at.state == "issued"
    if act == "settle_accession(accept)":
        return at.state in ("issued", "abandoned", "completed", "returned", "discarded")
    if name == "custody" and act in ("create_draft", "receive_parcel", "certify_digitised"):
        return False
    return not (act == "execute_destruction" and at.impounded)


def _after(at: Combined, name: str, act: str, to: str, direction: Direction) -> Combined:
    if name == direction:
        checked = (at.form_checked or act == "check_form") and to not in ("draft", "in_review")
        return replace(at, state=to, form_checked=checked)
    return replace(at, **{name: to})


def _reached(start: Combined, direction: Direction) -> dict[Combined, list[tuple[str, str, Combined]]]:
    seen: dict[Combined, list[tuple[str, str, Combined]]] = {}
    waiting = [start]
    while waiting:
        at = waiting.pop()
        if at not in seen:
            seen[at] = _moves(at, direction)
            waiting += [move[2] for move in seen[at]]
    return seen


@pytest.mark.clause("379/17.2", "379/19.1", "379/21.3", "379/13.1")
def test_outgoing_lives_walked_whole_hold_the_invariants() -> None:
    walked = _reached(Combined("draft", "", "current", False, False), Direction.OUTGOING)
    assert len(walked) > 40
    for at, moves in walked.items():
        assert not at.validity or at.state == "issued"  # I08
        if at.impounded:
            assert {name for name, act, _ in moves if not act.startswith("apply_notice")} <= {"impoundment", "custody"}
        for name, act, after in moves:
            if act.startswith("sign("):
                assert at.state == "approved"  # I02: only a frozen revision is signed
            if act == "prepare_signature":
                assert at.form_checked  # I02: and only after the form check
            if at.state in ("signed", "sealed", "issued") and name == "outgoing":
                assert after.state not in ("draft", "in_review", "approved")  # I01
            if at.validity and not after.validity:
                pytest.fail("force vanished")
            if at.custody != "current":
                assert name != "outgoing"


@pytest.mark.clause("217/10.2", "217/10.2.p2")
def test_incoming_lives_walked_whole_hold_the_invariants() -> None:
    walked = _reached(Combined("arrived", "in_force", "current", False, False), Direction.INCOMING)
    begins = {"register_incoming", "forward", "assign", "take_up", "reopen"}
    for at, moves in walked.items():
        assert at.validity
        for name, act, after in moves:
            if at.impounded and name == "incoming":
                pytest.fail(f"{act} on an impounded document")
            assert act not in begins or at.validity == "in_force"
            assert act != "register_incoming" or at.state == "verified"  # I31
            assert not (at.state == "discarded" and name == "incoming" and after.state != "discarded")


@pytest.mark.clause("379/14.p1")
def test_from_every_combination_a_lawful_end_stays_reachable() -> None:
    start = Combined("draft", "", "current", False, False)
    walked = _reached(start, Direction.OUTGOING)
    ends = {at for at in walked if at.custody in ("destroyed", "expelled")}
    leads = {at: {move[2] for move in moves} for at, moves in walked.items()}
    good = set(ends)
    while True:
        more = {at for at, next_ in leads.items() if at not in good and next_ & good}
        if not more:
            break
        good |= more
    assert good == set(walked)  # I51

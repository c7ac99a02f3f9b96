"""For which time and for what an anchor is trusted, judged offline from a folder (379/7.p1, EN 319 102-1 §5.2.6.4)."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from antin.signing.command import validate_file
from antin.signing.path import Term as Missing
from antin.signing.rules import OFFICIAL, OWN, PUBLIC
from antin.signing.trust import Term, Trust, written_terms
from antin.signing.verdict import Policy, Report, Verdict, validate, validate_sandboxed, words

from ..loose import loose, signed_xml
from ..scene import NOW, House

pytestmark = pytest.mark.clause("379/7.p1")
HOUR = timedelta(hours=1)
LATER = NOW + timedelta(days=30)


def trusting(house: House, *terms: Term) -> Trust:
    """The house's trust with these terms for each of its anchors."""
    told = tuple((hashlib.sha256(anchor).hexdigest(), term) for anchor in house.trust.anchors for term in terms)
    return replace(house.trust, terms=told)


def judged(data: bytes, trust: Trust) -> Report:
    return validate(data, at=LATER, trust=trust, policy=Policy(("person", "seal")))


def said(report: Report) -> set[str]:
    return {reason.message for one in report.signatures for reason in one.reasons}


@pytest.mark.parametrize(
    ("terms", "verdict"),
    [
        ([Term(OFFICIAL)], "valid"),
        ([Term(OWN, since=NOW - HOUR)], "valid"),
        ([Term(until=NOW + HOUR)], "valid"),
        ([Term(until=NOW - HOUR)], "indeterminate"),
        ([Term(since=NOW + HOUR)], "indeterminate"),
        ([Term(until=NOW - HOUR), Term(since=NOW - HOUR / 2)], "valid"),
        ([Term(until=NOW - 2 * HOUR), Term(since=NOW + HOUR)], "indeterminate"),
    ],
    ids=["at all times", "from before", "given up since", "given up before", "not yet", "taken in again", "in the gap"],
)
def test_a_signature_is_judged_by_the_terms_of_its_own_time(
    shared: House, sealed: bytes, terms: list[Term], verdict: str
) -> None:
    report = judged(sealed, trusting(shared, *terms))
    assert report.verdict == verdict
    refused = verdict != "valid"
    assert all(one.sub_indication == ("NO_CERTIFICATE_CHAIN_FOUND" if refused else "") for one in report.timestamps)
    assert (
        bool(said(report) & {words.TERMS[key] for key in words.TERMS} | said(report) & {words.BAD_TIMESTAMP}) is refused
    )


def test_what_nothing_dates_is_judged_by_the_terms_of_now(shared: House) -> None:
    data = loose(shared, b"x", token=False)
    given_up = trusting(shared, Term(until=LATER - HOUR))
    report = validate_sandboxed(data, at=LATER, trust=given_up, content=b"x")
    assert report.signatures[0].sub_indication == "NO_CERTIFICATE_CHAIN_FOUND"
    (reason,) = [one for one in report.signatures[0].reasons if one.message in words.TERMS.values()]
    assert reason.facts["anchor"].startswith("MẪU") and reason.facts["at"].startswith(LATER.strftime("%Y-%m-%d"))


def test_a_public_service_is_told_apart_but_is_not_for_official_use(shared: House, sealed: bytes) -> None:
    report = judged(sealed, trusting(shared, Term(PUBLIC)))
    assert report.verdict is Verdict.INDETERMINATE
    assert {one.sub_indication for one in report.timestamps} == {"CHAIN_CONSTRAINTS_FAILURE"}
    bare = validate_sandboxed(
        loose(shared, b"x", token=False), at=NOW, trust=trusting(shared, Term(PUBLIC)), content=b"x"
    )
    assert "công cộng" in " ".join(said(bare))


def test_xml_and_the_sandbox_know_the_terms(shared: House, sealed: bytes) -> None:
    given_up = trusting(shared, Term(OWN, until=NOW - HOUR))
    assert validate_sandboxed(sealed, at=LATER, trust=given_up, policy=Policy(("person", "seal"))) == judged(
        sealed, given_up
    )
    for trust, told in ((shared.trust, False), (given_up, True)):
        assert (words.TERMS[Missing.THEN] in said(validate_sandboxed(signed_xml(shared), at=NOW, trust=trust))) is told


# the folder


@pytest.fixture
def folder(shared: House, tmp_path: Path) -> Path:
    for number, anchor in enumerate((*shared.trust.anchors, *shared.trust.known)):
        (tmp_path / f"{number}.cer").write_bytes(anchor)
    return tmp_path


def test_terms_are_read_back_as_they_were_written(shared: House, folder: Path) -> None:
    told = trusting(shared, Term(OWN), Term(PUBLIC, NOW, LATER), Term(OFFICIAL, until=NOW))
    (folder / "trust.toml").write_text(written_terms(told.terms))
    assert Trust.from_dir(folder).terms == told.terms


def test_the_command_judges_by_the_folder_and_its_terms(shared: House, sealed: bytes, folder: Path) -> None:
    file = folder / "sealed.pdf"
    file.write_bytes(sealed)
    assert validate_file(file, at=LATER, trust_dir=folder)[0] == 0
    (folder / "trust.toml").write_text(written_terms(trusting(shared, Term(until=NOW - HOUR)).terms))
    code, text = validate_file(file, at=LATER, trust_dir=folder)
    assert code == 3 and "NO_CERTIFICATE_CHAIN_FOUND" in text


@pytest.mark.parametrize(
    "wrong",
    [
        "[[anchor]]\ndomain = 'own'",
        "[[anchor]]\nsha256 = 'ab'\ndomain = 'everybody'",
        "[[anchor]]\nsha256 = 'ab'\nuntil = 2026-03-02",
        "[[anchor]]\nsha256 = 'ab'\nuntil = 2026-03-02T00:00:00",
        "anchor = 3",
        "[[anchor",
    ],
    ids=["no digest", "domain", "a day", "no zone", "no list", "no TOML"],
)
def test_terms_that_can_not_be_read_are_wrong_use_not_trust(sealed: bytes, folder: Path, wrong: str) -> None:
    (folder / "sealed.pdf").write_bytes(sealed)
    (folder / "trust.toml").write_text(wrong)
    with pytest.raises(ValueError):
        Trust.from_dir(folder)
    assert validate_file(folder / "sealed.pdf", trust_dir=folder)[0] == 2


def test_anchor_with_terms_is_trusted_at_no_other_time(shared: House) -> None:
    trust, anchor = trusting(shared, Term(since=NOW, until=LATER)), shared.trust.anchors[0]
    instants: dict[datetime, bool] = {NOW - HOUR: False, NOW: True, LATER - HOUR: True, LATER: False}
    assert {at: trust.term(anchor, at) is not None for at in instants} == instants

"""The trust store: adopted and ended by the security officer, the folder followed, judgements changed at once (379/7.p1, 379/9.1)."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID
from zipfile import ZipFile

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings

from antin.cli import doctor
from antin.ledger import queries as ledger
from antin.signing import certificates, ports, queries
from antin.signing.command import validate_file
from antin.signing.models import TrustedCertificate
from antin.signing.pki import DemoAuthority
from antin.signing.rules import OFFICIAL, OWN
from antin.signing.trust import Trust
from antin.signing.trusting import acts
from antin.signing.trusting import queries as kept
from world import CLERK, SIGNATORY, World, authority, refused, world

__all__ = ["authority", "world"]

pytestmark = pytest.mark.clause("379/7.p1", "379/9.1")
OFFICER = "dung.pham"
HOUR = timedelta(hours=1)


@dataclass
class Bare:
    """The world in a house whose trust folder is empty, with a page that was signed and sealed before."""

    world: World
    page: bytes

    @property
    def verdict(self) -> str:
        return queries.validate(self.page).verdict

    @property
    def root(self) -> bytes:
        return Trust.from_dir(self.world.authority.pki.trust_dir).anchors[0]

    def adopt(
        self, der: bytes, *, domain: str = OFFICIAL, since: datetime | None = None, by: str = OFFICER, **wrong: object
    ) -> UUID:
        self.world.confirm(by, "adopt_trust", acts.adoption_digest(fingerprint(der), domain, since))
        told = {"file": der, "basis": "Công văn số 9 (mẫu)", "compared": fingerprint(der), **wrong}
        return acts.adopt_trust(actor=self.world.actor(by), domain=domain, since=since, **told)  # type: ignore[arg-type]

    def end(self, line: UUID, until: datetime, *, by: str = OFFICER, basis: str = "Khoá gốc bị lộ (mẫu)") -> None:
        self.world.confirm(by, "end_trust", acts.end_digest(line))
        acts.end_trust(actor=self.world.actor(by), trust_id=line, until=until, basis=basis)


def fingerprint(der: bytes) -> str:
    return certificates.facts(der).fingerprint


def lies_in_folder(*ders: bytes) -> None:
    ports.bind(replace(ports.bound(), trust=Trust.of(ders)))


@pytest.fixture
def bare(world: World) -> Iterator[Bare]:
    usual, page = ports.bound(), world.pdf(world.issued())
    lies_in_folder()
    yield Bare(world, page)
    ports.bind(usual)


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The root of another authority."""
    made = DemoAuthority.create(tmp_path_factory.mktemp("other") / "ca")
    return Trust.from_dir(made.trust_dir).anchors[0]


def now() -> datetime:
    return datetime.now(UTC)


def test_what_is_adopted_counts_from_that_moment_and_stands_in_the_ledger(bare: Bare) -> None:
    assert bare.verdict == "indeterminate"
    line = bare.adopt(bare.root, domain=OWN)
    assert bare.verdict == "valid"
    (entry,) = ledger.history(line)
    assert entry.act == "signing.trust.adopted" and entry.actor_name == "Phạm Mẫu Dung"
    assert (entry.facts["fingerprint"], entry.facts["domain"], entry.facts["anchor"]) == (
        fingerprint(bare.root),
        OWN,
        True,
    )
    with refused("379/7.p1"):
        bare.adopt(bare.root)


def test_what_is_ended_carries_only_what_was_signed_before(bare: Bare) -> None:
    line = bare.adopt(bare.root, domain=OWN)
    bare.end(line, now())
    assert bare.verdict == "valid"
    assert {entry.act for entry in ledger.history(line)} == {"signing.trust.adopted", "signing.trust.ended"}
    with refused("379/7.p1"):
        bare.end(line, now())
    early = bare.adopt(bare.root, domain=OWN, since=now() - 9 * HOUR)
    bare.end(early, now() - 8 * HOUR)
    TrustedCertificate.objects.filter(id=line).update(until=now() - 8 * HOUR)
    assert bare.verdict == "indeterminate"
    assert queries.latest_report(early) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"compared": "ab" * 32},
        {"compared": ""},
        {"basis": " "},
        {"domain": "everybody"},
        {"file": b""},
        {"file": b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"},
        {"file": b"x" * 100_000},
    ],
    ids=["another fingerprint", "none", "no basis", "no domain", "no file", "rubbish", "too large"],
)
def test_nothing_is_adopted_unless_all_of_it_is_right(bare: Bare, wrong: dict[str, object]) -> None:
    with refused("379/9.2" if "basis" in wrong else "379/7.p1"):
        bare.adopt(bare.root, **wrong)  # type: ignore[arg-type]
    assert not TrustedCertificate.objects.exists()


def test_fingerprint_may_be_spelt_as_the_second_source_spells_it(bare: Bare) -> None:
    spelt = ":".join(fingerprint(bare.root)[n : n + 2] for n in range(0, 64, 2)).upper()
    assert bare.adopt(bare.root, compared=spelt)


def test_only_authorities_stand_in_the_store(bare: Bare) -> None:
    leaf = queries.certificate_for("person", bare.world.person(SIGNATORY), "sign")
    assert leaf is not None
    with refused("379/7.p1"):
        bare.adopt(leaf.der)
    issuing = leaf.chain[0]
    line = bare.adopt(issuing)
    assert not kept.one(bare.world.actor(OFFICER), line).is_anchor
    assert bare.verdict == "indeterminate", "on the way, trusted for nothing"
    bare.adopt(bare.root)
    assert bare.verdict == "valid"


@pytest.mark.clause("379/31.p1")
def test_nobody_but_the_security_officer_changes_the_store(bare: Bare) -> None:
    with refused("379/31.p1"):
        bare.adopt(bare.root, by=CLERK)
    line = bare.adopt(bare.root)
    with refused("379/31.p1"):
        bare.end(line, now(), by=CLERK)
    for ask in (kept.rows, kept.as_files, lambda actor: kept.one(actor, line)):
        with refused("379/4.4"):
            ask(bare.world.actor(CLERK))
    assert [row.id for row in kept.rows(bare.world.actor("kiem.tra.tw"))] == [line]
    assert kept.keeps(bare.world.actor(OFFICER)) and not kept.keeps(bare.world.actor("kiem.tra.tw"))


@pytest.mark.clause("379/5.6")
def test_a_challenge_is_good_for_exactly_this_certificate_and_term(bare: Bare, other: bytes) -> None:
    world = bare.world
    world.confirm(OFFICER, "adopt_trust", acts.adoption_digest(fingerprint(other), OFFICIAL, None))
    with refused("379/5.6"):
        acts.adopt_trust(
            actor=world.actor(OFFICER),
            file=bare.root,
            domain=OFFICIAL,
            since=None,
            basis="x",
            compared=fingerprint(bare.root),
        )


@pytest.mark.parametrize(
    ("since", "until"), [(None, HOUR), (-HOUR, -2 * HOUR)], ids=["to come", "before its beginning"]
)
def test_an_end_is_a_fact_of_its_own_time(bare: Bare, since: timedelta | None, until: timedelta) -> None:
    line = bare.adopt(bare.root, since=now() + since if since else None)
    with refused("379/7.p1"):
        bare.end(line, now() + until)
    with refused("379/4.4"):
        bare.end(UUID(int=7), now())


# the folder of the machine


def test_the_folder_is_followed_and_each_change_is_an_entry(bare: Bare, other: bytes) -> None:
    lies_in_folder(bare.root, other)
    acts.follow_folder()
    acts.follow_folder()
    rows = {row.fingerprint: row for row in TrustedCertificate.objects.all()}
    assert {(row.domain, row.in_folder, row.state) for row in rows.values()} == {(OWN, True, "trusted")}
    assert set(rows) == {fingerprint(bare.root), fingerprint(other)} and bare.verdict == "valid"
    lies_in_folder(other)
    acts.follow_folder()
    gone = rows[fingerprint(bare.root)]
    assert [one.act for one in ledger.history(gone.id)] and TrustedCertificate.objects.get(id=gone.id).state == "ended"
    assert bare.verdict == "valid", "signed while it lay there"
    lies_in_folder(other, bare.root)
    acts.follow_folder()
    assert TrustedCertificate.objects.filter(fingerprint=fingerprint(bare.root)).count() == 2


def test_what_a_person_ended_does_not_come_back_by_the_folder(bare: Bare) -> None:
    lies_in_folder(bare.root)
    acts.follow_folder()
    line = TrustedCertificate.objects.get().id
    bare.end(line, now() - HOUR)
    acts.follow_folder()
    assert TrustedCertificate.objects.get().state == "ended" and bare.verdict == "indeterminate"


def test_what_a_person_adopted_needs_no_folder(bare: Bare) -> None:
    line = bare.adopt(bare.root)
    acts.follow_folder()
    assert TrustedCertificate.objects.get(id=line).state == "trusted" and bare.verdict == "valid"


def test_the_store_as_files_judges_offline_as_the_house_does(bare: Bare, tmp_path: Path) -> None:
    """With openssl's own reading of each certificate beside it."""
    line = bare.adopt(bare.root)
    file = tmp_path / "page.pdf"
    file.write_bytes(bare.page)
    for ends, code in ((False, 0), (True, 3)):
        if ends:
            bare.end(line, now() - HOUR)
        place = tmp_path / f"trust-{ends}"
        with ZipFile(io.BytesIO(kept.as_files(bare.world.actor(OFFICER)))) as archive:
            archive.extractall(place)
        assert validate_file(file, trust_dir=place)[0] == code
    (pem,) = (tmp_path / "trust-True").glob("*.pem")
    assert x509.load_pem_x509_certificate(pem.read_bytes()).public_bytes(Encoding.DER) == bare.root
    assert kept.as_files(bare.world.actor(OFFICER)) == kept.as_files(bare.world.actor(OFFICER))


def test_doctor_tells_when_nothing_is_trusted_and_when_an_anchor_ends_soon(
    bare: Bare, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = dict(doctor.CHECKS)["trusted certification bodies stand for long"]
    assert ask(settings.ANTIN) == (
        False,
        "no certification body is trusted: nothing that is signed counts (/kho-tin-cay)",
    )
    line = bare.adopt(bare.root)
    good, said = ask(settings.ANTIN)
    assert good and said.startswith("1, the first to end is MẪU")
    monkeypatch.setattr(doctor, "ANCHOR_ENDS", timedelta(days=365 * 30))
    assert ask(settings.ANTIN)[0] is False
    bare.end(line, now())
    assert ask(settings.ANTIN)[1].startswith("no certification body")

"""A small world for the tests of several rooms: organisations, people, certificates, made by real acts.

    from world import authority, world   # in a conftest: pytest fixtures (`authority` per run, `world` per test)

    with refused("379/13.4"): …          exactly this clause refuses
    world.actor("lan.vu")                the acting person with the mandates in force now
    world.confirm("son.ngo", "sign", digest)   the step-up challenge, opened and answered with a real code
    world.drafted() … world.issued()     a document brought that far by the real acts, each building on the former
    world.arrived(pdf)                   a document of another body as `exchange` takes it in

The people are those of the demonstration (antin.house.demo.cast), both installations in one database.
"""

from __future__ import annotations

import atexit
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model

import refounding
from antin.casework import acts as casework
from antin.documents import acts as documents
from antin.documents import queries as documents_queries
from antin.documents.facts import DraftFields, IncomingFacts, RenditionKind, RouteStep
from antin.exchange import directory
from antin.house import config as configuration
from antin.house import wiring
from antin.house.demo import cast
from antin.identity import acts as identity
from antin.identity import authenticators
from antin.identity import ports as identity_ports
from antin.identity import queries as identity_queries
from antin.registry import acts as registry
from antin.registry import queries as registry_queries
from antin.regulation import RuleViolation
from antin.signing import acts as signing
from antin.signing import envelope
from antin.signing import ports as signing_ports
from antin.signing.pki.authority import DemoAuthority, Issued
from antin.signing.pki.server import PkiServer
from antin.values import Actor, Method, Office, Urgency, sha256_hex
from refounding import Founded

CENTRE, PROVINCE, WARD = "A99.01", "A98.01", "A98.01.15"
DRAFTER, REVIEWER, SIGNATORY, CLERK = "an.nguyen", "dung.pham", "giang.hoang", "chi.le"
PROVINCE_CLERK, PROVINCE_LEADER, LEAD, SUPPORTER = "lan.vu", "khanh.do", "minh.bui", "nga.dang"
BASIS = "Quyết định mẫu số 01"


@contextmanager
def refused(clause: str) -> Iterator[pytest.ExceptionInfo[RuleViolation]]:
    """The block is refused by exactly this clause, with a reason a person can read."""
    with pytest.raises(RuleViolation) as caught:
        yield caught
    assert caught.value.clause == clause, caught.value
    assert caught.value.reason


# the demonstration authority, once per run


@dataclass
class Authority:
    """The authority with its HTTP servers running; certificates and keys are made once and kept."""

    pki: DemoAuthority
    server: PkiServer
    config: configuration.Config
    issued: dict[str, Issued] = field(default_factory=dict)
    original: bytes = b""
    founded: World | None = None
    """The first world of this run: its rows are those of the next ones, until a certificate is renewed."""

    def certificate(self, purpose: str, name: str, code: str) -> tuple[Issued, str]:
        """The holder's certificate of that purpose, and the name of its key in the house's signer."""
        ref = f"{purpose}-{code}"
        if ref not in self.issued:
            issue = {
                "sign": self.pki.issue_person,
                "seal": self.pki.issue_seal,
                "exchange": self.pki.issue_exchange,
            }
            self.issued[ref] = issue[purpose](name, code, key="rsa2048")
            signing_ports.bound().signer.store(ref, self.issued[ref].key_pem)  # type: ignore[attr-defined]
        return self.issued[ref], ref

    def renew(self, ref: str) -> None:
        """Forgets a certificate that a test has revoked; the next world gets a fresh key under the same name."""
        self.issued.pop(ref, None)
        self.founded = None
        (self.config.path("keys/signers") / f"{ref}.key").unlink(missing_ok=True)
        signing_ports.bound().signer.forget()  # type: ignore[attr-defined]


@pytest.fixture(scope="session")
def authority() -> Authority:
    """Root, issuing authority, time stamps, OCSP and lists over HTTP; the house's signing ports point there."""
    return started()


@cache
def started() -> Authority:
    """One for the whole run, whichever conftest brings the fixture in."""
    home = Path(tempfile.mkdtemp(prefix="antin-authority-"))
    port = _free_port()
    pki = DemoAuthority.create(home, base_url=f"http://127.0.0.1:{port}")
    server = PkiServer(pki, port).start()
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    atexit.register(server.stop)
    return Authority(pki, server, _pointed_at(settings.ANTIN, pki, port))


def _pointed_at(config: configuration.Config, pki: DemoAuthority, port: int) -> configuration.Config:
    trust = config.path(config.signing.trust)
    trust.mkdir(parents=True, exist_ok=True)
    for file in pki.trust_dir.iterdir():
        shutil.copy(file, trust / file.name)
    pointed = replace(
        config,
        signing=replace(
            config.signing,
            timestamp_urls=(pki.addresses.tsa,),
            revocation_hosts=(f"127.0.0.1:{port}",),
        ),
    )
    wiring.wire(pointed)
    return pointed


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


# people


@dataclass
class LeapingClock:
    """Runs with the real time plus whole code periods, so that each confirmation finds a fresh one-time code."""

    ahead: timedelta = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def leap(self) -> None:
        self.ahead += timedelta(seconds=authenticators.PERIOD_S)


@dataclass(frozen=True)
class Member:
    login: str
    name: str
    person_id: UUID
    account_id: UUID
    organisation_id: UUID


@dataclass
class World:
    """Everyone by login name, every organisation by Party code."""

    authority: Authority
    clock: LeapingClock = field(default_factory=LeapingClock)
    organisations: dict[str, UUID] = field(default_factory=dict)
    people: dict[str, Member] = field(default_factory=dict)
    rows: Founded | None = None

    @staticmethod
    def build(authority: Authority) -> World:
        """Founded by the acts the first time in a run, by the rows they wrote afterwards."""
        world = World(authority)
        totp_secret = identity_ports.bound().totp_secret
        identity_ports.bind(identity_ports.Ports(totp_secret=totp_secret, clock=world.clock))
        envelope.forget()
        directory.forget()  # what the last world knew is younger than its second
        if authority.founded is not None and authority.founded.rows is not None:
            world._refound(authority.founded)
        else:
            world.rows = refounding.keep(world._found_all)
            authority.founded = replace(world, organisations=dict(world.organisations), people=dict(world.people))
        return world

    def _refound(self, first: World) -> None:
        assert first.rows is not None
        first.rows.write()
        self.organisations, self.people = dict(first.organisations), dict(first.people)

    def _found_all(self) -> None:
        for installation in cast.INSTALLATIONS:
            for organisation in installation.organisations:
                self._found(organisation)

    def _found(self, spec: cast.OrganisationSpec) -> None:
        organisation_id = identity.found_organisation(
            actor=Actor.system(),
            name=spec.name,
            name_en=spec.name_en,
            short_name=spec.short_name,
            kind=spec.kind,
            level=spec.level,
            place=spec.place,
            notation=spec.notation,
            superior_name=spec.superior,
            body_name=spec.body,
            codes={"party": spec.code, "qcvn102": spec.old_code},
            basis=BASIS,
            parent_id=self.organisations.get(spec.parent),
        )
        self.organisations[spec.code] = organisation_id
        self._certify("seal", "organisation", organisation_id, spec.name, spec.code)
        for number, person in enumerate(spec.people):
            self.enrol(person, organisation_id, f"{spec.code.replace('.', '-')}-P{number:02d}")

    def enrol(self, spec: cast.PersonSpec, organisation_id: UUID, code: str) -> None:
        """A person with an account, one-time codes, mandates and, for a signatory, a certificate."""
        system = Actor.system()
        account = identity.enrol_person(
            actor=system,
            name=spec.name,
            organisation_id=organisation_id,
            login=spec.login,
            position=spec.position,
            code=code,
        )
        identity.vouch_identity(actor=system, account_id=account.id, evidence="thẻ đảng viên mẫu")
        identity.bind_authenticator(actor=system, account_id=account.id, secret=authenticators.generate_totp_secret())
        for office in spec.offices:
            identity.confer_mandate(
                actor=system,
                person_id=account.person_id,
                organisation_id=organisation_id,
                office=office,
                basis=BASIS,
                position=spec.position,
                capacity=spec.capacity,
            )
        self.people[spec.login] = Member(spec.login, spec.name, account.person_id, account.id, organisation_id)
        if Office.SIGNATORY in spec.offices:
            self._certify("sign", "person", account.person_id, spec.name, code)

    def _certify(self, purpose: str, holder_kind: str, holder_id: UUID, name: str, code: str) -> None:
        issued, key_ref = self.authority.certificate(purpose, name, code)
        signing.note_certificate(
            actor=Actor.system(),
            holder_kind=holder_kind,
            holder_id=holder_id,
            certificate_der=issued.certificate_der,
            chain_der=issued.chain_ders,
            key_ref=key_ref,
            purpose=purpose,
        )

    def person(self, login: str) -> UUID:
        return self.people[login].person_id

    def organisation(self, code: str) -> UUID:
        return self.organisations[code]

    def actor(self, login: str, *, method: Method = Method.PASSWORD_TOTP) -> Actor:
        """The person with the mandates in force now, in a session of their own."""
        account = get_user_model().objects.get(pk=self.people[login].account_id)
        return identity_queries.actor_for(account, session_key=login, method=method)

    def confer(self, login: str, office: Office, *, organisation: str = "", capacity: str = "") -> None:
        """One more mandate, for a test that needs it."""
        member = self.people[login]
        identity.confer_mandate(
            actor=Actor.system(),
            person_id=member.person_id,
            organisation_id=self.organisations.get(organisation, member.organisation_id),
            office=office,
            basis=BASIS,
            capacity=capacity,
        )

    def confirm(self, login: str, act: str, digest: str) -> None:
        """Opens the step-up challenge of this act on this digest and answers it with a fresh one-time code."""
        self.clock.leap()
        actor = self.actor(login)
        challenge = identity.open_challenge(actor=actor, act=act, digest=digest)
        code = authenticators.fresh_code(self.people[login].account_id)
        assert code is not None
        identity.answer_challenge(actor=actor, challenge_id=challenge.id, code=code)

    # the life of an outgoing document

    def fields(self, **changed: Any) -> DraftFields:
        """A decision of the centre to the province, in good form."""
        fields = DraftFields(
            type_code="quyet_dinh",
            abstract="về việc ban hành kế hoạch chuyển đổi số (mẫu)",
            urgency=Urgency.ROUTINE,
            body="Căn cứ Quy định mẫu;\n\n1. Ban hành kèm theo Quyết định này Kế hoạch mẫu.\n\n2. Các đơn vị thi hành.",
            addressees=("Tỉnh ủy Lạc Giang (mẫu)", "Lưu Văn phòng"),
            recipients=(PROVINCE,),
            signatory_id=self.person(SIGNATORY),
            signing_capacity="K/T CHÁNH VĂN PHÒNG",
            signer_position="PHÓ CHÁNH VĂN PHÒNG",
        )
        return replace(fields, **changed)

    def drafted(self, *, pdf: bytes | None = None, **changed: Any) -> UUID:
        return documents.create_draft(
            actor=self.actor(DRAFTER),
            organisation_id=self.organisation(CENTRE),
            fields=self.fields(**changed),
            pdf=pdf,
        )

    def approved(self, document_id: UUID | None = None, **changed: Any) -> UUID:
        """Drafted, reviewed by one, approved by the signatory."""
        found = document_id or self.drafted(**changed)
        route = (RouteStep(order=1, people=(self.person(REVIEWER),), quorum=1, kind="review"),)
        documents.submit(actor=self.actor(DRAFTER), document_id=found, route=route)
        documents.endorse(actor=self.actor(REVIEWER), document_id=found, kind="consent", text="Đồng ý.", revision=1)
        view = documents_queries.document(self.actor(SIGNATORY), found)
        self.confirm(SIGNATORY, "approve", view.digest)
        documents.approve(actor=self.actor(SIGNATORY), document_id=found, revision=view.revision, digest=view.digest)
        return found

    def checked(self, **changed: Any) -> UUID:
        found = self.approved(**changed)
        check = registry.check_form(actor=self.actor(CLERK), document_id=found)
        assert check.passed, check.findings
        return found

    def prepared(self, **changed: Any) -> UUID:
        """Number reserved, page laid out, the challenge "sign" answered."""
        found = self.checked(**changed)
        request = registry.prepare_signature(actor=self.actor(SIGNATORY), document_id=found)
        self.confirm(SIGNATORY, "sign", request.digest)
        return found

    def signed(self, **changed: Any) -> UUID:
        found = self.prepared(**changed)
        registry.sign(actor=self.actor(SIGNATORY), document_id=found)
        return found

    def sealed(self, **changed: Any) -> UUID:
        found = self.signed(**changed)
        self.confirm(CLERK, "seal", self.digest(found))
        registry.seal(actor=self.actor(CLERK), document_id=found)
        return found

    def issued(self, **changed: Any) -> UUID:
        found = self.sealed(**changed)
        self.confirm(CLERK, "issue", self.digest(found))
        registry.issue(actor=self.actor(CLERK), document_id=found)
        return found

    def pdf(self, document_id: UUID) -> bytes:
        """The newest bytes of the document: received, sealed or signed."""
        for kind in (RenditionKind.RECEIVED, RenditionKind.SEALED, RenditionKind.SIGNED, RenditionKind.PREPARED):
            kept = documents_queries.rendition_bytes(document_id, kind)
            if kept is not None:
                return kept[0]
        raise LookupError(document_id)

    def digest(self, document_id: UUID) -> str:
        """SHA-256 of the newest bytes: what the challenges "seal" and "issue" are bound to."""
        return sha256_hex(self.pdf(document_id))

    def original(self) -> bytes:
        """The bytes of a document issued by the centre, made once per run: what others receive."""
        self.authority.original = self.authority.original or self.pdf(self.issued())
        return self.authority.original

    # the life of an incoming one

    def arrived(self, pdf: bytes, *, organisation: str = PROVINCE, **changed: Any) -> UUID:
        """A document of the centre at another body, taken in as the exchange does."""
        facts = IncomingFacts(
            type_code="quyet_dinh",
            type_name="Quyết định",
            abstract="về việc ban hành kế hoạch chuyển đổi số (mẫu)",
            number_text="01",
            notation="QĐ/VPTW",
            reference_number="01-QĐ/VPTW",
            document_code="000.00.01.A99,2026/11/24,01/QĐ/VPTW",
            issuing_name="Văn phòng Trung ương (mẫu)",
            issuing_code=CENTRE,
            sender_name="Văn phòng Trung ương (mẫu)",
            sender_code=CENTRE,
            signer_name="Hoàng Mẫu Giang",
            channel="party_network",
            digest=sha256_hex(pdf),
        )
        return documents.take_in(
            actor=Actor.peer("trung-uong"),
            organisation_id=self.organisation(organisation),
            facts=replace(facts, **changed),
            pdf=pdf,
        )

    def verified(self, pdf: bytes, **changed: Any) -> UUID:
        found = self.arrived(pdf, **changed)
        registry.verify(actor=self.actor(PROVINCE_CLERK), document_id=found)
        return found

    def registered(self, pdf: bytes, *, forward_to: str | None = PROVINCE_LEADER, **changed: Any) -> UUID:
        found = self.verified(pdf, **changed)
        to_person = self.person(forward_to) if forward_to else None
        registry.register_incoming(actor=self.actor(PROVINCE_CLERK), document_id=found, forward_to=to_person)
        return found

    def assigned(self, pdf: bytes, **changed: Any) -> UUID:
        """Registered, forwarded to the leader, given to a lead and a supporter with a week's time."""
        found = self.registered(pdf, **changed)
        casework.assign(
            actor=self.actor(PROVINCE_LEADER),
            document_id=found,
            lead=self.person(LEAD),
            supporting=[self.person(SUPPORTER)],
            due_on=self.today() + timedelta(days=7),
            text="Đồng chí Minh chủ trì, báo cáo trong tuần.",
        )
        return found

    def piece(self, document_id: UUID, login: str) -> UUID:
        """The id of this person's piece of work on the document."""
        from antin.casework import queries

        mine = [a for a in queries.assignments(self.actor(login), document_id) if a.person_id == self.person(login)]
        return mine[-1].id

    @staticmethod
    def today():  # type: ignore[no-untyped-def]
        from antin.rulebook import queries

        return queries.today()

    def request(self, document_id: UUID):  # type: ignore[no-untyped-def]
        return registry_queries.signature_request(self.actor(SIGNATORY), document_id)


@pytest.fixture
def world(db: None, authority: Authority) -> Iterator[World]:
    """A fresh world in this test's transaction."""
    yield from _built(authority)


@pytest.fixture
def committed_world(transactional_db: None, authority: Authority) -> Iterator[World]:
    """A fresh world that other connections see; for threads and killed processes."""
    yield from _built(authority)


def _built(authority: Authority) -> Iterator[World]:
    before = identity_ports.bound()
    yield World.build(authority)
    identity_ports.bind(before)

"""Founds one installation of the demonstration world: tables, organisations, people, certificates, partners.

Runs once, in a process of its own with the installation's $ANTIN_HOME: python -m antin.house.demo.found WORLD_HOME
"""

from __future__ import annotations

import base64
import json
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "antin.house.settings")
django.setup()

from cryptography.hazmat.primitives.serialization import Encoding  # noqa: E402
from cryptography.x509 import load_pem_x509_certificate  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import transaction  # noqa: E402

from antin.exchange import acts as exchange  # noqa: E402
from antin.exchange.axis import worker as axis_worker  # noqa: E402
from antin.house.demo import mail, national  # noqa: E402
from antin.house.demo.axis import STATE_BODIES  # noqa: E402
from antin.house.demo.cast import INSTALLATIONS, OrganisationSpec, PersonSpec  # noqa: E402
from antin.house.demo.clock import live_behind  # noqa: E402
from antin.house.secrets import passphrases  # noqa: E402
from antin.identity import acts as identity  # noqa: E402
from antin.identity.national import Statement  # noqa: E402
from antin.ledger import acts as ledger  # noqa: E402
from antin.signing import acts as signing  # noqa: E402
from antin.signing.adapters.key_file import KeyFileSigner  # noqa: E402
from antin.signing.pki import DemoAuthority, Issued  # noqa: E402
from antin.values import Actor, Office, sha256_hex  # noqa: E402

BASIS = "Quyết định số 01-QĐ/MAU ngày 02/01/2026 (mẫu)"
SYSTEM = Actor.system()
FOUNDED_BEFORE = timedelta(days=1)
"""Codes and mandates hold by the day: those of yesterday's founding hold in the first minutes of a day too."""


def main(world: Path) -> int:
    call_command("migrate", interactive=False, verbosity=0)
    live_behind(FOUNDED_BEFORE)
    with transaction.atomic():
        _found(world)
    _meet_the_axis()
    while ledger.integrate():
        pass
    (settings.ANTIN.home / "founded").touch()
    return 0


def _found(world: Path) -> None:
    spec = next(found for found in INSTALLATIONS if found.name == settings.ANTIN.name)
    secrets = {row["login"]: row for row in json.loads(settings.ANTIN.path("people.json").read_text())}
    authority = DemoAuthority.open(world / "pki")
    organisations: dict[str, UUID] = {}
    known = national.accounts(world)
    for organisation in spec.organisations:
        organisations[organisation.code] = _organisation(organisation, organisations, authority)
        for number, person in enumerate(organisation.people, 1):
            code = national.person_code(organisation, number)
            account_id = _person(person, organisations[organisation.code], code, secrets[person.login], authority)
            said = Statement(settings.ANTIN.national.issuer, known[code], code, national.LEVEL, datetime.now(UTC))
            identity.link_stated(actor=SYSTEM, account_id=account_id, said=said)
    _meet_by_mail(world)
    _partners(json.loads((world / "directory.json").read_text()))


def _meet_the_axis() -> None:
    """Its list of bodies, and the State bodies of this world among the recipients offered from the first day on."""
    axis_worker.refresh_due()
    for body in STATE_BODIES:
        exchange.list_agency(actor=SYSTEM, code=body.code)


def _meet_by_mail(world: Path) -> None:
    """The body that only official mail reaches, with the certificate that its letters are known by."""
    body, der = mail.UNIVERSITY, mail.certificate(world)
    found = exchange.propose_mail_contact(
        actor=SYSTEM, code=body.code, name=body.name, address=body.address, signing_file=der, basis=BASIS
    )
    exchange.confirm_mail_contact(actor=SYSTEM, contact_id=found, compared=sha256_hex(der))


def _organisation(spec: OrganisationSpec, known: dict[str, UUID], authority: DemoAuthority) -> UUID:
    organisation_id = identity.found_organisation(
        actor=SYSTEM,
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
        parent_id=known.get(spec.parent),
    )
    _certify("organisation", organisation_id, "seal", authority.issue_seal(spec.name, spec.code), f"seal-{spec.code}")
    exchange_key = settings.ANTIN.path("keys/exchange") / f"{spec.code}.json"
    held = json.loads(exchange_key.read_text())
    issued = Issued(_bytes(held["certificate"]), b"", tuple(_bytes(der) for der in held["chain"]))
    _note("organisation", organisation_id, "exchange", issued, f"exchange-{spec.code}")
    return organisation_id


def _bytes(text: str) -> bytes:
    return base64.b64decode(text)


def _person(
    spec: PersonSpec, organisation_id: UUID, code: str, secret: dict[str, str], authority: DemoAuthority
) -> UUID:
    account = identity.enrol_person(
        actor=SYSTEM,
        name=spec.name,
        organisation_id=organisation_id,
        login=spec.login,
        position=spec.position,
        code=code,
    )
    identity.vouch_identity(actor=SYSTEM, account_id=account.id, evidence="người mẫu")
    identity.set_password(actor=SYSTEM, account_id=account.id, password=secret["password"])
    identity.bind_authenticator(actor=SYSTEM, account_id=account.id, secret=secret["totp_secret"])
    for office in spec.offices:
        identity.confer_mandate(
            actor=SYSTEM,
            person_id=account.person_id,
            organisation_id=organisation_id,
            office=office,
            basis=BASIS,
            position=spec.position,
            capacity=spec.capacity if office in {Office.SIGNATORY, Office.APPROVER} else "",
        )
    if Office.SIGNATORY in spec.offices:
        _certify("person", account.person_id, "sign", authority.issue_person(spec.name, code), f"sign-{code}")
        _give_device(spec, account.person_id, authority.issue_person(spec.name, code, key="p256"), secret)
    return account.id


def _give_device(spec: PersonSpec, person_id: UUID, issued: Issued, secret: dict[str, str]) -> None:
    """A key of the person's own, in a file that the installation has no PIN for once the sample people are gone."""
    folder = settings.ANTIN.path("devices")
    folder.mkdir(exist_ok=True, mode=0o700)
    issued.write_pkcs12(folder / f"{spec.login}.p12", secret["device_pin"].encode())
    _note("person", person_id, "sign", issued, "")


def _certify(holder_kind: str, holder_id: UUID, purpose: str, issued: Issued, key_ref: str) -> None:
    signer().store(key_ref, issued.key_pem)
    _note(holder_kind, holder_id, purpose, issued, key_ref)


def _note(holder_kind: str, holder_id: UUID, purpose: str, issued: Issued, key_ref: str) -> None:
    signing.note_certificate(
        actor=SYSTEM,
        holder_kind=holder_kind,
        holder_id=holder_id,
        certificate_der=issued.certificate_der,
        chain_der=issued.chain_ders,
        key_ref=key_ref,
        purpose=purpose,
    )


def signer() -> KeyFileSigner:
    return KeyFileSigner(settings.ANTIN.path("keys/signers"), passphrase=passphrases(settings.ANTIN))


def _partners(entries: list[dict[str, str]]) -> None:
    """Every installation of the world, this one included: local recipients are reached through the same door."""
    for name in dict.fromkeys(entry["installation"] for entry in entries):
        listed = [entry for entry in entries if entry["installation"] == name]
        node = load_pem_x509_certificate(Path(listed[0]["node_certificate"]).read_bytes())
        exchange.found_partner(
            actor=SYSTEM,
            name=listed[0]["group"],
            url=listed[0]["url"],
            node_certificate_der=node.public_bytes(Encoding.DER),
            host_code=listed[0]["code"],
            organisations=[_entry(entry) for entry in listed],
            is_self=name == settings.ANTIN.name,
        )


def _entry(entry: dict[str, str]) -> exchange.OrganisationEntry:
    return exchange.OrganisationEntry(
        code=entry["code"],
        name=entry["name"],
        certificate_der=_bytes(entry["exchange_certificate"]),
        old_code=entry["old_code"],
        group=entry["group"],
    )


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1])))

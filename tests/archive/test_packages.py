"""Packages by the acts of the archive: built of what it holds, handed out by right, receipts kept when they prove something."""

from __future__ import annotations

import hashlib
import io
import subprocess
import zipfile
from datetime import date
from uuid import UUID

import pytest
from django.db import connection
from lxml import etree

from antin.archive import acts, gathering, queries
from antin.archive.acts import transferring
from antin.archive.models import Package
from antin.archive.packages import writing
from antin.archive.packages.checking import check
from antin.archive.packages.rules import Recipient
from antin.archive.packages.sandboxed import read_here
from antin.documents import acts as documents
from antin.documents import rules as documents_rules
from antin.documents.facts import DecisionFacts
from antin.ledger import queries as ledger
from antin.ledger.bundle import verify_bundle
from antin.regulation import RuleViolation
from antin.signing import ports as signing
from antin.signing.verdict import Policy
from antin.signing.verdict.proof_bundle import validate_bundle
from antin.values import sha256_hex
from antin.vault.rules import ContentDestroyed
from disposal import APPRAISER, ARCHIVIST, AUTHORITY, EXECUTOR, WHY, confirmed
from world import CLERK, PROVINCE, PROVINCE_CLERK, PROVINCE_LEADER, World, refused

from .shelf import OTHER_ARCHIVE, archived, closed, handed_out, signed_by
from .test_kept import blobs_of

IMPOUNDER, OWN_SIGNATORY = "tam.ho", ("Ngô Mẫu Sơn", "A98-01-P06")
TO = Recipient(OTHER_ARCHIVE, "A97.01")


def built(world: World, case: UUID, kind: str = "AIP", purpose: str = "") -> UUID:
    return acts.build_package(actor=world.actor(ARCHIVIST), case_file_id=case, kind=kind, purpose=purpose)


def bytes_of(package: UUID) -> bytes:
    return b"".join(transferring.vault_reads.stream(Package.objects.get(pk=package).content_id))


def hand_out(world: World, package: UUID, to: Recipient = TO, basis: str = "Kế hoạch 12 (mẫu)") -> None:
    digest = queries.package(world.actor(ARCHIVIST), package).digest
    world.confirm(ARCHIVIST, "transfer_package", digest)
    acts.hand_out_package(actor=world.actor(ARCHIVIST), package_id=package, digest=digest, to=to, basis=basis)


@pytest.fixture
def document(world: World) -> UUID:
    return world.registered(world.original())


@pytest.fixture
def case(world: World, document: UUID) -> UUID:
    return archived(world, document)


@pytest.mark.clause("379/23.2.c", "379/24.3")
def test_a_package_holds_the_bytes_that_came_with_origin_times_and_proofs(
    world: World, document: UUID, case: UUID
) -> None:
    found = built(world, case)
    view, data = queries.package(world.actor(ARCHIVIST), found), bytes_of(found)
    assert (view.state, view.documents, view.digest, view.size) == ("built", 1, sha256_hex(data), len(data))
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        files = {name.removeprefix(f"{view.name}/"): opened.read(name) for name in opened.namelist()}
    assert files["representations/rep1/data/0000001-van-ban.pdf"] == world.original()
    premis = etree.fromstring(files["metadata/preservation/PREMIS.xml"])
    space = {"p": "http://www.loc.gov/premis/v3"}
    properties = dict(
        zip(
            premis.xpath("//p:significantPropertiesType/text()", namespaces=space),
            premis.xpath("//p:significantPropertiesValue/text()", namespaces=space),
            strict=True,
        )
    )
    assert {"sender", "recipient", "arrivedAt", "documentCode"} <= set(properties)
    assert properties["recipient"].endswith("(A98.01)") and properties["sender"].endswith("(A99.01)")
    kinds = premis.xpath("//p:eventType/text()", namespaces=space)
    assert {"accession", "fixity check", "information package creation", "digital signature validation"} <= set(kinds)
    proof = files["documentation/chung-cu/0000001.zip"]
    told = verify_bundle(proof, ledger.log_key())
    assert told.ok and told.digest == sha256_hex(world.original())
    at = signing.bound().clock.now()
    report = validate_bundle(proof, at=at, trust=signing.bound().trust, policy=Policy(("person", "seal")))
    assert report.verdict == "valid", "whoever trusts the authority judges it without our installation"
    assert check(io.BytesIO(data), read_here).verdict == "good"
    entry = next(one for one in ledger.history(found) if one.act == "archive.package.transferred")
    assert (entry.facts["act"], entry.facts["package"]) == ("build", view.digest)


@pytest.mark.clause("379/23.2.c")
def test_the_same_case_file_at_the_same_instant_gives_the_same_package(world: World, case: UUID) -> None:
    found = Package.objects.get(pk=built(world, case))
    step = transferring.PACKAGE.step("", "transfer_package(build)")
    again = []
    for _ in range(2):
        gathered = transferring._gathered(step, world.actor(ARCHIVIST), case)
        facts = gathering.facts(gathered, found.pk, "AIP", "", found.built_at)
        again.append(hashlib.sha256(b"".join(writing.pieces(facts, gathering.parts(gathered)))).hexdigest())
    assert again == [found.digest, found.digest]


@pytest.mark.clause("379/23.2.c", "379/4.4")
def test_only_the_archivist_of_the_body_builds_and_only_of_what_the_archive_holds(world: World, document: UUID) -> None:
    case = closed(world, document)
    with refused("379/23.2.c") as no:
        built(world, case)
    assert "vào kho" in no.value.next_step
    acts.accept_case_file(actor=world.actor(ARCHIVIST), case_file_id=case)
    for login in (PROVINCE_CLERK, PROVINCE_LEADER, "luu.phan", CLERK):
        with refused("379/4.4"):
            acts.build_package(actor=world.actor(login), case_file_id=case, kind="AIP")
    for kind in ("", "SIP", "aip"):
        with refused("379/23.2.c"):
            built(world, case, kind)
    with refused("379/23.2.c"):
        built(world, case, "DIP")
    assert not Package.objects.exists()


@pytest.mark.clause("379/23.2.b", "379/23.2.c")
def test_what_was_damaged_on_the_disk_is_not_packed(world: World, document: UUID, case: UUID) -> None:
    for blob in blobs_of(document):
        kept = blob.read_bytes()
        blob.chmod(0o600)
        blob.write_bytes(kept[:-1] + bytes([kept[-1] ^ 1]))
        try:
            with refused("379/23.2.b") as no:
                built(world, case)
            assert "sao lưu" in no.value.next_step
        finally:
            blob.write_bytes(kept)
    built(world, case)


def impounded(world: World, document: UUID) -> None:
    decision = DecisionFacts("Uỷ ban Kiểm tra (mẫu)", "1-QĐ/UBKT", date(2026, 3, 1))
    world.confirm(IMPOUNDER, "impound", documents_rules.scope_digest(decision, [document]))
    documents.impound(
        actor=world.actor(IMPOUNDER),
        owner_id=world.organisation(PROVINCE),
        decision=decision,
        document_ids=[document],
        reason="Phục vụ kiểm tra.",
    )


@pytest.mark.clause("379/21.3", "379/23.2.c")
def test_while_one_document_is_impounded_nothing_of_it_is_built_or_leaves(
    world: World, document: UUID, case: UUID
) -> None:
    waiting, gone_out = built(world, case), handed_out(world, case)
    archivist = world.actor(ARCHIVIST)
    assert queries.package_file(archivist, gone_out).size > 0
    impounded(world, document)
    with refused("379/21.3"):
        built(world, case)
    with refused("379/21.3"):
        hand_out(world, waiting)
    with refused("379/21.3"):
        queries.package_file(archivist, gone_out)
    with refused("379/21.3"):
        queries.hand_over_record(archivist, gone_out)


@pytest.mark.clause("379/20.2", "379/23.2.c")
def test_what_is_destroyed_goes_from_packages_too(world: World, document: UUID) -> None:
    case = archived_short(world, document)
    found = handed_out(world, case)
    content = Package.objects.get(pk=found).content_id
    destroy_in(world, case)
    row = queries.package(world.actor(ARCHIVIST), found)
    assert row.is_destroyed and row.recipient == "-"
    with pytest.raises(ContentDestroyed):
        transferring.vault_reads.read(content)
    with refused("379/20.2"):
        queries.package_file(world.actor(ARCHIVIST), found)
    with refused("379/23.2.c"):
        built(world, case)


def archived_short(world: World, document: UUID) -> UUID:
    """In the archive, its years over."""
    case = archived(world, document)
    with connection.cursor() as cursor:
        cursor.execute("update casework_case_file set retained_until = current_date - 1 where id = %s", [case])
    return case


def destroy_in(world: World, case: UUID) -> None:
    body = world.organisation(PROVINCE)
    found = acts.propose(actor=world.actor(ARCHIVIST), organisation_id=body, case_file_ids=[case], reason=WHY)
    shown = confirmed(world, APPRAISER, "examine_destruction", found)
    acts.examine(actor=world.actor(APPRAISER), destruction_id=found, digest=shown, opinion="Đồng ý.", struck=None)
    shown = confirmed(world, AUTHORITY, "decide_destruction", found)
    acts.decide(
        actor=world.actor(AUTHORITY), destruction_id=found, digest=shown, approve=True, basis="QĐ 9 (mẫu)", reason=WHY
    )
    shown = confirmed(world, EXECUTOR, "execute_destruction", found)
    acts.execute(actor=world.actor(EXECUTOR), destruction_id=found, digest=shown)


@pytest.mark.clause("379/23.2.c", "379/5.6")
def test_a_package_is_handed_to_another_body_on_a_named_basis_and_by_a_code(world: World, case: UUID) -> None:
    found, archivist = built(world, case), world.actor(ARCHIVIST)
    with refused("379/4.4"):
        queries.package_file(archivist, found)
    digest = queries.package(archivist, found).digest
    with pytest.raises(RuleViolation):
        acts.hand_out_package(actor=archivist, package_id=found, digest=digest, to=TO, basis="Kế hoạch 12 (mẫu)")
    for to in (Recipient("", "A97.01"), Recipient(OTHER_ARCHIVE, " "), Recipient("Chính mình", PROVINCE)):
        with refused("379/23.2.c"):
            hand_out(world, found, to)
    with refused("379/23.2.c"):
        hand_out(world, found, basis=" ")
    hand_out(world, found)
    view = queries.package(archivist, found)
    assert (view.state, view.recipient, view.recipient_code) == ("handed_out", OTHER_ARCHIVE, "A97.01")
    file = queries.package_file(archivist, found)
    assert sha256_hex(b"".join(file.pieces)) == digest == view.handed_digest
    entry = ledger.history(found)[0]
    assert (entry.facts["act"], entry.facts["to"], entry.reason) == ("hand_out", "A97.01", "Kế hoạch 12 (mẫu)")
    with pytest.raises(RuleViolation):
        hand_out(world, found)


@pytest.mark.clause("379/23.2.d", "379/23.2.c")
def test_a_package_for_use_goes_to_who_may_read_all_of_it(world: World, case: UUID) -> None:
    found = built(world, case, "DIP", "Tra cứu cho báo cáo (mẫu)")
    data = bytes_of(found)
    report = check(io.BytesIO(data), read_here)
    assert (report.kind, report.verdict) == ("DIP", "good")
    for to in (TO, Recipient(person_id=world.person("nga.dang")), Recipient(person_id=case)):
        with refused("379/23.2.d"):
            hand_out(world, found, to)
    hand_out(world, found, Recipient(person_id=world.person(PROVINCE_LEADER)))
    assert queries.package(world.actor(ARCHIVIST), found).state == "handed_out"


@pytest.mark.clause("379/23.2.c")
def test_the_record_names_package_digest_count_and_parties_the_same_each_time(world: World, case: UUID) -> None:
    found, archivist = handed_out(world, case), world.actor(ARCHIVIST)
    record = queries.hand_over_record(archivist, found)
    assert record == queries.hand_over_record(archivist, found)
    text = subprocess.run(["pdftotext", "-layout", "-", "-"], input=record, capture_output=True, check=True).stdout
    told, view = text.decode(), queries.package(archivist, found)
    for words in ("BIÊN BẢN GIAO NHẬN GÓI LƯU TRỮ", view.digest, OTHER_ARCHIVE, "A97.01", "Mai Mẫu Quý"):
        assert words in told, words
    assert view.name in "".join(told.split())


@pytest.mark.clause("379/23.2.c")
def test_a_receipt_is_kept_that_the_other_side_signed_over_this_package(world: World, case: UUID) -> None:
    found, archivist = handed_out(world, case), world.actor(ARCHIVIST)
    record = queries.hand_over_record(archivist, found)
    signed = signed_by(world, record, "Trần Mẫu Nhận", "MAU-7001")
    acts.keep_receipt(actor=archivist, package_id=found, pdf=signed)
    view = queries.package(archivist, found)
    assert (view.state, view.receipt_digest) == ("received", sha256_hex(signed))
    assert any("Trần Mẫu Nhận" in one for one in view.signers)
    assert b"".join(queries.receipt_file(archivist, found)) == signed
    entry = ledger.history(found)[0]
    assert (entry.facts["act"], entry.facts["receipt"]) == ("receipt", sha256_hex(signed))
    with pytest.raises(RuleViolation):
        acts.keep_receipt(actor=archivist, package_id=found, pdf=signed)


@pytest.mark.clause("379/23.2.c", "379/13.4")
def test_no_other_receipt_is_taken(world: World, case: UUID) -> None:
    """Unsigned, changed, of another package, signed by our own side alone, or no PDF at all."""
    found, other = handed_out(world, case), handed_out(world, case)
    archivist = world.actor(ARCHIVIST)
    record = queries.hand_over_record(archivist, found)
    good = signed_by(world, record, "Trần Mẫu Nhận", "MAU-7001")
    bad = {
        "unsigned": record,
        "changed": good.replace(b"/Type /Page", b"/Type /Pagf", 1),
        "another package's": signed_by(world, queries.hand_over_record(archivist, other), "Trần Mẫu Nhận", "MAU-7001"),
        "our own": signed_by(world, record, *OWN_SIGNATORY),
        "no file": b"",
        "no PDF": b"Received.",
    }
    for name, pdf in bad.items():
        with refused("379/23.2.c"):
            acts.keep_receipt(actor=archivist, package_id=found, pdf=pdf)
        assert queries.package(archivist, found).state == "handed_out", name
    acts.keep_receipt(actor=archivist, package_id=found, pdf=good)

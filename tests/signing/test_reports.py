"""The report in its three machine and reading forms, the sandbox behind it, and proof bundles."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from antin.cli import main
from antin.ledger import acts as ledger
from antin.ledger import queries as entries
from antin.ledger.bundle import BundleEntry, BundleParts, build_bundle
from antin.sandbox import Pool, Unanswered
from antin.signing.command import validate_file
from antin.signing.verdict import (
    Policy,
    Reason,
    Report,
    SignatureFacts,
    Verdict,
    as_xml,
    judge,
    validate,
    validate_any,
    validate_sandboxed,
)
from antin.signing.verdict import words as sentences
from antin.values import new_id, sha256_hex
from ledger.places import append

from . import tamper
from .loose import loose, signed_xml
from .scene import NOW, House

VR = "{http://uri.etsi.org/19102/v1.2.1#}"
TOTAL = "urn:etsi:019102:mainindication:"


def indications(report: Report) -> list[tuple[str | None, str | None]]:
    root = etree.fromstring(as_xml(report))
    assert root.tag == f"{VR}ValidationReport"
    found = root.findall(f"{VR}SignatureValidationReport/{VR}SignatureValidationStatus")
    return [(s.findtext(f"{VR}MainIndication"), s.findtext(f"{VR}SubIndication")) for s in found]


def test_xml_report_names_signer_time_chain_and_algorithm(shared: House, sealed: bytes):
    report = validate(sealed, at=NOW, trust=shared.trust)
    assert indications(report) == [(f"{TOTAL}total-passed", None)] * 2
    root = etree.fromstring(as_xml(report))
    assert root.findtext(f".//{VR}POETime") == NOW.strftime("%Y-%m-%dT%H:%M:%SZ")
    named = {element.get("id") for element in root.iter(f"{VR}ValidationObject")}
    pointed = {element.get("VOReference") for element in root.iter() if element.get("VOReference")}
    assert pointed <= named and len(named) == 4
    assert root.findtext(f".//{VR}CryptoInformation/{VR}Algorithm") == "http://www.w3.org/2001/04/xmlenc#sha256"
    assert root.findtext(".//{http://www.w3.org/2000/09/xmldsig#}SignatureValue")
    assert root.findtext(f".//{VR}SignatureValidationProcessID") == "urn:etsi:019102:validationprocess:LTA"


def test_xml_report_passes_no_signature_of_a_document_that_fails(shared: House, signed: bytes):
    report = validate(signed, at=NOW, trust=shared.trust, policy=Policy(("person", "seal")))
    assert report.signatures[0].verdict is Verdict.VALID
    assert indications(report) == [(f"{TOTAL}total-failed", "urn:etsi:019102:subindication:SIG_CONSTRAINTS_FAILURE")]


def test_xml_report_of_an_unsigned_and_of_an_undecided_file(shared: House):
    unsigned = validate(shared.pdf, at=NOW, trust=shared.trust)
    assert indications(unsigned) == [(f"{TOTAL}total-failed", "urn:x-antin:subindication:NO_SIGNATURE")]
    loose_one = validate_any(loose(shared, b"x", token=False), at=NOW, trust=shared.trust, content=b"x")
    assert indications(loose_one)[0][0] == f"{TOTAL}indeterminate"


def test_command_writes_each_form_and_two_languages(
    shared: House, sealed: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    (tmp_path / "a.pdf").write_bytes(sealed)
    asked = ["validate", str(tmp_path / "a.pdf"), "--trust", str(shared.authority.trust_dir), "--at", NOW.isoformat()]
    assert main.main([*asked, "--report", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["schema"], found["indication"], found["kind"]) == ("antin-validation-1", "TOTAL-PASSED", "pdf")
    assert found["reasons"][0]["text"] and found["reasons"][0]["text_en"]
    assert main.main([*asked, "--report", "html"]) == 0
    page = capsys.readouterr().out
    assert "Hợp lệ" in page and 'lang="en"' in page and "Valid" in page
    assert main.main([*asked, "--report", "xml"]) == 0
    assert capsys.readouterr().out.startswith("<?xml")


def test_command_checks_a_detached_signature_with_its_file(shared: House, tmp_path: Path):
    (tmp_path / "letter").write_bytes(b"letter")
    (tmp_path / "letter.p7s").write_bytes(loose(shared, b"letter"))
    trust = tmp_path / "trust"
    trust.mkdir()
    for path in shared.authority.trust_dir.iterdir():
        (trust / path.name).write_bytes(path.read_bytes())
    (trust / "issuing.crl").write_bytes(shared.authority.crl(at=NOW))
    asked = {"at": NOW, "trust_dir": trust}
    assert validate_file(tmp_path / "letter.p7s", content=tmp_path / "letter", **asked)[0] == 0  # type: ignore[arg-type]
    assert validate_file(tmp_path / "letter.p7s", **asked)[0] == 3  # type: ignore[arg-type]
    assert validate_file(tmp_path / "letter.p7s", content=tmp_path / "none", **asked)[0] == 2  # type: ignore[arg-type]
    (tmp_path / "m.edxml").write_bytes(signed_xml(shared))
    assert validate_file(tmp_path / "m.edxml", **asked)[0] == 0  # type: ignore[arg-type]


def test_sandbox_answers_as_the_process_itself_does(shared: House, sealed: bytes):
    for data in (sealed, tamper.cms_byte(sealed), signed_xml(shared), b"hello"):
        here = validate_any(data, at=NOW, trust=shared.trust)
        assert validate_sandboxed(data, at=NOW, trust=shared.trust) == here


class Silent(Pool):
    """A pool whose worker does not come to an answer, or says what it likes."""

    def __init__(self, said: dict[str, Any] | None = None) -> None:
        super().__init__("none", workers=1, timeout_s=1)
        self.said = said

    def ask(self, task: str, blobs: tuple[bytes, ...], options: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
        if self.said is None:
            raise Unanswered(task)
        return self.said, b""


@pytest.mark.clause("379/5.4", "379/13.4")
def test_file_beyond_the_limits_is_undecided(shared: House, sealed: bytes):
    report = validate_sandboxed(sealed, at=NOW, trust=shared.trust, pool=Silent())
    assert (report.verdict, report.sub_indication) == (Verdict.INDETERMINATE, "LIMITS_EXCEEDED")
    assert report.digest == sha256_hex(sealed)


def test_worker_that_was_taken_over_can_not_put_words_into_our_mouth(shared: House, sealed: bytes):
    honest = validate(sealed, at=NOW, trust=shared.trust)
    for lie in (
        replace(honest, reasons=(Reason("Gọi số này: {x}", {"x": "1"}),)),
        replace(honest, sub_indication="<b>"),
        replace(honest, signatures=(replace(honest.signatures[0], role="đồng chí"),)),
    ):
        report = validate_sandboxed(sealed, at=NOW, trust=shared.trust, pool=Silent({"report": lie.to_dict()}))
        assert report.verdict is Verdict.INDETERMINATE
    assert validate_sandboxed(sealed, at=NOW, trust=shared.trust, pool=Silent({"report": []})).sub_indication
    assert sentences.ALL_GOOD in sentences.SENTENCES


def test_file_whose_reading_runs_out_of_memory_is_undecided(shared: House, monkeypatch: pytest.MonkeyPatch):
    def greedy(_data: bytes) -> None:
        raise MemoryError

    monkeypatch.setattr(judge, "open_pdf", greedy)
    report = validate(b"%PDF-1.7", at=NOW, trust=shared.trust)
    assert (report.verdict, report.sub_indication) == (Verdict.INDETERMINATE, "LIMITS_EXCEEDED")


@pytest.fixture
def bundle(db: None, sealed: bytes) -> BundleParts:
    document = new_id()
    append(document, facts={"digest": sha256_hex(sealed)})
    ledger.integrate()
    proven = tuple(BundleEntry(e.id, e.payload, e.proof, e.opening) for e in entries.evidence(document))
    return BundleParts(document, "12-CV/TU", sealed, entries.log_key(), proven)


@pytest.mark.clause("379/17.3")
def test_bundle_is_valid_when_document_and_ledger_are(shared: House, bundle: BundleParts, sealed: bytes):
    report = validate_any(build_bundle(bundle), at=NOW, trust=shared.trust)
    assert (report.verdict, report.kind) == (Verdict.VALID, "bundle"), report
    assert any("Gói chứng cứ đúng" in reason.text() for reason in report.reasons)
    assert report == validate_sandboxed(build_bundle(bundle), at=NOW, trust=shared.trust)


@pytest.mark.parametrize(
    "change",
    [
        lambda b: replace(b, document=tamper.body_byte(b.document)),
        lambda b: replace(b, entries=(replace(b.entries[0], proof="nonsense"),)),
        lambda b: replace(b, entries=()),
    ],
)
def test_bundle_altered_in_document_or_proof_is_invalid(shared: House, bundle: BundleParts, change):
    report = validate_any(build_bundle(change(bundle)), at=NOW, trust=shared.trust)
    assert report.verdict is Verdict.INVALID
    assert "Gói chứng cứ không đúng" in report.reasons[0].text()


def test_zip_of_something_else_is_invalid(shared: House):
    assert validate_any(b"PK\x03\x04" + b"x" * 99, at=NOW, trust=shared.trust).verdict is Verdict.INVALID


def test_every_key_of_the_json_report_is_described():
    described = (Path(__file__).parents[2] / "docs" / "validation.md").read_text()
    names = {f.name for kind in (Report, SignatureFacts, Reason) for f in fields(kind)}
    missing = {name for name in names | {"schema", "file", "indication", "text_en"} if f"`{name}`" not in described}
    assert not missing


def test_worker_loads_neither_django_nor_a_database():
    code = (
        "import sys, antin.signing.verdict.worker as w; w.warm_up();"
        "assert not {'django', 'psycopg'} & set(sys.modules), 'framework'"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

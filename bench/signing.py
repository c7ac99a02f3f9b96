"""Signatures and verifications per second, with the stock signer of the PDF library as peer in the same run.

One page as PDF/A-2b, RSA-2048 keys, an own timestamp authority in the process for both sides, no network. Rounds
alternate, so that a neighbour's load hits both alike.

    B-T    prepare → sign → timestamp → embed, no picture, for both; ours once more with the visible stamp
    verify two signatures and an archive timestamp: chains, revocation, changes, document policy; the peer's own AdES
           verification of the same file for comparison

Usage: python bench/signing.py [--seconds 2] [--rounds 3] [--json]
"""

from __future__ import annotations

import argparse
import asyncio
import io
import json
import logging
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import typst
from asn1crypto import cms as asn1_cms
from asn1crypto import x509 as asn1_x509
from pyhanko.keys import load_private_key_from_pemder_data
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from antin.signing import ceremony
from antin.signing.adapters.key_file import KeyFileSigner
from antin.signing.certificates import Certificate
from antin.signing.pki import DemoAuthority, Issued
from antin.signing.pki.local import LocalRevocation
from antin.signing.ports import Ports
from antin.signing.trust import Trust
from antin.signing.verdict import Policy, validate

TARGET = 4.0
PAGE = '#set page(paper: "a4")\n#set text(font: "Tinos", size: 14pt)\nTỈNH ỦY LẠC GIANG (mẫu)\n\n#lorem(120)\n'


class SameAuthority(TimeStamper):
    """Our timestamp authority behind the peer's interface, so both pay the same for the token."""

    def __init__(self, authority: DemoAuthority) -> None:
        super().__init__()
        self._authority = authority

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> asn1_cms.ContentInfo:
        return asn1_cms.ContentInfo.load(self._authority.timestamps.token(message_digest))


@dataclass
class Bench:
    pdf: bytes
    ports: Ports
    person: Certificate
    seal: Certificate
    issued: Issued
    authority: DemoAuthority

    def prepared(self, *, stamp: bool) -> ceremony.Prepared:
        at = datetime.now(UTC)
        look = ceremony.Appearance.person("Nguyễn Văn Mẫu", "PHÓ BÍ THƯ", "T/M", at) if stamp else ceremony.Appearance()
        return ceremony.prepare(
            self.pdf,
            role="person",
            page=1,
            box=(330, 300, 530, 380) if stamp else (0, 0, 0, 0),
            certificate=self.person,
            appearance=look,
            at=at,
            first=True,
            seal=ceremony.Place(1, (280, 290, 382, 392)) if stamp else None,
        )

    def ours(self, *, stamp: bool = False) -> bytes:
        return ceremony.sign(self.prepared(stamp=stamp), self.ports.signer, self.ports.timestamper)

    def sealed(self) -> bytes:
        signed = ceremony.complete(self.prepared(stamp=True), ports=self.ports)
        prepared = ceremony.prepare(
            signed,
            role="seal",
            page=1,
            box=(0, 0, 0, 0),
            certificate=self.seal,
            appearance=ceremony.Appearance.seal("Tỉnh ủy Lạc Giang"),
            at=datetime.now(UTC),
            first=False,
        )
        return ceremony.complete(prepared, ports=self.ports)


def main() -> int:
    arguments = _arguments()
    logging.disable(logging.WARNING)
    home = Path(tempfile.mkdtemp(prefix="antin-bench-"))
    try:
        figures = _measure(_set_up(home), arguments.seconds, arguments.rounds)
    finally:
        shutil.rmtree(home, ignore_errors=True)
    print(json.dumps(figures) if arguments.json else _sentences(figures))
    return 0 if figures["sign_ratio"] >= TARGET else 1


def _set_up(home: Path) -> Bench:
    authority = DemoAuthority.create(home / "ca")
    person, seal = authority.issue_person("Nguyễn Văn Mẫu", "MAU-1"), authority.issue_seal("Tỉnh ủy (mẫu)", "A1")
    signer = KeyFileSigner(home / "keys", lambda name: b"bench")
    for name, issued in (("person", person), ("seal", seal)):
        signer.store(name, issued.key_pem)
    (home / "page.typ").write_text(PAGE)
    pdf = typst.compile(home / "page.typ", pdf_standards=["a-2b"]) + b"\n"
    ports = Ports(signer, authority.timestamps, LocalRevocation(authority), Trust.from_dir(authority.trust_dir))
    holders = [Certificate(i.certificate_der, i.chain_ders, n) for n, i in (("person", person), ("seal", seal))]
    return Bench(pdf, ports, holders[0], holders[1], person, authority)


def _stock_signer(bench: Bench) -> Callable[[], bytes]:
    store = SimpleCertificateStore()
    store.register_multiple(asn1_x509.Certificate.load(c) for c in bench.issued.chain_ders[:1])
    signer = SimpleSigner(
        signing_cert=asn1_x509.Certificate.load(bench.issued.certificate_der),
        signing_key=load_private_key_from_pemder_data(bench.issued.key_pem, None),
        cert_registry=store,
    )
    stamper = SameAuthority(bench.authority)
    meta = PdfSignatureMetadata(field_name="Signature1", subfilter=SigSeedSubFilter.PADES, md_algorithm="sha256")

    def sign() -> bytes:
        output = io.BytesIO()
        PdfSigner(meta, signer, timestamper=stamper).sign_pdf(
            IncrementalPdfFileWriter(io.BytesIO(bench.pdf)), output=output
        )
        return output.getvalue()

    return sign


def _stock_verifier(bench: Bench, pdf: bytes) -> Callable[[], object]:
    roots = [asn1_x509.Certificate.load(bench.authority.root_der)]

    def verify() -> object:
        reader = PdfFileReader(io.BytesIO(pdf))
        context = ValidationContext(trust_roots=roots, allow_fetching=False, revocation_mode="soft-fail")
        answers = [
            asyncio.run(async_validate_pdf_signature(signature, context))
            for signature in reader.embedded_regular_signatures
        ]
        assert all(answer.intact for answer in answers)
        return answers

    return verify


def _measure(bench: Bench, seconds: float, rounds: int) -> dict[str, float]:
    documents = [bench.sealed() for _ in range(5)]
    turn = iter(range(10**9))
    policy = Policy(("person", "seal"))

    def verify() -> None:
        report = validate(documents[next(turn) % 5], trust=bench.ports.trust, policy=policy)
        assert report.is_valid, report

    tasks: dict[str, Callable[[], object]] = {
        "sign_b_t": bench.ours,
        "sign_b_t_stamped": lambda: bench.ours(stamp=True),
        "sign_b_t_stock": _stock_signer(bench),
        "sign_and_seal_b_lta": bench.sealed,
        "verify": verify,
        "verify_stock": _stock_verifier(bench, documents[0]),
        "timestamp_tokens": lambda: bench.authority.timestamps.token(b"\1" * 32),
    }
    for task in tasks.values():
        task()
    rates: dict[str, list[float]] = {name: [] for name in tasks}
    for _ in range(rounds):
        for name, task in tasks.items():
            rates[name].append(_rate(task, seconds / len(tasks) * 2))
    figures = {f"{name}_per_s": round(statistics.median(found), 1) for name, found in rates.items()}
    figures["sign_ratio"] = round(figures["sign_b_t_per_s"] / figures["sign_b_t_stock_per_s"], 1)
    figures["verify_ratio"] = round(figures["verify_per_s"] / figures["verify_stock_per_s"], 1)
    figures["sealed_kb"] = round(len(documents[0]) / 1000, 1)
    return figures


def _rate(task: Callable[[], object], seconds: float) -> float:
    count, begun = 0, time.perf_counter()
    while time.perf_counter() - begun < seconds or count < 2:
        task()
        count += 1
    return count / (time.perf_counter() - begun)


def _sentences(figures: dict[str, float]) -> str:
    return (
        f"sign B-T: {figures['sign_b_t_per_s']}/s, with visible stamp {figures['sign_b_t_stamped_per_s']}/s; "
        f"stock SimpleSigner {figures['sign_b_t_stock_per_s']}/s: {figures['sign_ratio']} times (target {TARGET})\n"
        f"signed and sealed to B-LTA, whole ceremony: {figures['sign_and_seal_b_lta_per_s']}/s, {figures['sealed_kb']} kB\n"
        f"verify two signatures and archive timestamp: {figures['verify_per_s']}/s; "
        f"stock, without verdict on the document: {figures['verify_stock_per_s']}/s ({figures['verify_ratio']} times)\n"
        f"timestamp tokens: {figures['timestamp_tokens_per_s']}/s"
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=2.0, help="per round, shared by the measurements")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())

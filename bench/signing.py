"""Signatures and verifications per second, with the stock signer of the PDF library as peer in the same run.

One page as PDF/A-2b, RSA-2048 keys, an own timestamp authority in the process for both sides, no network. Rounds
alternate, so that a neighbour's load hits both alike.

    B-T    prepare → sign → timestamp → embed, no picture, for both; ours once more with the visible stamp
    verify two signatures and an archive timestamp: chains, revocation, changes, document policy. The peers are the
           library's validation of the same file with archive data (AdES-LTA, revocation required) as it comes, the
           same with our readers of PDF tokens, and its plain validation, which looks at neither archive timestamp
           nor document policy. `cold`: ours with nothing kept from any file before, as in a fresh worker
    sizes  the whole validation of 10,000 objects and of 14 MB, signed and sealed, against the library's reading of
           the file and its digests alone, once for each signature

Usage: python bench/signing.py [--seconds 2] [--rounds 3] [--json]
"""

from __future__ import annotations

import argparse
import asyncio
import io
import json
import logging
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pikepdf
import typst
from asn1crypto import cms as asn1_cms
from asn1crypto import x509 as asn1_x509
from pyhanko.keys import load_private_key_from_pemder_data
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko.sign.validation.ades import ades_lta_validation
from pyhanko.sign.validation.policy_decl import (
    LocalKnowledge,
    PdfSignatureValidationSpec,
    RevinfoOnlineFetchingRule,
    RevocationInfoGatheringSpec,
    SignatureValidationSpec,
)
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.policy_decl import REQUIRE_REVINFO, CertRevTrustPolicy
from pyhanko_certvalidator.registry import SimpleCertificateStore, SimpleTrustManager

from antin.signing import ceremony, certificates, cms, hex_strings, pdf_names, revocation, signed_data
from antin.signing.adapters.key_file import KeyFileSigner
from antin.signing.certificates import Certificate
from antin.signing.pki import DemoAuthority, Issued
from antin.signing.pki.local import LocalRevocation
from antin.signing.ports import Ports
from antin.signing.trust import Trust
from antin.signing.verdict import Policy, validate

TARGET, TARGET_VERIFY, TARGET_SIZES, TARGET_SEALED = 15.0, 6.0, 2.0, 8.0
SIGNATURES = (2, 8, 32)
TARGET_GROWTH = 1.5
"""A signature among many may cost so many times one among few: verification grows with their number, not faster.

The files are of a foreign program that rewrites metadata with each signature (`verdict.metadata_update`).
"""
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

    def prepared(self, *, stamp: bool, pdf: bytes = b"") -> ceremony.Prepared:
        at = datetime.now(UTC)
        look = ceremony.Appearance.person("Nguyễn Văn Mẫu", "PHÓ BÍ THƯ", "T/M", at) if stamp else ceremony.Appearance()
        return ceremony.prepare(
            pdf or self.pdf,
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

    def sealed(self, pdf: bytes = b"") -> bytes:
        signed = ceremony.complete(self.prepared(stamp=True, pdf=pdf), ports=self.ports)
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
    sizes = max(figures["size_objects_ratio"], figures["size_megabytes_ratio"])
    fast = figures["sign_ratio"] >= TARGET and figures["verify_ratio"] >= TARGET_VERIFY
    fast = fast and figures["sign_and_seal_b_lta_per_s"] >= TARGET_SEALED
    return 0 if fast and sizes <= TARGET_SIZES and figures["growth_ratio"] <= TARGET_GROWTH else 1


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
    return lambda: _stock_signed(bench, bench.pdf, "Signature1")


def _stock_signed(bench: Bench, pdf: bytes, field: str) -> bytes:
    store = SimpleCertificateStore()
    store.register_multiple(asn1_x509.Certificate.load(c) for c in bench.issued.chain_ders[:1])
    signer = SimpleSigner(
        signing_cert=asn1_x509.Certificate.load(bench.issued.certificate_der),
        signing_key=load_private_key_from_pemder_data(bench.issued.key_pem, None),
        cert_registry=store,
    )
    stamper = SameAuthority(bench.authority)
    meta = PdfSignatureMetadata(field_name=field, subfilter=SigSeedSubFilter.PADES, md_algorithm="sha256")
    output = io.BytesIO()
    PdfSigner(meta, signer, timestamper=stamper).sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), output=output)
    return output.getvalue()


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


def _lta_verifier(bench: Bench, pdf: bytes) -> Callable[[], object]:
    """Both signatures by the library's validation with archive data, from what the file carries."""
    roots = [asn1_x509.Certificate.load(bench.authority.root_der)]
    policy = CertValidationPolicySpec(
        trust_manager=SimpleTrustManager.build(roots), revinfo_policy=CertRevTrustPolicy(REQUIRE_REVINFO)
    )
    spec = PdfSignatureValidationSpec(
        SignatureValidationSpec(
            cert_validation_policy=policy,
            revinfo_gathering_policy=RevocationInfoGatheringSpec(RevinfoOnlineFetchingRule.LOCAL_ONLY),
            local_knowledge=LocalKnowledge(known_certs=roots),
        )
    )

    def verify() -> object:
        async def every() -> list[object]:
            reader = PdfFileReader(io.BytesIO(pdf))
            return [await ades_lta_validation(signature, spec) for signature in reader.embedded_regular_signatures]

        answers = asyncio.run(every())
        assert all(answer.api_status.bottom_line for answer in answers)  # type: ignore[attr-defined]
        return answers

    return verify


def _as_it_comes(task: Callable[[], object]) -> Callable[[], object]:
    """With the library's own readers of PDF tokens instead of ours."""

    def run() -> object:
        generic.read_hex_string_from_stream = hex_strings._slow
        generic.NameObject.read_from_stream = staticmethod(pdf_names._slow)  # type: ignore[method-assign]
        try:
            return task()
        finally:
            hex_strings.install()
            pdf_names.install()

    return run


_KEPT = [
    found
    for module in (certificates, cms, revocation, signed_data)
    for found in vars(module).values()
    if hasattr(found, "cache_clear")
]


def _forget() -> None:
    for kept in _KEPT:
        kept.cache_clear()


def _measure(bench: Bench, seconds: float, rounds: int) -> dict[str, float]:
    documents = [bench.sealed() for _ in range(5)]
    turn = iter(range(10**9))

    def verify() -> None:
        _validate(bench, documents[next(turn) % 5])

    def verify_cold() -> None:
        _forget()
        verify()

    tasks: dict[str, Callable[[], object]] = {
        "sign_b_t": bench.ours,
        "sign_b_t_stamped": lambda: bench.ours(stamp=True),
        "sign_b_t_stock": _stock_signer(bench),
        "sign_and_seal_b_lta": bench.sealed,
        "verify": verify,
        "verify_cold": verify_cold,
        "verify_lta": _as_it_comes(_lta_verifier(bench, documents[0])),
        "verify_lta_our_readers": _lta_verifier(bench, documents[0]),
        "verify_stock": _stock_verifier(bench, documents[0]),
        "timestamp_tokens": lambda: bench.authority.timestamps.token(b"\1" * 32),
    }
    figures = {f"{name}_per_s": rate for name, rate in _rates(tasks, seconds, rounds).items()}
    figures["sign_ratio"] = round(figures["sign_b_t_per_s"] / figures["sign_b_t_stock_per_s"], 1)
    for name, peer in (("verify", "lta"), ("verify_of_readers", "lta_our_readers"), ("verify_of_plain", "stock")):
        figures[f"{name}_ratio"] = round(figures["verify_per_s"] / figures[f"verify_{peer}_per_s"], 1)
    figures["verify_cold_ratio"] = round(figures["verify_cold_per_s"] / figures["verify_lta_per_s"], 1)
    figures["sealed_kb"] = round(len(documents[0]) / 1000, 1)
    return figures | _sizes(bench, seconds, rounds) | _growth(bench, seconds, rounds)


def _validate(bench: Bench, pdf: bytes) -> None:
    report = validate(pdf, trust=bench.ports.trust, policy=Policy(("person", "seal")))
    assert report.is_valid, report


def _sizes(bench: Bench, seconds: float, rounds: int) -> dict[str, float]:
    """Milliseconds for large files, ours and the library's reading alone."""
    figures: dict[str, float] = {}
    for name, pdf in (("objects", _many_objects(bench.pdf)), ("megabytes", _much_data(bench.pdf))):
        sealed = bench.sealed(pdf)
        tasks = {"ours": partial(_validate, bench, sealed), "read": _as_it_comes(partial(_read, sealed))}
        rates = _rates(tasks, seconds / 2, rounds)
        figures |= {f"size_{name}_{task}_ms": round(1000 / rate, 1) for task, rate in rates.items()}
        figures[f"size_{name}_ratio"] = round(rates["read"] / rates["ours"], 2)
    return figures


def _growth(bench: Bench, seconds: float, rounds: int) -> dict[str, float]:
    """Milliseconds a signature of files with few and with many, and how much more it is with many."""
    pdf, made = bench.pdf, {}
    for number in range(1, max(SIGNATURES) + 1):
        pdf = _stock_signed(bench, pdf, f"Signature{number}")
        made[number] = pdf

    def verify(count: int) -> None:
        _forget()
        found = validate(made[count], at=datetime.now(UTC), trust=bench.ports.trust, policy=Policy(required=()))
        assert len(found.signatures) == count and all(one.intact for one in found.signatures)

    rates = _rates({str(count): (lambda count=count: verify(count)) for count in SIGNATURES}, seconds, rounds)
    each = {count: 1000 / rates[str(count)] / count for count in SIGNATURES}
    least, most = min(SIGNATURES), max(SIGNATURES)
    told = {f"growth_{count}_ms": round(each[count], 2) for count in SIGNATURES}
    return {**told, "growth_ratio": round(each[most] / each[least], 2)}


def _read(pdf: bytes) -> None:
    """What the library can't do without: the tables, the signatures, the digests over their ranges."""
    for signature in PdfFileReader(io.BytesIO(pdf)).embedded_signatures:
        signature.compute_digest()


def _many_objects(pdf: bytes) -> bytes:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        opened.Root.Mau = opened.make_indirect(
            pikepdf.Array([opened.make_indirect(pikepdf.Dictionary(Number=n, Text="mẫu")) for n in range(10_000)])
        )
        return _saved(opened)


def _much_data(pdf: bytes) -> bytes:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        opened.Root.Mau = opened.make_stream(os.urandom(14_000_000))
        return _saved(opened)


def _saved(opened: pikepdf.Pdf) -> bytes:
    written = io.BytesIO()
    opened.save(written, object_stream_mode=pikepdf.ObjectStreamMode.disable, compress_streams=False)
    return written.getvalue()


def _rates(tasks: dict[str, Callable[[], object]], seconds: float, rounds: int) -> dict[str, float]:
    """Times a second, the median of rounds in which the tasks take turns."""
    for task in tasks.values():
        task()
    rates: dict[str, list[float]] = {name: [] for name in tasks}
    for _ in range(rounds):
        for name, task in tasks.items():
            rates[name].append(_rate(task, seconds / len(tasks) * 2))
    return {name: round(statistics.median(found), 2) for name, found in rates.items()}


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
        f"signed and sealed to B-LTA, whole ceremony: {figures['sign_and_seal_b_lta_per_s']}/s, {figures['sealed_kb']} kB (target {TARGET_SEALED}/s)\n"
        f"verify two signatures and archive timestamp: {figures['verify_per_s']}/s; "
        f"the library's AdES-LTA {figures['verify_lta_per_s']}/s: {figures['verify_ratio']} times (target {TARGET_VERIFY})\n"
        f"  with nothing kept {figures['verify_cold_per_s']}/s ({figures['verify_cold_ratio']} times); against AdES-LTA "
        f"with our readers {figures['verify_of_readers_ratio']} times, against the plain validation "
        f"({figures['verify_stock_per_s']}/s) {figures['verify_of_plain_ratio']} times\n"
        f"10,000 objects: {figures['size_objects_ours_ms']} ms, the library's reading alone "
        f"{figures['size_objects_read_ms']} ms ({figures['size_objects_ratio']} times, target {TARGET_SIZES}); "
        f"14 MB: {figures['size_megabytes_ours_ms']} ms, {figures['size_megabytes_read_ms']} ms "
        f"({figures['size_megabytes_ratio']} times)\n"
        f"a signature of {', '.join(map(str, SIGNATURES))}: "
        f"{', '.join(str(figures[f'growth_{count}_ms']) for count in SIGNATURES)} ms, nothing kept "
        f"({figures['growth_ratio']} times, target {TARGET_GROWTH})\n"
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

"""`antin ledger verify`: an exported log (a folder) or a proof bundle (a zip), offline."""

from __future__ import annotations

import json as json_text
from pathlib import Path
from typing import Any

from antin.ledger.bundle import BundleReport, verify_bundle
from antin.ledger.verify import Problem, VerifyReport, verify_export

GOOD, BAD, WRONG_USE = 0, 1, 2


def verify(path_or_bundle: Path | str, json: bool = False, *, vkey: str | None = None) -> tuple[int, str]:
    """(exit code, text): 0 all of it holds, 1 something does not, 2 there is nothing of ours to check.

    `vkey`: the log's public key got by another way; without it the key inside is used and the text says so.
    """
    path = Path(path_or_bundle)
    if path.is_dir() and (path / "checkpoint").exists():
        return _answer(verify_export(path, vkey), json)
    if path.is_file():
        return _answer(verify_bundle(path, vkey), json)
    return WRONG_USE, f"{path}: không phải thư mục sổ hay gói chứng cứ / neither an exported log nor a proof bundle"


def _answer(report: VerifyReport | BundleReport, json: bool) -> tuple[int, str]:
    code = GOOD if report.ok else BAD
    if json:
        return code, json_text.dumps(report.to_dict(), ensure_ascii=False, indent=2)
    lines = _export_lines(report) if isinstance(report, VerifyReport) else _bundle_lines(report)
    return code, "\n".join(map(_printable, [*lines, *_problems(report.problems), *_key_line(report)]))


def _export_lines(report: VerifyReport) -> list[str]:
    return [
        _verdict(report.ok, "Sổ nguyên vẹn", "the ledger verifies", "SỔ KHÔNG ĐÚNG", "THE LEDGER DOES NOT VERIFY"),
        f"  sổ / log: {report.origin}",
        f"  mục đã băm lại / entries hashed anew: {report.entries} / {report.size}",
        f"  gốc / root: {report.root}",
        f"  điểm kiểm tra đã ký / signed checkpoints: {report.checkpoints}",
        f"  bằng chứng có trong sổ / inclusion proofs: {report.inclusion_proofs};"
        f" nhất quán / consistency proofs: {report.consistency_proofs}",
    ]


def _bundle_lines(report: BundleReport) -> list[str]:
    named = ", ".join(map(str, report.named_by)) or "—"
    lines = [
        _verdict(report.ok, "Gói chứng cứ đúng", "the bundle verifies", "GÓI KHÔNG ĐÚNG", "THE BUNDLE DOES NOT VERIFY"),
        f"  văn bản / document: {report.title} ({report.document_id})",
        f"  SHA-256: {report.digest}",
        f"  mục nhật ký / ledger entries: {report.entries}; lời đã mở / openings: {report.openings};"
        f" điểm kiểm tra / checkpoint: {report.checkpoint_size}",
        f"  các mục nêu đúng văn bản này / entries that name this document: {named}",
    ]
    lines += [f"  để riêng / kept apart: {one.name} ({one.size} byte, SHA-256 {one.sha256})" for one in report.apart]
    if report.unnamed:
        lines.append(f"  tệp kèm theo không mục nào nêu / attachments no entry names: {', '.join(report.unnamed)}")
    return lines


def _verdict(ok: bool, *words: Any) -> str:
    good_vi, good_en, bad_vi, bad_en = words
    return f"{good_vi} / {good_en}" if ok else f"{bad_vi} / {bad_en}"


def _problems(problems: tuple[Problem, ...]) -> list[str]:
    return [f"  ✗ {problem.code}: {problem.where}: {problem.text}" for problem in problems]


def _printable(line: str) -> str:
    """Names inside may be hostile: nothing that a terminal would obey comes through."""
    return "".join(c if c.isprintable() else "�" for c in line)


def _key_line(report: VerifyReport | BundleReport) -> list[str]:
    if report.key_given or not report.vkey:
        return []
    return [
        f"  khoá của sổ lấy từ chính tệp, hãy đối chiếu bằng đường khác / key taken from the file itself,"
        f" compare it by another way: {report.vkey}"
    ]

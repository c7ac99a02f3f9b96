"""A report for reading: plain text and one HTML page without script or outside resources."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from html import escape

from antin.signing.verdict import pictures_html, words
from antin.signing.verdict.report import Reason, Report, SignatureFacts
from antin.signing.verdict.seen import Seen
from antin.values import N_, iso

_TITLE = N_("Báo cáo kiểm tra chữ ký số")
_FILE = N_("Tệp")


def as_text(report: Report) -> str:
    """The report in plain Vietnamese, one fact a line."""
    lines = [f"{_TITLE}: {words.VERDICTS[report.verdict]}"]
    if report.sub_indication:
        lines[0] += f" ({report.sub_indication})"
    lines += [f"  - {reason.text()}" for reason in report.reasons]
    for number, signature in enumerate(report.signatures, 1):
        lines += ["", f"{number}. {words.ROLES[signature.role]}: {signature.signer_name or '?'}"]
        lines += [f"   {label}: {value}" for label, value in _rows(signature)]
        lines += [f"   - {reason.text()}" for reason in signature.reasons]
    lines += ["", *(f"{label}: {value}" for label, value in _footer(report))]
    return "\n".join(lines) + "\n"


def _rows(signature: SignatureFacts) -> Iterator[tuple[str, str]]:
    yield N_("Kết quả"), words.VERDICTS[signature.verdict]
    if signature.capacity:
        yield N_("Tư cách ký"), signature.capacity
    if signature.signer_organisation:
        yield N_("Cơ quan"), signature.signer_organisation
    if signature.signed_at:
        by = f" ({signature.timestamp_authority})" if signature.timestamp_authority else ""
        yield N_("Thời điểm ký theo dấu thời gian"), iso(signature.signed_at) + by
    elif signature.claimed_at:
        yield N_("Thời điểm ký do người ký khai"), iso(signature.claimed_at)
    yield N_("Nguyên vẹn"), N_("có") if signature.intact and signature.changes != "other" else N_("không")
    yield N_("Phạm vi xác nhận"), words.COVERAGES[signature.coverage]
    yield N_("Mức"), signature.level
    if signature.certificate_serial:
        yield N_("Chứng thư"), f"{signature.certificate_serial} – {signature.certificate_issuer}"
    if signature.certificate_not_before and signature.certificate_not_after:
        span = f"{iso(signature.certificate_not_before)} – {iso(signature.certificate_not_after)}"
        yield N_("Hiệu lực chứng thư"), span
        yield N_("Trạng thái chứng thư tại thời điểm ký"), words.STATUSES[signature.status_at_signing]
    if signature.anchor:
        yield N_("Chứng thư gốc"), f"{signature.anchor} ({signature.anchor_fingerprint[:16]}…)"
    if signature.algorithm:
        yield N_("Thuật toán"), signature.algorithm


def _footer(report: Report) -> Iterator[tuple[str, str]]:
    yield N_("Loại tệp"), words.KINDS[report.kind]
    yield N_("Mã băm SHA-256 của tệp"), report.digest
    yield N_("Thời điểm kiểm tra"), iso(report.at)
    yield N_("Chính sách kiểm tra"), report.policy
    if report.renew_before:
        yield N_("Cần gia hạn dấu thời gian lưu trữ trước"), iso(report.renew_before)


_STYLE = (
    "body{font:16px/1.5 serif;max-width:46rem;margin:2rem auto;padding:0 1rem;color:#111;background:#fff}"
    "h1{font-size:1.4rem}h2{font-size:1.1rem;margin-top:1.5rem}table{border-collapse:collapse;width:100%}"
    "th,td{text-align:left;vertical-align:top;overflow-wrap:anywhere;padding:.25rem .5rem;border-bottom:1px solid #ccc}th{width:40%;font-weight:normal}"
    ".valid{color:#0a5c2b}.invalid,.changed{color:#a11212}.indeterminate{color:#7a5200}[lang=en]{color:#555}"
)


English = Callable[[str], str]


def as_html(report: Report, english: English | None = None, seen: Seen | None = None) -> str:
    """One self-contained page; every value is escaped. With an English catalogue every sentence stands in both; `seen`
    are pictures of a file that was changed after signing."""
    told = _Told(english)
    parts = [
        f'<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>{escape(_TITLE)}</title>',
        '<meta name="viewport" content="width=device-width">',
        f"<style>{_STYLE}{pictures_html.STYLE if seen else ''}</style></head><body><h1>{told.both(_TITLE)}: ",
        f'<strong class="{report.verdict}">{told.both(words.VERDICTS[report.verdict])}</strong></h1>',
        told.reasons(report.reasons),
    ]
    if seen:
        parts.append(pictures_html.section(seen, told.both))
    for number, signature in enumerate(report.signatures, 1):
        title = f"{number}. {told.both(words.ROLES[signature.role])}: {escape(signature.signer_name or '?')}"
        parts.append(f"<h2>{title}</h2>{told.table(_rows(signature))}{told.reasons(signature.reasons)}")
    parts.append(f"<h2>{told.both(_FILE)}</h2>{told.table(_footer(report))}</body></html>\n")
    return "".join(parts)


class _Told:
    """Words of the house in the source language, with the English after them where there is one."""

    def __init__(self, english: English | None) -> None:
        self._english = english

    def both(self, word: str, **facts: str) -> str:
        """Escaped; a value that is no word of ours comes back alone, as the catalogue does not know it."""
        shown = escape(word.format(**facts) if facts else word)
        translated = self._english(word) if self._english and word else word
        if translated == word:
            return shown
        return f'{shown} <span lang="en">/ {escape(translated.format(**facts) if facts else translated)}</span>'

    def table(self, rows: Iterator[tuple[str, str]]) -> str:
        cells = (
            f'<tr><th scope="row">{self.both(label)}</th><td>{self.both(value)}</td></tr>' for label, value in rows
        )
        return f"<table>{''.join(cells)}</table>"

    def reasons(self, reasons: tuple[Reason, ...]) -> str:
        items = "".join(f"<li>{self.both(reason.message, **reason.facts)}</li>" for reason in reasons)
        return f"<ul>{items}</ul>" if items else ""

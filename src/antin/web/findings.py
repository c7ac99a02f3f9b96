"""A validation report as sentences for anybody: who signed, as what, by when, whether anything changed, why it is trusted."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from antin.signing.verdict import Report, SignatureFacts
from antin.signing.verdict import words as sentences
from antin.web import formats, shown

MARK = {"ok": "ok", "ask": "warn", "bad": "bad", "changed": "bad", "ref": "q"}


@dataclass(frozen=True, slots=True)
class Line:
    """One checked thing: kind ok, ask, bad, changed or ref (a remark); what was found; more about it."""

    kind: str
    text: str
    more: str = ""

    @property
    def colour(self) -> str:
        return MARK[self.kind]


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature: its verdict in a word, what was checked and remarked, and the technical facts."""

    kind: str
    word: str
    name: str
    lines: tuple[Line, ...]
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Findings:
    """The whole answer: kind and heading of the verdict, what to do, reasons, signatures, facts of the file."""

    kind: str
    heading: str
    advice: str
    reasons: tuple[Line, ...]
    signatures: tuple[Signature, ...]
    facts: tuple[tuple[str, str], ...]

    @property
    def colour(self) -> str:
        return MARK[self.kind]


def told(report: Report, name: str) -> Findings:
    """The report on the file of this name, in the language of the page."""
    kind, _word = shown.light(report.verdict)
    heading, advice = _headline(report)
    weights = {"error": "bad" if kind in {"bad", "changed"} else "ask", "warning": "ask"}
    return Findings(
        kind=kind,
        heading=heading,
        advice=advice,
        reasons=tuple(Line(weights.get(r.weight, "ok"), shown.reason(r)) for r in report.reasons),
        signatures=tuple(_signature(one) for one in report.signatures),
        facts=_file_facts(report, name),
    )


def _headline(report: Report) -> tuple[str, str]:
    if report.sub_indication == "NO_SIGNATURE":
        return _("Tệp không có chữ ký số"), _("Văn bản điện tử không ký số chỉ để tham khảo.")
    return {
        "valid": (_("Chữ ký hợp lệ, nội dung nguyên vẹn"), _("Mọi phép kiểm tra dưới đây đều đạt.")),
        "changed": (
            _("Bị thay đổi sau khi ký"),
            _("Chữ ký đúng nhưng tệp đã đổi sau đó: phải có người xem phần thay đổi; chưa xem thì không dùng."),
        ),
        "indeterminate": (
            _("Chưa xác định được"),
            _("Thiếu dữ liệu để kết luận. Không coi là hợp lệ; hỏi cơ quan gửi hoặc kiểm tra lại sau."),
        ),
    }.get(str(report.verdict), (_("Không hợp lệ"), _("Không dùng tệp này; báo cho cơ quan gửi.")))


def _signature(one: SignatureFacts) -> Signature:
    kind, word = shown.light(one.verdict)
    return Signature(
        kind=kind,
        word=word,
        name=one.signer_name or _("Không rõ người ký"),
        lines=(*_lines(one), *_remarks(one, kind)),
        facts=tuple((name, value) for name, value in shown.certificate_facts(one) if value and one.certificate_serial),
    )


def _lines(one: SignatureFacts) -> tuple[Line, ...]:
    """What was checked, in order; behind a signature that is not right nothing else says anything."""
    if not one.intact:
        return _intact(one), Line("ask", _("Tên trên đây lấy từ chứng thư kèm theo, chưa được xác nhận"))
    return _who(one), _intact(one), _time(one), _certificate(one), _anchor(one)


def _remarks(one: SignatureFacts, kind: str) -> tuple[Line, ...]:
    weights = {"error": "bad" if kind in {"bad", "changed"} else "ask", "warning": "ask", "note": "ref"}
    return tuple(Line(weights[reason.weight], shown.reason(reason)) for reason in one.reasons)


def _who(one: SignatureFacts) -> Line:
    role = _(sentences.ROLES.get(one.role, sentences.ROLES[""]))
    more = ", ".join(part for part in (one.capacity, one.signer_organisation) if part and part != one.signer_name)
    return Line("ok" if one.role and one.anchor else "ask", _("Tư cách: %(role)s") % {"role": role}, more)


def _intact(one: SignatureFacts) -> Line:
    covered = _("Chữ ký xác nhận %(scope)s.") % {"scope": _(sentences.COVERAGES[one.coverage])}
    if one.intact and one.changes != "other":
        return Line("ok", _("Nội dung nguyên vẹn từ khi ký"), covered)
    if one.intact:
        return Line("changed", _("Nội dung lúc ký nguyên vẹn, nhưng tệp đã bị thay đổi sau khi ký"), covered)
    return Line("bad" if one.verdict == "invalid" else "ask", _("Không xác nhận được nội dung"))


def _time(one: SignatureFacts) -> Line:
    if one.signed_at is not None:
        by = (
            _("Theo dấu thời gian của %(name)s.") % {"name": one.timestamp_authority} if one.timestamp_authority else ""
        )
        return Line("ok", _("Đã ký muộn nhất lúc %(at)s") % {"at": formats.instant(one.signed_at)}, by)
    claimed = _("Người ký khai %(at)s, không có gì làm chứng.") % {"at": formats.instant(one.claimed_at)}
    return Line("ask", _("Chưa chứng minh được thời điểm ký"), claimed if one.claimed_at else "")


def _certificate(one: SignatureFacts) -> Line:
    until = f"{formats.day(one.certificate_not_before)} – {formats.day(one.certificate_not_after)}"
    span = _("Thời hạn của chứng thư: %(span)s.") % {"span": until} if one.certificate_serial else ""
    if one.status_at_signing == "good":
        return Line("ok", _("Chứng thư có hiệu lực, chưa bị thu hồi vào lúc ký"), span)
    if one.status_at_signing == "revoked":
        return Line("bad", _("Chứng thư đã bị thu hồi vào lúc ký"), span)
    return Line("ask", _("Chưa rõ chứng thư có hiệu lực vào lúc ký hay không"), span)


def _anchor(one: SignatureFacts) -> Line:
    if one.anchor:
        text = _("Chứng thư thuộc mốc tin cậy mà hệ thống này công nhận")
        return Line("ok", text, one.anchor)
    return Line(
        "ask", _("Chưa nối được chứng thư tới mốc tin cậy nào mà hệ thống này công nhận"), one.certificate_issuer
    )


def _file_facts(report: Report, name: str) -> tuple[tuple[str, str], ...]:
    return (
        (_("Tên tệp"), name),
        (_("Loại tệp"), _(sentences.KINDS[report.kind])),
        (_("Kiểm tra lúc"), formats.instant(report.at)),
        (_("Mã ETSI"), report.sub_indication),
        (_("Quy tắc"), report.policy),
        (_("Giá trị băm (SHA-256)"), report.digest),
    )

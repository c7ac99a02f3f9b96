"""What a document is worth, in one sentence, and why (379/12.2 to 12.5, 217/4.1, 217/4.2).

The answer is never better than the validation of the signatures: unknown is never valid, and a page changed
after signing is at most for reference.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from antin.documents.facts import Direction
from antin.documents.worth import EffectFacts, LegalEffect
from antin.values import N_, Validity

RANK = (
    "not_in_force",
    "draft",
    "undecided",
    "reference_only",
    "original_agreed",
    "original_signed",
    "original_sealed",
)
"""Verdicts by worth, for reports and property tests; the first four give no legal value."""

_SENTENCES = {
    "draft": N_("Dự thảo, chưa có giá trị pháp lý."),
    "not_in_force": N_("Văn bản không còn hiệu lực."),
    "undecided": N_("Chưa xác định được giá trị pháp lý; đừng coi là hợp lệ."),
    "reference_only": N_("Chỉ để tham khảo, không có giá trị pháp lý."),
    "original_agreed": N_("Bản gốc điện tử theo biện pháp các bên đã thống nhất."),
    "original_signed": N_("Bản gốc điện tử, có giá trị như văn bản giấy ký tay không đóng dấu."),
    "original_sealed": N_("Bản gốc điện tử, có giá trị như văn bản giấy ký tay và đóng dấu."),
}
_ENDED = {
    Validity.REPLACED: (N_("Đã bị văn bản khác thay thế."), ("379/17.2",)),
    Validity.RECALLED: (N_("Đã bị cơ quan ban hành thu hồi."), ("217/9.2", "217/10.2.p2")),
    Validity.INVALIDATED: (N_("Đã bị huỷ hiệu lực."), ("379/19.1", "379/19.4")),
}


def legal_effect(facts: EffectFacts) -> LegalEffect:
    """The verdict for these facts; the first rule that applies decides."""
    if facts.validity in _ENDED:
        return _effect("not_in_force", *_ENDED[facts.validity])
    if facts.direction is Direction.OUTGOING and facts.state != "issued":
        return _unissued(facts)
    if facts.state == "discarded":
        return _effect("not_in_force", N_("Bản nhận được đã bị huỷ bỏ theo yêu cầu thu hồi."), ("217/10.2.p2",))
    if not facts.checked:
        return _effect("undecided", N_("Chữ ký số chưa được kiểm tra."), ("217/10.1",))
    if facts.changed:
        return _effect("reference_only", N_("Nội dung đã bị thay đổi sau khi ký."), ("379/5.11", "217/4.2"))
    return _by_signatures(facts)


def _unissued(facts: EffectFacts) -> LegalEffect:
    if facts.state in ("signed", "sealed"):
        return _effect("draft", N_("Đã ký nhưng chưa phát hành."), ("217/4.1", "379/14.p1"))
    if facts.state == "abandoned":
        return _effect("draft", N_("Dự thảo đã thôi, không phát hành."), ("379/17.1",))
    return _effect("draft", N_("Chưa được ký và phát hành."), ("379/17.1",))


def _by_signatures(facts: EffectFacts) -> LegalEffect:
    needed = [facts.seal] if facts.digitised else [facts.personal, *([facts.seal] if facts.seal_needed else [])]
    present = [s for s in (facts.personal, facts.seal) if s != "absent"]
    if "invalid" in present:
        return _effect("reference_only", N_("Có chữ ký số không hợp lệ."), ("217/4.2", "379/13.4"))
    if "indeterminate" in present:
        return _effect("undecided", N_("Chưa xác định được hiệu lực của một chữ ký số."), ("379/13.4",))
    lacking = not present or "absent" in needed
    if lacking and not _agreed(facts):
        return _lacking(present)
    if facts.tolerated_defect:
        return _effect("reference_only", N_("Tiếp nhận có sai sót theo ý kiến lãnh đạo."), ("379/13.4", "217/4.2"))
    return _by_terms(facts) if lacking else _original(facts)


def _lacking(present: Sequence[str]) -> LegalEffect:
    if not present:
        return _effect("reference_only", N_("Không có chữ ký số."), ("217/4.2",))
    why = N_("Thiếu chữ ký số của người có thẩm quyền hoặc của cơ quan ban hành.")
    return _effect("reference_only", why, ("379/13.2", "217/4.2"))


def _agreed(facts: EffectFacts) -> bool:
    """Terms speak of what came from the other side; a digitised paper stands by its own seal alone (379/12.5)."""
    return bool(facts.agreed) and facts.direction is Direction.INCOMING and not facts.digitised


def _by_terms(facts: EffectFacts) -> LegalEffect:
    why = N_("Thiếu chữ ký số trên văn bản; hai bên đã thống nhất biện pháp khác theo văn bản {terms}.")
    return _effect("original_agreed", why, ("379/12.2.c", "217/4.1"), {"terms": facts.agreed})


def _original(facts: EffectFacts) -> LegalEffect:
    if facts.digitised:
        why = N_("Bản giấy đã ký, đóng dấu được chính cơ quan ban hành số hoá và ký số.")
        return _effect("original_sealed", why, ("379/12.5", "217/4.1"))
    if facts.seal == "valid":
        why = N_("Có chữ ký số hợp lệ của người có thẩm quyền và của cơ quan ban hành.")
        return _effect("original_sealed", why, ("379/12.2.a", "379/12.4", "217/4.1"))
    why = N_("Có chữ ký số hợp lệ của người có thẩm quyền; loại văn bản này không cần đóng dấu.")
    return _effect("original_signed", why, ("379/12.3", "379/8.2", "217/4.1"))


def _effect(
    verdict: str, why: str, clauses: tuple[str, ...], facts: Mapping[str, str] = MappingProxyType({})
) -> LegalEffect:
    return LegalEffect(verdict, _SENTENCES[verdict], why, clauses, facts)

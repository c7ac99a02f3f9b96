"""Impoundment: whose decision, over what, and proof that nothing changed meanwhile (379/21)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from uuid import NAMESPACE_URL, UUID, uuid5

from antin.documents.facts import DecisionFacts
from antin.regulation import RuleViolation
from antin.values import N_, Actor, Office, canonical_json, nfc, sha256_hex

AUTHORITY_LIMIT = 400
NUMBER_LIMIT = 200
SCOPE_MOST = 20_000
APART = frozenset({Office.DRAFTER, Office.SIGNATORY, Office.CLERK, Office.LEADER, Office.ARCHIVIST})
"""Whoever works with an organisation's documents doesn't seal them off (acts.md §3)."""


def decision_verified(decision: DecisionFacts, today: date) -> DecisionFacts:
    """379/21.1: an authority, a number and a day that is not in the future; trimmed."""
    authority, number = " ".join(nfc(decision.authority).split()), " ".join(nfc(decision.number).split())
    sound = authority and number and len(authority) <= AUTHORITY_LIMIT and len(number) <= NUMBER_LIMIT
    if not sound or decision.decided_on is None or decision.decided_on > today:
        raise RuleViolation(
            "379/21.1",
            N_("Phải ghi cơ quan ra quyết định, số và ngày quyết định (không sau hôm nay)."),
            N_("Ghi đúng như trên quyết định."),
        )
    return DecisionFacts(authority, number, decision.decided_on)


def authority_id(name: str) -> UUID:
    """The same authority, however its name is spaced and capitalised."""
    return uuid5(NAMESPACE_URL, " ".join(nfc(name).split()).casefold())


def may_impound(actor: Actor, owner_id: UUID) -> None:
    """379/21.1: a mandate of the impounding authority, held by nobody who works with the documents themselves."""
    if not actor.holds(Office.IMPOUNDING_AUTHORITY, owner_id):
        raise RuleViolation(
            "379/21.1",
            N_("Niêm phong do người được giao thi hành quyết định của cơ quan có thẩm quyền thực hiện."),
            N_("Chuyển quyết định cho người đó."),
        )
    if owner_id in actor.organisations(*APART):
        raise RuleViolation(
            "379/21.1",
            N_("Người xử lý văn bản của cơ quan không được tự niêm phong văn bản của cơ quan mình."),
            N_("Giao người khác thi hành quyết định."),
        )


def scope_listed(ids: Collection[UUID]) -> None:
    """379/21.2.d: documents are named one by one, none is sealed off by accident."""
    if not ids or len(ids) > SCOPE_MOST:
        raise RuleViolation(
            "379/21.2.d",
            N_("Phạm vi niêm phong trống, hoặc quá {limit} văn bản."),
            N_("Nêu số, ký hiệu hoặc mã của từng văn bản theo quyết định."),
            limit=SCOPE_MOST,
        )


def same_authority(began: DecisionFacts, lifts: DecisionFacts) -> None:
    """379/21.4: only the authority that decided may lift."""
    if authority_id(began.authority) != authority_id(lifts.authority):
        raise RuleViolation(
            "379/21.4",
            N_("Chỉ cơ quan đã quyết định niêm phong ({authority}) mới huỷ niêm phong được."),
            N_("Cần quyết định huỷ niêm phong của chính cơ quan đó."),
            authority=began.authority,
        )


def digests_unchanged(before: Iterable[tuple[UUID, str]], after: Iterable[tuple[UUID, str]]) -> None:
    """379/21.2.b, 379/21.2.c: what is given back is what was sealed off; a difference is never passed over."""
    changed = sorted(str(one) for one, _digest in set(before) ^ set(after))
    if changed:
        raise RuleViolation(
            "379/21.2.c",
            N_("Nội dung của {count} văn bản khác với lúc niêm phong."),
            N_("Báo cán bộ an toàn thông tin; không huỷ niêm phong khi chưa rõ."),
            count=len(set(changed)),
        )


def scope_digest(decision: DecisionFacts, ids: Iterable[UUID]) -> str:
    """What the confirming code is bound to: this decision over exactly these documents."""
    listed = sorted(str(one) for one in ids)
    day = decision.decided_on.isoformat() if decision.decided_on else ""
    return sha256_hex(canonical_json([authority_id(decision.authority).hex, decision.number, day, listed]))

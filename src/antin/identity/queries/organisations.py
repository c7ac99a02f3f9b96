"""Organisations of this installation: the tree, codes, the words printed on documents."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from antin.identity.models import Organisation, OrganisationCode
from antin.identity.ports import bound
from antin.values import to_vietnam


@dataclass(frozen=True, slots=True)
class OrganisationView:
    """`codes`: scheme → code in force today. `superior_name` may be empty; `body_name` is never."""

    id: UUID
    name: str
    name_en: str
    short_name: str
    kind: str
    parent_id: UUID | None
    place: str
    notation: str
    superior_name: str
    body_name: str
    level: str
    has_seal: bool
    codes: dict[str, str] = field(default_factory=dict)
    local: bool = True

    @property
    def code(self) -> str:
        """The code others address it by."""
        return self.codes.get("party") or self.codes.get("qd20") or next(iter(self.codes.values()), "")


def organisation(organisation_id: UUID) -> OrganisationView:
    """LookupError when this installation has no such organisation."""
    row = _rows().filter(pk=organisation_id).first()
    if row is None:
        raise LookupError(f"no organisation {organisation_id}")
    return _view(row)


def founded_on(organisation_id: UUID) -> date:
    """The day in Vietnam on which it was entered here: nothing of its life here is older. LookupError as above."""
    founded = Organisation.objects.filter(pk=organisation_id).values_list("founded_at", flat=True).first()
    if founded is None:
        raise LookupError(f"no organisation {organisation_id}")
    return to_vietnam(founded).date()


def organisation_by_code(code: str) -> OrganisationView | None:
    """Whichever scheme the code is of; ended codes find nothing."""
    row = _rows().filter(Q(codes__in=_codes_today().filter(code=code))).first()
    return _view(row) if row else None


def organisations() -> tuple[OrganisationView, ...]:
    """All of this installation, parents before children, siblings by name."""
    rows = [_view(row) for row in _rows().order_by("name")]
    children = defaultdict(list)
    for row in rows:
        children[row.parent_id].append(row)
    ordered: list[OrganisationView] = []
    waiting = list(reversed(children[None]))
    while waiting:
        row = waiting.pop()
        ordered.append(row)
        waiting.extend(reversed(children[row.id]))
    return tuple(ordered)


def descendants(organisation_id: UUID) -> frozenset[UUID]:
    """Ids of every unit below, at any depth; the organisation itself is not among them."""
    children = defaultdict(list)
    for child, parent in Organisation.objects.exclude(parent=None).values_list("id", "parent_id"):
        children[parent].append(child)
    found: set[UUID] = set()
    waiting = [organisation_id]
    while waiting:
        below = [child for child in children[waiting.pop()] if child not in found]
        found.update(below)
        waiting.extend(below)
    return frozenset(found)


def with_all_below(held: Iterable[UUID]) -> frozenset[UUID]:
    """These organisations and every unit below them: what an office held there looks over."""
    own = frozenset(held)
    return own.union(*(descendants(one) for one in own))


def today() -> date:
    """The date on Vietnam's clock."""
    return to_vietnam(bound().clock.now()).date()


def _codes_today() -> QuerySet[OrganisationCode]:
    now = today()
    return OrganisationCode.objects.filter(Q(valid_to=None) | Q(valid_to__gte=now), valid_from__lte=now)


def _rows() -> QuerySet[Organisation]:
    return Organisation.objects.prefetch_related(Prefetch("codes", queryset=_codes_today(), to_attr="codes_today"))


def _view(row: Organisation) -> OrganisationView:
    return OrganisationView(
        id=row.id,
        name=row.name,
        name_en=row.name_en,
        short_name=row.short_name,
        kind=row.kind,
        parent_id=row.parent_id,
        place=row.place,
        notation=row.notation,
        superior_name=row.superior_name,
        body_name=row.body_name,
        level=row.level,
        has_seal=row.has_seal,
        codes={code.scheme: code.code for code in row.codes_today},
    )

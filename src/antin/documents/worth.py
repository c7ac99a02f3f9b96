"""What is known about a document's worth, and what it therefore is worth; the decision stands in `rules.effect`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from antin.documents.facts import Direction
from antin.values import Validity


@dataclass(frozen=True, slots=True)
class EffectFacts:
    """What the registry and the validation report know about a document's worth.

    `personal` and `seal` are "valid", "invalid", "indeterminate" or "absent"; `checked` is False while no
    report exists. `digitised` is True when paper was scanned and sealed by the body that issued it (379/12.5).
    `agreed` names the terms agreed with the sender that cover it, "" without any or when the report holds more
    against the document than signatures that are not there (379/12.2.c).
    """

    direction: Direction
    state: str
    validity: Validity
    personal: str = "absent"
    seal: str = "absent"
    seal_needed: bool = True
    changed: bool = False
    checked: bool = True
    digitised: bool = False
    tolerated_defect: bool = False
    agreed: str = ""


@dataclass(frozen=True, slots=True)
class LegalEffect:
    """What the document is worth, in one sentence, and why (379/12.2 to 12.5, 217/4).

    `why` may have places for `facts`, so that it can be said in either language.
    """

    verdict: str
    sentence: str
    why: str
    clauses: tuple[str, ...] = field(default=())
    facts: Mapping[str, str] = field(default_factory=dict)

"""The final page: its number line, and the layout with number and date in their places (379/13.1, 217/11.3).

Used by this room's acts alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from antin.documents import ports as documents_ports
from antin.documents import queries as documents
from antin.documents.facts import DocumentView
from antin.documents.ports import LaidOut
from antin.identity import queries as identity
from antin.registry import rules
from antin.rulebook import queries as rulebook
from antin.values import reference_number


@dataclass(frozen=True, slots=True)
class NumberLine:
    """`number` 5, `notation` "QĐ/TU", `reference_number` "05-QĐ/TU", and the code on the wire."""

    number: int
    notation: str
    reference_number: str
    document_code: str
    on: date


def number_line(document: DocumentView, number: int, on: date) -> NumberLine:
    """The number in the words of this type and this body."""
    owner = identity.organisation(document.owner_id)
    notation = f"{rulebook.document_type(document.type_code, on).notation}/{owner.notation}"
    return NumberLine(
        number=number,
        notation=notation,
        reference_number=reference_number(number, notation),
        document_code=rules.document_code(rules.wire_code(owner.codes), on, number, notation),
        on=on,
    )


def final_page(document: DocumentView, line: NumberLine) -> LaidOut:
    """The frozen revision with number and date written in: laid out, or stamped on the uploaded PDF."""
    sheet = documents.sheet(document.id, number=line.number, notation=line.notation, on=line.on)
    layout = documents_ports.bound().layout
    uploaded = documents.uploaded_pdf(document.id)
    return layout.lay_out(sheet) if uploaded is None else layout.stamp_uploaded(uploaded, sheet)

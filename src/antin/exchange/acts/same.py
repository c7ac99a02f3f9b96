"""One document, whichever way it comes first: a letter and a parcel of it meet here (217/13.1, 217/5.3).

Its sender turned to official mail while the fate of the parcel was unknown, so both may come, in any order, at once.
It is the same document when the same body sent to the same body, under the same code, the same pages and files byte by
byte. Anything less is another document. Whoever comes second takes no document in and answers as if it had.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import connection

from antin.documents import queries as documents
from antin.exchange import ports


def known_copy(
    *, organisation_id: UUID, sender_code: str, document_code: str, digest: str, files: Iterable[str]
) -> UUID | None:
    """The document that is here already, None when it is new. Joins the transaction, and makes a rival wait for its end.

    Without an account of mail only one way leads here: nothing is asked.
    """
    if not (sender_code and document_code) or ports.bound().mail is None:
        return None
    with connection.cursor() as cursor:
        name = f"arrival {organisation_id} {sender_code} {document_code}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
    return documents.received_copy(
        owner_id=organisation_id,
        sender_code=sender_code,
        document_code=document_code,
        digest=digest,
        files=tuple(files),
    )

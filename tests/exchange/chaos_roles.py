"""What processes of the chaos run do inside an installation: queue documents, tell what stands there."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from bench import _two_homes as two_homes

MB = 1024 * 1024
LARGE_MB = 20


def _queue() -> int:
    """Issues and queues that many documents, every tenth with an attachment that travels apart."""
    import django

    django.setup()
    from antin.exchange import acts
    from antin.values import Actor

    for number in range(int(sys.argv[1])):
        large = ("so-lieu.bin", LARGE_MB * MB, _pieces(number)) if number % 10 == 0 else None
        document_id = two_homes.issue(attachment=large, pdf_bytes=60_000)
        acts.queue_dispatches(actor=Actor.system(), document_id=document_id)
    return 0


def _queue_secret() -> int:
    """Queues one Mật document; the words it is made of are given: abstract, body, page, name and content of its file."""
    import django

    django.setup()
    from antin.exchange import acts
    from antin.values import Actor

    abstract, body, page, name, content = sys.argv[1:]
    file = (name, len(content.encode()), [content.encode()])
    document_id = two_homes.issue(
        secret=True, abstract=abstract, body=body, pdf_words=page, attachment=file, pdf_bytes=20_000
    )
    acts.queue_dispatches(actor=Actor.system(), document_id=document_id)
    return 0


def _tell_secret() -> int:
    """Where the one delivery stands, and what the recipient's cleared clerk reads."""
    import django

    django.setup()
    from antin.documents import queries
    from antin.documents.models import Document
    from antin.exchange.models import Dispatch
    from antin.identity import queries as identity
    from antin.values import Actor, MandateView, Method, Office, new_id

    told: dict[str, object] = {"sent": [[one.state, one.reason] for one in Dispatch.objects.all()], "read": []}
    (organisation,) = identity.organisations()
    mandates = tuple(MandateView(one, organisation.id) for one in (Office.CLERK, Office.CLEARED))
    reader = Actor(new_id(), "Người Mẫu", Method.PASSWORD_TOTP, mandates, organisation_id=organisation.id)
    for row in Document.objects.filter(direction="incoming"):
        files = queries.attachments(reader, row.id)
        contents = [b"".join(queries.attachment_pieces(reader, one.id)[1]).decode() for one in files]
        pages = queries.pdf(reader, row.id)[0]
        told["read"] = [queries.document(reader, row.id).abstract, contents, sys.argv[1].encode() in pages]
    print(json.dumps(told))
    return 0


def _pieces(salt: int) -> Iterator[bytes]:
    for number in range(LARGE_MB):
        yield bytes([salt % 251, number]) * (MB // 2)


def _tell() -> int:
    """What this installation sent and took in, by document; whether its ledger holds."""
    import django

    django.setup()
    from antin.documents.models import Attachment, Document
    from antin.exchange.models import Dispatch, Evidence, ParcelIn
    from antin.ledger import acts as ledger
    from antin.ledger import queries
    from antin.values import sha256_hex

    while ledger.integrate():
        pass
    files: dict[object, list[str]] = {}
    for document_id, digest in Attachment.objects.values_list("document_id", "digest"):
        files.setdefault(document_id, []).append(digest)
    sent = {
        str(one.parcel.id): {
            "state": one.state,
            "document": one.digest,
            "files": files.get(one.document_id, []),
            "receipts": [
                sha256_hex(bytes(row.message)) for row in Evidence.objects.filter(dispatch=one, side="theirs")
            ],
            "acknowledged": _entries(queries.history(one.document_id), "exchange.dispatch.transmitted", "acknowledged"),
        }
        for one in Dispatch.objects.select_related("parcel")
    }
    taken = {
        str(one.parcel): {
            "document": Document.objects.get(id=one.document_id).digest,
            "files": files.get(one.document_id, []),
            "receipts": [sha256_hex(bytes(row.message)) for row in Evidence.objects.filter(parcel_in=one, side="ours")],
            "received": _entries(queries.history(one.document_id), "exchange.parcel.received", ""),
        }
        for one in ParcelIn.objects.all()
    }
    incoming = Document.objects.filter(direction="incoming").count()
    print(json.dumps({"sent": sent, "taken": taken, "incoming": incoming}))
    return 0


def _entries(history: object, act: str, outcome: str) -> int:
    rows = [row for row in history if row.act == act]  # type: ignore[attr-defined]
    return sum(not outcome or row.facts.get("outcome") == outcome for row in rows)


ROLES = {"queue": _queue, "tell": _tell, "queue_secret": _queue_secret, "tell_secret": _tell_secret}
HERE = str(Path(__file__))

if __name__ == "__main__":
    raise SystemExit(two_homes.played(ROLES))

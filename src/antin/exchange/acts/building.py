"""Building the parcel of a dispatch, once: signed, stored under the document's key, never made anew (217/13.1)."""

from __future__ import annotations

from antin.documents import queries as document_queries
from antin.documents.facts import ParcelContents
from antin.exchange import directory, faults, parcels, ports
from antin.exchange.models import Dispatch, ParcelOut
from antin.values import new_id, sha256_hex
from antin.vault import acts as vault


def build_parcel(dispatch: Dispatch, contents: ParcelContents | None = None) -> ParcelOut:
    """The parcel of a dispatch that has none. Joins the transaction; RuleViolation when the document fits no edXML.

    `contents` is read anew when not given: whoever queues many recipients reads it once.
    """
    contents = contents or document_queries.parcel_contents(dispatch.document_id)
    key = directory.own_key(dispatch.organisation_id, dispatch.sender_code)
    address = parcels.Address(
        sender_code=dispatch.sender_code,
        sender_name=contents.view.issuing_name,
        recipient_code=dispatch.recipient_code,
        recipient_name=dispatch.recipient_name,
    )
    now, parcel_id = ports.bound().clock.now(), new_id()
    built = parcels.build(parcel_id, contents, address, key, now)
    head = vault.store(built.head, owner=dispatch.document_id, media_type="application/vnd.antin.parcel")
    directory.keep_certificate(key.der, key.code)
    row = ParcelOut(
        id=parcel_id,
        dispatch=dispatch,
        head=head.id,
        parts=[str(part) for part in built.parts],
        size=built.size,
        manifest=built.manifest_bytes,
        signature_digest=sha256_hex(built.signature),
        document_digest=built.manifest.document.sha256,
        built_at=now,
    )
    row.save(force_insert=True)
    faults.reach("send.built")
    return row

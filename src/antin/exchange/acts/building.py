"""Building the parcel of a dispatch, once: signed, stored under the document's key, never made anew (217/13.1)."""

from __future__ import annotations

from antin.documents import queries as document_queries
from antin.documents.facts import ParcelContents
from antin.exchange import directory, faults, parcels, ports, secret
from antin.exchange.models import Dispatch, ParcelOut
from antin.values import Secrecy, new_id, sha256_hex
from antin.vault import acts as vault
from antin.vault import queries as vault_reads
from antin.vault.ports import CipherRefused
from antin.vault.rules import CipherMissing


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
    if contents.view.secrecy is not Secrecy.OPEN:
        built = _enciphered(built, dispatch, contents, address, key)
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


def _enciphered(
    built: parcels.Built, dispatch: Dispatch, contents: ParcelContents, address: parcels.Address, key: directory.OwnKey
) -> parcels.Built:
    """The whole signed parcel through the cipher product, for its recipient alone, in a parcel that tells nothing (379/22.2)."""
    product = vault_reads.cipher_product()
    if product is None:
        raise CipherMissing()
    plain = built.head + b"".join(vault_reads.stream_all(built.parts))
    context = secret.context(built.manifest)
    try:
        hidden = product.seal_for(plain, address.recipient_code, context)
    except CipherRefused as refused:
        raise CipherMissing(product.name) from refused
    kept = vault.store(hidden, owner=dispatch.document_id, media_type=secret.MEDIA_TYPE)
    return secret.cover(built.manifest, contents, address, key, kept)

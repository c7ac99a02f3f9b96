"""Documents between organisations: edXML, parcels and their evidence, deliveries and what became of them.

The outbox is filled by following the ledger; each parcel is built and signed once and travels over HTTPS with
mutual TLS to the partner's installation, which answers with a signed receipt in the same transaction as its effect.
"""

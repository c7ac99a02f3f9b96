"""A demonstration certification service: root, issuing authority, status answers, time stamps. Never for official use."""

from antin.signing.pki.authority import DemoAuthority, Issued
from antin.signing.pki.timestamps import TimestampAuthority

__all__ = ["DemoAuthority", "Issued", "TimestampAuthority"]

"""The outside of signatures: keys in files and tokens, authorities over HTTP."""

from antin.signing.adapters.http_revocation import HttpRevocation
from antin.signing.adapters.http_timestamper import HttpTimestamper
from antin.signing.adapters.key_file import KeyFileSigner

__all__ = ["HttpRevocation", "HttpTimestamper", "KeyFileSigner"]

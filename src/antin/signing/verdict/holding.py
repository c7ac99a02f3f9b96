"""How long what proves a file's time holds: the newest timestamp's chain and the algorithms it rests on (379/23.2.b).

The newest document timestamp covers everything under it, so it alone must be renewed in time (ETSI EN 319 142-1 §5.5);
without one, every signature rests on its own token.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from antin.signing import certificates, path, token
from antin.signing.path import BadPath
from antin.signing.signed_data import Flaw, open_signed_data
from antin.signing.verdict.document import SignedPdf
from antin.signing.verdict.proven_time import Scene


@dataclass(frozen=True, slots=True)
class Hold:
    """`until`: the first certificate of the chains to end; `algorithms`: keys ("RSA 2048") and digests ("sha256")."""

    until: datetime | None = None
    algorithms: tuple[str, ...] = ()


def hold_of(document: SignedPdf, scene: Scene) -> Hold:
    """The proof as it stands; empty when a token is missing or leads nowhere: there is nothing to prolong."""
    ends: list[datetime] = []
    algorithms: set[str] = set()
    tokens = list(_newest_tokens(document))
    for data in tokens:
        try:
            facts = token.read(data)
            others = (*facts.signed.certificates, *scene.evidence.certificates)
            flaw, signer = token.flaw(facts, (*others, *scene.trust.pool))
            if flaw is not Flaw.NONE or signer is None:
                return Hold()
            chain = path.find(signer, others, scene.trust, None, facts.at).certificates
        except (BadPath, ValueError):
            return Hold()
        ends += [certificates.facts(one).not_after for one in chain]
        algorithms |= {facts.digest_name, facts.signed.digest_name}
        algorithms |= {certificates.facts(one).key for one in chain}
    return Hold(min(ends, default=None), tuple(sorted(algorithms)))


def _newest_tokens(document: SignedPdf) -> Iterable[bytes]:
    stamped = [found for found in document.found if found.kind == "timestamp"]
    if stamped:
        yield stamped[-1].contents
        return
    for found in document.found:
        try:
            yield from open_signed_data(found.contents).tokens[:1]
        except ValueError:
            continue

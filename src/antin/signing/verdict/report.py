"""What a validation answers: frozen, and to JSON and back without loss."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from enum import StrEnum
from typing import Any

POLICY_ID = "antin-2026-1"
# Ours, beside the sub-indications of ETSI EN 319 102-1: not read for want of time or memory; nothing signed inside.
LIMITS, NO_SIGNATURE = "LIMITS_EXCEEDED", "NO_SIGNATURE"


class Verdict(StrEnum):
    """`changed`: the signatures are right, the file was altered after them; a person must look (379/13.4)."""

    VALID = "valid"
    INVALID = "invalid"
    INDETERMINATE = "indeterminate"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Policy:
    """What the document must carry. `required`: roles that must have signed (379/13.2).

    `complete`: every signature field is filled and the last signature or timestamp covers the whole file; only
    a document still on its way between signature and seal is asked without it.
    """

    required: tuple[str, ...] = ("person",)
    complete: bool = True
    name: str = POLICY_ID


@dataclass(frozen=True, slots=True)
class Reason:
    """A sentence in Vietnamese with `{names}`, marked for translation; `weight` is error, warning or note."""

    message: str
    facts: Mapping[str, str] = field(default_factory=dict)
    weight: str = "error"

    def text(self) -> str:
        """The sentence in the source language."""
        return self.message.format(**self.facts)

    def to_dict(self) -> dict[str, Any]:
        return {"message": self.message, "facts": dict(self.facts), "weight": self.weight}

    @staticmethod
    def from_dict(data: Mapping[str, Any]) -> Reason:
        return Reason(data["message"], data["facts"], data["weight"])


@dataclass(frozen=True, slots=True)
class SignatureFacts:
    """One signature. `signed_at`: the proven instant (None: not proven), `claimed_at`: what the signer wrote.

    `coverage`: file, revision or partial; `changes` since: none, archival, forms or other; `level`: B-B … B-LTA;
    `status_at_signing`: good, revoked or unknown, known as of `status_known_at`. `signed_digest`: of what is signed,
    hexadecimal, by `digest_name`; `signature_value` in base64; `chain`: SHA-256 of each certificate, signer to anchor.
    `covers`: of a PDF, how many bytes from its beginning are what was signed; 0 when that is unknown.
    """

    field: str
    role: str
    verdict: Verdict
    sub_indication: str
    reasons: tuple[Reason, ...]
    signer_name: str = ""
    signer_organisation: str = ""
    capacity: str = ""
    signed_at: datetime | None = None
    claimed_at: datetime | None = None
    intact: bool = False
    coverage: str = "partial"
    changes: str = "other"
    level: str = "B-B"
    algorithm: str = ""
    certificate_serial: str = ""
    certificate_issuer: str = ""
    certificate_not_before: datetime | None = None
    certificate_not_after: datetime | None = None
    certificate_fingerprint: str = ""
    is_sample: bool = False
    status_at_signing: str = "unknown"
    status_known_at: datetime | None = None
    anchor: str = ""
    anchor_fingerprint: str = ""
    timestamp_authority: str = ""
    locks: bool = False
    digest_name: str = ""
    signed_digest: str = ""
    signature_value: str = ""
    chain: tuple[str, ...] = ()
    covers: int = 0

    def to_dict(self) -> dict[str, Any]:
        return {f.name: _plain(getattr(self, f.name)) for f in fields(self)}

    @staticmethod
    def from_dict(data: Mapping[str, Any]) -> SignatureFacts:
        read = dict(data)
        read["verdict"] = Verdict(read["verdict"])
        read["reasons"] = tuple(Reason.from_dict(r) for r in read["reasons"])
        for name in _INSTANTS:
            read[name] = datetime.fromisoformat(read[name]) if read[name] else None
        read["chain"] = tuple(read.get("chain", ()))  # older kept reports have none
        return SignatureFacts(**read)


_INSTANTS = ("signed_at", "claimed_at", "certificate_not_before", "certificate_not_after", "status_known_at")


@dataclass(frozen=True, slots=True)
class Report:
    """The whole answer. `digest`: SHA-256 of the file; `at`: the instant of judgement; `renew_before`: when the
    first certificate of the newest timestamp's chain ends and the archive must have renewed it, `algorithms` on which
    that timestamp rests; `kind`: pdf, cms, xml or bundle."""

    verdict: Verdict
    sub_indication: str
    reasons: tuple[Reason, ...]
    signatures: tuple[SignatureFacts, ...]
    digest: str
    at: datetime
    policy: str = POLICY_ID
    timestamps: tuple[SignatureFacts, ...] = ()
    renew_before: datetime | None = None
    kind: str = "pdf"
    algorithms: tuple[str, ...] = ()

    @property
    def is_valid(self) -> bool:
        return self.verdict is Verdict.VALID

    def by_role(self, role: str) -> tuple[SignatureFacts, ...]:
        """Signatures of a role: person or seal."""
        return tuple(s for s in self.signatures if s.role == role)

    def to_dict(self) -> dict[str, Any]:
        return {f.name: _plain(getattr(self, f.name)) for f in fields(self)}

    @staticmethod
    def from_dict(data: Mapping[str, Any]) -> Report:
        return Report(
            verdict=Verdict(data["verdict"]),
            sub_indication=data["sub_indication"],
            reasons=tuple(Reason.from_dict(r) for r in data["reasons"]),
            signatures=tuple(SignatureFacts.from_dict(s) for s in data["signatures"]),
            digest=data["digest"],
            at=datetime.fromisoformat(data["at"]),
            policy=data["policy"],
            timestamps=tuple(SignatureFacts.from_dict(s) for s in data["timestamps"]),
            renew_before=datetime.fromisoformat(data["renew_before"]) if data["renew_before"] else None,
            kind=data.get("kind", "pdf"),
            algorithms=tuple(data.get("algorithms", ())),
        )


def _plain(value: object) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, StrEnum):
        return str(value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Reason | SignatureFacts):
        return value.to_dict()
    return value

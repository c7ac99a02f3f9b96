"""A time-stamping authority (RFC 3161, ETSI EN 319 422): strict requests, lean answers.

- SHA-256, SHA-384 and SHA-512 only, else *badAlg*; another policy *unacceptedPolicy*; any extension *unacceptedExtension*
- each token has a 120-bit random serial, the policy, an accuracy of one second and ESSCertIDv2
- when the clock can't be trusted the answer is *timeNotAvailable*: no time is better than a wrong one
- what keeps the tokens' lines is told before a token leaves; when it fails the answer is *systemFailure*
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from antin.signing import cms, der
from antin.signing.cms import DIGESTS, PrivateKey
from antin.signing.pki.profiles import TIMESTAMP_POLICY
from antin.values import Clock, SystemClock

MAX_REQUEST: Final = 4096
BAD_ALG, BAD_REQUEST, BAD_DATA_FORMAT, TIME_NOT_AVAILABLE, UNACCEPTED_POLICY, UNACCEPTED_EXTENSION = 0, 2, 5, 14, 15, 16
SYSTEM_FAILURE: Final = 25


class RefusedRequest(ValueError):
    """A request that gets no token; `failure` is the bit of PKIFailureInfo."""

    def __init__(self, failure: int, why: str) -> None:
        super().__init__(why)
        self.failure = failure


@dataclass(frozen=True, slots=True)
class Request:
    """A parsed request: the imprint as it stands in DER, the nonce likewise (may be empty)."""

    imprint: bytes
    nonce: bytes
    certificate_wanted: bool

    @property
    def digest(self) -> bytes:
        """What is stamped."""
        fields = der.Reader(self.imprint).inside()
        fields.raw(der.SEQUENCE)
        return fields.content(der.OCTET_STRING)


def parse_request(data: bytes, policy: str = TIMESTAMP_POLICY) -> Request:
    """Reads a TimeStampReq; RefusedRequest with the failure to report otherwise."""
    if len(data) > MAX_REQUEST:
        raise RefusedRequest(BAD_DATA_FORMAT, "request too long")
    try:
        outer = der.Reader(data)
        body = outer.inside()
        outer.finish()
        if body.integer() != 1:
            raise RefusedRequest(BAD_REQUEST, "version 1 only")
        imprint = body.raw(der.SEQUENCE)
        _check_imprint(imprint)
        if body.peek() == der.OID and body.oid() != policy:
            raise RefusedRequest(UNACCEPTED_POLICY, "another policy")
        nonce = _nonce(body)
        wanted = body.peek() == der.BOOLEAN and body.content(der.BOOLEAN) == b"\xff"
        if body.peek() == 0xA0:
            raise RefusedRequest(UNACCEPTED_EXTENSION, "no extension is known")
        body.finish()
    except RefusedRequest:
        raise
    except ValueError as broken:
        raise RefusedRequest(BAD_DATA_FORMAT, str(broken)) from broken
    return Request(imprint, nonce, wanted)


def _nonce(body: der.Reader) -> bytes:
    if body.peek() != der.INTEGER:
        return b""
    nonce = body.raw(der.INTEGER)
    if not 3 <= len(nonce) <= 36:
        raise RefusedRequest(BAD_DATA_FORMAT, "nonce too long")
    return nonce


def _check_imprint(imprint: bytes) -> None:
    fields = der.Reader(imprint).inside()
    algorithm = fields.inside()
    name = DIGESTS.get(algorithm.oid())
    if name is None:
        raise RefusedRequest(BAD_ALG, "SHA-256, SHA-384 or SHA-512")
    if algorithm.more() and algorithm.raw() != der.NULL:
        raise RefusedRequest(BAD_ALG, "parameters not allowed")
    algorithm.finish()
    if len(fields.content(der.OCTET_STRING)) != hashlib.new(name).digest_size:
        raise RefusedRequest(BAD_DATA_FORMAT, "digest of another length")
    fields.finish()


class TimestampAuthority:
    """Makes tokens with a key loaded once. `chain`: own certificate first, then what leads to the root."""

    def __init__(
        self,
        key: PrivateKey,
        chain: tuple[bytes, ...],
        *,
        clock: Clock | None = None,
        policy: str = TIMESTAMP_POLICY,
        time_is_good: Callable[[], bool] = lambda: True,
        log: Callable[[str], object] = lambda line: None,
    ) -> None:
        self._key = key
        self._chain = chain
        self._identity = cms.identity_of(chain[0])
        self._clock = clock or SystemClock()
        self._policy = policy
        self._time_is_good = time_is_good
        self._log = log

    def log_to(self, write: Callable[[str], object]) -> None:
        """From now on one line a token: instant, serial, digest in hexadecimal. No token leaves before `write` returned."""
        self._log = write

    def answer(self, data: bytes) -> bytes:
        """A TimeStampResp in DER for a TimeStampReq in DER; never raises."""
        try:
            request = parse_request(data, self._policy)
            if not self._time_is_good():
                raise RefusedRequest(TIME_NOT_AVAILABLE, "clock not synchronised")
        except RefusedRequest as refused:
            return der.sequence(_rejection(refused.failure))
        try:
            return der.sequence(der.sequence(der.integer(0)), self._token(request))
        except OSError:  # its line could not be kept: no token is better than one that nobody knows of
            return der.sequence(_rejection(SYSTEM_FAILURE))

    longest_s = 1.0
    """Nobody is asked over a network."""

    def token(self, digest: bytes) -> bytes:
        """A TimeStampToken over a digest of SHA-2, without the round trip (the port `Timestamper`)."""
        imprint = der.sequence(cms.digest_id(digest), der.octets(digest))
        return self._token(Request(imprint, b"", certificate_wanted=True))

    def _token(self, request: Request) -> bytes:
        serial = secrets.randbits(119) | 1 << 119
        at = self._clock.now()
        content = der.sequence(
            der.integer(1),
            der.oid(self._policy),
            request.imprint,
            der.integer(serial),
            der.generalized_time(at),
            der.sequence(der.integer(1)),
            request.nonce,
        )
        identity = self._identity
        digest = hashlib.new(cms.digest_name(identity.algorithm), content).digest()
        attributes = cms.signed_attributes(cms.TST_INFO, digest, identity.ess_id, identity.algorithm)
        signature = cms.raw_sign(self._key, attributes, identity.algorithm)
        self._log(f"{at.isoformat()} {serial:x} {request.digest.hex()}\n")
        certificates = self._chain if request.certificate_wanted else ()
        return cms.signed_data(
            identity, attributes, signature, certificates, content=content, content_type=cms.TST_INFO
        )


def _rejection(failure: int) -> bytes:
    bits = bytearray(failure // 8 + 1)
    bits[failure // 8] |= 0x80 >> failure % 8
    unused = 7 - failure % 8
    return der.sequence(der.integer(2), der.tlv(der.BIT_STRING, bytes((unused,)) + bytes(bits)))

"""What a provider says is believed only when it is signed, for us, for this question, fresh, and of the level asked (379/11.3)."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from antin.identity.national import Asked
from antin.regulation import Indeterminate, RemoteViolation
from national import CLIENT, NUMBERS, National, national

__all__ = ["national"]
HOUR = 3600


def said(national: National, who: str = "an", **adapter: object) -> Any:
    port, asked = national.adapter(**adapter), Asked.anew(national.clock.now())
    back = national.proves(port.question(asked), who)
    return port.statement(asked, parse_qs(urlsplit(back).query)["code"][0])


@pytest.mark.clause("379/11.3")
def test_sound_statement_names_the_person_and_its_number(national: National) -> None:
    found = said(national)
    assert (found.subject, found.number, found.level) == ("an", NUMBERS["an"], "2")
    assert found.issuer == national.server.issuer
    assert abs((found.proven_at - national.clock.now()).total_seconds()) < 1


def test_question_asks_for_fresh_proof_and_keeps_the_verifier(national: National) -> None:
    asked = Asked.anew(national.clock.now())
    query = parse_qs(urlsplit(national.adapter().question(asked)).query)
    assert (query["prompt"], query["max_age"], query["acr_values"]) == (["login"], ["0"], ["2"])
    assert (query["code_challenge_method"], query["state"], query["nonce"]) == (["S256"], [asked.state], [asked.nonce])
    assert asked.verifier not in str(query)
    assert Asked(**asked.kept()) == asked  # type: ignore[arg-type]


BAD_CLAIMS: dict[str, dict[str, object]] = {
    "for another client": {"aud": "other"},
    "for several, ours not the party asked": {"aud": [CLIENT, "other"]},
    "issued to another party": {"azp": "other"},
    "by another issuer": {"iss": "https://other.example"},
    "to another question": {"nonce": "other"},
    "of nobody": {"sub": ""},
    "without subject": {"sub": None},
    "without nonce": {"nonce": None},
    "without level": {"acr": None},
    "level is no text": {"acr": 2},
    "without time of proof": {"auth_time": None},
    "subject is no text": {"sub": 7},
    "time is a truth value": {"auth_time": True},
    "time is text": {"auth_time": "today"},
    "time beyond any calendar": {"auth_time": 1e30},
    "ended": {"exp": 1},
    "from the future": {"iat": 32_000_000_000},
    "proof from the future": {"auth_time": 32_000_000_000},
    "proof long ago": {"auth_time": 1},
}


@pytest.mark.clause("379/12.2.b")
@pytest.mark.parametrize("claims", BAD_CLAIMS.values(), ids=BAD_CLAIMS)
def test_statement_that_is_not_for_us_now_is_not_believed(national: National, claims: dict[str, object]) -> None:
    national.server.claims = claims
    with pytest.raises(RemoteViolation) as refused:
        said(national)
    assert refused.value.clause == "379/11.3"


def test_proof_counts_for_five_minutes(national: National) -> None:
    now = int(national.clock.now().timestamp())
    national.server.claims = {"auth_time": now - 290}
    assert said(national).subject == "an"
    national.server.claims = {"auth_time": now - 310}
    with pytest.raises(RemoteViolation):
        said(national)


def test_level_is_told_as_it_is(national: National) -> None:
    national.server.claims = {"acr": "1"}
    assert said(national).level == "1"
    assert "1" not in national.adapter().levels


def test_statement_without_the_number_names_none(national: National) -> None:
    national.server.claims = {"personal_number": None}
    assert said(national).number == ""


def test_foreign_key_is_not_believed(national: National) -> None:
    national.server.signer = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    with pytest.raises(RemoteViolation):
        said(national)


def test_unsigned_statement_and_shared_secret_are_not_believed(
    national: National, monkeypatch: pytest.MonkeyPatch
) -> None:
    import jwt

    claims = {"iss": national.server.issuer, "sub": "an", "aud": CLIENT, "acr": "2", "nonce": "x"}
    secret = "một khoá chung đủ dài cho HMAC-SHA256"
    for token in (jwt.encode(claims, None, "none"), jwt.encode(claims, secret, "HS256", {"kid": "mau-1"}), "", "a.b.c"):
        monkeypatch.setattr(national.server, "statement", lambda *_, token=token: token)
        with pytest.raises(RemoteViolation):
            said(national)


def test_code_is_good_once_and_only_with_its_verifier(national: National) -> None:
    port, asked = national.adapter(), Asked.anew(national.clock.now())
    back = national.proves(port.question(asked), "an")
    code = parse_qs(urlsplit(back).query)["code"][0]
    with pytest.raises(RemoteViolation):
        port.statement(Asked.anew(national.clock.now()), code)
    with pytest.raises(RemoteViolation):
        port.statement(asked, code)


def test_wrong_secret_of_ours_is_not_silence(national: National) -> None:
    with pytest.raises(RemoteViolation):
        said(national, secret="other")


def test_silence_decides_nothing(national: National) -> None:
    national.server.silent = True
    with pytest.raises(Indeterminate):
        national.adapter().question(Asked.anew(national.clock.now()))
    with pytest.raises(Indeterminate):
        national.adapter(issuer="http://127.0.0.1:1").question(Asked.anew(national.clock.now()))


@pytest.mark.parametrize("issuer", ["http://dinh-danh.example", "ftp://127.0.0.1", "dinh-danh", ""])
def test_issuer_in_clear_elsewhere_is_no_provider(national: National, issuer: str) -> None:
    with pytest.raises(ValueError, match="no safe address"):
        national.adapter(issuer=issuer)


def test_provider_that_calls_itself_otherwise_is_not_believed(national: National) -> None:
    other = national.server.issuer.replace("127.0.0.1", "localhost")
    with pytest.raises(RemoteViolation):
        national.adapter(issuer=other).question(Asked.anew(national.clock.now()))

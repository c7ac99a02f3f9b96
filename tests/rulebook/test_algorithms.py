"""The dated catalogue of algorithms: what may be relied on until when (379/23.2.b, 379/24.3)."""

from __future__ import annotations

from datetime import date

import pytest

from antin.rulebook import queries, rules


@pytest.mark.clause("379/23.2.b", "379/24.3")
@pytest.mark.parametrize(
    ("name", "until"),
    [
        ("RSA 2048", date(2030, 12, 31)),
        ("RSA 3000", date(2030, 12, 31)),
        ("RSA 3072", date(2035, 12, 31)),
        ("RSA 4096", date(2035, 12, 31)),
        ("ECDSA secp256r1", date(2035, 12, 31)),
        ("sha256", None),
        ("RSA 1024", date.min),
        ("sha1", date.min),
        ("ECDSA secp192r1", date.min),
        ("", date.min),
    ],
)
def test_algorithm_end_is_the_catalogues(name: str, until: date | None) -> None:
    assert queries.algorithm_end(name) == until


def test_algorithm_end_of_a_key_is_that_of_the_greatest_size_it_reaches() -> None:
    rows = [
        {"algorithm": "RSA", "least_bits": bits, "until": until} for bits, until in ((2048, "2030-01-01"), (4096, ""))
    ]
    assert rules.algorithm_end("RSA 4095", rows) == date(2030, 1, 1) and rules.algorithm_end("RSA 8192", rows) is None


def test_the_catalogues_digest_tells_that_it_changed() -> None:
    assert len(queries.algorithm_policy()) == 64

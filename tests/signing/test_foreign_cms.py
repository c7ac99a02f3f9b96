"""A CMS made by somebody else's tool over the prepared page: taken over as it is, or refused and nothing changed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from antin.regulation import RuleViolation
from antin.signing import ceremony, certificates, signed_data, verdict
from antin.signing.ceremony import Prepared
from antin.signing.verdict import Policy

from .scene import NOW, House, run
from .test_ceremony import pdfsig


@pytest.fixture
def device(shared: House, tmp_path: Path) -> Callable[..., bytes]:
    """OpenSSL as the device: a detached CMS over what stands around the empty place."""

    def made(prepared: Prepared, *more: str, name: str = "person", extra: bytes = b"") -> bytes:
        issued = shared.issued[name]
        start, end = json.loads(prepared.state)["place"]
        (tmp_path / "content").write_bytes(prepared.pdf[:start] + prepared.pdf[end:] + extra)
        (tmp_path / "key.pem").write_bytes(issued.key_pem)
        run(
            "openssl",
            "x509",
            "-inform",
            "DER",
            "-in",
            _file(tmp_path, issued.certificate_der),
            "-out",
            tmp_path / "c.pem",
        )
        done = run(
            "openssl", "cms", "-sign", "-binary", "-outform", "DER", "-in", tmp_path / "content", "-out", tmp_path / "cms",
            "-signer", tmp_path / "c.pem", "-inkey", tmp_path / "key.pem", *(more or ("-cades",)),
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return (tmp_path / "cms").read_bytes()

    return made


def _file(folder: Path, data: bytes) -> Path:
    (folder / "c.cer").write_bytes(data)
    return folder / "c.cer"


@pytest.mark.clause("379/5.11", "379/8.2", "379/13.5")
@pytest.mark.parametrize(("name", "more"), [("person", ()), ("person", ("-cades", "-md", "sha384")), ("device384", ())])
def test_cms_of_the_device_is_embedded_with_our_timestamp(
    shared: House, device: Callable[..., bytes], tmp_path: Path, name: str, more: tuple[str, ...]
):
    prepared = shared.prepare_person(shared.person("device384", key="p384") if name == "device384" else None)
    if name == "device384":
        more = ("-cades", "-md", "sha384")
    made = device(prepared, *more, name=name)
    signed = ceremony.complete_proven(prepared, ceremony.prove_cms(prepared, made), ports=shared.ports)
    report = verdict.validate(signed, at=NOW, trust=shared.trust, policy=Policy(complete=False))
    (one,) = report.signatures
    assert (report.verdict, one.level) == ("valid", "B-LT"), report.reasons
    assert one.certificate_fingerprint == certificates.facts(shared.issued[name].certificate_der).fingerprint
    assert signed_data.open_signed_data(made).signature.hex().encode() in signed
    assert "Signature is Valid." in pdfsig(signed, tmp_path)


@pytest.mark.clause("379/5.11")
@pytest.mark.parametrize(
    "what",
    ["no ess", "encapsulated", "other bytes", "another signer", "cut off", "flipped", "rubbish", "empty", "ours twice"],
)
def test_cms_that_is_not_this_signers_over_this_page_is_refused(shared: House, device: Callable[..., bytes], what: str):
    prepared = shared.prepare_person()
    made = {
        "no ess": lambda: device(prepared, "-md", "sha256"),
        "encapsulated": lambda: device(prepared, "-cades", "-nodetach"),
        "other bytes": lambda: device(prepared, extra=b" "),
        "another signer": lambda: device(prepared, name="seal"),
        "cut off": lambda: device(prepared)[:-3],
        "flipped": lambda: _flipped(device(prepared)),
        "rubbish": lambda: b"0\x80rubbish",
        "empty": lambda: b"",
        "ours twice": lambda: device(prepared) * 2,
    }[what]()
    with pytest.raises(RuleViolation) as caught:
        ceremony.prove_cms(prepared, made)
    assert caught.value.clause == "379/5.11"


def _flipped(made: bytes) -> bytes:
    value = signed_data.open_signed_data(made).signature
    return made.replace(value, value[:-1] + bytes((value[-1] ^ 1,)))

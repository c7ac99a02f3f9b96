"""The configuration of an installation and its secrets."""

from __future__ import annotations

import stat
from dataclasses import replace
from pathlib import Path

import pytest

from antin.house import config as configuration
from antin.house import install, wiring
from antin.house.secrets import make_secret, read_secret
from antin.signing.pki import DemoAuthority
from antin.signing.pki.server import PkiServer
from antin.signing.revocation import State


def test_configuration_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    written = configuration.Config(
        home=tmp_path,
        name="lac-giang",
        title='Tỉnh ủy "mẫu"',
        signing=configuration.Signing(
            timestamp_urls=("http://127.0.0.1:1/tsa",),
            revocation_rewrite={"http://ocsp.ca.vn": "http://10.1.2.3:8080", 'a "b" = #': "ấ"},
            internal_hosts=("ca.noibo", "tsa.noibo:318"),
        ),
        demo=configuration.Demo(people="people.json", sample=True),
    )
    configuration.save(written)
    assert configuration.load(tmp_path) == written


@pytest.mark.parametrize(
    "said",
    [
        'revocation_rewrite = { "http://a.vn" = "http://b.vn" }',
        "[signing.revocation_rewrite]\n'http://a.vn' = 'http://b.vn'",
    ],
)
def test_rewriting_may_be_written_as_a_table_of_its_own_or_in_a_line(tmp_path: Path, said: str) -> None:
    (tmp_path / "antin.toml").write_text(f"[signing]\n{said}\n", encoding="utf-8")
    assert configuration.load(tmp_path).signing.revocation_rewrite == {"http://a.vn": "http://b.vn"}


@pytest.mark.clause("379/9.2")
def test_signing_asks_rewritten_addresses_and_knows_imported_lists(tmp_path: Path) -> None:
    pki = DemoAuthority.create(tmp_path / "pki", base_url="http://ca.example.vn")
    person = pki.issue_person("Nguyễn Văn Mẫu", "MAU-0001")
    server = PkiServer(pki, 0).start()
    try:
        here = f"127.0.0.1:{server.server_port}"
        said = configuration.Signing(
            revocation_hosts=(here,), revocation_rewrite={"http://ca.example.vn": f"http://{here}"}
        )
        config = configuration.Config(home=tmp_path / "home", signing=said)
        install.create(config)
        found = wiring._signing(config).revocation.status(person.certificate_der, person.chain_ders[0])
        assert found.state is State.GOOD and found.ocsp
        alone = wiring._signing(replace(config, signing=configuration.Signing()))
        assert alone.revocation.status(person.certificate_der, person.chain_ders[0]).state is State.UNKNOWN
        (config.path(said.trust) / "issuing.crl").write_bytes(pki.crl())
        found = alone.revocation.status(person.certificate_der, person.chain_ders[0])
        assert found.state is State.GOOD and found.crl, "imported after the start"
        assert wiring._signing(config).trust.crls == (found.crl,)
    finally:
        server.stop()


def test_configuration_file_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    path = configuration.save(configuration.Config(home=tmp_path / "new"))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_configuration_with_an_unknown_key_is_refused(tmp_path: Path) -> None:
    (tmp_path / "antin.toml").write_text('colour = "red"\n')
    with pytest.raises(TypeError, match="colour"):
        configuration.load(tmp_path)


@pytest.mark.clause("379/5.9")
def test_secret_readable_by_others_is_refused(tmp_path: Path) -> None:
    make_secret(tmp_path / "k")
    assert len(read_secret(tmp_path / "k")) >= 48
    (tmp_path / "k").chmod(0o640)
    with pytest.raises(PermissionError, match="chmod 600"):
        read_secret(tmp_path / "k")


def test_create_twice_keeps_every_key(tmp_path: Path) -> None:
    config = configuration.Config(home=tmp_path / "home", name="x")
    install.create(config)
    keys = {p: p.read_bytes() for p in (tmp_path / "home" / "keys").glob("*.key")}
    install.create(replace(config, title="other"))
    assert len(keys) >= 5
    assert all(path.read_bytes() == data for path, data in keys.items())
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in keys)


@pytest.mark.clause("217/7.3", "379/5.3")
def test_secret_shared_with_the_axis_stands_in_a_file_of_its_owners_alone(tmp_path: Path) -> None:
    axis = configuration.Axis(url="https://truc.example.vn", system_id="van-phong")
    config = configuration.Config(home=tmp_path, axis=axis)
    configuration.save(config)
    assert configuration.load(tmp_path) == config
    secret = config.path(config.axis.secret)
    secret.parent.mkdir()
    secret.write_text("bi-mat-chung", encoding="ascii")
    secret.chmod(0o644)
    with pytest.raises(PermissionError):
        wiring._axis(config)
    secret.chmod(0o600)
    connected = wiring._axis(config)
    assert connected is not None
    assert connected.url == "https://truc.example.vn"
    assert "bi-mat-chung" not in (tmp_path / "antin.toml").read_text(encoding="utf-8") + repr(connected)
    assert wiring._axis(configuration.Config(home=tmp_path)) is None

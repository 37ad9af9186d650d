"""Settings: all errors at once and by name, nothing unknown, no password shown."""

from pathlib import Path

import pytest

from service.config import SETTINGS, Config, ConfigError, describe

ROOT = Path(__file__).parent.parent.parent


def test_without_settings_everything_has_a_value(tmp_path: Path) -> None:
    config = Config.from_env({"PATH": "/bin", "FARFIELD_DATA_DIR": str(tmp_path)})
    assert (config.port, config.bind, config.domain, config.https) == (8080, "", None, "off")
    assert config.max_upload_bytes == 6 * 1024**3
    assert config.database_url == f"sqlite:///{tmp_path}/farfield.db"
    assert config.data_dir.is_absolute()
    assert not config.demo
    assert config.as_demo().demo


def test_every_error_is_told_at_once_by_name() -> None:
    with pytest.raises(ConfigError) as told:
        Config.from_env(
            {
                "FARFIELD_PORT": "70000",
                "FARFIELD_BIND": "everywhere",
                "FARFIELD_HTTPS": "yes",
                "FARFIELD_MAX_UPLOAD_BYTES": "0",
                "FARFIELD_DATABASE_URL": "mysql://a",
                "FARFIELD_DOMAIN": "https://x.org/",
                "FARFIELD_PROT": "8080",
            }
        )
    named = [error.split()[0] for error in told.value.errors]
    assert sorted(named) == [
        "FARFIELD_BIND",
        "FARFIELD_DATABASE_URL",
        "FARFIELD_DOMAIN",
        "FARFIELD_HTTPS",
        "FARFIELD_MAX_UPLOAD_BYTES",
        "FARFIELD_PORT",
        "FARFIELD_PROT",
    ]


@pytest.mark.parametrize("text", ["0", "65536", "-1", "8080.0", "٨٠٨٠", "1e3", "999999999999"])
def test_a_port_is_a_port(text: str) -> None:
    with pytest.raises(ConfigError, match="FARFIELD_PORT must be a port"):
        Config.from_env({"FARFIELD_PORT": text})


@pytest.mark.parametrize(("text", "size"), [("123", 123), ("6GiB", 6 << 30), ("200 MiB", 200 << 20), ("1kib", 1024)])
def test_sizes_may_have_units(text: str, size: int) -> None:
    assert Config.from_env({"FARFIELD_MAX_UPLOAD_BYTES": text}).max_upload_bytes == size


def test_a_domain_brings_its_own_https_and_port() -> None:
    config = Config.from_env({"FARFIELD_DOMAIN": "Coaching.Example.org"})
    assert (config.domain, config.port, config.secure) == ("coaching.example.org", 443, True)
    with pytest.raises(ConfigError, match="FARFIELD_HTTPS must be off"):
        Config.from_env({"FARFIELD_DOMAIN": "coaching.example.org", "FARFIELD_HTTPS": "local"})


def test_a_password_is_never_shown() -> None:
    environ = {"FARFIELD_DATABASE_URL": "postgresql://far:s3cr3t@db/far"}
    assert "s3cr3t" not in repr(Config.from_env(environ))
    shown = {variable: (value, source) for variable, value, source in describe(environ)}
    assert shown["FARFIELD_DATABASE_URL"] == ("postgresql://far:***@db/far", "environment")
    assert shown["FARFIELD_PORT"] == ("8080", "default: 8080, or 443 with a domain")


def test_the_readme_describes_every_setting() -> None:
    readme = (ROOT / "README.md").read_text()
    assert [s.variable for s in SETTINGS if s.variable not in readme] == []

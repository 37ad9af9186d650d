"""Settings: all errors at once and by name, nothing unknown, no password shown."""

from pathlib import Path

import pytest

from service.config import SETTINGS, Config, ConfigError, describe
from service.mail.sender import sender_of

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


SECRETS = {
    "FARFIELD_DATABASE_URL": ("postgresql://far:s3cr3t%40x@db.example.org/far", "postgresql://far:***@db.example.org/far"),
    "FARFIELD_NATS_URL": ("nats://s3cr3t@a:4222", "nats://***@a:4222"),
    "FARFIELD_SMTP_URL": ("smtp://u:s3cr3t@mail.example.org:587", "smtp://u:***@mail.example.org:587"),
    "FARFIELD_S3_ACCESS_KEY": ("farfield-key", "farfield-key"),
    "FARFIELD_S3_SECRET_KEY": ("s3cr3t/+", "***"),
}
SHARED = {name: value for name, (value, _) in SECRETS.items()} | {
    "FARFIELD_S3_URL": "http://store.example.org:8333/",
    "FARFIELD_MAIL_FROM": "Farfield  <coaching@Example.org>",
    "FARFIELD_ORIGIN": "https://Coaching.example.org:443/",
}


def test_no_secret_is_shown_wherever_it_came_from(tmp_path: Path) -> None:
    as_files = dict(SHARED)
    for variable in SECRETS:
        (tmp_path / variable).write_text(as_files.pop(variable) + "\n")
        as_files[f"{variable}_FILE"] = str(tmp_path / variable)
    for environ, source in ((SHARED, "environment"), (as_files, "file: ")):
        config = Config.from_env(environ)
        assert "s3cr3t" not in repr(config)
        shown = {variable: (value, source) for variable, value, source in describe(environ)}
        assert "s3cr3t" not in str(shown)
        for variable, (_, struck) in SECRETS.items():
            assert shown[variable][0] == struck
            assert shown[variable][1].startswith(source)
        assert (config.s3_secret_key, config.smtp_url) == ("s3cr3t/+", SHARED["FARFIELD_SMTP_URL"])
        assert (config.origin, config.mail_from) == ("https://coaching.example.org", "Farfield <coaching@example.org>")


def test_a_password_of_its_own_goes_into_the_address() -> None:
    environ = {"FARFIELD_DATABASE_URL": "postgresql://far@db/far", "FARFIELD_DATABASE_PASSWORD": "p@ss/w:rd ü"}
    config = Config.from_env(environ)
    assert config.database_url == "postgresql://far:p%40ss%2Fw%3Ard%20%C3%BC@db/far"
    shown = {variable: value for variable, value, _ in describe(environ)}
    assert shown["FARFIELD_DATABASE_URL"] == "postgresql://far:***@db/far"
    assert shown["FARFIELD_DATABASE_PASSWORD"] == "***"


def test_a_secret_comes_from_one_readable_line(tmp_path: Path) -> None:
    two = tmp_path / "two"
    two.write_text("s3cr3t\nlines\n")
    none = tmp_path / "none"
    for name, says in ((none, "cannot be read (No such file"), (tmp_path, "cannot be read"), (two, "one line")):
        said = refused(FARFIELD_S3_SECRET_KEY_FILE=str(name), FARFIELD_S3_URL="http://s", FARFIELD_S3_ACCESS_KEY="a")
        assert said.startswith(f"FARFIELD_S3_SECRET_KEY_FILE: {name} ")
        assert says in said
        assert "s3cr3t" not in said
    none.touch()
    assert Config.from_env({"FARFIELD_SMTP_URL_FILE": str(none)}).smtp_url is None
    said = refused(FARFIELD_SMTP_URL="smtp://h", FARFIELD_SMTP_URL_FILE=str(two), FARFIELD_MAIL_FROM="a@example.org")
    assert said == "FARFIELD_SMTP_URL and FARFIELD_SMTP_URL_FILE are both given; give one of them."
    assert "is not a setting" in refused(FARFIELD_PORT_FILE=str(two))


@pytest.mark.parametrize(
    ("given", "header"),
    [
        ("coaching@example.org", "coaching@example.org"),
        ("Farfield <coaching@Example.org>", "Farfield <coaching@example.org>"),
        ('"Far Valley, District 5" <coaching@example.org>', '"Far Valley, District 5" <coaching@example.org>'),
        ('"Coaching: Far Valley" <coaching@example.org>', '"Coaching: Far Valley" <coaching@example.org>'),
        ('"the \\"Valley\\"" <coaching@example.org>', '"the \\"Valley\\"" <coaching@example.org>'),
        ('"<other@example.org>" <coaching@example.org>', '"<other@example.org>" <coaching@example.org>'),
        ("Grüße Schule <coaching@bücher.example>", "Grüße Schule <coaching@xn--bcher-kva.example>"),
    ],
)
def test_the_sender_is_on_letters_as_it_was_given(given: str, header: str) -> None:
    config = Config.from_env({"FARFIELD_SMTP_URL": "smtp://h", "FARFIELD_MAIL_FROM": given})
    assert str(sender_of(config)) == header


@pytest.mark.parametrize(
    "given",
    ["Far Valley, District 5 <a@example.org>", "nobody", "a@example.org\nBcc: b@example.org", "<>", "ü@example.org"],
)
def test_a_sender_that_no_letter_can_have_is_refused_at_the_start(given: str) -> None:
    said = refused(FARFIELD_SMTP_URL="smtp://h", FARFIELD_MAIL_FROM=given)
    assert said.startswith("FARFIELD_MAIL_FROM must be a mail address")


def refused(**environ: str) -> str:
    with pytest.raises(ConfigError) as told:
        Config.from_env(environ)
    return "\n".join(told.value.errors)


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ("ORIGIN", ["coaching.example.org", "ftp://a", "https://a/path", "https://u:p@a", "https://a:b", "https://", "https://a?x"]),
        ("DATABASE_URL", ["postgresql://", "postgresql://far:s3cr3t@/far", "postgresql://far:s3@cr3t/x@db/far", "postgresql://h:x/d"]),
        ("NATS_URL", ["bus:4222", "http://bus", "nats://bus:4222,nats://b", "nats://bus/x"]),
        ("S3_URL", ["s3.example.org", "https://s3.example.org/bucket", "https://k:s@s3.example.org", "https://s3:0"]),
        ("SMTP_URL", ["mail.example.org", "imap://a", "smtp://user@mail.example.org", "smtp://a/b", "smtp://u:p#x@a"]),
        ("MAIL_FROM", ["nobody", "A <a@b@c>", "a@example.org\r\nBcc: b@example.org", "A\nB <a@example.org>"]),
        ("WEB_LISTEN", ["8080", "unix:web.sock", "unix:", "host:0", "ho st:80", "[::1:80"]),
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused_by_name(name: str, texts: list[str]) -> None:
    shared = {k: v for k, v in SHARED.items() if k not in ("FARFIELD_ORIGIN", "FARFIELD_MAIL_FROM")}
    for text in texts:
        said = refused(**shared | {f"FARFIELD_{name}": text})
        assert f"FARFIELD_{name} must " in said, text
        assert "s3cr3t" not in said


@pytest.mark.parametrize(
    ("says", "environ"),
    [
        ("FARFIELD_S3_SECRET_KEY is missing", {"S3_URL": "http://s", "S3_ACCESS_KEY": "a"}),
        ("FARFIELD_S3_URL is missing", {"S3_SECRET_KEY": "a", "S3_ACCESS_KEY": "a"}),
        ("need FARFIELD_S3_URL", {"S3_BUCKET": "films"}),
        ("FARFIELD_NATS_URL needs a PostgreSQL", {"NATS_URL": "nats://bus:4222"}),
        ("FARFIELD_MAIL_FROM is missing", {"SMTP_URL": "smtp://mail:25"}),
        ("FARFIELD_ORIGIN must be https:// and the name", {"ORIGIN": "https://b.org", "DOMAIN": "a.org"}),
        ("FARFIELD_ORIGIN must be https:// and the name", {"ORIGIN": "http://a.org", "DOMAIN": "a.org"}),
        ("FARFIELD_ORIGIN must start with https://", {"ORIGIN": "http://10.0.0.1:8080", "HTTPS": "local"}),
        ("FARFIELD_DATABASE_PASSWORD needs", {"DATABASE_PASSWORD": "a"}),
        ("FARFIELD_DATABASE_PASSWORD needs", {"DATABASE_PASSWORD": "a", "DATABASE_URL": "postgresql://u:p@h/d"}),
        ("must differ", {"WEB_LISTEN": "0.0.0.0:80", "LIVE_LISTEN": "0.0.0.0:80"}),
    ],
)
def test_what_contradicts_itself_is_a_sentence(says: str, environ: dict[str, str]) -> None:
    said = refused(**{f"FARFIELD_{name}": value for name, value in environ.items()})
    assert says in said
    assert "\n" not in said


def test_where_a_role_listens() -> None:
    given = {"DATA_DIR": "/d", "WEB_LISTEN": ":8080", "LIVE_LISTEN": "[::1]:9"}
    config = Config.from_env({f"FARFIELD_{name}": value for name, value in given.items()})
    assert (str(config.web_listen), config.web_listen.dial) == (":8080", "127.0.0.1:8080")
    assert (str(config.live_listen), config.live_listen.dial) == ("[::1]:9", "[::1]:9")
    assert (str(config.gate_listen), config.gate_listen.dial) == ("unix:/d/run/gate.sock", "unix//d/run/gate.sock")
    assert str(config.ops_of("live")) == "unix:/d/run/live-ops.sock"


@pytest.mark.parametrize(
    ("environ", "origin"),
    [
        ({}, "http://localhost:8080"),
        ({"PORT": "80"}, "http://localhost"),
        ({"BIND": "::1"}, "http://[::1]:8080"),
        ({"DOMAIN": "a.org"}, "https://a.org"),
        ({"DOMAIN": "a.org", "PORT": "8443"}, "https://a.org:8443"),
        ({"DOMAIN": "a.org", "PORT": "8443", "ORIGIN": "https://a.org"}, "https://a.org"),
        ({"HTTPS": "local"}, "https://localhost:8080"),
    ],
)
def test_how_people_reach_it(environ: dict[str, str], origin: str) -> None:
    assert Config.from_env({f"FARFIELD_{name}": value for name, value in environ.items()}).origin == origin


def test_a_role_alone_needs_what_it_shares() -> None:
    whole = Config.from_env(SHARED)
    for role in ("web", "live", "worker"):
        whole.check_role(role)
    lacking = {"web": ["DATABASE_URL", "NATS_URL", "S3_URL", "ORIGIN"], "live": ["DATABASE_URL", "NATS_URL"]}
    for role, names in lacking.items():
        with pytest.raises(ConfigError) as told:
            Config.from_env({}).check_role(role)  # type: ignore[arg-type]
        assert [error.split()[0] for error in told.value.errors] == [f"FARFIELD_{name}" for name in names]


def test_the_readme_describes_every_setting() -> None:
    readme = (ROOT / "README.md").read_text()
    assert [s.variable for s in SETTINGS if s.variable not in readme] == []


def test_proxies_that_are_trusted_are_networks() -> None:
    text = "10.0.0.0/8, 192.0.2.7  2001:db8::/32"
    config = Config.from_env({"FARFIELD_TRUSTED_PROXIES": text})
    assert config.trusted_proxies == ("10.0.0.0/8", "192.0.2.7/32", "2001:db8::/32")
    for wrong in ("proxy.example", "10.0.0.0/33", "*"):
        with pytest.raises(ConfigError, match="FARFIELD_TRUSTED_PROXIES must be IP addresses or networks"):
            Config.from_env({"FARFIELD_TRUSTED_PROXIES": wrong})

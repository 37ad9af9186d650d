"""docker/: linted, and true to the settings, the front door and the rules of the house."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from service.config import SETTINGS, Config
from service.embedded.caddy import compose_front_door
from service.embedded.caddyfile import caddyfile
from tests.fixtures.topology import DOMAIN, compose

ROOT = Path(__file__).parent.parent.parent
DOCKER = ROOT / "docker"
BIN = Path(sys.executable).parent
KNOWN = {s.variable for s in SETTINGS} | {f"{s.variable}_FILE" for s in SETTINGS if s.secret}
OURS = ("web", "live", "worker", "migrate")
SERVICES: dict[str, Any] = compose()["services"]
RULES = "{extends: default, rules: {line-length: {max: 120}, document-start: disable, braces: {max-spaces-inside: 0}}}"


def run(*command: str | Path, **environ: str) -> str:
    """What the program says; it must end well."""
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_the_dockerfile_has_no_fault_that_hadolint_knows() -> None:
    assert run(BIN / "hadolint", "docker/Dockerfile") == ""


def test_the_compose_file_has_no_fault_that_yamllint_knows() -> None:
    assert run(BIN / "yamllint", "--strict", "-d", RULES, "docker/compose.yaml", LC_ALL="C.UTF-8") == ""


def test_the_caddyfile_is_the_one_we_make_and_caddy_takes_it(tmp_path: Path) -> None:
    assert (DOCKER / "Caddyfile").read_text() == caddyfile(compose_front_door()), "make docker/Caddyfile"
    given = {"FARFIELD_DOMAIN": DOMAIN, "HOME": str(tmp_path)}
    said = run(BIN / "caddy", "validate", "--adapter", "caddyfile", "--config", "docker/Caddyfile", **given)
    assert "Valid configuration" in said


def test_every_variable_is_a_setting() -> None:
    text = (DOCKER / "compose.yaml").read_text()
    assert set(re.findall(r"FARFIELD_\w+", text)) <= KNOWN
    example = (DOCKER / "env.example").read_text()
    asked = set(re.findall(r"(?<!\$)\$\{(\w+)", text))
    assert asked == set(re.findall(r"^#?(FARFIELD_\w+)=", example, re.MULTILINE))


@pytest.mark.parametrize("name", OURS)
def test_a_role_starts_with_what_the_file_gives_it(name: str, tmp_path: Path) -> None:
    environ = {key: str(value or "") for key, value in SERVICES[name]["environment"].items()}
    for secret in ("database_password", "s3_secret_key", "smtp_url"):
        given = secret in SERVICES[name].get("secrets", [])
        assert (f"/run/secrets/{secret}" in environ.values()) == given, secret
        (tmp_path / secret).write_text("" if secret == "smtp_url" else "made up")
    environ = {key: value.replace("/run/secrets", str(tmp_path)) for key, value in environ.items()}
    config = Config.from_env(environ)
    assert "made%20up" in config.database_url
    if name != "migrate":
        config.check_role(name)  # type: ignore[arg-type]
        assert config.ops_listen is not None


def test_the_front_door_asks_where_the_roles_listen() -> None:
    door = compose_front_door()
    for variable, upstreams in (("WEB", door.web), ("GATE", door.gate), ("LIVE", door.live)):
        for upstream in upstreams:
            service, _, port = upstream.partition(":")
            assert SERVICES[service]["environment"][f"FARFIELD_{variable}_LISTEN"] == f":{port}"
    assert SERVICES["web"]["environment"]["FARFIELD_S3_URL"] == door.store
    networks = {name: set(service["networks"]) for name, service in SERVICES.items()}
    for other in ("web", "live", "seaweedfs"):
        assert networks["front-door"] & networks[other]
    assert not networks["front-door"] & networks["postgres"]


def test_only_the_front_door_is_reachable_from_outside() -> None:
    assert {name for name, service in SERVICES.items() if "ports" in service} == {"front-door"}
    networks = compose()["networks"]
    assert {name for name, network in networks.items() if not network.get("internal")} == {"outside"}
    assert {name for name, service in SERVICES.items() if "outside" in service["networks"]} == {
        "front-door",
        "web",
        "worker",
    }
    for service in SERVICES.values():
        assert not {"network_mode", "privileged", "pid", "devices"} & service.keys()


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_is_watched_restarted_and_has_few_rights(name: str) -> None:
    service = SERVICES[name]
    once = service.get("restart") == "no"
    assert once == (name == "migrate")
    assert service["restart"] in ("unless-stopped", "no")
    assert bool(service["healthcheck"].get("test")) != once
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["logging"]["options"]["max-size"]
    assert ":" in service["image"] or service["build"]["target"] in ("farfield", "front-door")
    if name != "postgres":  # whose image leaves root by itself, and needs its rights for that
        assert service["cap_drop"] == ["ALL"]
    if name in OURS:
        assert service["read_only"] is True
        assert "user" not in service


def test_the_image_of_the_roles_does_not_run_as_root_and_holds_no_secret() -> None:
    text = (DOCKER / "Dockerfile").read_text()
    last = text.rpartition("\nFROM ")[2]
    assert re.search(r"^USER 10001$", last, re.MULTILINE)
    assert "HEALTHCHECK" in last
    assert "--require-hashes" in text
    assert not re.search(r"PASSWORD|SECRET|TOKEN", text)
    assert all(":" in image and "latest" not in image for image in re.findall(r"^FROM (\S+)", text, re.MULTILINE))
    ignored = (DOCKER / "Dockerfile.dockerignore").read_text().splitlines()
    assert "*" in ignored
    copied = re.findall(r"^COPY (?!--from)(\S+)", text, re.MULTILINE)
    allowed = {line[1:] for line in ignored if line.startswith("!")}
    assert all(any(f"{source}/".startswith(f"{good}/") for good in allowed) for source in copied)

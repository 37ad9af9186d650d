"""The rules of the house that a reader relies on: who imports whom, how long a file is, what a name says."""

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
LONGEST_FILE = 500
NAMELESS = {"utils", "util", "helpers", "helper", "common", "misc"}


def sources(*folders: str, endings: tuple[str, ...] = (".py",)) -> list[Path]:
    return sorted(
        path
        for folder in folders
        for path in (ROOT / folder).rglob("*")
        if path.suffix in endings and not {"node_modules", "dist", "__pycache__"} & set(path.parts)
    )


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            yield node.module or ""


def importers_of(module: str, *folders: str) -> set[str]:
    return {
        str(path.relative_to(ROOT))
        for path in sources(*folders)
        if any(name == module or name.startswith(f"{module}.") for name in imports(path))
    }


def calls(attribute: str, *folders: str) -> set[str]:
    return {
        str(path.relative_to(ROOT))
        for path in sources(*folders)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(attribute)
    }


def test_storage_never_imports_service() -> None:
    assert importers_of("service", "storage") == set()


def test_the_rules_of_coaching_are_pure() -> None:
    allowed = {"service.coaching", "msgspec", "collections", "dataclasses", "datetime", "types", "typing", "zoneinfo"}
    allowed |= {"html", "re", "unicodedata"}  # text, which files of captions are
    for path in sources("service/coaching"):
        for name in imports(path):
            assert any(name == good or name.startswith(f"{good}.") for good in allowed), f"{path} imports {name}"


@pytest.mark.parametrize(
    ("module", "home"),
    [
        ("boto3", {"storage/objects.py"}),
        ("ffmpeg", {"service/media/ffmpeg.py", "service/media/encode_graph.py"}),
        ("aiosqlite", set()),
        ("asyncpg", {"storage/postgresql.py", "storage/postgresql_log.py"}),
        ("nats", {"storage/nats_bus.py"}),
    ],
)
def test_one_module_knows_a_library(module: str, home: set[str]) -> None:
    assert importers_of(module, "service", "storage") <= home


def test_sql_stays_in_storage() -> None:
    assert importers_of("sqlalchemy", "service") == set()


def test_what_one_database_alone_can_do_stays_in_the_dialect() -> None:
    assert importers_of("sqlalchemy.dialects", "service", "storage") <= {"storage/dialect.py"}
    elsewhere = [
        str(path.relative_to(ROOT))
        for path in sources("service", "storage")
        if "PRAGMA" in path.read_text() and path.name != "dialect.py"
    ]
    assert elsewhere == []


def test_the_clock_is_read_in_one_place() -> None:
    known = {"service/wiring.py", "storage/objects.py"}
    assert calls("datetime.now", "service", "storage") <= known
    assert calls("datetime.utcnow", "service", "storage") == set()


def test_web_and_live_open_no_ffmpeg_and_no_child() -> None:
    assert importers_of("subprocess", "service/web", "service/live", "service/actions") == set()


@pytest.mark.parametrize("folder", ["service", "storage", "tests", "static"])
def test_no_file_is_longer_than_a_person_reads(folder: str) -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in sources(folder, endings=(".py", ".ts", ".tsx", ".css"))
        if path.name != "generated.ts" and (lines := len(path.read_text().splitlines())) > LONGEST_FILE
    }
    assert long == {}


def test_every_name_says_something() -> None:
    for path in sources("service", "storage", "tests", "static", endings=(".py", ".ts", ".tsx")):
        assert not {part.lower() for part in path.relative_to(ROOT).with_suffix("").parts} & NAMELESS, path


def test_the_top_level_is_the_one_that_was_asked_for() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    top = {name.split("/")[0] for name in tracked}
    asked = {"pyproject.toml", "service", "static", "storage", "tests", "docker", "README.md"}
    assert {name for name in top if not name.startswith(".")} <= asked | {"Makefile", "requirements.lock"}


def test_lock_files_carry_hashes_and_no_address() -> None:
    for lock in ("requirements.lock", "tests/requirements.lock", "static/requirements.lock"):
        text = (ROOT / lock).read_text()
        assert "--hash=sha256:" in text
        assert "://" not in text
    text = (ROOT / "static/package-lock.json").read_text()
    assert '"integrity"' in text
    assert '"resolved"' not in text

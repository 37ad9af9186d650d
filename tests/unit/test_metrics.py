"""What a process counts: a registry of its own, names with their units, each with its explanation."""

import tomllib
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from service import VERSION
from service.metrics import Metrics

ROOT = Path(__file__).parent.parent.parent
# Of things, not of amounts.
_COUNTS_THINGS = {"farfield_live_connections", "farfield_live_topics", "farfield_requests_under_way"}


def test_two_of_them_do_not_know_each_other() -> None:
    one, other = Metrics(), Metrics()
    one.sign_ins.labels("done").inc()
    assert 'farfield_sign_ins_total{outcome="done"} 1.0' in one.text().decode()
    assert "farfield_sign_ins_total{" not in other.text().decode()


def test_names_end_in_units_and_everything_is_explained() -> None:
    families = [
        family
        for family in text_string_to_metric_families(Metrics().text().decode())
        if family.name.startswith("farfield_") and not family.name.endswith("_created")
    ]
    assert len(families) >= 12
    for family in families:
        assert family.documentation.endswith("."), family.name
        units = ("_seconds", "_bytes", "_info")
        assert family.type == "counter" or family.name in _COUNTS_THINGS or family.name.endswith(units), family.name


def test_the_version_is_that_of_the_project() -> None:
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"] == VERSION

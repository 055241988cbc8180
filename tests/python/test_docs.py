"""The documentation describes everything that a reader can meet."""

import json
import re
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest

from extract import TABLES
from extract.tables import META_COLUMNS
from leadhouse.config import Settings
from leadhouse.warehouse import OPERATIONS
from tests.python.running import ROOT, run_dbt

PROJECT_NAME = "leadhouse"
ENGINE_PREFIX = re.compile(r"^(default|duckdb|postgres)__")
NOT_FOR_USERS = {"LEADHOUSE_BUILD_FINGERPRINT"}
"""By this `leadhouse build` tells dbt what it builds."""

MOST_CHARACTERS = 63
"""Of a name in Postgres."""

WITH_COLUMNS = {"model", "seed", "source", "snapshot"}

Node = dict[str, Any]


@pytest.fixture(scope="module")
def artifacts(demo: Settings) -> dict[str, Any]:
    """dbt's manifest, what it found in the database, and the site."""
    run_dbt(demo, "docs", "generate", "--static", "--no-compile")
    target = demo.home / "target"
    return {name: json.loads((target / f"{name}.json").read_text()) for name in ("manifest", "catalog")} | {
        "site": (target / "static_index.html").read_text()
    }


def nodes(manifest: dict[str, Any]) -> Iterator[Node]:
    """Everything of this project that has a page, or is a claim on one."""
    for kind in ("nodes", "sources", "exposures", "macros"):
        for node in manifest[kind].values():
            if node["package_name"] == PROJECT_NAME and node["resource_type"] != "operation":
                yield node


def test_postgres_can_hold_the_names_of_unit_tests(artifacts: dict[str, Any]) -> None:
    """As a plain `dbt build` there runs them all."""
    names = [node["name"] for node in artifacts["manifest"]["unit_tests"].values()]
    assert [name for name in names if len(name) > MOST_CHARACTERS] == []


def test_everything_has_a_description(artifacts: dict[str, Any]) -> None:
    manifest = artifacts["manifest"]
    described = {macro["name"] for macro in manifest["macros"].values() if macro["description"]}
    missing = []
    for node in nodes(manifest):
        if node.get("test_metadata"):  # a generic test says by its name and arguments what it claims
            continue
        if node["resource_type"] == "macro" and ENGINE_PREFIX.sub("", node["name"]) in described:
            continue
        if not node["description"].strip():
            missing.append(node["unique_id"])
        for argument in node.get("arguments", []):
            if not argument["description"]:
                missing.append(f"{node['unique_id']}({argument['name']})")
    assert missing == []


def test_every_model_says_what_a_row_is(artifacts: dict[str, Any]) -> None:
    models = [node for node in nodes(artifacts["manifest"]) if node["resource_type"] == "model"]
    assert models
    assert [
        model["name"] for model in models if not model["description"].strip().startswith("One row per")
    ] == []


def test_every_column_is_described_and_there(artifacts: dict[str, Any]) -> None:
    catalog = artifacts["catalog"]["nodes"] | artifacts["catalog"]["sources"]
    wrong = []
    for node in nodes(artifacts["manifest"]):
        if node["resource_type"] not in WITH_COLUMNS:
            continue
        described = {
            name for name, column in node["columns"].items() if (column["description"] or "").strip()
        }
        found = set(catalog[node["unique_id"]]["columns"])
        wrong += [f"{node['name']}.{name} has no description" for name in sorted(found - described)]
        wrong += [f"{node['name']}.{name} does not exist" for name in sorted(set(node["columns"]) - found)]
    assert wrong == []


def test_every_declared_raw_column_is_described(artifacts: dict[str, Any]) -> None:
    described = {
        (source["schema"], source["name"], name)
        for source in artifacts["manifest"]["sources"].values()
        for name, column in source["columns"].items()
        if column["description"].strip()
    }
    declared = {
        (table.schema, table.name, name)
        for table in TABLES
        for name in (*(column.name for column in table.columns), *META_COLUMNS)
    }
    assert sorted(declared - described) == []
    operations = {
        ("operations", table, column) for table, columns in OPERATIONS.items() for column in columns
    }
    assert sorted(operations - described) == []


def test_the_index_of_metrics_names_columns_that_are_there(artifacts: dict[str, Any]) -> None:
    named = re.findall(r"`(\w+)\.(\w+)`", (ROOT / "docs/metrics.md").read_text())
    columns = {
        (node["name"], column)
        for node in nodes(artifacts["manifest"])
        if node["resource_type"] == "model"
        for column in node["columns"]
    }
    assert len(named) > 20
    assert [f"{table}.{column}" for table, column in named if (table, column) not in columns] == []


def test_every_setting_is_documented_and_no_other() -> None:
    settings = re.compile(r"\b(?:SALESFORCE|PIPEDRIVE|LEADHOUSE)_[A-Z_]+[A-Z]\b")
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    documented = {name for page in pages for name in settings.findall(page.read_text())}
    known = set(settings.findall((ROOT / "leadhouse/config.py").read_text()))
    assert documented == known - NOT_FOR_USERS
    example = tomllib.loads((ROOT / ".dlt/secrets.toml.example").read_text())["sources"]
    named = {f"{source}_{name}".upper() for source, values in example.items() for name in values}
    assert named <= known


def test_the_site_is_one_file_that_begins_with_the_overview(artifacts: dict[str, Any]) -> None:
    assert "Data flows one way. Each layer is a schema." in artifacts["site"]
    assert "rep_sales_funnel_monthly" in artifacts["site"]
    loaded = re.findall(r"<(?:script|link|img)[^>]+(?:src|href)=[\"'](https?:[^\"']+)", artifacts["site"])
    assert loaded == []

"""``leadhouse build``: what it builds, and what it publishes."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from leadhouse.config import Engine, Settings
from leadhouse.warehouse import connect
from tests.python.running import ROOT, call_leadhouse, run_dbt, run_leadhouse

OLD_CLIENT = ROOT / ".old-client"


@pytest.fixture(scope="module", params=["duckdb", "postgres"])
def built(
    request: pytest.FixtureRequest,
    new_warehouse: Callable[[Engine], Settings],
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Settings, Path]:
    """A warehouse with one small month of all sources, built and published; and the folder that it came from."""
    settings = new_warehouse(request.param)
    folder = tmp_path_factory.mktemp("exports") / "files"
    sizes = ("--deals", 150, "--activities", 300, "--users", 40, "--leads", 60, "--facilities", 60)
    call_leadhouse(settings, "simulate", "files", folder, *sizes)
    for source in ("pipedrive", "salesforce", "facilities"):
        call_leadhouse(settings, "extract", source, "--files", folder / source, "--period", "2026-10")
    result = run_leadhouse(settings, "build")
    assert "published" in result.stdout.splitlines()[-1]
    return settings, folder


def marts(settings: Settings, schema: str) -> dict[str, int]:
    """Rows per table of a schema of the warehouse."""
    with connect(settings) as connection:
        names = connection.execute(
            f"select table_name from information_schema.tables where table_schema = '{schema}'"
        )
        return {name: connection.execute(f"select count(*) from {schema}.{name}")[0][0] for (name,) in names}


def published(settings: Settings) -> dict[str, int]:
    """Rows per published table."""
    if settings.target == "postgres":
        return marts(settings, "published")
    with duckdb.connect(str(settings.marts_file), read_only=True) as copy:
        names = copy.execute(
            "select table_name from duckdb_tables() where schema_name = 'published'"
        ).fetchall()
        return {name: count(copy, name) for (name,) in names}


def count(copy: duckdb.DuckDBPyConnection, table: str) -> int:
    """Rows of a published table."""
    row: Any = copy.execute(f"select count(*) from published.{table}").fetchone()
    return int(row[0])


def last_run(settings: Settings) -> tuple[Any, ...]:
    """Nodes run and failed in the last run that is on record."""
    with connect(settings) as connection:
        return connection.execute(
            "select nodes_run, nodes_failed, command from operations.runs order by finished_at desc limit 1"
        )[0]


def test_what_is_published_is_what_was_built(built: tuple[Settings, Path]) -> None:
    settings, _ = built
    assert published(settings) == marts(settings, "marts")
    assert {"rep_sales_funnel_monthly", "dim_facility", "dim_date"} <= published(settings).keys()
    assert all(published(settings).values())


def test_only_what_changed_is_built_again(built: tuple[Settings, Path]) -> None:
    settings, folder = built
    full = last_run(settings)[0]
    result = run_leadhouse(settings, "build")
    assert "changed since the last build: " in result.stdout
    again = last_run(settings)[0]
    assert again < full / 2
    changes = folder / "pipedrive" / "deal_changes.csv"
    changes.write_bytes(changes.read_bytes() + b"999999,2026-10-05 00:00:00,add_time,2026-10-05T00:00:00\n")
    call_leadhouse(settings, "extract", "pipedrive", "--files", folder / "pipedrive", "--period", "2026-10")
    before = published(settings)["fct_deals"]
    result = run_leadhouse(settings, "build")
    assert "changed since the last build: source:raw_pipedrive" in result.stdout
    assert again < last_run(settings)[0] < full
    assert published(settings)["fct_deals"] == before + 1


def test_failing_test_publishes_nothing(built: tuple[Settings, Path]) -> None:
    settings, _ = built
    before = published(settings)
    broken = ROOT / "tests" / "zz_always_fails.sql"
    broken.write_text("select 1 as one\n")
    try:
        result = run_leadhouse(settings, "build", status=1)
    finally:
        broken.unlink()
    assert "nodes failed (zz_always_fails)" in result.stderr
    assert "Traceback" not in result.stderr
    assert published(settings) == before
    result = run_leadhouse(settings, "build")
    assert "changed since the last build" not in result.stdout, "after a failure everything is built again"


def test_part_of_a_build_is_not_published(built: tuple[Settings, Path]) -> None:
    settings, _ = built
    result = run_leadhouse(settings, "build", "--select", "stg_pipedrive__stages")
    assert "not published: only a part was built" in result.stdout
    result = run_leadhouse(settings, "build", "--no-such-option", status=1)
    assert "failed before it ran anything" in result.stderr.splitlines()[-1]


def test_dbt_works_as_it_is(built: tuple[Settings, Path]) -> None:
    settings, _ = built
    result = run_dbt(settings, "build", "--select", "stg_pipedrive__stages", "rep_sales_funnel_monthly")
    assert "Completed" in result.stdout
    assert last_run(settings)[1:] == (0, "build")


def test_client_of_duckdb_1_4_reads_what_is_published(built: tuple[Settings, Path]) -> None:
    settings, _ = built
    if settings.target == "postgres":
        return
    script = f"""
import duckdb
assert duckdb.__version__.startswith("1.4."), duckdb.__version__
for file, table in (("marts.duckdb", "published.dim_date"), ("warehouse.duckdb", "raw_pipedrive.stages")):
    with duckdb.connect("{settings.home}/" + file, read_only=True) as client:
        assert client.execute(f"select count(*) from {{table}}").fetchone()[0] > 0
"""
    command = [sys.executable, "-c", script]
    result = subprocess.run(
        command, env={"PYTHONPATH": str(OLD_CLIENT)}, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr

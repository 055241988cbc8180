"""``leadhouse build``: what it builds, and what it publishes."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from leadhouse.build import _fingerprint, _last_passed
from leadhouse.config import Engine, Settings
from leadhouse.publish import publish
from leadhouse.warehouse import connect
from tests.python.running import ROOT, Result, call_leadhouse, run_dbt, run_leadhouse

OLD_CLIENT = ROOT / ".old-client"


@dataclass(frozen=True)
class Built:
    """A warehouse with one small month of all sources, built and published.

    Args:
        settings: where it is.
        exports: the folder that it came from.
        failed: what the first build said, which a failing test kept from being published.
        read_after_failure: tables that people could read then.
        passed: what the second build said, without that test.
    """

    settings: Settings
    exports: Path
    failed: Result
    read_after_failure: set[str]
    passed: Result


@pytest.fixture(scope="module", params=["duckdb", "postgres"])
def built(
    request: pytest.FixtureRequest,
    new_warehouse: Callable[[Engine], Settings],
    tmp_path_factory: pytest.TempPathFactory,
) -> Built:
    """The warehouse that all tests of this module look at."""
    settings = new_warehouse(request.param)
    exports = tmp_path_factory.mktemp("exports") / "files"
    sizes = ("--deals", 150, "--activities", 300, "--users", 40, "--leads", 60, "--facilities", 60)
    call_leadhouse(settings, "simulate", "files", exports, *sizes)
    for source in ("pipedrive", "salesforce", "facilities"):
        call_leadhouse(settings, "extract", source, "--files", exports / source, "--period", "2026-10")
    broken = ROOT / "tests" / f"fails_on_{settings.target}.sql"
    broken.write_text(f"select 1 as one where '{{{{ target.type }}}}' = '{settings.target}'\n")
    try:
        failed = run_leadhouse(settings, "build", status=1)
    finally:
        broken.unlink()
    read_after_failure = set(published(settings))
    return Built(settings, exports, failed, read_after_failure, run_leadhouse(settings, "build"))


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
    if not settings.marts_file.exists():
        return {}
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
            "select nodes_run, nodes_failed, command from operations.builds order by started_at desc limit 1"
        )[0]


def test_failing_test_keeps_a_build_from_being_published(built: Built) -> None:
    assert f"nodes failed (fails_on_{built.settings.target})" in built.failed.stderr
    assert "Traceback" not in built.failed.stderr
    assert "published" not in built.failed.stdout
    assert built.read_after_failure == set()
    assert "to be built again" not in built.passed.stdout, "after a failure everything is built again"


def test_what_is_published_is_what_was_built(built: Built) -> None:
    settings = built.settings
    assert "published" in built.passed.stdout.splitlines()[-1]
    assert published(settings) == marts(settings, "marts")
    assert {"rep_sales_funnel_monthly", "dim_facility", "dim_date"} <= published(settings).keys()
    assert all(published(settings).values())


def test_only_what_changed_is_built_again(built: Built) -> None:
    settings = built.settings
    full = last_run(settings)[0]
    result = run_leadhouse(settings, "build")
    assert "to be built again" in result.stdout
    again = last_run(settings)[0]
    assert again < full / 2
    changes = built.exports / "pipedrive" / "deal_changes.csv"
    changes.write_bytes(changes.read_bytes() + b"999999,2026-10-05 00:00:00,add_time,2026-10-05T00:00:00\n")
    call_leadhouse(
        settings, "extract", "pipedrive", "--files", built.exports / "pipedrive", "--period", "2026-10"
    )
    before = published(settings)["fct_deals"]
    result = run_leadhouse(settings, "build")
    assert "dependent on the time of the run: source:raw_pipedrive" in result.stdout
    assert again < last_run(settings)[0] < full
    assert published(settings)["fct_deals"] == before + 1


def test_part_of_a_build_is_not_published(built: Built) -> None:
    settings = built.settings
    result = run_leadhouse(settings, "build", "--select", "stg_pipedrive__stages")
    assert "not published: only a part was built" in result.stdout
    result = run_leadhouse(settings, "build", "--no-such-option", status=1)
    assert "failed before it ran anything" in result.stderr.splitlines()[-1]


def test_build_without_its_tests_is_not_published(built: Built) -> None:
    settings = built.settings
    before = published(settings)
    result = run_leadhouse(
        settings, "build", "--exclude-resource-types", "test", "--exclude-resource-types", "model"
    )
    assert "not published: only a part was built and tested" in result.stdout
    assert published(settings) == before
    result = run_leadhouse(settings, "build", "--target", "postgres", status=1)
    assert "--target cannot be used here" in result.stderr


def test_after_a_killed_run_everything_is_built_again(built: Built) -> None:
    settings = built.settings
    with connect(settings) as connection:
        connection.execute(
            "update operations.builds set finished_at = null, nodes_run = null, nodes_failed = null"
        )
        fingerprint = connection.execute(
            "select fingerprint from operations.builds order by started_at desc limit 1"
        )
        assert _last_passed(connection) == {}
        connection.execute("update operations.builds set finished_at = started_at, nodes_failed = 0")
        assert bool(_last_passed(connection)) == bool(fingerprint[0][0])


def test_rows_from_an_api_make_their_source_stale_and_runs_without_any_do_not(settings: Settings) -> None:
    def sources_after(*run: Any) -> dict[str, str]:
        connection.execute(
            "insert into operations.runs (finished_at, source_name, method, rows_landed, outcome)"
            " values (?, ?, ?, ?, ?)",
            run,
        )
        found = _fingerprint(connection, ())
        del found["project"]
        return found

    with connect(settings) as connection:
        assert sources_after("2024-01-01 00:00:00", "salesforce", "query", 0, "unchanged") == {}
        assert sources_after("2024-01-01 01:00:00", "pipedrive", "files", 5, "landed") == {}
        first = sources_after("2024-01-01 02:00:00", "salesforce", "bulk", 5, "landed")
        assert first.keys() == {"source:raw_salesforce"}
        assert sources_after("2024-01-01 03:00:00", "salesforce", "query", 0, "failed") == first
        second = sources_after("2024-01-01 04:00:00", "salesforce", "query", 1, "quota")
        assert second != first
        third = sources_after("2024-01-01 04:00:00", "pipedrive", "api", 1, "landed")
        assert third == second | {"source:raw_pipedrive": third["source:raw_pipedrive"]}


def test_what_a_client_left_beside_the_published_file_does_no_harm(built: Built) -> None:
    settings = built.settings
    if settings.target == "postgres":
        return
    settings.marts_file.with_name("marts.duckdb.wal").write_bytes(b"left by a client that was killed")
    publish(settings)
    assert all(published(settings).values())


def test_dbt_works_as_it_is(built: Built) -> None:
    settings = built.settings
    result = run_dbt(settings, "build", "--select", "stg_pipedrive__stages", "rep_sales_funnel_monthly")
    assert "Completed" in result.stdout
    assert last_run(settings)[1:] == (0, "build")


def test_what_was_built_last_is_known_though_the_clock_went_back(built: Built) -> None:
    settings = built.settings
    with connect(settings) as connection:
        connection.execute("update operations.builds set started_at = started_at + interval '1 hour'")
    run_dbt(settings, "seed", "--select", "funnel_steps")
    assert last_run(settings)[1:] == (0, "seed")


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ("{as_of: 2026-13-01}", "--vars cannot be read: month must be in 1..12"),
        ("{as_of: '", "--vars cannot be read: "),
        ("{as_of: garbage}", "as_of is 'garbage'; write a day or a moment, as in 2026-06-30"),
        ("as_of: 9999-12-31T23:59:59-01:00", "as_of is '"),
    ],
)
@pytest.mark.parametrize("glue", [True, False])
def test_variables_that_cannot_be_are_refused_in_a_line(
    duckdb_settings: Settings, variables: str, said: str, glue: bool
) -> None:
    options = (f"--vars={variables}",) if glue else ("--vars", variables)
    result = call_leadhouse(duckdb_settings, "build", *options, status=1)
    assert said in result.stderr
    assert result.stderr.count("\n") == 1


def test_client_of_duckdb_1_4_reads_what_is_published(built: Built) -> None:
    settings = built.settings
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

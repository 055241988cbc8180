"""Tables and views on DuckDB, which are replaced under their own names."""

import pytest

from leadhouse.config import Settings
from leadhouse.dbt import COMMAND
from leadhouse.warehouse import Connection, connect, prepare
from tests.python.running import run, run_dbt

VIEW, TABLE = "int_lead_status_changes", "int_lead_status_move_totals"


@pytest.fixture
def built(duckdb_settings: Settings) -> Settings:
    prepare(duckdb_settings)
    run_dbt(duckdb_settings, "seed", "--select", "pii_fields")
    run_dbt(duckdb_settings, "run", "--select", "+lead_status_transition_probs")
    return duckdb_settings


@pytest.mark.parametrize("model", [VIEW, TABLE])
def test_what_fails_to_build_stays_as_it_was(built: Settings, model: str) -> None:
    parent = (
        "staging.stg_salesforce__lead_history" if model == VIEW else "intermediate.int_lead_status_history"
    )
    with connect(built) as connection:
        before = described(connection, model)
        connection.execute(f"alter table {parent} rename to elsewhere")
    assert "does not exist" in run_dbt(built, "run", "--select", model, status=1).stdout
    with connect(built) as connection:
        connection.execute(
            f"alter table {parent.partition('.')[0]}.elsewhere rename to {parent.partition('.')[2]}"
        )
        assert described(connection, model) == before


@pytest.mark.parametrize("model", [VIEW, TABLE])
def test_a_view_takes_the_place_of_a_table_and_a_table_that_of_a_view(built: Settings, model: str) -> None:
    kind, other = ("view", "table") if model == VIEW else ("table", "view")
    with connect(built) as connection:
        before = described(connection, model)
        connection.execute(f"drop {kind} intermediate.{model}")
        connection.execute(f"create {other} intermediate.{model} as select 1 as number")
    run_dbt(built, "run", "--select", model)
    with connect(built) as connection:
        assert described(connection, model) == before


def test_a_process_of_its_own_closes_the_warehouse_and_tells_how_it_went(built: Settings) -> None:
    for model, status in ((VIEW, 0), ("nothing:of_this_kind", 2)):
        result = run(built, *COMMAND, "run", "--select", model, status=status)
        assert "Running with dbt" in result.stdout
    assert not built.warehouse_file.with_name(built.warehouse_file.name + ".wal").exists()


def described(connection: Connection, model: str) -> tuple[list[tuple[object, ...]], ...]:
    kind = connection.execute(
        f"select table_type from information_schema.tables where table_name = '{model}'"
    )
    return kind, connection.execute(f"describe intermediate.{model}")

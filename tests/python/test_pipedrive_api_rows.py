"""The same history landed as files and over the API gives the same reports."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from leadhouse.config import Engine, Settings
from leadhouse.warehouse import Connection, connect, quote, table_columns
from tests.python import pipedrive_tangle
from tests.python.running import call_leadhouse, run_dbt
from tests.python.test_pipedrive_models import PIPEDRIVE, TABLES, Rows, assert_same

IDS = {
    "activity": "activity_id",
    "activity_types": "id",
    "stages": "stage_id",
    "users": "id",
    "fields": "field_key",
}
VERSION = {"users": "modified"}
"""The column with a version's time, where it is not ``update_time``."""

REPORTS = ("marts.rep_sales_funnel_monthly", "marts.rep_sales_rep_performance_monthly")
NO_UNIT_TESTS = ("--exclude-resource-type", "unit_test")
DELETED_DEAL = "4711"


@pytest.fixture(scope="module")
def from_files(
    new_warehouse: Callable[[Engine], Settings], tmp_path_factory: pytest.TempPathFactory
) -> Settings:
    """A warehouse fed with files, in which every id is one record, as in the API."""
    settings = new_warehouse("duckdb")
    folder: Path = pipedrive_tangle.write(tmp_path_factory.mktemp("exports") / "pipedrive")
    call_leadhouse(settings, "extract", "pipedrive", "--files", folder, "--period", "2024-06")
    with connect(settings) as connection:
        connection.execute("update raw_pipedrive.activity set activity_id = cast(_row_number as varchar)")
        for table, column in IDS.items():
            connection.execute(
                f"delete from raw_pipedrive.{table} where _row_number not in"
                f" (select min(_row_number) from raw_pipedrive.{table} group by trim({column}))"
            )
    run_dbt(settings, "build", "--select", *PIPEDRIVE, *NO_UNIT_TESTS, "--exclude-resource-type", "test")
    return settings


@pytest.fixture(scope="module", params=["duckdb", "postgres"])
def from_api(
    request: pytest.FixtureRequest, from_files: Settings, new_warehouse: Callable[[Engine], Settings]
) -> Settings:
    """A warehouse with the same rows as the API's, among older versions and what was deleted."""
    settings = new_warehouse(request.param)
    with connect(from_files) as source, connect(settings) as target:
        copy(source, target, "deal_changes")
        for table, column in IDS.items():
            copy(source, target, table)
            add_older_versions(target, table, column)
        add_what_was_deleted(target)
    run_dbt(settings, "build", "--select", *PIPEDRIVE, *NO_UNIT_TESTS)
    return settings


def copy(source: Connection, target: Connection, table: str) -> None:
    """Rows of files as rows of the API: empty text is null there."""
    columns = [
        name
        for name in table_columns(source, "raw_pipedrive", table)
        if name not in ("_period", "_file_id", "_run_id")
    ]
    names = ", ".join(map(quote, columns))
    rows = source.execute(f"select {names} from raw_pipedrive.{table}")
    marks = ", ".join("?" * len(columns))
    with target.transaction():
        for row in rows:
            target.execute(
                f"insert into raw_pipedrive.{table} ({names}, _run_id) values ({marks}, 'run')",
                [None if value == "" else value for value in row],
            )


def add_older_versions(target: Connection, table: str, id_column: str) -> None:
    """Every record was another one before: its other columns were those of the record before it."""
    version = VERSION.get(table, "update_time")
    others = [
        name
        for name in table_columns(target, "raw_pipedrive", table)
        if not name.startswith("_") and name not in (id_column, version)
    ]
    target.execute(f"update raw_pipedrive.{table} set {version} = '2024-06-02T00:00:00Z'")
    target.execute(
        f"insert into raw_pipedrive.{table} ({id_column}, {version}, {', '.join(others)}, _row_number, _run_id)"
        f" select {id_column}, '2024-06-01T23:59:59Z',"
        f" {', '.join(f'lag({name}) over (order by _row_number)' for name in others)}, _row_number + 100000, 'run'"
        f" from raw_pipedrive.{table}"
    )


def add_what_was_deleted(target: Connection) -> None:
    """A deal with all its changes, and an activity of another deal; both were there once."""
    target.execute(
        "insert into raw_pipedrive.deals (id, status, is_deleted, update_time, _row_number, _run_id)"
        " select id, status, is_deleted, update_time, place, 'run' from (values"
        f" ('{DELETED_DEAL}', 'lost', 'false', '2024-06-01T00:00:00Z', 1),"
        f" ('{DELETED_DEAL}', 'deleted', 'true', '2024-06-02T00:00:00Z', 2),"
        " ('1', 'open', 'false', '2024-06-02T00:00:00Z', 3))"
        " as deals (id, status, is_deleted, update_time, place)"
    )
    target.execute(
        "insert into raw_pipedrive.deal_changes"
        " (deal_id, change_time, changed_field_key, new_value, _row_number, _run_id)"
        f" select '{DELETED_DEAL}', change_time, changed_field_key, new_value, _row_number + 100000, 'run'"
        " from raw_pipedrive.deal_changes where deal_id = '1'"
    )
    target.execute(
        "insert into raw_pipedrive.activity (activity_id, deal_id, type, done, due_to, assigned_to_user,"
        " is_deleted, update_time, _row_number, _run_id)"
        " select activity_id, '1', 'meeting', 'true', '2024-01-01 00:00:00', '10', is_deleted, update_time,"
        " place, 'run' from (values"
        " ('900001', 'false', '2024-06-01T00:00:00Z', 900001), ('900001', 'true', '2024-06-02T00:00:00Z', 900002))"
        " as activities (activity_id, is_deleted, update_time, place)"
    )


def test_a_deal_that_stands_elsewhere_than_its_changes_lead_is_counted(from_api: Settings) -> None:
    def found() -> int:
        run_dbt(from_api, "test", "--select", "every_deal_stands_where_its_changes_lead")
        results = json.loads((from_api.home / "target/run_results.json").read_text())["results"]
        [failures] = [result["failures"] for result in results if result["unique_id"].startswith("test.")]
        return int(failures)

    assert found() == 1
    with connect(from_api) as connection:
        connection.execute(
            "update raw_pipedrive.deals"
            " set stage_id = cast(deal.stage_id as varchar), owner_id = cast(deal.owner_id as varchar),"
            " status = upper(deal.status)"
            " from intermediate.int_deals as deal where deals.id = cast(deal.deal_id as varchar)"
        )
    assert found() == 0


def rows(settings: Settings, query: str) -> Rows:
    with connect(settings) as connection:
        return connection.execute(query)


@pytest.mark.parametrize("table", [*TABLES, *REPORTS])
def test_rows_of_the_api_give_what_files_give(from_files: Settings, from_api: Settings, table: str) -> None:
    query = f"select {TABLES.get(table, '*')} from {table}"
    expected = rows(from_files, query)
    assert expected
    assert_same(rows(from_api, query), expected)


def test_an_activity_of_a_deleted_deal_counts_for_its_rep_alone(from_api: Settings) -> None:
    deals_worked = (
        "select sum(deals_worked), sum(activities_completed) from marts.rep_sales_rep_performance_monthly"
    )
    [(deals_before, activities_before)] = rows(from_api, deals_worked)
    entries = "select count(*) from intermediate.int_deal_funnel_entries"
    entries_before = rows(from_api, entries)
    with connect(from_api) as connection:
        connection.execute(
            "insert into raw_pipedrive.activity"
            " (activity_id, deal_id, type, done, due_to, assigned_to_user, _row_number)"
            f" values ('900003', '{DELETED_DEAL}', 'meeting', 'true', '2019-01-01 00:00:00', '10', 900003)"
        )
    run_dbt(from_api, "run", "--select", "stg_pipedrive__activities+", "--exclude", "path:models/marts/leads")
    assert rows(from_api, deals_worked) == [(deals_before, activities_before + 1)]
    assert rows(from_api, entries) == entries_before
